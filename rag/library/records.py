"""What goes into the catalogue and comes out of it.

Frozen dataclasses without I/O.
"""

from __future__ import annotations

from dataclasses import dataclass

from rag.schema.article import Article, Passage, Span


@dataclass(frozen=True, slots=True)
class Source:
    """Where an article was read: `key` identifies the place, `digest` the bytes last seen there."""

    key: str
    source: str
    digest: str
    article_id: str


@dataclass(frozen=True, slots=True)
class Entry:
    """What is acknowledged at once: an article, its passages, the source that brought it (if new)."""

    article: Article
    passages: tuple[Passage, ...]
    source: Source | None = None


@dataclass(frozen=True, slots=True)
class LocatedPassage:
    """A passage and the version of its article that its offsets belong to."""

    passage: Passage
    article: Article


@dataclass(frozen=True, slots=True)
class ArticleSentences:
    """An article and the spans of all its sentences, in order."""

    article: Article
    sentences: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Counts:
    """How many articles, passages and sources there are."""

    articles: int
    passages: int
    sources: int
