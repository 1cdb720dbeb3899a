"""A SQLite file that threads and processes share: connections that are kept, transactions that end."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from rag.errors import LibraryBusyError, LibraryError
from rag.storage.leases import NoLeases
from rag.storage.migrations import Step, migrate
from rag.storage.permissions import make_file

# As those who are given one name it.
Connection = sqlite3.Connection
# What SQLite says of a file that isn't (any more) what it wrote.
_DAMAGE = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT}
REMEDY = ("restore it from a backup", "restaurez-le d'une sauvegarde")
# Of a file that is as small as this, all is looked at when it is opened: a few hundredths of a second.
LOOKED_AT_WHOLE = 8_000_000  # bytes


class SqliteFile:
    """Connections to `file`, each for one user at a time.

    `remedy` is what to do about a damaged file, in English and in French, as it ends a sentence.
    """

    Error = sqlite3.Error
    leases = NoLeases()

    def __init__(self, file: Path, remedy: tuple[str, str] = REMEDY) -> None:
        self._file = file
        self._remedy = remedy
        self._idle: list[sqlite3.Connection] = []
        self._used = threading.local()

    @property
    def name(self) -> str:
        """What messages call it."""
        return str(self._file)

    @property
    def folder(self) -> Path:
        """Where the file is."""
        return self._file.parent

    def _connect(self) -> sqlite3.Connection:
        make_file(self._file)  # SQLite's log and memory beside it are as private as it is
        db = sqlite3.connect(self._file, timeout=30, isolation_level=None, check_same_thread=False)
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA foreign_keys = ON")
        # What is taken out must not linger in free pages.
        db.execute("PRAGMA secure_delete = ON")
        # Bytes that a damage has made of letters are no reason to stop: checksums tell what they are in.
        db.text_factory = _decoded
        return db

    @contextmanager
    def connection(self) -> Iterator[sqlite3.Connection]:
        """Return a connection that no other thread uses meanwhile: inside another `connection`, the same.

        Kept for whoever comes next: threads come and go.

        Raises:
            LibraryError: The file is damaged.
        """
        if (used := getattr(self._used, "db", None)) is not None:
            yield used
            return
        try:
            with self._taken() as db:
                yield db
        except sqlite3.DatabaseError as error:
            if not _is_damage(error):
                raise
            raise self.damage(str(error)) from error

    def damage(self, found: str) -> LibraryError:
        """Return the sentence that says that the file is damaged, and what to do."""
        said, (english, french) = " ".join(found.split()), self._remedy
        return LibraryError(
            f"{self._file} is damaged ({said}); {english}.",
            f"{self._file} est abîmé ({said}) ; {french}.",
        )

    @contextmanager
    def _taken(self) -> Iterator[sqlite3.Connection]:
        try:
            db = self._idle.pop()
        except IndexError:
            db = self._connect()
        self._used.db = db
        try:
            yield db
        finally:
            self._used.db = None
            self._idle.append(db)

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Commit what is done inside; after an error nothing of it stays. Inside another, part of that."""
        with self.connection() as db:
            if db.in_transaction:
                yield db
                return
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
                db.execute("COMMIT")
            except BaseException:
                if db.in_transaction:
                    db.execute("ROLLBACK")
                raise

    def each(self, sql: str, rows: Iterable[Sequence]) -> list[list[tuple]]:
        """Return what a statement finds for each of these rows of values."""
        with self.connection() as db:
            return [db.execute(sql, row).fetchall() for row in rows]

    @contextmanager
    def snapshot(self) -> Iterator[sqlite3.Connection]:
        """Return a connection that sees what was there when it began, whoever writes meanwhile."""
        with self.connection() as db:
            if db.in_transaction:
                yield db
                return
            db.execute("BEGIN")
            try:
                yield db
            finally:
                db.execute("COMMIT")

    @contextmanager
    def without_triggers(self) -> Iterator[sqlite3.Connection]:
        """Open a transaction in which no trigger does anything: for rows that are copied as they are."""
        with self.transaction() as db:
            found = db.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
            for name, _ in found:
                db.execute(f"DROP TRIGGER {name}")
            yield db
            for _, made in found:
                db.execute(made)

    def settle_numbers(self) -> None:
        """Do nothing: SQLite sees to it."""

    def size(self) -> int:
        """Return how many bytes it takes on disk."""
        return sum(file.stat().st_size for file in self.folder.glob(f"{self._file.name}*"))

    def has_table(self, name: str) -> bool:
        """Return whether there is such a table; nothing is made to know it."""
        if not self._file.is_file() or not self._file.stat().st_size:  # an empty one would be begun in
            return False
        with self.connection() as db:
            query = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?"
            return db.execute(query, (name,)).fetchone() is not None

    def migrate(self, steps: Sequence[Step]) -> None:
        """Bring the tables to the present format, made if missing, in the caller's transaction.

        Raises:
            LibraryError: They are of a later format than the last step's.
        """
        with self.transaction() as db:
            migrate(db, self._file, steps)

    def problems(self) -> list[str]:
        """Return what SQLite finds wrong with the file: damage, and rows that refer to nothing."""
        if damage := self.damages():
            return damage
        with self.connection() as db:
            orphans = db.execute("PRAGMA foreign_key_check").fetchall()
        return [f"{table}, row {row}: not in {parent}" for table, row, parent, _ in orphans]

    def damages(self) -> list[str]:
        """Return what SQLite finds damaged."""
        try:
            with self._taken() as db:
                return [row[0] for row in db.execute("PRAGMA integrity_check(20)") if row[0] != "ok"]
        except sqlite3.OperationalError:  # locked, no room: that says nothing of the file
            raise
        except sqlite3.DatabaseError as error:  # so damaged that it can't be checked
            return [str(error)]

    def rebuild_indexes(self) -> None:
        """Make every index anew from its table."""
        with self.connection() as db:
            db.execute("REINDEX")

    def compact(self) -> None:
        """Write the file anew: what was taken out is in no free page and in no log any more.

        Raises:
            LibraryBusyError: Others are reading for so long that the log can't be cut off.
        """
        with self.connection() as db:
            db.execute("VACUUM")
            busy, _, _ = db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if busy:
            raise LibraryBusyError(
                f"{self._file}: other processes are reading it; run the same command again later.",
                f"{self._file} : d'autres processus le lisent ; relancez la même commande plus tard.",
            )

    def close(self) -> None:
        """Close the file. A later call opens it again."""
        while self._idle:
            self._idle.pop().close()


def _decoded(words: bytes) -> str:
    return words.decode("utf-8", "replace")


def _is_damage(error: sqlite3.DatabaseError) -> bool:
    return (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF in _DAMAGE
