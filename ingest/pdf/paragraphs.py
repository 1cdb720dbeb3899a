"""The lines of a column → its paragraphs. Pure.

A PDF knows where characters stand, not what a paragraph is. Lines belong together by their distance, compared
with that of the column's other lines, by indentation, length, size and weight; rows of a table stay rows.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from ingest.pdf.fragment import Line
from ingest.pdf.hyphens import Words, is_divided
from ingest.pdf.lines import clean

ENDS = tuple(".!?…:;»”\"'’)]")
_CLOSED = tuple(".!?…:;»”")
_BULLET = re.compile(r"[•▪◦‣●○■□➢➤►✓–—-]\s+\S|(?:\d{1,2}|[a-z])[.)]\s+\S")
_SURE_BULLET = re.compile(r"[•▪◦‣●○■□➢➤►✓]")
_WIDE = 1.8  # sizes from line to line: spaced by one and a half or two, or lines that stand alone
_WIDEST = 2.8
_APART = 1.4  # usual distances
_FAR = 2.0
_LITTLE_APART = 1.2
_NEAR = 0.08  # of a distance: the same
_RARE = 0.15  # of the distances
_SIZES = 0.12


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Lines that belong together. `is_full`: the last one reaches to the column's edge, as if it ran on."""

    lines: tuple[Line, ...]
    is_full: bool
    is_table: bool = False

    @property
    def size(self) -> float:
        """The size of most of its characters, in points."""
        counts: Counter[float] = Counter()
        for line in self.lines:
            counts[line.size] += len(line.text)
        return max(counts, key=counts.__getitem__)

    def text(self, words: Words) -> str:
        """Return its lines as one, words that a line end divides whole again; the rows of a table apart."""
        if self.is_table:
            return "\n".join(" | ".join(line.cells) for line in self.lines)
        text = ""
        for line in self.lines:
            if text and is_divided(text, line.text):
                text = words.joined(text, line.text)
            else:
                text = f"{text} {line.text}" if text else line.text
        return text


def paragraphs_of(lines: Sequence[Line]) -> list[Paragraph]:
    """Return the paragraphs of a column, from the top down."""
    pitch = _Pitch(lines)
    lines = _with_heading_rows(lines, _table_rows(lines))
    tables = _table_rows(lines)
    groups: list[list[Line]] = []
    for number, line in enumerate(lines):
        before = lines[number - 1] if number else None
        goes_on = before is not None and tables[number] == tables[number - 1]
        if before is None or not goes_on or (not tables[number] and _breaks(before, line, pitch, groups[-1])):
            groups.append([line])
        else:
            groups[-1].append(line)
    edge = max((line.right for line in lines), default=0.0)
    starts = {id(line): tables[number] for number, line in enumerate(lines)}
    return [Paragraph(tuple(group), _is_full(group, edge), starts[id(group[0])]) for group in groups]


class _Pitch:
    """The usual distance from line to line of a column, for each size of its letters."""

    def __init__(self, lines: Sequence[Line]) -> None:
        drops: dict[float, list[float]] = {}
        for above, below in pairwise(lines):
            if round(above.size) == round(below.size) and above.size > 0:
                drops.setdefault(round(above.size), []).append(above.base - below.base)
        self._of_size = {size: _usual(found, size) for size, found in drops.items()}

    def at(self, line: Line) -> float:
        return self._of_size.get(round(line.size)) or 1.2 * line.size


def _usual(drops: list[float], size: float) -> float | None:
    """Return the smallest distance that isn't rare; None if no two lines are as near as a paragraph's."""
    near = sorted(drop for drop in drops if 0.7 * size < drop < _WIDEST * size)
    for drop in near:
        alike = sum(abs(other - drop) <= _NEAR * drop for other in near)
        if alike >= _RARE * len(near):
            return drop
    return None


def _table_rows(lines: Sequence[Line]) -> list[bool]:
    """Return which lines are rows of a table: their cells stand under those of the row before or after."""
    found = [False] * len(lines)
    for number, (above, below) in enumerate(pairwise(lines)):
        runs_on = is_open(above.text) and _begins_within(below.text) and not re.search(r"\d", below.text)
        if len(above.cells) > 1 and len(below.cells) > 1 and _are_aligned(above, below) and not runs_on:
            found[number] = found[number + 1] = True
    return found


