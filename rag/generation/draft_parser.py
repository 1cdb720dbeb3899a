"""What a model writes, piece by piece → claims with their evidence numbers. Pure; trusts nothing.

A line is a claim. Its text is let through only once its numbers are known to be on offer; a line
without any is dropped. Models that can't be held to a grammar may also put the numbers at the end, or in
the middle: no claim's text holds a number in brackets, which a reader would take for a citation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_LEADING = re.compile(r"\s*((?:\[\d{1,3}\][ ,]*)+)(?=[^\s\[,])")
_SPACED_GROUP = re.compile(r"(?<![\d.,])(\d{1,3}), (\d{3})(?![\d.,]*\d)")
_MARKER = re.compile(r"\s*\[(\d{1,3})\]")
# The end of a text that could still become a marker, or be the white space before one.
_UNDECIDED = re.compile(r"(\s+|\s*\[\d{0,3})$")
_BRACKETS = str.maketrans("[]", "()")


@dataclass(frozen=True, slots=True)
class DraftPiece:
    """Some text of claim `claim` (from 0), which rests on the sentences `numbers` (from 1)."""

    claim: int
    numbers: tuple[int, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Drafted:
    """A whole claim as the model wrote it."""

    claim: int
    numbers: tuple[int, ...]
    text: str


class DraftParser:
    """Feed it a model's text in pieces of any size; it gives back pieces of claims, then whole claims."""

    def __init__(self, sentences: int) -> None:
        """Make a parser of a draft over so many numbered `sentences`."""
        self._sentences = sentences
        self._line = ""
        self._numbers: tuple[int, ...] | None = None
        self._text = ""
        self._claim = 0

    def feed(self, text: str) -> Iterator[DraftPiece | Drafted]:
        """Yield what `text` adds: pieces as they come, and each claim once its line has ended."""
        *ended, rest = text.split("\n")
        for line in ended:
            yield from self._add(line)
            yield from self._end()
        yield from self._add(rest)

    def finish(self) -> Iterator[DraftPiece | Drafted]:
        """Yield the claim of the last line, if it is one."""
        yield from self._end()

    def _add(self, text: str) -> Iterator[DraftPiece]:
        """Yield `_line` is what has been read of the line and not yet let through."""
        self._line += text
        if self._numbers is None:
            leading = _LEADING.match(self._line)
            if leading is None:
                return
            self._numbers = self._on_offer(leading[1])
            self._line = self._line[leading.end() :]
        undecided = _UNDECIDED.search(self._line)
        yield from self._let_through(undecided.start() if undecided else len(self._line))

    def _end(self) -> Iterator[DraftPiece | Drafted]:
        if self._numbers is None:
            # Its numbers are anywhere but in front, or there are none.
            self._numbers = self._on_offer(self._line)
        yield from self._let_through(len(self._line.rstrip()))
        if self._numbers and self._text:
            yield Drafted(self._claim, self._numbers, self._text)
            self._claim += 1
        self._line, self._numbers, self._text = "", None, ""

    def _let_through(self, end: int) -> Iterator[DraftPiece]:
        plain, self._line = _plain(self._line[:end]), self._line[end:]
        text = plain if self._text else plain.lstrip()
        if self._numbers and text:
            self._text += text
            yield DraftPiece(self._claim, self._numbers, text)

    def _on_offer(self, text: str) -> tuple[int, ...]:
        found = dict.fromkeys(int(number) for number in _MARKER.findall(text))
        return tuple(number for number in found if 1 <= number <= self._sentences)


def _plain(text: str) -> str:
    return _MARKER.sub("", text).translate(_BRACKETS)


def closed_up(text: str, quotes: Sequence[str]) -> str:
    """Return `text` without the spaces that small models put into grouped numbers (`87, 400` → `87,400`).

    Only where a quote has that number: otherwise it may be two.
    """
    digits = [re.sub(r"(?<=\d)[\s.,\u202f](?=\d{3})", "", quote) for quote in quotes]

    def close(match: re.Match[str]) -> str:
        number = match[1] + match[2]
        found = any(re.search(rf"(?<!\d){number}(?!\d)", quote) for quote in digits)
        return f"{match[1]},{match[2]}" if found else match[0]

    return _SPACED_GROUP.sub(close, text)
