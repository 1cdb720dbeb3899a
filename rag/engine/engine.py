"""Opens a library with its indexes and models: the one place that knows which class does what."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from rag.config import Settings
from rag.errors import LibraryBusyError
from rag.index.encoding import BLOCK_TOKENS
from rag.index.indexer import Indexer
from rag.index.multivector_store import MultivectorStore
from rag.index.term_index import TermIndex
from rag.index.vector_store import VectorStore
from rag.library.library import Library
from rag.models.embedder import Embedder
from rag.models.embedder_factory import load_embedder
from rag.models.reranker import load_reranker
from rag.retrieval.retriever import Retriever
from rag.storage.write_lock import write_lock

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Engine:
    """An open library with its indexes and its embedding model."""

    settings: Settings
    library: Library
    vectors: VectorStore
    terms: TermIndex
    sketches: MultivectorStore
    embedder: Embedder

    @property
    def indexer(self) -> Indexer:
        """Make what keeps the catalogue and the indexes in step."""
        chunking = self.settings.chunking
        cut = f"{chunking.max_tokens}/{chunking.overlap_tokens}/{BLOCK_TOKENS} headings"
        recipe = f"{self.embedder.name} {cut}"
        return Indexer(self.library, self.vectors, self.terms, self.sketches, self.embedder, recipe)

    @property
    def retriever(self) -> Retriever:
        """What finds passages in this library.

        Raises:
            ConfigError: The reranker can't be loaded.
        """
        settings = self.settings.retrieval
        return Retriever(
            self.library,
            self.vectors,
            self.terms,
            self.sketches,
            self.embedder,
            settings.candidates,
            load_reranker(settings.reranker),
        )

    def close(self) -> None:
        """Close the indexes and the catalogue."""
        self.vectors.close()
        self.sketches.close()
        self.library.close()


def open_engine(settings: Settings, embedder: Embedder | None = None) -> Engine:
    """Open the library in `settings.data_dir`, made if missing, and load the embedding model.

    `embedder`, if given, is that model, loaded already.
    """
    embedder = embedder or load_embedder(settings.embedding)
    library = Library(settings.data_dir)
    vectors = VectorStore(settings.data_dir / "vectors", embedder.name)
    terms = TermIndex(settings.data_dir / "terms")
    return Engine(
        settings, library, vectors, terms, MultivectorStore(settings.data_dir / "sketches"), embedder
    )


def open_recovered(settings: Settings) -> Engine:
    """Return `open_engine`, and what a crash left halfway is cleared, unless somebody is writing."""
    engine = open_engine(settings)
    try:
        with write_lock(settings.data_dir):
            engine.indexer.recover()
    except LibraryBusyError:
        # Whoever writes has recovered already, and leaves searches something to find meanwhile.
        log.debug("%s is being written to", settings.data_dir)
    return engine
