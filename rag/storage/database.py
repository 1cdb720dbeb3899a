"""What the tables of a library are kept in: one small interface over SQLite and PostgreSQL.

Statements are written once, in the SQL that both understand, with `?` and `?1` for values. A list of values
is one value: the JSON that `json_each(?)` reads, which both have. The order of rows is said, that of NULL
too; a column of 0 and 1 is compared with them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from rag.errors import LibraryError
from rag.storage.leases import Leases
from rag.storage.migrations import Step

Values = Sequence[Any]


class Cursor(Protocol):
    """The rows that a statement gave, and how many it concerned."""

    @property
    def rowcount(self) -> int:
        """How many rows were written."""

    def fetchone(self) -> Any:
        """Return the next row; None after the last."""

    def fetchall(self) -> list[Any]:
        """Return all rows."""

    def __iter__(self) -> Iterator[Any]: ...


class Connection(Protocol):
    """A connection that one thread has for itself."""

    def execute(self, sql: str, values: Values = ()) -> Cursor:
        """Run a statement."""

    def executemany(self, sql: str, rows: Iterable[Values]) -> Cursor:
        """Run a statement for each of these rows of values."""


class Database(Protocol):
    """Tables that threads and processes share."""

    # Whatever the engine raises that isn't a sentence for the user.
    Error: type[Exception]
    leases: Leases

    @property
    def name(self) -> str:
        """What messages call it."""

    @property
    def folder(self) -> Path:
        """The data folder of this machine."""

    def has_table(self, name: str) -> bool:
        """Return whether there is such a table; nothing is made to know it."""

    def migrate(self, steps: Sequence[Step]) -> None:
        """Bring the tables to the present format, made if missing, in the caller's transaction.

        Raises:
            LibraryError: They are of a later format than the last step's.
        """

    def connection(self) -> AbstractContextManager[Connection]:
        """Return a connection that no other thread uses meanwhile: inside another `connection`, the same."""

    def transaction(self) -> AbstractContextManager[Connection]:
        """Commit what is done inside; after an error nothing of it stays. Inside another, part of that.

        One transaction at a time writes.
        """

    def each(self, sql: str, rows: Iterable[Values]) -> list[list[Any]]:
        """Return what a statement finds for each of these rows of values, without waiting between them."""

    def snapshot(self) -> AbstractContextManager[Connection]:
        """Return a connection that sees what was there when it began, whoever writes meanwhile."""

    def without_triggers(self) -> AbstractContextManager[Connection]:
        """Open a transaction in which no trigger does anything: for rows that are copied as they are."""

    def settle_numbers(self) -> None:
        """Have rows that come get numbers behind those that were written with their own."""

    def size(self) -> int:
        """Return how many bytes it takes on disk."""

    def damage(self, found: str) -> LibraryError:
        """Return the sentence that says that the tables are damaged, and what to do."""

    def damages(self) -> list[str]:
        """Return what is found damaged."""

    def problems(self) -> list[str]:
        """Return what is found wrong: damage, and rows that refer to nothing."""

    def rebuild_indexes(self) -> None:
        """Make every index anew from its table."""

    def compact(self) -> None:
        """Leave nothing of what was taken out in free pages."""

    def close(self) -> None:
        """Close all connections. A later call opens them again."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a library is: in a folder of this machine, or with `url` in PostgreSQL, beside such a folder.

    `url` has a password in it: no message tells it. `has_own_indexes`: whether indexes are files in the
    folder, to which one process writes at a time.
    """

    folder: Path
    url: str | None = field(default=None, repr=False)
    has_own_indexes: bool = True


def is_there(place: Place, file: str) -> bool:
    """Return whether there is something to open at a place: in a database, whatever it holds."""
    return place.url is not None or (place.folder / file).is_file()


def upsert(table: str, columns: str, key: str) -> str:
    """Return the statement that puts a row in place of the one with its key.

    Args:
        table: The table.
        columns: All columns that are written, with commas between them.
        key: Those of the primary key.
    """
    names = [name.strip() for name in columns.split(",")]
    keys = {name.strip() for name in key.split(",")}
    changes = ", ".join(f"{name} = excluded.{name}" for name in names if name not in keys)
    marks = ", ".join("?" * len(names))
    return f"INSERT INTO {table} ({columns}) VALUES ({marks}) ON CONFLICT ({key}) DO UPDATE SET {changes}"


def place_of(place: Path | Place) -> Place:
    """Return a place; a folder is one with everything in it."""
    return place if isinstance(place, Place) else Place(place)
