"""The pieces of a PDF's pages → its text: what pages, columns and lines print apart is joined. Pure.

A sentence that goes on over a page or a column goes on in the text; notes and captions between its halves
stand before or after its paragraph.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import dropwhile, takewhile

from ingest.pdf.columns import columns_of
from ingest.pdf.fragment import Fragment
from ingest.pdf.hyphens import Words, is_divided
from ingest.pdf.lines import is_blank, lines_of
from ingest.pdf.paragraphs import Paragraph, begins_within, is_open, paragraphs_of
from ingest.pdf.running import without_running_lines

_BODY = 0.06  # by which a size may differ from that of most of the text
_CAPTION = re.compile(
    r"(?:fig(?:ure)?s?\.?|tab(?:\.|leau|le)?|graphique|graph\.?|carte|photo|image|illustration|schéma|chart|map)"
    r"\s*\d+\s*[.:–—-]|(?:©|\(c\)|(?:photo(?:s|graphie)?|crédits?|credits?)\s*:)",
    re.IGNORECASE,
)
_HEADLINE = 1.15  # times that size
_LONGEST_HEADLINE = 250
_BEFORE_HEADLINE = 8  # paragraphs: a masthead, a kicker


@dataclass(frozen=True, slots=True)
class LayoutText:
    """A text and where in it each page begins; a page without text begins where the text before it ends.

    `headline` is what its first page has in letters larger than all others, if anything.
    """

    text: str
    pages: tuple[int, ...]
    headline: str | None = None


def lay_out(pages: Sequence[Sequence[Fragment]]) -> LayoutText:
    """Return the text of all pages: an empty line between paragraphs, and pages unless a sentence runs on."""
    printed = [[one for one in page if not is_blank(one.text)] for page in pages]
    kept = without_running_lines(printed)
    columns = [[paragraphs_of(lines_of(column)) for column in columns_of(page)] for page in kept]
    every = [paragraph for page in columns for column in page for paragraph in column]
    words = Words(line.text for paragraph in every for line in paragraph.lines)
    size = _usual_size(every)
    text = _Text(words, size)
    for page in columns:
        text.begin_page()
        for column in page:
            text.add(column)
    return text.finished(len(pages), _headline(columns, words, size))


@dataclass(slots=True)
class _Block:
    """A paragraph of the text; `begins` are the pages that begin in it, with the place."""

    text: str
    begins: list[tuple[int, int]] = field(default_factory=list)
    is_full: bool = False
    size: float = 0.0
    is_text: bool = True  # no note, caption or table


class _Text:
    """A text as it grows, column by column."""

    def __init__(self, words: Words, size: float) -> None:
        self._words = words
        self._size = size
        self._blocks: list[_Block] = []
        self._page = -1
        self._is_begun = True

    def begin_page(self) -> None:
        self._page += 1
        self._is_begun = False

    def add(self, column: Sequence[Paragraph]) -> None:
        """Add a column: its text goes on where that of the column before has stopped within a sentence."""
        blocks = [block for block in map(self._block, column) if block.text]
        ahead = list(takewhile(lambda block: not block.is_text, blocks))
        rest = list(dropwhile(lambda block: not block.is_text, blocks))
        if not rest or not self._runs_on(rest[0]):
            for block in blocks:
                self._put(block)
            return
        self._extend(rest[0])
        for block in ahead + rest[1:]:
            self._put(block)

    def finished(self, pages: int, headline: str | None) -> LayoutText:
        """Return the whole."""
        starts: dict[int, int] = {}
        length = 0
        for block in self._blocks:
            for page, at in block.begins:
                starts[page] = length + at
            length += len(block.text) + 2
        text = "\n\n".join(block.text for block in self._blocks)
        marks: list[int] = []
        for page in reversed(range(pages)):
            following = marks[-1] if marks else len(text)
            marks.append(starts.get(page, len(text[:following].rstrip("\n"))))
        return LayoutText(text, tuple(reversed(marks)), headline)

    def _block(self, paragraph: Paragraph) -> _Block:
        text = unicodedata.normalize("NFC", paragraph.text(self._words))
        size = paragraph.size
        is_body = abs(size - self._size) <= _BODY * self._size
        is_text = is_body and not paragraph.is_table and not _CAPTION.match(text)
        return _Block(text, [], paragraph.is_full, size, is_text)

    def _put(self, block: _Block) -> None:
        if not self._is_begun:
            block.begins.append((self._page, 0))
            self._is_begun = True
        self._blocks.append(block)

    def _last_text(self) -> _Block | None:
        return next((block for block in reversed(self._blocks) if block.is_text), None)

    def _runs_on(self, block: _Block) -> bool:
        last = self._last_text()
        if last is None or not is_open(last.text):
            return False
        if any(one.begins for one in self._blocks[_place(self._blocks, last) + 1 :]):
            return False  # a page of figures or tables is between them
        if is_divided(last.text, block.text) or begins_within(block.text):
            return True
        return last.is_full

    def _extend(self, block: _Block) -> None:
        """Let the last paragraph of the text go on; what stands after it stands before it, if on its page."""
        last = self._last_text()
        assert last is not None
        at = _place(self._blocks, last)
        if after := self._blocks[at + 1 :]:
            self._move_before(at, after)
        if is_divided(last.text, block.text):
            joined = self._words.joined(last.text, block.text)
            begins = len(joined) - len(block.text)
        else:
            glue = "\n" if not self._is_begun and block.text[:1].islower() else " "
            joined, begins = f"{last.text}{glue}{block.text}", len(last.text) + 1
        last.text, last.is_full = joined, block.is_full
        if not self._is_begun:
            last.begins.append((self._page, begins))
            self._is_begun = True

    def _move_before(self, at: int, after: list[_Block]) -> None:
        """Put blocks before the one at `at`; if its page begins with it, the page begins with them."""
        last = self._blocks[at]
        own = [(page, place) for page, place in last.begins if place]
        if own:
            return  # it comes from an earlier page: what stands after it is of a later one
        after[0].begins, last.begins = last.begins, []
        self._blocks[at:] = [*after, last]


def _usual_size(paragraphs: Sequence[Paragraph]) -> float:
    counts: Counter[float] = Counter()
    for paragraph in paragraphs:
        for line in paragraph.lines:
            counts[round(line.size, 1)] += len(line.text)
    return max(counts, key=counts.__getitem__, default=0.0)


def _headline(columns: Sequence[Sequence[Sequence[Paragraph]]], words: Words, size: float) -> str | None:
    """Return the largest of the first paragraphs, if it is a line or two of words larger than the text."""
    first = next((page for page in columns if page), [])
    top = [paragraph for column in first for paragraph in column][:_BEFORE_HEADLINE]
    large = [one for one in top if one.size > _HEADLINE * size and not one.is_table]
    texts = {id(one): one.text(words) for one in large}
    fit = [one for one in large if " " in texts[id(one)] and len(texts[id(one)]) <= _LONGEST_HEADLINE]
    return texts[id(max(fit, key=lambda one: one.size))] if fit else None


def _place(blocks: list[_Block], block: _Block) -> int:
    """Return where a block stands; others may have the same words."""
    return next(at for at in reversed(range(len(blocks))) if blocks[at] is block)
