"""Words of a query in a text that is in no index."""

from __future__ import annotations

import pytest

from rag.full_text.matching import has
from rag.full_text.syntax import parse

NOTE = "À vérifier : le pont de Sève a-t-il rouvert lundi ?"


@pytest.mark.parametrize(
    ("query", "is_there"),
    [
        ("pont", True), ("PONTS verifier", True), ('"pont de seve"', True), ('"seve pont"', False),
        ("pont -bac", True), ("pont -lundi", False), ("bac OR lundi", True), ("bac OR foire", False),
        ("bac", False), ("outlet:phare", False), ("pont outlet:phare", True), ("", False), ("-bac", False),
        ("rouv*", True),
    ],
)  # fmt: skip
def test_a_text_has_the_words_of_a_query_or_not(query: str, is_there: bool):
    assert has(parse(query).node, NOTE, "fr") is is_there
