"""The codings in which a server may send a page (gzip, deflate, Brotli, Zstandard), undone within a limit.

Knows the bytes and the names of the codings; no network and no archive.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable, Iterator

import brotli
import zstandard

from ingest.decoding.decompression import GZIP_MAGIC, bomb
from ingest.schema.document import MAX_BYTES
from rag.errors import UserError

_MAGIC = {"gzip": GZIP_MAGIC, "x-gzip": GZIP_MAGIC, "zstd": b"\x28\xb5\x2f\xfd"}
_STEP = 1 << 16  # bytes
_BEFORE_MARKUP = b"\xef\xbb\xbf \t\r\n"


def codings(stated: str) -> list[str]:
    """Return the names that a header states (`gzip, chunked`), in the order in which they were applied."""
    names = (name.strip().lower() for name in stated.split(","))
    return [name for name in names if name not in ("", "identity")]


def undone(data: bytes, coding: str, limit: int = MAX_BYTES) -> bytes:
    """Return `data` without a coding; as it is if it hasn't it: some archives keep pages decoded.

    What was cut off is returned as far as it goes.

    Raises:
        UserError: The coding is unknown, the data is damaged, or more than `limit` bytes come out of it.
    """
    if data.lstrip(_BEFORE_MARKUP).startswith(b"<") or not data.startswith(_MAGIC.get(coding, b"")):
        return data
    unpack = _UNPACKERS.get(coding)
    if unpack is None:
        raise UserError(
            f"the page is in a coding that can't be read ({coding[:40]}).",
            f"la page est dans un codage qui ne peut pas être lu ({coding[:40]}).",
        )
    out = bytearray()
    try:
        for piece in unpack(data):
            out += piece
            if len(out) > limit:
                raise bomb()
    except (zlib.error, brotli.error, zstandard.ZstdError) as error:
        raise _damaged(coding) from error
    if data and not out:
        raise _damaged(coding)
    return bytes(out)


def _damaged(coding: str) -> UserError:
    return UserError(
        f"its compressed text is damaged ({coding}).", f"son contenu compressé est abîmé ({coding})."
    )


def _gunzipped(data: bytes) -> Iterator[bytes]:
    while data.startswith(GZIP_MAGIC):  # one member after the other
        unpacker = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
        yield from _inflated(unpacker, data)
        data = unpacker.unused_data


def _deflated(data: bytes) -> Iterator[bytes]:
    """Unpack zlib's format, which the name means, or bare deflate, which some servers send for it."""
    bare = len(data) < 2 or data[0] & 15 != 8 or int.from_bytes(data[:2], "big") % 31
    yield from _inflated(zlib.decompressobj(wbits=-zlib.MAX_WBITS if bare else zlib.MAX_WBITS), data)


def _inflated(unpacker: zlib._Decompress, data: bytes) -> Iterator[bytes]:
    while data and not unpacker.eof:
        yield unpacker.decompress(data, _STEP)
        data = unpacker.unconsumed_tail


def _unbrotlied(data: bytes) -> Iterator[bytes]:
    unpacker = brotli.Decompressor()
    piece = unpacker.process(data, output_buffer_limit=_STEP)
    while piece:
        yield piece
        piece = b"" if unpacker.is_finished() else unpacker.process(b"", output_buffer_limit=_STEP)


def _unzstandarded(data: bytes) -> Iterator[bytes]:
    with zstandard.ZstdDecompressor().stream_reader(io.BytesIO(data), read_across_frames=True) as reader:
        while piece := reader.read(_STEP):
            yield piece


_UNPACKERS: dict[str, Callable[[bytes], Iterator[bytes]]] = {
    "gzip": _gunzipped,
    "x-gzip": _gunzipped,
    "deflate": _deflated,
    "br": _unbrotlied,
    "zstd": _unzstandarded,
}
