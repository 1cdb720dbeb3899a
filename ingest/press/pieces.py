"""A text of any length → the pieces that begin at its marks, one at a time: memory holds one article.

Knows no form of export. Also what the readers of pages share: elements by their classes, lines of text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TextIO

from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from ingest.decoding.html_text import text_of
from ingest.schema.document import MAX_BYTES
from rag.errors import UserError

_READ = 262_144
_LONGEST_MARK = 500
_UNUSABLE = re.compile("[\0\ud800-\udfff]")


def pieces(text: TextIO, mark: re.Pattern[str]) -> Iterator[str]:
    """Yield what stands from one match of `mark` to the next; what stands before the first is left.

    Raises:
        UserError: A piece is longer than an article may be.
    """
    held, looked, begun = "", 0, False
    while True:
        more = text.read(_READ)
        held += more
        while found := mark.search(held, looked):
            if not more or found.end() < len(held):
                if begun:
                    yield held[: found.start()]
                held, begun = held[found.start() :], True
                looked = found.end() - found.start()
            else:
                break  # the mark may go on in what isn't read yet
        if not more:
            break
        looked = max(looked, len(held) - _LONGEST_MARK)
        if not begun:
            held, looked = held[looked:], 0
        elif len(held) > MAX_BYTES:
            raise UserError(
                f"an article of more than {MAX_BYTES / 1e6:.0f} MB; the rest wasn't read.",
                f"un article de plus de {MAX_BYTES / 1e6:.0f} Mo ; le reste n'a pas été lu.",
            )
    if begun:
        yield held


def run_together() -> UserError:
    """Return the error for a piece that holds several articles: the mark between them is damaged."""
    return UserError(
        "several articles without a mark between them; none of them is read.",
        "plusieurs articles sans marque entre eux ; aucun n'est lu.",
    )


def page(markup: str) -> HtmlElement:
    """Return the tree of a piece of HTML.

    Raises:
        UserError: It can't be parsed.
    """
    try:
        return document_fromstring(_UNUSABLE.sub("", markup), parser=HTMLParser(encoding="utf-8"))
    except (etree.LxmlError, ValueError) as error:
        raise UserError("this isn't usable HTML.", "ce n'est pas du HTML utilisable.") from error


def classed(root: HtmlElement, *names: str) -> list[HtmlElement]:
    """Return the elements with one of these words in their class, whatever its case, in order."""
    wanted = {name.casefold() for name in names}
    return [
        one for one in root.iter(etree.Element) if wanted & set((one.get("class") or "").casefold().split())
    ]


def line_of(element: HtmlElement | None) -> str:
    """Return all text of an element on one line; '' of None."""
    if element is None:
        return ""
    return " ".join(" ".join(str(text) for text in element.itertext()).split())


def inline(element: HtmlElement | None) -> str:
    """Return the text of an element on one line, where its marks stand within words: no space is put."""
    return "" if element is None else " ".join("".join(str(text) for text in element.itertext()).split())


def lines_of(element: HtmlElement) -> list[str]:
    """Return the lines of an element's readable text that aren't empty; the element is changed."""
    element.tail = None
    return [line.strip() for line in text_of(element).split("\n") if line.strip()]
