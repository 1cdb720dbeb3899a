"""Filters in words. Plain text: knows no markup."""

from __future__ import annotations

from dataclasses import dataclass

from babel import Locale
from babel.core import UnknownLocaleError

from rag.schema.question import Filters, Period
from ui.formatting import dates
from ui.formatting.i18n import text


@dataclass(frozen=True, slots=True)
class Chip:
    """One filter in force: its words, and what taking it away says to the server."""

    words: str
    kind: str
    value: str = ""


def chips(filters: Filters, language: str) -> list[Chip]:
    """Return the filters, one by one."""
    found = []
    if filters.date_from or filters.date_to:
        key = "filter_dates_or_undated" if filters.undated else "filter_dates"
        found.append(Chip(text(key, language, days=days_text(filters, language)), "dates"))
    for outlet in filters.outlets:
        found.append(Chip(text("filter_outlet", language, outlet=outlet), "outlet", outlet))
    for code in filters.languages:
        name = language_name(code, language)
        found.append(Chip(text("filter_language", language, name=name), "language", code))
    for dossier in filters.dossiers:
        found.append(Chip(text("filter_dossier", language, name=dossier.name), "dossier", dossier.id))
    if filters.article_ids:
        found.append(Chip(text("filter_articles", language, count=len(filters.article_ids)), "articles"))
    return found


def days_text(filters: Filters, language: str) -> str:
    """Return the days of filters that have some: `11–17 août 2025`, `depuis le 12 août 2025`."""
    return dates.days_text(Period(filters.date_from, filters.date_to, 0, 0, ""), language)


def language_name(code: str, language: str) -> str:
    """Return a language (ISO 639-1) as `language` calls it; the code itself where it has no name for it."""
    try:
        return Locale.parse(code).get_display_name(language) or code
    except (ValueError, UnknownLocaleError):
        return code
