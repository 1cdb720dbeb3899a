"""Whether a page that says that it is a front page, a section or a list is mostly links to other articles.

What a page says of itself is often wrong: it counts only where what it shows bears it out, and never against
a page with an article's headline or date.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree
from lxml.html import HtmlElement

from ingest.html.tree import INLINE, local_name, words_of
from ingest.page.json_ld import is_article_type, types_of
from ingest.schema.addresses import address_of

_LISTS = frozenset({"collectionpage", "itemlist", "searchresultspage"})
_DATES = ("article:published_time", "article:modified_time", "datepublished", "pubdate")
_UNREAD = frozenset(
    {
        "nav", "footer", "aside", "form", "script", "style", "noscript", "select", "button", "svg",
        "template", "textarea", "iframe", "head",
    }
)  # fmt: skip
_FEWEST = 8
_HEADLINE = 25  # characters of a link that is one, and of an `h1` that is an article's
_LINKED = 0.7
_LONGEST_TEASER = 500
_TEASER = 300  # characters of text to a link, on average


def is_page_of_links(page: HtmlElement, objects: list[dict]) -> bool:
    """Return whether a page is stated to be a front page or a list, and shows links and teasers alone.

    `objects` are those of its JSON-LD.
    """
    is_front = _is_front(page)
    if not (is_front or _is_stated_list(page, objects)) or _is_stated_article(page, objects, is_front):
        return False
    shown = _Shown.of(page)
    if shown.headlines < _FEWEST:
        return False
    if is_front:
        return shown.linked >= shown.prose
    return shown.longest < _LONGEST_TEASER and shown.prose <= _TEASER * shown.headlines


def _is_front(page: HtmlElement) -> bool:
    """Return whether a page states the address of its site as its own."""
    links = (one.get("href") for one in page.iter("link") if "canonical" in (one.get("rel") or "").lower())
    stated = [*links, *_meta(page, "og:url")]
    parts = address_of(stated[0].strip()) if stated and stated[0] else None
    return parts is not None and bool(parts.host) and parts.path in ("", "/") and not parts.query


def _is_stated_list(page: HtmlElement, objects: list[dict]) -> bool:
    kinds = {name.rpartition("/")[2] for thing in objects for name in types_of(thing)}
    return bool(kinds & _LISTS) or "website" in [kind.strip().lower() for kind in _meta(page, "og:type")]


def _is_stated_article(page: HtmlElement, objects: list[dict], is_front: bool) -> bool:
    """Return whether a page has what only an article has: its type, its date, or one headline.

    On a front page, one that is a link is that of its leading story.
    """
    articles = sum(any(map(is_article_type, types_of(thing))) for thing in objects)
    if articles == 1 or any(_meta(page, name) for name in _DATES):
        return True
    if any(kind.strip().lower() == "article" for kind in _meta(page, "og:type")):
        return True
    headings = [one for one in page.iter("h1") if words_of(one)]
    if len(headings) != 1 or len(words_of(headings[0])) < _HEADLINE:
        return False
    is_linked = next(headings[0].iter("a"), None) is not None or any(headings[0].iterancestors("a"))
    return not (is_front and is_linked)


def _meta(page: HtmlElement, name: str) -> list[str]:
    return [
        content
        for one in page.iter("meta")
        if name in (one.get(key, "").lower() for key in ("property", "name", "itemprop"))
        and (content := one.get("content"))
    ]


@dataclass(slots=True)
class _Shown:
    """What a page shows: its links that are headlines, and how many characters they and its prose have.

    `longest` is the longest stretch of prose between two headlines.
    """

    headlines: int = 0
    linked: int = 0
    prose: int = 0
    longest: int = 0

    @classmethod
    def of(cls, page: HtmlElement) -> _Shown:
        shown, stretch = cls(), 0
        for length, linked in _blocks(page):
            if linked < _LINKED * length:
                shown.prose += length - linked
                stretch += length - linked
                shown.longest = max(shown.longest, stretch)
            elif linked >= _HEADLINE:
                shown.headlines += 1
                shown.linked += linked
                stretch = 0
        return shown


def _blocks(page: HtmlElement) -> Iterator[tuple[int, int]]:
    """Yield how many characters each block of a page has, and how many of them in links."""
    body = page.find(".//body")
    walk = etree.iterwalk(page if body is None else body, events=("start", "end"))
    links = length = linked = 0
    for event, element in walk:
        name = local_name(element)
        if name not in INLINE and length:
            yield length, linked
            length = linked = 0
        is_start, is_link = event == "start", name == "a" and bool(element.get("href"))
        links += (1 if is_start else -1) * is_link
        if is_start and (not name or name in _UNREAD):
            walk.skip_subtree()
            continue
        said = len(" ".join(((element.text if is_start else element.tail) or "").split()))
        length += said
        linked += said if links else 0
    if length:
        yield length, linked
