"""What a full-text search finds. Frozen dataclasses; all offsets count characters of the article's text."""

from __future__ import annotations

from dataclasses import dataclass

from rag.full_text.query import Query
from rag.index.stores import Order
from rag.schema.article import Article, Span


@dataclass(frozen=True, slots=True)
class Snippet:
    """What is shown of an article around occurrences: `text[span.start:span.end]`, `marks` within it."""

    span: Span
    marks: tuple[Span, ...]

    def to_dict(self, text: str) -> dict:
        """Return the snippet as JSON has it, with its quote out of the article's `text`."""
        return {
            "start": self.span.start,
            "end": self.span.end,
            "quote": text[self.span.start : self.span.end],
            "marks": [{"start": mark.start, "end": mark.end} for mark in self.marks],
        }


@dataclass(frozen=True, slots=True)
class SearchHit:
    """An article that was found; `title_marks` count characters of its title."""

    article: Article
    snippets: tuple[Snippet, ...]
    title_marks: tuple[Span, ...] = ()

    @property
    def occurrences(self) -> int:
        """How often what is sought stands in the text."""
        return sum(len(snippet.marks) for snippet in self.snippets)

    def to_dict(self) -> dict:
        """Return the fields as JSON has them."""
        article = self.article
        return {
            "article_id": article.id,
            "title": article.title,
            "outlet": article.outlet,
            "author": article.author,
            "language": article.language,
            "published_at": article.published_at,
            "source": article.source,
            "canonical_url": article.canonical_url,
            "content_hash": article.content_hash,
            "title_marks": [{"start": mark.start, "end": mark.end} for mark in self.title_marks],
            "occurrences": self.occurrences,
            "snippets": [snippet.to_dict(article.text) for snippet in self.snippets],
        }


@dataclass(frozen=True, slots=True)
class SearchResult:
    """Some of the articles that were found, from the `offset`th on, and counts of all of them.

    `outlets` are those of most articles first, `months` (year, month) in order; an article without an outlet
    or a full date is in none.
    """

    query: Query
    order: Order
    offset: int
    hits: tuple[SearchHit, ...]
    total: int
    outlets: tuple[tuple[str, int], ...] = ()
    months: tuple[tuple[tuple[int, int], int], ...] = ()

    def to_dict(self) -> dict:
        """Return the fields as JSON has them."""
        return {
            "query": self.query.text,
            "repairs": [{"kind": repair.kind, "about": repair.about} for repair in self.query.repairs],
            "order": self.order,
            "offset": self.offset,
            "total": self.total,
            "outlets": [{"outlet": name, "articles": count} for name, count in self.outlets],
            "months": [
                {"month": f"{year:04}-{month:02}", "articles": count} for (year, month), count in self.months
            ],
            "hits": [hit.to_dict() for hit in self.hits],
        }
