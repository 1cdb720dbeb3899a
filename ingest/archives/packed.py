"""The plain bytes of a WARC, however it is packed: by gzip, by Zstandard, or not at all.

Knows the packing, not the records, but for how they begin: after damage it goes on where the next one does.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Protocol

import zstandard

from ingest.decoding.decompression import GZIP_MAGIC, bomb
from rag.errors import UserError

FIRST_BYTES = b"WARC/"
_ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
_DICTIONARY_MAGIC = b"\x5d\x2a\x4d\x18"
_LONGEST_DICTIONARY = 20_000_000
_LARGEST_WINDOW = 1 << 27  # what Zstandard itself allows a stream that nobody warned of
_STEP = 1 << 16  # bytes
# Zstandard has no limit for what comes out of so many bytes: 64 MB at most.
_ZSTD_STEP = 1 << 11
_SALVAGED_STEP = 128
_PROBE = 4_096
# Pages shrink to a tenth; what is this many times its file, and this long, only wastes time.
_MOST_TIMES = 200
_LONG = 20_000_000
_MOST_FALSE_STARTS = 10_000


@dataclass(frozen=True, slots=True)
class Damage:
    """Bytes are lost here; what follows begins a record.

    `is_within`: what comes before belongs to the same packed piece, so the record there is damaged too.
    `is_end`: the file ends too early.
    """

    is_within: bool
    is_end: bool = False


def is_packed_warc(start: bytes) -> bool:
    """Return whether a file that begins like this may be a WARC."""
    return start.lstrip(b"\r\n").startswith((FIRST_BYTES, GZIP_MAGIC, _ZSTD_MAGIC, _DICTIONARY_MAGIC))


def plain_pieces(file: BinaryIO) -> Iterator[bytes | Damage]:
    """Yield the plain bytes of a seekable file, in pieces.

    Raises:
        UserError: They are out of all proportion to the file, or their dictionary can't be read.
    """
    start = file.read(4)
    file.seek(0)
    if start.startswith(GZIP_MAGIC):
        packing: _Packing = _Gzip()
    elif start in (_ZSTD_MAGIC, _DICTIONARY_MAGIC):
        packing = _Zstd(file)
    else:
        while piece := file.read(_STEP):
            yield piece
        return
    length = 0
    for piece in _unpacked(file, packing):
        if isinstance(piece, bytes):
            length += len(piece)
            if length > _LONG and length > _MOST_TIMES * file.tell():
                raise bomb()
        yield piece


class _DamagedError(Exception):
    """The packed bytes can't be unpacked; `plain` is what came out before."""

    def __init__(self, plain: bytes = b"") -> None:
        super().__init__()
        self.plain = plain


class _Unpacker(Protocol):
    """What unpacks one piece, a gzip member or a frame of Zstandard."""

    def take(self, data: bytes) -> tuple[bytes, bytes]:
        """Return what comes out of some of `data`, and the rest of it. Raises _DamagedError."""

    @property
    def is_ended(self) -> bool:
        """Return whether the piece has come to its end."""


class _Packing(Protocol):
    magic: bytes

    def unpacker(self) -> _Unpacker: ...


def _unpacked(file: BinaryIO, packing: _Packing) -> Iterator[bytes | Damage]:
    data, unpacker, start, given = b"", None, 0, 0
    starts = _Starts(file, packing)
    while data or (data := file.read(_STEP)):
        if unpacker is None:
            data = data.lstrip(b"\0")  # archives on tape were filled up
            if not data:
                continue
            unpacker, start, given = packing.unpacker(), file.tell() - len(data), 0
        try:
            plain, data = unpacker.take(data)
        except _DamagedError as error:
            if error.plain:
                yield error.plain
            yield Damage(is_within=bool(given or error.plain))
            if not starts.seek_next(start + 1):
                return
            data, unpacker = b"", None
            continue
        given += len(plain)
        if plain:
            yield plain
        if unpacker.is_ended:
            unpacker = None
    if unpacker is not None:
        yield Damage(is_within=given > 0, is_end=True)


