"""What articles said before they changed: the part of the catalogue that keeps it.

What is done inside a transaction of the catalogue belongs to it. A revision goes with its article.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from rag.checksums.checksum import row_checksum
from rag.metadata.store import as_stated
from rag.storage.database import Database, upsert


@dataclass(frozen=True, slots=True)
class Revision:
    """An earlier text of an article; `number` counts from 1, the oldest."""

    article_id: str
    number: int
    text: str
    title: str
    content_hash: str
    published_at: str | None
    updated_at: str | None
    ingested_at: str | None
    replaced_at: str

    def to_dict(self) -> dict:
        """Return the fields as JSON has them."""
        return asdict(self)


_COLUMNS = "article_id, number, text, title, content_hash, published_at, updated_at, ingested_at, replaced_at"


class RevisionTable:
    """What articles said before they changed."""

    def __init__(self, file: Database) -> None:
        self._file = file

    def keep(self, article_id: str, text: str, title: str, replaced_at: str | None) -> None:
        """Keep what a listed article says, if it is about to say something else.

        Titles and dates are those that were stated, whatever they were corrected to. What a check has found
        damaged (its hash is empty) isn't kept.

        Args:
            article_id: The article.
            text: Its text from now on.
            title: Its title from now on, as it is stated.
            replaced_at: When; None is now.
        """
        said, published, updated = map(as_stated, ("title", "published_at", "updated_at"))
        query = (
            f"INSERT INTO revisions ({_COLUMNS})"
            " SELECT id, (SELECT coalesce(max(number), 0) + 1 FROM revisions WHERE article_id = id),"
            f" text, {said}, content_hash, {published}, {updated}, ingested_at,"
            " ?"
            f" FROM articles WHERE id = ? AND content_hash != '' AND (text != ? OR {said} != ?)"
        )
        with self._file.transaction() as db:
            if db.execute(query, (replaced_at or _now(), article_id, text, title)).rowcount:
                latest = f"SELECT {_COLUMNS} FROM revisions WHERE article_id = ? ORDER BY number DESC LIMIT 1"
                self._put_checksums(db.execute(latest, (article_id,)).fetchall())

    def _put_checksums(self, rows: list[tuple]) -> None:
        with self._file.transaction() as db:
            sums = [(*row[:2], row_checksum(row)) for row in rows]
            columns, key = "article_id, number, crc32", "article_id, number"
            db.executemany(upsert("revision_checksums", columns, key), sums)

    def counts(self) -> dict[str, int]:
        """Article id → how many revisions are kept of it; articles that never changed are left out."""
        with self._file.connection() as db:
            return dict(db.execute("SELECT article_id, count(*) FROM revisions GROUP BY article_id"))

    def of(self, article_id: str) -> list[Revision]:
        """Return an article's revisions, oldest first, without those that aren't what was stored."""
        rows = self._rows("WHERE article_id = ? ORDER BY number", article_id)
        return [Revision(*row) for *row, stored in rows if stored in (None, row_checksum(row))]

    def damaged(self) -> list[str]:
        """Return the articles of which an earlier text isn't what was stored, each once."""
        rows = self._rows("")
        return sorted({str(row[0]) for *row, stored in rows if stored not in (None, row_checksum(row))})

    def put_missing_checksums(self) -> None:
        """Store what the texts that have no checksum are now, for later checks."""
        self._put_checksums([row for *row, stored in self._rows("") if stored is None])

    def _rows(self, where: str, *values: str) -> list[tuple]:
        """Return rows, each with its checksum behind it."""
        stored = (
            "(SELECT crc32 FROM revision_checksums WHERE revision_checksums.article_id = revisions.article_id"
            " AND revision_checksums.number = revisions.number)"
        )
        with self._file.connection() as db:
            return db.execute(f"SELECT {_COLUMNS}, {stored} FROM revisions {where}", values).fetchall()


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
