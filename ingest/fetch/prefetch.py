"""Several streams that wait for others, read at once: each by a thread, ahead of whoever takes from it.

Knows threads, and how much may wait; nothing of pages or hosts.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from rag.observability.request_id import in_context

T = TypeVar("T")

# Streams that are read at the same time.
_AT_ONCE = 16
# What may wait to be taken: items of one stream, bytes of all together. The stream that is taken from may
# always bring one, or it would have to wait for the others.
_MOST_ITEMS = 1_000
_MOST_BYTES = 100_000_000
# Seconds that closing waits for what is being read. What takes longer ends on its own, and is dropped.
_PATIENCE = 5.0
_STEP = 0.5


class StoppedError(Exception):
    """Raised where something is waited for that is no longer wanted."""


@dataclass(eq=False)
class _Lane(Generic[T]):
    """One stream: what it has brought and nobody has taken; `error` is what it ended with, if it failed."""

    items: Iterable[T]
    waiting: deque[tuple[T, int]] = field(default_factory=deque)
    error: BaseException | None = None
    is_done: bool = False


class Prefetcher(Generic[T]):
    """Reads streams ahead, as many at once as may be. `size` gives the bytes that an item holds.

    What is started first must be taken to its end first: streams begin in that order, and the last ones wait
    for the first. Whoever waits for an item is let go with StoppedError once `stop` says so, which is asked
    twice a second. `close` ends it all: `closed` tells streams that nobody wants what they wait for.
    """

    def __init__(self, size: Callable[[T], int], stop: Callable[[], bool] = lambda: False) -> None:
        self.closed = threading.Event()
        self._size = size
        self._stop = stop
        self._lanes: deque[_Lane[T]] = deque()  # not taken to their ends
        self._unread: deque[_Lane[T]] = deque()
        self._readers: list[threading.Thread] = []
        self._reading = 0
        self._changed = threading.Condition()
        self._bytes = 0

    def start(self, items: Iterable[T]) -> Iterator[T]:
        """Begin to read `items`: gives them in their order, and raises at the end what reading raised."""
        lane: _Lane[T] = _Lane(items)
        with self._changed:
            self._lanes.append(lane)
            self._unread.append(lane)
            if self._reading < _AT_ONCE:
                self._reading += 1
                # A daemon, for whoever wants to leave at once: a server may take a minute to answer.
                read = in_context(self._read_all)
                self._readers.append(threading.Thread(target=read, name="ahead", daemon=True))
                self._readers[-1].start()
        return self._taken(lane)

    def close(self) -> None:
        """Read no more; waits a little for what is being read."""
        with self._changed:
            self.closed.set()
            self._changed.notify_all()
        end = time.monotonic() + _PATIENCE
        for reader in self._readers:
            reader.join(max(0.0, end - time.monotonic()))

    def _read_all(self) -> None:
        """Read one stream after the other: what one thread does."""
        while True:
            with self._changed:
                if self.closed.is_set() or not self._unread:
                    self._reading -= 1
                    return
                lane = self._unread.popleft()
            self._read(lane)

    def _read(self, lane: _Lane[T]) -> None:
        try:
            for item in lane.items:
                if not self._put(lane, item):
                    return
        except BaseException as error:  # raised again where the stream is taken from
            lane.error = error
        finally:
            with self._changed:
                lane.is_done = True
                self._changed.notify_all()

    def _put(self, lane: _Lane[T], item: T) -> bool:
        """Let it wait to be taken, as soon as there is room; whether anybody will."""
        size = self._size(item)
        with self._changed:
            self._changed.wait_for(lambda: self.closed.is_set() or self._has_room(lane))
            if not self.closed.is_set():
                lane.waiting.append((item, size))
                self._bytes += size
                self._changed.notify_all()
            return not self.closed.is_set()

    def _has_room(self, lane: _Lane[T]) -> bool:
        if lane is self._lanes[0] and not lane.waiting:
            return True
        return len(lane.waiting) < _MOST_ITEMS and self._bytes < _MOST_BYTES

    def _taken(self, lane: _Lane[T]) -> Iterator[T]:
        while (item := self._next(lane)) is not None:
            yield item[0]
        if lane.error is not None:
            raise lane.error

    def _next(self, lane: _Lane[T]) -> tuple[T, int] | None:
        """Return the next item and its size; None at the end."""
        with self._changed:
            while not self._changed.wait_for(lambda: lane.waiting or lane.is_done, _STEP):
                if self._stop():
                    raise StoppedError
            self._changed.notify_all()
            if not lane.waiting:
                self._lanes.remove(lane)
                return None
            item = lane.waiting.popleft()
            self._bytes -= item[1]
            return item
