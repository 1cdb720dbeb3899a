"""What is known of a text besides its words: pages, whether it is an excerpt, imprint, canonical URL.

Runs inside the catalogue's transactions. All belong to one text, which they name by its hash: a text that
another version of Sourcier has put in its place has none.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import astuple

from rag.schema.article import Article, Imprint
from rag.storage.database import Connection

TABLES = """
CREATE TABLE IF NOT EXISTS pages (
    article_id TEXT PRIMARY KEY REFERENCES articles (id) ON DELETE CASCADE,
    content_hash TEXT NOT NULL, starts TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS excerpts (
    article_id TEXT NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
    content_hash TEXT NOT NULL, PRIMARY KEY (article_id, content_hash)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS imprints (
    article_id TEXT PRIMARY KEY REFERENCES articles (id) ON DELETE CASCADE,
    content_hash TEXT NOT NULL, stated TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS canonical_urls (
    article_id TEXT PRIMARY KEY REFERENCES articles (id) ON DELETE CASCADE,
    content_hash TEXT NOT NULL, url TEXT NOT NULL) STRICT;
"""
# Columns of `articles`: what `read` understands.
COLUMNS = (
    "(SELECT starts FROM pages WHERE article_id = articles.id"
    " AND pages.content_hash = articles.content_hash)",
    "EXISTS (SELECT 1 FROM excerpts WHERE article_id = articles.id"
    " AND excerpts.content_hash = articles.content_hash)",
    "(SELECT stated FROM imprints WHERE article_id = articles.id"
    " AND imprints.content_hash = articles.content_hash)",
    "(SELECT url FROM canonical_urls WHERE article_id = articles.id"
    " AND canonical_urls.content_hash = articles.content_hash)",
)


def put(db: Connection, article: Article) -> None:
    """Keep what is known of the text of a listed article, in place of what was known of it."""
    db.execute("DELETE FROM pages WHERE article_id = ?", (article.id,))
    text = (article.id, article.content_hash)
    db.execute("DELETE FROM excerpts WHERE article_id = ? AND content_hash = ?", text)
    db.execute("DELETE FROM imprints WHERE article_id = ?", (article.id,))
    db.execute("DELETE FROM canonical_urls WHERE article_id = ?", (article.id,))
    put_new(db, [article])


def put_new(db: Connection, articles: Sequence[Article]) -> None:
    """Keep what is known of the texts of listed articles of which nothing is known yet."""
    pages, excerpts, imprints, urls = [], [], [], []
    for article in articles:
        text = (article.id, article.content_hash)
        if article.page_starts:
            pages.append((*text, json.dumps(article.page_starts, separators=(",", ":"))))
        if article.excerpt:
            excerpts.append(text)
        if article.imprint:
            imprints.append((*text, json.dumps(astuple(article.imprint))))
        if article.canonical_url:
            urls.append((*text, article.canonical_url))
    db.executemany("INSERT INTO pages VALUES (?, ?, ?)", pages)
    db.executemany("INSERT INTO excerpts VALUES (?, ?)", excerpts)
    db.executemany("INSERT INTO imprints VALUES (?, ?, ?)", imprints)
    db.executemany("INSERT INTO canonical_urls VALUES (?, ?, ?)", urls)


def put_url(db: Connection, article: Article) -> None:
    """Keep the URL of a listed article, in place of the one that was known."""
    db.execute("DELETE FROM canonical_urls WHERE article_id = ?", (article.id,))
    if article.canonical_url:
        row = (article.id, article.content_hash, article.canonical_url)
        db.execute("INSERT INTO canonical_urls VALUES (?, ?, ?)", row)


def read(starts: str | None, excerpt: int, imprint: str | None, canonical_url: str | None) -> dict:
    """Return what the columns hold, as fields of an article.

    Of damaged ones nothing, which the article's checksum tells.
    """
    try:
        pages, stated = json.loads(starts or "[]"), json.loads(imprint or "[]")
        return {
            "page_starts": tuple(pages),
            "excerpt": bool(excerpt),
            "imprint": Imprint(*stated) if stated else None,
            "canonical_url": canonical_url,
        }
    except (ValueError, TypeError):
        return {}


def was_excerpt(db: Connection, article_id: str, content_hash: str) -> bool:
    """Return whether a text of an article, the one of now or an earlier one, is an excerpt."""
    query = "SELECT 1 FROM excerpts WHERE article_id = ? AND content_hash = ?"
    return db.execute(query, (article_id, content_hash)).fetchone() is not None
