"""A file → its lines as text, one at a time, however long they are and whatever their encoding.

Knows nothing of what the lines mean. A line that is too long or can't be decoded is told as such; the
others still come.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from ingest.decoding.charset import decode, guess
from rag.errors import UserError

# An article has some thousands of characters; a book a million.
LONGEST_LINE = 20_000_000
_SAMPLE = 200_000


@dataclass(frozen=True, slots=True)
class TextLine:
    """A line with its end, its `number` from 1; `error` says why there is no text."""

    number: int
    text: str = ""
    error: UserError | None = None


def lines(file: BinaryIO, longest: int = LONGEST_LINE) -> Iterator[TextLine]:
    """Yield the lines of a seekable file. A line of more than `longest` bytes is passed over, not kept."""
    sample = file.read(_SAMPLE)
    file.seek(0)
    encoding = guess(sample)
    if encoding in ("utf-16", "utf-32"):
        yield from _wide_lines(file, encoding, longest)
        return
    for number, data in enumerate(_raw_lines(file, longest), start=1):
        if data is None:
            yield TextLine(number, error=_too_long(longest))
            continue
        try:
            yield TextLine(number, _decoded(data, encoding))
        except UserError as error:
            yield TextLine(number, error=error)


def _raw_lines(file: BinaryIO, longest: int) -> Iterator[bytes | None]:
    """Yield lines as bytes; None in the place of one that is too long."""
    while data := file.readline(longest + 1):
        if len(data) <= longest:
            yield data
            continue
        while data and not data.endswith(b"\n"):
            data = file.readline(longest)
        yield None


def _wide_lines(file: BinaryIO, encoding: str, longest: int) -> Iterator[TextLine]:
    """Yield lines of UTF-16 or UTF-32; what can't be decoded ends them."""
    reader, number = codecs.getreader(encoding)(file), 0
    pending = ""
    while True:
        try:
            piece = reader.read(64_000)
        except UnicodeError:
            yield TextLine(number + 1, error=_not_text(encoding))
            return
        pending += piece
        *whole, pending = pending.split("\n") if piece else [*pending.split("\n"), ""]
        for text in whole:
            number += 1
            yield TextLine(number, f"{text}\n")
        if not piece:
            return
        if len(pending) > longest:
            yield TextLine(number + 1, error=_too_long(longest))
            return


def _decoded(data: bytes, encoding: str | None) -> str:
    """Return a line in UTF-8, else in the encoding of the whole file, else in what it looks like alone."""
    for candidate in ("utf-8", encoding):
        if candidate and b"\0" not in data:
            try:
                return data.decode(candidate)
            except (UnicodeDecodeError, LookupError):
                continue
    return decode(data)


def _too_long(longest: int) -> UserError:
    limit = f"{longest / 1e6:.0f}"
    return UserError(
        f"longer than {limit} MB; it was passed over.", f"plus de {limit} Mo ; elle a été passée."
    )


def _not_text(encoding: str) -> UserError:
    return UserError(f"not valid {encoding.upper()}.", f"ce n'est pas du {encoding.upper()} correct.")
