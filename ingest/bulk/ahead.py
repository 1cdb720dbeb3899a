"""What the driver does ahead of what is stored: finds documents, opens what holds many, hands in new ones.

A thread of its own reads, and what it finds comes out in order: what becomes of each is decided by whoever
takes it. Little is read ahead, so that memory stays bounded. Knows no Ray.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from ingest.bulk.blocks import BLOCK_DOCUMENTS, Blocks, Ticket
from ingest.bulk.documents import Document
from ingest.containers.expand import expand
from ingest.fetch.prefetch import StoppedError
from ingest.schema.document import Failure, Notice, SourceDocument, digest_of
from ingest.schema.reading_progress import Unit, listening
from rag.library.library import Library
from rag.observability.request_id import in_context

# Documents that are read ahead for each worker, and the bytes that all of them may have: one may always be.
_BLOCKS_AHEAD = 3
_MOST_BYTES = 200_000_000
_STEP = 0.2

Found = SourceDocument | Failure | Notice


@dataclass(frozen=True, slots=True)
class Begun:
    """A source is being read."""

    source: Found


@dataclass(frozen=True, slots=True)
class Item:
    """What a source holds, or a part of it: `ticket` if it was handed in."""

    item: Found
    ticket: Ticket | None = None
    size: int = 0


@dataclass(frozen=True, slots=True)
class Told:
    """How far a source has been read."""

    done: int
    total: int
    unit: Unit


@dataclass(frozen=True, slots=True)
class Settled:
    """A source was read to its end."""


@dataclass(frozen=True, slots=True)
class Ended:
    """There is no more, or reading failed."""

    error: BaseException | None = None


Step = Begun | Item | Told | Settled | Ended


@dataclass
class ReadAhead:
    """Reads `found` in a thread; `next` gives what it read, in order."""

    found: Iterable[Found]
    blocks: Blocks
    library: Library

    _steps: deque[Step] = field(default_factory=deque)
    _changed: threading.Condition = field(default_factory=threading.Condition)
    _bytes: int = 0
    _closed: bool = False

    def __post_init__(self) -> None:
        """Begin to read."""
        self._most = _BLOCKS_AHEAD * BLOCK_DOCUMENTS * (self.blocks.cluster.workers + 1)
        self._reader = threading.Thread(target=in_context(self._read), name="read ahead", daemon=True)
        self._reader.start()

    def next(self, waiting: Callable[[], None]) -> Step:
        """Return the next step; calls `waiting` now and then until there is one."""
        while True:
            with self._changed:
                if self._steps or self._changed.wait(_STEP):
                    step = self._steps.popleft() if self._steps else None
                    if isinstance(step, Item):
                        self._bytes -= step.size
                    self._changed.notify_all()
                    if step is not None:
                        return step
            waiting()

    def close(self) -> None:
        """Read no more."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        self._reader.join()

    # --- in the thread that reads ---

    def _read(self) -> None:
        try:
            with listening(lambda done, total, unit: self._put(Told(done, total, unit))):
                for source in self.found:
                    self._put(Begun(source))
                    for item in expand(source):
                        self._put(self._item(item))
                    self._put(Settled())
            self.blocks.end()
            end = Ended()
        except StoppedError:
            end = Ended()
        except BaseException as error:  # whoever takes what is read is told
            end = Ended(error)
        with self._changed:
            self._steps.append(end)
            self._changed.notify_all()

    def _item(self, item: Found) -> Item:
        """Read a document's bytes, now: its archive is at it. They are handed in unless they are known."""
        if not isinstance(item, SourceDocument):
            return Item(item)
        try:
            data = item.read()
        except Exception as error:
            return Item(replace(item, load=_raising(error)))
        self._wait_for_room(len(data))
        known = self.library.source(item.key)
        is_known = known is not None and known.digest == digest_of(data, item.known)
        if is_known and known is not None and not self.library.is_damaged(known.article_id):
            return Item(replace(item, load=_giving(data)), size=len(data))
        ticket = self.blocks.put(Document.of(item, data))
        return Item(replace(item, load=_giving(data)), ticket, len(data))

    def _put(self, step: Step) -> None:
        self._wait_for_room(0)
        with self._changed:
            self._steps.append(step)
            if isinstance(step, Item):
                self._bytes += step.size
            self._changed.notify_all()

    def _wait_for_room(self, size: int) -> None:
        with self._changed:
            if self._closed:
                raise StoppedError
            if not self._is_full(size):
                return
        self.blocks.send()  # or it would be waited for
        with self._changed:
            self._changed.wait_for(lambda: self._closed or not self._is_full(size))
            if self._closed:
                raise StoppedError

    def _is_full(self, size: int) -> bool:
        return bool(self._steps) and (len(self._steps) >= self._most or self._bytes + size > _MOST_BYTES)


def _giving(data: bytes) -> Callable[[int], bytes]:
    """Return what gives a document's bytes once: whoever keeps the document doesn't keep them."""
    held = [data]
    return lambda _limit: held.pop()


def _raising(error: Exception) -> Callable[[int], bytes]:
    def load(_limit: int) -> bytes:
        raise error

    return load
