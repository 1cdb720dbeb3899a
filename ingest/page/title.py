"""The headline that a page shows where its metadata states none: a heading of it, or its `<title>`.

Knows the page's markup. A site's name is taken off a `<title>`; the colons, dashes and quotation marks of a
headline are left in it: what stands on either side of them belongs together ("Faux : le maire est mort").
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree
from lxml.html import HtmlElement

from ingest.html.tree import class_contains
from ingest.schema.metadata import TITLE_LENGTH, clean_line

_HEADINGS = ("h1", "h2", "h3")
_BLOCKS = class_contains("entry-title", "post-title", "article-title")
_MARKED_BLOCKS = etree.XPath(
    f".//*[not(self::h1 or self::h2 or self::h3 or self::a)][@itemprop='headline' or {_BLOCKS}]"
)
HEADINGS = (*_HEADINGS, "title")
_MARKED = re.compile(r"headline|title", re.IGNORECASE)
_MARKS = ("class", "id", "itemprop")
_SITE = re.compile(r"(?P<headline>.+)\s+(?P<separator>[|·•–—]|--?)\s+(?P<name>.+)$")
_SITE_FIRST = re.compile(r"(?P<name>.+?)\s+(?:[|·•–—]|--?)\s+(?P<headline>.+)$")
_CUT_SHORT = re.compile(r"\s*(?:…|\.\.\.)$")
_LEAST_BEGUN = 20  # characters of a title that was cut short
_DOMAIN = re.compile(r"[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}")
_MOST_WORDS = 4  # of a site's name


def shown_title(page: HtmlElement, outlet: str | None) -> str | None:
    """Return the headline of a page that is published by `outlet`, if that is stated."""
    title = tab_title(page)
    shown = [(element, line) for element in page.iter(*_HEADINGS) if (line := _line(element))]
    first = [line for element, line in shown if element.tag == "h1"]
    # A block that is marked as the title, where headings and the tab say something else.
    named = next((line for block in _MARKED_BLOCKS(page) if (line := _line(block))), None)
    if named and not first and named not in title and all(named != line for _, line in shown):
        return named
    begun = [line for _, line in shown if _begins(title, line)]
    # A lone `h1` that is a section's name gives way to a heading that the tab shows.
    if len(first) == 1 and (first[0] in title or not begun):
        rest = _without_name(title, first[0])
        return rest if rest and len(rest) > len(first[0]) else first[0]
    if begun:
        return max(begun, key=len)
    marked = next((line for element, line in shown if _is_marked(element)), None)
    return marked or _headline(title, outlet) or next(iter([*first, *(line for _, line in shown)]), named)


def headings(page: HtmlElement, *tags: str) -> list[str]:
    """Return the lines of a page's elements of these kinds, in order."""
    return [line for element in page.iter(*tags) if (line := _line(element))]


def tab_title(page: HtmlElement) -> str:
    """Return the `<title>` of a page; "" if it has none."""
    return next((line for element in page.iterfind(".//head//title") if (line := _line(element))), "")


def completed(title: str, lines: list[str]) -> str:
    """Return a stated title that ends in `…` as one of these lines has it whole."""
    begun = _CUT_SHORT.sub("", title)
    if begun == title or len(begun) < _LEAST_BEGUN:
        return title
    return next(
        (line for line in lines if len(line) > len(begun) and line.startswith(begun) and line != title), title
    )


def without_site(title: str, outlet: str | None, page: HtmlElement) -> str:
    """Return a stated title without the names of the site and its section, at its end or before it.

    It is the outlet's, or what a heading of the page leaves out: `Lanvenec — Wikipedia` over `Lanvenec`.
    """
    if _SITE.match(title) is None:
        return title
    shown = [line for element in page.iter(*_HEADINGS) if (line := _line(element))]
    if title in shown:
        return title
    before = _SITE_FIRST.match(title)
    if before and outlet and before["name"].casefold() == outlet.casefold() and before["headline"] in shown:
        return before["headline"]
    first = next(
        (line for line in shown if len(line) >= _LEAST_BEGUN and title.startswith(f"{line} | ")), None
    )
    if first is not None:
        return first
    while (found := _SITE.match(title)) is not None:
        named = outlet and found["name"].casefold() == outlet.casefold()
        if not named and not any(_is_headline(found["headline"], line, found["name"]) for line in shown):
            break
        title = found["headline"]
    return title


def _is_headline(headline: str, line: str, name: str) -> bool:
    """Return whether a heading is a headline and perhaps a label after it, without what a title has there."""
    return line == headline or (
        len(headline) >= _LEAST_BEGUN and line.startswith(f"{headline} ") and name not in line
    )


def _line(element: HtmlElement) -> str | None:
    return clean_line(" ".join(_texts(element)), TITLE_LENGTH)


def _texts(element: HtmlElement) -> Iterator[str]:
    for text in element.itertext():
        yield str(text)


def _is_marked(heading: HtmlElement) -> bool:
    return any(_MARKED.search(heading.get(mark) or "") for mark in _MARKS)


def _begins(title: str, heading: str) -> bool:
    """Return whether a `<title>` is the heading, or the heading and little more: the site's name."""
    return title.startswith(heading) and 2 * len(heading) >= len(title)


def _without_name(title: str, name: str) -> str | None:
    """Return what stands before a name at the end of a `<title>`; None if it doesn't end in it."""
    found = _SITE.match(title)
    return found["headline"] if found and found["name"].casefold() == name.casefold() else None


def _headline(title: str, outlet: str | None) -> str | None:
    """Return a `<title>` without the names of sites and sections at its end."""
    while (found := _SITE.match(title)) and _is_name(found, outlet):
        title = found["headline"]
    return title or None


def _is_name(found: re.Match[str], outlet: str | None) -> bool:
    name = found["name"]
    if (outlet and name.casefold() == outlet.casefold()) or found["separator"] == "|":
        return True
    words = len(name.split())
    if words > _MOST_WORDS or words >= len(found["headline"].split()) or name[-1] in '?!…»”"':
        return False
    return name[0].isupper() or _DOMAIN.fullmatch(name) is not None
