"""Articles on their way into the library: while one batch is stored, the next is with the encoder.

Knows the indexer, whose work it spreads over threads; no files. Batches are stored in the order in which they
came, by one thread: what a crash leaves is what it would leave without this.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from ingest.schema.document import SourceDocument
from ingest.schema.events import Outcome
from rag.index.indexer import Indexer
from rag.index.multivector import PassageVectors
from rag.library.records import Entry
from rag.observability.request_id import in_context

# Batches that are under way at most: one being stored, one with the encoder, and one that the encoder goes on
# with while the last pieces of the other are read. Memory stays bounded by it.
_UNDER_WAY = 3
# Passages that are indexed and acknowledged together: enough to fill the encoder's batches.
BATCH_PASSAGES = 64


@dataclass(frozen=True, slots=True)
class Batch:
    """Entries that are acknowledged together.

    `outcomes` say what each of them is to the library, `seen` are the sources that were read meanwhile,
    `leases` are of what nobody else may bring until it is acknowledged.
    """

    entries: tuple[Entry, ...]
    outcomes: tuple[Outcome, ...]
    seen: tuple[SourceDocument, ...]
    leases: tuple[str, ...] = ()


def count_passages(entries: Iterable[Entry]) -> int:
    """Count the passages of articles."""
    return sum(len(entry.passages) for entry in entries)


class BatchWriter:
    """Takes batches; calls `on_stored` with each that has been acknowledged, in the thread that asks.

    Whatever a batch fails with is raised by the next call of any method but `close`.
    """

    def __init__(
        self,
        indexer: Indexer,
        on_stored: Callable[[Batch], None],
        sketches: Callable[[Sequence[Entry]], list[PassageVectors]] | None = None,
    ) -> None:
        self._indexer = indexer
        self._sketches = sketches or indexer.read
        self._on_stored = on_stored
        self._encoder = ThreadPoolExecutor(2, "encode")
        self._storer = ThreadPoolExecutor(1, "store")
        self._under_way: deque[tuple[Batch, Future[None]]] = deque()

    def put(self, batch: Batch) -> None:
        """Send a batch on its way; waits while there are enough."""
        while len(self._under_way) >= _UNDER_WAY:
            self._land()
        read = self._encoder.submit(in_context(self._sketches), batch.entries)
        stored = self._storer.submit(in_context(lambda: self._indexer.store(batch.entries, read.result())))
        self._under_way.append((batch, stored))

    def tell(self) -> None:
        """Tell of the batches that have been stored by now."""
        while self._under_way and self._under_way[0][1].done():
            self._land()

    def drain(self) -> None:
        """Wait until everything is stored."""
        while self._under_way:
            self._land()

    def entries(self) -> list[Entry]:
        """Return what is under way: some of it may be in the library already."""
        return [entry for batch, _ in self._under_way for entry in batch.entries]

    def close(self) -> None:
        """Finish what is being done and drop what hasn't begun."""
        self._encoder.shutdown(cancel_futures=True)
        self._storer.shutdown(cancel_futures=True)

    def _land(self) -> None:
        batch, stored = self._under_way[0]
        stored.result()
        self._under_way.popleft()
        self._on_stored(batch)
