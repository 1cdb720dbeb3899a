"""Articles that aren't to be published yet, kept apart from the catalogue until they may be.

They are in no table of articles and in no index, so that no search, count, list or map can know them before
their time: whoever wants to show them asks here, by name. Knows the clock only as it is told. What is done
inside a transaction of the catalogue belongs to it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime

from rag.checksums import damaged
from rag.checksums.checksum import row_checksum
from rag.schema.article import Article, DamagedArticle, Imprint, Passage, Span
from rag.storage.database import Database, upsert

TABLES = """
CREATE TABLE IF NOT EXISTS embargoed (
    article_id TEXT PRIMARY KEY, until TEXT, stated TEXT NOT NULL, article TEXT NOT NULL,
    passages TEXT NOT NULL, recipe TEXT NOT NULL, key TEXT NOT NULL, source TEXT NOT NULL,
    digest TEXT NOT NULL, origin TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS embargoed_checksums (
    article_id TEXT PRIMARY KEY REFERENCES embargoed (article_id) ON DELETE CASCADE, crc32 INTEGER NOT NULL)
    STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS embargoed_by_time ON embargoed (until);
CREATE INDEX IF NOT EXISTS embargoed_by_key ON embargoed (key);
"""
_COLUMNS = "until, stated, article, passages, recipe, key, source, digest, origin"


@dataclass(frozen=True, slots=True)
class EmbargoedArticle:
    """An article with its passages, cut by `recipe`, and where it was read.

    `until`: from when on it counts, with its offset; None if only a later version of it may release it.
    `stated` is the time as its provider states it, ISO 8601 or ''.
    """

    article: Article
    passages: tuple[Passage, ...]
    recipe: str
    key: str
    source: str
    digest: str
    origin: str
    until: datetime | None
    stated: str = ""

    def is_due(self, now: datetime) -> bool:
        """Return whether its time has come."""
        return self.until is not None and self.until <= now


class EmbargoTable:
    """The articles that wait, in the catalogue's file."""

    def __init__(self, file: Database) -> None:
        self._file = file

    def put(self, waiting: EmbargoedArticle) -> None:
        """Keep an article, in place of the version of it that waits."""
        row = (
            waiting.article.id, _moment(waiting.until), waiting.stated,
            json.dumps(asdict(waiting.article), ensure_ascii=False),
            json.dumps([asdict(passage) for passage in waiting.passages]),
            waiting.recipe, waiting.key, waiting.source, waiting.digest, waiting.origin,
        )  # fmt: skip
        with self._file.transaction() as db:
            db.execute("DELETE FROM embargoed WHERE key = ?", (waiting.key,))
            db.execute(upsert("embargoed", f"article_id, {_COLUMNS}", "article_id"), row)
            self._put_checksums([row])

    def _put_checksums(self, rows: Iterable[tuple]) -> None:
        with self._file.transaction() as db:
            sums = [(row[0], row_checksum(row)) for row in rows]
            db.executemany(upsert("embargoed_checksums", "article_id, crc32", "article_id"), sums)

    def damaged(self) -> list[str]:
        """Return the ids of those that aren't what was stored."""
        return [str(row[0]) for *row, stored in self._rows("") if stored not in (None, row_checksum(row))]

    def put_missing_checksums(self) -> None:
        """Store what those that have no checksum are now, for later checks."""
        self._put_checksums([row for *row, stored in self._rows("") if stored is None])

    def get(self, article_id: str) -> EmbargoedArticle | None:
        """Return an article that waits; None if there is none with this id."""
        return next(iter(self._found("WHERE article_id = ?", article_id)), None)

    def with_key(self, key: str) -> EmbargoedArticle | None:
        """Return what this source brought, if it waits."""
        return next(iter(self._found("WHERE key = ?", key)), None)

    def all(self) -> list[EmbargoedArticle]:
        """Return what waits, those whose time comes first in front."""
        return self._found("ORDER BY until IS NULL, until, article_id")

    def due(self, now: datetime) -> list[EmbargoedArticle]:
        """Return those whose time has come."""
        return self._found("WHERE until <= ? ORDER BY until, article_id", _moment(now))

    def has_due(self, now: datetime) -> bool:
        """Return whether the time of any has come; asked before every question, so it costs nothing."""
        with self._file.connection() as db:
            query = "SELECT 1 FROM embargoed WHERE until <= ? LIMIT 1"
            return db.execute(query, (_moment(now),)).fetchone() is not None

    def count(self) -> int:
        """Return how many wait."""
        with self._file.connection() as db:
            return db.execute("SELECT count(*) FROM embargoed").fetchone()[0]

    def remove(self, article_id: str) -> bool:
        """Take an article out; False if it isn't here."""
        with self._file.transaction() as db:
            return db.execute("DELETE FROM embargoed WHERE article_id = ?", (article_id,)).rowcount > 0

    def remove_all(self, article_ids: Iterable[str]) -> None:
        """Take these articles out, where they are here."""
        query = "DELETE FROM embargoed WHERE article_id IN (SELECT value FROM json_each(?))"
        with self._file.transaction() as db:
            db.execute(query, (json.dumps(list(article_ids)),))

    def keys(self, origin: str) -> frozenset[str]:
        """Return the keys of the sources in `origin` whose articles wait."""
        with self._file.connection() as db:
            rows = db.execute("SELECT key FROM embargoed WHERE origin = ?", (origin,))
            return frozenset(row[0] for row in rows)

    def leave(self, origin: str, gone: Iterable[str]) -> list[str]:
        """Take out what these sources of `origin` brought; return the ids."""
        with self._file.transaction() as db:
            query = (
                "DELETE FROM embargoed WHERE origin = ? AND key IN (SELECT value FROM json_each(?))"
                " RETURNING article_id"
            )
            return sorted(row[0] for row in db.execute(query, (origin, json.dumps(sorted(gone)))))

    def rename(self, origin: str, to: str) -> None:
        """Have what was found in `origin` be in `to` in its place: it has moved."""
        waiting = self._found("WHERE origin = ?", origin)
        with self._file.transaction():
            for one in waiting:
                self.put(replace(one, origin=to))

    def _found(self, where: str, *values: str | None) -> list[EmbargoedArticle]:
        found = []
        for *row, stored in self._rows(where, *values):
            if stored in (None, row_checksum(row)):
                found.append(_read(row[1:]))
            else:
                damaged.note(DamagedArticle(str(row[0]), "", str(row[7])))
        return found

    def _rows(self, where: str, *values: str | None) -> list[tuple]:
        """Return rows, each with its checksum behind it."""
        stored = (
            "(SELECT crc32 FROM embargoed_checksums AS sums WHERE sums.article_id = embargoed.article_id)"
        )
        with self._file.connection() as db:
            query = f"SELECT article_id, {_COLUMNS}, {stored} FROM embargoed {where}"
            return db.execute(query, values).fetchall()


def _moment(moment: datetime | None) -> str | None:
    """Return a moment as it sorts: in UTC, to the second."""
    return None if moment is None else moment.astimezone(UTC).isoformat(timespec="seconds")


def _read(row: Sequence) -> EmbargoedArticle:
    until, stated, article, passages, recipe, key, source, digest, origin = row
    fields = json.loads(article)
    imprint = fields.pop("imprint")
    return EmbargoedArticle(
        Article(
            **fields | {"page_starts": tuple(fields["page_starts"])},
            imprint=Imprint(**imprint) if imprint else None,
        ),
        tuple(
            Passage(**one | {"sentences": tuple(Span(**span) for span in one["sentences"])})
            for one in json.loads(passages)
        ),
        recipe, key, source, digest, origin,
        datetime.fromisoformat(until) if until else None,
        stated,
    )  # fmt: skip
