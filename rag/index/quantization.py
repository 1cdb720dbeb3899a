"""Vectors as short codes, from which inner products with a question are estimated: which rows to read.

The codes are those of faiss's RaBitQ (Gao and Long, 2024): what is left of a vector once the mean is taken
away is turned at random and kept as one bit for each dimension, with two numbers that mend the estimate.
Knows faiss, numpy and its two files, no passages. Whoever uses them must keep others out meanwhile.
"""

from __future__ import annotations

import json
import logging
import zlib
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from rag.storage.durability import flush

if TYPE_CHECKING:
    import faiss

logger = logging.getLogger(__name__)

# Rows that are coded together, once there are so many: until then they are read exactly.
SEGMENT = 8_192
_SEED = 384
# Bits of a question's own dimensions: 8 find as much as whole numbers do (benchmarks/LOG.md).
_QUESTION_BITS = 8
# Short vectors have few dimensions to tell them apart by: their codes have more bits for each.
_LEAST_BITS = 256
_MOST_BITS = 9  # of each dimension: faiss has no more
# What a library made before faiss has in their place.
_FORMER = ("codes", "turns.npy")


class BinaryCodes:
    """The codes of the rows `[0, count)`, in `folder`: whole segments only."""

    def __init__(self, folder: Path, dimension: int) -> None:
        self._folder, self._dimension = folder, dimension
        self._file, self._quantizer_file = folder / "codes.rabitq", folder / "quantizer.faiss"
        self._sums_file = folder / "codes.sums"
        files_exist = self._file.exists() and self._quantizer_file.exists()
        # Where an earlier version has made its own beside them, it has written rows without coding them here.
        is_outdated = any((folder / name).exists() for name in _FORMER)
        # A segment is appended whole; what a stop has left of one is cut off by the next.
        size = self._file.stat().st_size if files_exist and not is_outdated else 0
        self.count = size // (SEGMENT * self._width) * SEGMENT if size and self._is_sound() else 0
        if self.count and not self._are_sound():
            self.count = 0

    def _is_sound(self) -> bool:
        """Return whether the quantizer can be read; where it can't, rows are read exactly and coded anew."""
        stored = self._stored_sums()
        try:
            if stored and stored[0] != zlib.crc32(self._quantizer_file.read_bytes()):
                raise RuntimeError("another checksum")
            return self._trained.sa_code_size() > 0
        except (RuntimeError, MemoryError) as error:
            logger.warning("%s is damaged, its codes are made anew: %s", self._quantizer_file, error)
            return False

    # --- checksums: of the quantizer, then of each segment's codes ---

    def _are_sound(self) -> bool:
        """Return whether the codes are what was written; an earlier version's have no checksums."""
        stored = self._stored_sums()
        if not stored or stored[1 : 1 + self.count // SEGMENT] == self._sums():
            return True
        logger.warning("%s is damaged, its codes are made anew", self._file)
        return False

    def _sums(self) -> list[int]:
        return [zlib.crc32(self._codes[first : first + SEGMENT]) for first in range(0, self.count, SEGMENT)]

    def _stored_sums(self) -> list[int]:
        """Return what is written down: empty where nothing is, and no checksums where that is damaged."""
        try:
            stored = json.loads(self._sums_file.read_bytes())
        except FileNotFoundError:
            return []
        except ValueError:
            return [-1]
        return stored if isinstance(stored, list) else [-1]

    def _write_sums(self, segments: Sequence[int]) -> None:
        stored = [zlib.crc32(self._quantizer_file.read_bytes()), *segments]
        partial = self._sums_file.with_suffix(".partial")
        partial.write_text(json.dumps(stored), encoding="utf-8")
        partial.replace(self._sums_file)

    @cached_property
    def _trained(self) -> faiss.IndexPreTransform:
        """The turning and the mean, with no codes."""
        import faiss  # takes a tenth of a second, and few libraries are large enough for codes

        return faiss.read_index(str(self._quantizer_file))

    @property
    def _width(self) -> int:
        """Bytes of a code."""
        return self._trained.sa_code_size()

    @cached_property
    def _codes(self) -> np.ndarray:
        return np.memmap(self._file, np.uint8, mode="r+", shape=(self.count, self._width))

    @cached_property
    def _index(self) -> faiss.IndexRaBitQ:
        """The codes of all rows, of vectors that have been turned."""
        import faiss

        index = faiss.clone_index(faiss.downcast_index(self._trained.index))
        index.add_sa_codes(self._codes)
        return index

    def clear(self) -> None:
        """Take every code out."""
        self.count = 0
        for name in (self._sums_file.name, self._file.name, self._quantizer_file.name, *_FORMER):
            (self._folder / name).unlink(missing_ok=True)

    def append(self, vectors: np.ndarray) -> None:
        """Code the next segment's rows (SEGMENT, dimension); it is there once the files are opened again."""
        # Without checksums meanwhile: what a stop leaves is taken as it is, and not for damaged.
        known = self._sums() if self.count else []
        self._sums_file.unlink(missing_ok=True)
        if not self.count:
            self._train(vectors)
        codes = self._trained.sa_encode(vectors).tobytes()
        with self._file.open("ab") as opened:
            opened.truncate(self.count * self._width)
            opened.write(codes)
        self._write_sums([*known, zlib.crc32(codes)])
        for name in _FORMER:
            (self._folder / name).unlink(missing_ok=True)

    def _train(self, vectors: np.ndarray) -> None:
        import faiss

        bits = min(-(-_LEAST_BITS // self._dimension), _MOST_BITS)
        turning = faiss.RandomRotationMatrix(self._dimension, self._dimension)
        turning.init(_SEED)
        codes = faiss.IndexRaBitQ(self._dimension, faiss.METRIC_INNER_PRODUCT, bits)
        trained = faiss.IndexPreTransform(turning, codes)
        trained.train(vectors)
        # Renamed into place: no codes are read by half of it.
        faiss.write_index(trained, str(partial := self._quantizer_file.with_suffix(".partial")))
        flush(partial)
        partial.replace(self._quantizer_file)
        self.__dict__.pop("_trained", None)

    def put(self, rows: np.ndarray, vectors: np.ndarray) -> None:
        """Code these rows anew, those that have a code; `vectors[i]` is now that of `rows[i]`."""
        coded = rows < self.count
        if coded.any():
            stored = self._stored_sums()
            self._sums_file.unlink(missing_ok=True)
            self._codes[rows[coded]] = self._trained.sa_encode(np.ascontiguousarray(vectors[coded]))
            self._codes.flush()
            self._write_sums(self._sums_after(stored, np.unique(rows[coded] // SEGMENT).tolist()))
            self.__dict__.pop("_index", None)

    def _sums_after(self, stored: Sequence[int], changed: Sequence[int]) -> list[int]:
        """Return the segments' checksums, once these have changed."""
        sums = list(stored[1:])
        if len(sums) != self.count // SEGMENT:
            return self._sums()
        for segment in changed:
            sums[segment] = zlib.crc32(self._codes[segment * SEGMENT : (segment + 1) * SEGMENT])
        return sums

    def nearest(self, vector: np.ndarray, rows: np.ndarray, limit: int) -> np.ndarray:
        """Return the `limit` of `rows` (ascending, all coded) with the best estimates, in ascending order."""
        import faiss

        if len(rows) <= limit:
            return rows
        chosen = faiss.RaBitQSearchParameters()
        chosen.qb = _QUESTION_BITS
        if len(rows) < self.count:
            marks = np.zeros(self.count, dtype=bool)
            marks[rows] = True
            bitmap = np.packbits(marks, bitorder="little")
            chosen.sel = faiss.IDSelectorBitmap(bitmap)
        turned = faiss.downcast_VectorTransform(self._trained.chain.at(0)).apply(vector[None])
        _, found = self._index.search(turned, limit, params=chosen)
        return np.sort(found[0])
