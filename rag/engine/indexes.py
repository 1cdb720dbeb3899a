"""Opens a library's indexes where the settings say: in the data folder, or on servers that are shared."""

from __future__ import annotations

import weakref
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


def open_encoded(
    settings: Settings, embedding: str, check: bool = True, library: str = ""
) -> tuple[VectorIndex, SketchStore]:
    """Open what an encoder has made of passages, vectors and sketches, made if missing.

    Args:
        settings: Where they are: vectors on the server of `store.url`, sketches in the library's database. A
            library in a database with its vectors in the data folder is for one machine.
        embedding: The name of the model that vectors are of.
        check: Whether to refuse a file that is found damaged: whoever repairs it doesn't.
        library: What tells the library from others that may have vectors on the same server.

    Raises:
        LibraryError: They can't be used as they are.
    """
    vectors = _open_vectors(settings, embedding, library)
    if settings.place.url is None:
        return vectors, MultivectorStore(settings.data_dir / "sketches", check)
    from rag.index.shared.postgres_sketches import PostgresSketches

    return vectors, PostgresSketches(_database(settings))


def open_searches(settings: Settings) -> tuple[TermSearch, ArticleSearch]:
    """Open what finds passages by terms and articles by their full texts, made if missing.

    Raises:
        LibraryError: They can't be used as they are.
    """
    if settings.place.url is None:
        return TermIndex(settings.data_dir / "terms"), FullTextIndex(settings.data_dir / "full_text")
    from rag.index.shared.postgres_articles import PostgresFullTextIndex
    from rag.index.shared.postgres_terms import PostgresTermIndex

    database = _database(settings)
    terms, full_text = PostgresTermIndex(database), PostgresFullTextIndex(database)
    weakref.finalize(full_text, database.close)  # connections end with whoever holds both
    return terms, full_text


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
