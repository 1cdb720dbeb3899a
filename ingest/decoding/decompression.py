"""gzip and zlib with limits: a small file that unfolds into a huge one is refused, not unfolded."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Iterable
from typing import BinaryIO

from ingest.schema.document import MAX_BYTES
from rag.errors import UserError

GZIP_MAGIC = b"\x1f\x8b"
# Text shrinks to a tenth; a stream that is this many times its file, and this long, only wastes time.
_MOST_TIMES = 200
_LONG = 20_000_000
_STEP = 1 << 16  # bytes


def bomb() -> UserError:
    """Return the error for data that grows out of all proportion when it is decompressed."""
    return UserError(
        "it grows out of all proportion when it is decompressed (a decompression bomb); it wasn't read.",
        "il grossit démesurément à la décompression (une bombe de décompression) ; il n'a pas été lu.",
    )


def _damaged(error: Exception) -> UserError:
    return UserError(
        f"its gzip compression is damaged ({error}).", f"sa compression gzip est endommagée ({error})."
    )


def gunzip(data: bytes, limit: int = MAX_BYTES) -> bytes:
    """Return `data`, decompressed if it is gzip.

    Raises:
        UserError: That is more than `limit` bytes or damaged.
    """
    if not data.startswith(GZIP_MAGIC):
        return data
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as file:
            plain = file.read(limit + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise _damaged(error) from error
    if len(plain) > limit:
        raise bomb()
    return plain


class TooLargeError(Exception):
    """There is more than the limit."""


class DamagedError(Exception):
    """The compressed bytes are damaged or end too early."""


def joined(chunks: Iterable[bytes], limit: int) -> bytes:
    """Return the chunks in one.

    Raises:
        TooLargeError: As soon as they are more than `limit` bytes.
    """
    out = bytearray()
    for chunk in chunks:
        out += chunk
        if len(out) > limit:
            raise TooLargeError
    return bytes(out)


def inflated(chunks: Iterable[bytes], limit: int) -> bytes:
    """Return what gzip or zlib data holds, all members of it.

    Raises:
        TooLargeError: Either side of it is more than `limit` bytes.
        DamagedError: It is damaged.
    """
    out = bytearray()
    read = 0
    unpacker = _unpacker()
    for chunk in chunks:
        read += len(chunk)
        while chunk:
            if unpacker.eof:  # another member follows
                unpacker = _unpacker()
            try:
                out += unpacker.decompress(chunk, _STEP)
            except zlib.error as error:
                raise DamagedError from error
            chunk = unpacker.unused_data if unpacker.eof else unpacker.unconsumed_tail
            if len(out) > limit or read > limit:
                raise TooLargeError
    if not unpacker.eof:
        raise DamagedError
    return bytes(out)


def _unpacker() -> zlib._Decompress:
    return zlib.decompressobj(wbits=32 + zlib.MAX_WBITS)  # tells gzip from zlib by itself


def unzipped_stream(file: BinaryIO) -> BinaryIO:
    """Return `file`, decompressed while it is read if it is gzip; it must be seekable."""
    start = file.read(2)
    file.seek(0)
    return io.BufferedReader(_Inflating(file)) if start == GZIP_MAGIC else file


class _Inflating(io.RawIOBase):
    """The plain bytes of a gzip file, as long as they are in proportion to it."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._plain = gzip.GzipFile(fileobj=file)
        self._length = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._length = self._plain.seek(offset, whence)
        return self._length

    def tell(self) -> int:
        return self._length

    def readinto(self, buffer: memoryview) -> int:
        try:
            data = self._plain.read1(len(buffer))
        except (OSError, EOFError, zlib.error) as error:
            raise _damaged(error) from error
        self._length += len(data)
        if self._length > _LONG and self._length > _MOST_TIMES * self._file.tell():
            raise bomb()
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self._plain.close()
        super().close()


def refuse_entities(markup: str) -> None:
    """Raise UserError if XML declares entities of its own: of those, ten lines make a billion words."""
    if "<!ENTITY" in markup:
        raise declares_entities()


def declares_entities() -> UserError:
    """Return the error for XML that declares entities of its own."""
    return UserError(
        "it declares XML entities, which can grow without end; it wasn't read.",
        "il déclare des entités XML, qui peuvent grossir sans fin ; il n'a pas été lu.",
    )
