"""The index that a library is searched with, and the change to another encoder's while it is searched.

An index is the vectors, the sketches and the encoder that made both. Another one is built beside it, by
`rebuilding`; the catalogue says which one counts. A process that has the last one open changes over at its
next question, on whichever machine. Knows folders and numbers; not what is in an index.
"""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock

from rag.engine.indexes import Indexes
from rag.index.stores import SketchStore, VectorIndex
from rag.models.embedder import Embedder
from rag.storage.durability import flush

PARTS = ("sketches", "vectors")
# In a folder that was built: the number of the index that it is a part of.
MARK = "generation"
# What tells it, while it is built, from what was begun at another time.
BEGUN = "begun"
_TRIES = 20


@dataclass(frozen=True, slots=True)
class OpenIndex:
    """One index, open; `generation` is its number. What terms and texts are found by knows no encoder."""

    generation: int
    embedder: Embedder
    indexes: Indexes

    @property
    def vectors(self) -> VectorIndex:
        """Its vectors."""
        return self.indexes.vectors

    @property
    def sketches(self) -> SketchStore:
        """Its sketches."""
        return self.indexes.sketches

    def close(self) -> None:
        """Release the files. What is asked of it later opens them again."""
        self.vectors.close()
        self.sketches.close()


class CurrentIndex:
    """The index in use. Whoever holds a `part` of it has the one in use at each moment."""

    def __init__(
        self, opened: OpenIndex, latest: Callable[[], int], reopen: Callable[[OpenIndex], OpenIndex]
    ) -> None:
        """Take an open index.

        Args:
            opened: It.
            latest: Gives the number of the index that counts.
            reopen: Opens that one, given the last.
        """
        self.opened = opened
        self._latest = latest
        self._reopen = reopen
        self._lock = threading.Lock()

    @property
    def generation(self) -> int:
        """The number of the index that is open."""
        return self.opened.generation

    def renew(self) -> bool:
        """Change over to the index that counts; return whether another one was open.

        Raises:
            ConfigError, ModelError, LibraryError: Its encoder can't be loaded, or it can't be opened.
        """
        if self._latest() == self.generation:
            return False
        with self._lock:
            if self._latest() != self.generation:
                last = self.opened
                self.opened = self._reopen(last)
                last.close()
        return True

    def part(self, name: str) -> Any:
        """Return what stands for `embedder`, `vectors` or `sketches` of the index in use."""
        return _Part(self, name)


class _Part:
    """Stands for a part of the index in use."""

    def __init__(self, index: CurrentIndex, name: str) -> None:
        self.__index = index
        self.__name = name

    def __getattr__(self, name: str) -> Any:
        return getattr(getattr(self.__index.opened, self.__name), name)


def beside(data_dir: Path, part: str) -> Path:
    """Return the folder in which a part of the next index is built."""
    return data_dir / f"{part}.next"


def settle(data_dir: Path, generation: int, parts: Sequence[str] = PARTS) -> None:
    """Put the folders of the index that counts in their places, and erase those of the last one.

    Whoever built them may have been stopped before. May be called by several processes at once. `parts` are
    those that are in folders.
    """
    if not any(_is_due(data_dir, part, generation) for part in parts):
        return
    with FileLock(data_dir / "vectors.lock", mode=0o600):
        for part in parts:
            if _is_of(beside(data_dir, part), generation):
                _exchange(data_dir, part)
            if _is_of(data_dir / part, generation):
                for last in data_dir.glob(f"{part}.last*"):
                    shutil.rmtree(last, ignore_errors=True)


def _is_due(data_dir: Path, part: str, generation: int) -> bool:
    left = any(data_dir.glob(f"{part}.last*"))
    return left or (generation > 0 and _is_of(beside(data_dir, part), generation))


def _is_of(folder: Path, generation: int) -> bool:
    with suppress(OSError, ValueError):
        return int((folder / MARK).read_text()) == generation
    return False


def _exchange(data_dir: Path, part: str) -> None:
    """Put what was built in the place of what is used. Both have names all the while: nothing is lost."""
    folder = data_dir / part
    for turn in range(_TRIES):
        if folder.exists():
            folder.rename(data_dir / f"{part}.last{turn or ''}{os.getpid()}")
        with suppress(FileExistsError, OSError):
            beside(data_dir, part).rename(folder)
            break
    (folder / BEGUN).unlink(missing_ok=True)
    flush(data_dir)
