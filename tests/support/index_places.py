"""The indexes of a library, each in files or on a server, by one word.

That is a folder's path or a database's address; for vectors a folder's path or `http://host:port#collection`.
"""

from __future__ import annotations

from pathlib import Path

from rag.index.full_text_index import FullTextIndex
from rag.index.multivector_store import MultivectorStore
from rag.index.shared.chroma_server import ChromaServer
from rag.index.shared.postgres_articles import PostgresFullTextIndex
from rag.index.shared.postgres_sketches import PostgresSketches
from rag.index.shared.postgres_terms import PostgresTermIndex
from rag.index.shared.server_vectors import ServerVectorStore
from rag.index.stores import ArticleSearch, SketchStore, TermSearch, VectorIndex
from rag.index.term_index import TermIndex
from rag.index.vector_store import VectorStore
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


def open_vectors(place: str, embedding: str = "model") -> VectorIndex:
    url, _, collection = place.partition("#")
    if collection:
        return ServerVectorStore(ChromaServer(url), collection, embedding)
    return VectorStore(Path(place), embedding)
