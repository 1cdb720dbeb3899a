"""What could not be read, and why: the part of the catalogue that keeps it until it can be read.

What is done inside a transaction of the catalogue belongs to it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

from rag.storage.database import Database, upsert


@dataclass(frozen=True, slots=True)
class FailedSource:
    """`source` is the key of what failed, or its name where it has no key; the reason in two languages."""

    source: str
    reason: str
    reason_fr: str
    failed_at: str

    def text(self, language: str) -> str:
        """Return the reason in `language`: French for `fr`, English otherwise."""
        return self.reason_fr if language == "fr" else self.reason

    def to_dict(self) -> dict:
        """Return the fields as JSON has them."""
        return {"source": self.source, "reason": self.reason, "failed_at": self.failed_at}


class FailureTable:
    """What could not be read when it was last asked for, and why."""

    def __init__(self, file: Database) -> None:
        self._file = file

    def put(self, failures: Iterable[FailedSource]) -> None:
        """Record these, each in place of an earlier one of the same source."""
        rows = [(f.source, f.reason, f.reason_fr, f.failed_at) for f in failures]
        with self._file.transaction() as db:
            db.executemany(upsert("failures", "source, reason, reason_fr, failed_at", "source"), rows)

    def clear(self, sources: Iterable[str]) -> None:
        """Forget the failures of these: they can be read again, or are gone."""
        if sources := list(sources):
            with self._file.transaction() as db:
                db.executemany("DELETE FROM failures WHERE source = ?", ((source,) for source in sources))

    def all(self) -> list[FailedSource]:
        """Return all of them, latest first."""
        query = "SELECT source, reason, reason_fr, failed_at FROM failures ORDER BY failed_at DESC, source"
        with self._file.connection() as db:
            return [FailedSource(*row) for row in db.execute(query)]

    def sources(self) -> set[str]:
        """Return the keys of what could not be read."""
        with self._file.connection() as db:
            return {row[0] for row in db.execute("SELECT source FROM failures")}

    def forget(self, article_id: str) -> None:
        """Delete what names a source of this article: failures, and what servers said of it."""
        query = "SELECT key, source FROM sources WHERE article_id = ?"
        with self._file.transaction() as db:
            found = {name for row in db.execute(query, (article_id,)) for name in row}
            names = json.dumps(sorted(found))
            db.execute("DELETE FROM failures WHERE source IN (SELECT value FROM json_each(?))", (names,))
            db.execute("DELETE FROM responses WHERE url IN (SELECT value FROM json_each(?))", (names,))
