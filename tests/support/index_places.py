"""The indexes of a library, in files or in PostgreSQL, by one word: a folder or a database's address."""

from __future__ import annotations

from pathlib import Path

from rag.index.full_text_index import FullTextIndex
from rag.index.multivector_store import MultivectorStore
from rag.index.shared.postgres_articles import PostgresFullTextIndex
from rag.index.shared.postgres_sketches import PostgresSketches
from rag.index.shared.postgres_terms import PostgresTermIndex
from rag.index.stores import ArticleSearch, SketchStore, TermSearch
from rag.index.term_index import TermIndex
from rag.storage.postgres import PostgresDatabase

_opened: list[PostgresDatabase] = []


def _database(place: str) -> PostgresDatabase | None:
    if not place.startswith("postgresql://"):
        return None
    _opened.append(PostgresDatabase(place, "sourcier_index"))
    return _opened[-1]


def close_opened() -> None:
    """Close the connections of all that was opened here."""
    while _opened:
        _opened.pop().close()


def open_terms(place: str) -> TermSearch:
    database = _database(place)
    return PostgresTermIndex(database) if database else TermIndex(Path(place))


def open_articles(place: str) -> ArticleSearch:
    database = _database(place)
    return PostgresFullTextIndex(database) if database else FullTextIndex(Path(place))


def open_sketches(place: str) -> SketchStore:
    database = _database(place)
    return PostgresSketches(database) if database else MultivectorStore(Path(place))
