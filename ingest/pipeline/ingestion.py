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

from ingest.fetch.fetcher import Fetcher
from ingest.fetch.prefetch import StoppedError
from ingest.pipeline.batch_writer import BATCH_PASSAGES, Batch, BatchWriter, count_passages
from ingest.pipeline.chunking import Chunker
from ingest.pipeline.deliveries import Deliveries, id_of
from ingest.pipeline.identity import arrives, identity
from ingest.pipeline.preparation import Here, Preparation, entry_of
from ingest.pipeline.reindexing import read_corrected
from ingest.pipeline.table_columns import ColumnsOf, WithColumns, usual_columns
from ingest.schema.delivery import Delivery
from ingest.schema.document import Failure, Notice, NotModified, SourceDocument, digest_of, was_read_earlier
from ingest.schema.events import Acknowledged, Event, Outcome, Progress, Reading, Started, Summary
from ingest.schema.failure_groups import FailureGroups, table_of
from ingest.schema.reading_progress import Unit, listening
from ingest.sources.discovery import find
from ingest.sources.web import Web, fetching_ahead
from rag.embargo.store import EmbargoedArticle
from rag.errors import UserError
from rag.index.indexer import Indexer, lease_of
from rag.library.failures import FailedSource
from rag.library.library import Library
from rag.library.records import Entry, Source
from rag.schema.article import Article

# The library learns of so many sources at once that nothing is new of but that they were seen.
_BATCH_SEEN = 500
_TOO_LONG = (
    "its address is too long for a library in PostgreSQL",
    "son adresse est trop longue pour une bibliothèque dans PostgreSQL",
)
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
    columns: ColumnsOf = usual_columns,
    keep_embargoed: bool = False,
) -> Summary:
    """Bring files, folders, patterns and URLs into the library: `ingest_found` of what `find` finds.

    Args:
        paths: What to read.
        indexer: The open library.
        chunker: Cuts articles.
        on_event: Is told what happens.
        now: The clock.
        stop: Says whether to stop.
        columns: Says which columns of a table hold what.
        keep_embargoed: Whether what isn't to be published yet is kept until it may be, in place of refused.

    Raises:
        UserError: A path leads nowhere; before anything is read.
    """
    with closing(Fetcher()) as fetcher, closing(fetching_ahead(stop)) as prefetcher:
        web = Web(fetcher, indexer.library, now=now, prefetcher=prefetcher)
        found = WithColumns(find(paths, web), columns)
        return ingest_found(found, indexer, chunker, on_event, now, stop, keep_embargoed)


