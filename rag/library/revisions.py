"""What articles said before they changed: the part of the catalogue that keeps it.

Runs inside the catalogue's transactions and connections. A revision goes with its article.
"""

from __future__ import annotations

import sqlite3
from dataclasses import asdict, dataclass


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
        return asdict(self)


_COLUMNS = "article_id, number, text, title, content_hash, published_at, updated_at, ingested_at, replaced_at"


def keep(db: sqlite3.Connection, article_id: str, text: str, title: str, replaced_at: str | None) -> None:
    """Keep what a listed article says, if it is about to say something else: `text` under `title`.

    `replaced_at` is when (None: now). What a check has found damaged (its hash is empty) isn't kept.
    """
    query = (
        f"INSERT INTO revisions ({_COLUMNS})"
        " SELECT id, (SELECT coalesce(max(number), 0) + 1 FROM revisions WHERE article_id = id), text, title,"
        " content_hash, published_at, updated_at, ingested_at,"
        " coalesce(?, strftime('%Y-%m-%dT%H:%M:%S+00:00', 'now'))"
        " FROM articles WHERE id = ? AND content_hash != '' AND (text != ? OR title != ?)"
    )
    db.execute(query, (replaced_at, article_id, text, title))


def of(db: sqlite3.Connection, article_id: str) -> list[Revision]:
    """An article's revisions, oldest first."""
    query = f"SELECT {_COLUMNS} FROM revisions WHERE article_id = ? ORDER BY number"
    return [Revision(*row) for row in db.execute(query, (article_id,))]
