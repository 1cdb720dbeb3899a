"""A SQLite file that threads and processes share: connections that are kept, transactions that end."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rag.errors import LibraryBusyError


class SqliteFile:
    """Connections to `file`, each for one user at a time."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._idle: list[sqlite3.Connection] = []
        self._used = threading.local()

    @property
    def folder(self) -> Path:
        """Where the file is."""
        return self._file.parent

    def _connect(self) -> sqlite3.Connection:
        db = sqlite3.connect(self._file, timeout=30, isolation_level=None, check_same_thread=False)
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA foreign_keys = ON")
        # What is taken out must not linger in free pages.
        db.execute("PRAGMA secure_delete = ON")
        return db

    @contextmanager
    def connection(self) -> Iterator[sqlite3.Connection]:
        """Return a connection that no other thread uses meanwhile: inside another `connection`, the same.

        Kept for whoever comes next: threads come and go.
        """
        if (used := getattr(self._used, "db", None)) is not None:
            yield used
            return
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

    def problems(self) -> list[str]:
        """Return what SQLite finds wrong with the file: damage, and rows that refer to nothing."""
        try:
            with self.connection() as db:
                damage = [row[0] for row in db.execute("PRAGMA integrity_check(20)") if row[0] != "ok"]
                orphans = db.execute("PRAGMA foreign_key_check").fetchall()
        except sqlite3.OperationalError:  # locked, no room: that says nothing of the file
            raise
        except sqlite3.DatabaseError as error:  # so damaged that it can't be checked
            return [str(error)]
        return damage + [f"{table}, row {row}: not in {parent}" for table, row, parent, _ in orphans]

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
