"""What is sought is found where it stands, in the text's own characters."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.full_text.occurrences import occurrences
from rag.full_text.query import sought
from rag.full_text.syntax import parse
from rag.full_text.tokens import tokens
from rag.schema.article import Span

TEXT = (
    "Le pont de Vaure rouvre. Les ponts du maire ; le Maire veut un pont-levis, à L’ÉCOLE.\n"
    "Il a coûté 12\u202f000 €, dit Anne Œillet."
)


def found(query: str, text: str = TEXT, language: str | None = "fr") -> list[str]:
    wanted = sought(parse(query).node)
    return [text[span.start : span.end] for span in occurrences(text, language, wanted)]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("pont", ["pont", "ponts", "pont"]),
        ('"pont"', ["pont", "pont"]),
        ('"Le pont"', ["Le pont"]),
        ("pont maire", ["pont", "ponts", "maire", "Maire", "pont"]),
        ("pont -maire", ["pont", "ponts", "pont"]),
        ("pont-levis", ["pont-levis"]),
        ("pont-levis pont", ["pont", "ponts", "pont-levis"]),
        ("l'ecole", ["ÉCOLE"]),
        ("rouv*", ["rouvre"]),
        ("12 000", ["12\u202f000"]),
        ("oeillet", ["Œillet"]),
        ("pont NEAR/1 maire", ["ponts", "maire"]),
        ("maire NEAR/2 pont", ["ponts", "maire", "Maire", "pont"]),
        ('"le maire" NEAR/2 "un pont"', ["le Maire", "un pont"]),
        ('"le pont" OR "pont de Vaure"', ["Le pont de Vaure"]),
        ("outlet:pont", []),
        ("absent", []),
    ],
)
def test_where_it_stands(query: str, words: list[str]):
    assert found(query) == words


def test_forms_are_those_of_the_article_s_language():
    assert found("mayors", "The mayor and the mayors.", "en") == ["mayor", "mayors"]
    assert found("mayors", "The mayor and the mayors.", None) == ["mayors"]


PARTS = st.sampled_from(["aa", "bb", "cc", "l'", "-", " ", "\n", ", ", "É"])
QUERIES = st.sampled_from(["aa", '"aa bb"', "aa NEAR/2 bb", "aa* cc", '"bb" "cc aa"'])


def test_what_overlaps_is_one():
    assert found('"bla bla"', "bla bla bla bla") == ["bla bla bla bla"]
    assert found("北京大学 大学生", "北京大学生", "zh") == ["北京大学生"]


@given(st.lists(PARTS, max_size=30).map("".join), QUERIES)
def test_none_overlaps_another_and_each_begins_and_ends_with_a_word(text: str, query: str):
    spans = occurrences(text, None, sought(parse(query).node))
    assert {span.start for span in spans} <= {token.start for token in tokens(text)}
    assert {span.end for span in spans} <= {token.end for token in tokens(text)}
    assert all(here.end <= there.start for here, there in pairwise(spans))


@given(st.lists(st.sampled_from("abc"), max_size=12), st.integers(0, 4))
def test_near_is_what_counting_words_says(words: list[str], distance: int):
    text = " ".join(word * 2 for word in words)
    spans = occurrences(text, None, sought(parse(f"aa NEAR/{distance} bb").node))
    expected = {
        place
        for one, first in enumerate(words)
        for other, second in enumerate(words)
        if {first, second} == {"a", "b"} and abs(one - other) - 1 <= distance
        for place in (one, other)
    }
    assert spans == [Span(place * 3, place * 3 + 2) for place in sorted(expected)]
