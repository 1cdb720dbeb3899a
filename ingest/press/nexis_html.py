"""Nexis (LexisNexis) in HTML → the running text that it shows, which `nexis` takes apart.

Source: how open readers of these exports take them apart (tm.plugin.lexisnexis, nexis importers): paragraphs
of old stand in `p` within `div`, whose classes say nothing; `br` stands within the line of a day.
"""

from __future__ import annotations

import re

from lxml import etree

from ingest.decoding.html_text import text_of
from ingest.press.pieces import page
from rag.errors import UserError

_MARKS = re.compile(
    rb"<DOC NUMBER=|<DOCFULL>|\d of \d{1,5} DOCUMENTS?\s*<|Dokument \d{1,5} von \d{1,5}\s*<"
    rb"|Document \d{1,5} (?:de|of|sur) \d{1,5}\s*<|>\s*(?:End of Document|Fin du document|Ende des Dokument)"
    rb"|Load-Date\s*:|Date de chargement\s*:"
)
# Nexis hides its own elements from browsers in comments that begin and end around them.
_HIDDEN = re.compile(
    r"<!--\s*Hide XML section from browser|</?DOC(?:FULL)?\b[^>]{0,200}>(?:\s*-->)?", re.IGNORECASE
)
_LINE = "\u2028"


def nexis_marks(page_: bytes) -> int:
    """Return how many of the marks that Nexis puts around articles a page has."""
    return sum(1 for _ in _MARKS.finditer(page_))


def nexis_text(markup: str) -> str:
    """Return the text of a page, an empty line between its paragraphs.

    Raises:
        UserError: It can't be parsed.
    """
    root = page(_HIDDEN.sub("", markup))
    for mark in root.iter("br"):
        mark.tail = _LINE + (mark.tail or "")
    etree.strip_tags(root, "br")
    try:
        blocks = text_of(root).split("\n")
    except (etree.LxmlError, ValueError) as error:  # names of elements that are none
        raise UserError("this isn't usable HTML.", "ce n'est pas du HTML utilisable.") from error
    return "\n\n".join(block.replace(_LINE, "\n") for block in blocks)
