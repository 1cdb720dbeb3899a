"""The sources that were added to the library by hand, to be followed: kept in the catalogue's file.

Knows SQL; not how a source is read, nor which addresses may be. The sources of `config.yaml` aren't here.
What is done inside a transaction of the catalogue belongs to it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from rag.errors import UserError
from rag.followed import readings
from rag.storage.database import Connection, Database, Place
from rag.storage.errors import translate_storage_errors
from rag.storage.opening import open_database

MOST = 2_000  # sources
LONGEST_NAME = 200  # characters, of a name or a category

TABLES = (
    """
CREATE TABLE IF NOT EXISTS followed (
    place TEXT PRIMARY KEY, name TEXT NOT NULL, category TEXT NOT NULL, every TEXT NOT NULL,
    added_at TEXT NOT NULL, paused_at TEXT) STRICT;
"""
    + readings.TABLES
)
_COLUMNS = "place, name, category, every, added_at, paused_at"


@dataclass(frozen=True, slots=True)
class FollowedSource:
    """A source that is followed.

    `place` is a URL in its one spelling, or an absolute path or pattern, `every` an interval as `config.yaml`
    has it (`15m`, `2h`, `1d`) or '', `category` what a list of feeds files it under or ''. Moments are
    ISO 8601 in UTC; `paused_at` is None while it is read.
    """

    place: str
    name: str = ""
    category: str = ""
    every: str = ""
    added_at: str = ""
    paused_at: str | None = None


class FollowedTable:
    """The followed sources of a library; they are everybody's who uses it."""

    def __init__(self, file: Database) -> None:
        self._file = file

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with translate_storage_errors(self._file.folder), self._file.transaction() as db:
            yield db

    def listed(self) -> list[FollowedSource]:
        """Return all of them, in the order in which they were added."""
        with self._file.connection() as db:
            return [
                FollowedSource(*row) for row in db.execute(f"SELECT {_COLUMNS} FROM followed ORDER BY rowid")
            ]

    def get(self, place: str) -> FollowedSource | None:
        """Return the source of this place; None if it isn't followed."""
        with self._file.connection() as db:
            row = db.execute(f"SELECT {_COLUMNS} FROM followed WHERE place = ?", (place,)).fetchone()
            return FollowedSource(*row) if row else None

    def add(self, source: FollowedSource) -> FollowedSource:
        """Follow a source from now on; return it as it is kept.

        Raises:
            UserError: It is followed already, or there are as many as there may be.
        """
        kept = replace(source, added_at=source.added_at or _now())
        with self._writing() as db:
            if self.get(kept.place):
                raise _twice(kept.place)
            if db.execute("SELECT count(*) FROM followed").fetchone()[0] >= MOST:
                raise UserError(
                    f"{MOST} sources are followed already; remove one first.",
                    f"{MOST} sources sont déjà suivies ; retirez-en une d'abord.",
                )
            row = (kept.place, kept.name, kept.category, kept.every, kept.added_at, kept.paused_at)
            db.execute(f"INSERT INTO followed ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)", row)
        return kept

    def pause(self, place: str) -> None:
        """Read a source no more until it is resumed.

        Raises:
            UserError: It isn't followed (any more).
        """
        self._change(place, "paused_at = coalesce(paused_at, ?)", _now())

    def resume(self, place: str) -> None:
        """Read a paused source again.

        Raises:
            UserError: It isn't followed (any more).
        """
        self._change(place, "paused_at = ?", None)

    def set_every(self, place: str, every: str) -> None:
        """Have a source read this often.

        Raises:
            UserError: It isn't followed (any more).
        """
        self._change(place, "every = ?", every)

    def remove(self, place: str) -> None:
        """Follow a source no more, and forget its readings; its articles stay.

        Raises:
            UserError: It isn't followed (any more).
        """
        with self._writing() as db:
            if not db.execute("DELETE FROM followed WHERE place = ?", (place,)).rowcount:
                raise not_followed(place)
            db.execute("DELETE FROM readings WHERE place = ?", (place,))

    def move(self, place: str, to: str) -> None:
        """Follow a source at another place: its name and readings go with it.

        Raises:
            UserError: It isn't followed (any more), or what is there is followed already.
        """
        with self._writing() as db:
            if self.get(to):
                raise _twice(to)
            self._change(place, "place = ?", to)
            db.execute("UPDATE readings SET place = ?, moved_to = '' WHERE place = ?", (to, place))

    def _change(self, place: str, change: str, value: str | None) -> None:
        with self._writing() as db:
            if not db.execute(f"UPDATE followed SET {change} WHERE place = ?", (value, place)).rowcount:
                raise not_followed(place)


def followed_in(place: Place, file: str, schema: str) -> list[FollowedSource]:
    """Return the sources that the catalogue at a place follows, without opening the library.

    None of a library that isn't there yet, or of an older version that nobody has opened since.

    Args:
        place: Where it is.
        file: The name of its file, if it is in the folder.
        schema: That of its schema, if it is in a database.
    """
    opened = open_database(place, file, schema)
    with closing(opened):
        return FollowedTable(opened).listed() if opened.has_table("followed") else []


def _twice(place: str) -> UserError:
    return UserError(f"{place}: this source is followed already.", f"{place} : cette source est déjà suivie.")


def not_followed(place: str) -> UserError:
    """Return the sentence for a source that isn't followed (any more)."""
    return UserError(
        f"{place}: no such source is followed; `sourcier sources list` shows those that are.",
        f"{place} : cette source n'est pas suivie ; `sourcier sources list` montre celles qui le sont.",
    )


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
