"""Opens a library with its indexes and models: the one place that knows which class does what."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from rag.answering.subject import SubjectIndex
from rag.config import ChunkingSettings, EmbeddingSettings, ServedSettings, Settings
from rag.encoders.store import UsedEncoder
from rag.engine.current import CurrentIndex, OpenIndex, settle
from rag.engine.indexes import Which, identity_of, open_article_search, open_indexes, parts_in_folders
from rag.engine.likeness import recognised
from rag.errors import ConfigError, LibraryBusyError
from rag.grounding.library_names import LibraryNames
from rag.index.encoding import BLOCK_TOKENS
from rag.index.indexer import Indexer
from rag.index.stores import ArticleSearch, SketchStore, TermSearch, VectorIndex
from rag.library.library import Library
from rag.model_servers.server import public_address
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

_IDENTITY = ("model", "query_prompt", "passage_prompt", "dimensions")


@dataclass(frozen=True, slots=True)
class Engine:
    """An open library with its indexes and its embedding model."""

    settings: Settings
    library: Library
    vectors: VectorIndex
    terms: TermSearch
    full_text: ArticleSearch
    sketches: SketchStore
    embedder: Embedder
    index: CurrentIndex

    @property
    def indexer(self) -> Indexer:
        """Make what keeps the catalogue and the indexes in step."""
        self.index.renew()
        recipe = f"{self.embedder.name} {self.cut}"
        stores = self.library, self.vectors, self.terms, self.full_text, self.sketches
        return Indexer(*stores, self.embedder, recipe)

    @property
    def cut(self) -> str:
        """How articles are cut: the end of a recipe."""
        return cut_of(self.settings.chunking)

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
            self.index,
        )

    def release_due(self, now: datetime | None = None) -> None:
        """List the articles whose embargo has ended; while somebody else writes, they wait."""
        now = now or datetime.now(UTC)
        if not self.library.embargoes.has_due(now):
            return
        try:
            with write_lock(self.settings.place):
                self.indexer.release(now)
        except LibraryBusyError:
            log.debug("%s is being written to", self.settings.data_dir)

    def refresh(self, filters: Filters = NO_FILTERS) -> None:
        """Let in what may be found by now: released articles, and what fills the dossiers of these filters.

        Raises:
            LibraryError: A dossier can't be filled, since the full-text index can't be searched (yet).
            ConfigError, ModelError: The encoder can't be loaded that the library was indexed with meanwhile.
        """
        self.index.renew()
        self.release_due()
        if filters.dossiers:
            self.filling.fill(filters.dossier_ids)

    def complete_full_text(self) -> None:
        """Make the full-text index that an earlier version's library has none of; minutes for a large one.

        Whoever writes meanwhile makes it.
        """
        if self.indexer.lacks_full_text:
            try:
                with write_lock(self.settings.place):
                    self.indexer.recover_full_text()
            except LibraryBusyError:
                log.debug("%s is being written to", self.settings.data_dir)

    def close(self) -> None:
        """Close the indexes and the catalogue."""
        self.vectors.close()
        self.sketches.close()
        self.library.close()


def open_engine(settings: Settings, embedder: Embedder | None = None, check: bool = True) -> Engine:
    """Open the library at `settings.place` and its indexes, made if missing, and load the embedding model.

    Args:
        settings: The settings.
        embedder: That model, if it is loaded already.
        check: Whether to refuse a catalogue that is found damaged: whoever repairs it doesn't.

    Raises:
        LibraryError: The library can't be used as it is.
    """
    library = Library(settings.place, check)

    def opened(last: OpenIndex | None) -> OpenIndex:
        used = library.encoders.current()
        number = used.generation if used else 0
        settle(settings.data_dir, number, parts_in_folders(settings))
        known = embedder if used is None or embedder is None or embedder.name == used.name else None
        renewing = last is not None
        made = known or recognised(load_embedder(embedding_of(settings, used, renewing)), library.encoders)
        which = Which(made.name, identity_of(settings, library), number)
        return OpenIndex(number, made, open_indexes(settings, which, check, last and last.indexes))

    index = CurrentIndex(opened(None), library.encoders.generation, opened)
    vectors, sketches, encoder = map(index.part, ("vectors", "sketches", "embedder"))
    first = index.opened.indexes
    return Engine(settings, library, vectors, first.terms, first.full_text, sketches, encoder, index)


def cut_of(chunking: ChunkingSettings) -> str:
    """Return how articles are cut by these settings."""
    return f"{chunking.max_tokens}/{chunking.overlap_tokens}/{BLOCK_TOKENS} headings sentences"


def embedding_of(settings: Settings, used: UsedEncoder | None, renewing: bool = False) -> EmbeddingSettings:
    """Return what loads the encoder of a library: what the configuration says, unless that is out of date.

    It is while it names the encoder in whose place another was put, and, as this process read it, when that
    is done while it runs (`renewing`): the other one is loaded then, with the configuration's key, and it is
    said.
    """
    stated = settings.embedding
    if used is None or not used.settings:
        return stated
    said = _identity(encoder_of(stated))
    if said == _identity(used.settings) or not (renewing or said == _identity(used.replaced)):
        return stated
    # The address is kept without a name and password, which the configuration may have.
    kept = dict(used.settings)
    known = stated.base_url if encoder_of(stated)["base_url"] == kept["base_url"] else kept["base_url"]
    waits = {name: getattr(stated, name) for name in ServedSettings.model_fields}
    found = EmbeddingSettings.model_validate(waits | kept | {"base_url": known})
    log.warning("%s", text_of_stale(found, stated).text(settings.ui.language))
    return found


def text_of_stale(used: EmbeddingSettings, stated: EmbeddingSettings) -> ConfigError:
    """Return what is said of a configuration that names the encoder of before."""
    where = f", embedding.base_url: {public_address(used.base_url)}" if used.base_url else ""
    return ConfigError(
        f"This library was indexed with {used.model}, and the configuration still names {stated.model}; set"
        f" embedding.model: {used.model}{where}.",
        f"Cette bibliothèque est indexée avec {used.model}, et la configuration nomme encore {stated.model} ;"
        f" mettez embedding.model : {used.model}{where}.",
    )


def encoder_of(embedding: EmbeddingSettings) -> dict[str, object]:
    """Return the settings that decide which encoder it is, and where it is found; no key."""
    address = public_address(embedding.base_url) if embedding.base_url else None
    names = (*_IDENTITY, "max_tokens", "batch_size")
    return {name: getattr(embedding, name) for name in names} | {"base_url": address}


def _identity(encoder: Mapping[str, object]) -> list[object]:
    return [encoder.get(name) for name in _IDENTITY]


def open_filling(settings: Settings, library: Library) -> DossierFilling:
    """Return what fills the dossiers of an open library; no model is loaded for it."""
    library.listing.list_waiting()  # articles of an earlier version, which rules would pass over
    return DossierFilling(library, open_article_search(settings))


def open_recovered(settings: Settings, embedder: Embedder | None = None) -> Engine:
    """Return `open_engine`, and what a crash left halfway is cleared, unless somebody is writing.

    A full-text index that is missing isn't made: `Engine.complete_full_text` does.

    Raises:
        LibraryError: The library can't be used as it is.
    """
    engine = open_engine(settings, embedder)
    try:
        with write_lock(settings.place):
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
