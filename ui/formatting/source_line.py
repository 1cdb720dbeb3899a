"""Who printed what when, on one line of plain text: for quotes, cards and lists."""

from __future__ import annotations

import textwrap
from typing import Literal

from rag.schema.article import Article
from rag.schema.hit import Reprint
from rag.schema.listing import CatalogueEntry
from ui.formatting.i18n import date_text, text
from ui.formatting.page_numbers import pages_text

# `name` is the outlet, else the title; `known_date` leaves out what `date` calls undated; `address` is where
# the article was published, else where it was read.
Part = Literal[
    "title", "short_title", "outlet", "name", "date", "known_date", "pages", "address", "author", "excerpt"
]
NAME_AND_DATE: tuple[Part, ...] = ("name", "date")
_SHORT = 60  # characters


def source_line(
    article: Article | Reprint | CatalogueEntry,
    language: str,
    parts: tuple[Part, ...],
    pages: range = range(0),
    separator: str = ", ",
) -> str:
    """Return those of `parts` that are known of an article, in their order.

    Args:
        article: The article that is named.
        language: The reader's language.
        parts: What is said of the article.
        pages: The pages that what is quoted stands on.
        separator: What stands between two parts.

    """
    day = date_text(article.published_at, language)
    known = {
        "title": article.title,
        "short_title": textwrap.shorten(article.title, _SHORT, placeholder="…"),
        "outlet": article.outlet,
        "name": article.outlet or article.title,
        "date": day,
        "known_date": article.published_at and day,
        "pages": pages_text(pages, language),
        "address": article.canonical_url or article.source,
        "excerpt": text("excerpt", language) if isinstance(article, Article) and article.excerpt else None,
        "author": None if isinstance(article, Reprint) else _signed(article.author, article.outlet),
    }
    return separator.join(words for part in parts if (words := known[part]))


def places(article: Article) -> list[str]:
    """Return where an article was published, if that is known, and where it was read; one place once."""
    return list(dict.fromkeys(filter(None, (article.canonical_url, article.source))))


def _signed(author: str | None, outlet: str | None) -> str | None:
    """Return who wrote an article, unless that is its outlet."""
    return None if author and outlet and author.casefold() == outlet.casefold() else author
