"""Opens a library's indexes where the settings say: in the data folder, or on servers that are shared."""

from __future__ import annotations

import weakref
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from rag.config import Settings
from rag.index.full_text_index import FullTextIndex
from rag.index.multivector_store import MultivectorStore
from rag.index.stores import ArticleSearch, SketchStore, TermSearch, VectorIndex
from rag.index.term_index import TermIndex
from rag.index.vector_store import VectorStore
from rag.storage.opening import open_database

if TYPE_CHECKING:
    from rag.storage.postgres import PostgresDatabase

SCHEMA = "sourcier_index"  # in a database: what is derived, beside the library


@dataclass(frozen=True, slots=True)
class Indexes:
    """What is derived from a library: vectors, terms, full texts and sketches."""

    vectors: VectorIndex
    terms: TermSearch
    full_text: ArticleSearch
    sketches: SketchStore


def open_indexes(settings: Settings, embedding: str, check: bool = True, library: str = "") -> Indexes:
    """Open the indexes, made if missing.

    Args:
        settings: Where they are: vectors on the server of `store.url`, the others in the library's database.
            A library in a database with its vectors in the data folder is for one machine.
        embedding: The name of the model that vectors are of.
        check: Whether to refuse a file that is found damaged: whoever repairs it doesn't.
        library: What tells the library from others that may have vectors on the same server.

    Raises:
        LibraryError: They can't be used as they are.
    """
    vectors = _open_vectors(settings, embedding, library)
    folder = settings.data_dir
    if settings.place.url is None:
        terms, full_text = TermIndex(folder / "terms"), FullTextIndex(folder / "full_text")
        return Indexes(vectors, terms, full_text, MultivectorStore(folder / "sketches", check))
    from rag.index.shared.postgres_articles import PostgresFullTextIndex
    from rag.index.shared.postgres_sketches import PostgresSketches
    from rag.index.shared.postgres_terms import PostgresTermIndex

    database = _database(settings)
    sketches = PostgresSketches(database)
    return Indexes(vectors, PostgresTermIndex(database), PostgresFullTextIndex(database), sketches)


def _open_vectors(settings: Settings, embedding: str, library: str) -> VectorIndex:
    store = settings.store
    if store.url is None:
        return VectorStore(settings.data_dir / "vectors", embedding)
    from rag.index.shared.chroma_server import ChromaServer
    from rag.index.shared.server_vectors import ServerVectorStore

    token = store.token.get_secret_value() if store.token else None
    server = ChromaServer(store.url, token, store.token_header)
    return ServerVectorStore(server, store.collection, embedding, library)


def open_article_search(settings: Settings) -> ArticleSearch:
    """Open the full-text index alone; its connections are closed when nobody uses it any more.

    Raises:
        LibraryError: It can't be used as it is.
    """
    if settings.place.url is None:
        return FullTextIndex(settings.data_dir / "full_text")
    from rag.index.shared.postgres_articles import PostgresFullTextIndex

    database = _database(settings)
    index = PostgresFullTextIndex(database)
    weakref.finalize(index, database.close)
    return index


def _database(settings: Settings) -> PostgresDatabase:
    return cast("PostgresDatabase", open_database(settings.place, "", SCHEMA))
