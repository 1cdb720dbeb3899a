"""Words of an article in HTML, with the quotation marks that they have in plain text, too."""

from __future__ import annotations

from markupsafe import Markup

from rag.schema.quotation import quotation_marks
from ui.html.element import element

# The classes of `static/quotation.css`: browsers draw the marks, so that the words alone are selected.
_CLASSES = {"« ": "guillemets", "“": "curly", "": "unmarked"}


def quotation(words: str, language: str | None, class_: str = "") -> Markup:
    """Return `words` from an article in `language` as a `<q>`."""
    marks = _CLASSES[quotation_marks(words, language)[0]]
    return element("q", words, class_=f"{class_} {marks}".strip(), dir="auto", lang=language)
