"""Filters in words and as chips.

Pure. Knows no widget: `static/chips.js` and `static/current.js` say what pressing does.
"""

from __future__ import annotations

from dataclasses import dataclass

from babel import Locale
from babel.core import UnknownLocaleError
from markupsafe import Markup

from rag.schema.question import Filters, Period
from ui.formatting import dates
from ui.formatting.i18n import text
from ui.html.element import element
from ui.session.exchange import Exchange


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


def in_force(filters: Filters, language: str) -> Markup:
    """Return the chips above the question box, each with its button; nothing without filters."""
    found = chips(filters, language)
    if not found:
        return Markup("")
    items = [element("li", _words(chip), _removal(chip, language), class_="chip") for chip in found]
    label = text("filters_in_force", language)
    everything = element(
        "button", text("filters_remove_all", language), class_="unfilter", type="button", data_kind="all"
    )
    listed = element("ul", *items, role="list", aria_label=label)
    return element("div", listed, everything, class_="chips", lang=language)


def _words(chip: Chip) -> Markup:
    return element("span", chip.words, dir="auto")


def _removal(chip: Chip, language: str) -> Markup:
    return element(
        "button",
        "✕",
        class_="unfilter",
        type="button",
        data_kind=chip.kind,
        data_value=chip.value,
        aria_label=text("filter_remove", language, filter=chip.words),
    )


def asked_with(exchange: Exchange, language: str) -> list[Markup]:
    """Return the filters that a question was asked with, above its answer."""
    found = chips(exchange.filters, language)
    if not found:
        return []
    items = [element("li", _words(chip), class_="chip") for chip in found]
    return [
        element("ul", *items, class_="chips asked", role="list", aria_label=text("filters_asked", language))
    ]


def not_found_within(exchange: Exchange, language: str, removable: bool) -> list[Markup]:
    """Return what a `not found` says of the filters.

    With `removable`, the button that asks again without them.
    """
    found = chips(exchange.filters, language)
    if not found:
        return []
    words = text("filters_only", language, filters=" · ".join(chip.words for chip in found))
    button = element(
        "button",
        text("filters_ask_without", language),
        class_="unperiod",
        type="button",
        data_turn=str(exchange.number),
        data_without="filters",
    )
    return [element("p", words, *([" ", button] if removable else []), class_="filters-only", dir="auto")]
