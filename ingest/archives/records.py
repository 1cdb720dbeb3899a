"""The records of a WARC, one at a time; those that are damaged are told, and the next ones are found again.

Knows how records are framed, not what they mean. A record's own length is believed only if another record, or
the end of the file, follows it: else two pages would be one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import BinaryIO

from warcio.statusandheaders import StatusAndHeaders, StatusAndHeadersParser

from ingest.archives.packed import Damage, plain_pieces
from ingest.schema.document import MAX_BYTES
from rag.errors import UserError

_VERSION = re.compile(rb"WARC/\d\.\d+\s*$")
_FIRST_LINE = re.compile(rb"WARC/\d\.\d{1,3}\r?\n")
_NEXT = re.compile(rb"\r?\n\r?\n(?=WARC/\d\.\d+\r?\n)")
_LONGEST_LINE = 1 << 16
_LONGEST_HEAD = 1 << 20
_MOST_BLANK = 16  # lines between two records
_BORDER = 32
_LENGTH = re.compile(r"\d{1,15}")
_ADDRESS = 4_000  # characters of an address that are shown or compared


@dataclass(frozen=True, slots=True)
class WarcRecord:
    """One record. `body` is only its beginning if it is longer than an article may be."""

    head: StatusAndHeaders
    body: bytes
    length: int

    def stated(self, name: str) -> str:
        """Return a header's value, '' if there is none."""
        return (self.head.get_header(name) or "").strip()

    @property
    def address(self) -> str:
        """Return the address that the record is about."""
        return _address(self.head)


@dataclass(frozen=True, slots=True)
class BrokenRecord:
    """A record that can't be read; `address` is '' if it can't be told."""

    address: str
    error: UserError


def read_records(file: BinaryIO) -> Iterator[WarcRecord | BrokenRecord]:
    """Yield the records of a seekable file, in order.

    Raises:
        UserError: It is packed so that it can't be read.
    """
    reader = _Reader(plain_pieces(file))
    while True:
        try:
            found = reader.record()
        except _LostError as error:
            yield BrokenRecord(reader.address, error.explained())
            continue
        if found is None:
            return
        yield found


def http_parts(body: bytes) -> tuple[StatusAndHeaders, bytes]:
    """Return the head and the body of an answer of HTTP.

    Raises:
        UserError: It has no head.
    """
    end = re.search(rb"\n\r?\n", body[:_LONGEST_HEAD])
    if end is None or not body.startswith(b"HTTP/"):
        raise UserError("its HTTP header is damaged.", "son en-tête HTTP est endommagé.")
    return _parsed(body[: end.end()]), body[end.end() :]


def _parsed(head: bytes) -> StatusAndHeaders:
    return StatusAndHeadersParser([], verify=False).parse(BytesIO(head))


def _address(head: StatusAndHeaders) -> str:
    return " ".join((head.get_header("WARC-Target-URI") or "").strip("<> ").split())[:_ADDRESS]


class _LostError(Exception):
    """A record is lost."""

    def explained(self) -> UserError:
        return UserError("the record is damaged.", "l'enregistrement est endommagé.")


class _WrongLengthError(_LostError):
    def explained(self) -> UserError:
        return UserError(
            "the record isn't as long as it says; it wasn't read.",
            "l'enregistrement n'a pas la longueur qu'il indique ; il n'a pas été lu.",
        )


class CutOffError(UserError):
    """The file ends within a record."""


class _EndedError(_LostError):
    def explained(self) -> UserError:
        return CutOffError("the file ends within it.", "le fichier s'arrête au milieu.")


class _Reader:
    def __init__(self, pieces: Iterator[bytes | Damage]) -> None:
        self._bytes = _Bytes(pieces)
        self.address = ""

    def record(self) -> WarcRecord | None:
        """Return the next record; None at the end. Raises _LostError."""
        self.address = ""
        line = self._bytes.line_with_words()
        if not line:
            return None
        if not _VERSION.match(line):
            self._seek_version()
            raise _LostError
        head = self._head()
        self.address = _address(head)
        length = (head.get_header("Content-Length") or "").strip()
        if not _LENGTH.fullmatch(length):
            self._seek_version()
            raise _LostError
        return WarcRecord(head, self._body(int(length)), int(length))

    def _head(self) -> StatusAndHeaders:
        lines, size = [b"WARC/1.0\r\n"], 0
        while (line := self._bytes.line()).strip():
            lines.append(line)
            size += len(line)
            if size > _LONGEST_HEAD:
                self._seek_version()
                raise _LostError
        if not line:
            self.address = _address(_parsed(b"".join(lines)))
            raise _EndedError
        return _parsed(b"".join(lines))

    def _body(self, length: int) -> bytes:
        body = self._bytes.read(min(length, MAX_BYTES + 1))
        left = length - len(body)
        skipped = self._bytes.skip(left) if left and len(body) > MAX_BYTES else 0
        is_whole = left == skipped
        if is_whole and self._bytes.is_next(_VERSION):
            return body
        # The next record begins in it, or on its border.
        window = body + self._bytes.start()
        if following := _NEXT.search(window):
            self._bytes.put_back(window[following.end() :])
            raise _WrongLengthError
        self._bytes.put_back(window[len(body) :])
        if not is_whole:
            raise _EndedError
        self._seek_version()
        raise _WrongLengthError

    def _seek_version(self) -> None:
        self._bytes.seek_line(_FIRST_LINE)


