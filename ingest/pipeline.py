"""The resumable sequence: find, read, skip what is known, chunk, index, acknowledge.

Knows readers and the indexer; no questions and no widgets. An article is either acknowledged, with its
passages in every index, or will be read again: stopping anywhere loses nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import chain, count
from typing import Literal

from ingest.chunking import chunk
from ingest.readable import Failure, Readable
from ingest.readers import read_article
from ingest.sources import find
from rag.config import ChunkingSettings
from rag.embedding import Embedder
from rag.errors import UserError
from rag.indexing import Indexer
from rag.library import Entry, Library, Source
from rag.schema import Article, Passage

# Part of each source's digest: raising it makes every file be read again after a reader has changed.
READER_VERSION = 1
# Passages that are indexed and acknowledged together: enough to fill the encoder's batches.
_BATCH_PASSAGES = 64

Outcome = Literal["new", "changed", "unchanged"]


@dataclass(frozen=True, slots=True)
class Summary:
    """What an ingestion did, in articles read; `failed` are left as they were in the library."""

    read: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    failed: tuple[Failure, ...] = ()

    def to_dict(self) -> dict:
        failed = [{"source": failure.source, "reason": failure.reason} for failure in self.failed]
        return {
            "read": self.read,
            "new": self.new,
            "changed": self.changed,
            "unchanged": self.unchanged,
            "failed": failed,
        }


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an ingestion has come: `done` of `total` sources are settled, `source` is the latest read."""

    done: int
    total: int
    source: str


@dataclass(frozen=True, slots=True)
class Chunker:
    """Cuts articles as the settings say, in the embedder's tokens."""

    embedder: Embedder
    settings: ChunkingSettings

    def __call__(self, article: Article) -> list[Passage]:
        count = self.embedder.count_tokens
        return chunk(article, count, self.settings.max_tokens, self.settings.overlap_tokens)


def ingest(
    paths: Sequence[str],
    indexer: Indexer,
    chunker: Chunker,
    on_progress: Callable[[Progress], None],
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Summary:
    """Bring files, folders and glob patterns into the library; the caller holds it for writing.

    Whatever can't be read is reported in the summary and loses nothing else. Raises UserError before
    anything is read if a path leads nowhere.
    """
    found = list(find(paths))
    indexer.recover()
    run = _Run(indexer, chunker, now)
    for done, item in enumerate(found, start=1):
        run.take(item)
        on_progress(Progress(done - len(run.waiting), len(found), item.source))
    run.finish()
    on_progress(Progress(len(found), len(found), found[-1].source))
    return run.summary()


def reindex(indexer: Indexer, chunker: Chunker, on_progress: Callable[[Progress], None]) -> int:
    """Cut and embed again every article that was indexed in another way; returns how many.

    Can be stopped and run again: articles done so far stay done.
    """
    indexer.prepare()
    waiting = indexer.library.not_indexed(indexer.recipe)
    entries: list[Entry] = []
    for done, article_id in enumerate(waiting, start=1):
        article = indexer.library.article(article_id)
        entries.append(Entry(article, tuple(chunker(article))))
        if _passages(entries) >= _BATCH_PASSAGES or done == len(waiting):
            indexer.add(entries)
            entries = []
        on_progress(Progress(done - len(entries), len(waiting), article.source))
    return len(waiting)


@dataclass
class _Run:
    """One ingestion: what it has counted, and the entries that wait to be indexed together."""

    indexer: Indexer
    chunker: Chunker
    now: Callable[[], datetime]
    counts: dict[Outcome, int] = field(default_factory=lambda: {"new": 0, "changed": 0, "unchanged": 0})
    failed: list[Failure] = field(default_factory=list)
    waiting: list[Entry] = field(default_factory=list)

    @property
    def library(self) -> Library:
        return self.indexer.library

    def take(self, item: Readable | Failure) -> None:
        if isinstance(item, Failure):
            self.failed.append(item)
            return
        try:
            self.counts[self._read(item)] += 1
        except UserError as error:
            self.failed.append(Failure.of(item.source, error))

    def _read(self, item: Readable) -> Outcome:
        data = item.read()
        digest = hashlib.sha256(b"%d:" % READER_VERSION + data).hexdigest()
        known = self.library.source(item.key)
        if known and known.digest == digest:
            return "unchanged"
        article = read_article(data, item.source, item.key, item.format)
        if self._waits(article.content_hash):
            self.flush()
        return self._settle(article, Source(item.key, item.source, digest, ""), known)

    def _settle(self, article: Article, source: Source, known: Source | None) -> Outcome:
        """Which article this is: one with the same content, the one that was here before, or a new one."""
        same = self.library.with_content(article.content_hash)
        if same:
            self.library.put_source(replace(source, article_id=same))
            return "changed" if known and known.article_id != same else "unchanged"
        article_id = self._identity(article, source.key, known)
        outcome: Outcome = "changed" if self.library.article(article_id) else "new"
        article = replace(article, id=article_id, ingested_at=self.now().isoformat(timespec="seconds"))
        entry = Entry(article, tuple(self.chunker(article)), replace(source, article_id=article_id))
        self.waiting.append(entry)
        if _passages(self.waiting) >= _BATCH_PASSAGES:
            self.flush()
        return outcome

    def _waits(self, content_hash: str) -> bool:
        """Whether what waits has this content, or is about to replace the article that has it."""
        holder = self.library.with_content(content_hash)
        return any(
            entry.article.id == holder or entry.article.content_hash == content_hash for entry in self.waiting
        )

    def _identity(self, article: Article, key: str, known: Source | None) -> str:
        """The id of the article that this source brought before, else the one that it asks for.

        An article that another source still brings is left as it is: pages that state a neighbour's URL
        as their own, or a copy that has changed, get an id of their own.
        """
        wanted = [known.article_id, article.id] if known else [article.id]
        own = (_own_id(article, key, number) for number in count())
        return next(i for i in chain(wanted, own) if not self._brought_by_others(i, key))

    def _brought_by_others(self, article_id: str, key: str) -> bool:
        """Whether a source other than `key` brings this article, once what waits is in the library."""
        listed = {source.key: article_id for source in self.library.sources_of(article_id)}
        waiting = {entry.source.key: entry.article.id for entry in self.waiting if entry.source}
        return article_id in (listed | waiting | {key: None}).values()

    def flush(self) -> None:
        if self.waiting:
            self.indexer.add(self.waiting)
            self.waiting = []

    def finish(self) -> None:
        """Index what waits; an article that lost its last source leaves the indexes too."""
        self.flush()
        self.indexer.clear_unlisted()

    def summary(self) -> Summary:
        return Summary(sum(self.counts.values()), **self.counts, failed=tuple(self.failed))


def _passages(entries: Iterable[Entry]) -> int:
    return sum(len(entry.passages) for entry in entries)


def _own_id(article: Article, key: str, number: int) -> str:
    return hashlib.sha256(f"{article.id}:{key}:{number}".encode()).hexdigest()[:16]
