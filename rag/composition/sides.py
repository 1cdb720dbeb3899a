"""A sentence that names the people of several sides, in parts: `du côté russe, … ; du côté américain, …`.

Pure. A side is what its marker names: a country, in whatever form, or the word itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rag.composition import words
from rag.extraction.analysed_sentence import AnalysedSentence
from rag.extraction.names.exonyms import groups_in
from rag.schema.article import Span

# How far from the word that opens a side its name may end, and signs that it can't stand beyond.
_REACH = 40
_SIGN = re.compile(r"[,;:.!?()«»\"]")
_NAME = re.compile(
    r"(?:(?:des?|du|la|les?|the|of|der|die|el) |[ld]')*(?P<name>[^\W\d_][\w-]*)", re.IGNORECASE
)
_CLOSING = re.compile(r" (?:side|delegation|team|seite|part)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class SidePart:
    """Where a sentence speaks of one side, in its offsets; `side` is a country's group or a word, folded."""

    side: str
    span: Span


@dataclass(frozen=True, slots=True)
class _Marker:
    side: str
    start: int
    end: int


def side_parts(said: AnalysedSentence, people: Sequence[Span]) -> list[SidePart]:
    """Return the parts of a sentence that speak of a side each; `people` are those that it names."""
    markers = sorted({marker.start: marker for marker in _markers(said)}.values(), key=lambda one: one.start)
    if not markers:
        return []
    ends = [0, *(marker.end for marker in markers)]
    starts = [*(marker.start for marker in markers), len(said.text)]
    # `Du côté russe, A et B` or `A et B pour la Russie`: the first marker tells.
    follows = any(one.end <= markers[0].start for one in people)
    if follows:
        spans = [Span(ends[place], starts[place]) for place in range(len(markers))]
    else:
        spans = [Span(ends[place + 1], starts[place + 1]) for place in range(len(markers))]
    return [
        SidePart(marker.side, span)
        for marker, span in zip(markers, spans, strict=True)
        if span.start < span.end
    ]


def _markers(said: AnalysedSentence) -> Iterator[_Marker]:
    lower = said.flat.lower()
    for opening in words.SIDE_OPENING.finditer(lower, said.language):
        stop = _SIGN.search(said.flat, opening.end())
        limit = min(opening.end() + _REACH, stop.start() if stop else len(said.flat))
        named = _named(said.flat[opening.end() : limit])
        if named is not None and named[0] not in words.BY:
            end = opening.end() + named[1]
            closing = _CLOSING.match(said.flat, end)
            yield _Marker(named[0], opening.start(), closing.end() if closing else end)
    if words.REPRESENTED.found_in(lower, said.language):
        yield from _passive(said, lower)


def _named(flat: str) -> tuple[str, int] | None:
    """Return what side a text begins with, and where its name ends."""
    groups = groups_in(flat)
    first = _NAME.match(flat.lstrip())
    if first is None:
        return None
    begin = len(flat) - len(flat.lstrip()) + first.start("name")
    if groups and groups[0][0] <= begin + 1:
        return groups[0][2], groups[0][1]
    return first["name"].lower(), begin + len(first["name"])


def _passive(said: AnalysedSentence, lower: str) -> Iterator[_Marker]:
    """Yield sides before their people: `la Russie était représentée par A, les États-Unis par B`."""
    for by in words.BY.finditer(lower, said.language):
        before = said.flat[: by.start()]
        start = max([0, *(sign.end() for sign in _SIGN.finditer(before))])
        groups = groups_in(before[start:])
        if groups:
            yield _Marker(groups[0][2], start, by.end())
