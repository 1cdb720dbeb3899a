"""Where another index is built beside the one in use: in folders of this machine, or on servers.

A part in a folder takes the other's place there; one on a server has a name by its number, and stays where it
is. Knows how parts are begun, completed and discarded; not what is put there.
"""

from __future__ import annotations

import shutil
from contextlib import suppress
from pathlib import Path

from rag.config import Settings
from rag.engine.current import BEGUN, MARK, beside
from rag.engine.indexes import Which, parts_in_folders, sketches_on_server, vectors_on_server
from rag.index.multivector_store import MultivectorStore
from rag.index.stores import SketchStore, VectorIndex
from rag.index.vector_store import VectorStore
from rag.storage.durability import flush_all
from rag.storage.permissions import make_folder


class Site:
    """The place of an index that isn't in use yet."""

    def __init__(self, settings: Settings, which: Which) -> None:
        """Take the settings, and which index it is.

        Raises:
            LibraryError: A server can't be reached.
        """
        self._which = which
        self._data_dir = settings.data_dir
        self._folders = [beside(settings.data_dir, part) for part in parts_in_folders(settings)]
        self._vectors = vectors_on_server(settings, which)
        self._sketches = sketches_on_server(settings, which)
        self._on_servers = [store for store in (self._vectors, self._sketches) if store is not None]

    def is_begun(self, mark: str) -> bool:
        """Return whether every part was begun with this mark."""
        marks = [*map(_mark_of, self._folders), *(store.begun() for store in self._on_servers)]
        return set(marks) == {mark}

    def begin(self, mark: str) -> None:
        """Begin with nothing in any part, and a mark (letters and digits)."""
        for folder in self._folders:
            shutil.rmtree(folder, ignore_errors=True)
            make_folder(folder)
            (folder / BEGUN).write_text(mark)
        for store in self._on_servers:
            store.begin(mark)

    def open(self) -> tuple[VectorIndex, SketchStore]:
        """Open the parts; what was said of a folder that is whole holds no more."""
        for folder in self._folders:
            (folder / MARK).unlink(missing_ok=True)
        vectors = self._vectors or VectorStore(beside(self._data_dir, "vectors"), self._which.embedding)
        return vectors, self._sketches or MultivectorStore(beside(self._data_dir, "sketches"))

    def complete(self) -> None:
        """Note of what is in folders that it is whole, and have all of it on the disk."""
        for folder in self._folders:
            (folder / MARK).write_text(str(self._which.generation))
            flush_all(folder)

    def discard_but(self, *generations: int) -> None:
        """Discard what servers have of other indexes than these."""
        for store in self._on_servers:
            store.discard_but(generations)

    def discard_folders(self) -> None:
        """Erase the folders."""
        for folder in self._folders:
            shutil.rmtree(folder, ignore_errors=True)

    def close(self) -> None:
        """Let go of the servers."""
        for store in self._on_servers:
            store.close()


def _mark_of(folder: Path) -> str:
    with suppress(OSError, ValueError):
        return (folder / BEGUN).read_text()
    return ""
