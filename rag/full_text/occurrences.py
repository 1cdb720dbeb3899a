"""Where what is sought stands in a text: each occurrence a span of it, in its own characters."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from functools import cached_property

from rag.full_text.query import Near, Words
from rag.full_text.tokens import split, stems_of
from rag.schema.article import Span


def occurrences(text: str, language: str | None, wanted: Iterable[Words | Near]) -> list[Span]:
    """Return the spans of what is sought, in order; those that overlap are one.

    Two words near to each other are a span each, wherever they are near enough.
    """
    read = _ReadText(text, language)
    found = {span for one in wanted for span in read.spans(one)}
    return _apart(sorted(found, key=lambda span: (span.start, -span.end)))


def _apart(spans: Sequence[Span]) -> list[Span]:
    """Return spans of which those that overlap are one: `le maire` and `maire de Paris`."""
    kept: list[Span] = []
    for span in spans:
        if kept and span.start < kept[-1].end:
            kept[-1] = Span(kept[-1].start, max(kept[-1].end, span.end))
        else:
            kept.append(span)
    return kept


class _ReadText:
    """A text's words, and where each of them stands; stems of those that are in it, once each."""

    def __init__(self, text: str, language: str | None) -> None:
        self._language = language
        words, self._spans = split(text)
        self._at: dict[str, list[int]] = {}
        for place, word in enumerate(words):
            self._at.setdefault(word, []).append(place)

    @cached_property
    def _stems(self) -> dict[str, str]:
        different = list(self._at)
        return dict(zip(different, stems_of(different, self._language), strict=True))

    def spans(self, wanted: Words | Near) -> list[Span]:
        if isinstance(wanted, Words):
            return [self._span(*row) for row in self._rows(wanted)]
        left, right = self._rows(wanted.left), self._rows(wanted.right)
        near = [*_within(left, right, wanted.distance), *_within(right, left, wanted.distance)]
        return [self._span(*row) for pair in near for row in pair]

    def _span(self, first: int, last: int) -> Span:
        return Span(self._spans[first][0], self._spans[last][1])

    def _rows(self, wanted: Words) -> list[tuple[int, int]]:
        """Return the places, first and last, at which these words stand one after the other, in order."""
        stems = stems_of(wanted.words, self._language)
        places = [self._places(word, stem, wanted) for word, stem in zip(wanted.words, stems, strict=True)]
        later = [set(found) for found in places[1:]]
        return [
            (place, place + len(later))
            for place in places[0]
            if all(place + step in found for step, found in enumerate(later, start=1))
        ]

    def _places(self, word: str, stem: str, wanted: Words) -> list[int]:
        if wanted.is_exact:
            return self._at.get(word, [])
        if wanted.is_prefix:
            return sorted(place for one, found in self._at.items() if one.startswith(word) for place in found)
        return sorted(place for one, of in self._stems.items() if of == stem for place in self._at[one])


def _within(
    left: Sequence[tuple[int, int]], right: Sequence[tuple[int, int]], distance: int
) -> Iterable[tuple[tuple[int, int], tuple[int, int]]]:
    """Yield the pairs of which the right one begins at most `distance` words after the left one's end."""
    begins = [row[0] for row in right]
    for row in left:
        for place in range(bisect_left(begins, row[1] + 1), len(right)):
            if begins[place] - row[1] - 1 > distance:
                break
            yield row, right[place]
