"""The timeline of the library as HTML: a table of bars, outlets by spans of days, and the articles of a bar.

Pure. Names and titles are the articles' own: `ui.html.element` escapes them. What is pressed is for
`static/timeline.js` to tell, and for the tab to check.
"""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from rag.library.facets import Headline, Timeline
from ui.formatting.dates import bucket_text, ticks
from ui.formatting.i18n import date_text, number_text, text
from ui.html.element import element
from ui.html.palette import icon

BUCKETS = 24
_LABELS = 6  # dates that have room under the axis, on the narrowest screen
LISTED = 100


def timeline_html(timeline: Timeline, places: Sequence[int], language: str) -> Markup:
    """Return the bars; `places[i]` is the kind (colour and shape) of row i.

    The same numbers follow in a table.
    """
    title = element("h2", text("timeline_title", language))
    if not timeline.rows:
        return element("section", title, element("p", text("timeline_empty", language)), lang=language)
    scroller = element(
        "div",
        _bars(timeline, places, language),
        class_="scroller",
        role="region",
        tabindex="0",
        aria_label=text("timeline_title", language),
    )
    help_text = element("p", text("timeline_help", language), class_="help")
    return element(
        "section", title, help_text, scroller, _numbers(timeline, language), class_="timeline", lang=language
    )


def row_name(outlet: str | None, language: str) -> str:
    """Return an outlet, or what stands for all the others."""
    return outlet if outlet is not None else text("other_outlets", language)


def _bars(timeline: Timeline, places: Sequence[int], language: str) -> Markup:
    spans = [bucket_text(bucket, language) for bucket in timeline.buckets]
    most = max(map(max, timeline.rows))
    under = ticks(timeline.buckets, -(-len(timeline.buckets) // _LABELS), language)
    head = [
        element("th", element("span", span, class_="unseen"), *_tick(under.get(j)), scope="col")
        for j, span in enumerate(spans)
    ]
    corner = element("td")
    rows = []
    for i, (outlet, counts) in enumerate(zip(timeline.outlets, timeline.rows, strict=True)):
        name = row_name(outlet, language)
        cells = [
            element("td", *_bar(i, j, count, most, f"{name}, {spans[j]}", language))
            for j, count in enumerate(counts)
        ]
        label = element(
            "th", icon(places[i]), element("span", name, dir="auto"), scope="row", class_=f"kind k{places[i]}"
        )
        rows.append(element("tr", label, *cells, class_=f"k{places[i]}"))
    caption = element("caption", text("timeline_title", language), class_="unseen")
    body = element("tbody", *rows)
    widths = element("colgroup", element("col", class_="names"))
    return element(
        "table", caption, widths, body, element("tfoot", element("tr", corner, *head)), class_="bars"
    )


def _tick(words: str | None) -> list[Markup]:
    return [element("span", words, class_="tick", aria_hidden="true")] if words else []


def _bar(i: int, j: int, count: int, most: int, name: str, language: str) -> list[Markup]:
    if not count:
        return []
    words = text("bucket_articles", language, days=name, count=count)
    height = max(8, round(100 * count / most))
    bar = element("i", style=f"height:{height}%", aria_hidden="true")
    return [
        element(
            "button",
            bar,
            element("span", words, class_="unseen"),
            type="button",
            title=words,
            tabindex="-1",
            data_row=str(i),
            data_column=str(j),
        )
    ]


def _numbers(timeline: Timeline, language: str) -> Markup:
    """Return the same as numbers, for whoever reads rather than looks."""
    columns = [element("th", text("timeline_span", language), scope="col")]
    columns += [
        element("th", row_name(outlet, language), scope="col", dir="auto") for outlet in timeline.outlets
    ]
    rows = [
        element(
            "tr",
            element("th", bucket_text(bucket, language), scope="row"),
            *(element("td", number_text(row[j], language)) for row in timeline.rows),
        )
        for j, bucket in enumerate(timeline.buckets)
        if any(row[j] for row in timeline.rows)
    ]
    table = element(
        "table", element("thead", element("tr", *columns)), element("tbody", *rows), class_="numbers"
    )
    words = text("timeline_numbers", language)
    scroller = element("div", table, class_="scroller", role="region", tabindex="0", aria_label=words)
    return element("details", element("summary", words), scroller, class_="as-table")


def listing(title: str, headlines: Sequence[Headline], total: int, language: str) -> Markup:
    """Return articles, each a link to the reader.

    Args:
        title: What stands above them.
        headlines: The articles.
        total: How many there are, which may be more.
        language: That of the words.
    """
    heading = element("h3", title, tabindex="-1", dir="auto")
    items = [element("li", *headline_html(headline, language)) for headline in headlines]
    more = total - len(headlines)
    rest = [element("p", text("corpus_more", language, count=more), class_="help")] if more > 0 else []
    return element("div", heading, element("ul", *items), *rest, class_="listing", lang=language)


def headline_html(headline: Headline, language: str) -> list[Markup | str]:
    """Return an article's title, which opens it, its outlet and its date."""
    link = element(
        "a",
        headline.title or text("corpus_untitled", language),
        href="#",
        class_="open-article",
        data_article=headline.id,
        dir="auto",
    )
    said = [headline.outlet, date_text(headline.published_at, language)]
    meta = element("span", " · ".join(word for word in said if word), class_="meta", dir="auto")
    return [link, " ", meta]
