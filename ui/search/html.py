"""A full-text search → HTML: the form, its help, what was found. Pure; escapes as `element` does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from rag.dossiers.store import Dossier
from rag.entity_store.records import EntityRow
from rag.full_text.syntax import narrowed, outlet_condition
from rag.index.stores import Order
from rag.notes.reading import FoundNote
from rag.schema.article import Article, Span
from rag.schema.question import NO_FILTERS, Filters
from rag.search.full_text_search import FURTHEST, PAGE
from rag.search.result import SearchHit, SearchResult, Snippet
from ui.dossiers.html import choice_html
from ui.formatting.i18n import number_text, text
from ui.formatting.searches import month_text, outcome_text, repairs_text
from ui.formatting.source_line import Part, source_line
from ui.html.element import element, web_address
from ui.notes.html import searched_html
from ui.rendering.collecting import article_buttons, rule_button
from ui.rendering.entity_link import entity_link
from ui.rendering.export_menu import copy_quote
from ui.rendering.following import follow_button

_ORDERS: tuple[Order, ...] = ("relevance", "newest", "oldest")
HELP = ("words", "phrase", "without", "or", "near", "begins", "conditions")
_ABOUT: tuple[Part, ...] = ("outlet", "date", "author", "excerpt")
_SHOWN = 3  # snippets of an article that aren't folded away
_MOST_OUTLETS, _MOST_MONTHS = 12, 24
MOST_ENTITIES = 4


@dataclass(frozen=True, slots=True)
class NamedEntity:
    """An entity of the name that is searched for, and how many statements articles have of it."""

    entity: EntityRow
    statements: int


# --- the form ---


def form_html(language: str, dossiers: Sequence[Dossier] = ()) -> Markup:
    """Return the form and its help; the browser keeps what is in it. `dossiers` can be searched alone."""
    field = element(
        "input",
        type="search",
        name_="query",
        id="full-text-query",
        class_="plain",
        maxlength="1000",
        autocomplete="off",
        spellcheck="false",
        placeholder=text("full_text_query", language),
        aria_label=text("full_text_title", language),
    )
    options = [element("option", text(f"order_{order}", language), value=order) for order in _ORDERS]
    order = element("select", *options, name_="order", id="full-text-order", class_="plain")
    chosen = choice_html(dossiers, "", language)
    label = element("span", text("dossier_label", language))
    within = element("select", *chosen, name_="dossier", id="full-text-dossier", class_="plain")
    return element(
        "form",
        element("h2", text("full_text_title", language), id="full-text-title"),
        element(
            "div",
            field,
            element("button", text("full_text_go", language), type="submit", class_="plain main"),
            element("label", element("span", text("full_text_order", language)), " ", order),
            element("label", label, " ", within, hidden=not dossiers),
            class_="fields",
        ),
        _help(language),
        role="search",
        lang=language,
        aria_labelledby="full-text-title",
    )


def _help(language: str) -> Markup:
    rows = [
        part
        for name in HELP
        for part in (
            element("dt", element("code", text(f"full_text_example_{name}", language))),
            element("dd", text(f"full_text_help_{name}", language)),
        )
    ]
    summary = element("summary", text("full_text_help", language))
    return element("details", summary, element("dl", *rows), class_="help")


# --- what was found ---


def begin_html(language: str) -> Markup:
    """Return what stands there before anything was searched for."""
    return element("p", text("full_text_begin", language), class_="state", lang=language)


def result_html(
    result: SearchResult,
    language: str,
    entities: Sequence[NamedEntity] = (),
    notes: Sequence[FoundNote] = (),
    filters: Filters = NO_FILTERS,
) -> Markup:
    """Return what was found: how many, where and when published, and the articles with their excerpts.

    `entities` are called what was searched for, the reader's `notes` have its words; `filters` narrow it to
    a dossier, if any do.
    """
    mended = [element("li", words) for words in repairs_text(result.query, language)]
    shown = [_entities(entities, language)] if entities else []
    shown.append(element("p", outcome_text(result, language), role="status", class_="found"))
    shown += [searched_html(notes, language)] if notes else []
    shown += [element("ul", *mended, class_="mended")] if mended else []
    shown += [_keeping(result, language, filters)] if result.query.node is not None else []
    shown += [_counts(result, language)] if result.total else []
    if result.hits:
        hits = [_hit(hit, language) for hit in result.hits]
        start = str(result.offset + 1)
        shown.append(element("ol", *hits, start=start, aria_label=text("full_text_results", language)))
        shown += _pager(result, language)
    return element("section", *shown, lang=language)


def _entities(entities: Sequence[NamedEntity], language: str) -> Markup:
    items = []
    for one in entities:
        counts = [text("entity_in_articles", language, count=one.entity.articles)]
        if one.statements:
            counts.append(text("entity_statements", language, count=one.statements))
        line = text("entity_line", language, name=one.entity.name, counts=", ".join(counts))
        items.append(element("li", entity_link(one.entity.id, line)))
    return element("ul", *items, class_="entities", aria_label=text("entities_found", language))


def _keeping(result: SearchResult, language: str, filters: Filters) -> Markup:
    """Return what can be done with a search and, where the page has all of them, with its articles."""
    ids = [hit.article.id for hit in result.hits]
    ways = article_buttons(ids, language) if 0 < len(ids) == result.total else []
    said = {"search": result.query.text, "dossier": "".join(filters.dossier_ids)}
    follow = follow_button(said, "search", result.query.text, language, filters)
    return element("p", follow, rule_button({"search": result.query.text}, language), *ways, class_="ways")


def error_html(words: str, language: str) -> Markup:
    """Return why nothing can be searched."""
    return element("p", words, role="alert", class_="error", lang=language)


def _counts(result: SearchResult, language: str) -> Markup:
    outlets = [
        (name, narrowed(result.query, condition), count)
        for name, count in result.outlets[:_MOST_OUTLETS]
        if (condition := outlet_condition(name))
    ]
    months = [
        (month_text(year, month, language), narrowed(result.query, _month_condition(year, month)), count)
        for (year, month), count in reversed(result.months[-_MOST_MONTHS:])
    ]
    without = {
        "outlet": result.total - sum(count for _, count in result.outlets),
        "month": result.total - sum(count for _, count in result.months),
    }
    return element(
        "div",
        _chips("full_text_outlets", outlets, "full_text_no_outlet", without["outlet"], language),
        _chips("full_text_months", months, "full_text_no_month", without["month"], language),
        class_="counts",
    )


def _month_condition(year: int, month: int) -> str:
    after = date(year + month // 12, month % 12 + 1, 1) if year < date.max.year else None
    return f"after:{year:04}-{month:02}" + (f" before:{after:%Y-%m}" if after else "")


def _chips(
    title: str, counted: Sequence[tuple[str, str | None, int]], missing: str, without: int, language: str
) -> Markup:
    """Return how many articles are of each; pressed, a count narrows the search to them."""
    chips = [
        element(
            "button",
            element("span", name, dir="auto"),
            " ",
            element("span", number_text(count, language), class_="count"),
            type="button",
            class_="plain",
            data_query=query,
            disabled=query is None,
            aria_label=text("full_text_narrow", language, name=name, number=number_text(count, language)),
        )
        for name, query, count in counted
    ]
    if not chips:
        return Markup("")
    rest = [element("span", text(missing, language, number=number_text(without, language)), class_="rest")]
    heading = element("h3", text(title, language))
    return element("div", heading, *chips, *(rest if without > 0 else []), class_="chips")


def _hit(hit: SearchHit, language: str) -> Markup:
    article = hit.article
    first = hit.snippets[0].span if hit.snippets else None
    title = _marked(article.title, Span(0, len(article.title)), hit.title_marks)
    link = _link(article, first, title, class_="title")
    about = source_line(article, language, _ABOUT, separator=" · ")
    meta: list[Markup | str] = [about]
    if hit.occurrences:
        meta += [" · ", text("full_text_occurrences", language, count=hit.occurrences)]
    if address := web_address(article.canonical_url or article.source):
        said = text("full_text_publisher", language, host=address[1])
        outside = {"rel": "noopener noreferrer nofollow", "target": "_blank", "aria_label": said}
        meta += [" · ", element("a", address[1], href=address[0], **outside)]
    parts = [element("h3", link), element("p", *meta, class_="meta", dir="auto")]
    excerpts = [
        element("li", _excerpt(article, one), copy_quote(article, one.span.start, one.span.end, language))
        for one in hit.snippets
    ]
    if excerpts:
        parts.append(element("ul", *excerpts[:_SHOWN]))
    if folded := excerpts[_SHOWN:]:
        words = text("full_text_more_here", language, count=len(folded))
        parts.append(element("details", element("summary", words), element("ul", *folded)))
    return element("li", *parts)


def _excerpt(article: Article, snippet: Snippet) -> Markup:
    """Return a link to the words in the reader."""
    words = _marked(article.text, snippet.span, snippet.marks)
    return _link(article, snippet.span, words, class_="excerpt")


def _link(article: Article, span: Span | None, words: Markup, class_: str) -> Markup:
    return element(
        "a",
        words,
        href="#",
        class_=f"open-article {class_}",
        data_article=article.id,
        data_start=str(span.start) if span else None,
        data_end=str(span.end) if span else None,
        dir="auto",
        lang=article.language,
    )


def _marked(whole: str, span: Span, marks: Sequence[Span]) -> Markup:
    parts: list[str | Markup] = []
    place = span.start
    for mark in marks:
        parts += [whole[place : mark.start], element("mark", whole[mark.start : mark.end])]
        place = mark.end
    return element("span", *parts, whole[place : span.end])


def _pager(result: SearchResult, language: str) -> list[Markup]:
    page, reached = result.offset // PAGE + 1, min(result.total, FURTHEST)
    pages = -(-reached // PAGE)
    if pages <= 1:
        return []
    first, last = result.offset + 1, result.offset + len(result.hits)
    here = text("pager_here", language, page=page, pages=pages, first=first, last=last)
    buttons = [
        element(
            "button",
            text(f"pager_{name}", language),
            type="button",
            class_="plain",
            data_offset=str((wanted - 1) * PAGE),
            disabled=not 1 <= wanted <= pages,
        )
        for name, wanted in (("previous", page - 1), ("next", page + 1))
    ]
    before, after = buttons
    label = text("pager_label", language)
    return [
        element("nav", before, element("span", here, class_="here"), after, class_="pager", aria_label=label)
    ]
