"""What a search finds: scored passages, hits, and the articles that carry the same.

Frozen dataclasses without I/O.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rag.schema.article import Article, Span


@dataclass(frozen=True, slots=True)
class Scored:
    """A passage found by one search; `score` is that search's own (cosine, BM25)."""

    passage_id: str
    score: float


@dataclass(frozen=True, slots=True)
class Reprint:
    """Another article that carries what a hit or a piece of evidence says: named, not read.

    `repeats` are the sentences that it carries, as spans of the article that is shown.
    """

    article_id: str
    title: str
    outlet: str | None
    published_at: str | None
    source: str
    repeats: tuple[Span, ...] = ()
    canonical_url: str | None = None

    @classmethod
    def of(cls, article: Article, repeats: tuple[Span, ...] = ()) -> Reprint:
        """Return what is named of an article."""
        return cls(
            article.id, article.title, article.outlet, article.published_at, article.source, repeats,
            article.canonical_url,
        )  # fmt: skip

    def to_dict(self) -> dict:
        """Return the fields as JSON has them."""
        return {
            "article_id": self.article_id,
            "title": self.title,
            "outlet": self.outlet,
            "published_at": self.published_at,
            "source": self.source,
            "canonical_url": self.canonical_url,
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Reprint:
        """Return what `to_dict` gives, which has no sentences."""
        return cls(**values)


@dataclass(frozen=True, slots=True)
class Hit:
    """A retrieved passage: where it is, how good (`score` in [0, 1], comparable within one question).

    `also_in` are the articles that carry it too and say nothing else in its place.
    """

    passage_id: str
    article: Article
    start: int
    end: int
    score: float
    sentences: tuple[Span, ...] = ()
    also_in: tuple[Reprint, ...] = ()

    @property
    def text(self) -> str:
        """Return the words of the passage."""
        return self.article.text[self.start : self.end]

    def to_dict(self) -> dict:
        """Return the fields as JSON has them."""
        return {
            "passage_id": self.passage_id,
            "article_id": self.article.id,
            "start": self.start,
            "end": self.end,
            "score": self.score,
            "title": self.article.title,
            "also_in": [reprint.to_dict() for reprint in self.also_in],
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any], article: Article) -> Hit:
        """Return what `to_dict` gives, which has no sentences, of its article."""
        also = tuple(map(Reprint.from_dict, values["also_in"]))
        return cls(
            values["passage_id"], article, values["start"], values["end"], values["score"], also_in=also
        )
