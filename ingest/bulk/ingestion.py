"""`ingest` with workers on Ray: the same articles, from the same documents, in the same order.

What is found, settled and stored is the pipeline's; here documents are prepared by workers, and whatever
can't be taken from them is prepared in this process, as always.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from operator import length_hint

from ingest.bulk.ahead import Begun, Ended, Found, Item, ReadAhead, Settled, Step, Told
from ingest.bulk.blocks import Blocks, Ticket
from ingest.bulk.cluster import LOCAL, check, connected
from ingest.bulk.documents import Prepared, Refused
from ingest.bulk.worker import program
from ingest.fetch.fetcher import Fetcher
from ingest.fetch.prefetch import StoppedError
from ingest.pipeline.chunking import Chunker, passage_id
from ingest.pipeline.ingestion import ingest_found
from ingest.pipeline.preparation import Here, Opened
from ingest.pipeline.table_columns import ColumnsOf, WithColumns, usual_columns
from ingest.schema.document import SourceDocument
from ingest.schema.events import Event, Summary
from ingest.schema.reading_progress import tell
from ingest.sources.discovery import find
from ingest.sources.web import Web, fetching_ahead
from rag.engine.engine import Engine
from rag.index.indexer import Indexer
from rag.index.multivector import PassageVectors
from rag.library.records import Entry
from rag.schema.article import Article, Passage

# Articles from workers that wait to be stored; one that is no longer held is prepared here once more.
_MOST_HELD = 2_000


@dataclass(frozen=True, slots=True)
class Workers:
    """Where workers are: `address` is `local`, `auto` or HOST:PORT; how many, by default one a processor."""

    address: str = LOCAL
    count: int | None = None


def ingest_in_bulk(
    paths: Sequence[str],
    engine: Engine,
    chunker: Chunker,
    on_event: Callable[[Event], None],
    workers: Workers,
    stop: Callable[[], bool] = lambda: False,
    columns: ColumnsOf = usual_columns,
    keep_embargoed: bool = False,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Summary:
    """Bring files, folders, patterns and URLs into the library, as `ingest` does; the caller holds the lock.

    Args:
        paths: What to read.
        engine: The open library.
        chunker: Cuts articles that workers don't.
        on_event: Is told what happens.
        workers: Who reads, cuts and encodes.
        stop: Says whether to stop: what was read is acknowledged, and no more is read.
        columns: Says which columns of a table hold what.
        keep_embargoed: Whether what isn't to be published yet is kept until it may be, in place of refused.
        now: The clock.

    Raises:
        UserError: A path leads nowhere, or there is no Ray to work on; before anything is read.
        WorkersError: Workers fail again and again: what was acknowledged by then stays.
    """
    check(workers.address)
    with closing(Fetcher()) as fetcher, closing(fetching_ahead(stop)) as ahead:
        web = Web(fetcher, engine.library, now=now, prefetcher=ahead)
        found = WithColumns(find(paths, web), columns)
        hint = length_hint(found)
        settings, expected = engine.settings, program(engine.embedder)
        with (
            connected(workers.address, workers.count) as cluster,
            closing(Blocks(cluster, settings.embedding, settings.chunking, expected)) as blocks,
            closing(ReadAhead(found, blocks, engine.library)) as reading,
        ):
            there = _There(Here(engine.indexer, chunker), engine.indexer, reading, blocks, stop)
            sources = _Sources(there, hint)
            return ingest_found(
                sources, engine.indexer, chunker, on_event, now, stop, keep_embargoed, preparation=there
            )


@dataclass
class _There:
    """Prepares documents by workers; what they couldn't prepare as it is wanted is prepared `here`."""

    here: Here
    indexer: Indexer
    reading: ReadAhead
    blocks: Blocks
    stop: Callable[[], bool]

    _told: Told | None = None
    _ticket: Ticket | None = None  # of the document that is being settled
    _offered: Prepared | None = None  # what a worker made of it
    _held: dict[str, Prepared] = field(default_factory=dict)  # by content hash
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def next(self) -> Step:
        """Return the next step of what is read, having told how far that has come."""
        while isinstance(step := self.reading.next(self._wait), Told):
            self._told = step
            tell(step.done, step.total, step.unit)
        return step

    def opened(self, source: Found) -> Opened:
        """Yield what is in the source that is being read."""
        while isinstance(step := self.next(), Item):
            self._ticket, self._offered = step.ticket, None
            yield step.item
            if step.ticket is not None:
                self.blocks.take(step.ticket)
        self._told = None
        if isinstance(step, Ended):
            raise step.error or StoppedError
        assert isinstance(step, Settled), source

    def article(self, item: SourceDocument, data: bytes) -> Article:
        """Return the article that a worker read.

        Raises:
            UserError: There is none.
        """
        made = self.blocks.made(self._ticket, self._wait) if self._ticket is not None else None
        if isinstance(made, Refused):
            raise made.error
        if made is None:
            return self.here.article(item, data)
        self._offered = made
        return made.article

    def passages(self, article: Article) -> tuple[Passage, ...]:
        """Return the passages into which a worker cut an article, unless it was corrected."""
        offered = self._offered
        if offered is None or not offered.is_of(article):
            return self.here.passages(article)
        with self._lock:
            self._held[article.content_hash] = offered
            if len(self._held) > _MOST_HELD:
                del self._held[next(iter(self._held))]
        return tuple(
            replace(passage, id=passage_id(article, ordinal), article_id=article.id)
            for ordinal, passage in enumerate(offered.passages)
        )

    def sketches(self, entries: Sequence[Entry]) -> list[PassageVectors]:
        """Return the sketches that workers made; of articles that were corrected they are made here."""
        corrected = self.indexer.library.metadata.corrected([entry.article for entry in entries])
        with self._lock:
            held = [self._held.pop(entry.article.content_hash, None) for entry in entries]
        known = [
            one.sketches
            if one and one.is_of(article) and _spans(one.passages) == _spans(entry.passages)
            else None
            for one, article, entry in zip(held, corrected, entries, strict=True)
        ]
        rest = [entry for entry, sketches in zip(entries, known, strict=True) if sketches is None]
        made = iter(self.here.sketches(rest)) if rest else iter(())
        return [
            sketch
            for entry, sketches in zip(entries, known, strict=True)
            for sketch in (sketches if sketches is not None else [next(made) for _ in entry.passages])
        ]

    def _wait(self) -> None:
        """Look, while something is waited for, whether to stop; and tell again how far reading has come."""
        if self.stop():
            raise StoppedError
        if self._told is not None:
            tell(self._told.done, self._told.total, self._told.unit)


class _Sources(Iterator[Found]):
    """The sources that are read ahead, in order; how many there are is told if it is known."""

    def __init__(self, there: _There, hint: int) -> None:
        self._there = there
        self._hint = hint

    def __next__(self) -> Found:
        step = self._there.next()
        if isinstance(step, Ended):
            if step.error is not None:
                raise step.error
            raise StopIteration
        assert isinstance(step, Begun), step
        return step.source

    def __length_hint__(self) -> int:
        return self._hint


def _spans(passages: Sequence[Passage]) -> list[tuple[int, int]]:
    return [(passage.start, passage.end) for passage in passages]
