"""What stands around the headline of a page: where its byline and its date are, before the text begins.

Walks a bounded number of elements from the headline on. Knows no content system.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from lxml.html import HtmlElement

from ingest.html.tree import words_of
from rag.text.normalization import fold

_MOST_HEADINGS = 40
_MOST_ELEMENTS = 150
_LONG = 60  # characters of a paragraph of the text, or of a standfirst
_LONG_PARAGRAPHS = 2  # the first may be a standfirst, with the byline below it
_SHORTEST = 12  # characters of a heading that begins a title
_ELSEWHERE = frozenset({"nav", "aside", "form", "footer", "figure", "blockquote"})
_NO_TEXT = frozenset(
    {"script", "style", "noscript", "template", "svg", "picture", "select", "button", "iframe"}
)
_OTHERS = re.compile(r"comment|related|teaser|newsletter|recommend|sidebar", re.IGNORECASE)


def headline_of(page: HtmlElement, title: str | None) -> HtmlElement | None:
    """Return the heading that shows a page's title; else its only `h1`; None if there is neither."""
    headings = [one for one in islice(page.iter("h1", "h2"), _MOST_HEADINGS) if words_of(one)]
    wanted = fold(title or "").rstrip(".… ")
    begun = None
    for heading in headings if wanted else ():
        shown = fold(words_of(heading))
        if shown == wanted:
            return heading
        longer, shorter = (shown, wanted) if len(shown) > len(wanted) else (wanted, shown)
        if begun is None and len(shorter) >= _SHORTEST and longer.startswith(shorter):
            begun = heading
    if begun is not None:
        return begun
    first = [heading for heading in headings if heading.tag == "h1"]
    return first[0] if len(first) == 1 else None


def below(heading: HtmlElement) -> Iterator[HtmlElement]:
    """Yield the elements after a heading in the page's order, but for those beside the article."""
    outer = heading
    while outer is not None and outer.tag != "body":
        for sibling in outer.itersiblings():
            yield from _within(sibling)
        outer = outer.getparent()


def _within(element: HtmlElement) -> Iterator[HtmlElement]:
    """Yield an element and those in it, in order, without what is beside an article."""
    waiting = [element]
    while waiting:
        one = waiting.pop()
        if not isinstance(one.tag, str) or _is_beside(one):
            continue
        yield one
        waiting.extend(reversed(one))


def _is_beside(element: HtmlElement) -> bool:
    if element.tag in _ELSEWHERE or element.tag in _NO_TEXT:
        return True
    if "omment" in (element.get("itemtype") or ""):
        return True
    named = f"{element.get('class') or ''} {element.get('id') or ''}"
    return _OTHERS.search(named) is not None


def byline_zone(heading: HtmlElement | None) -> list[HtmlElement]:
    """Return the elements between a headline and the text below it, and those before it in its own block."""
    if heading is None:
        return []
    zone = [
        one
        for sibling in islice(heading.itersiblings(preceding=True), 5)
        for one in islice(_within(sibling), 10)
    ]
    long = 0
    for element in islice(below(heading), _MOST_ELEMENTS):
        if element.tag in ("h1", "article") or (element.tag == "p" and len(words_of(element)) >= _LONG):
            long += 1 if element.tag == "p" else _LONG_PARAGRAPHS
            if long >= _LONG_PARAGRAPHS:
                break
        zone.append(element)
    return zone
