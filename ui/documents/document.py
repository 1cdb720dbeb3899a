"""A document to be handed in, whatever it will be written as: its blocks, its words, its footnotes.

Pure dataclasses. Knows no format: every word here is text, whatever it looks like.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from ui.references.formatted import Piece
from ui.references.typography import marks_around
from ui.references.writable import one_line, writable

Style = Literal["plain", "strong", "italic", "note"]


@dataclass(frozen=True, slots=True)
class Text:
    """Words on one line, how they look, their language where it isn't the document's, where they lead."""

    words: str
    style: Style = "plain"
    language: str | None = None
    url: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "words", _spaced(self.words))


@dataclass(frozen=True, slots=True)
class Quotation:
    """Words of an article as they were published, line ends included, with the marks that go around them."""

    words: str
    first: str
    last: str
    language: str | None = None

    @classmethod
    def of(cls, words: str, spoken: str | None, language: str) -> Quotation:
        """Return a quotation of an article in `spoken`, for a reader in `language`."""
        return cls(writable(words), *marks_around(words, language), spoken)


@dataclass(frozen=True, slots=True)
class NoteMark:
    """The mark of the footnote `number`; the same note may be marked several times."""

    number: int


Inline = Text | Quotation | NoteMark
Line = tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of level 1 to 3."""

    level: Literal[1, 2, 3]
    words: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "words", one_line(self.words))


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph; `aside` is what is said about an answer and isn't its own words."""

    line: Line
    aside: bool = False


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list of lines."""

    lines: tuple[Line, ...]


Block = Heading | Paragraph | Bullets


@dataclass(frozen=True, slots=True)
class Document:
    """A title, blocks, and footnotes: note `n` is `notes[n - 1]`, and each is marked somewhere.

    `language` is the reader's, `fr` or `en`; no `title`, no heading for it.
    """

    title: str
    language: str
    blocks: tuple[Block, ...]
    notes: tuple[Line, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "title", one_line(self.title))


def text_of(pieces: Iterable[Piece]) -> Line:
    """Return the pieces of a reference as text."""
    return tuple(
        Text(piece.words, "italic" if piece.italic else "plain", piece.language, piece.url)
        for piece in pieces
    )


def marked_notes(blocks: Sequence[Block]) -> list[int]:
    """Return the numbers of the notes in the order in which they are first marked."""
    lines: list[Line] = []
    for block in blocks:
        if isinstance(block, Paragraph):
            lines.append(block.line)
        elif isinstance(block, Bullets):
            lines += block.lines
    return list(dict.fromkeys(part.number for line in lines for part in line if isinstance(part, NoteMark)))


def _spaced(words: str) -> str:
    """Return words on one line, with a space where they begin or end with one: others stand there."""
    line = one_line(words)
    if not line:
        return " " if words else ""
    return f"{' ' * words[0].isspace()}{line}{' ' * words[-1].isspace()}"


def runs_left(words: str) -> bool:
    """Return whether the first letter that has a direction runs from right to left."""
    ways = (unicodedata.bidirectional(character) for character in words)
    return next((way for way in ways if way in ("L", "R", "AL")), "L") != "L"
