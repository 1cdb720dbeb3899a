"""The panel of filters as HTML: a histogram to pick days on, and lists of outlets and languages.

Pure. Names of outlets are the articles' own: `ui.html.element` escapes them. `static/filters.js` makes it
work.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from markupsafe import Markup

from rag.dossiers.store import Dossier
from rag.library.date_histogram import Bucket
from rag.library.facets import Facets, Tally
from rag.schema.question import Filters
from ui.dossiers.said import filters_rule
from ui.formatting.dates import bucket_text, tick_text
from ui.formatting.filters import chips, language_name
from ui.formatting.i18n import number_text, text
from ui.html.date_field import Part, date_field
from ui.html.element import element
from ui.rendering.collecting import rule_button

BARS = 40
_AT_FIRST = 10  # outlets or languages that are shown before the others are asked for
_AT_MOST = 500  # and that are sent at all


def panel(
    facets: Facets, filters: Filters, language: str, dossiers: Sequence[tuple[Dossier, int]] = ()
) -> Markup:
    """Return all filters, in something that can be folded away.

    `dossiers` are the reader's, each with how many articles it has.
    """
    active = len(chips(filters, language))
    title = text("filters_title_count", language, count=active) if active else text("filters_title", language)
    total = facets.undated + sum(facets.counts)
    is_empty = not (total or facets.outlets or chips(filters, language))
    inside = [_nothing(language)] if is_empty else _kinds(facets, filters, language)
    inside += _dossiers(dossiers, filters, language)
    if filters_rule(filters):
        inside.append(element("p", rule_button({"filters": True}, language)))
    return element(
        "details", element("summary", element("h2", title)), *inside, class_="filters", lang=language
    )


def _nothing(language: str) -> Markup:
    return element("p", text("filters_nothing", language), class_="kept")


def _kinds(facets: Facets, filters: Filters, language: str) -> list[Markup]:
    kept = text("filters_kept", language, count=facets.total)
    outlets = [(tally, tally.name) for tally in facets.outlets]
    languages = [(tally, language_name(tally.name, language)) for tally in facets.languages]
    return [
        element("p", kept, class_="kept", role="status"),
        _dates(facets, filters, language),
        *_names("outlet", outlets, filters.outlets, language),
        *_left_out("outlet", facets.without_outlet if filters.outlets else 0, language),
        *_names("language", languages, filters.languages, language),
    ]


# --- dates ---


def _dates(facets: Facets, filters: Filters, language: str) -> Markup:
    legend = element("legend", text("filters_dates", language))
    if not facets.buckets:
        return element("fieldset", legend, element("p", text("filters_no_dates", language), class_="kept"))
    parts = [legend, _histogram(facets, filters, language)]
    parts.append(
        element("div", _day("from", filters, language), _day("to", filters, language), class_="days")
    )
    if filters.undated or (facets.undated and (filters.date_from or filters.date_to)):
        parts.append(_undated(facets, filters, language))
        parts += _left_out("date", 0 if filters.undated else facets.undated, language)
    return element("fieldset", *parts)


def _histogram(facets: Facets, filters: Filters, language: str) -> Markup:
    buckets, most = facets.buckets, max(facets.counts, default=0)
    first, last = selection(buckets, filters)
    labels = [
        text("bucket_articles", language, days=bucket_text(bucket, language), count=count)
        for bucket, count in zip(buckets, facets.counts, strict=True)
    ]
    bars = [
        element(
            "span",
            element("i", style=f"height:{_height(count, most)}%"),
            class_="bar in" if first <= place <= last else "bar",
            title=labels[place],
        )
        for place, count in enumerate(facets.counts)
    ]
    days = [[bucket.first.isoformat(), bucket.last.isoformat()] for bucket in buckets]
    thumbs = [_thumb(end, place, labels, language) for end, place in (("first", first), ("last", last))]
    # One span of days has one name.
    ends = [
        element("span", tick_text(bucket, language)) for bucket in dict.fromkeys((buckets[0], buckets[-1]))
    ]
    return element(
        "div",
        element("div", *bars, class_="plot", aria_hidden="true"),
        element("div", *thumbs, class_="track"),
        element("div", *ends, class_="ends", aria_hidden="true"),
        class_="histogram",
        role="group",
        aria_label=text("histogram_label", language),
        data_days=json.dumps(days),
        data_labels=json.dumps(labels),
        data_range=json.dumps([first, last]),
    )


def _height(count: int, most: int) -> int:
    """Return a share of a hundred; what isn't empty can be seen."""
    return max(4, round(100 * count / most)) if count else 0


