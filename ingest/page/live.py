"""Live reports: the introduction, then the posts in the page's order, each with its time and heading.

An extractor of articles takes one of the posts for the article, and drops times. Where a page says that it is
a live report, its posts are read here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import deepcopy

from lxml import etree
from lxml.html import HtmlElement

from ingest.decoding.html_text import text_of, text_of_markup
from ingest.html.tree import local_name, remove_taken_out, take_out, words_of
from ingest.page.json_ld import types_of
from ingest.schema.metadata import clean_line

_LIVE_TITLE = re.compile(
    r"^\W*(?:en\s+)?(?:direct|live)\s*[.:|–—,-]|\ben direct\b|\blive\s?blog\b|\blive (?:updates|coverage)\b"
    r"|minute par minute|minute by minute|as it happened|[|:–—]\s*(?:le )?(?:direct|live)$",
    re.IGNORECASE,
)
_LIVE_MARKUP = etree.XPath(
    "boolean(.//*[contains(@itemtype, 'LiveBlogPosting') or contains(@itemprop, 'liveBlogUpdate')])"
)
_CLOCK = re.compile(r"T(\d\d:\d\d)")
_FEWEST_POSTS = 2
_DEEPEST = 6
_MOST_POSTS = 2_000
_SHORTEST_POST = 25
_BESIDE = ("nav", "aside", "footer", "form", "button", "script", "style", "template", "noscript")
_SHARING = re.compile(
    r"\b(?:share|sharing|partage\w*|social|newsletter|pub|ads?|comments?|related)\b", re.IGNORECASE
)


def live_text(page: HtmlElement, objects: list[dict], markup: str) -> str | None:
    """Return the text of a live report; None if the page is none, or its posts can't be told.

    `markup` is what the page was parsed from: most say nothing of a live report.
    """
    stated = next((thing for thing in objects if "liveblogposting" in types_of(thing)), None)
    heading = next((h1 for h1 in page.iter("h1") if words_of(h1)), None)
    named = page.find(".//title") if heading is None else heading
    title = "" if named is None else words_of(named)
    marked = "iveBlog" in markup and _LIVE_MARKUP(page)
    if stated is None and not marked and not _LIVE_TITLE.search(title):
        return None
    posts = _posts(page)
    if len(posts) >= _FEWEST_POSTS and _are_the_text(posts, page):
        lines = [title, *_introduction(page, heading, posts[0]), *map(_post, posts)]
        return "\n".join(filter(None, lines))
    updates = stated.get("liveBlogUpdate") if stated else None
    if isinstance(updates, list) and len(updates) >= _FEWEST_POSTS:
        entries = (_update(update) for update in updates[:_MOST_POSTS] if isinstance(update, dict))
        return "\n".join(filter(None, (title, *entries))) or None
    return None


def _posts(page: HtmlElement) -> list[HtmlElement]:
    """Return the elements that repeat, each with a time in it: the largest group of siblings of one kind."""
    groups: dict[tuple, list[HtmlElement]] = {}
    for time in page.iter("time"):
        child = time
        for depth, outer in enumerate(time.iterancestors()):
            if depth >= _DEEPEST or outer.tag in _BESIDE:
                break
            if local_name(child) in ("article", "div", "li", "section"):
                group = groups.setdefault(
                    (outer, child.tag, (child.get("class") or "").split()[:1] != []), []
                )
                if child not in group[-1:]:
                    group.append(child)
            child = outer
    candidates = [
        [post for post in group if len(words_of(post)) >= _SHORTEST_POST and not _is_teaser(post)]
        for group in groups.values()
        if len(group) >= _FEWEST_POSTS
    ]
    return max(candidates, key=len, default=[])[:_MOST_POSTS]


def _are_the_text(posts: list[HtmlElement], page: HtmlElement) -> bool:
    """Return whether the posts are what the page is about: half of its paragraphs' words and more."""
    all_words = sum(len(words_of(paragraph)) for paragraph in page.iter("p"))
    return 2 * sum(len(words_of(post)) for post in posts) >= all_words


def _is_teaser(post: HtmlElement) -> bool:
    """Return whether a block is mostly links."""
    return 2 * sum(len(words_of(link)) for link in post.iter("a")) > len(words_of(post))


def _introduction(page: HtmlElement, heading: HtmlElement | None, first: HtmlElement) -> Iterator[str]:
    """Yield the paragraphs between the heading and the first post."""
    begun = heading is None
    for element in page.iter("h1", "p", "li", first.tag):
        if element is heading:
            begun = True
        elif element is first:
            return
        elif begun and element.tag in ("p", "li"):
            if any(outer.tag in _BESIDE for outer in element.iterancestors()) or _is_teaser(element):
                continue
            yield words_of(element)


def _post(post: HtmlElement) -> str:
    copy = deepcopy(post)
    copy.tail = None
    for element in list(copy.iter(*_BESIDE)):
        take_out(element)
    for element in list(copy.iterdescendants("div", "ul", "section")):
        if _SHARING.search(f"{element.get('class') or ''} {element.get('id') or ''}"):
            take_out(element)
    remove_taken_out(copy)
    for time in list(copy.iter("time")):
        if not words_of(time) and (clock := _CLOCK.search(time.get("datetime") or "")):
            time.text = clock[1]
        following = time.getnext()
        if following is None or local_name(following) != "time":
            time.tag = "div" if not (time.tail or "").strip() and _opens(time) else "span"
    return text_of(copy)


def _opens(time: HtmlElement) -> bool:
    """Return whether nothing stands before a time in its own element."""
    parent = time.getparent()
    return parent is not None and not (parent.text or "").strip() and parent[0] is time


def _update(update: dict) -> str:
    moment = re.sub(
        r"^(\d{4}-\d\d-\d\d)T(\d\d:\d\d).*$", r"\1 \2", clean_line(update.get("datePublished")) or ""
    )
    body = update.get("articleBody")
    text = text_of_markup(body) if isinstance(body, str) and body.strip() else ""
    return "\n".join(filter(None, (moment, clean_line(update.get("headline")), text))) if text else ""
