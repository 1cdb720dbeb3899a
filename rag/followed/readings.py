"""What each reading of a source brought, and why it failed: the last ones of each, kept in the catalogue.

Knows SQL; not what reads. A reading is noted when it begins: one whose process was killed stays without an
end, and nobody takes it for one that brought nothing.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from rag.storage.database import Database

KEPT = 20  # readings of a source
_MOST = 50_000  # of all sources together
MOST_FAILURES = 5  # of a reading
_LONGEST_REASON = 600  # characters

# `open`: begun, and not ended (yet). `unmodified`: its server says that nothing has changed since the last
# time. `failed`: nothing could be read. `stopped`: somebody stopped it.
Outcome = Literal["open", "read", "unmodified", "failed", "stopped"]

TABLES = """
CREATE TABLE IF NOT EXISTS readings (
    number INTEGER PRIMARY KEY AUTOINCREMENT, place TEXT NOT NULL, begun_at TEXT NOT NULL, ended_at TEXT,
    outcome TEXT NOT NULL, new INTEGER NOT NULL, changed INTEGER NOT NULL, unchanged INTEGER NOT NULL,
    removed INTEGER NOT NULL, failed INTEGER NOT NULL, failures TEXT NOT NULL, moved_to TEXT NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS readings_by_place ON readings (place, number);
"""
_COLUMNS = "place, begun_at, ended_at, outcome, new, changed, unchanged, removed, failed, failures, moved_to"


@dataclass(frozen=True, slots=True)
class ReadingFailure:
    """Why something couldn't be read, in one sentence of each language."""

    source: str
    reason: str
    reason_fr: str

    def text(self, language: str) -> str:
        """Return the sentence in `language`: French for `fr`, English otherwise."""
        return self.reason_fr if language == "fr" else self.reason


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading of the source at `place`, counted in articles; `failed` counts what couldn't be read.

    `failures` are the first of those. `moved_to` is where its server says that it is for good, or ''. Moments
    are ISO 8601 in UTC.
    """

    place: str
    begun_at: str
    ended_at: str | None = None
    outcome: Outcome = "open"
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0
    failed: int = 0
    failures: tuple[ReadingFailure, ...] = field(default=())
    moved_to: str = ""

    @property
    def at(self) -> str:
        """When it ended, or began if it hasn't."""
        return self.ended_at or self.begun_at


class ReadingTable:
    """The readings of a library's sources, by place: those of `config.yaml` too."""

    def __init__(self, file: Database) -> None:
        self._file = file

    def begin(self, place: str, now: str) -> int:
        """Note that a source is being read from `now` on; return the number to end it with."""
        with self._file.transaction() as db:
            insert = (
                f"INSERT INTO readings ({_COLUMNS}) VALUES (?, ?, NULL, 'open', 0, 0, 0, 0, 0, '[]', '')"
                " RETURNING number"
            )
            (number,) = db.execute(insert, (place, now)).fetchone()
            kept = "SELECT number FROM readings WHERE place = ?1 ORDER BY number DESC LIMIT ?2"
            db.execute(f"DELETE FROM readings WHERE place = ?1 AND number NOT IN ({kept})", (place, KEPT))
            db.execute("DELETE FROM readings WHERE number <= ?", (number - _MOST,))
            return number

    def end(self, number: int, reading: Reading) -> None:
        """Note what a reading brought; nothing if its source has been removed meanwhile."""
        failures = json.dumps(
            [
                [one.source[:_LONGEST_REASON], one.reason[:_LONGEST_REASON], one.reason_fr[:_LONGEST_REASON]]
                for one in reading.failures[:MOST_FAILURES]
            ]
        )
        values = (
            reading.ended_at, reading.outcome, reading.new, reading.changed, reading.unchanged,
            reading.removed, reading.failed, failures, reading.moved_to, number,
        )  # fmt: skip
        with self._file.transaction() as db:
            db.execute(
                "UPDATE readings SET ended_at = ?, outcome = ?, new = ?, changed = ?, unchanged = ?,"
                " removed = ?, failed = ?, failures = ?, moved_to = ? WHERE number = ?",
                values,
            )

    def latest(self) -> dict[str, Reading]:
        """Place → its last reading, of every place that was ever read."""
        last = "SELECT max(number) FROM readings GROUP BY place"
        with self._file.connection() as db:
            rows = db.execute(f"SELECT {_COLUMNS} FROM readings WHERE number IN ({last})").fetchall()
        return {row[0]: _reading(row) for row in rows}

    def of(self, place: str) -> list[Reading]:
        """Return the readings of a place that are kept, the last one first."""
        query = f"SELECT {_COLUMNS} FROM readings WHERE place = ? ORDER BY number DESC"
        with self._file.connection() as db:
            return [_reading(row) for row in db.execute(query, (place,)).fetchall()]


def _reading(row: Sequence) -> Reading:
    *before, failures, moved_to = row
    found = Reading(*before, moved_to=moved_to)
    return replace(found, failures=tuple(ReadingFailure(*one) for one in json.loads(failures)))
