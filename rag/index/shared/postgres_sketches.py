"""Sketches of passages in PostgreSQL: the counterpart of `rag.index.multivector_store`, for many machines."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from rag.index.multivector import PassageVectors, pack, unpack
from rag.index.shared.tables import SKETCHES, STEPS
from rag.storage.postgres import PostgresDatabase


class PostgresSketches:
    """The sketches in a database. Threads, processes and machines share it."""

    def __init__(self, database: PostgresDatabase) -> None:
        """Make the tables where they are missing.

        Raises:
            LibraryError: The database can't be reached or used.
        """
        self._db = database
        database.migrate(STEPS)

    def close(self) -> None:
        """Close the connections. A later call opens them again."""
        self._db.close()

    def put(self, ids: Sequence[str], sketches: Sequence[PassageVectors]) -> None:
        """Keep these, in place of those with the same ids."""
        rows = [(i, pack(sketch)) for i, sketch in zip(ids, sketches, strict=True)]
        statement = (
            f"INSERT INTO {SKETCHES} VALUES (%s, %b)"
            " ON CONFLICT (passage_id) DO UPDATE SET sketch = EXCLUDED.sketch"
        )
        with self._db.transaction() as db:
            db.raw.cursor().executemany(statement, rows)

    def delete(self, ids: Sequence[str]) -> None:
        """Take these out; ids that aren't in are ignored."""
        with self._db.transaction() as db:
            db.raw.execute(f"DELETE FROM {SKETCHES} WHERE passage_id = ANY(%s::text[])", [list(ids)])

    def clear(self) -> None:
        """Take all out."""
        with self._db.transaction() as db:
            db.raw.execute(f"DELETE FROM {SKETCHES}")

    def get(self, ids: Sequence[str]) -> dict[str, PassageVectors]:
        """Passage id → sketch; those that aren't in are left out, and damaged ones."""
        wanted = list(dict.fromkeys(ids))
        query = (
            "SELECT wanted.place, sketch FROM unnest(%s::text[]) WITH ORDINALITY AS wanted (id, place)"
            f" JOIN {SKETCHES} ON passage_id = wanted.id"
        )
        found = {}
        with self._db.connection() as db:
            for place, packed in db.raw.execute(query, [wanted], binary=True):
                with suppress(ValueError):
                    found[wanted[place - 1]] = unpack(packed)
        return found

    def present(self, ids: Sequence[str]) -> set[str]:
        """Return those of these passages that have a sketch, damaged or not."""
        query = f"SELECT passage_id FROM {SKETCHES} WHERE passage_id = ANY(%s::text[])"
        with self._db.connection() as db:
            return {row[0] for row in db.raw.execute(query, [list(ids)])}

    def ids(self) -> list[str]:
        """Return every passage that has a sketch."""
        with self._db.connection() as db:
            return [row[0] for row in db.raw.execute(f"SELECT passage_id FROM {SKETCHES}")]

    def count(self) -> int:
        """Count the passages that have a sketch."""
        with self._db.connection() as db:
            return db.raw.execute(f"SELECT count(*) FROM {SKETCHES}").fetchone()[0]

    def problems(self) -> list[str]:
        """Return nothing: the server looks after its files."""
        return []

    def start_anew(self) -> None:
        """Put an empty store in place of one that is damaged."""
        self.clear()

    def compact(self) -> None:
        """Write all derived tables anew: what was taken out is in no free page of theirs any more."""
        self._db.compact()
