"""Whether a text that was extracted has to do with its page's title, and where else the article may be."""

from __future__ import annotations

import re
from copy import deepcopy
from itertools import islice

from lxml.html import HtmlElement

from ingest.decoding.html_text import text_of_markup
from ingest.html.tree import words_of
from ingest.page.headline import headline_of
from rag.text.normalization import fold

_SHORTEST_WORD = 4
_STEM = 5
_WORD = re.compile(r"[^\W_]+")
_LEAST_TEXT = 120
_LEAST_BODY = 200
_HIGHEST, _MOST_HEADINGS = 12, 5
_MARKUP = re.compile(r"</?(?:p|br|div|h[1-6]|ul|ol|li|strong|em|a)\b[^>]*>", re.IGNORECASE)


def fits(title: str | None, text: str) -> bool:
    """Return whether a text has a word of the title, inflected or not; true of titles without words."""
    named = [word for word in _WORD.findall(title or "") if len(word) >= _SHORTEST_WORD]
    if any(word in text for word in named):
        return True
    words = [word for word in _WORD.findall(fold(title or "")) if len(word) >= _SHORTEST_WORD]
    if not words:
        return True
    folded = fold(text)
    return any(word[:_STEM] in folded for word in words)


def article_beside(page: HtmlElement, title: str | None) -> HtmlElement | None:
    """Return the smallest part of a page that holds the heading that is its title and text below it."""
    wanted = fold(title or "")
    named = (one for one in page.iter("h1", "h2", "h3") if wanted and fold(words_of(one)) == wanted)
    for heading in islice(named, _MOST_HEADINGS):
        for outer in islice(heading.iterancestors(), _HIGHEST):
            if sum(len(words_of(paragraph)) for paragraph in outer.iter("p")) >= _LEAST_TEXT:
                part = deepcopy(outer)
                part.tail, part.tag = None, "article"
                return part
    return None


def article_part(page: HtmlElement, title: str | None) -> HtmlElement | None:
    """Return the `article` element that the headline stands in, if it has text of its own."""
    heading = headline_of(page, title)
    for outer in islice(heading.iterancestors("article"), 1) if heading is not None else ():
        if sum(len(words_of(paragraph)) for paragraph in outer.iter("p")) >= _LEAST_BODY:
            return outer
    return None


def is_outside(page: HtmlElement, part: HtmlElement, text: str) -> bool:
    """Return whether most of the paragraphs of a text stand outside the part that has the headline."""
    lines = dict.fromkeys(text.split("\n"))
    inside = {said for one in part.iter("p") if (said := words_of(one)) in lines}
    outside = {said for one in page.iter("p") if (said := words_of(one)) in lines} - inside
    return sum(map(len, outside)) > sum(map(len, inside))


def stated_body(article: dict) -> str | None:
    """Return the text that JSON-LD states of its article, if it is one."""
    body = article.get("articleBody")
    if not isinstance(body, str) or len(body) < _LEAST_BODY:
        return None
    if _MARKUP.search(body):
        return text_of_markup(body)
    return "\n".join(filter(None, (line.strip() for line in body.splitlines())))
