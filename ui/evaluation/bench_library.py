"""The library of a corpus, built once and kept in the user's cache, with its vectors.

Knows corpora, the ingest and the cache's folders; no question. A library is made again when the articles,
the recipe or Sourcier's own code has changed: what is measured is always the code that is there. Vectors
are kept apart, so that this takes seconds.
"""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import ingest
import rag
from ingest.pipeline.chunking import Chunker
from ingest.pipeline.reindexing import reindex
from rag.config import Settings
from rag.engine.engine import Engine, open_engine
from rag.errors import LibraryBusyError, reason_of
from rag.index.indexer import Indexer
from rag.library.records import Entry
from rag.models.bundled import cache_folder
from rag.schema.article import Article
from rag.storage.write_lock import write_lock
from ui.evaluation.cached_embedder import CachedEmbedder
from ui.evaluation.progress import bar
from ui.evaluation.questions.dataset import Corpus
from ui.formatting.i18n import user_error

_BATCH_PASSAGES = 64
# Libraries that are kept, this run's among them: a change of code or of corpus makes another.
_KEPT = 3
_IDENTITY = re.compile(r"[0-9a-f]{16}")


@dataclass(frozen=True, slots=True)
class Bench:
    """A corpus in a library of its own.

    `engine` has the embedding model itself, for what is timed; `kept` the same with the vectors of earlier
    runs. `folder` may hold other systems' indexes.
    """

    engine: Engine
    kept: Engine
    folder: Path


def default_cache() -> Path:
    """Return the folder that keeps libraries between evaluations."""
    return cache_folder() / "evaluation"


@contextmanager
def bench(corpus: Corpus, settings: Settings, cache: Path, language: str) -> Iterator[Bench]:
    """Open the corpus's library under `cache`, adding the articles that aren't in it yet.

    Whatever a killed run has added stays. Of other corpora's libraries the two used last stay too.

    Args:
        corpus: The articles and questions.
        settings: The settings.
        cache: The folder of libraries.
        language: That of progress and errors.

    Raises:
        LibraryBusyError: Another evaluation is in it.
    """
    folder = cache / _identity(corpus, settings)
    settings = settings.in_folder(folder)
    _make(folder)
    with write_lock(folder), closing(open_engine(settings)) as engine:
        _prune(cache)
        kept = replace(
            engine, embedder=CachedEmbedder(engine.embedder, settings.embedding, cache / "vectors")
        )
        chunker = Chunker(kept.embedder, settings.chunking)
        # What a killed run or a deleted folder left, and vectors of a model that has changed under its name.
        reindex(kept.indexer, chunker, lambda _: None)
        _add(corpus.articles, kept, chunker, language)
        yield Bench(engine, kept, folder)


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise user_error("eval_cache", folder=folder, reason=reason_of(error)) from None


def _prune(cache: Path) -> None:
    """Delete the libraries used longest ago, but none that is in use."""
    # Whoever opens a library writes his name into its folder: the folder's time is that of its last use.
    libraries = [file.parent for file in cache.glob("*/writer.lock") if _IDENTITY.fullmatch(file.parent.name)]
    for folder in sorted(libraries, key=lambda folder: folder.stat().st_mtime, reverse=True)[_KEPT:]:
        try:
            with write_lock(folder):
                shutil.rmtree(folder)
        except (LibraryBusyError, OSError):
            continue  # in use, or not ours to delete: it only takes room


def _add(articles: tuple[Article, ...], engine: Engine, chunker: Chunker, language: str) -> None:
    known = {article.id for article in engine.library.articles()}
    missing = [article for article in articles if article.id not in known]
    indexer: Indexer = engine.indexer
    entries: list[Entry] = []
    with bar("eval_indexing", language, len(missing)) as progress:
        for number, article in enumerate(missing, start=1):
            entries.append(Entry(article, tuple(chunker(article))))
            if sum(len(entry.passages) for entry in entries) >= _BATCH_PASSAGES or number == len(missing):
                indexer.add(entries)
                progress.update(len(entries))
                entries = []


def _identity(corpus: Corpus, settings: Settings) -> str:
    """Name a library by all that decides what is in it."""
    recipe = settings.embedding.model_dump_json() + settings.chunking.model_dump_json()
    return hashlib.sha256(f"{corpus.digest}\n{recipe}\n{_code_digest()}".encode()).hexdigest()[:16]


def _code_digest() -> str:
    digest = hashlib.sha256()
    for package in (rag, ingest):
        for file in sorted(Path(package.__file__).parent.rglob("*.py")):
            digest.update(file.read_bytes())
    return digest.hexdigest()
