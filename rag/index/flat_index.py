"""Vectors in rows of a file: the nearest of all passages, or of those that a filter keeps.

Knows numpy and its folder; not Chroma, whose vectors these are. A row is a vector and a record of what its
passage can be filtered by; both files are mapped into memory. A record is written after its vector and its
id, so that a crash leaves either a whole row or a free one. Few rows are read one by one; of many, codes
tell which ones to read. Whoever uses a folder must keep others out meanwhile.

Each row has a checksum of its vector, its record and its id. Those of a small index are all looked at when it
is opened, and rows that aren't what was written count as free; of a large one, those that a search gives.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from rag.index.filtering import RECORD, hashes, kept, records
from rag.index.quantization import SEGMENT, BinaryCodes
from rag.schema.article import Article
from rag.schema.hit import Scored
from rag.schema.question import Filters
from rag.storage.permissions import make_folder

_BLOCK = 1_024
# How many rows are read for the sake of exact scores: those with the best codes. At a million passages
# the ten nearest are among them nearly always (benchmarks/LOG.md).
_READ = 1_000
# So few are read without looking at their codes: a few milliseconds.
_FEW = 16_000
# Rows of an index that are looked at when it is opened: a few hundredths of a second.
_LOOKED_AT_WHOLE = 20_000
_UNKNOWN = 0  # the checksum of a row that an earlier version wrote
_NOBODY = np.zeros((), dtype=RECORD)


class DamagedRowsError(Exception):
    """What a search found isn't what was written."""