def selection(buckets: Sequence[Bucket], filters: Filters) -> tuple[int, int]:
    """Return the places of the first and the last bucket that the filters' days reach into.

    All without days.
    """
    inside = [
        place
        for place, bucket in enumerate(buckets)
        if (filters.date_from is None or bucket.last >= filters.date_from)
        and (filters.date_to is None or bucket.first <= filters.date_to)
    ]
    if inside:
        return inside[0], inside[-1]
    # Days before or after all articles.
    before = filters.date_to is not None and filters.date_to < buckets[0].first
    return (0, 0) if before else (len(buckets) - 1, len(buckets) - 1)


def _thumb(end: str, place: int, labels: Sequence[str], language: str) -> Markup:
    return element(
        "span",
        role="slider",
        tabindex="0",
        class_=f"thumb {end}",
        data_end=end,
        data_key=f"thumb-{end}",
        aria_label=text("thumb_first" if end == "first" else "thumb_last", language),
        aria_valuemin="0",
        aria_valuemax=str(len(labels) - 1),
        aria_valuenow=str(place),
        aria_valuetext=labels[place],
    )


def _day(end: str, filters: Filters, language: str) -> Markup:
    day = filters.date_from if end == "from" else filters.date_to
    words = text("filter_from" if end == "from" else "filter_to", language)
    value = day.isoformat() if day else ""
    part: Part = "first" if end == "from" else "last"
    box = date_field(
        value, f"filter-{end}", language, part, data_day=end, data_key=f"day-{end}", data_stands=value
    )
    return element("div", element("label", words, for_=f"filter-{end}"), box)


def _undated(facets: Facets, filters: Filters, language: str) -> Markup:
    return _check("undated", "", text("filter_undated", language), facets.undated, filters.undated, language)


def _left_out(kind: str, count: int, language: str) -> list[Markup]:
    """Return how many articles a filter leaves out because they don't state what it asks for."""
    return [element("p", text(f"left_out_{kind}", language, count=count), class_="left")] if count else []


# --- dossiers ---


def _dossiers(dossiers: Sequence[tuple[Dossier, int]], filters: Filters, language: str) -> list[Markup]:
    if not dossiers:
        return []
    items = [
        element("li", _check("dossier", one.id, one.name, count, one.id in filters.dossier_ids, language))
        for one, count in dossiers
    ]
    listed = element("ul", *items, role="list", class_="choices", data_list="dossier")
    return [element("fieldset", element("legend", text("filters_dossiers", language)), listed)]


# --- outlets and languages ---


def _names(kind: str, named: list[tuple[Tally, str]], chosen: Sequence[str], language: str) -> list[Markup]:
    """Return a list to choose from.

    What most articles have comes first, and what is chosen is always seen.
    """
    if not named:
        return []
    offered = named[:_AT_MOST] + [one for one in named[_AT_MOST:] if one[0].name in chosen]
    items = [
        element(
            "li",
            _check(kind, tally.name, words, tally.count, tally.name in chosen, language),
            hidden=(later := place >= _AT_FIRST and tally.name not in chosen),
            data_later=later,
        )
        for place, (tally, words) in enumerate(offered)
    ]
    many = len(offered) > _AT_FIRST
    title = text("filters_outlets" if kind == "outlet" else "filters_languages", language)
    search = [_search(kind, language)] if many else []
    more = [_more(kind, len(offered), language)] if many else []
    listed = element("ul", *items, role="list", class_="choices", data_list=kind)
    return [element("fieldset", element("legend", title), *search, listed, *more)]


def _search(kind: str, language: str) -> Markup:
    words = text("search_outlets" if kind == "outlet" else "search_languages", language)
    return element(
        "input",
        type="search",
        class_="search",
        placeholder=words,
        aria_label=words,
        data_search=kind,
        data_key=f"search-{kind}",
    )


def _more(kind: str, count: int, language: str) -> Markup:
    words = text("filters_show_all", language, count=count)
    return element("button", words, type="button", class_="more", data_more=kind, data_key=f"more-{kind}")


def _check(kind: str, value: str, words: str, count: int, checked: bool, language: str) -> Markup:
    box = element(
        "input",
        type="checkbox",
        checked=checked,
        data_kind=kind,
        data_value=value,
        data_key=f"{kind}:{value}",
    )
    number = element("span", number_text(count, language), class_="count")
    return element("label", box, element("span", words, class_="name", dir="auto"), " ", number)
