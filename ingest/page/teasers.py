"""Whether a page lists other articles and is none itself: a front page, a section, results of a search."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from copy import deepcopy

from lxml.html import HtmlElement

from ingest.html.tree import remove_taken_out, take_out, words_of

_FEWEST = 4
_LONGEST_TEASER = 500
_OWN_TEXT = 250  # of what isn't a teaser: the shortest article beside a list of others
_ELSEWHERE = frozenset({"nav", "footer", "aside", "form"})
_NO_PROSE = ("nav", "header", "footer", "aside", "form", "script", "style", "noscript", "a", "h1", "h2", "h3",
             "h4", "button", "time", "select", "svg", "template")  # fmt: skip


def lists_articles(page: HtmlElement) -> bool:
    """Return whether a page is a list of teasers: linked headings with little below, no text beside."""
    headings = list(_linked_headings(page))
    if len(headings) < _FEWEST:
        return False
    teasers = _teasers(headings)
    if len(teasers) < _FEWEST or any(len(words_of(teaser)) > _LONGEST_TEASER for teaser in teasers):
        return False
    outside = 0
    for paragraph in page.iter("p"):
        if not any(outer in teasers or outer.tag in _ELSEWHERE for outer in paragraph.iterancestors()):
            outside += len(words_of(paragraph)) - sum(len(words_of(link)) for link in paragraph.iter("a"))
            if outside >= _OWN_TEXT:
                return False
    return _prose_beside(page, teasers) < _OWN_TEXT


def _linked_headings(page: HtmlElement) -> Iterator[HtmlElement]:
    """Yield the headings that are links to elsewhere, all of them."""
    for heading in page.iter("h2", "h3", "h4"):
        said = words_of(heading)
        if not said or any(outer.tag in _ELSEWHERE for outer in heading.iterancestors()):
            continue
        links = [link for link in heading.iter("a") if _leads_away(link)]
        links += [outer for outer in heading.iterancestors("a") if _leads_away(outer)]
        if any(said in words_of(link) for link in links):
            yield heading


def _leads_away(link: HtmlElement) -> bool:
    href = (link.get("href") or "").strip()
    return bool(href) and not href.startswith(("#", "javascript:", "mailto:"))


def _teasers(headings: list[HtmlElement]) -> set[HtmlElement]:
    """Return for each heading the largest element that has no other of them in it."""
    held = Counter(outer for heading in headings for outer in heading.iterancestors())
    teasers = set()
    for heading in headings:
        block = heading
        for outer in heading.iterancestors():
            if held[outer] > 1:
                break
            block = outer
        teasers.add(block)
    return teasers


def _prose_beside(page: HtmlElement, teasers: set[HtmlElement]) -> int:
    """Return how many characters of text are neither in teasers nor in what surrounds an article."""
    body = page.find(".//body")
    root = page if body is None else body
    originals = list(root.iter())
    copies = list(deepcopy(root).iter())
    for original, copy in zip(originals, copies, strict=True):
        if original in teasers or (isinstance(copy.tag, str) and copy.tag in _NO_PROSE):
            take_out(copy)
    remove_taken_out(copies[0])
    return len(words_of(copies[0]))