def _with_heading_rows(lines: Sequence[Line], tables: Sequence[bool]) -> list[Line]:
    """Return the lines with those in cells that stand over a table, however near its headings are."""
    found = list(lines)
    for number in range(len(lines) - 1):
        if tables[number + 1] and not tables[number]:
            found[number] = _as_row(lines[number], lines[number + 1])
    return found


def _as_row(line: Line, row: Line) -> Line:
    """Return a line in the cells of the row below it, if each of its pieces stands over one of them."""
    pieces = line.fragments
    edges = tuple((piece.left, piece.right) for piece in pieces)
    if len(pieces) != len(row.cells) or len(pieces) == len(line.cells):
        return line
    if not all(_is_under(edge, other, line.size) for edge, other in zip(edges, row.edges, strict=True)):
        return line
    return replace(line, cells=tuple(clean(piece.text).strip() for piece in pieces), edges=edges)


def _are_aligned(above: Line, below: Line) -> bool:
    """Return whether most cells after the first begin, end or have their middle where cells above do."""
    fewer, more = sorted((above.edges, below.edges), key=len)
    aligned = sum(any(_is_under(edge, other, above.size) for other in more[1:]) for edge in fewer[1:])
    return aligned > 0.6 * (len(more) - 1)


def _is_under(edge: tuple[float, float], other: tuple[float, float], size: float) -> bool:
    near = 0.4 * size
    middle = abs(sum(edge) - sum(other)) / 2
    return min(abs(edge[0] - other[0]), abs(edge[1] - other[1]), middle) < near


def _breaks(above: Line, below: Line, pitch: _Pitch, group: Sequence[Line]) -> bool:
    """Return whether a paragraph ends between two lines that follow each other."""
    ended = above.text.endswith(ENDS)
    goes_on = not ended and _begins_within(below.text)
    drop, usual = above.base - below.base, pitch.at(below)
    if abs(above.size - below.size) > _SIZES * max(above.size, below.size):
        return True
    if drop > _FAR * usual or (drop > _APART * usual and not goes_on):
        return True
    if goes_on:
        return False
    if above.bold != below.bold and (len(group) > 1 or not ended or _fits(above, below, group)):
        return True
    short = _fits(above, below, group)
    if _SURE_BULLET.match(below.text) or (_BULLET.match(below.text) and (ended or short)):
        return True
    indented = 0.8 * below.size < below.left - above.left < 5 * below.size
    if usual > _WIDE * below.size:
        return (ended and indented) or (short and _is_short(above, group, below))
    if drop > _LITTLE_APART * usual and ended:
        return True
    if ended:
        return _is_short(above, group, below) or indented
    return short and not is_divided(above.text, below.text) and _is_short(above, group, below, 0.3)


def _begins_within(text: str) -> bool:
    """Return whether a line begins as no paragraph does: in small letters, or by a sign that closes."""
    return text[:1].islower() or text[:1] in ",;»)”]%€"


def _fits(above: Line, below: Line, group: Sequence[Line]) -> bool:
    """Return whether the first word below would have had its place above: the line was ended on purpose."""
    width = (below.right - below.left) / max(len(below.text), 1)
    word = below.text.split(" ", 1)[0]
    return _room(above, group, below) > width * (len(word) + 2)


def _is_short(above: Line, group: Sequence[Line], below: Line, share: float = 0.2) -> bool:
    return _room(above, group, below) > share * max(_edge(above, group, below) - above.left, 1)


def _room(above: Line, group: Sequence[Line], below: Line) -> float:
    return _edge(above, group, below) - above.right


def _edge(above: Line, group: Sequence[Line], below: Line) -> float:
    return max(above.right, below.right, *(line.right for line in group))


def _is_full(group: Sequence[Line], edge: float) -> bool:
    last = group[-1]
    own = max(line.right for line in group) if len(group) > 2 else edge
    return own - last.right < 0.15 * max(own - last.left, 1)


def is_open(text: str) -> bool:
    """Return whether a text stops within a sentence, as far as its last sign tells."""
    return not text.rstrip().endswith(_CLOSED) and not re.search(r"[.!?…][)\]'’\"]+$", text.rstrip())


def begins_within(text: str) -> bool:
    """Return whether a text begins within a sentence, as far as its first sign tells."""
    return _begins_within(text)
