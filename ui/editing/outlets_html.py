"""The outlets with their names, and those that may be one → HTML. Pure; escapes as `ui.html.element` does."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from rag.metadata.outlets import MergeSuggestion, OutletUse, suggestions
from ui.formatting.i18n import text
from ui.html.element import element

_SHOWN = 500  # outlets
_SUGGESTED = 20


def closed_html(language: str) -> Markup:
    """Return the outlets as long as nobody asked for them."""
    summary = element("summary", element("h2", text("outlets_title", language)))
    return element("details", summary, class_="outlets", lang=language)


def outlets_html(outlets: Sequence[OutletUse], language: str, said: str = "", error: str = "") -> Markup:
    """Return the outlets, most articles first; `said` is what came of the last change, or `error`."""
    summary = element("summary", element("h2", text("outlets_title_count", language, count=len(outlets))))
    listed = [_outlet(one, language) for one in outlets[:_SHOWN]]
    left = len(outlets) - _SHOWN
    body = (
        [
            element("p", text("outlets_what", language), class_="what"),
            *_suggested(outlets, language),
            _merge(outlets, language),
            element("h3", text("outlets_list", language)),
            element("ul", *listed, class_="all"),
            *([element("p", text("outlets_more", language, count=left))] if left > 0 else []),
        ]
        if outlets
        else [element("p", text("outlets_none", language))]
    )
    return element(
        "details",
        summary,
        element("p", said, class_="became", role="status"),
        element("p", error, class_="error", role="alert"),
        *body,
        class_="outlets",
        lang=language,
        open=True,
    )


def _suggested(outlets: Sequence[OutletUse], language: str) -> list[Markup]:
    found = suggestions(outlets)[:_SUGGESTED]
    if not found:
        return []
    items = [_suggestion(one, language) for one in found]
    return [
        element("h3", text("outlets_suggested", language)),
        element("ul", *items, class_="suggested"),
    ]


def _suggestion(one: MergeSuggestion, language: str) -> Markup:
    reason = text(f"merge_reason_{one.reason}", language)
    said = text("outlet_suggestion", language, alias=one.alias, outlet=one.outlet, reason=reason)
    ways = [
        _button(text("outlets_merge_into", language, outlet=outlet), merge=alias, into=outlet)
        for alias, outlet in ((one.alias, one.outlet), (one.outlet, one.alias))
    ]
    return element("li", element("span", said, dir="auto"), element("span", *ways, class_="ways"))


def _outlet(outlet: OutletUse, language: str) -> Markup:
    count = text("outlet_articles", language, count=outlet.count)
    names = [_alias(alias, language) for alias in outlet.aliases]
    inside = [element("strong", outlet.name, dir="auto"), " ", element("span", count, class_="count")]
    return element("li", *inside, *([element("ul", *names)] if names else []))


def _alias(alias: str, language: str) -> Markup:
    label = text("outlets_unmerge_label", language, name=alias)
    return element(
        "li",
        element("span", text("outlet_alias", language, name=alias), dir="auto"),
        " ",
        _button(text("outlets_unmerge", language), unmerge=alias, label=label),
    )


def _merge(outlets: Sequence[OutletUse], language: str) -> Markup:
    """Return the form that merges any two names."""
    options = [element("option", text("outlets_choose", language), value="")]
    options += [element("option", one.name, value=one.name) for one in outlets[:_SHOWN]]
    known = [element("option", value=one.name) for one in outlets[:_SHOWN]]
    return element(
        "form",
        element(
            "div",
            element("label", text("outlets_merge_alias", language), for_="merge-alias"),
            element("select", *options, id="merge-alias", name_="alias"),
            class_="field",
        ),
        element(
            "div",
            element("label", text("outlets_merge_outlet", language), for_="merge-outlet"),
            element(
                "input", id="merge-outlet", name_="outlet", list="merge-outlets", maxlength="200",
                autocomplete="off", dir="auto",
            ),
            class_="field",
        ),
        element("datalist", *known, id="merge-outlets"),
        element("button", text("outlets_merge", language), type="submit"),
        class_="merge",
    )  # fmt: skip


def _button(words: str, merge: str = "", into: str = "", unmerge: str = "", label: str = "") -> Markup:
    return element(
        "button",
        words,
        type="button",
        data_merge=merge or None,
        data_into=into or None,
        data_unmerge=unmerge or None,
        aria_label=label or None,
    )