@dataclass
class _Starts:
    """Where packed pieces begin that hold records; a file may be made to have many that look so."""

    file: BinaryIO
    packing: _Packing
    false: int = 0

    def seek_next(self, place: int) -> bool:
        """Put the file at the next start from `place` on; return whether there is one."""
        magic = self.packing.magic
        self.file.seek(place)
        held = b""
        while piece := self.file.read(_STEP):
            held += piece
            at = held.find(magic)
            while at >= 0:
                behind = self.file.tell()
                self.file.seek(place + at)
                if self._is_start():
                    self.file.seek(place + at)
                    return True
                self.false += 1
                if self.false > _MOST_FALSE_STARTS:
                    return False
                self.file.seek(behind)
                at = held.find(magic, at + 1)
            kept = len(magic) - 1
            place += max(0, len(held) - kept)
            held = held[-kept:]
        return False

    def _is_start(self) -> bool:
        try:
            plain, _ = self.packing.unpacker().take(self.file.read(_PROBE))
        except _DamagedError as error:
            plain = error.plain
        return plain.lstrip(b"\r\n").startswith(FIRST_BYTES)


class _Gzip:
    magic = GZIP_MAGIC + b"\x08"

    def unpacker(self) -> _Unpacker:
        return _Member()


class _Member:
    def __init__(self) -> None:
        self._unpacker = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)

    @property
    def is_ended(self) -> bool:
        return self._unpacker.eof

    def take(self, data: bytes) -> tuple[bytes, bytes]:
        before = self._unpacker.copy()
        try:
            plain = self._unpacker.decompress(data, _STEP)
        except zlib.error as error:
            raise _DamagedError(_salvaged(before, data)) from error
        return plain, self._unpacker.unused_data if self._unpacker.eof else self._unpacker.unconsumed_tail


def _salvaged(unpacker: zlib._Decompress, data: bytes) -> bytes:
    """Return what comes out of `data` before it is damaged: it may tell the address of the record."""
    out = bytearray()
    try:
        for start in range(0, len(data), _SALVAGED_STEP):
            out += unpacker.decompress(data[start : start + _SALVAGED_STEP], _STEP)
            if len(out) > _STEP:
                break
    except zlib.error:
        return bytes(out)
    return bytes(out)


class _Zstd:
    magic = _ZSTD_MAGIC

    def __init__(self, file: BinaryIO) -> None:
        self._dictionary = _dictionary(file)

    def unpacker(self) -> _Unpacker:
        return _Frame(self._dictionary)


class _Frame:
    def __init__(self, dictionary: zstandard.ZstdCompressionDict | None) -> None:
        stated = {} if dictionary is None else {"dict_data": dictionary}
        unpacker = zstandard.ZstdDecompressor(max_window_size=_LARGEST_WINDOW, **stated)
        self._unpacker = unpacker.decompressobj()

    @property
    def is_ended(self) -> bool:
        return self._unpacker.eof

    def take(self, data: bytes) -> tuple[bytes, bytes]:
        piece, rest = data[:_ZSTD_STEP], data[_ZSTD_STEP:]
        try:
            plain = self._unpacker.decompress(piece)
        except zstandard.ZstdError as error:
            raise _DamagedError from error
        return plain, self._unpacker.unused_data + rest if self._unpacker.eof else rest


def _dictionary(file: BinaryIO) -> zstandard.ZstdCompressionDict | None:
    """Return the dictionary that stands in front of the records (`.warc.zst`), if there is one."""
    if file.read(4) != _DICTIONARY_MAGIC:
        file.seek(0)
        return None
    size = int.from_bytes(file.read(4), "little")
    data = file.read(min(size, _LONGEST_DICTIONARY + 1))
    try:
        if size > _LONGEST_DICTIONARY or len(data) < size:
            raise _undecodable()
        if data.startswith(_ZSTD_MAGIC):
            reader = zstandard.ZstdDecompressor().stream_reader(data)
            data = reader.read(_LONGEST_DICTIONARY + 1)
        if len(data) > _LONGEST_DICTIONARY:
            raise _undecodable()
        return zstandard.ZstdCompressionDict(data)
    except zstandard.ZstdError as error:
        raise _undecodable() from error


def _undecodable() -> UserError:
    return UserError(
        "the dictionary that its records are compressed with can't be read.",
        "le dictionnaire avec lequel ses enregistrements sont compressés est illisible.",
    )
