"""What articles said before they changed: the part of the catalogue that keeps it.

What is done inside a transaction of the catalogue belongs to it. A revision goes with its article.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

from rag.storage.sqlite import SqliteFile


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

    def __init__(self, file: SqliteFile) -> None:
        self._file = file

    def keep(self, article_id: str, text: str, title: str, replaced_at: str | None) -> None:
        """Keep what a listed article says, if it is about to say something else.

        What a check has found damaged (its hash is empty) isn't kept.

        Args:
            article_id: The article.
            text: Its text from now on.
            title: Its title from now on.
            replaced_at: When; None is now.
        """
        query = (
            f"INSERT INTO revisions ({_COLUMNS})"
            " SELECT id, (SELECT coalesce(max(number), 0) + 1 FROM revisions WHERE article_id = id),"
            " text, title, content_hash, published_at, updated_at, ingested_at,"
            " coalesce(?, strftime('%Y-%m-%dT%H:%M:%S+00:00', 'now'))"
            " FROM articles WHERE id = ? AND content_hash != '' AND (text != ? OR title != ?)"
        )
        with self._file.transaction() as db:
            db.execute(query, (replaced_at, article_id, text, title))

    def counts(self) -> dict[str, int]:
        """Article id → how many revisions are kept of it; articles that never changed are left out."""
        with self._file.connection() as db:
            return dict(db.execute("SELECT article_id, count(*) FROM revisions GROUP BY article_id"))

    def of(self, article_id: str) -> list[Revision]:
        """Return an article's revisions, oldest first."""
        query = f"SELECT {_COLUMNS} FROM revisions WHERE article_id = ? ORDER BY number"
        with self._file.connection() as db:
            return [Revision(*row) for row in db.execute(query, (article_id,))]
