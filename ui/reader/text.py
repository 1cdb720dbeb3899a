"""An article's text cut for reading: into its lines, and within them wherever a highlight begins or ends.

Pure. Nothing is searched for: every highlight is found by its offsets, and joined again the pieces are the
text, to the character.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rag.schema.article import Span


@dataclass(frozen=True, slots=True)
class HighlightedText:
    """A run of characters that the same highlights cover; `marks` are their numbers, none for plain text."""

    text: str
    marks: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class ReaderLine:
    """A line of the text with the line end behind it."""

    pieces: tuple[HighlightedText, ...]

    @property
    def text(self) -> str:
        """Return the words of the part."""
        return "".join(piece.text for piece in self.pieces)


def lines(text: str, highlights: Sequence[Span]) -> tuple[ReaderLine, ...]:
    """Return the lines of `text`, with highlight `n` (counted from 1) wherever `highlights[n - 1]` covers it.

    Highlights may overlap; what lies outside of the text is left out.
    """
    spans = [Span(max(0, span.start), min(len(text), span.end)) for span in highlights]
    ends = [position + 1 for position, character in enumerate(text) if character == "\n"]
    borders = {0, *ends, len(text)}
    found: list[ReaderLine] = []
    here: list[HighlightedText] = []
    for placed in _pieces(text, spans, borders):
        here.append(placed.piece)
        if placed.end in borders:
            found.append(ReaderLine(tuple(here)))
            here = []
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Placed:
    piece: HighlightedText
    end: int


def _pieces(text: str, spans: Sequence[Span], borders: Iterable[int]) -> list[_Placed]:
    """Return the text cut at every border and at both ends of every span."""
    begins: dict[int, list[int]] = {}
    over: dict[int, list[int]] = {}
    for number, span in enumerate(spans, start=1):
        if span.start < span.end:
            begins.setdefault(span.start, []).append(number)
            over.setdefault(span.end, []).append(number)
    open_: set[int] = set()
    placed: list[_Placed] = []
    for start, end in pairwise(sorted({*borders, *begins, *over})):
        open_.difference_update(over.get(start, ()))
        open_.update(begins.get(start, ()))
        placed.append(_Placed(HighlightedText(text[start:end], tuple(sorted(open_))), end))
    return placed
