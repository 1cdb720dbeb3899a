"""Where a text quotes: the outermost pairs of quotation marks, over sentences and paragraphs.

Pure. Knows marks, not speakers. A mark that is opened and never closed quotes nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from rag.schema.article import Span

_CLOSED_BY = {"«": "»", "“": "”", "„": "”", '"': '"', "‘": "’"}
_LONGEST = 6_000  # characters
_DEEPEST = 4  # quotations in one another
_NEXT = 80  # characters in which a paragraph begins
# A straight mark opens a quotation where a word begins after it, and a single one where none has begun.
_BEFORE_OPENING = re.compile(r"(?:^|[\s(\[—–:'’-])$")
_WORD_NEXT = re.compile(r"[^\W_]|[¿¡(.…]")
_SINGLE_CLOSES = re.compile(r"’(?:[\s,;:.!?)]|$)")


@dataclass(frozen=True, slots=True)
class Quotation:
    """A quotation: `outer` with its marks, `words` what stands between them without white space around."""

    outer: Span
    words: Span


def quotations(text: str) -> list[Quotation]:
    """Return the quotations of a text in order; what they quote themselves is part of them."""
    found, place = [], 0
    while place < len(text):
        mark = text[place]
        if mark in _CLOSED_BY and _opens(text, place):
            end = _closing(text, place, mark)
            if end is not None:
                found.append(Quotation(Span(place, end + 1), _stripped(text, place + 1, end)))
                place = end
        place += 1
    return [one for one in found if one.words.start < one.words.end]


def _opens(text: str, place: int) -> bool:
    mark = text[place]
    if mark not in "\"'‘":
        return True
    if not _BEFORE_OPENING.search(text[max(0, place - 1) : place]):
        return False
    return _WORD_NEXT.match(text, place + 1) is not None


def _closing(text: str, opening: int, mark: str) -> int | None:
    """Return where the quotation that opens here is closed; None if it isn't."""
    close, depth = _CLOSED_BY[mark], 1
    for place in range(opening + 1, min(len(text), opening + _LONGEST)):
        character = text[place]
        if character == "\n" and mark in '"‘' and not text[place : place + _NEXT].lstrip().startswith(mark):
            return None
        if character == close:
            if mark == "‘" and not _single_closes(text, place):
                continue
            # A paragraph of the same quotation opens with the mark again: English does it, French may.
            if mark == '"' and _opens_paragraph(text, place):
                continue
            depth -= 1
            if depth == 0:
                return place
        elif character == mark and not _opens_paragraph(text, place):
            depth += 1
            if depth > _DEEPEST:
                return None
    return None


def _single_closes(text: str, place: int) -> bool:
    return _SINGLE_CLOSES.match(text, place) is not None and text[place - 1] in ",.?!…"


def _opens_paragraph(text: str, place: int) -> bool:
    before = text[max(0, place - _NEXT) : place].rstrip(" \u00a0\u202f")
    return not before or before[-1] == "\n"


def _stripped(text: str, start: int, end: int) -> Span:
    words = text[start:end]
    lead = len(words) - len(words.lstrip())
    return Span(start + lead, start + lead + len(words.strip()))
