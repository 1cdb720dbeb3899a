"""The other articles that carry a passage, named: `Also in: Outlet, date`, for the page and the terminal.

Pure. Titles, outlets and sources are the articles' own: escaped on the page by `ui.html.element`, like
all text.
"""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from rag.schema.hit import Reprint
from ui.formatting.i18n import date_text, text
from ui.html.element import element, web_address

_NAMED = 5  # articles that are named before the rest is only counted


def reprint_name(reprint: Reprint, language: str) -> str:
    """`Outlet, date` as plain text; the title where no outlet is known."""
    return f"{reprint.outlet or reprint.title}, {date_text(reprint.published_at, language)}"


def also_in_text(reprints: Sequence[Reprint], language: str) -> str:
    """One line that names them, empty when there are none."""
    if not reprints:
        return ""
    names = [reprint_name(reprint, language) for reprint in reprints[:_NAMED]]
    return f"{text('also_in', language)} {'; '.join([*names, *_rest(reprints, language)])}"


def also_in_html(reprints: Sequence[Reprint], language: str) -> list[Markup]:
    """A paragraph that names them, with links where sources are web addresses; none if there are none."""
    if not reprints:
        return []
    names = [_name(reprint, language) for reprint in reprints[:_NAMED]]
    rest = [element("span", words) for words in _rest(reprints, language)]
    parts = Markup("; ").join([*names, *rest])
    return [element("p", text("also_in", language), " ", parts, class_="also", lang=language)]


def _name(reprint: Reprint, language: str) -> Markup:
    address = web_address(reprint.source)
    words = reprint_name(reprint, language)
    if address is None:
        return element("span", words, title=reprint.title, dir="auto")
    return element(
        "a",
        words,
        href=address[0],
        title=f"{reprint.title} ({address[1]})",
        target="_blank",
        rel="noopener noreferrer nofollow",
        dir="auto",
    )


def _rest(reprints: Sequence[Reprint], language: str) -> list[str]:
    more = len(reprints) - _NAMED
    return [text("also_in_more", language, count=more)] if more > 0 else []
