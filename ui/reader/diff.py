"""What changed between two texts of an article, for reading: sentences that went and sentences that came.

Pure; difflib compares lines first, and sentences only within lines that differ. Joined, what stayed and
what went is the earlier text, and what stayed and what came the later one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise
from typing import Literal

from rag.text.sentences import split_sentences

Change = Literal["same", "gone", "new"]
# Compared pair by pair at the worst: of more than these, what lies between the first and the last
# difference is shown as gone and come.
_MOST_PAIRS = 4_000_000


@dataclass(frozen=True, slots=True)
class DiffPart:
    """A stretch of text that stayed, went or came."""

    change: Change
    text: str


def difference(before: str, after: str, language: str | None = None) -> tuple[DiffPart, ...]:
    """Return the stretches of both texts, in reading order.

    What went stands before what came in its place.
    """
    parts: list[DiffPart] = []
    for change, old, new in _compared(before.splitlines(keepends=True), after.splitlines(keepends=True)):
        if change == "replace":
            pairs = _compared(_sentences("".join(old), language), _sentences("".join(new), language))
            parts += [part for _, gone, come in pairs for part in _parts(gone, come)]
        else:
            parts += _parts(old, new)
    return tuple(_joined(parts))


def _compared(
    before: Sequence[str], after: Sequence[str]
) -> Iterator[tuple[str, Sequence[str], Sequence[str]]]:
    """Yield `(how, old, new)` stretches; both are the same list where nothing changed."""
    head = _common(before, after)
    tail = _common(before[head:][::-1], after[head:][::-1])
    yield "equal", before[:head], before[:head]
    old, new = before[head : len(before) - tail], after[head : len(after) - tail]
    if len(old) * len(new) > _MOST_PAIRS:
        yield "rewritten", old, new
    else:
        for how, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
            yield how, old[a:b], new[c:d]
    yield "equal", before[len(before) - tail :], before[len(before) - tail :]


def _common(before: Sequence[str], after: Sequence[str]) -> int:
    """Return how many are the same at the beginning."""
    pairs = zip(before, after, strict=False)
    return next((i for i, (a, b) in enumerate(pairs) if a != b), min(len(before), len(after)))


def _parts(old: Sequence[str], new: Sequence[str]) -> list[DiffPart]:
    if old == new:
        return [DiffPart("same", "".join(old))]
    return [DiffPart("gone", "".join(old)), DiffPart("new", "".join(new))]


def _sentences(text: str, language: str | None) -> list[str]:
    """Return the text cut behind each of its sentences."""
    ends = [span.end for span in split_sentences(text, language)]
    borders = [0, *ends[:-1], len(text)] if ends else [0, len(text)]
    return [text[start:end] for start, end in pairwise(borders)]


def _joined(parts: Sequence[DiffPart]) -> Iterator[DiffPart]:
    """Without empty parts, and neighbours of one kind as one."""
    kept: DiffPart | None = None
    for part in parts:
        if not part.text:
            continue
        if kept and kept.change == part.change:
            kept = DiffPart(kept.change, kept.text + part.text)
            continue
        if kept:
            yield kept
        kept = part
    if kept:
        yield kept
