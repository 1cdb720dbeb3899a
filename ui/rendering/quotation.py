"""Words of an article in HTML, with the quotation marks that they have in plain text, too."""

from __future__ import annotations

from markupsafe import Markup

from rag.schema.evidence import Evidence
from rag.schema.quotation import quotation_marks
from ui.html.element import element

# The classes of `static/quotation.css`: browsers draw the marks, so that the words alone are selected.
_CLASSES = {"« ": "guillemets", "“": "curly", "": "unmarked"}


def quotation(
    words: str, language: str | None, class_: str = "", marked: tuple[int, int] | None = None
) -> Markup:
    """Return `words` from an article in `language` as a `<q>`; `marked`, `[start, end)`, answers."""
    marks = _CLASSES[quotation_marks(words, language)[0]]
    start, end = marked or (0, 0)
    answer = [element("mark", words[start:end], class_="answers")] if marked else []
    inside = [part for part in (words[:start], *answer, words[end:]) if part]
    return element("q", *inside, class_=f"{class_} {marks}".strip(), dir="auto", lang=language)


def answering(evidence: Evidence) -> tuple[int, int] | None:
    """Return where the words that answer stand, `[start, end)`, in the quote put on one line."""
    span = evidence.answer_span
    if span is None:
        return None
    before = " ".join(f"{evidence.article.text[evidence.start : span.start]}|".split())[:-1]
    return len(before), len(before) + len(" ".join(evidence.answer_words.split()))
