"""The lines of a PDF's pages → paragraphs: what a page prints apart is put together again. Pure.

A PDF knows where characters stand, not what a paragraph is. Lines belong together by their distance,
indentation, length and size.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise, takewhile
from statistics import median

_EDGE = 2  # lines at the top and bottom of a page that may be running ones
_FEWEST_PAGES = 3
_GAP = 1.6  # font sizes
_DIGITS = re.compile(r"\d+")
_PAGE_NUMBER = re.compile(r"\W*(?:page|p\.)?\s*\d{1,4}\s*(?:(?:/|sur|of|de)\s*\d{1,4})?\W*", re.IGNORECASE)
_ENDS = tuple(".!?…:;»”\"'’)]")
_HYPHENS = "-\u00ad\u2010"
# What French joins to a word by a hyphen that is written wherever the line ends.
_ENCLITICS = re.compile(
    r"(?:t-)?(?:ils?|elles?|on|je|tu|nous|vous|moi|toi|lui|leur|les?|la|ce|ci|là|y|en|t|mêmes?)\b"
)
_UNUSABLE = re.compile("[\0-\x08\x0b-\x1f\x7f\ufffe\uffff\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class LayoutLine:
    """A line as it is printed; places in points from the bottom left of the page."""

    text: str
    left: float
    right: float
    bottom: float
    size: float


@dataclass(frozen=True, slots=True)
class LayoutText:
    """A text and where in it each page begins; a page without text begins where the next one does."""

    text: str
    pages: tuple[int, ...]


def lay_out(pages: Sequence[Sequence[LayoutLine]]) -> LayoutText:
    """Return the text of all pages: an empty line between paragraphs, and pages unless a sentence runs on."""
    kept = _without_running_lines([[line for line in page if line.text.strip()] for page in pages])
    words = Counter(
        re.findall(r"\w+(?:-\w+)*", " ".join(line.text.lower() for page in kept for line in page))
    )
    text, starts = "", []
    for page in kept:
        body = "\n\n".join(filter(None, (_joined(group, words) for group in _paragraphs(page))))
        if body and text:
            text += "\n" if body[0].islower() and not text.endswith(_ENDS) else "\n\n"
        starts.append(len(text))
        text += body
    return LayoutText(text, tuple(min(start, len(text)) for start in starts))


def _without_running_lines(pages: list[list[LayoutLine]]) -> list[list[LayoutLine]]:
    """Pages without the headers and footers that most of them repeat, whatever number these carry."""
    if len(pages) < _FEWEST_PAGES:
        return pages
    outer = [[line for side in _from_edges(page) for line in side[:_EDGE]] for page in pages]
    counts = Counter(key for lines in outer for key in set(map(_running, lines)))
    most = {key for key, count in counts.items() if count >= max(_FEWEST_PAGES, 0.6 * len(pages))}
    apart = [{id(line) for side in _from_edges(page) for line in _apart(side, most)} for page in pages]
    return [[line for line in page if id(line) not in left] for page, left in zip(pages, apart, strict=True)]


def _from_edges(page: list[LayoutLine]) -> tuple[list[LayoutLine], list[LayoutLine]]:
    """Return the lines from the top down, and from the bottom up."""
    downwards = sorted(page, key=lambda line: -line.bottom)
    return downwards, downwards[::-1]


def _apart(side: list[LayoutLine], most: set[tuple[str, int]]) -> list[LayoutLine]:
    """Return the running lines at one edge of a page, if a gap divides them from its text."""
    run = list(takewhile(lambda line: _running(line) in most, side[:_EDGE]))
    if not run or len(run) == len(side):
        return run
    return run if abs(run[-1].bottom - side[len(run)].bottom) > _GAP * run[-1].size else []


def _running(line: LayoutLine) -> tuple[str, int]:
    """Return what a running line has in common from page to page: its words and its height."""
    words = "#" if _PAGE_NUMBER.fullmatch(line.text) else _DIGITS.sub("#", " ".join(line.text.split()))
    return words, round(line.bottom / 4)


def _paragraphs(page: Sequence[LayoutLine]) -> list[list[LayoutLine]]:
    if not page:
        return []
    size = median(line.size for line in page)
    drops = [above.bottom - below.bottom for above, below in pairwise(page)]
    # Distances from line to line; larger ones are between paragraphs already.
    close = [drop for drop in drops if 0.5 * size < drop < 2 * size]
    pitch = median(close) if close else 1.2 * size
    groups = [[page[0]]]
    for above, below in pairwise(page):
        if _breaks(above, below, pitch, groups[-1]):
            groups.append([below])
        else:
            groups[-1].append(below)
    return groups


def _breaks(above: LayoutLine, below: LayoutLine, pitch: float, group: Sequence[LayoutLine]) -> bool:
    """Return whether a paragraph ends between two lines that follow each other."""
    ended = above.text.rstrip().endswith(_ENDS)
    drop = above.bottom - below.bottom
    if drop < 0:  # the next column
        return ended
    if drop < 0.4 * pitch:  # on the same line: a cell beside, a word after a gap
        return False
    if abs(above.size - below.size) > 0.15 * max(above.size, below.size) or drop > 1.4 * pitch:
        return True
    widest = max(line.right for line in group)
    short = widest - above.right > 0.2 * max(widest - above.left, 1)
    indented = 0.8 * below.size < below.left - above.left < 5 * below.size
    return ended and (short or indented)


def _joined(group: Sequence[LayoutLine], words: Counter[str]) -> str:
    """Return the lines of a paragraph as one, words that a line end divides whole again."""
    text = ""
    for line in group:
        piece = " ".join(_UNUSABLE.sub("", line.text).split(" ")).strip()
        if text and text[-1] in _HYPHENS and text[-2:-1].isalpha() and piece[:1].isalpha():
            text = _rejoined(text, piece, words)
        else:
            text = f"{text} {piece}" if text else piece
    return unicodedata.normalize("NFC", text)


def _rejoined(text: str, piece: str, words: Counter[str]) -> str:
    """Return two lines of which the first ends with a hyphen: one that the word has, or only the line."""
    before = re.search(r"[\w-]*$", text[:-1])
    after = re.match(r"\w+", piece)
    head, tail = (before[0] if before else ""), (after[0] if after else "")
    whole, compound = f"{head}{tail}".lower(), f"{head}-{tail}".lower()
    if not piece[0].islower() or (_ENCLITICS.match(piece) and not words[whole]):
        return f"{text[:-1]}-{piece}"
    return f"{text[:-1]}-{piece}" if words[compound] > words[whole] else text[:-1] + piece
