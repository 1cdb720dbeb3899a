"""Where the pages of printed articles begin: the part of the catalogue that keeps it.

Runs inside the catalogue's transactions. Pages belong to one text, which they name by its hash: a text that
another version of Sourcier has put in its place has none.
"""

from __future__ import annotations

import json
import sqlite3

from rag.schema.article import Article

TABLES = """
CREATE TABLE IF NOT EXISTS pages (
    article_id TEXT PRIMARY KEY REFERENCES articles (id) ON DELETE CASCADE,
    content_hash TEXT NOT NULL, starts TEXT NOT NULL) STRICT;
"""
# A column of `articles`: what `read` understands.
STARTS = (
    "(SELECT starts FROM pages WHERE article_id = articles.id AND pages.content_hash = articles.content_hash)"
)


def put(db: sqlite3.Connection, article: Article) -> None:
    """Keep where the pages of a listed article begin, in place of what was known before."""
    db.execute("DELETE FROM pages WHERE article_id = ?", (article.id,))
    if article.page_starts:
        row = (article.id, article.content_hash, json.dumps(article.page_starts, separators=(",", ":")))
        db.execute("INSERT INTO pages VALUES (?, ?, ?)", row)


def read(starts: str | None) -> tuple[int, ...]:
    """Read where pages begin, as the table keeps it."""
    return tuple(json.loads(starts)) if starts else ()