def ingest_found(
    found: Iterable[SourceDocument | Failure | Notice],
    indexer: Indexer,
    chunker: Chunker,
    on_event: Callable[[Event], None],
    now: Callable[[], datetime] = _now,
    stop: Callable[[], bool] = _never,
    keep_embargoed: bool = False,
    preparation: Preparation | None = None,
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
        keep_embargoed: Whether what isn't to be published yet is kept until it may be, in place of refused.
        preparation: Opens, reads, cuts and encodes documents (default: here, with `chunker`).
    """
    prepare = preparation or Here(indexer, chunker)
    total = length_hint(found) or None
    indexer.recover()
    indexer.release(now())
    read_corrected(indexer, chunker, stop=stop)
    on_event(Started(total))
    with closing(_Ingestion(indexer, prepare, on_event, now, total, keep_embargoed)) as run:

        def tell(done: int, total: int, unit: Unit) -> None:
            if stop():  # in the middle of what takes long: it will be read again
                raise StoppedError
            run.tell_reading(done, total, unit)

        try:
            with listening(tell):
                for source in found:
                    run.outer = source.source
                    for item in prepare.opened(source):
                        run.take(item)
                        if stop():
                            raise StoppedError
                    run.settled()
        except StoppedError:
            return run.finish(stopped=True)
        return run.finish(stopped=False)


@dataclass
class _Ingestion:
    """One ingestion: what it has counted, and the entries that wait to be indexed together."""

    indexer: Indexer
    prepare: Preparation
    on_event: Callable[[Event], None]
    now: Callable[[], datetime]
    total: int | None
    keep_embargoed: bool = False
    counts: dict[Outcome, int] = field(default_factory=lambda: {"new": 0, "changed": 0, "unchanged": 0})
    failed: list[Failure] = field(default_factory=list)
    waiting: list[Entry] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)
    seen: list[SourceDocument] = field(default_factory=list)
    taken: int = 0
    passages: int = 0
    unreadable: int = 0
    damaged: int = 0
    embargoed: int = 0
    reread: int = 0
    # Leases of what waits, and those of what is being read.
    leases: list[str] = field(default_factory=list)
    mine: list[str] = field(default_factory=list)
    latest: str = ""
    outer: str = ""  # what `latest` is of

    def __post_init__(self) -> None:
        self.failed_before = self.library.failures.sources()
        self.deliveries = Deliveries(self.library)
        self.opened = ""
        self.row_failures = FailureGroups()
        self.writer = BatchWriter(self.indexer, self._stored, self.prepare.sketches)

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

    def take(self, item: SourceDocument | Failure | Notice) -> None:
        """Read one document; its article waits until there are enough to be indexed together."""
        self.latest = item.source
        self._tell_groups(table_of(item.source))
        if isinstance(item, Notice):
            self.on_event(item)
            return
        if isinstance(item, Failure):
            self._fail(item.source, item)
            return
        if self._is_too_long(item):
            return
        self._open(item)
        self.mine = []
        try:
            outcome = self._read(item)
        except UserError as error:
            self._fail(item.key, Failure.of(item.source, error))
            return
        finally:
            self.library.leases.give_back(self.mine)  # of what waits, they wait with it
            self.mine = []
        if outcome is not None:
            self.counts[outcome] += 1
        self._see(item)

    def _is_too_long(self, item: SourceDocument) -> bool:
        """Report a source whose name the library can't hold, nor what is wrong with it."""
        most = self.library.leases.longest_key
        if most is None or len(f"{item.key}{item.origin}".encode("utf-8", "surrogatepass")) <= most:
            return False
        failure = Failure(item.source, *_TOO_LONG)
        self.failed.append(failure)
        self.on_event(failure)
        return True

    def _fail(self, key: str, failure: Failure) -> None:
        self.failed.append(failure)
        if table_of(failure.source) is not None:
            self.row_failures.add(failure)
        at = self._moment()
        self.library.failures.put([FailedSource(key, failure.reason, failure.reason_fr, at)])
        self.on_event(failure)

    def _tell_groups(self, table: str | None) -> None:
        """Tell of the failures of the table before, once another one or none is read."""
        for group in self.row_failures.taken(table):
            self.on_event(group)

    def _see(self, item: SourceDocument) -> None:
        self.seen.append(item)
        if len(self.seen) >= _BATCH_SEEN:
            self.flush()

    def _open(self, item: SourceDocument) -> None:
        """Take out what a file of many articles brought as one: an earlier version didn't know its format."""
        if item.container and item.container != self.opened:
            self.opened = item.container
            if self.library.source(item.container):
                self.library.leave_origin(item.origin, [item.container])

    def _read(self, item: SourceDocument) -> Outcome | None:
        """Return what a document is to the library; None if it is kept until it may be published."""
        if item.delivery is not None and item.delivery.identity:
            self._lease(f"source {item.key}")
            self._lease(lease_of(id_of(item.delivery)))
        if item.delivery is not None:
            withdrawn = self._withdraw(item.delivery)
            if item.delivery.status == "canceled":
                return "changed" if withdrawn else "unchanged"
            if self.keep_embargoed and self.deliveries.holds_back(item.delivery, self.now()):
                self.deliveries.check_canceled(item.delivery, item.source)
                self._keep(item, item.delivery)
                return None
            self.deliveries.check(item.delivery, item.source, self.now())
        known = self.library.source(item.key)
        try:
            data = item.read()
        except NotModified:
            return "unchanged"
        digest = digest_of(data, item.known)
        if (known is None or known.digest != digest) and self._lease(f"source {item.key}"):
            known = self.library.source(item.key)  # another process may have brought it meanwhile
        if known and known.digest == digest and not self.library.is_damaged(known.article_id):
            return "unchanged"
        article = self.prepare.article(item, data)
        source = Source(item.key, item.source, digest, "")
        if item.delivery is not None and item.delivery.identity:
            article = replace(article, id=id_of(item.delivery))
            outcome = self._settle_delivery(article, source, item.delivery)
        else:
            outcome = self._settle(article, source, known)
        if outcome == "changed" and known is not None:
            self.reread += was_read_earlier(data, known.digest, item.known)
        return outcome

    def _keep(self, item: SourceDocument, delivery: Delivery) -> None:
        """Keep an article that isn't to be published yet, apart from the catalogue."""
        data = item.read()
        digest = digest_of(data, item.known)
        self.embargoed += 1
        self.on_event(self.deliveries.notice(delivery, item.source))
        known = self.library.embargoes.with_key(item.key)
        until = self.deliveries.releases_at(delivery)
        if known and (known.digest, known.until, known.stated) == (digest, until, delivery.embargo or ""):
            return
        article = self.prepare.article(item, data)
        if delivery.identity:
            article = replace(article, id=id_of(delivery))
        if self.deliveries.is_superseded(delivery, article):
            return
        article = replace(article, ingested_at=self._moment())
        self.library.embargoes.put(
            EmbargoedArticle(
                article,
                self.prepare.passages(article),
                self.indexer.recipe,
                item.key,
                item.source,
                digest,
                item.origin,
                until,
                delivery.embargo or "",
            )
        )

    def _withdraw(self, delivery: Delivery) -> bool:
        """Take out what a delivery says isn't to be published (any more); return whether anything was."""
        if not self.deliveries.holds_back(delivery, self.now()):
            return False
        self._settle_waiting()
        return self.deliveries.withdraw(delivery)

    def _settle_waiting(self) -> None:
        """Have everything that was read in the library, where what is read next can be compared with it."""
        self.flush()
        self.writer.drain()

    def _settle_delivery(self, article: Article, source: Source, delivery: Delivery) -> Outcome:
        """Return what this version is to the article that its provider knows by the same identity.

        Whichever file brought that article: a later version replaces it, an earlier one changes nothing.
        """
        if any(entry.article.id == article.id for entry in self.arriving):
            self._settle_waiting()
        self._lease(lease_of(article.id))
        stored = self.library.as_stated(article.id)
        is_known = stored is not None and stored.content_hash == article.content_hash
        if is_known and self.library.is_damaged(article.id):
            return self._wait(article, source, "changed")
        if is_known or self.deliveries.is_older(delivery, stored):
            self.library.put_source(replace(source, article_id=article.id))
            if is_known:
                self._complete(article.id, article)
            return "unchanged"
        return self._wait(article, source, "changed" if stored else "new")

    def _settle(self, article: Article, source: Source, known: Source | None) -> Outcome:
        """Return which article this is.

        One with the same content, the one that was here before, or a new one.
        """
        expected = known.article_id if known else article.id
        self._lease(f"content {article.content_hash}", lease_of(expected))
        same = self.library.with_content(article.content_hash)
        if arrives(article.content_hash, same, self.arriving):
            self._settle_waiting()
            same = self.library.with_content(article.content_hash)
        if same and self.library.is_damaged(same):
            return self._wait(replace(article, id=same), source, "changed")
        if same:
            self.library.put_source(replace(source, article_id=same))
            self._complete(same, article)
            return "changed" if known and known.article_id != same else "unchanged"
        article_id = identity(article, source.key, known, self.library, self.arriving)
        if article_id != expected:
            self._give_back(lease_of(expected))
            if self._lease(lease_of(article_id)):
                article_id = identity(article, source.key, known, self.library, self.arriving)
        outcome: Outcome = "changed" if self.library.is_listed(article_id) else "new"
        return self._wait(replace(article, id=article_id), source, outcome)

    def _wait(self, article: Article, source: Source, outcome: Outcome) -> Outcome:
        """Cut an article, and have it wait until there are enough to be indexed together."""
        article = replace(article, ingested_at=self._moment())
        source, passages = replace(source, article_id=article.id), self.prepare.passages
        if outcome == "new":  # nobody can have corrected it
            entry = Entry(article, tuple(passages(article)), source)
        else:
            entry = entry_of(article, passages, self.library, source)
        self.waiting.append(entry)
        self.outcomes.append(outcome)
        self.leases, self.mine = [*self.leases, *self.mine], []
        if count_passages(self.waiting) >= BATCH_PASSAGES:
            self.flush()
        return outcome

    def _lease(self, *names: str) -> bool:
        """Have what nobody else may bring until it is acknowledged; return whether it was waited for.

        Whoever waits has given back everything but what is being read: its source, its content, its article,
        in this order, so that nobody waits in a circle. Of several names none is had without the others.
        """
        waited = self.library.leases.take(names, self._settle_waiting)
        self.mine.extend(names)
        return waited

    def _give_back(self, name: str) -> None:
        """Have a name no more that wasn't needed."""
        self.library.leases.give_back([name])
        self.mine.remove(name)

    def _complete(self, article_id: str, found: Article) -> None:
        """Bring in what is known of a listed article only now that the same text is read again.

        That is where its pages begin, if the file that it names begins them elsewhere, and its URL, if none
        was known. The words are those that were read: what is damaged in the library isn't vouched for.
        """
        listed = self.library.metadata.stated(self.library.article(article_id))
        pages = found.page_starts if listed.source == found.source else listed.page_starts
        url = listed.canonical_url or found.canonical_url
        if (pages, url) != (listed.page_starts, listed.canonical_url):
            own = {"id": listed.id, "source": listed.source, "ingested_at": listed.ingested_at}
            self.library.put_properties(replace(found, **own, page_starts=pages, canonical_url=url))

    def _moment(self) -> str:
        return self.now().isoformat(timespec="seconds")

    # --- indexing ---

    def flush(self) -> None:
        """Send what waits on its way into the library, and that the sources read meanwhile could be read."""
        batch = Batch(tuple(self.waiting), tuple(self.outcomes), tuple(self.seen), tuple(self.leases))
        self.waiting, self.outcomes, self.seen, self.leases = [], [], [], []
        if batch.entries:
            self.writer.put(batch)
        else:
            self.writer.drain()  # sources are told in the order in which they were read
            self._stored(batch)

    def _stored(self, batch: Batch) -> None:
        """Tell that a batch is acknowledged, and that its sources could be read."""
        self.library.leases.give_back(batch.leases)
        self.passages += count_passages(batch.entries)
        for entry, outcome in zip(batch.entries, batch.outcomes, strict=True):
            article = entry.article
            broken = article.text.count("\ufffd")
            self.unreadable += broken
            self.damaged += broken > 0
            told = Acknowledged(
                article.id, article.source, article.title, outcome, len(entry.passages), broken
            )
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

    def tell_reading(self, done: int, total: int, unit: Unit) -> None:
        """Tell how far a file that takes long has been read."""
        self.writer.tell()
        self.on_event(Reading(self.outer if unit == "bytes" else self.latest, done, total, unit))

    def _tell(self, done: int) -> None:
        articles = sum(self.counts.values()) - len(self.arriving)
        self.on_event(Progress(done, self.total, self.latest, articles, self.passages))

    def finish(self, stopped: bool) -> Summary:
        """Index what waits; an article that lost its last source leaves the indexes too."""
        self._tell_groups(None)
        self.flush()
        self.writer.drain()
        self.indexer.clear_unlisted()
        if not stopped:
            self.total = self.taken
            self.library.facts.put(LAST_INGESTED, self._moment())
        self._tell(self.taken)
        return Summary(
            sum(self.counts.values()),
            **self.counts,
            failed=tuple(self.failed),
            stopped=stopped,
            unreadable=self.unreadable,
            damaged=self.damaged,
            embargoed=self.embargoed,
            reread=self.reread,
            sources=self.taken,
            total=self.total,
        )
