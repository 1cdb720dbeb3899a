"""Statements of a text, as `speaker | form | words`."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from rag.entities.analysis import analyse
from rag.library.records import ArticleSentences
from rag.schema.article import Article
from rag.text.sentences import split_sentences

Said = Callable[..., list[tuple[str, str, str]]]


@pytest.fixture
def said(make_article: Callable[..., Article]) -> Said:
    def find(text: str, language: str = "fr") -> list[tuple[str, str, str]]:
        article = make_article(text, language=language, title="")
        found = analyse(ArticleSentences(article, tuple(split_sentences(text, language))))
        return [
            (found.entities[one.entity].name, one.form, text[one.words.start : one.words.end])
            for one in found.statements
        ]

    return find
