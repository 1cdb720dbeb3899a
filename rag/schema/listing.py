"""What the catalogue says of articles, in an answer. Frozen dataclasses without I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rag.schema.article import Article


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    """An article as the catalogue names it."""

    article_id: str
    title: str
    outlet: str | None
    author: str | None
    published_at: str | None
    source: str
    canonical_url: str | None = None

    @classmethod
    def of(cls, article: Article) -> CatalogueEntry:
        """Return what is named of an article."""
        return cls(
            article.id, article.title, article.outlet, article.author, article.published_at, article.source,
            article.canonical_url,
        )  # fmt: skip

    def to_dict(self) -> dict:
        """Return the fields as JSON has them."""
        return {
            "article_id": self.article_id,
            "title": self.title,
            "outlet": self.outlet,
            "author": self.author,
            "published_at": self.published_at,
            "source": self.source,
            "canonical_url": self.canonical_url,
        }


@dataclass(frozen=True, slots=True)
class ArticleListing:
    """Articles that the catalogue has of what was asked for: the first of `total`.

    `definition` says, in the answer's language, which articles were counted.
    """

    articles: tuple[CatalogueEntry, ...]
    total: int
    definition: str

    def to_dict(self) -> dict:
        """Return the fields as JSON has them."""
        return {
            "articles": [article.to_dict() for article in self.articles],
            "total": self.total,
            "definition": self.definition,
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> ArticleListing:
        """Return a listing from what `to_dict` gives."""
        articles = tuple(CatalogueEntry(**one) for one in values["articles"])
        return cls(articles, values["total"], values["definition"])
