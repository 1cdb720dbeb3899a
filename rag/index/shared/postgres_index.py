"""An index in PostgreSQL: opened, counted, written to, made anew, each in one transaction.

Derived from the library at any time. Knows documents by their ids, and not what they are made of.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Generic, TypeVar

from rag.index.shared.tables import STEPS
from rag.storage.postgres import PostgresConnection, PostgresDatabase

_Item = TypeVar("_Item")


@dataclass(frozen=True, slots=True)
class Kind:
    """What an index is: its table, the column of its documents' ids, and the row of `totals` about them.

    So many documents are written `at_once`. `returned` are the columns that tell of a document that goes, and
    `beside` the tables that are emptied with this one.
    """

    table: str
    id_column: str
    total: str
    at_once: int
    returned: str = "length"
    beside: tuple[str, ...] = ()


class PostgresIndex(ABC, Generic[_Item]):
    """An index of one kind in a database. Threads, processes and machines share it."""

    _kind: Kind

    def __init__(self, database: PostgresDatabase) -> None:
        """Make the tables where they are missing.

        Raises:
            LibraryError: The database can't be reached or used.
        """
        self._db = database
        database.migrate(STEPS)

    @property
    def is_damaged(self) -> bool:
        """Return False: the server looks after its files."""
        return False

    def check(self) -> None:
        """Do nothing: the server looks after its files."""

    def count(self) -> int:
        """Count the documents."""
        with self._db.connection() as db:
            return db.raw.execute(f"SELECT count(*) FROM {self._kind.table}").fetchone()[0]

    def present(self, ids: Sequence[str]) -> set[str]:
        """Return those of these documents that are in."""
        column = self._kind.id_column
        query = f"SELECT {column} FROM {self._kind.table} WHERE {column} = ANY(%s::text[])"
        with self._db.connection() as db:
            return {row[0] for row in db.raw.execute(query, [list(ids)])}

    def update(self, items: Iterable[_Item], delete: Iterable[str] = ()) -> None:
        """Put documents in, replacing those with the same id, and take others out: all of it or nothing."""
        by_id = {self._id_of(item): item for item in items}
        with self._db.transaction() as db:
            self._replace(db, by_id.values(), [*delete, *by_id])

    def rebuild(self, items: Iterable[_Item]) -> None:
        """Hold these documents and no others; whoever searches meanwhile has the old ones."""
        items = iter(items)
        with self._db.transaction() as db:
            for table in (self._kind.table, *self._kind.beside):
                db.raw.execute(f"DELETE FROM {table}")
            cleared = "UPDATE totals SET documents = 0, length = 0 WHERE kind = %s"
            db.raw.execute(cleared, [self._kind.total])
            while batch := {self._id_of(item): item for item in islice(items, self._kind.at_once)}:
                self._replace(db, batch.values(), list(batch))

    def _replace(self, db: PostgresConnection, items: Collection[_Item], ids: Sequence[str]) -> None:
        """Take the documents with these ids out, and put these in."""
        if ids:
            db.raw.execute(self._taking_out(), [list(ids), self._kind.total])
        if items:
            counted = "UPDATE totals SET documents = documents + %s, length = length + %s WHERE kind = %s"
            db.raw.execute(counted, [*self._put_in(db, items), self._kind.total])

    def _taking_out(self) -> str:
        """Return the statement that takes documents out, also of the totals. Values: their ids, the total."""
        follows = "".join(f", {one}" for one in self._also_taken_out())
        return (
            f"WITH gone AS (DELETE FROM {self._kind.table} WHERE {self._kind.id_column} = ANY(%s::text[])"
            f" RETURNING {self._kind.returned}){follows}"
            " UPDATE totals SET documents = documents - (SELECT count(*) FROM gone),"
            " length = length - (SELECT coalesce(sum(gone.length), 0) FROM gone) WHERE kind = %s"
        )

    def _also_taken_out(self) -> Sequence[str]:
        """Return the parts of the same statement that take out what was derived of the rows `gone`."""
        return ()

    @abstractmethod
    def _id_of(self, item: _Item) -> str:
        """Return the id of the document that is made of an item."""

    @abstractmethod
    def _put_in(self, db: PostgresConnection, items: Iterable[_Item]) -> tuple[int, int]:
        """Put in documents that aren't in; return how many there are, and how many words in all of them."""
