"""A PostgreSQL database that threads, processes and machines share: connections that are kept, transactions.

Knows nothing of what is stored. Each `schema` has its tables, its format and its one writer at a time.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg
from psycopg import errors
from psycopg.conninfo import conninfo_to_dict

from rag.errors import ConfigError, LibraryError
from rag.storage import dialect
from rag.storage.migrations import Step
from rag.storage.postgres_connection import PostgresConnection, adapt
from rag.storage.postgres_errors import explained, server_name
from rag.storage.postgres_leases import PostgresLeases, refuse_writers

_LOCK_CLASS = 0x50C1E5  # of our advisory locks, among others' in the same database
_PATIENCE = "30s"  # as SQLite waits for whoever writes
_PREPARED = 500  # statements that a connection keeps prepared
_CONNECT_TIMEOUT = 10  # seconds
_OLDEST = 14  # version of PostgreSQL
_MOST_IDLE = 8  # connections
# A machine that vanishes is noticed by both sides within a minute, and its locks are free; nobody else's are.
_KEPT_ALIVE = {"keepalives": 1, "keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3}
# Nor is a query of milliseconds compiled for a hundred of them; what is looked up is in memory mostly.
_SERVER_KEEPS = (
    "SELECT set_config('jit', 'off', false), set_config('random_page_cost', '1.1', false),"
    " set_config('tcp_keepalives_idle', '30', false),"
    " set_config('tcp_keepalives_interval', '10', false), set_config('tcp_keepalives_count', '3', false),"
    " set_config('idle_session_timeout', '0', false), set_config('search_path', %s, false)"
)


class PostgresDatabase:
    """The tables in `schema` of the database at `url`, made where they are missing.

    `folder` is this machine's data folder: what is derived is kept there.
    """

    Error = psycopg.Error

    def __init__(self, url: str, schema: str = "sourcier", folder: Path | None = None) -> None:
        """Note where the database is; nothing is connected yet.

        Raises:
            ConfigError: The URL can't be read.
        """
        try:
            self._parameters = conninfo_to_dict(url)
        except psycopg.Error:
            raise ConfigError(
                "library.url: can't be read; write postgresql://user:password@host:5432/database.",
                "library.url : illisible ; écrivez postgresql://utilisateur:mot de passe@hôte:5432/base.",
            ) from None
        self.name = server_name(self._parameters)
        self.schema = schema
        self._folder = folder or Path()
        self._idle: list[PostgresConnection] = []
        self._used = threading.local()
        self.leases = PostgresLeases(self)

    @property
    def folder(self) -> Path:
        """The data folder of this machine."""
        return self._folder

    # --- connections ---

    def connect(self, application: str = "sourcier") -> PostgresConnection:
        """Return a connection of its own, for whoever holds a lock as long as it lives, and closes it.

        `application` is what the server's lists call it.

        Raises:
            LibraryError: The server isn't reached, or refuses.
        """
        parameters: dict[str, Any] = {"connect_timeout": _CONNECT_TIMEOUT, **_KEPT_ALIVE}
        parameters["application_name"] = application
        with self.explaining():
            raw = psycopg.connect(
                **(parameters | self._parameters | {"client_encoding": "UTF8"}), autocommit=True
            )
            try:
                self._refuse_unfit(raw)
                raw.prepared_max = _PREPARED
                adapt(raw)
                raw.execute(_SERVER_KEEPS, (f'"{self.schema}"',))
            except BaseException:
                raw.close()
                raise
        return PostgresConnection(raw)

    @contextmanager
    def connection(self) -> Iterator[PostgresConnection]:
        """Return a connection that no other thread uses meanwhile: inside another `connection`, the same.

        Kept for whoever comes next. One that was lost is made anew.

        Raises:
            LibraryError: The server isn't reached, refuses, or is lost.
        """
        if (used := getattr(self._used, "db", None)) is not None:
            yield used
            return
        db = self._taken()
        self._used.db = db
        try:
            with self.explaining():
                yield db
        finally:
            self._used.db = None
            self._give_back(db)

    def _taken(self) -> PostgresConnection:
        while True:
            try:
                db = self._idle.pop()
            except IndexError:
                return self.connect()
            if db.is_alive:
                return db
            db.close()

    def _give_back(self, db: PostgresConnection) -> None:
        if db.is_broken or db.in_transaction or len(self._idle) >= _MOST_IDLE:
            db.close()
        else:
            self._idle.append(db)

    @contextmanager
    def explaining(self) -> Iterator[None]:
        """Raise what the server says inside as a sentence for the user, where there is one."""
        try:
            yield
        except psycopg.Error as error:
            if (said := explained(error, self.name)) is None:
                raise
            raise said from error

    def close(self) -> None:
        """Close all connections. A later call opens them again."""
        self.leases.close()
        while self._idle:
            self._idle.pop().close()

    # --- transactions ---

    @contextmanager
    def transaction(self) -> Iterator[PostgresConnection]:
        """Commit what is done inside; after an error nothing of it stays. Inside another, part of that.

        One transaction at a time writes to a schema, from whichever machine, as in SQLite: what was read
        inside is still so when it is written. They are short; what takes long is done before.
        """
        with self.connection() as db:
            if db.in_transaction:
                yield db
                return
            lock = f"SELECT pg_advisory_xact_lock({_LOCK_CLASS}, {lock_number(self.schema)})"
            with self._ending(db):
                db.run(f"BEGIN; SET LOCAL lock_timeout = '{_PATIENCE}'; {lock}")
                yield db

    def each(self, sql: str, rows: Iterable[Sequence[Any]]) -> list[list[tuple]]:
        """Return what a statement finds for each of these rows of values, all sent before any is answered."""
        with self.connection() as db:
            return db.each(sql, rows)

    @contextmanager
    def snapshot(self) -> Iterator[PostgresConnection]:
        """Return a connection that sees what was there when it began, whoever writes meanwhile."""
        with self.connection() as db:
            if db.in_transaction:
                yield db
                return
            with self._ending(db):
                db.run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
                yield db

    @contextmanager
    def _ending(self, db: PostgresConnection) -> Iterator[None]:
        try:
            yield
            db.run("COMMIT")
        except BaseException:
            if not db.is_broken and db.in_transaction:
                db.run("ROLLBACK")
            raise

    @contextmanager
    def without_triggers(self) -> Iterator[PostgresConnection]:
        """Open a transaction in which no trigger does anything: for rows that are copied as they are."""
        query = (
            "SELECT DISTINCT relname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid"
            " WHERE NOT tgisinternal AND relnamespace = to_regnamespace(?) ORDER BY relname"
        )
        with self.transaction() as db:
            names = [row[0] for row in db.execute(query, (self.schema,))]
            for name in names:
                db.run(f"ALTER TABLE {name} DISABLE TRIGGER USER")
            yield db
            for name in names:
                db.run(f"ALTER TABLE {name} ENABLE TRIGGER USER")

    def settle_numbers(self) -> None:
        """Have rows that come get numbers behind those that were written with their own."""
        query = (
            "SELECT table_name, column_name FROM information_schema.columns"
            " WHERE table_schema = ? AND is_identity = 'YES'"
        )
        with self.transaction() as db:
            for table, column in db.execute(query, (self.schema,)).fetchall():
                db.run(
                    f"SELECT setval(pg_get_serial_sequence('{table}', '{column}'), max({column}))"
                    f" FROM {table} HAVING max({column}) IS NOT NULL"
                )

    def size(self) -> int:
        """Return how many bytes it takes on disk."""
        query = (
            "SELECT coalesce(sum(pg_total_relation_size(pg_class.oid)), 0) FROM pg_class"
            " WHERE relkind = 'r' AND relnamespace = to_regnamespace(?)"
        )
        with self.connection() as db:
            return db.execute(query, (self.schema,)).fetchone()[0]

    # --- tables ---

    def has_table(self, name: str) -> bool:
        """Return whether there is such a table; nothing is made to know it."""
        with self.connection() as db:
            return db.execute("SELECT to_regclass(?)", (f"{self.schema}.{name}",)).fetchone()[0] is not None

    def migrate(self, steps: Sequence[Step]) -> None:
        """Make the tables, and bring those of an earlier format to the present one, in one transaction.

        Raises:
            LibraryError: They are of a later format than the last step's, or may not be made.
            LibraryBusyError: They are of an earlier one, and others write.
        """
        digest = hashlib.sha256(repr((steps, dialect.FUNCTIONS)).encode()).hexdigest()
        if self._is_present(len(steps), digest):
            return
        with self.connection() as db, suppress(errors.DuplicateSchema, errors.UniqueViolation):  # two at once
            db.run(f'CREATE SCHEMA IF NOT EXISTS "{self.schema}"')
        with self.transaction() as db:
            if self._is_present(len(steps), digest):  # somebody else did meanwhile
                return
            number, _ = self._format()
            if number and number != len(steps):
                refuse_writers(db, self.name, self.schema)
            for statement in [*dialect.FUNCTIONS, *_definitions(steps[max(number, 1) - 1 :])]:
                db.run(statement)
            db.run("CREATE TABLE IF NOT EXISTS format (number BIGINT NOT NULL, digest TEXT NOT NULL)")
            db.execute("UPDATE format SET number = ?", (len(steps),))
            db.execute("INSERT INTO format VALUES (?, ?)", (len(steps), digest))

    def _is_present(self, wanted: int, digest: str) -> bool:
        """Return whether the tables are of this format, and this version of Sourcier made them once.

        What a later version of the same format has added since stays as it is.
        """
        number, digests = self._format()
        if number > wanted:
            raise LibraryError(
                f"{self.name}: made by another version of Sourcier (format {number}, this one reads"
                f" {wanted}); use that version or another database.",
                f"{self.name} : créé par une autre version de Sourcier (format {number}, celle-ci lit le"
                f" {wanted}) ; utilisez cette version ou une autre base.",
            )
        return number == wanted and digest in digests

    def _refuse_unfit(self, raw: psycopg.Connection) -> None:
        encoding = raw.info.parameter_status("server_encoding")
        version = raw.info.server_version // 10_000
        if encoding != "UTF8" or version < _OLDEST:
            raise LibraryError(
                f"{self.name}: is PostgreSQL {version} in {encoding}; a library needs PostgreSQL"
                f" {_OLDEST} or newer and the encoding UTF8.",
                f"{self.name} : c'est PostgreSQL {version} en {encoding} ; une bibliothèque demande"
                f" PostgreSQL {_OLDEST} ou plus récent et l'encodage UTF8.",
            )

    def _format(self) -> tuple[int, set[str]]:
        """Return the number of the tables' format, 0 if there are none, and digests of what made them."""
        if not self.has_table("format"):
            return 0, set()
        with self.connection() as db:
            rows = db.execute("SELECT number, digest FROM format").fetchall()
        return max((row[0] for row in rows), default=0), {row[1] for row in rows}

    def damage(self, found: str) -> LibraryError:
        """Return the sentence that says that the database is damaged."""
        said = " ".join(found.split())
        return LibraryError(
            f"{self.name} is damaged ({said}); restore it from a backup.",
            f"{self.name} est abîmé ({said}) ; restaurez-le d'une sauvegarde.",
        )

    def damages(self) -> list[str]:
        """Return what is found damaged: the server looks after its files itself."""
        return []

    def problems(self) -> list[str]:
        """Return what is found wrong: constraints and indexes that the server doesn't vouch for."""
        query = (
            "SELECT conrelid::regclass::text || ': ' || conname FROM pg_constraint"
            " WHERE NOT convalidated AND connamespace = to_regnamespace(?1)"
            " UNION ALL SELECT indexrelid::regclass::text FROM pg_index"
            " JOIN pg_class ON pg_class.oid = indexrelid"
            " WHERE NOT indisvalid AND relnamespace = to_regnamespace(?1)"
        )
        with self.connection() as db:
            return [f"{row[0]}: not valid" for row in db.execute(query, (self.schema,))]

    def rebuild_indexes(self) -> None:
        """Make every index anew from its table."""
        with self._impatient() as db:
            db.run(f'REINDEX SCHEMA "{self.schema}"')

    @contextmanager
    def _impatient(self) -> Iterator[PostgresConnection]:
        """Return a connection that waits for locks no longer than a while: all would wait behind it."""
        with self.connection() as db:
            db.run(f"SET lock_timeout = '{_PATIENCE}'")
            try:
                yield db
            finally:
                if not db.is_broken:
                    db.run("RESET lock_timeout")

    def compact(self) -> None:
        """Write every table anew: what was taken out is in no free page of a table any more."""
        with self._impatient() as db:
            query = "SELECT tablename FROM pg_tables WHERE schemaname = ? ORDER BY tablename"
            for (table,) in db.execute(query, (self.schema,)).fetchall():
                db.run(f'VACUUM (FULL, ANALYZE) "{self.schema}"."{table}"')


def _definitions(steps: Sequence[Step]) -> Iterator[str]:
    for step in steps:
        for statement in step:
            yield from dialect.definition(statement)


def lock_number(name: str) -> int:
    """Return the number that a lock of this name has, of 32 bits."""
    return int.from_bytes(hashlib.sha256(name.encode("utf-8", "surrogatepass")).digest()[:4], signed=True)
