"""What could not be read, and why: the part of the catalogue that keeps it until it can be read.

Runs inside the catalogue's transactions and connections.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FailedSource:
    """`source` is the key of what failed, or its name where it has no key; the reason in two languages."""

    source: str
    reason: str
    reason_fr: str
    failed_at: str

    def text(self, language: str) -> str:
        """The reason in `language`: French for `fr`, English otherwise."""
        return self.reason_fr if language == "fr" else self.reason

    def to_dict(self) -> dict:
        return {"source": self.source, "reason": self.reason, "failed_at": self.failed_at}


def put(db: sqlite3.Connection, failures: Iterable[FailedSource]) -> None:
    """Record these, each in place of an earlier one of the same source."""
    rows = [(f.source, f.reason, f.reason_fr, f.failed_at) for f in failures]
    db.executemany("INSERT OR REPLACE INTO failures VALUES (?, ?, ?, ?)", rows)


def clear(db: sqlite3.Connection, sources: Iterable[str]) -> None:
    """These can be read again, or are gone."""
    db.executemany("DELETE FROM failures WHERE source = ?", ((source,) for source in sources))


def listed(db: sqlite3.Connection) -> list[FailedSource]:
    """All of them, latest first."""
    query = "SELECT source, reason, reason_fr, failed_at FROM failures ORDER BY failed_at DESC, source"
    return [FailedSource(*row) for row in db.execute(query)]


def forget(db: sqlite3.Connection, article_id: str) -> None:
    """What names a source of this article: failures, and what servers said of it."""
    query = "SELECT key, source FROM sources WHERE article_id = ?"
    found = {name for row in db.execute(query, (article_id,)) for name in row}
    names = json.dumps(sorted(found))
    db.execute("DELETE FROM failures WHERE source IN (SELECT value FROM json_each(?))", (names,))
    db.execute("DELETE FROM responses WHERE url IN (SELECT value FROM json_each(?))", (names,))
