"""A list of users or keys in the database of a shared library, in place of a file in the data folder.

Knows no user and no key: a list is text, and has of a file what whoever reads lists asks of one.
"""

from __future__ import annotations

import threading
import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rag.storage.database import Connection, Place
from rag.storage.durability import replacing
from rag.storage.errors import translate_storage_errors
from rag.storage.migrations import Step, statements
from rag.storage.opening import open_database
from rag.storage.permissions import make_folder

SCHEMA = "sourcier_access"  # in a database
STEPS: tuple[Step, ...] = (
    statements(
        "CREATE TABLE IF NOT EXISTS access_lists"
        " (name TEXT PRIMARY KEY, said TEXT NOT NULL, number INTEGER NOT NULL) STRICT"
    ),
)
# What was read holds so long: a user who is taken out is out within a second, on every machine.
_HOLDS = 0.5  # seconds


@dataclass(frozen=True, slots=True)
class ListState:
    """What a list is known by, as a file is: another number whenever it was written."""

    st_mtime_ns: int
    st_size: int
    st_ino: int = 0


class SharedList:
    """A list in a database."""

    def __init__(self, place: Place, name: str) -> None:
        self._name = name
        self._said = ""
        self._state: ListState | None = None
        self._looked_at = -_HOLDS
        self._tables = open_database(place, "", SCHEMA)
        weakref.finalize(self, self._tables.close)
        self._is_made = False
        self._lock = threading.Lock()

    def __str__(self) -> str:
        return f"PostgreSQL: {self._name}"

    def exists(self) -> bool:
        """Return whether it was ever written."""
        return self._look() is not None

    def stat(self) -> ListState:
        """Return its state.

        Raises:
            FileNotFoundError: It was never written.
        """
        if (state := self._look()) is None:
            raise FileNotFoundError(str(self))
        return state

    def read_text(self, encoding: str = "utf-8") -> str:  # noqa: ARG002 (as a file's)
        """Return what is in it.

        Raises:
            FileNotFoundError: It was never written.
        """
        self.stat()
        return self._said

    def write_text(self, said: str) -> None:
        """Write it in place of what was in it."""
        # Not `upsert`: the number goes on.
        query = (
            "INSERT INTO access_lists VALUES (?, ?, 1) ON CONFLICT (name)"
            " DO UPDATE SET said = excluded.said, number = access_lists.number + 1"
        )
        with self._connected() as db:
            db.execute(query, (self._name, said))
        self._looked_at = -_HOLDS

    def change(self, change: Callable[[str], str]) -> None:
        """Write what is made of what was in it, nothing if it was never written; nobody writes in between."""
        with self._connected(), self._tables.transaction() as db:
            row = db.execute("SELECT said FROM access_lists WHERE name = ?", (self._name,)).fetchone()
            self.write_text(change(row[0] if row else ""))

    def _look(self) -> ListState | None:
        if time.monotonic() - self._looked_at > _HOLDS:
            with self._connected() as db:
                query = "SELECT said, number FROM access_lists WHERE name = ?"
                row = db.execute(query, (self._name,)).fetchone()
            self._said, self._state = (row[0], ListState(row[1], len(row[0]))) if row else ("", None)
            self._looked_at = time.monotonic()
        return self._state

    @contextmanager
    def _connected(self) -> Iterator[Connection]:
        """Give a connection; a statement by itself is a transaction of its own."""
        with self._lock:
            if not self._is_made:
                with self._tables.transaction():
                    self._tables.migrate(STEPS)
                self._is_made = True
        with self._tables.connection() as db:
            yield db


AccessList = Path | SharedList


def access_list(place: Place, name: str) -> AccessList:
    """Return the list of this name: a file in the data folder, or where the library is shared, with it."""
    return place.folder / name if place.url is None else SharedList(place, name)


def write_list(file: AccessList, said: str) -> None:
    """Write a list at once or not at all; a file is readable by its owner alone.

    Raises:
        LibraryError: The disk is full, or can't be written to.
    """
    if isinstance(file, SharedList):
        file.write_text(said)
        return
    with translate_storage_errors(file.parent):
        make_folder(file.parent)
        with replacing(file) as new:
            new.write(said.encode())


def change_list(file: AccessList, change: Callable[[str], str]) -> None:
    """Write what `change` makes of a list, which is given nothing if the list was never written.

    In a database nobody else writes in between.

    Raises:
        LibraryError: The disk is full, or can't be written to.
    """
    if isinstance(file, SharedList):
        file.change(change)
    else:
        write_list(file, change(file.read_text("utf-8", errors="replace") if file.exists() else ""))


def copy_list(origin: Place, target: Place, name: str) -> bool:
    """Copy a list to where there is none of this name; return whether one with other words was there.

    Raises:
        LibraryError: The disk is full, or can't be written to.
    """
    here, there = access_list(origin, name), access_list(target, name)
    if not here.exists():
        return False
    if there.exists():
        return there.read_text(encoding="utf-8") != here.read_text(encoding="utf-8")
    write_list(there, here.read_text(encoding="utf-8"))
    return False
