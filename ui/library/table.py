"""The table of articles, its search form and its pages → HTML. Pure; escapes as `ui.html.element` does."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from rag.embargo.store import EmbargoedArticle
from rag.library.facets import Missing
from rag.library.listing import PAGE, Column, ListedArticle, Listing, ListingQuery
from ui.documents.files import DOCUMENTS, REFERENCES
from ui.dossiers.said import listing_rule
from ui.formatting.embargo import embargo_text
from ui.formatting.i18n import date_text, number_text, text
from ui.html.date_field import Part, date_field
from ui.html.element import element
from ui.rendering.collecting import rule_button
from ui.rendering.export_menu import export_menu

_COLUMNS: tuple[Column, ...] = (
    "title", "outlet", "date", "language", "passages", "reprints", "revisions",
)  # fmt: skip
_HELD_SHOWN = 100
NOTHING_MISSING = Missing(0, 0)
_NUMBERS = ("passages", "reprints", "revisions")
_ARROWS = {"ascending": "▲", "descending": "▼", "none": "↕"}


# --- the search form ---


def search_html(outlets: Sequence[str], languages: Sequence[str], language: str) -> Markup:
    """Return words, outlet, language and dates to narrow the table to; the browser keeps what is in it."""
    return element(
        "form",
        element("h2", text("library_title", language), id="library-title"),
        element(
            "div",
            _field("words", text("search_words", language), type="search", maxlength="200"),
            _choice("outlet", text("search_outlet", language), text("search_all", language), outlets),
            _choice("language", text("search_language", language), text("search_all", language), languages),
            _day("from", text("search_from", language), "first", language),
            _day("to", text("search_to", language), "last", language),
            _tick("undated", text("search_undated", language)),
            _tick("without_outlet", text("search_without_outlet", language)),
            element("button", text("search_reset", language), type="reset"),
            class_="fields",
        ),
        class_="search",
        role="search",
        lang=language,
        aria_labelledby="library-title",
    )


def _tick(name: str, words: str) -> Markup:
    box = element("input", type="checkbox", name_=name)
    return element("label", box, " ", words, class_="tick")


def _field(name: str, label: str, **attributes: str) -> Markup:
    box = element("input", name_=name, id=f"search-{name}", autocomplete="off", **attributes)
    return element("div", element("label", label, for_=f"search-{name}"), box, class_=f"field {name}")


def _day(name: str, label: str, part: Part, language: str) -> Markup:
    box = date_field("", f"search-{name}", language, part, name_=name)
    return element("div", element("label", label, for_=f"search-{name}"), box, class_=f"field {name}")


def _choice(name: str, label: str, everything: str, values: Sequence[str]) -> Markup:
    options = [element("option", everything, value="")]
    options += [element("option", value, value=value) for value in values]
    box = element("select", *options, name_=name, id=f"search-{name}")
    return element("div", element("label", label, for_=f"search-{name}"), box, class_=f"field {name}")


# --- the table ---


def table_html(
    listing: Listing,
    query: ListingQuery,
    language: str,
    held: Sequence[EmbargoedArticle] = (),
    missing: Missing = NOTHING_MISSING,
) -> Markup:
    """Return a page of the table with what can be done to it.

    `held` articles wait for their time; `missing` are those that filters by date or outlet leave out.
    """
    found = text("library_found", language, count=listing.total)
    return element(
        "div",
        element("p", found, role="status", class_="found"),
        *_missing(missing, query, language),
        _actions(query, language),
        _table(listing, query, language) if listing.rows else _nothing(query, language),
        *([_pager(listing, language)] if listing.pages > 1 else []),
        *([_held(held, language)] if held else []),
        class_="listing",
        lang=language,
    )


def _missing(missing: Missing, query: ListingQuery, language: str) -> list[Markup]:
    """Return how many articles have no date or no outlet, why that matters, and the way to them."""
    kinds = [
        ("date", "undated", missing.undated, query.undated),
        ("outlet", "without_outlet", missing.without_outlet, query.without_outlet),
    ]
    return [
        element(
            "p",
            text(f"missing_{kind}", language, count=count),
            *([] if shown else [" ", _show(name, text(f"missing_{kind}_show", language))]),
            class_="missing",
        )
        for kind, name, count, shown in kinds
        if count
    ]


def _show(name: str, words: str) -> Markup:
    return element("button", words, type="button", data_without=name)


def _held(held: Sequence[EmbargoedArticle], language: str) -> Markup:
    """Return the articles that wait for their time, which the count above doesn't count."""
    rows = [
        element(
            "li",
            element("span", one.article.title, class_="title", dir="auto", lang=one.article.language),
            f" · {one.article.outlet}" if one.article.outlet else "",
            " · ",
            element("strong", embargo_text(one, language)),
        )
        for one in held[:_HELD_SHOWN]
    ]
    return element(
        "section",
        element("h3", text("library_held", language, count=len(held))),
        element("ul", *rows),
        class_="held",
    )


