"""A quote with its reference, to be pasted: as plain text, and as HTML for what takes that. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from rag.schema.evidence import Evidence
from ui.documents.answers import note
from ui.documents.page import line_html
from ui.documents.plain import line_text
from ui.html.element import element


@dataclass(frozen=True, slots=True)
class Copy:
    """What goes to the clipboard."""

    text: str
    html: Markup


def quote_copy(quote: Evidence, language: str) -> Copy:
    """Return a quote between marks, then its reference, for a reader in `language`."""
    line = note(quote, language)
    return Copy(line_text(line), element("p", line_html(line), lang=language))
