"""Leases in PostgreSQL, and who writes at all: advisory locks, each of which ends with its connection."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import socket
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import Protocol

import psycopg

from rag.errors import LibraryBusyError, LibraryError
from rag.storage.postgres_connection import PostgresConnection

_PAUSE = 0.05  # seconds between two tries
_PATIENCE = 900.0  # seconds that another may take with what it has: a batch, on a slow machine
_ENTERING = 15.0  # seconds that whoever comes waits for one that puts indexes right
# Which process a connection is of; a fork has the same, and isn't made.
_TOKEN = secrets.token_hex(4)
_ME = f"{_TOKEN} {os.getpid()}@{socket.gethostname()[:20]} {Path(sys.argv[0]).name[:16]}"
_in_process: dict[str, threading.Lock] = {}


class Sessions(Protocol):
    """A database that connections of their own are made to."""

    name: str
    schema: str

    def connect(self, application: str) -> PostgresConnection:
        """Return a connection, which the caller closes; `application` is what the server calls it."""

    def explaining(self) -> AbstractContextManager[None]:
        """Raise what the server says inside as a sentence for the user."""


class PostgresLeases:
    """Leases in a database, all on one connection: a name that is held twice is given back twice."""

    are_shared = True
    longest_key = 2_600  # a row of an index of PostgreSQL holds 2,704

    def __init__(self, database: Sessions) -> None:
        self._database = database
        self._session: PostgresConnection | None = None
        self._held: Counter[str] = Counter()
        self._mutex = threading.Lock()

    # --- names ---

    def take(self, names: Iterable[str], before_waiting: Callable[[], object] | None = None) -> bool:
        """Have these names; return whether they had to be waited for, after `before_waiting()` was called.

        While another has one of them, none is had. Whoever has something and waits may be waited for: what
        is had before is given back first, by `before_waiting`, or is of a kind that nobody waits for who has
        what is waited for.

        Raises:
            LibraryBusyError: Another process has had it for long.
            LibraryError: The connection that the leases hang on was lost.
        """
        names = list(names)
        if self._try(names):
            return False
        if before_waiting is not None:
            before_waiting()
        self._wait(names)
        return True

    def give_back(self, names: Iterable[str]) -> None:
        """Have these names no more, each as often as it is listed."""
        names = list(names)
        if not names:
            return
        with self._mutex:
            if self._session is None or self._session.is_broken:
                self._forget()
                return
            query = "SELECT pg_advisory_unlock(CAST(value AS BIGINT)) FROM json_each(?)"
            with self._database.explaining():
                self._session.execute(query, (self._numbers(names),))
            self._held.subtract(names)
            self._held = +self._held

    @contextmanager
    def held(self, names: Iterable[str]) -> Iterator[None]:
        """Have all of these names inside, waiting for those that others have, with none of them meanwhile.

        Raises:
            LibraryBusyError: Another process has had one for long.
        """
        names = sorted(set(names))
        self._wait(names)
        try:
            yield
        finally:
            self.give_back(names)

    def confirm(self) -> None:
        """Ask the server whether what is had is had still: what rests on it may be written then.

        Raises:
            LibraryError: The connection that the leases hang on was lost.
        """
        with self._mutex, self._database.explaining():
            if self._held:
                self._opened().execute("SELECT 1")

    @contextmanager
    def free(self, names: Iterable[str]) -> Iterator[set[str]]:
        """Have those of these names inside that nobody else has: these are given."""
        taken = self._take_some(sorted(set(names)))
        try:
            yield set(taken)
        finally:
            self.give_back(taken)

    def _wait(self, names: list[str]) -> None:
        until = time.monotonic() + _PATIENCE
        while not self._try(names):
            if time.monotonic() > until:
                raise _busy(self._database.name, ("another process", "un autre processus"))
            time.sleep(_PAUSE)

    def _try(self, names: list[str]) -> bool:
        """Have all of these names or none."""
        taken = self._take_some(names)
        if len(taken) < len(names):
            self.give_back(taken)
            return False
        return True

    def _take_some(self, names: list[str]) -> list[str]:
        if not names:
            return []
        query = "SELECT pg_try_advisory_lock(CAST(value AS BIGINT)) FROM json_each(?)"
        with self._mutex, self._database.explaining():
            try:
                rows = self._opened().execute(query, (self._numbers(names),)).fetchall()
            except psycopg.Error:  # of which some may be had, whatever became of the statement
                self._forget()
                raise
            taken = [name for name, (is_taken,) in zip(names, rows, strict=True) if is_taken]
            self._held.update(taken)
        return taken

    def _numbers(self, names: list[str]) -> str:
        return json.dumps([str(_number(self._database.schema, name)) for name in names])

    def _opened(self) -> PostgresConnection:
        if self._session is not None and self._session.is_broken:
            had = bool(self._held)
            self._forget()
            if had:
                raise LibraryError(
                    f"{self._database.name}: the connection to the server was lost; what wasn't acknowledged"
                    " is to be done again.",
                    f"{self._database.name} : la connexion au serveur a été perdue ; ce qui n'était pas"
                    " confirmé est à refaire.",
                )
        if self._session is None:
            self._session = self._database.connect(_ME)
        return self._session

    def _forget(self) -> None:
        if self._session is not None:
            _leave(self._session)
        self._session, self._held = None, Counter()

    def close(self) -> None:
        """Give everything back."""
        with self._mutex:
            self._forget()

    # --- who writes ---

    @contextmanager
    def alone(self) -> Iterator[bool]:
        """Tell whether nobody else writes; while it is so, nobody begins to."""
        session = self._database.connect(_ME)
        try:
            door = _number(self._database.schema, "door")
            is_mine = session.execute("SELECT pg_try_advisory_lock(?)", (door,)).fetchone()[0]
            yield bool(is_mine) and not _writers(session, self._database.schema)
        finally:
            _leave(session)


@contextmanager
def writing(database: Sessions, alone: bool) -> Iterator[None]:
    """Write to the library in a database, as one of several, or alone.

    Raises:
        LibraryBusyError: Somebody is alone, or others write; the sentence names one of them.
    """
    one = _in_process.setdefault(f"{database.name} {database.schema}", threading.Lock())
    if not one.acquire(blocking=False):
        raise _busy(database.name, _named(_ME))
    try:
        session = database.connect(_ME)
        try:
            with database.explaining():
                _enter(session, database, alone)
            yield
        finally:
            _leave(session)
    finally:
        one.release()


def _leave(session: PostgresConnection) -> None:
    """Close a connection, with nothing held from then on: the server may notice later that it is closed."""
    with suppress(psycopg.Error):
        if not session.is_broken:
            session.execute("SELECT pg_advisory_unlock_all()")
    session.close()


def refuse_writers(session: PostgresConnection, name: str, schema: str) -> None:
    """Refuse to go on while other processes write.

    Raises:
        LibraryBusyError: One does; the sentence names it.
    """
    if others := _writers(session, schema):
        raise _busy(name, _named(others[0]))


def _enter(session: PostgresConnection, database: Sessions, alone: bool) -> None:
    """Come in by the door, which is shut while one puts indexes right, and stay until the session ends."""
    door, inside = _number(database.schema, "door"), _number(database.schema, "inside")
    until = time.monotonic() + _ENTERING
    while not session.execute("SELECT pg_try_advisory_lock_shared(?)", (door,)).fetchone()[0]:
        if time.monotonic() > until:
            raise _busy(database.name, ("another process", "un autre processus"))
        time.sleep(_PAUSE)
    how = "pg_try_advisory_lock" if alone else "pg_try_advisory_lock_shared"
    if not session.execute(f"SELECT {how}(?)", (inside,)).fetchone()[0]:
        others = _writers(session, database.schema)
        raise _busy(database.name, _named(others[0] if others else ""))
    session.execute("SELECT pg_advisory_unlock_shared(?)", (door,))


def _writers(session: PostgresConnection, schema: str) -> list[str]:
    """Return who else is inside, but for this very process."""
    number = _number(schema, "inside")
    query = (
        "SELECT application_name FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE locktype = 'advisory'"
        " AND granted AND objsubid = 1 AND database = (SELECT oid FROM pg_database"
        " WHERE datname = current_database())"
        " AND (classid::bigint << 32) + objid::bigint = ?"
    )
    rows = session.execute(query, (number,)).fetchall()
    return [name for (name,) in rows if not name.startswith(_TOKEN)]


def _named(application: str) -> tuple[str, str]:
    """Return who writes, in English and in French."""
    _, _, named = application.partition(" ")
    if not named:
        return "another process", "un autre processus"
    return f"process {named}", f"le processus {named}"


def _busy(name: str, who: tuple[str, str]) -> LibraryBusyError:
    return LibraryBusyError(
        f"{name}: {who[0]} is writing to this library; wait until it has finished.",
        f"{name} : {who[1]} écrit dans cette bibliothèque ; attendez qu'il ait fini.",
    )


def _number(schema: str, name: str) -> int:
    """Return the number of a lock, of 64 bits, of which the first is none: as `pg_locks` shows it."""
    digest = hashlib.sha256(f"{schema} {name}".encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[:8]) >> 1
