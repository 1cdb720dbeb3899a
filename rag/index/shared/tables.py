"""The tables of what is derived from a library, in a schema of their own beside the library's in PostgreSQL.

No extension is needed, and no text search configuration: lexemes are our own words and stems.
"""

from __future__ import annotations

from rag.index.multivector import FORMAT
from rag.storage.migrations import Step

SKETCHES = f"sketches_v{FORMAT}"

# What comes in waits in a list that is searched from beginning to end, and is short: put into the index
# together, words take a part of the time that they take one by one.
_PENDING = "WITH (gin_pending_list_limit = 512)"  # kB

STEPS: tuple[Step, ...] = (
    (
        f"CREATE TABLE IF NOT EXISTS {SKETCHES} (passage_id TEXT PRIMARY KEY, sketch BYTEA NOT NULL)",
        # They are as small as they get: trying to compress them only takes time.
        f"ALTER TABLE {SKETCHES} ALTER COLUMN sketch SET STORAGE EXTERNAL",
        # Terms of a passage, with their positions.
        "CREATE TABLE IF NOT EXISTS passage_terms (passage_id TEXT PRIMARY KEY, article_id TEXT NOT NULL,"
        " outlet TEXT, language TEXT, day INTEGER, length INTEGER NOT NULL, terms TSVECTOR NOT NULL)",
        "ALTER TABLE passage_terms ALTER COLUMN terms SET STORAGE MAIN",
        f"CREATE INDEX IF NOT EXISTS passage_terms_by_term ON passage_terms USING gin (terms) {_PENDING}",
        "CREATE INDEX IF NOT EXISTS passage_terms_by_article ON passage_terms (article_id)",
        # In how many passages each term is: what is in none isn't here.
        "CREATE TABLE IF NOT EXISTS term_frequencies (term TEXT PRIMARY KEY, passages INTEGER NOT NULL)"
        " WITH (fillfactor = 70)",
        # Articles as full-text search finds them.
        "CREATE TABLE IF NOT EXISTS searched_articles (article_id TEXT PRIMARY KEY, outlet TEXT,"
        " language TEXT NOT NULL, day INTEGER, month INTEGER, length INTEGER NOT NULL,"
        " names TSVECTOR NOT NULL)",
        "CREATE INDEX IF NOT EXISTS searched_articles_by_name ON searched_articles USING gin (names)",
        "CREATE INDEX IF NOT EXISTS searched_articles_by_language ON searched_articles (language)",
        "CREATE INDEX IF NOT EXISTS searched_articles_by_day ON searched_articles (day)",
        # Their words, and apart from these their stems, with positions; of a long article in several
        # overlapping parts. Most fit into a page, and needn't be put together and unpacked to be ranked.
        "CREATE TABLE IF NOT EXISTS searched_words (article_id TEXT NOT NULL REFERENCES searched_articles"
        " ON DELETE CASCADE, part INTEGER NOT NULL, words TSVECTOR NOT NULL, PRIMARY KEY (article_id, part))",
        "ALTER TABLE searched_words ALTER COLUMN words SET STORAGE MAIN",
        "ALTER TABLE searched_words SET (toast_tuple_target = 8160)",
        f"CREATE INDEX IF NOT EXISTS searched_words_by_word ON searched_words USING gin (words) {_PENDING}",
        # How many documents there are of each kind, and how many words in all of them.
        "CREATE TABLE IF NOT EXISTS totals (kind TEXT PRIMARY KEY, documents INTEGER NOT NULL,"
        " length INTEGER NOT NULL)",
        "INSERT INTO totals VALUES ('passages', 0, 0), ('articles', 0, 0) ON CONFLICT (kind) DO NOTHING",
    ),
)
