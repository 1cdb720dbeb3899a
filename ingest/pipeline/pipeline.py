"""The resumable sequence: find, read, skip what is known, chunk, index, acknowledge.

Knows readers and the indexer; no questions and no widgets. An article is either acknowledged, with its
passages in every index, or will be read again: stopping anywhere loses nothing. What is found may be a
stream without end: nothing is kept of it but what waits to be indexed, and failures.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from operator import length_hint

from ingest.containers.expand import expand
from ingest.converters.registry import read_article
from ingest.fetch.fetcher import Fetcher
from ingest.fetch.prefetch import StoppedError
from ingest.pipeline.batch_writer import Batch, BatchWriter
from ingest.pipeline.chunking import Chunker
from ingest.pipeline.identity import identity, waits
from ingest.schema.document import Failure, NotModified, SourceDocument, digest_of
from ingest.schema.events import Acknowledged, Event, Outcome, Progress, Started, Summary
from ingest.sources.discovery import find
from ingest.sources.web import Web, fetching_ahead
from rag.errors import UserError
from rag.index.indexer import Indexer
from rag.library.failures import FailedSource
from rag.library.library import Library
from rag.library.records import Entry, Source
from rag.schema.article import Article

# Passages that are indexed and acknowledged together: enough to fill the encoder's batches.
_BATCH_PASSAGES = 64
# The library learns of so many sources at once that nothing is new of but that they were seen.
_BATCH_SEEN = 500
LAST_INGESTED = "last_ingested"  # the fact that says when an ingestion last came to its end


def _now() -> datetime:
    return datetime.now(UTC)


def _never() -> bool:
    return False


def ingest(
    paths: Sequence[str],
    indexer: Indexer,
    chunker: Chunker,
    on_event: Callable[[Event], None],
    now: Callable[[], datetime] = _now,
    stop: Callable[[], bool] = _never,
) -> Summary:
    """Bring files, folders, patterns and URLs into the library: `ingest_found` of what `find` finds.

    Args:
        paths: What to read.
        indexer: The open library.
        chunker: Cuts articles.
        on_event: Is told what happens.
        now: The clock.
        stop: Says whether to stop.

    Raises:
        UserError: A path leads nowhere; before anything is read.
    """
    with closing(Fetcher()) as fetcher, closing(fetching_ahead(stop)) as ahead:
        web = Web(fetcher, indexer.library, now=now, ahead=ahead)
        return ingest_found(find(paths, web), indexer, chunker, on_event, now, stop)


def ingest_found(
    found: Iterable[SourceDocument | Failure],
    indexer: Indexer,
    chunker: Chunker,
    on_event: Callable[[Event], None],
    now: Callable[[], datetime] = _now,
    stop: Callable[[], bool] = _never,
) -> Summary:
    """Bring what was found into the library, as it is found; the caller holds the write lock.

    Whatever can't be read is reported in the summary, is recorded in the library, and loses nothing else.

    Args:
        found: What was found; how many there are is told if it knows (`operator.length_hint`).
        indexer: The open library.
        chunker: Cuts articles.
        on_event: Is told what happens.
        now: The clock.
        stop: Asked after each document: once it says so, what was read is acknowledged and no more is read.
    """
    total = length_hint(found) or None
    indexer.recover()
    on_event(Started(total))
    with closing(_Ingestion(indexer, chunker, on_event, now, total)) as run:
        try:
            for source in found:
                for item in expand(source):
                    run.take(item)
                    if stop():
                        raise StoppedError
                run.settled()
        except StoppedError:
            return run.finish(stopped=True)
        return run.finish(stopped=False)


def reindex(
    indexer: Indexer,
    chunker: Chunker,
    on_progress: Callable[[Progress], None],
    stop: Callable[[], bool] = _never,
) -> int:
    """Cut and embed again every article that was indexed in another way; return how many.

    Can be stopped and run again: articles done so far stay done.

    Args:
        indexer: The open library.
        chunker: Cuts articles.
        on_progress: Is told how many are stored.
        stop: Says whether to stop.
    """
    indexer.prepare()
    return index_again(indexer.library.not_indexed(indexer.recipe), indexer, chunker, on_progress, stop)


def index_again(
    waiting: Sequence[str],
    indexer: Indexer,
    chunker: Chunker,
    on_progress: Callable[[Progress], None],
    stop: Callable[[], bool] = _never,
) -> int:
    """Cut and embed these articles again; return how many were done before `stop` said so.

    While some are stored, the next are with the encoder; progress counts what is stored.

    Args:
        waiting: The ids of the articles.
        indexer: The open library.
        chunker: Cuts articles.
        on_progress: Is told how many are stored.
        stop: Says whether to stop.
    """
    done, entries = 0, []

    def stored(batch: Batch) -> None:
        nonlocal done
        done += len(batch.entries)

    with closing(BatchWriter(indexer, stored)) as writer:
        for article_id in waiting:
            article = indexer.library.article(article_id)
            entries.append(Entry(article, tuple(chunker(article))))
            is_last = article_id == waiting[-1] or stop()
            if is_last or _passages(entries) >= _BATCH_PASSAGES:
                writer.put(Batch(tuple(entries), (), ()))
                entries = []
            writer.drain() if is_last else writer.tell()
            on_progress(Progress(done, len(waiting), article.source))
            if is_last:
                break
    return done


@dataclass
class _Ingestion:
    """One ingestion: what it has counted, and the entries that wait to be indexed together."""

    indexer: Indexer
    chunker: Chunker
    on_event: Callable[[Event], None]
    now: Callable[[], datetime]
    total: int | None
    counts: dict[Outcome, int] = field(default_factory=lambda: {"new": 0, "changed": 0, "unchanged": 0})
    failed: list[Failure] = field(default_factory=list)
    waiting: list[Entry] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)
    seen: list[SourceDocument] = field(default_factory=list)
    taken: int = 0
    passages: int = 0
    latest: str = ""

    def __post_init__(self) -> None:
        self.failed_before = self.library.failures.sources()
        self.writer = BatchWriter(self.indexer, self._stored)

    def close(self) -> None:
        """Whatever was sent to be stored is stored or was never begun."""
        self.writer.close()

    @property
    def arriving(self) -> list[Entry]:
        """What will be in the library, and may be already."""
        return self.writer.entries() + self.waiting

    @property
    def library(self) -> Library:
        return self.indexer.library

    # --- reading ---

    def take(self, item: SourceDocument | Failure) -> None:
        """Read one document; its article waits until there are enough to be indexed together."""
        self.latest = item.source
        if isinstance(item, Failure):
            self._fail(item.source, item)
            return
        try:
            outcome = self._read(item)
        except UserError as error:
            self._fail(item.key, Failure.of(item.source, error))
            return
        self.counts[outcome] += 1
        self._see(item)

    def _fail(self, key: str, failure: Failure) -> None:
        self.failed.append(failure)
        at = self._moment()
        self.library.failures.put([FailedSource(key, failure.reason, failure.reason_fr, at)])
        self.on_event(failure)

    def _see(self, item: SourceDocument) -> None:
        self.seen.append(item)
        if len(self.seen) >= _BATCH_SEEN:
            self.flush()

    def _read(self, item: SourceDocument) -> Outcome:
        known = self.library.source(item.key)
        try:
            data = item.read()
        except NotModified:
            return "unchanged"
        digest = digest_of(data)
        if known and known.digest == digest:
            return "unchanged"
        article = read_article(data, item.source, item.key, item.format, item.stated)
        if waits(article.content_hash, self.library, self.arriving):
            self.flush()
            self.writer.drain()
        return self._settle(article, Source(item.key, item.source, digest, ""), known)

    def _settle(self, article: Article, source: Source, known: Source | None) -> Outcome:
        """Return which article this is.

        One with the same content, the one that was here before, or a new one.
        """
        same = self.library.with_content(article.content_hash)
        if same:
            self.library.put_source(replace(source, article_id=same))
            self._repaginate(same, article)
            return "changed" if known and known.article_id != same else "unchanged"
        article_id = identity(article, source.key, known, self.library, self.arriving)
        outcome: Outcome = "changed" if self.library.article(article_id) else "new"
        article = replace(article, id=article_id, ingested_at=self._moment())
        entry = Entry(article, tuple(self.chunker(article)), replace(source, article_id=article_id))
        self.waiting.append(entry)
        self.outcomes.append(outcome)
        if _passages(self.waiting) >= _BATCH_PASSAGES:
            self.flush()
        return outcome

    def _repaginate(self, article_id: str, found: Article) -> None:
        """Replace where the pages of an article begin, if its own file begins them elsewhere.

        Those of the file that the article names are kept.
        """
        listed = self.library.article(article_id)
        if listed.source == found.source and listed.page_starts != found.page_starts:
            self.library.put_pages(replace(listed, page_starts=found.page_starts))

    def _moment(self) -> str:
        return self.now().isoformat(timespec="seconds")

    # --- indexing ---

    def flush(self) -> None:
        """Send what waits on its way into the library, and that the sources read meanwhile could be read."""
        batch = Batch(tuple(self.waiting), tuple(self.outcomes), tuple(self.seen))
        self.waiting, self.outcomes, self.seen = [], [], []
        if batch.entries:
            self.writer.put(batch)
        else:
            self.writer.drain()  # sources are told in the order in which they were read
            self._stored(batch)

    def _stored(self, batch: Batch) -> None:
        """Tell that a batch is acknowledged, and that its sources could be read."""
        self.passages += _passages(batch.entries)
        for entry, outcome in zip(batch.entries, batch.outcomes, strict=True):
            article = entry.article
            told = Acknowledged(article.id, article.source, article.title, outcome, len(entry.passages))
            self.on_event(told)
        self.library.origins.put_all((item.key, item.origin) for item in batch.seen if item.origin)
        cured = {name for item in batch.seen for name in (item.key, item.source)} & self.failed_before
        self.library.failures.clear(cured)
        self.failed_before -= cured

    # --- telling ---

    def settled(self) -> None:
        """Note that a source has been read to its end."""
        self.taken += 1
        self.writer.tell()
        self._tell(max(0, self.taken - len(self.arriving)))

    def _tell(self, done: int) -> None:
        articles = sum(self.counts.values()) - len(self.arriving)
        self.on_event(Progress(done, self.total, self.latest, articles, self.passages))

    def finish(self, stopped: bool) -> Summary:
        """Index what waits; an article that lost its last source leaves the indexes too."""
        self.flush()
        self.writer.drain()
        self.indexer.clear_unlisted()
        if not stopped:
            self.total = self.taken
            self.library.facts.put(LAST_INGESTED, self._moment())
        self._tell(self.taken)
        return Summary(sum(self.counts.values()), **self.counts, failed=tuple(self.failed), stopped=stopped)


def _passages(entries: Iterable[Entry]) -> int:
    return sum(len(entry.passages) for entry in entries)
