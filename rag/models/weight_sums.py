"""Whether mapped weights are what was written, without reading all of them: the table of words by its rows.

Of the encoder's weights the words' vectors are four fifths, and a question reads a few hundred of them: each
row has a checksum, held against it when the row is first read. The rest is read by every text, and has one
hash. Knows safetensors files; no model, no cache.
"""

from __future__ import annotations

import hashlib
import json
import struct
import zlib
from pathlib import Path

import numpy as np

from rag.errors import ModelError

WORDS = "embeddings.word_embeddings.weight"
_LENGTH = struct.Struct("<Q")
_HASH = 32  # bytes in front of the rows' checksums
_BLOCK = 1 << 22


def sums_file(weights: Path) -> Path:
    """Return where the checksums of a file of weights are."""
    return weights.with_suffix(".sums")


def write_sums(weights: Path) -> None:
    """Write the checksums of a file that is known to be right beside it."""
    start, end, columns = _words_in(weights)
    table = np.memmap(weights, dtype=np.uint8, mode="r")[start:end].reshape(-1, 4 * columns)
    rows = np.fromiter((zlib.crc32(row) for row in table), dtype="<u4", count=len(table))
    sums_file(weights).write_bytes(_rest(weights, start, end) + rows.tobytes())


def is_sound(weights: Path) -> bool:
    """Return whether all but the words' vectors is what was written."""
    try:
        start, end, columns = _words_in(weights)
        sums = sums_file(weights).read_bytes()
        is_whole = len(sums) == _HASH + (end - start) // columns
        return is_whole and sums[:_HASH] == _rest(weights, start, end)
    except (OSError, ValueError, KeyError, TypeError, struct.error):
        return False


def _words_in(weights: Path) -> tuple[int, int, int]:
    """Return where the words' vectors begin and end in a file, and how many numbers each has."""
    with weights.open("rb") as opened:
        (length,) = _LENGTH.unpack(opened.read(_LENGTH.size))
        if length > weights.stat().st_size:
            raise ValueError("no header")
        entry = json.loads(opened.read(length))[WORDS]
    first = _LENGTH.size + length
    start, end = entry["data_offsets"]
    return first + start, first + end, entry["shape"][1]


def _rest(weights: Path, start: int, end: int) -> bytes:
    digest = hashlib.sha256()
    with weights.open("rb") as opened:
        for stop in (start, weights.stat().st_size):
            while piece := opened.read(min(_BLOCK, stop - opened.tell())):
                digest.update(piece)
            opened.seek(end)
    return digest.digest()


class CheckedTable:
    """The words' vectors, each held against its checksum when it is first read."""

    def __init__(self, table: np.ndarray, weights: Path) -> None:
        self._table = table
        self._weights = weights
        self._sums = np.frombuffer(sums_file(weights).read_bytes()[_HASH:], dtype="<u4")
        self._known = np.zeros(len(table), dtype=bool)
        self.shape = table.shape

    def __getitem__(self, ids: np.ndarray) -> np.ndarray:
        """Return the vectors of these words (n, dimension).

        Raises:
            ModelError: One of them isn't what was written; the folder is written anew at the next start.
        """
        unknown = np.unique(ids[~self._known[ids]])
        for row in unknown.tolist():
            if zlib.crc32(np.ascontiguousarray(self._table[row])) != self._sums[row]:
                sums_file(self._weights).unlink(missing_ok=True)
                raise ModelError(
                    f"{self._weights} is damaged; start again: it is written anew.",
                    f"{self._weights} est abîmé ; relancez : il est réécrit.",
                )
        self._known[unknown] = True
        return self._table[ids]


def mapped(weights: Path, name: str, tensor: np.ndarray) -> np.ndarray | CheckedTable:
    """Return a tensor of a file, checked as it is read if it is the words' and their checksums are there."""
    return CheckedTable(tensor, weights) if name == WORDS and sums_file(weights).exists() else tensor
