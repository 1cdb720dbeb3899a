"""What becomes of a question is claimed of the articles, or nothing was found."""

from __future__ import annotations

from rag.answering.outcome import quoting
from rag.library.library import Library
from rag.schema.evidence import Evidence


def test_quotes_are_an_answer_and_none_are_none(library: Library, make_article):
    article = make_article("Le pont rouvre lundi.")
    assert quoting([Evidence(article, 0, 21)], library).status == "answered"
    assert quoting([Evidence(article, 0, 21)], library, missing=["le bac"]).status == "partial"
    assert quoting([], library).status == "not_found"
    assert quoting([], library, missing=["le bac"]).status == "not_found"
