"""In which months articles name an entity → HTML: columns, and the same numbers as a table. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from markupsafe import Markup

from ui.formatting.i18n import number_text, text
from ui.formatting.searches import month_text
from ui.html.element import element

_MOST = 48  # columns; what is longer is counted by year


def months_html(months: Sequence[tuple[str, int]], undated: int, language: str) -> Markup:
    """Return the columns, those without an article between the others too.

    Args:
        months: `YYYY-MM` with how many articles, in order.
        undated: How many articles have no date.
        language: That of the words.
    """
    rest = [element("p", text("entity_undated", language, count=undated), class_="meta")] if undated else []
    named = columns(months)
    if not named:
        return element("div", *rest, class_="months")
    most = max(count for _, count in named)
    bars = [_bar(span, count, most, language) for span, count in named]
    ends = [element("span", _name(span, language)) for span in dict.fromkeys((named[0][0], named[-1][0]))]
    return element(
        "div",
        element("ol", *bars, role="list", aria_hidden="true"),
        element("p", *ends, class_="ends", aria_hidden="true"),
        *rest,
        _table(named, language),
        class_="months",
    )


def columns(months: Sequence[tuple[str, int]]) -> list[tuple[str, int]]:
    """Return `YYYY-MM`, or `YYYY` over a long time, with how many articles, without gaps."""
    if not months:
        return []
    first, last = (_number(month) for month, _ in (months[0], months[-1]))
    if last - first < _MOST:
        counted = {_number(month): count for month, count in months}
        return [(f"{n // 12:04}-{n % 12 + 1:02}", counted.get(n, 0)) for n in range(first, last + 1)]
    years: Counter[int] = Counter()
    for month, count in months:
        years[_number(month) // 12] += count
    between = range(first // 12, last // 12 + 1)
    return [(f"{year:04}", years[year]) for year in (between if len(between) <= _MOST else sorted(years))]


def _number(month: str) -> int:
    return int(month[:4]) * 12 + int(month[5:7]) - 1


def _name(span: str, language: str) -> str:
    return month_text(int(span[:4]), int(span[5:]), language) if "-" in span else span


def _bar(span: str, count: int, most: int, language: str) -> Markup:
    words = f"{_name(span, language)} · {text('entity_in_articles', language, count=count)}"
    height = max(6, round(100 * count / most)) if count else 0
    return element("li", element("i", style=f"height:{height}%"), title=words)


def _table(named: Sequence[tuple[str, int]], language: str) -> Markup:
    rows = [
        element(
            "tr",
            element("th", _name(span, language), scope="row"),
            element("td", number_text(count, language)),
        )
        for span, count in named
        if count
    ]
    summary = element("summary", text("timeline_numbers", language))
    return element("details", summary, element("table", element("tbody", *rows), class_="numbers"))
