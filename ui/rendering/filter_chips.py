"""Filters as chips.

Pure. Knows no widget: `static/chips.js` and `static/current.js` say what pressing does.
"""

from __future__ import annotations

from markupsafe import Markup

from rag.schema.question import Filters
from ui.formatting.filters import Chip, chips
from ui.formatting.i18n import text
from ui.html.element import element
from ui.session.exchange import Exchange


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
