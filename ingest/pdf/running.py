"""What stands on pages beside their text: running lines, numbers of pages and of lines. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise, takewhile
from statistics import median

from ingest.pdf.fragment import Fragment, Line
from ingest.pdf.lines import lines_of

_EDGE = 3  # lines at the top and bottom of a page that may be running ones
_FEWEST_PAGES = 3
_SHARE = 0.3  # of the pages: left and right ones, and those of a chapter, have headers of their own
_GAP = 1.6  # sizes between a running line and the text
_DIGITS = re.compile(r"\d+")
_PAGE_NUMBER = re.compile(
    r"[\W_]*(?:page|p\.|seite|pág\.?)?\s*\d{1,4}\s*(?:(?:/|sur|of|de|von)\s*\d{1,4})?[\W_]*", re.IGNORECASE
)
_LINE_NUMBER = re.compile(r"\d{1,4}")
_FEWEST_NUMBERED = 4


def without_running_lines(pages: Sequence[Sequence[Fragment]]) -> list[list[Fragment]]:
    """Return the pages without what repeats at their edges, and without numbers of pages and lines."""
    plain = [_without_line_numbers(list(page)) for page in pages]
    rows = [lines_of(page) for page in plain]
    most = _repeated(rows)
    kept: list[list[Fragment]] = []
    for page, lines in zip(plain, rows, strict=True):
        apart = {id(one) for line in _running(lines, most) for one in line.fragments}
        kept.append([one for one in page if id(one) not in apart])
    return kept


# --- headers, footers and numbers of pages ---


def _repeated(pages: list[list[Line]]) -> set[tuple[str, int]]:
    """Return what stands at an edge of so many pages at the same height that it is no text of theirs."""
    filled = [lines for lines in pages if lines]
    if len(filled) < 2:
        return set()
    counts = Counter(
        key
        for lines in filled
        for key in {_key(line) for side in _from_edges(lines) for line in side[:_EDGE]}
    )
    fewest = 2 if len(filled) == 2 else max(_FEWEST_PAGES, _SHARE * len(filled))
    return {key for key, count in counts.items() if count >= fewest}


def _from_edges(lines: list[Line]) -> tuple[list[Line], list[Line]]:
    """Return the lines from the top down, and from the bottom up."""
    return lines, lines[::-1]


def _key(line: Line) -> tuple[str, int]:
    """Return what a running line has in common from page to page: its words and its height."""
    words = "#" if _PAGE_NUMBER.fullmatch(line.text) else _DIGITS.sub("#", line.text)
    return words, round(line.base / 4)


def _running(lines: list[Line], most: set[tuple[str, int]]) -> list[Line]:
    """Return the running lines of a page, as far as a gap divides them from its text."""
    found: list[Line] = []
    for side in _from_edges(lines):
        run = list(takewhile(lambda line: _is_near(line, most), side[:_EDGE]))
        if not run:
            run = list(takewhile(lambda line: _PAGE_NUMBER.fullmatch(line.text), side[:1]))
        if run and len(run) == len(side):
            found += run if all(_is_near(line, most) for line in run) else []
            continue
        while run and abs(run[-1].base - side[len(run)].base) <= _GAP * run[-1].size:
            run.pop()
        found += run
    return found


def _is_near(line: Line, most: set[tuple[str, int]]) -> bool:
    words, height = _key(line)
    return any((words, height + off) in most for off in (-1, 0, 1))


# --- numbers of lines ---


def _without_line_numbers(page: list[Fragment]) -> list[Fragment]:
    """Return the pieces of a page without the numbers in its margin that count its lines."""
    numbers = [one for one in page if _LINE_NUMBER.fullmatch(one.text.strip())]
    others = [one for one in page if not _LINE_NUMBER.fullmatch(one.text.strip())]
    if len(numbers) < _FEWEST_NUMBERED or not others:
        return page
    first, last = min(one.left for one in others), max(one.right for one in others)
    for margin in (
        [one for one in numbers if one.right <= first - 2],
        [one for one in numbers if one.left >= last + 2],
    ):
        if _counts_lines(margin, others):
            left = {id(one) for one in margin}
            return [one for one in page if id(one) not in left]
    return page


def _counts_lines(margin: list[Fragment], others: list[Fragment]) -> bool:
    """Return whether numbers go up by one step from the top down, each beside the line that it counts."""
    if len(margin) < _FEWEST_NUMBERED:
        return False
    margin = sorted(margin, key=lambda one: -one.base)
    values = [int(one.text) for one in margin]
    step = values[1] - values[0]
    if step not in (1, 2, 5, 10) or any(below - above != step for above, below in pairwise(values)):
        return False
    bases = [line.base for line in lines_of(others)]
    between = [
        sum(below.base - 2 < base <= above.base - 2 for base in bases) for above, below in pairwise(margin)
    ]
    return median(between) <= step