class FlatIndex:
    """The rows in `folder`, made if missing. Their vectors are as long as the first that was put in."""

    def __init__(self, folder: Path) -> None:
        make_folder(folder)
        self._folder = folder
        self._vectors_file, self._records_file, self._ids_file, self._dimension_file, self._sums_file = (
            folder / name for name in ("vectors.f32", "records", "ids", "dimension", "sums")
        )
        self._free = np.empty(0, dtype=np.int64)  # rows that were found damaged
        self._map()
        if len(self._records) <= _LOOKED_AT_WHOLE:
            self._free = self.damaged()
            self._map()

    def _map(self) -> None:
        dimension = _number(self._dimension_file)
        # `_grow` lengthens the vectors first: every record has one.
        rows = _size(self._records_file) // RECORD.itemsize
        if _size(self._vectors_file) < rows * dimension * 4 or not dimension:
            rows = 0  # damaged: none of them can be told from another
        self._records = _mapped(self._records_file, RECORD, (rows,))
        self._vectors = _mapped(self._vectors_file, np.dtype("f4"), (rows, dimension))
        self._codes = BinaryCodes(self._folder, dimension)
        # Filters read whole columns: side by side, they are read much faster than record by record.
        names = ("passage", "article", "outlet", "language", "day")
        self._columns = {name: np.array(self._records[name]) for name in names}
        for column in self._columns.values():
            column[self._free[self._free < rows]] = 0
        self._order: np.ndarray | None = None
        self.count = int(np.count_nonzero(self._columns["passage"]))

    # --- writing ---

    def put(self, ids: Sequence[str], vectors: np.ndarray, articles: Sequence[Article]) -> None:
        """Put passages in, in place of those with the same ids; no id comes twice."""
        if not len(ids):
            return
        new = records(ids, articles)
        rows = self._places(new["passage"])
        self._grow(int(rows.max()) + 1, vectors.shape[1])
        self._vectors[rows] = vectors
        self._codes.put(rows, vectors)
        new["id_start"], new["id_length"] = self._append_ids(ids)
        _flush(self._vectors)
        self._records[rows] = new
        _flush(self._records)
        self._free = np.setdiff1d(self._free, rows)
        self._write_sums(rows, ids)
        self.code()

    @property
    def lacks_codes(self) -> bool:
        """Whether rows that make whole segments have no code, as in a folder of an earlier version."""
        return len(self._records) - self._codes.count >= SEGMENT

    def code(self) -> None:
        """Code the rows that make whole segments and have no code yet."""
        while self.lacks_codes:
            first = self._codes.count
            self._codes.append(self._vectors[first : first + SEGMENT])
            self._codes = BinaryCodes(self._folder, self._vectors.shape[1])
        self._map()

    def drop(self, ids: Sequence[str]) -> None:
        """Take passages out; their vectors and codes are overwritten, their rows free for others."""
        rows = self.rows_of(ids)
        rows = rows[rows >= 0]
        self._records[rows] = _NOBODY
        self._vectors[rows] = 0
        self._codes.put(rows, self._vectors[rows])
        _flush(self._records)
        self._write_sums(rows, [""] * len(rows))
        self._map()

    # --- checksums ---

    def _write_sums(self, rows: np.ndarray, ids: Sequence[str]) -> None:
        """Write the checksums of these rows, after all that they sum."""
        if not len(rows):
            return
        _lengthen(self._sums_file, (int(rows.max()) + 1) * 4)
        sums = np.memmap(self._sums_file, dtype="<u4", mode="r+", shape=(_size(self._sums_file) // 4,))
        sums[rows] = [self._sum(row, _encoded(i)) for row, i in zip(rows.tolist(), ids, strict=True)]
        _flush(sums)

    def _sum(self, row: int, passage_id: bytes) -> int:
        summed = zlib.crc32(self._vectors[row].tobytes(), zlib.crc32(self._records[row].tobytes()))
        return zlib.crc32(passage_id, summed) or 1

    def _stored_sums(self) -> np.ndarray:
        """Return the checksum of each row; unknown where an earlier version wrote none."""
        found = np.fromfile(self._sums_file, dtype="<u4") if self._sums_file.exists() else np.empty(0, "<u4")
        sums = np.full(len(self._records), _UNKNOWN, dtype=np.uint32)
        count = min(len(found), len(sums))
        sums[:count] = found[:count]
        return sums

    def damaged(self, rows: Sequence[int] | None = None) -> np.ndarray:
        """Return those of these rows, or of all, that aren't what was written; ascending."""
        sums = self._stored_sums()
        chosen = range(len(sums)) if rows is None else rows
        known = [row for row in chosen if sums[row] != _UNKNOWN]
        encoded = zip(known, self._encoded_ids(np.array(known, dtype=np.int64)), strict=True)
        return np.array([row for row, i in encoded if self._sum(row, i) != sums[row]], dtype=np.int64)

    def used(self) -> list[int]:
        """Return the rows that are somebody's."""
        return np.flatnonzero(self._columns["passage"]).tolist()

    def put_missing_sums(self) -> None:
        """Store what the rows of an earlier version are now, for later checks."""
        rows = np.flatnonzero(self._stored_sums() == _UNKNOWN)
        self._write_sums(rows, [i.decode("utf-8", "surrogatepass") for i in self._encoded_ids(rows)])

    @property
    def lacks_sums(self) -> bool:
        """Whether rows have no checksum, as in a folder of an earlier version."""
        return _size(self._sums_file) < 4 * len(self._records)

    def _places(self, passages: np.ndarray) -> np.ndarray:
        """For each hash of an id its row, else a free one, else one past the end."""
        rows = self._find(passages)
        missing = np.flatnonzero(rows < 0)
        free = np.flatnonzero(self._columns["passage"] == 0)[: len(missing)]
        past = np.arange(len(missing) - len(free)) + len(self._records)
        rows[missing] = np.concatenate([free, past])
        return rows

    def _grow(self, rows: int, dimension: int) -> None:
        if rows > len(self._records):
            self._dimension_file.write_text(str(dimension))
            for file, size in ((self._vectors_file, 4 * dimension), (self._records_file, RECORD.itemsize)):
                _lengthen(file, rows * size)
            self._map()

    def _append_ids(self, ids: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
        encoded = [_encoded(passage_id) for passage_id in ids]
        lengths = np.fromiter(map(len, encoded), dtype=np.int64, count=len(encoded))
        with self._ids_file.open("ab") as opened:
            end = opened.tell()
            opened.write(b"".join(encoded))
        return end + np.cumsum(lengths) - lengths, lengths

    def clear(self) -> None:
        """Take every passage out."""
        self._codes.clear()
        # The checksums first: a row without one is taken as it is, one of another's sum isn't.
        files = (self._sums_file, self._records_file, self._vectors_file, self._ids_file)
        for file in (*files, self._dimension_file):
            file.unlink(missing_ok=True)
        self._free = self._free[:0]
        self._map()

    # --- reading ---

    def rows_of(self, ids: Sequence[str]) -> np.ndarray:
        """Return the row of each passage, -1 for those that have none: (n,) int64."""
        return self._find(hashes(ids))

    def _find(self, passages: np.ndarray) -> np.ndarray:
        column = self._columns["passage"]
        if not len(column):
            return np.full(len(passages), -1)
        if self._order is None:
            self._order = np.argsort(column)
        places = np.searchsorted(column, passages, sorter=self._order).clip(max=len(column) - 1)
        rows = self._order[places]
        return np.where(column[rows] == passages, rows, -1)

    def kept(self, filters: Filters) -> np.ndarray:
        """Rows of the passages that filters keep, ascending."""
        return kept(self._columns, filters)

    def means(self, articles: Sequence[str]) -> np.ndarray:
        """Return the unit mean of each article's vectors.

        (n, dimension) float32; zeros for one that has none.
        """
        column = self._columns["article"]
        order = np.argsort(column, kind="stable")
        wanted = hashes(articles)
        first, last = (np.searchsorted(column, wanted, side, sorter=order) for side in ("left", "right"))
        found = np.zeros((len(articles), self._vectors.shape[1]), dtype=np.float32)
        for place in np.flatnonzero(last > first):
            found[place] = self._vectors[order[first[place] : last[place]]].mean(axis=0)
        lengths = np.linalg.norm(found, axis=1, keepdims=True)
        return np.divide(found, lengths, out=np.zeros_like(found), where=lengths > 0)

    def nearest(self, vector: np.ndarray, rows: np.ndarray, limit: int) -> list[Scored]:
        """Return the `limit` of these rows nearest to `vector`, best first, with cosine.

        Rows ascend; `vector` has unit length. The cosines are exact; so is the choice among few rows, and
        nearly so among many.
        """
        if not len(rows):
            return []
        if len(rows) > _FEW:
            rows = self._promising(vector, rows, max(_READ, limit))
        scores = np.empty(len(rows), dtype=np.float32)
        for start in range(0, len(rows), _BLOCK):
            block = slice(start, start + _BLOCK)
            # Not `@`: for so little work its threads only wait for each other on a busy machine.
            np.einsum("ij,j->i", self._vectors[rows[block]], vector, out=scores[block])
        best = np.argpartition(-scores, limit)[:limit] if limit < len(rows) else np.arange(len(rows))
        order = best[np.argsort(-scores[best], kind="stable")]
        if len(self._records) > _LOOKED_AT_WHOLE and len(self.damaged(rows[order].tolist())):
            raise DamagedRowsError
        ids = self._ids(rows[order])
        return [Scored(i, score) for i, score in zip(ids, scores[order].tolist(), strict=True)]

    def _promising(self, vector: np.ndarray, rows: np.ndarray, count: int) -> np.ndarray:
        """Return the `count` of these rows with the best codes, and those without a code; ascending."""
        coded = int(np.searchsorted(rows, self._codes.count))
        return np.concatenate([self._codes.nearest(vector, rows[:coded], count), rows[coded:]])

    def _ids(self, rows: np.ndarray) -> list[str]:
        return [encoded.decode("utf-8", "surrogatepass") for encoded in self._encoded_ids(rows)]

    def _encoded_ids(self, rows: np.ndarray) -> list[bytes]:
        """Return the ids of these rows; nothing for one that is nobody's."""
        if not len(rows):
            return []
        end, found = _size(self._ids_file), []
        with self._ids_file.open("rb") as opened:
            for record in self._records[rows]:
                start, length = int(record["id_start"]), int(record["id_length"])
                if start + length > end:  # damaged: as long as a length may be, so long it would be read
                    found.append(b"")
                    continue
                opened.seek(start)
                found.append(opened.read(length))
        return found


def _encoded(passage_id: str) -> bytes:
    return passage_id.encode("utf-8", "surrogatepass")


def _number(file: Path) -> int:
    """Return the number in a file; 0 if there is none."""
    said = file.read_bytes() if file.exists() else b""
    return int(said) if said.isdigit() and len(said) < 10 else 0


def _size(file: Path) -> int:
    return file.stat().st_size if file.exists() else 0


def _lengthen(file: Path, size: int) -> None:
    """Zeros at the end of a file, until it has `size` bytes.

    They are written: writing into the mapping of a hole ends the process when the disk is full.
    """
    with file.open("ab") as opened:
        while (missing := size - opened.tell()) > 0:
            opened.write(bytes(min(missing, 1 << 20)))


def _mapped(file: Path, dtype: np.dtype, shape: tuple[int, ...]) -> np.ndarray:
    """Return a file as an array; an empty one can't be mapped."""
    return np.memmap(file, dtype=dtype, mode="r+", shape=shape) if shape[0] else np.empty(shape, dtype)


def _flush(array: np.ndarray) -> None:
    if isinstance(array, np.memmap):
        array.flush()
