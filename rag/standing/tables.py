"""The tables of standing queries in the catalogue's file: what was found last, what changed.

Articles take along what points into them, by foreign keys; in `arrivals` they are numbered as they come.
"""

from __future__ import annotations

TABLES = """
CREATE TABLE IF NOT EXISTS standing_queries (
    id TEXT PRIMARY KEY, user TEXT NOT NULL, kind TEXT NOT NULL, words TEXT NOT NULL, folded TEXT NOT NULL,
    language TEXT NOT NULL, filters TEXT NOT NULL, made_at TEXT NOT NULL, asked_at TEXT,
    paused INTEGER NOT NULL, failure TEXT, failure_fr TEXT, turn INTEGER NOT NULL, arrival INTEGER NOT NULL,
    state TEXT) STRICT;
CREATE UNIQUE INDEX IF NOT EXISTS standing_queries_by_words
    ON standing_queries (user, kind, folded, filters);
CREATE TABLE IF NOT EXISTS standing_found (
    query_id TEXT NOT NULL REFERENCES standing_queries (id) ON DELETE CASCADE,
    article_id TEXT NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
    PRIMARY KEY (query_id, article_id)) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS standing_found_by_article ON standing_found (article_id);
CREATE TABLE IF NOT EXISTS standing_changes (
    number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE,
    query_id TEXT NOT NULL REFERENCES standing_queries (id) ON DELETE CASCADE, kind TEXT NOT NULL,
    told_at TEXT NOT NULL, seen INTEGER NOT NULL, gone TEXT NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS standing_changes_by_query ON standing_changes (query_id);
CREATE TABLE IF NOT EXISTS standing_quotes (
    change_number INTEGER NOT NULL REFERENCES standing_changes (number) ON DELETE CASCADE,
    is_after INTEGER NOT NULL, place INTEGER NOT NULL,
    article_id TEXT NOT NULL REFERENCES articles (id) ON DELETE CASCADE, content_hash TEXT NOT NULL,
    start INTEGER NOT NULL, "end" INTEGER NOT NULL, answer_start INTEGER, answer_end INTEGER,
    PRIMARY KEY (change_number, is_after, place)) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS standing_quotes_by_article ON standing_quotes (article_id);
CREATE TABLE IF NOT EXISTS arrivals (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    article_id TEXT NOT NULL UNIQUE REFERENCES articles (id) ON DELETE CASCADE) STRICT;
"""
_FILED = ("text", "title", "outlet", "author", "language", "published_at", "updated_at")
_OTHERWISE = " OR ".join(f"old.{name} IS NOT new.{name}" for name in _FILED)
_ARRIVE = "DELETE FROM arrivals WHERE article_id = new.id; INSERT INTO arrivals (article_id) VALUES (new.id)"
TRIGGERS = (
    # In which order articles came, or came to say something else: numbers only grow.
    f"CREATE TRIGGER IF NOT EXISTS article_arrives AFTER INSERT ON articles BEGIN {_ARRIVE}; END",
    f"CREATE TRIGGER IF NOT EXISTS article_arrives_anew AFTER UPDATE OF {', '.join(_FILED)} ON articles"
    f" WHEN {_OTHERWISE} BEGIN {_ARRIVE}; END",
    # What was told goes with the last article that it was told of; what came before is told without it.
    "CREATE TRIGGER IF NOT EXISTS standing_change_goes AFTER DELETE ON standing_quotes"
    " WHEN NOT EXISTS (SELECT 1 FROM standing_quotes WHERE change_number = old.change_number"
    " AND is_after >= old.is_after) BEGIN DELETE FROM standing_changes WHERE number = old.change_number"
    " AND (old.is_after = 1 OR gone = '[]'); END",
)
