"""Wires the concrete parts from settings: the one place that knows which class does what."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from langchain_core.language_models.chat_models import BaseChatModel

from rag.config import Settings, load_settings
from rag.errors import LibraryBusyError
from rag.generation.chain import Chain
from rag.index.encoding import BLOCK_TOKENS
from rag.index.indexer import Indexer, writing
from rag.index.multivector_store import SketchStore
from rag.index.term_index import TermIndex
from rag.index.vector_store import VectorStore
from rag.library.library import Library
from rag.models.chat_model_factory import load_chat_model
from rag.models.embedder import Embedder
from rag.models.embedder_factory import load_embedder
from rag.models.reranker import load_reranker
from rag.retrieval.retriever import Retriever

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Parts:
    """An open library with its indexes and its embedding model."""

    settings: Settings
    library: Library
    vectors: VectorStore
    terms: TermIndex
    sketches: SketchStore
    embedder: Embedder

    @property
    def indexer(self) -> Indexer:
        chunking = self.settings.chunking
        cut = f"{chunking.max_tokens}/{chunking.overlap_tokens}/{BLOCK_TOKENS} headings"
        recipe = f"{self.embedder.name} {cut}"
        return Indexer(self.library, self.vectors, self.terms, self.sketches, self.embedder, recipe)

    @property
    def retriever(self) -> Retriever:
        """What finds passages in this library. ConfigError when the reranker can't be loaded."""
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
        self.vectors.close()
        self.sketches.close()
        self.library.close()


def open_parts(settings: Settings, embedder: Embedder | None = None) -> Parts:
    """Open the library in `settings.data_dir`, made if missing, and load the embedding model.

    `embedder`, if given, is that model, loaded already.
    """
    embedder = embedder or load_embedder(settings.embedding)
    library = Library(settings.data_dir)
    vectors = VectorStore(settings.data_dir / "vectors", embedder.name)
    terms = TermIndex(settings.data_dir / "terms")
    return Parts(settings, library, vectors, terms, SketchStore(settings.data_dir / "sketches"), embedder)


def build_chain(
    parts: Parts, chat_model: BaseChatModel | None, today: Callable[[], date] = date.today
) -> Chain:
    """The chain over an open library, with this chat model (None: evidence is quoted as it is).

    `today` is the clock by which `la semaine dernière` is read.
    """
    settings = parts.settings
    wording = settings.answering.wording
    if wording == "auto":
        wording = "quoted" if getattr(chat_model, "better_pointing", False) else "own"
    return Chain(
        parts.library,
        parts.retriever,
        parts.terms,
        parts.embedder,
        chat_model,
        settings.answering.model_copy(update={"wording": wording}),
        settings.retrieval.hits,
        today,
    )


def load_chain(config: str | Path | Settings | None = None) -> Chain:
    """The chain that a configuration describes: a path, settings, or None for `config.yaml` here.

    Raises ConfigError for a wrong configuration and ModelError for a model that can't be found.
    """
    settings = config if isinstance(config, Settings) else load_settings(config)
    chat_model = load_chat_model(settings.chat_model)
    return build_chain(open_recovered(settings), chat_model)


def open_recovered(settings: Settings) -> Parts:
    """`open_parts`, and what a crash left halfway is cleared, unless somebody is writing."""
    parts = open_parts(settings)
    try:
        with writing(settings.data_dir):
            parts.indexer.recover()
    except LibraryBusyError:
        # Whoever writes has recovered already, and leaves searches something to find meanwhile.
        log.debug("%s is being written to", settings.data_dir)
    return parts
