"""Pieces of a page → its columns, in the order in which they are read. Pure.

A page is cut along its gutters: strips without text that pieces stand beside over several lines. What
reaches across a gutter (a heading over all columns) cuts it into bands; bands are read from the top down, and
columns of a band from left to right. Tables have gutters too: columns are only those whose lines are running
text.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from ingest.pdf.fragment import Fragment
from ingest.pdf.hyphens import HYPHENS

_MOST_PIECES = 4_000  # of a page; with more, the pieces stay in one column
_MOST_GUTTERS = 40
_FEWEST_LINES = 3
_FEWEST_IN_BAND = 2
_GUTTER = 0.5  # sizes
_RUNS_ON = 0.3  # of the lines begin within a sentence
_TALL = 6  # lines of a column beside another that no chance makes
_SHARE = 0.6
_INDENT = 2.5  # sizes
_SLIVER = 1.0  # points by which pieces may reach into a gutter


def columns_of(fragments: Sequence[Fragment], depth: int = 0) -> list[list[Fragment]]:
    """Return the columns of a page, or of a part of it, in reading order; without gutters it is one."""
    whole = list(fragments)
    if len(whole) < 2 * _FEWEST_LINES or len(whole) > _MOST_PIECES or depth > 8:
        return [whole] if whole else []
    gutter = _best_gutter(whole)
    if gutter is None:
        return [whole]
    found: list[list[Fragment]] = []
    for part in gutter.parts:
        if isinstance(part, _Band):
            found += columns_of(part.left, depth + 1) + columns_of(part.right, depth + 1)
        else:
            found += columns_of(part, depth + 1)
    return found


@dataclass(frozen=True, slots=True)
class _Band:
    left: list[Fragment]
    right: list[Fragment]


@dataclass(frozen=True, slots=True)
class _Gutter:
    """A cut of a region: `parts` from the top down, those that it divides and those that it doesn't."""

    parts: list[_Band | list[Fragment]]
    weight: int


def _best_gutter(fragments: list[Fragment]) -> _Gutter | None:
    found = [gutter for at in _candidates(fragments) if (gutter := _gutter_at(fragments, at))]
    return max(found, key=lambda gutter: gutter.weight, default=None)


def _candidates(fragments: list[Fragment]) -> list[float]:
    """Return the left edges that several pieces share, but for the outermost: columns begin there."""
    counts: dict[int, list[float]] = defaultdict(list)
    for fragment in fragments:
        counts[round(fragment.left / 3)].append(fragment.left)
    first = min(fragment.left for fragment in fragments)
    near = sorted(counts, key=lambda key: -len(counts[key]) - len(counts.get(key + 1, ())))[:_MOST_GUTTERS]
    edges = (min(counts[key]) for key in near if len(counts[key]) + len(counts.get(key + 1, ())) >= 2)
    return sorted(edge for edge in edges if edge > first + 10)


def _gutter_at(fragments: list[Fragment], at: float) -> _Gutter | None:
    crossing = sorted(
        (one for one in fragments if one.left < at - _SLIVER and one.right > at + _SLIVER),
        key=lambda one: one.base,
    )
    heights = [one.base for one in crossing]
    bands: dict[int, _Band] = defaultdict(lambda: _Band([], []))
    for one in fragments:
        if one.left >= at - _SLIVER:
            bands[bisect_left(heights, one.base)].right.append(one)
        elif one.right <= at + _SLIVER:
            bands[bisect_left(heights, one.base)].left.append(one)
    size = median(one.size for one in fragments)
    sound = {key for key, band in bands.items() if _is_open(band, size)}
    left = [one for key in sound for one in bands[key].left]
    right = [one for key in sound for one in bands[key].right]
    rows = _rows(right)
    if min(len(_rows(left)), len(rows)) < _FEWEST_LINES or not _begin_there(rows, at):
        return None
    tallest = max(len(_rows(bands[key].right)) for key in sound)
    if tallest < _TALL and len(rows) < len(_rows(crossing)):
        return None  # gaps between words, one over the other by chance
    if not _is_running_text(left, right, fragments):
        return None
    return _Gutter(_parts(bands, sound, crossing), min(_letters(left), _letters(right)))


def _begin_there(rows: list[list[Fragment]], at: float) -> bool:
    """Return whether most lines right of a gutter begin at it, or are indented from there."""
    near = sum(min(one.left for one in row) - at < _INDENT * row[0].size for row in rows)
    return near >= _SHARE * len(rows)


def _parts(
    bands: dict[int, _Band], sound: set[int], crossing: list[Fragment]
) -> list[_Band | list[Fragment]]:
    """Return what is read in turn, from the top down; what no gutter divides stays together."""
    parts: list[_Band | list[Fragment]] = []
    whole: list[Fragment] = []
    for key in range(len(crossing), -1, -1):
        if key < len(crossing):
            whole.append(crossing[key])
        if key in sound:
            if whole:
                parts.append(whole)
            parts.append(bands[key])
            whole = []
        elif key in bands:
            whole += bands[key].left + bands[key].right
    return [*parts, whole] if whole else parts


def _is_open(band: _Band, size: float) -> bool:
    """Return whether both sides of a gutter have lines beside each other, and a strip between them."""
    if min(len(_rows(band.left)), len(_rows(band.right))) < _FEWEST_IN_BAND:
        return False
    rights = sorted(max(one.right for one in row) for row in _rows(band.left))
    # A line or two may be set too wide for their column.
    if min(one.left for one in band.right) - rights[int(0.9 * (len(rights) - 1))] < _GUTTER * size:
        return False
    tops = [max(one.base for one in side) for side in (band.left, band.right)]
    feet = [min(one.base for one in side) for side in (band.left, band.right)]
    shared = min(tops) - max(feet)
    return shared > 0.3 * min(tops[0] - feet[0], tops[1] - feet[1])


def _is_running_text(left: list[Fragment], right: list[Fragment], fragments: list[Fragment]) -> bool:
    shares = _running_share(left), _running_share(right)
    if min(shares) >= _RUNS_ON:
        return True
    # The document wrote one column and then the other; a table is written row by row.
    order = {id(one): number for number, one in enumerate(fragments)}
    places = [[order[id(one)] for one in side] for side in (left, right)]
    return max(places[0]) < min(places[1]) and max(shares) >= _RUNS_ON


def _running_share(side: list[Fragment]) -> float:
    """Return which share of the lines begins within a sentence, in a word's middle or in small letters."""
    rows = _rows(side)
    texts = [min(row, key=lambda one: one.left).text.strip() for row in rows]
    pairs = [(above, below) for above, below in pairwise(texts) if above and below]
    if not pairs:
        return 0.0
    return sum(_runs_on(above, below) for above, below in pairs) / len(pairs)


def _runs_on(above: str, below: str) -> bool:
    if above[-1] in HYPHENS:
        return True
    first = below[0]
    return first.isalpha() and not first.isupper() and (len(above) > 1 and len(below) > 1)


def _rows(side: list[Fragment]) -> list[list[Fragment]]:
    """Return the pieces of each line from the top down, told apart by their baselines alone."""
    rows: list[list[Fragment]] = []
    for one in sorted(side, key=lambda one: -one.base):
        if rows and rows[-1][0].base - one.base < 0.5 * max(one.size, rows[-1][0].size):
            rows[-1].append(one)
        else:
            rows.append([one])
    return rows


def _letters(side: list[Fragment]) -> int:
    return sum(len(one.text) for one in side)
