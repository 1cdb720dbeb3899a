"""A tree of HTML → readable plain text: paragraphs, lists as `- item`, table rows as `a | b`.

Everything that readers see is kept, unlike `html`, which looks for the article within a page: this is for
the chapters of a book, the body of a mail, the text of a document. Walks without recursion, however deep.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree
from lxml.html import HTMLParser, document_fromstring

from ingest.html.list_numbers import item_numbers
from ingest.html.published import show_as_published
from rag.errors import UserError

_BLOCKS = frozenset(
    {
        "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "dialog",
        "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5",
        "h6", "header", "hgroup", "hr", "html", "li", "main", "nav", "ol", "p", "pre", "section", "summary",
        "table", "tbody", "td", "tfoot", "th", "thead", "title", "tr", "ul",
    }
)  # fmt: skip
_UNSEEN = frozenset(
    {
        "head", "script", "style", "template", "noscript", "iframe", "object", "svg", "math", "audio",
        "video", "canvas", "select", "textarea",
    }
)  # fmt: skip
_SPACE = re.compile(r"[ \t\n\r\f]+")
_UNUSABLE = re.compile("[\0\ud800-\udfff]")


def text_of_markup(markup: str) -> str:
    """Return the visible text of a fragment or page of HTML.

    Raises:
        UserError: It can't be parsed.
    """
    try:
        return text_of(document_fromstring(_UNUSABLE.sub("", markup), parser=HTMLParser(encoding="utf-8")))
    except (etree.LxmlError, ValueError) as error:
        raise UserError("this isn't usable HTML.", "ce n'est pas du HTML utilisable.") from error


def text_of(root: etree._Element) -> str:
    """Return the visible text of a tree, whatever the namespace of its elements; the tree is changed."""
    show_as_published(root)
    writer = _TextWriter()
    walk = etree.iterwalk(root, events=("start", "end", "comment", "pi"))
    unseen: etree._Element | None = None
    for event, element in walk:
        if event in ("comment", "pi"):
            writer.write(element.tail if unseen is None else None)
            continue
        tag = etree.QName(element).localname.lower()
        if event == "start" and unseen is None and tag in _UNSEEN:
            unseen = element
        elif event == "start" and unseen is None:
            writer.open(tag, element)
            writer.write(element.text)
        elif event == "end" and unseen in (None, element):
            if unseen is None:
                writer.close(tag)
            unseen = None
            writer.write(element.tail if element is not root else None)
    return writer.text()


class _TextWriter:
    """Collects words into lines: a block ends the line before it."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._words: list[str] = []
        self._lists: list[
            Iterator[str] | None
        ] = []  # of each open list, the numbers to come; None for bullets
        self._marker = ""
        self._cells: list[str] | None = None
        self._pre = 0

    def open(self, tag: str, element: etree._Element) -> None:
        if tag in _BLOCKS:
            self._end_block()
        if tag in ("ul", "ol"):
            self._lists.append(item_numbers(element) if tag == "ol" else None)
        elif tag == "li":
            self._open_item()
        elif tag == "tr":
            self._cells = []
        elif tag == "pre":
            self._pre += 1
        elif tag == "br":
            self._words.append("\n")

    def close(self, tag: str) -> None:
        if tag in ("td", "th") and self._cells is not None:
            self._cells.append(self._line().replace("\n", " "))
            return
        if tag == "tr" and self._cells is not None:
            stray, cells = self._line(), self._cells
            self._cells = None
            self._add(" | ".join([*cells, stray] if stray else cells))
        if tag in _BLOCKS:
            self._end_block()
        if tag in ("ul", "ol") and self._lists:
            self._lists.pop()
        elif tag == "pre":
            self._pre -= 1
        elif tag == "li":
            self._marker = ""

    def write(self, words: str | None) -> None:
        if words:
            self._words.append(words if self._pre else _SPACE.sub(" ", words))

    def text(self) -> str:
        self._end_block()
        return "\n".join(self._lines)

    def _open_item(self) -> None:
        numbers = self._lists[-1] if self._lists else None
        number = next(numbers, None) if numbers is not None else None
        self._marker = "- " if number is None else f"{number}. "

    def _line(self) -> str:
        """Return the words so far, without the spaces around each of their lines."""
        joined, self._words = "".join(self._words), []
        lines = joined.split("\n") if self._pre else re.sub(" {2,}", " ", joined).split("\n")
        return "\n".join(line.rstrip() if self._pre else line.strip(" ") for line in lines).strip("\n")

    def _end_block(self) -> None:
        if self._cells is not None:
            self._words.append(" ")  # paragraphs of one cell stay in their row
        else:
            self._add(self._line())

    def _add(self, block: str) -> None:
        if not block.strip(" |\n"):
            return
        indent = "  " * (len(self._lists) - 1)
        first, *rest = block.split("\n")
        hanging = "  " * len(self._lists)
        lead = indent + self._marker if self._marker else hanging
        self._lines += [lead + first, *(hanging + line for line in rest)]
        self._marker = ""
