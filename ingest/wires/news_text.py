"""The text of an article within XML: NITF's body, XHTML, or plain text.

Pure. What isn't the article's text is left: media and their captions, notes to editors, contact lines.
"""

from __future__ import annotations

import copy
import re

from lxml import etree

from ingest.decoding.html_text import text_of, text_of_markup
from ingest.decoding.xml_document import attribute, found, local

_LEFT = ("media", "media-caption", "media-producer", "ednote", "ed-msg")
_EDITORIAL = frozenset({"editorsnote", "ednote", "editorial", "contact", "advisory", "notforpublication"})
_MARKUP = re.compile(r"\s*<(?:!doctype|\?xml|[a-zA-Z])")
_MOST_EDITORIAL = 200


def text_of_element(element: etree._Element) -> str:
    """Return the readable text of an element: a line for each paragraph, whatever its vocabulary.

    Text that holds markup as characters (in a CDATA section) loses it.
    """
    if len(element) == 0:
        text = element.text or ""
        return text_of_markup(text) if _MARKUP.match(text) else _paragraphs(text)
    tree = copy.deepcopy(element)
    tree.tail = None
    for other in list(found(tree, *_LEFT)) + [one for one in tree.iterdescendants() if _is_editorial(one)]:
        _cut(other)
    return text_of(tree)


def nitf_body(root: etree._Element) -> etree._Element | None:
    """Return the content of an NITF document's body; None if it has none."""
    return next(found(root, "body.content"), None)


def with_dateline(dateline: str, text: str) -> str:
    """Return a text behind its dateline, where it stands apart from it: "Brécy, 3 août 2025 (Agence Val)"."""
    line = dateline.strip().rstrip("-–— ")
    return f"{line}\n{text}" if line and text and not text.startswith(line) else text


def _paragraphs(text: str) -> str:
    """Return plain text with its own line ends, without the indents that paragraphs begin with."""
    return "\n".join(line.strip() for line in text.splitlines()).strip()


def _is_editorial(element: etree._Element) -> bool:
    stated = attribute(element, "noteclass", "class", "type")[:_MOST_EDITORIAL]
    kinds = {word.replace("-", "").casefold() for word in stated.split()}
    return bool(kinds & _EDITORIAL) and local(element) != ""


def _cut(element: etree._Element) -> None:
    """Take an element out of its tree; what follows it stays."""
    parent = element.getparent()
    if parent is None:
        return
    if element.tail:
        before = element.getprevious()
        if before is None:
            parent.text = (parent.text or "") + element.tail
        else:
            before.tail = (before.tail or "") + element.tail
    parent.remove(element)
