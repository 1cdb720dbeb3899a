"""Sketches of passages in PostgreSQL: the counterpart of `rag.index.multivector_store`, for many machines."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from contextlib import suppress

from rag.index.multivector import PassageVectors, pack, unpack
from rag.index.shared.tables import SKETCHES, STEPS
from rag.storage.postgres import PostgresDatabase

_OF_AN_INDEX = re.compile(rf"{SKETCHES}_of_\d+")


class PostgresSketches:
    """The sketches in a database. Threads, processes and machines share it."""

    def __init__(self, database: PostgresDatabase, generation: int = 0) -> None:
        """Make the tables where they are missing; each index has one of its own, by its number.

        Raises:
            LibraryError: The database can't be reached or used.
        """
        self._db = database
        self._table = _table_of(generation)
        database.migrate(STEPS)
        if not database.has_table(self._table):
            self._make()

    def of(self, generation: int) -> PostgresSketches:
        """Return the sketches of another index, over the same connections."""
        return PostgresSketches(self._db, generation)

    def close(self) -> None:
        """Close the connections. A later call opens them again."""
        self._db.close()

    def put(self, ids: Sequence[str], sketches: Sequence[PassageVectors]) -> None:
        """Keep these, in place of those with the same ids."""
        rows = [(i, pack(sketch)) for i, sketch in zip(ids, sketches, strict=True)]
        statement = (
            f"INSERT INTO {self._table} VALUES (%s, %b)"
            " ON CONFLICT (passage_id) DO UPDATE SET sketch = EXCLUDED.sketch"
        )
        with self._db.transaction() as db:
            db.raw.cursor().executemany(statement, rows)

    def delete(self, ids: Sequence[str]) -> None:
        """Take these out; ids that aren't in are ignored."""
        with self._db.transaction() as db:
            db.raw.execute(f"DELETE FROM {self._table} WHERE passage_id = ANY(%s::text[])", [list(ids)])

    def clear(self) -> None:
        """Take all out."""
        with self._db.transaction() as db:
            db.raw.execute(f"DELETE FROM {self._table}")

    def get(self, ids: Sequence[str]) -> dict[str, PassageVectors]:
        """Passage id → sketch; those that aren't in are left out, and damaged ones."""
        wanted = list(dict.fromkeys(ids))
        query = (
            "SELECT wanted.place, sketch FROM unnest(%s::text[]) WITH ORDINALITY AS wanted (id, place)"
            f" JOIN {self._table} ON passage_id = wanted.id"
        )
        found = {}
        with self._db.connection() as db:
            for place, packed in db.raw.execute(query, [wanted], binary=True):
                with suppress(ValueError):
                    found[wanted[place - 1]] = unpack(packed)
        return found

    def present(self, ids: Sequence[str]) -> set[str]:
        """Return those of these passages that have a sketch, damaged or not."""
        query = f"SELECT passage_id FROM {self._table} WHERE passage_id = ANY(%s::text[])"
        with self._db.connection() as db:
            return {row[0] for row in db.raw.execute(query, [list(ids)])}

    def ids(self) -> list[str]:
        """Return every passage that has a sketch."""
        with self._db.connection() as db:
            return [row[0] for row in db.raw.execute(f"SELECT passage_id FROM {self._table}")]

    def count(self) -> int:
        """Count the passages that have a sketch."""
        with self._db.connection() as db:
            return db.raw.execute(f"SELECT count(*) FROM {self._table}").fetchone()[0]

    def problems(self) -> list[str]:
        """Return nothing: the server looks after its files."""
        return []

    def start_anew(self) -> None:
        """Put an empty store in place of one that is damaged."""
        self.clear()

    def compact(self) -> None:
        """Write all derived tables anew: what was taken out is in no free page of theirs any more."""
        self._db.compact()

    # --- other indexes beside ---

    def _make(self) -> None:
        with self._db.transaction() as db:
            db.run(f"CREATE TABLE IF NOT EXISTS {self._table} (LIKE {SKETCHES} INCLUDING ALL)")

    def begun(self) -> str:
        """Return the mark with which this table was begun; nothing if it wasn't."""
        with self._db.connection() as db:
            query = "SELECT obj_description(to_regclass(%s), 'pg_class')"
            return db.raw.execute(query, [self._table]).fetchone()[0] or ""

    def begin(self, mark: str) -> None:
        """Begin an empty table in place of what is there, with a mark (letters and digits)."""
        with self._db.transaction() as db:
            db.run(f"DROP TABLE IF EXISTS {self._table}")
            self._make()
            db.run(f"COMMENT ON TABLE {self._table} IS '{mark}'")

    def discard_but(self, generations: Iterable[int]) -> None:
        """Drop the sketches of all indexes but these."""
        kept = set(map(_table_of, generations))
        with self._db.transaction() as db:
            query = "SELECT tablename FROM pg_tables WHERE schemaname = %s ORDER BY tablename"
            names = [name for (name,) in db.raw.execute(query, [self._db.schema])]
            for name in names:
                if _OF_AN_INDEX.fullmatch(name) and name not in kept:
                    db.run(f"DROP TABLE {name}")
            if SKETCHES not in kept:  # the others are made like it
                db.run(f"TRUNCATE {SKETCHES}")


def _table_of(generation: int) -> str:
    return f"{SKETCHES}_of_{generation}" if generation else SKETCHES
