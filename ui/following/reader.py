"""Reading followed sources while the page runs: those that somebody asks for and, if it is wanted, those due.

Knows ingestion, the writing lock and the clock; no widget and no words. One worker at a time writes; whoever
looks gets a `ReadingView`. Sources are everybody's, and so is this. By itself it reads only once somebody has
said so (`set_automatic`): until then nothing goes out that nobody asked for.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from time import monotonic, sleep

from ingest.fetch.fetcher import Fetcher
from ingest.following.sources import ListedSource, due_sources, listed_sources
from ingest.pipeline.chunking import chunker_of
from ingest.pipeline.sync import LAST_SYNC, Synchronizer, SyncResult, reading_of
from ingest.schema.events import Event, Progress
from rag.errors import LibraryBusyError, SourcierError, panics_as_errors
from rag.followed.readings import Reading
from rag.observability import request_id
from rag.observability.redaction import without_userinfo
from rag.storage.write_lock import write_lock
from ui.formatting.i18n import user_error
from ui.page.context import AppContext

log = logging.getLogger(__name__)

AUTOMATIC = "read_sources_by_themselves"  # the fact that says that due sources are read while a page runs
_LOOK = 30.0  # seconds between two looks at which sources are due
_TOGETHER = 8  # sources for which the library is held in one go
_PATIENCE = 1.5  # seconds that closing waits for the worker
NOTHING = Reading("", "")


@dataclass(frozen=True, slots=True)
class ReadingView:
    """How far a reading of `total` sources has come. `place` is what is read, `brought` counts articles.

    `error` says why it ended before its end, if it did.
    """

    busy: bool = False
    stopping: bool = False
    stopped: bool = False
    done: int = 0
    total: int = 0
    place: str = ""
    brought: Reading = field(default=NOTHING)
    error: SourcierError | None = None


class SourceReader:
    """What reads sources for the page."""

    def __init__(self, context: AppContext, look: float = _LOOK) -> None:
        self._context = context
        self._look = look
        self._lock = threading.Lock()  # of everything below
        self._view = ReadingView()
        self._queue: list[str] = []
        self._batch: list[str] = []  # what the worker is at
        self._is_asked = False  # somebody waits for what the worker does
        self._is_all = False
        self._stopping = threading.Event()
        self._ended = threading.Event()
        self._clock: threading.Thread | None = None
        if self.is_automatic:
            self._start_clock()

    # --- what is asked for ---

    @property
    def is_automatic(self) -> bool:
        """Whether due sources are read by themselves while the page runs."""
        return self._context.library.facts.get(AUTOMATIC) == "yes"

    def set_automatic(self, wanted: bool) -> None:
        """Have due sources read by themselves from now on, or not any more; it is kept."""
        self._context.library.facts.put(AUTOMATIC, "yes" if wanted else "")
        if wanted:
            self._start_clock()

    def read(self, places: Iterable[str] | None = None) -> None:
        """Read these sources now, or all that aren't paused."""
        listed = listed_sources(self._context.settings, self._context.library)
        wanted = None if places is None else set(places)
        chosen = [
            one.place for one in listed if not one.is_paused and (wanted is None or one.place in wanted)
        ]
        self._enqueue(chosen, is_asked=True, is_all=wanted is None)

    def read_due(self) -> None:
        """Read the sources whose time has come."""
        listed = listed_sources(self._context.settings, self._context.library)
        due = [one.place for one in due_sources(listed, lambda: datetime.now(UTC))]
        if due:
            self._enqueue(due, is_asked=False, is_all=False)

    def stop(self) -> None:
        """Read no more: what was read is kept."""
        with self._lock:
            self._queue.clear()
            if self._view.busy:
                self._stopping.set()
                self._view = replace(self._view, stopping=True)

    def view(self) -> ReadingView:
        """Return how it stands now."""
        with self._lock:
            return self._view

    def close(self) -> None:
        """Read nothing more, and wait a little until what was read is kept."""
        self._ended.set()
        self.stop()
        deadline = monotonic() + _PATIENCE
        while self.view().busy and monotonic() < deadline:
            sleep(0.02)

    # --- its own ---

    def _start_clock(self) -> None:
        with self._lock:
            if self._clock is None or not self._clock.is_alive():
                self._clock = threading.Thread(target=self._watch, name="sources", daemon=True)
                self._clock.start()

    def _watch(self) -> None:
        """Read what is due, for as long as that is wanted."""
        while not self._ended.wait(self._look):
            try:
                if not self.is_automatic:
                    return
                with request_id.bound(request_id.new()):
                    self.read_due()
            except SourcierError as error:  # the library may be in use elsewhere, or its disk full
                log.warning("sources could not be looked at: %s", error)

    def _enqueue(self, places: list[str], is_asked: bool, is_all: bool) -> None:
        with self._lock:
            if not places or self._ended.is_set():
                return
            known = {*self._queue, *self._batch}
            new = [place for place in places if place not in known]
            self._queue += new
            self._is_asked = self._is_asked or is_asked
            if self._view.busy:
                self._view = replace(self._view, total=self._view.total + len(new))
                return
            self._is_asked, self._is_all = is_asked, is_all
            self._begin()

    def _begin(self) -> None:
        """Start the worker on what is queued; the lock is held."""
        self._stopping.clear()
        self._view = ReadingView(busy=True, total=len(self._queue))
        with request_id.bound(request_id.current() or request_id.new()):
            work = request_id.in_context(self._work)
        threading.Thread(target=work, name="reading", daemon=True).start()

    def _work(self) -> None:
        context, error = self._context, None
        try:
            with panics_as_errors(), closing(context.fetcher()) as fetcher:
                while batch := self._next():
                    # Between two of them whoever waits to write gets a turn.
                    with context.writing, write_lock(context.settings.place):
                        self._read(batch, fetcher)
                if self._is_all and not self._stopping.is_set():
                    context.library.facts.put(LAST_SYNC, _moment())
        except LibraryBusyError as busy:
            error = busy if self._is_asked else None  # what is due is tried again at the next look
        except SourcierError as failed:
            error = failed
        except Exception:
            log.exception("sources could not be read")
            error = user_error("sources_broke", reference=request_id.current())
        finally:
            context.chain.forget()
            self._finish(error)

    def _finish(self, error: SourcierError | None) -> None:
        with self._lock:
            self._batch = []
            if error is not None:
                self._queue.clear()
            if self._queue and not self._ended.is_set():  # asked for while this came to its end
                self._begin()
                return
            stopped = self._stopping.is_set()
            self._view = replace(
                self._view, busy=False, stopping=False, stopped=stopped, place="", error=error
            )

    def _next(self) -> list[ListedSource]:
        """Return the sources to read next, as they are now: some may have been paused or removed."""
        while True:
            with self._lock:
                if self._stopping.is_set():  # what is queued since waits for the next worker
                    return []
                taken, self._queue = self._queue[:_TOGETHER], self._queue[_TOGETHER:]
                self._batch = taken
            if not taken:
                return []
            listed = listed_sources(self._context.settings, self._context.library)
            found = {one.place: one for one in listed if not one.is_paused}
            gone = sum(place not in found for place in taken)
            with self._lock:
                self._view = replace(self._view, total=self._view.total - gone)
            if batch := [found[place] for place in taken if place in found]:
                return batch

    def _read(self, batch: list[ListedSource], fetcher: Fetcher) -> None:
        engine, begun = self._context.engine, monotonic()
        syncing = Synchronizer(
            engine.indexer,
            chunker_of(engine),
            fetcher,
            self._take,
            self._stopping.is_set,
            keep_embargoed=self._context.settings.ingest.embargoed == "store",
            notes=True,
        )
        for brought in syncing.each(one.settings for one in batch):
            self._count(brought)
            counts = brought.summary.to_dict() | {"failed": len(brought.summary.failed)}
            self._context.metrics.ingested(counts, monotonic() - begun)
            begun = monotonic()

    def _take(self, event: Event) -> None:
        if isinstance(event, Progress):
            with self._lock:
                self._view = replace(self._view, place=without_userinfo(event.source))

    def _count(self, brought: SyncResult) -> None:
        reading = reading_of(brought, brought.place, "", "")
        with self._lock:
            before = self._view.brought
            counted = {
                name: getattr(before, name) + getattr(reading, name)
                for name in ("new", "changed", "unchanged", "removed", "failed")
            }
            done = self._view.done + (not brought.summary.stopped)
            self._view = replace(self._view, done=done, brought=replace(before, **counted))


def _moment() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