class _Bytes:
    """Bytes that come in pieces; where some are lost, _LostError is raised once."""

    def __init__(self, pieces: Iterator[bytes | Damage]) -> None:
        self._pieces = pieces
        self._held = b""
        self._at = 0
        self._damage: Damage | None = None

    def line(self) -> bytes:
        """Return the next line with its end, of a long one the first part; b"" at the end."""
        parts, size = [], 0
        while size < _LONGEST_LINE and (self._at < len(self._held) or self._more()):
            end = self._held.find(b"\n", self._at, self._at + _LONGEST_LINE - size)
            stop = min(len(self._held), self._at + _LONGEST_LINE - size) if end < 0 else end + 1
            parts.append(self._held[self._at : stop])
            size += stop - self._at
            self._at = stop
            if end >= 0:
                break
        return b"".join(parts)

    def line_with_words(self) -> bytes:
        """Return the next line that isn't blank."""
        while (line := self.line()) and not line.strip():
            pass
        return line

    def read(self, size: int) -> bytes:
        """Return so many bytes, or those that are left."""
        parts = []
        while size > 0 and (self._at < len(self._held) or self._more()):
            piece = self._held[self._at : self._at + size]
            parts.append(piece)
            size -= len(piece)
            self._at += len(piece)
        return b"".join(parts)

    def start(self) -> bytes:
        """Return the next few bytes, as far as they are whole; they are passed over."""
        try:
            return self.read(_BORDER)
        except _LostError:
            return b""

    def skip(self, size: int) -> int:
        """Pass over so many bytes; return how many there were."""
        left = size
        while left > 0 and (self._at < len(self._held) or self._more()):
            step = min(left, len(self._held) - self._at)
            left -= step
            self._at += step
        return size - left

    def seek_line(self, pattern: re.Pattern[bytes]) -> None:
        """Pass over everything up to the next line of this pattern."""
        before = b"\n"  # the byte before what is held
        while self._at < len(self._held) or self._more():
            for line in pattern.finditer(self._held, self._at):
                start = line.start()
                if (self._held[start - 1 : start] if start else before) == b"\n":
                    self._at = start
                    return
            # A line may begin in one piece and end in the next.
            kept = max(self._at, len(self._held) - _BORDER)
            rest, before = self._held[kept:], self._held[kept - 1 : kept] or before
            self._at = len(self._held)
            if not self._more():
                return
            self._held = rest + self._held

    def is_next(self, pattern: re.Pattern[bytes]) -> bool:
        """Return whether, after blank lines, a line of this pattern is next, or the end, or damage."""
        blank = 0
        try:
            while (line := self.line()) and not line.strip():
                blank += 1
                if blank > _MOST_BLANK:
                    return False
        except _LostError:
            if self._damage is not None and self._damage.is_within:
                raise
            # Of the next record: it is told when that one is read.
            self._pieces = _before(self._damage, self._pieces)
            return True
        self.put_back(line)
        return not line or pattern.match(line) is not None

    def put_back(self, data: bytes) -> None:
        """Have these bytes be read again, before the others."""
        self._held = data + self._held[self._at :]
        self._at = 0

    def _more(self) -> bool:
        piece = next(self._pieces, None)
        self._at = 0
        if isinstance(piece, Damage):
            self._held, self._damage = b"", piece
            raise _EndedError if piece.is_end else _LostError
        self._held = piece or b""
        return piece is not None


def _before(damage: Damage | None, pieces: Iterator[bytes | Damage]) -> Iterator[bytes | Damage]:
    if damage is not None:
        yield damage
    yield from pieces
