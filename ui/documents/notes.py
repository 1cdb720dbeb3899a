"""A reader's notes in what is handed in: under the words that they are on, and as remarks of references.

Pure. A note is its reader's own words, and said to be; what it is on is quoted as
published, or said to be gone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rag.notes.reading import FoundNote, in_order
from rag.schema.evidence import Evidence
from ui.documents.document import Block, Heading, Line, NoteMark, Paragraph, Quotation, Text, text_of
from ui.formatting.i18n import text
from ui.references.formatted import formatted
from ui.references.reference import reference
from ui.references.typography import in_marks
from ui.references.writable import writable


def note_blocks(
    notes: Sequence[FoundNote], language: str, before: int = 0
) -> tuple[list[Block], list[Evidence]]:
    """Return notes as a part of a document, article by article, and what their footnotes are of.

    Args:
        notes: The notes; articles come in the order in which they are met first.
        language: The reader's, `fr` or `en`.
        before: How many other footnotes come before these.
    """
    blocks: list[Block] = []
    quoted: list[Evidence] = []
    for one in _by_article(notes):
        if one.article and one.span:
            quoted.append(Evidence(one.article, one.span.start, one.span.end))
            words = Quotation.of(one.quote, one.article.language, language)
            blocks.append(Paragraph((words, NoteMark(before + len(quoted)))))
        else:
            blocks.append(Paragraph(_about(one, language)))
        if one.note.kind or one.note.words:
            blocks.append(Paragraph(own_words(one.note.words, language, one.note.kind), aside=True))
    return [Heading(2, text("handed_in_own_notes", language)), *blocks] if blocks else [], quoted


def own_words(words: str, language: str, kind: str = "") -> Line:
    """Return a reader's words as a line that says whose they are; line ends are kept."""
    label = text(f"note_kind_{kind}", language) if kind else text("handed_in_own_note", language)
    if not words:
        return (Text(label, "strong"),)
    return (
        Text(text("handed_in_labelled", language, label=label, words=""), "strong"),
        Text(" "),
        _as_written(words),
    )


def remarks(notes: Iterable[FoundNote], language: str) -> dict[str, list[str]]:
    """Return article id → what is noted on it, each as words for a list of references."""
    found: dict[str, list[str]] = {}
    for one in _by_article(notes):
        if one.article:
            found.setdefault(one.article.id, []).append(_remark(one, language))
    return found


def on_quote(notes: Iterable[FoundNote], quote: Evidence) -> list[FoundNote]:
    """Return those notes that are on words of a quote, and say something."""
    return [
        one
        for one in notes
        if one.article
        and one.span
        and (one.article.id, one.article.content_hash) == (quote.article.id, quote.article.content_hash)
        and one.span.start < quote.end
        and quote.start < one.span.end
        and one.note.words
    ]


def _remark(one: FoundNote, language: str) -> str:
    label = text(f"note_kind_{one.note.kind}" if one.note.kind else "handed_in_own_note", language)
    quote = in_marks(one.quote, language) if one.quote else ""
    lost = text("note_lost", language) if one.standing == "lost" else ""
    words = " — ".join(filter(None, (quote or lost, one.note.words)))
    return text("handed_in_labelled", language, label=label, words=f" {words}") if words else label


def _about(one: FoundNote, language: str) -> Line:
    """Return what a note is on that has no words to quote: an article, words that are gone, none any more."""
    if one.article is None:
        return (Text(text("note_removed", language), "italic"),)
    line = text_of(formatted(reference(one.article), language))
    lost = (Text(f" {text('note_lost', language)}", "note"),) if one.standing == "lost" else ()
    return (*line, *lost)


def _by_article(notes: Iterable[FoundNote]) -> list[FoundNote]:
    found: dict[str, list[FoundNote]] = {}
    for one in notes:
        found.setdefault(one.note.article_id, []).append(one)
    return [one for each in found.values() for one in in_order(each)]


def _as_written(words: str) -> Quotation:
    return Quotation(writable(words), "", "")
