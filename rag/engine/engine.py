"""Opens a library with its indexes and models: the one place that knows which class does what."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from rag.answering.subject import SubjectIndex
from rag.config import Settings
from rag.errors import LibraryBusyError
from rag.grounding.library_names import LibraryNames
from rag.index.encoding import BLOCK_TOKENS
from rag.index.full_text_index import FullTextIndex
from rag.index.indexer import Indexer
from rag.index.multivector_store import MultivectorStore
from rag.index.term_index import TermIndex
from rag.index.vector_store import VectorStore
from rag.library.library import Library
from rag.models.embedder import Embedder
from rag.models.embedder_factory import load_embedder
from rag.models.reranker import load_reranker
from rag.retrieval.retriever import Retriever
from rag.schema.question import NO_FILTERS, Filters
from rag.search.dossier_filling import DossierFilling
from rag.search.full_text_search import FullTextSearch
from rag.storage.write_lock import write_lock

if TYPE_CHECKING:
    from rag.entities.lookup import EntityIndex

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Engine:
    """An open library with its indexes and its embedding model."""

    settings: Settings
    library: Library
    vectors: VectorStore
    terms: TermIndex
    full_text: FullTextIndex
    sketches: MultivectorStore
    embedder: Embedder

    @property
    def indexer(self) -> Indexer:
        """Make what keeps the catalogue and the indexes in step."""
        chunking = self.settings.chunking
        cut = f"{chunking.max_tokens}/{chunking.overlap_tokens}/{BLOCK_TOKENS} headings sentences"
        recipe = f"{self.embedder.name} {cut}"
        stores = self.library, self.vectors, self.terms, self.full_text, self.sketches
        return Indexer(*stores, self.embedder, recipe)

    @property
    def names(self) -> LibraryNames:
        """What looks up names in this library."""
        return LibraryNames(self.library, self.terms)

    @property
    def subjects(self) -> SubjectIndex:
        """What finds the articles that speak of a subject."""
        return SubjectIndex(self.library, self.terms, self.names)

    @property
    def entities(self) -> EntityIndex:
        """What looks up who the articles name and what these say."""
        from rag.entities.lookup import EntityIndex  # no question needs it

        return EntityIndex(self.library)

    @property
    def search(self) -> FullTextSearch:
        """What searches this library's full texts."""
        return FullTextSearch(self.library, self.full_text)

    @property
    def filling(self) -> DossierFilling:
        """What fills this library's dossiers."""
        return DossierFilling(self.library, self.full_text)

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
            load_reranker(settings),
        )

    def release_due(self, now: datetime | None = None) -> None:
        """List the articles whose embargo has ended; while somebody else writes, they wait."""
        now = now or datetime.now(UTC)
        if not self.library.embargoes.has_due(now):
            return
        try:
            with write_lock(self.settings.data_dir):
                self.indexer.release(now)
        except LibraryBusyError:
            log.debug("%s is being written to", self.settings.data_dir)

    def refresh(self, filters: Filters = NO_FILTERS) -> None:
        """Let in what may be found by now: released articles, and what fills the dossiers of these filters.

        Raises:
            LibraryError: A dossier can't be filled, since the full-text index can't be searched (yet).
        """
        self.release_due()
        if filters.dossiers:
            self.filling.fill(filters.dossier_ids)

    def complete_full_text(self) -> None:
        """Make the full-text index that an earlier version's library has none of; minutes for a large one.

        Whoever writes meanwhile makes it.
        """
        if self.indexer.lacks_full_text:
            try:
                with write_lock(self.settings.data_dir):
                    self.indexer.recover_full_text()
            except LibraryBusyError:
                log.debug("%s is being written to", self.settings.data_dir)

    def close(self) -> None:
        """Close the indexes and the catalogue."""
        self.vectors.close()
        self.sketches.close()
        self.library.close()


def open_engine(settings: Settings, embedder: Embedder | None = None, check: bool = True) -> Engine:
    """Open the library in `settings.data_dir`, made if missing, and load the embedding model.

    Args:
        settings: The settings.
        embedder: That model, if it is loaded already.
        check: Whether to refuse a catalogue that is found damaged: whoever repairs it doesn't.

    Raises:
        LibraryError: The library can't be used as it is.
    """
    library = Library(settings.data_dir, check)
    embedder = embedder or load_embedder(settings.embedding)
    vectors = VectorStore(settings.data_dir / "vectors", embedder.name)
    terms, full_text = TermIndex(settings.data_dir / "terms"), FullTextIndex(settings.data_dir / "full_text")
    sketches = MultivectorStore(settings.data_dir / "sketches", check)
    return Engine(settings, library, vectors, terms, full_text, sketches, embedder)


def open_filling(settings: Settings, library: Library) -> DossierFilling:
    """Return what fills the dossiers of an open library; no model is loaded for it."""
    library.listing.list_waiting()  # articles of an earlier version, which rules would pass over
    return DossierFilling(library, FullTextIndex(settings.data_dir / "full_text"))


def open_recovered(settings: Settings, embedder: Embedder | None = None) -> Engine:
    """Return `open_engine`, and what a crash left halfway is cleared, unless somebody is writing.

    A full-text index that is missing isn't made: `Engine.complete_full_text` does.

    Raises:
        LibraryError: The library can't be used as it is.
    """
    engine = open_engine(settings, embedder)
    try:
        with write_lock(settings.data_dir):
            engine.indexer.recover_passages()
            engine.indexer.release(datetime.now(UTC))
            engine.indexer.check_complete()
    except LibraryBusyError:
        # Whoever writes has recovered already, and leaves searches something to find meanwhile.
        log.debug("%s is being written to", settings.data_dir)
    except BaseException:
        engine.close()
        raise
    return engine
