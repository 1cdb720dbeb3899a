"""Compressed bytes → bytes, never more of them than asked for: a gzip bomb costs its limit and no more.

Knows gzip and zlib; no network and no files.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable

GZIP_MAGIC = b"\x1f\x8b"
_STEP = 1 << 16


class TooLargeError(Exception):
    """There is more than the limit."""


class DamagedError(Exception):
    """The compressed bytes are damaged or end too early."""


def joined(chunks: Iterable[bytes], limit: int) -> bytes:
    """The chunks in one. Raises TooLargeError as soon as they are more than `limit` bytes."""
    out = bytearray()
    for chunk in chunks:
        out += chunk
        if len(out) > limit:
            raise TooLargeError
    return bytes(out)


def inflated(chunks: Iterable[bytes], limit: int) -> bytes:
    """What gzip or zlib data holds, all members of it.

    Raises TooLargeError once either side of it is more than `limit` bytes, DamagedError if it is damaged.
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
