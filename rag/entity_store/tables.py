"""The tables of entities, their mentions and statements, in the catalogue's file.

All of it is derived from the texts of articles. What is found in an article hangs on its row in
`analysed_articles`, which goes when the article goes or its text changes: pointers never outlive their text.
"""

from __future__ import annotations

TABLES = """
CREATE TABLE IF NOT EXISTS analysed_articles (
    article_id TEXT PRIMARY KEY REFERENCES articles (id) ON DELETE CASCADE, version INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS entities (
    id INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, name TEXT NOT NULL,
    surname TEXT NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS entities_by_surname ON entities (surname);
CREATE TABLE IF NOT EXISTS entity_articles (
    entity_id INTEGER NOT NULL, article_id TEXT NOT NULL REFERENCES analysed_articles (article_id)
    ON DELETE CASCADE, mentions INTEGER NOT NULL, is_bare INTEGER NOT NULL,
    PRIMARY KEY (entity_id, article_id)) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS entity_articles_by_article ON entity_articles (article_id);
CREATE TABLE IF NOT EXISTS entity_forms (
    folded TEXT NOT NULL, entity_id INTEGER NOT NULL, article_id TEXT NOT NULL
    REFERENCES analysed_articles (article_id) ON DELETE CASCADE, form TEXT NOT NULL, role TEXT NOT NULL,
    PRIMARY KEY (folded, entity_id, article_id, form, role)) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS entity_forms_by_article ON entity_forms (article_id);
CREATE INDEX IF NOT EXISTS entity_forms_by_entity ON entity_forms (entity_id);
CREATE TABLE IF NOT EXISTS entity_mentions (
    article_id TEXT NOT NULL REFERENCES analysed_articles (article_id) ON DELETE CASCADE,
    start INTEGER NOT NULL, entity_id INTEGER NOT NULL, "end" INTEGER NOT NULL, sentence INTEGER NOT NULL,
    is_shared INTEGER NOT NULL, PRIMARY KEY (article_id, start, entity_id)) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS entity_mentions_by_entity ON entity_mentions (entity_id, article_id, sentence);
CREATE TABLE IF NOT EXISTS entity_statements (
    entity_id INTEGER NOT NULL, article_id TEXT NOT NULL
    REFERENCES analysed_articles (article_id) ON DELETE CASCADE,
    start INTEGER NOT NULL, "end" INTEGER NOT NULL, form TEXT NOT NULL,
    context_start INTEGER NOT NULL, context_end INTEGER NOT NULL, verb_start INTEGER NOT NULL,
    verb_end INTEGER NOT NULL, is_alleged INTEGER NOT NULL,
    PRIMARY KEY (entity_id, article_id, start, "end")) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS entity_statements_by_article ON entity_statements (article_id);
"""
# What was found in a text goes with it, in the same transaction; an entity with its last article.
TRIGGERS = (
    "CREATE TRIGGER IF NOT EXISTS entities_outdated AFTER UPDATE OF text, language ON articles"
    " WHEN old.text IS NOT new.text OR old.language IS NOT new.language"
    " BEGIN DELETE FROM analysed_articles WHERE article_id = old.id; END",
    # Whoever changes a text without foreign keys, as another program may, takes its pointers along too.
    "CREATE TRIGGER IF NOT EXISTS analysis_goes AFTER DELETE ON analysed_articles BEGIN"
    " DELETE FROM entity_statements WHERE article_id = old.article_id;"
    " DELETE FROM entity_mentions WHERE article_id = old.article_id;"
    " DELETE FROM entity_forms WHERE article_id = old.article_id;"
    " DELETE FROM entity_articles WHERE article_id = old.article_id; END",
    "CREATE TRIGGER IF NOT EXISTS entity_goes AFTER DELETE ON entity_articles"
    " WHEN NOT EXISTS (SELECT 1 FROM entity_articles WHERE entity_id = old.entity_id)"
    " BEGIN DELETE FROM entities WHERE id = old.entity_id; END",
)
