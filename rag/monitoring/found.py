"""What asking a standing query gave: what is to be kept of it, and what is to be told."""

from __future__ import annotations

from dataclasses import dataclass, field

from rag.library.library import Library
from rag.schema.article import Article, Span
from rag.schema.evidence import Evidence
from rag.schema.question import Filters
from rag.standing.state import Found, State


@dataclass(frozen=True, slots=True)
class Asking:
    """What a query finds now, and what changed.

    `found` are the articles that a search or an entity is found in.
    """

    state: State = field(default_factory=State)
    changes: tuple[Found, ...] = ()
    found: frozenset[str] = frozenset()


def kept_ids(library: Library, filters: Filters, ids: frozenset[str]) -> frozenset[str]:
    """Return those of these articles that filters keep."""
    among = library.among(filters)
    if among is not None:
        ids = ids.intersection(among)
    narrowed = Filters(
        filters.date_from,
        filters.date_to,
        filters.undated,
        library.metadata.canonical(filters.outlets),
        filters.languages,
    )
    if narrowed == Filters(undated=filters.undated):
        return ids
    return frozenset(library.listing.matching(narrowed, among=sorted(ids)))


def opening(library: Library, article: Article) -> Evidence | None:
    """Return an article's first sentence; None of one without a text."""
    passages = library.passages_of(article.id)
    first = passages[0].sentences[0] if passages and passages[0].sentences else Span(0, len(article.text))
    return Evidence(article, first.start, first.end) if first.start < first.end else None
