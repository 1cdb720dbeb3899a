"""Where a text quotes, whatever marks it has and however they are left open."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.speech.quotations import quotations


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("« A », dit-il, puis « B ».", ["A", "B"]),
        ('Il dit : « A "b" c. »', ['A "b" c.']),
        ("« A « b » c » et d", ["A « b » c"]),
        ("“A\n“B,” she said.", ["A\n“B,"]),
        ("« A.\nB. »", ["A.\nB."]),
        ('Le 6" de la rue et "A"', ["A"]),
        ("‘A,’ he said. It’s ours.", ["A,"]),
        ("« A jamais fermé.", []),
        ("l'« A » d'un mot", ["A"]),
        ('"A\nB', []),
        ("", []),
    ],
)
def test_the_outermost_marks(text: str, words: list[str]):
    assert [text[one.words.start : one.words.end] for one in quotations(text)] == words


@given(st.text(alphabet='ab «»“”"‘’\n.,', max_size=60))
def test_quotations_lie_apart_and_in_order(text: str):
    found = quotations(text)
    for one in found:
        assert 0 <= one.outer.start < one.words.start < one.words.end < one.outer.end <= len(text)
        assert text[one.words.start : one.words.end].strip() == text[one.words.start : one.words.end]
    assert all(a.outer.end <= b.outer.start for a, b in pairwise(found))
