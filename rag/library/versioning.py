"""A number that tells whether what answers rest on has changed: articles, their sources, their links.

Kept by triggers, in the very transaction that changes something, whoever does so: a process that dies, or
one of another version, can't leave the number behind its articles. Feedback, maps and facts don't count.
"""

from __future__ import annotations

from rag.storage.database import Connection

# What is counted. An article that is acknowledged again counts even if it says the same: its vectors may be
# others. That it waits to be indexed (`indexed_with`) changes nothing yet. Passages come and go with their
# articles; once they are no longer `unlisted`, the indexes have settled.
_COUNTED = {
    "articles": (
        "INSERT",
        "DELETE",
        "UPDATE OF id, text, title, source, content_hash, outlet, author, language, published_at, updated_at",
    ),
    "checksums": ("INSERT", "UPDATE", "DELETE"),
    # A filter on a name keeps other articles, even if none of its own articles is there any more.
    "outlet_aliases": ("INSERT", "UPDATE", "DELETE"),
    "reprints": ("INSERT", "DELETE"),
    "sources": ("INSERT", "DELETE"),
    "unlisted": ("DELETE",),
}
_MOVED = "old.source IS NOT new.source OR old.article_id IS NOT new.article_id"
_COUNT = "BEGIN UPDATE changes SET number = number + 1; END"


def _trigger(table: str, event: str, when: str = "") -> str:
    name = f"{table}_{event.split()[0].lower()}_counted"
    return f"CREATE TRIGGER IF NOT EXISTS {name} AFTER {event} ON {table} {when} {_COUNT}"


STATEMENTS = (
    "CREATE TABLE IF NOT EXISTS changes"
    " (one INTEGER PRIMARY KEY CHECK (one = 1), number INTEGER NOT NULL) STRICT",
    "INSERT INTO changes VALUES (1, 0) ON CONFLICT DO NOTHING",
    *(_trigger(table, event) for table, events in _COUNTED.items() for event in events),
    _trigger("sources", "UPDATE OF source, article_id", f"WHEN {_MOVED}"),
)


def number(db: Connection) -> int:
    """Return how often something has changed; comparing tells, the size of the number doesn't."""
    return db.execute("SELECT number FROM changes").fetchone()[0]