def _nothing(query: ListingQuery, language: str) -> Markup:
    narrowed = query.words or query.outlet or query.language or query.undated or query.without_outlet
    narrowed = narrowed or query.date_from or query.date_to
    word = "library_none" if narrowed else "dossier_none" if query.dossier else "library_empty"
    return element("p", text(word, language), class_="none")


def _actions(query: ListingQuery, language: str) -> Markup:
    """Return what can be done with the articles that are chosen, and with what the table is narrowed by."""
    ways = {"only": "only_selected", "dossier": "dossier_add"}
    ways |= {"out": "dossier_take_out"} if query.dossier else {}
    buttons = [
        element(
            "button",
            text(word, language),
            " (",
            element("span", "0", class_="count"),
            ")",
            type="button",
            data_act=act,
            disabled=True,
        )
        for act, word in (ways | {"edit": "edit_selected", "remove": "remove_selected"}).items()
    ]
    keep = [] if listing_rule(query) is None else [rule_button({"fields": _fields(query)}, language)]
    export = export_menu("articles", (*REFERENCES, *DOCUMENTS), language, disabled=True)
    return element("div", *buttons, *keep, export, class_="actions")


def _fields(query: ListingQuery) -> dict:
    """Return what the form says when the table is narrowed so."""
    return {
        "words": query.words,
        "outlet": query.outlet,
        "language": query.language,
        "from": query.date_from.isoformat() if query.date_from else "",
        "to": query.date_to.isoformat() if query.date_to else "",
        "undated": query.undated,
        "without_outlet": query.without_outlet,
    }


def _table(listing: Listing, query: ListingQuery, language: str) -> Markup:
    every = element("input", type="checkbox", class_="every", aria_label=text("select_page", language))
    headings = [element("th", every, scope="col", class_="pick")]
    headings += [_heading(column, query, language) for column in _COLUMNS]
    table = element(
        "table",
        element("caption", text("library_articles", language), class_="unseen"),
        element("thead", element("tr", *headings)),
        element("tbody", *(_row(row, language) for row in listing.rows)),
    )
    label = text("library_articles", language)
    return element("div", table, class_="scroll", tabindex="0", role="region", aria_label=label)


def _heading(column: Column, query: ListingQuery, language: str) -> Markup:
    way = "none"
    if query.sort == column:
        way = "descending" if query.descending else "ascending"
    arrow = element("span", _ARROWS[way], class_="arrow", aria_hidden="true")
    button = element(
        "button", text(f"column_{column}", language), " ", arrow, type="button", data_sort=column
    )
    return element("th", button, scope="col", aria_sort=way, class_=column)


def _row(row: ListedArticle, language: str) -> Markup:
    pick = element(
        "input", type="checkbox", class_="one", value=row.article_id,
        aria_label=text("select_article", language, title=row.title),
    )  # fmt: skip
    title = element("a", row.title, href="#", class_="open-article", data_article=row.article_id, dir="auto")
    if row.is_corrected:
        title += element(
            "span",
            element("span", " ✎", aria_hidden="true"),
            element("span", text("row_corrected", language), class_="unseen"),
            title=text("row_corrected_title", language),
            class_="corrected",
        )
    day = element("time", date_text(row.published_at, language), datetime=row.published_at)
    cells = {
        "outlet": element("span", row.outlet or "—", dir="auto"),
        "date": day,
        "language": row.language or "—",
        **{name: number_text(getattr(row, name), language) for name in _NUMBERS},
    }
    return element(
        "tr",
        element("td", pick, class_="pick"),
        element("th", title, scope="row", class_="title", lang=row.language),
        *(element("td", cell, class_=name) for name, cell in cells.items()),
    )


# --- the pages ---


def _pager(listing: Listing, language: str) -> Markup:
    here, last = listing.page, listing.pages
    first_row = (here - 1) * PAGE + 1
    shown = text(
        "pager_here",
        language,
        page=number_text(here, language),
        pages=number_text(last, language),
        first=number_text(first_row, language),
        last=number_text(first_row + len(listing.rows) - 1, language),
    )
    return element(
        "nav",
        _turn("pager_first", 1, here == 1, language),
        _turn("pager_previous", here - 1, here == 1, language),
        element("span", shown, class_="here", aria_current="page"),
        _turn("pager_next", here + 1, here == last, language),
        _turn("pager_last", last, here == last, language),
        class_="pager",
        aria_label=text("pager_label", language),
    )


def _turn(word: str, page: int, disabled: bool, language: str) -> Markup:
    return element(
        "button", text(word, language), type="button", data_page=str(page), data_turn=word, disabled=disabled
    )
