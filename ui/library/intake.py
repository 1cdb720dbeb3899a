"""Bringing articles in from the page: what was uploaded and what was named by its URL, one after another.

Knows ingestion and the writing lock; no widget and no words. One worker thread at a time writes; whoever
looks gets an `IntakeView`, which is what the page shows. Everybody who uses the page sees the same one:
there is one library.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace

from ingest.containers.expand import expand
from ingest.fetch.urls import normal_url
from ingest.pipeline.chunking import chunker_of
from ingest.pipeline.pipeline import ingest_found
from ingest.schema.document import Failure, SourceDocument, too_large
from ingest.schema.events import Acknowledged, Event, Progress
from ingest.schema.formats import format_of, unknown_format
from ingest.sources.web import Web
from rag.errors import SourcierError, UserError
from rag.storage.write_lock import write_lock
from ui.formatting.i18n import user_error
from ui.library.intake_report import FINAL, IntakeEntry, IntakeView, State
from ui.library.upload_spool import Spool, Upload
from ui.page.context import AppContext

log = logging.getLogger(__name__)

_TOGETHER = 40  # entries that are brought in in one go: after each, what became of them is known
_MOST_WAITING = 64  # uploads that wait for the worker: their senders are told to wait
_MOST_KEPT = 2_000  # entries whose report is kept


@dataclass(eq=False)
class _Task:
    """One thing to bring in, and its entry in the report. `taken` of its documents were read, then all."""

    entry: IntakeEntry
    upload: Upload | None = None
    taken: int = 0
    is_whole: bool = False


@dataclass
class _Tally:
    """What the worker is at."""

    source: str = ""
    passages: int = 0
    begun: float = field(default_factory=time.monotonic)


class Intake:
    """What is being brought into the library."""

    def __init__(self, context: AppContext) -> None:
        self._context = context
        self._spool = Spool(context.settings.data_dir)
        self._lock = threading.Lock()  # of everything below
        self._tasks: list[_Task] = []
        self._queue: list[_Task] = []
        self._arriving: dict[str, _Task] = {}
        self._tally: _Tally | None = None
        self._stopping = threading.Event()
        self._writing = threading.Lock()  # held by the worker as long as it holds the library
        self._of_source: dict[str, _Task] = {}
        self._reading: _Task | None = None

    # --- what comes in ---

    def begin(self, name: str, size: int) -> str | None:
        """Announce a file; the token to send its pieces under, or None: too many are coming, try later.

        A file that can't be taken at all gets a token too: the first piece of it is refused.
        """
        with self._lock:
            upload = self._spool.begin(name, size) if len(self._queue) < _MOST_WAITING else None
            if upload is None:
                return None
            task = self._new(IntakeEntry(upload.name, "receiving", size=size), upload)
            self._arriving[upload.token] = task
            if self._spool.is_too_large(size):
                self._refuse(task, too_large(upload.name))
            elif format_of(upload.name) is None:
                self._refuse(task, unknown_format(upload.name))
            return upload.token

    def append(self, token: str, data: bytes) -> bool:
        """Take a file's next piece; False when no more of it is wanted. With the last one it is queued."""
        with self._lock:
            task = self._arriving.get(token)
            upload = self._spool.append(token, data) if task else None
            if task is None or upload is None:
                return False
            task.entry = replace(task.entry, received=upload.received)
            if upload.is_whole:
                del self._arriving[token]
                self._enqueue(task)
            return True

    def add_url(self, written: str) -> None:
        """Queue a page, a feed or a sitemap.

        Raises:
            UserError: It isn't a URL that can be fetched.
        """
        url = normal_url(written if "://" in written else f"https://{written.strip()}")
        with self._lock:
            self._enqueue(self._new(IntakeEntry(url, "waiting"), None))

    def stop(self) -> None:
        """Bring in no more: what was read is kept, what waits is given up."""
        with self._lock:
            self._stopping.set()
            for task in (*self._queue, *self._arriving.values()):
                self._end(task, "stopped")
            self._queue.clear()
            self._arriving.clear()
            self._spool.close()

    def clear(self) -> None:
        """Forget the report of what is over."""
        with self._lock:
            self._tasks = [task for task in self._tasks if task.entry.state not in FINAL]

    def view(self) -> IntakeView:
        """Return how everything stands now."""
        with self._lock:
            self._spool.drop_forsaken()
            for token, task in list(self._arriving.items()):
                if task.upload and not self._spool.is_open(task.upload):
                    del self._arriving[token]
                    self._end(task, "stopped")
            tally, entries = self._tally, tuple(task.entry for task in self._tasks)
            if tally is None:
                return IntakeView(entries, bool(self._arriving))
            seconds = time.monotonic() - tally.begun
            rate = tally.passages / seconds if seconds > 1 else 0.0
            return IntakeView(
                entries, True, self._stopping.is_set(), tally.source, tally.passages, round(rate, 1)
            )

    @property
    def is_writing(self) -> bool:
        """Whether the library is held for writing here."""
        return self._writing.locked()

    # --- its own, with the lock held ---

    def _new(self, entry: IntakeEntry, upload: Upload | None) -> _Task:
        if self._tally is None and not self._arriving:
            self._tasks = self._tasks[-_MOST_KEPT:]
        task = _Task(replace(entry, number=self._tasks[-1].entry.number + 1 if self._tasks else 1), upload)
        self._tasks.append(task)
        return task

    def _refuse(self, task: _Task, error: UserError) -> None:
        """Refuse a file that is known to be unreadable by its name or size: not a byte of it is taken."""
        assert task.upload is not None
        self._arriving.pop(task.upload.token, None)
        self._spool.forget(task.upload)
        failure = Failure.of(task.entry.name, error)
        task.entry = replace(task.entry, state="done", refused=(failure,))

    def _end(self, task: _Task, state: State) -> None:
        if task.upload:
            task.upload.close()
        if task.entry.state not in FINAL:
            task.entry = replace(task.entry, state=state)

    def _enqueue(self, task: _Task) -> None:
        task.entry = replace(task.entry, state="waiting")
        self._queue.append(task)
        if self._tally is None:
            self._stopping.clear()
            self._tally = _Tally()
            threading.Thread(target=self._work, name="intake", daemon=True).start()

    def _next(self) -> list[_Task]:
        """Return what to bring in next; nothing more makes the worker end."""
        with self._lock:
            batch, self._queue = self._queue[:_TOGETHER], self._queue[_TOGETHER:]
            if not batch:
                self._tally = None
            self._stopping.clear()  # what was queued when it was set has been given up
            return batch

    # --- the worker ---

    def _work(self) -> None:
        # A worker that has run out of work may not have let go of the library yet.
        with self._writing:
            try:
                with write_lock(self._context.settings.data_dir):
                    while batch := self._next():
                        self._bring_in(batch)
            except SourcierError as error:
                self._give_up(error)
            except Exception:
                log.exception("articles could not be brought in")
                self._give_up(user_error("intake_broke"))
            finally:
                # Answers rest on the articles of before.
                self._context.chain.forget()

    def _bring_in(self, batch: list[_Task]) -> None:
        engine = self._context.engine
        with closing(self._context.fetcher()) as fetcher:
            found = self._found(batch, Web(fetcher, engine.library))
            ingest_found(found, engine.indexer, chunker_of(engine), self._take, stop=self._stopping.is_set)
        with self._lock:
            for task in batch:
                self._settle(task)
            self._of_source.clear()
            self._reading = None

    def _settle(self, task: _Task) -> None:
        """Settle what the pipeline read and told nothing of: it was in the library already."""
        entry = task.entry
        unchanged = task.taken - entry.new - entry.changed - len(entry.refused)
        task.entry = replace(entry, unchanged=max(0, unchanged))
        self._end(task, "done" if task.is_whole else "stopped")

    def _give_up(self, error: SourcierError) -> None:
        """Give up what waits: `error` says why it can't be brought in."""
        with self._lock:
            for task in self._tasks:
                if task.entry.state in ("waiting", "reading"):
                    failure = Failure(task.entry.name, error.text("en"), error.text("fr"))
                    task.entry = replace(task.entry, refused=(*task.entry.refused, failure))
                    self._end(task, "done")
            self._queue.clear()
            self._of_source.clear()
            self._tally = self._reading = None

    def _found(self, batch: list[_Task], web: Web) -> Iterator[SourceDocument | Failure]:
        """Yield the documents of each, noting whose they are.

        They are read before the next one is asked for.
        """
        for task in batch:
            with self._lock:
                self._reading = task
                task.entry = replace(task.entry, state="reading")
            for item in self._documents(task, web):
                with self._lock:
                    task.taken += 1
                    self._of_source[item.source] = task
                yield item
            with self._lock:
                task.is_whole = True

    def _documents(self, task: _Task, web: Web) -> Iterator[SourceDocument | Failure]:
        try:
            for outer in [_readable(task.upload)] if task.upload else web.find(task.entry.name):
                yield from expand(outer)
        except UserError as error:
            yield Failure.of(task.entry.name, error)

    def _take(self, event: Event) -> None:
        with self._lock:
            match event:
                case Acknowledged(_, source, _, outcome, passages):
                    self._count(self._of_source.get(source), outcome, passages)
                case Failure() as failure if self._reading:
                    entry = self._reading.entry
                    self._reading.entry = replace(entry, refused=(*entry.refused, failure))
                case Progress(_, _, source) if self._tally:
                    self._tally.source = source

    def _count(self, task: _Task | None, outcome: str, passages: int) -> None:
        if self._tally:
            self._tally.passages += passages
        if task:
            task.entry = replace(task.entry, **{outcome: getattr(task.entry, outcome) + 1})


def _readable(upload: Upload) -> SourceDocument:
    """Return an upload as a document, known by its name: other bytes under it are the article, changed."""
    format_ = format_of(upload.name)
    assert format_ is not None
    key = f"upload:{upload.name}"
    return SourceDocument(upload.name, key, format_, upload.read, key, open=upload.opened)
