"""What is shown around occurrences: the sentences that they stand in, cut where they are long."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence

from rag.schema.article import Span
from rag.search.result import Snippet

_LONG = 320  # characters
_AROUND = 110  # characters that are kept on either side of what is marked in a long sentence


def snippets(text: str, sentences: Iterable[Span], occurrences: Sequence[Span]) -> tuple[Snippet, ...]:
    """Return one snippet for each sentence that has occurrences, in order, each occurrence in one of them.

    An occurrence that goes on into the next sentence takes it along; one that is in none stands for itself.
    """
    ordered = sorted(set(sentences))
    starts = [sentence.start for sentence in ordered]
    found: list[tuple[Span, list[Span]]] = []
    for mark in occurrences:
        place = bisect_right(starts, mark.start) - 1
        first = ordered[place] if place >= 0 and mark.start < ordered[place].end else mark
        if found and found[-1][0].start <= mark.start < found[-1][0].end:
            first = found[-1][0]
            found[-1][1].append(mark)
        else:
            found.append((first, [mark]))
        if mark.end > first.end:
            last = ordered[bisect_right(starts, mark.end - 1) - 1] if ordered else mark
            found[-1] = (Span(first.start, max(mark.end, last.end)), found[-1][1])
    return tuple(part for span, marks in found for part in _cut(text, span, marks))


def _cut(text: str, span: Span, marks: list[Span]) -> list[Snippet]:
    """Return a sentence whole; of a long one what is around its marks, in parts where these are far apart."""
    if span.end - span.start <= _LONG:
        return [Snippet(span, tuple(marks))]
    parts: list[tuple[Span, list[Span]]] = []
    for mark in marks:
        around = Span(_back(text, span, mark.start - _AROUND), _ahead(text, span, mark.end + _AROUND))
        if parts and around.start <= parts[-1][0].end:
            joined, held = parts[-1]
            parts[-1] = (Span(joined.start, max(joined.end, around.end)), [*held, mark])
        else:
            parts.append((around, [mark]))
    return [Snippet(part, tuple(held)) for part, held in parts]


def _back(text: str, span: Span, place: int) -> int:
    """Return where the word begins that comes after a place."""
    if place <= span.start:
        return span.start
    space = text.find(" ", place, place + _AROUND // 2)
    return space + 1 if space >= 0 else place


def _ahead(text: str, span: Span, place: int) -> int:
    """Return where the word ends that comes before a place."""
    if place >= span.end:
        return span.end
    space = text.rfind(" ", place - _AROUND // 2, place)
    return space if space >= 0 else place
