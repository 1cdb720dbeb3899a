"""What a full-text search says besides its articles, as plain text."""

from __future__ import annotations

from rag.full_text.query import Query
from rag.search.result import SearchResult
from ui.formatting.i18n import date_text, text


def repairs_text(query: Query, language: str) -> list[str]:
    """Return a sentence for each thing in a query that couldn't be understood as it was written."""
    return [text(f"mended_{repair.kind}", language, about=repair.about) for repair in query.repairs]


def outcome_text(result: SearchResult, language: str) -> str:
    """Return how many articles were found, or why none."""
    if result.query.node is None:
        return text("full_text_nothing", language)
    if not result.total:
        return text("full_text_none", language)
    return text("library_found", language, count=result.total)


def month_text(year: int, month: int, language: str) -> str:
    """Return a month as a reader names it: `août 2025`."""
    return date_text(f"{year:04}-{month:02}-02", language).split(" ", 1)[1]
