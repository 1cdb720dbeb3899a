"""Opens a library's indexes where the settings say: in the data folder, or on servers that are shared."""

from __future__ import annotations

import secrets
import weakref
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from rag.config import Settings
from rag.index.full_text_index import FullTextIndex
from rag.index.multivector_store import MultivectorStore
from rag.index.stores import ArticleSearch, SketchStore, TermSearch, VectorIndex
from rag.index.term_index import TermIndex
from rag.index.vector_store import VectorStore
from rag.library.library import Library
from rag.storage.opening import open_database

if TYPE_CHECKING:
    from rag.index.shared.postgres_sketches import PostgresSketches
    from rag.index.shared.server_vectors import ServerVectorStore
    from rag.storage.postgres import PostgresDatabase

SCHEMA = "sourcier_index"  # in a database: what is derived, beside the library
_IDENTITY = "identity"  # among a library's facts


@dataclass(frozen=True, slots=True)
class Indexes:
    """What is derived from a library: vectors, terms, full texts and sketches."""

    vectors: VectorIndex
    terms: TermSearch
    full_text: ArticleSearch
    sketches: SketchStore


@dataclass(frozen=True, slots=True)
class Which:
    """Which index of a library: of the model of this name, the `generation`th.

    `library` tells the library from others that may have vectors on the same server.
    """

    embedding: str
    library: str = ""
    generation: int = 0


def open_indexes(
    settings: Settings, which: Which, check: bool = True, last: Indexes | None = None
) -> Indexes:
    """Open the indexes, made if missing.

    Args:
        settings: Where they are: vectors on the server of `store.url`, the others in the library's database.
            A library in a database with its vectors in the data folder is for one machine.
        which: Which of them.
        check: Whether to refuse a file that is found damaged: whoever repairs it doesn't.
        last: Those of the same library that were open before: what knows no encoder stays open.

    Raises:
        LibraryError: They can't be used as they are.
    """
    vectors = vectors_on_server(settings, which) or VectorStore(
        settings.data_dir / "vectors", which.embedding
    )
    folder = settings.data_dir
    if settings.place.url is None:
        sketches = MultivectorStore(folder / "sketches", check)
        if last is not None:
            return Indexes(vectors, last.terms, last.full_text, sketches)
        return Indexes(vectors, TermIndex(folder / "terms"), FullTextIndex(folder / "full_text"), sketches)
    from rag.index.shared.postgres_articles import PostgresFullTextIndex
    from rag.index.shared.postgres_sketches import PostgresSketches
    from rag.index.shared.postgres_terms import PostgresTermIndex

    if last is not None:
        there = cast("PostgresSketches", last.sketches).of(which.generation)
        return Indexes(vectors, last.terms, last.full_text, there)
    database = _database(settings)
    there = PostgresSketches(database, which.generation)
    return Indexes(vectors, PostgresTermIndex(database), PostgresFullTextIndex(database), there)


def vectors_on_server(settings: Settings, which: Which) -> ServerVectorStore | None:
    """Return an index's vectors on the server of `store.url`; None where they are in the data folder."""
    store = settings.store
    if store.url is None:
        return None
    from rag.index.shared.chroma_server import ChromaServer
    from rag.index.shared.server_vectors import ServerVectorStore

    token = store.token.get_secret_value() if store.token else None
    server = ChromaServer(store.url, token, store.token_header)
    return ServerVectorStore(server, store.collection, which.embedding, which.library, which.generation)


def sketches_on_server(settings: Settings, which: Which) -> PostgresSketches | None:
    """Return an index's sketches in the library's database; None where they are in the data folder."""
    if settings.place.url is None:
        return None
    from rag.index.shared.postgres_sketches import PostgresSketches

    return PostgresSketches(_database(settings), which.generation)


def parts_in_folders(settings: Settings) -> tuple[str, ...]:
    """Return the parts of an index that are in folders of this machine, by name."""
    sketches = ("sketches",) if settings.place.url is None else ()
    return sketches + (("vectors",) if settings.store.url is None else ())


def identity_of(settings: Settings, library: Library) -> str:
    """Return what tells a library from others on the same server, made when it is first asked for.

    Nothing where no server has its vectors.
    """
    if settings.store.url is None:
        return ""
    with library.transaction():
        known = library.facts.get(_IDENTITY)
        if known is None:
            known = secrets.token_hex(8)
            library.facts.put(_IDENTITY, known)
    return known


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
