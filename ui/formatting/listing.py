"""The articles that an answer of the catalogue names, as lines of plain text."""

from __future__ import annotations

from rag.schema.listing import ArticleListing
from ui.formatting.i18n import text
from ui.formatting.source_line import Part, source_line

_PARTS: tuple[Part, ...] = ("title", "outlet", "date", "author", "address")


def listing_lines(listing: ArticleListing | None, language: str) -> list[str]:
    """Return one line an article, and how many there are that have none; none without a listing."""
    if listing is None:
        return []
    lines = [source_line(article, language, _PARTS, separator=" · ") for article in listing.articles]
    rest = listing.total - len(listing.articles)
    return lines + ([text("listing_more", language, count=rest)] if rest > 0 else [])
