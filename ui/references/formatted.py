"""References as people read them, in the typography of the reader's language.

Pure. As the style manuals have it, French and English: who, “title”, outlet in italics, when, where, and when
it was read there. What isn't known is left out, but for the date: `s. d.`, `n. d.`.
"""

from __future__ import annotations

from dataclasses import dataclass

from ui.formatting.i18n import text
from ui.formatting.page_numbers import pages_text
from ui.references.notes import notes, stated_text
from ui.references.reference import Reference
from ui.references.typography import in_marks
from ui.references.writable import one_line

_NO_BREAK = "\u00a0"


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a reference: its words, whether they are in italics, their language, where they lead."""

    words: str
    italic: bool = False
    language: str | None = None
    url: str = ""


def formatted(reference: Reference, language: str, pages: range = range(0)) -> tuple[Piece, ...]:
    """Return a reference in pieces that follow one another, with a full stop at the end.

    Args:
        reference: The reference.
        language: The reader's, `fr` or `en`.
        pages: The pages that what is quoted stands on, if they are known.
    """
    issued = stated_text(reference.issued, language) if reference.issued else ""
    page = pages_text(pages, language) or _printed_page(reference.page, language)
    title = in_marks(reference.title, language) if reference.title else text("reference_untitled", language)
    known = [
        Piece(_joined([name.literal for name in reference.authors], language)),
        Piece(title, language=reference.language or None if reference.title else None),
        Piece(reference.outlet, italic=True),
        Piece(issued or text("reference_undated", language).replace(" ", _NO_BREAK)),
        Piece(reference.section),
        Piece(page.replace(" ", _NO_BREAK)),
        *(Piece(note) for note in notes(reference, language)),
        Piece(reference.url, url=reference.url),
    ]
    found = [piece for piece in known if piece.words]
    pieces = [found[0]]
    for piece in found[1:]:
        pieces += [Piece(", "), piece]
    end = _accessed(reference, language)
    return (*pieces, Piece(end if not end and pieces[-1].words.endswith(".") else f"{end}."))


def formatted_text(reference: Reference, language: str, pages: range = range(0)) -> str:
    """Return the same as plain text on one line."""
    return one_line("".join(piece.words for piece in formatted(reference, language, pages)))


def _accessed(reference: Reference, language: str) -> str:
    if not reference.url or not reference.accessed:
        return ""
    day = stated_text(reference.accessed, language)
    return f" ({text('reference_accessed', language, day=day)})"


def _printed_page(page: str, language: str) -> str:
    return text("printed_page", language, page=page) if page else ""


def _joined(names: list[str], language: str) -> str:
    """Return `A`, `A et B`, `A, B et C`."""
    if len(names) < 2:
        return "".join(names)
    last = text("reference_last_author", language, name=names[-1])
    return f"{', '.join(names[:-1])} {last}"
