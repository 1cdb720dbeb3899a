"""A connection to PostgreSQL that runs the statements of `rag.storage.database`, and its values."""

from __future__ import annotations

import re
import select
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Any

import psycopg
from psycopg.adapt import Buffer, Dumper, Loader
from psycopg.pq import TransactionStatus

from rag.storage import dialect


class PostgresConnection:
    """A connection that runs the statements of `rag.storage.database`."""

    def __init__(self, raw: psycopg.Connection) -> None:
        self.raw = raw

    def execute(self, sql: str, values: Sequence[Any] = ()) -> psycopg.Cursor:
        """Run a statement."""
        found = dialect.statement(sql)
        return self.raw.execute(found.sql, found.bound(values))  # type: ignore[call-overload]

    def executemany(self, sql: str, rows: Iterable[Sequence[Any]]) -> psycopg.Cursor:
        """Run a statement for each of these rows of values, all sent before any is answered."""
        found = dialect.statement(sql)
        cursor = self.raw.cursor()
        cursor.executemany(found.sql, [found.bound(row) for row in rows])  # type: ignore[arg-type]
        return cursor

    def each(self, sql: str, rows: Iterable[Sequence[Any]]) -> list[list[tuple]]:
        """Return what a statement finds for each of these rows of values, all sent before any is answered."""
        found, rows = dialect.statement(sql), list(rows)
        if not rows:
            return []
        cursor = self.raw.cursor()
        cursor.executemany(found.sql, [found.bound(row) for row in rows], returning=True)  # type: ignore[arg-type]
        results = [cursor.fetchall()]
        while cursor.nextset():
            results.append(cursor.fetchall())
        return results

    def run(self, sql: str) -> None:
        """Run PostgreSQL's own words, without values; of several statements each in its turn."""
        self.raw.execute(sql)  # type: ignore[call-overload]

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open."""
        return self.raw.info.transaction_status != TransactionStatus.IDLE

    @property
    def is_broken(self) -> bool:
        """Whether it can't be used any more."""
        return self.raw.closed or self.raw.broken

    @property
    def is_alive(self) -> bool:
        """Whether the server hasn't said goodbye meanwhile: asked of this machine, not over the network."""
        if self.is_broken:
            return False
        # Whoever asks nothing is told nothing, but that it ends.
        return not select.select([self.raw.fileno()], [], [], 0)[0]

    def close(self) -> None:
        """Close it."""
        with suppress(psycopg.Error):
            self.raw.close()


# --- values ---


class _Text(Dumper):
    """Text, all of whose characters come back."""

    def dump(self, obj: str) -> Buffer | None:
        return dialect.escaped(obj).encode()


class _Truth(Dumper):
    """Columns hold 0 and 1, as SQLite's do."""

    oid = psycopg.adapters.types["int8"].oid

    def dump(self, obj: bool) -> Buffer | None:
        return b"1" if obj else b"0"


class _TextLoader(Loader):
    def load(self, data: Buffer) -> str:
        return dialect.unescaped(bytes(data).decode("utf-8"))


class _NumberLoader(Loader):
    """Sums of whole numbers are whole."""

    def load(self, data: Buffer) -> int | float:
        said = bytes(data).decode()
        return int(said) if re.fullmatch(r"-?\d+", said) else float(said)


def adapt(raw: psycopg.Connection) -> None:
    """Have values go and come as SQLite's do."""
    raw.adapters.register_dumper(str, _Text)
    raw.adapters.register_dumper(bool, _Truth)
    for name in ("text", "varchar", "name"):
        raw.adapters.register_loader(name, _TextLoader)
    raw.adapters.register_loader("numeric", _NumberLoader)
