"""Who has signed in, kept beside the library, where each of its servers knows it."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from rag.storage.database import Connection, Place, upsert
from rag.storage.errors import translate_storage_errors
from rag.storage.migrations import Step, statements
from rag.storage.opening import open_database
from rag.storage.permissions import make_folder

VISITS_NAME = "visits.sqlite3"
SCHEMA = "sourcier_visits"  # in a database
STEPS: tuple[Step, ...] = (
    statements(
        """
CREATE TABLE IF NOT EXISTS visits (
    cookie BLOB PRIMARY KEY, user TEXT NOT NULL, mark TEXT NOT NULL, seen REAL NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS secrets (one INTEGER PRIMARY KEY, key BLOB NOT NULL) STRICT;
"""
    ),
)
_REMEDY = ("delete it: everybody signs in again then", "supprimez-le : chacun se reconnectera alors")
_NOTED_EVERY = 60.0  # seconds between two times that it is noted when a visitor was seen


class Visits:
    """Who has signed in, by the hash of their cookie."""

    def __init__(self, place: Place) -> None:
        """Take where the library is; nothing is made there before somebody signs in."""
        self._place = place
        self._tables = open_database(place, VISITS_NAME, SCHEMA, _REMEDY)
        self._is_made = False
        self._lock = threading.Lock()

    def close(self) -> None:
        """Close the tables. A later call opens them again."""
        self._tables.close()

    def begin(self, cookie: bytes, user: str, mark: str) -> None:
        """Note that somebody has signed in, whose password has this mark."""
        with self._opened() as db:
            db.execute(
                upsert("visits", "cookie, user, mark, seen", "cookie"), (cookie, user, mark, time.time())
            )

    def of(self, cookie: bytes, lasts: float) -> tuple[str, str] | None:
        """Return the user of a visit and the password's mark of then; None if it has ended, or never was.

        Args:
            cookie: The hash of the visitor's cookie.
            lasts: How many seconds without a request end a visit.
        """
        if self._has_none():
            return None
        now = time.time()
        with self._made(), self._tables.connection() as db:
            query = "SELECT user, mark, seen FROM visits WHERE cookie = ?"
            found = db.execute(query, (cookie,)).fetchone()
        if found is None:
            return None
        if now - found[2] > lasts:
            with self._opened() as db:
                db.execute("DELETE FROM visits WHERE ? - seen > ?", (now, lasts))
            return None
        if now - found[2] > _NOTED_EVERY:
            with self._opened() as db:
                db.execute("UPDATE visits SET seen = ? WHERE cookie = ?", (now, cookie))
        return found[0], found[1]

    def end(self, cookie: bytes) -> None:
        """Note that somebody has signed out."""
        if not self._has_none():
            with self._opened() as db:
                db.execute("DELETE FROM visits WHERE cookie = ?", (cookie,))

    def key(self) -> bytes:
        """Return a secret of the library, the same for each of its servers."""
        with self._opened() as db:
            db.execute(
                "INSERT INTO secrets VALUES (1, ?) ON CONFLICT (one) DO NOTHING", (secrets.token_bytes(32),)
            )
            return bytes(db.execute("SELECT key FROM secrets").fetchone()[0])

    def _has_none(self) -> bool:
        """Return whether nobody has ever signed in, as a look tells: requests without a visit are many."""
        return self._place.url is None and not (self._place.folder / VISITS_NAME).exists()

    @contextmanager
    def _made(self) -> Iterator[None]:
        """Make the tables if they are missing.

        Raises:
            LibraryError: The folder can't be written to, or the database can't be reached.
        """
        with translate_storage_errors(self._place.folder):
            with self._lock:
                if not self._is_made:
                    make_folder(self._place.folder)
                    with self._tables.transaction():
                        self._tables.migrate(STEPS)
                    self._is_made = True
            yield

    @contextmanager
    def _opened(self) -> Iterator[Connection]:
        """Give a connection that writes; raises as `_made` does."""
        with self._made(), self._tables.transaction() as db:
            yield db
