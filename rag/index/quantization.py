"""Vectors as short codes, from which inner products with a question are estimated: which rows to read.

After RaBitQ (Gao and Long, 2024): what is left of a vector once the mean of its segment is taken away is
turned at random and kept as signs, two for each dimension. The share of signs that differ from the
question's estimates the angle; lengths are kept as they are. Knows numpy and its two files, no passages.
Whoever uses them must keep others out meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

# Rows that share a mean and are coded together, once there are so many: until then they are read exactly.
SEGMENT = 8_192
_SIGNS_PER_DIMENSION = 2
_LEAST_SIGNS = 512
_SEED = 384


class Codes:
    """The codes of the rows `[0, count)`, in `folder`: whole segments only."""

    def __init__(self, folder: Path, dimension: int) -> None:
        self._file, self._turns_file = folder / "codes", folder / "turns.npy"
        self._words = -(-max(_SIGNS_PER_DIMENSION * dimension, _LEAST_SIGNS) // 64)
        self._layout = np.dtype(
            [
                ("centre", "f4", dimension),
                ("lengths", "f4", SEGMENT),
                ("along", "f4", SEGMENT),
                ("signs", "u8", (self._words, SEGMENT)),
            ]
        )
        self._dimension = dimension
        # A segment is appended whole; what a stop has left of one is cut off by the next.
        count = self._file.stat().st_size // self._layout.itemsize if self._file.exists() else 0
        # Before the first segment is whole, a stop may have left half of this file.
        self._turns = np.load(self._turns_file) if count else None
        self._segments = np.empty(0, self._layout)
        if count:
            self._segments = np.memmap(self._file, self._layout, mode="r+", shape=(count,))
        # The cosine of the angle at which so many signs differ.
        self._cosines = np.cos(np.pi * np.linspace(0, 1, 64 * self._words + 1)).astype(np.float32)

    @property
    def count(self) -> int:
        """How many rows have a code."""
        return len(self._segments) * SEGMENT

    def clear(self) -> None:
        """Take every code out."""
        self._segments = np.empty(0, self._layout)
        for file in (self._file, self._turns_file):
            file.unlink(missing_ok=True)

    def append(self, vectors: np.ndarray) -> None:
        """Code the next segment's rows (SEGMENT, dimension); it is there once the files are opened again."""
        if self._turns is None:
            self._turns = _random_turns(64 * self._words, self._dimension)
            # Kept: another machine's arithmetic would turn otherwise.
            np.save(self._turns_file, self._turns)
        made = np.zeros(1, self._layout)
        made[0]["centre"] = vectors.mean(axis=0)
        self._write(made[0], np.arange(SEGMENT), vectors)
        with self._file.open("ab") as opened:
            opened.truncate(len(self._segments) * self._layout.itemsize)
            opened.write(made.tobytes())

    def put(self, rows: np.ndarray, vectors: np.ndarray) -> None:
        """Code these rows anew, those that have a code; `vectors[i]` is now that of `rows[i]`."""
        for segment in np.unique(rows[rows < self.count] // SEGMENT):
            own = rows // SEGMENT == segment
            self._write(self._segments[segment], rows[own] % SEGMENT, vectors[own])
        if self.count:
            self._segments.flush()

    def _write(self, segment: np.void, places: np.ndarray, vectors: np.ndarray) -> None:
        rest = vectors - segment["centre"]
        segment["lengths"][places] = np.linalg.norm(rest, axis=1)
        segment["along"][places] = vectors @ segment["centre"]
        segment["signs"][:, places] = self._signs(rest).T

    def _signs(self, rest: np.ndarray) -> np.ndarray:
        return np.packbits(rest @ self._turns.T > 0, axis=-1).view(np.uint64)

    def estimates(self, vector: np.ndarray, rows: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Parts of `rows` (ascending, all coded) with the estimated inner products with `vector`."""
        edges = np.searchsorted(rows, np.arange(len(self._segments) + 1) * SEGMENT)
        for number, segment in enumerate(self._segments):
            own = rows[edges[number] : edges[number + 1]]
            if len(own):
                yield own, self._estimate(vector, segment, own - number * SEGMENT)

    def _estimate(self, vector: np.ndarray, segment: np.void, places: np.ndarray) -> np.ndarray:
        part = slice(None) if len(places) == SEGMENT else places
        centre = segment["centre"]
        rest = vector - centre
        differing = np.zeros(len(places), dtype=np.uint16)
        for signs, asked in zip(segment["signs"], self._signs(rest), strict=True):
            differing += np.bitwise_count(signs[part] ^ asked)
        cosines = self._cosines[differing]
        # q·v = (q - c)·(v - c) + c·v + c·(q - c)
        return (
            np.linalg.norm(rest) * cosines * segment["lengths"][part] + segment["along"][part] + centre @ rest
        )


def _random_turns(count: int, dimension: int) -> np.ndarray:
    """`count` directions (count, dimension), at right angles to each other as far as there is room."""
    rng = np.random.default_rng(_SEED)
    squares = -(-count // dimension)
    turns = [np.linalg.qr(rng.standard_normal((dimension, dimension)))[0] for _ in range(squares)]
    return np.concatenate(turns)[:count].astype(np.float32)
