"""What a page shows between its headline and where its text was found to begin: the standfirst and captions.

An extractor of articles takes the part with the most paragraphs; the standfirst and the first picture often
stand in a header beside it. What isn't named as either, or stated as the page's description, is left.
"""

from __future__ import annotations

import re
from itertools import islice

from lxml.html import HtmlElement

from ingest.html.extraction import CAPTION, names_caption
from ingest.html.tree import INLINE, local_name, words_of
from ingest.page.headline import below, headline_of

_STANDFIRST = re.compile(
    r"(?:^|[^a-z])(?:stand-?first|chap(?:o|eau)|dek|deck|lede|lead(?:-?(?:in|text|paragraph))?|intro(?:duction)?"
    r"|sub-?(?:head|headline|heading|title)|summary|sous-?titre|article-?description)(?:$|[^a-z])",
    re.IGNORECASE,
)
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_PICTURE = re.compile(r"image|img|photo|picture|media|visuel|figure", re.IGNORECASE)
_HIGHEST = 4
_PARAGRAPHS = frozenset({"p", "h2", "h3", "li"})
_BLOCKS = frozenset({*_PARAGRAPHS, "div", "h4", "section", "td", "figcaption"})
_SHORTEST, _LONGEST = 25, 1_500
_MOST_ELEMENTS = 1_000
_MOST_LINES = 6
_BEGINNING = 40  # characters by which the text's first line is found in the page


def lead_of(page: HtmlElement, title: str | None, description: str | None, text: str) -> str:
    """Return the lines to put before a text, or "": the standfirst first, then captions.

    Nothing where the text's beginning isn't found below the headline.
    """
    heading = headline_of(page, title)
    first = _flat(text.lstrip("-# \n")[:_LONGEST].split("\n", 1)[0])[:_BEGINNING]
    if heading is None or not first:
        return ""
    known, stated = _flat(text), _flat(description or "").rstrip(".… ").casefold()
    standfirst: list[str] = []
    captions: list[str] = []
    for element in islice(below(heading), _MOST_ELEMENTS):
        if element.tag not in _BLOCKS or not _is_line(element):
            continue
        said = words_of(element)
        if said.startswith(first):
            return "\n".join([*standfirst, *captions][:_MOST_LINES])
        if not _SHORTEST <= len(said) <= _LONGEST or said in known or said in (*standfirst, *captions):
            continue
        if _is_caption(element):
            captions.append(said)
        elif _is_standfirst(element) or (
            len(stated) >= _BEGINNING and said.casefold().startswith(stated[:_LONGEST])
        ):
            standfirst.append(said)
    return ""


def _is_line(element: HtmlElement) -> bool:
    """Return whether an element has no block in it but line breaks."""
    inside = (inner for inner in element.iter("*") if inner is not element)
    return all(local_name(inner) in INLINE or inner.tag == "br" for inner in inside)


def _is_caption(element: HtmlElement) -> bool:
    """Return whether an element is a figure's caption, or is named for one beside a picture."""
    if CAPTION in element.attrib or element.tag == "figcaption" or element.get("itemprop") == "caption":
        return True
    outer = islice(element.iterancestors(), _HIGHEST)
    return names_caption(element) and any(_PICTURE.search(_names(one)) for one in (element, *outer))


def _is_standfirst(element: HtmlElement) -> bool:
    """Return whether an element, or the block whose paragraph it is, is named for a standfirst."""
    if _STANDFIRST.search(_names(element)):
        return True
    parent = element.getparent()
    if parent is None or element.tag not in _PARAGRAPHS:
        return False
    if _STANDFIRST.search(_names(parent)):
        return True
    outer = parent.getparent()
    return len(parent) == 1 and outer is not None and _STANDFIRST.search(_names(outer)) is not None


def _names(element: HtmlElement) -> str:
    return _CAMEL.sub("-", f"{element.get('class') or ''} {element.get('itemprop') or ''}")


def _flat(text: str) -> str:
    return " ".join(text.split())
