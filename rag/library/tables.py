"""The tables of the catalogue, by the steps in which its format has grown, and its records.

Knows what is stored and in which format; not how it is asked for.
"""

from __future__ import annotations

from rag.dossiers import store as dossiers
from rag.embargo import store as embargo
from rag.encoders import store as encoders
from rag.entity_store import tables as entities
from rag.followed import store as followed
from rag.library import listing, text_properties, versioning
from rag.metadata import store as metadata
from rag.notes import store as notes
from rag.notification import store as notification
from rag.standing import tables as standing
from rag.storage.migrations import Step, statements

# The columns of an article, in the order of its table.
ARTICLE_FIELDS = (
    "id", "text", "title", "source", "content_hash", "outlet", "author", "language", "published_at",
    "updated_at", "ingested_at",
)  # fmt: skip

# Articles, their sources and passages, and what an index may hold that is listed nowhere.
_FORMAT_1 = """
CREATE TABLE IF NOT EXISTS articles (
    id TEXT PRIMARY KEY, text TEXT NOT NULL, title TEXT NOT NULL, source TEXT NOT NULL,
    content_hash TEXT NOT NULL, outlet TEXT, author TEXT, language TEXT, published_at TEXT,
    updated_at TEXT, ingested_at TEXT, indexed_with TEXT NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS articles_by_hash ON articles (content_hash);
CREATE TABLE IF NOT EXISTS sources (
    key TEXT PRIMARY KEY, article_id TEXT NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
    source TEXT NOT NULL, digest TEXT NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS sources_by_article ON sources (article_id);
CREATE TABLE IF NOT EXISTS passages (
    id TEXT PRIMARY KEY, article_id TEXT NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
    start INTEGER NOT NULL, "end" INTEGER NOT NULL, sentences TEXT NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS passages_by_article ON passages (article_id);
CREATE TABLE IF NOT EXISTS unlisted (passage_id TEXT PRIMARY KEY) STRICT;
"""
# Reprints: a file of format 1 gains empty tables, and its articles are compared at the next ingestion.
_FORMAT_2 = """
CREATE TABLE IF NOT EXISTS sketches (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    article_id TEXT NOT NULL UNIQUE REFERENCES articles (id) ON DELETE CASCADE,
    version INTEGER NOT NULL, hashes BLOB NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS sketched (
    hash INTEGER NOT NULL, number INTEGER NOT NULL, PRIMARY KEY (hash, number)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS reprints (
    article_id TEXT NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
    other_id TEXT NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
    PRIMARY KEY (article_id, other_id)) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS reprints_by_other ON reprints (other_id);
"""
# Where sources were found, what servers said of them, earlier texts, what could not be read; and, added to it
# without a new number, checksums, the map, feedback, the rows of the listing, pages, the count of changes,
# what waits for its time, checksums of passages and of earlier texts, dossiers, corrections, entities,
# followed sources, the encoder in use, notes, standing queries, what is to be sent.
_FORMAT_3 = """
CREATE INDEX IF NOT EXISTS articles_by_language ON articles (language);
CREATE INDEX IF NOT EXISTS articles_by_date ON articles (published_at);
CREATE INDEX IF NOT EXISTS articles_by_facets ON articles (published_at, outlet, language, id);
CREATE INDEX IF NOT EXISTS articles_by_author ON articles (author);
CREATE TABLE IF NOT EXISTS checksums (
    article_id TEXT PRIMARY KEY REFERENCES articles (id) ON DELETE CASCADE, sha256 TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS found_in (
    key TEXT NOT NULL REFERENCES sources (key) ON DELETE CASCADE, origin TEXT NOT NULL,
    PRIMARY KEY (key, origin)) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS found_in_by_origin ON found_in (origin);
CREATE TABLE IF NOT EXISTS asked_for (
    key TEXT PRIMARY KEY REFERENCES sources (key) ON DELETE CASCADE, asked_at TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS responses (
    url TEXT PRIMARY KEY, digest TEXT NOT NULL, fetched_at TEXT NOT NULL, etag TEXT,
    last_modified TEXT) STRICT;
CREATE TABLE IF NOT EXISTS revisions (
    article_id TEXT NOT NULL REFERENCES articles (id) ON DELETE CASCADE, number INTEGER NOT NULL,
    text TEXT NOT NULL, title TEXT NOT NULL, content_hash TEXT NOT NULL, published_at TEXT, updated_at TEXT,
    ingested_at TEXT, replaced_at TEXT NOT NULL, PRIMARY KEY (article_id, number)) STRICT;
CREATE TABLE IF NOT EXISTS passage_checksums (
    passage_id TEXT PRIMARY KEY, crc32 INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS revision_checksums (
    article_id TEXT NOT NULL, number INTEGER NOT NULL, crc32 INTEGER NOT NULL,
    PRIMARY KEY (article_id, number)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS failures (
    source TEXT PRIMARY KEY, reason TEXT NOT NULL, reason_fr TEXT NOT NULL, failed_at TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS dismissed (key_sha256 TEXT PRIMARY KEY) STRICT;
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS map_points (
    article_id TEXT PRIMARY KEY REFERENCES articles (id) ON DELETE CASCADE,
    x REAL NOT NULL, y REAL NOT NULL, cluster INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS map_words (
    cluster INTEGER NOT NULL, rank INTEGER NOT NULL, word TEXT NOT NULL,
    article_id TEXT NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
    PRIMARY KEY (cluster, rank)) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS map_words_by_article ON map_words (article_id);
CREATE TABLE IF NOT EXISTS feedback (
    id TEXT PRIMARY KEY, user TEXT NOT NULL, given_at TEXT NOT NULL, verdict TEXT NOT NULL,
    reasons TEXT NOT NULL, comment TEXT NOT NULL, question TEXT NOT NULL, status TEXT NOT NULL,
    language TEXT NOT NULL, model TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS feedback_read (
    feedback_id TEXT NOT NULL REFERENCES feedback (id) ON DELETE CASCADE,
    article_id TEXT NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
    content_hash TEXT NOT NULL, start INTEGER NOT NULL, "end" INTEGER NOT NULL, citation INTEGER NOT NULL,
    PRIMARY KEY (feedback_id, article_id, start, "end", citation)) STRICT;
CREATE INDEX IF NOT EXISTS feedback_read_by_article ON feedback_read (article_id);
"""
# A checksum goes with its row, however that goes.
_CHECKSUMS_GO = (
    "CREATE TRIGGER IF NOT EXISTS passage_checksum_goes AFTER DELETE ON passages"
    " BEGIN DELETE FROM passage_checksums WHERE passage_id = old.id; END",
    "CREATE TRIGGER IF NOT EXISTS revision_checksum_goes AFTER DELETE ON revisions"
    " BEGIN DELETE FROM revision_checksums WHERE article_id = old.article_id AND number = old.number; END",
)

# What makes a file of each format, in order.
STEPS: tuple[Step, ...] = (
    statements(_FORMAT_1),
    statements(_FORMAT_2),
    (
        *statements(
            _FORMAT_3
            + listing.TABLES
            + text_properties.TABLES
            + embargo.TABLES
            + metadata.TABLES
            + dossiers.TABLES
            + notification.TABLES
            + encoders.TABLES
            + entities.TABLES
            + followed.TABLES
            + notes.TABLES
            + standing.TABLES
        ),
        *_CHECKSUMS_GO,
        *versioning.STATEMENTS,
        *dossiers.COUNTING,
        *entities.TRIGGERS,
        *standing.TRIGGERS,
    ),
)
