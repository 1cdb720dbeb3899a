"""Bringing articles in from the page: what was uploaded and what was named by its URL, one after another.

Knows ingestion and the writing lock; no widget and no words. One worker thread at a time writes; whoever
looks gets an `IntakeView` of what is theirs, which is what the page shows: there is one library, but what
files are called and why they are refused is between their sender and the server. `user` is who has signed
in; empty when nobody has to.
"""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace

from ingest.containers.expand import expand
from ingest.fetch.urls import normal_url
from ingest.pipeline.chunking import chunker_of
from ingest.pipeline.ingestion import ingest_found
from ingest.schema.document import Failure, Notice, SourceDocument, too_large
from ingest.schema.events import Acknowledged, Event, Progress, Reading
from ingest.schema.formats import format_of, unknown_format
from ingest.sources.web import Web
from rag.errors import SourcierError, UserError, panics_as_errors
from rag.observability import request_id
from rag.storage.write_lock import write_lock
from ui.formatting.i18n import user_error
from ui.library.intake_report import FINAL, IntakeEntry, IntakeView, State
from ui.library.upload_spool import Spool, Upload
from ui.page.context import AppContext

log = logging.getLogger(__name__)

_TOGETHER = 40  # entries that are brought in in one go: after each, what became of them is known
_AMONG_OTHERS = 4  # the same while others wait for their turn
# Entries that wait for the worker. Each sender may have as many as are left to the others: the first half of
# them, the second half of what is left then, so that there is always room for one more.
_MOST_WAITING = 64
_FORSAKEN = 30.0  # seconds after which a page that sends nothing more isn't waited for
_PATIENCE = 1.5  # seconds that closing waits for the worker
_MOST_KEPT = 2_000  # entries of a user whose report is kept


@dataclass(eq=False)
class _Task:
    """One thing to bring in, and its entry in the report. `taken` of its documents were read, then all."""

    entry: IntakeEntry
    user: str
    sender: str
    upload: Upload | None = None
    taken: int = 0
    is_whole: bool = False


@dataclass
class _Left:
    """How many files a page has yet to announce, and when it was last heard of."""

    count: int
    seen: float = field(default_factory=time.monotonic)


@dataclass
class _Tally:
    """What the worker is at: what this user brings in."""

    user: str
    source: str = ""
    passages: int = 0
    begun: float = field(default_factory=time.monotonic)
    over_before: int = 0  # of the user's entries, when it began
    reading: Reading | None = None


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
        self._writing = context.writing  # held by the worker as long as it holds the library
        self._left: dict[tuple[str, str], _Left] = {}  # user and sender → files that are yet to be sent
        self._unsent: dict[str, int] = {}  # user → files that were not sent, since they were stopped
        self._of_source: dict[str, _Task] = {}
        self._reading: _Task | None = None
        self._followed: dict[str, _Task] = {}

    # --- what comes in ---

    def begin(self, name: str, size: int, user: str = "", page: str = "", left: int = 0) -> str | None:
        """Announce a file; the token to send its pieces under, or None: too many are coming, try later.

        `left` is how many files its sender has yet to announce after it.

        A file that can't be taken at all gets a token too: the first piece of it is refused. Files are
        counted by user or, where nobody signs in, by page.
        """
        with self._lock:
            task = self._announce(name, size, user, page, left)
            return task.upload.token if task and task.upload else None

    def append(self, token: str, data: bytes, user: str = "") -> bool:
        """Take a file's next piece; False when no more of it is wanted. With the last one it is queued."""
        with self._lock:
            task = self._arriving.get(token)
            if task is None or task.user != user or (upload := self._spool.append(token, data)) is None:
                return False
            task.entry = replace(task.entry, received=upload.received)
            if (left := self._left.get((user, task.sender))) is not None:
                left.seen = time.monotonic()
            if upload.is_whole:
                del self._arriving[token]
                self._enqueue(task)
            return True

    def add_url(self, written: str, user: str = "", page: str = "") -> None:
        """Queue a page, a feed or a sitemap.

        Raises:
            UserError: It isn't a URL that can be fetched, or too many wait.
        """
        self.leave(self.followed_url(written, user, page))

    def followed(self, name: str, size: int, user: str, sender: str) -> str | None:
        """Do as `begin` does for a file whose sender waits for what comes of it: `became` tells it."""
        with self._lock:
            task = self._announce(name, size, user, sender, 0)
            if task is None or task.upload is None:
                return None
            self._followed[task.upload.token] = task
            return task.upload.token

    def followed_url(self, written: str, user: str, sender: str) -> str:
        """Do as `add_url` does, and return what `became` knows it by; raises as that does."""
        url = normal_url(written if "://" in written else f"https://{written.strip()}")
        token = secrets.token_urlsafe(16)
        with self._lock:
            if not self._has_room(user or sender):
                raise user_error("intake_full")
            task = self._followed[token] = self._new(IntakeEntry(url, "waiting"), user, user or sender, None)
            self._enqueue(task)
        return token

    def became(self, token: str) -> IntakeEntry:
        """Return how something that is followed stands now."""
        with self._lock:
            return self._followed[token].entry

    def leave(self, token: str) -> None:
        """Follow it no more; it is brought in all the same."""
        with self._lock:
            self._followed.pop(token, None)

    def close(self) -> None:
        """Bring nothing more in, and wait a little until what was read is kept."""
        for user in {task.user for task in tuple(self._tasks)}:
            self.stop(user)
        if self._writing.acquire(timeout=_PATIENCE):
            self._writing.release()

    def stop(self, user: str = "") -> None:
        """Bring in no more of the user's: what was read is kept, what waits is given up."""
        with self._lock:
            if self._tally and self._tally.user == user:
                self._stopping.set()
            unsent = self._yet_to_come(user)
            if unsent:
                self._unsent[user] = unsent
            self._left = {key: left for key, left in self._left.items() if key[0] != user}
            for task in (*self._queue, *self._arriving.values()):
                if task.user == user:
                    if task.upload:
                        self._spool.forget(task.upload)
                    self._end(task, "stopped")
            self._queue = [task for task in self._queue if task.user != user]
            self._arriving = {token: task for token, task in self._arriving.items() if task.user != user}

    def clear(self, user: str = "") -> None:
        """Forget the report of what is over of the user's."""
        with self._lock:
            self._tasks = [task for task in self._tasks if task.user != user or task.entry.state not in FINAL]
            self._unsent.pop(user, None)

    def view(self, user: str = "") -> IntakeView:
        """Return how everything of the user's stands now."""
        with self._lock:
            self._spool.drop_forsaken()
            self._drop_forsaken()
            tally, entries = self._tally, tuple(task.entry for task in self._tasks if task.user == user)
            coming, unsent = self._yet_to_come(user), self._unsent.get(user, 0)
            if tally is None or tally.user != user:
                busy = bool(coming) or any(entry.state not in FINAL for entry in entries)
                return IntakeView(entries, busy, coming=coming, unsent=unsent)
            seconds = time.monotonic() - tally.begun
            rate = tally.passages / seconds if seconds > 1 else 0.0
            upload = self._reading.upload if self._reading else None
            view = IntakeView(
                entries,
                True,
                self._stopping.is_set(),
                tally.source,
                tally.passages,
                round(rate, 1),
                coming,
                unsent,
                tally.reading.share if tally.reading else upload.share_read if upload else 0.0,
                tally.reading,
            )
            return replace(view, remaining=view.seconds_left(seconds, tally.over_before))

    @property
    def is_writing(self) -> bool:
        """Whether the library is held for writing here."""
        return self._writing.locked()

    # --- its own, with the lock held ---

    def _yet_to_come(self, user: str) -> int:
        """Count the files that pages of the user have said they will send, and still may."""
        now = time.monotonic()
        self._left = {key: left for key, left in self._left.items() if now - left.seen < _FORSAKEN}
        return sum(left.count for key, left in self._left.items() if key[0] == user)

    def _begun(self, user: str) -> _Tally:
        over = sum(task.user == user and task.entry.state in FINAL for task in self._tasks)
        return _Tally(user, over_before=over)

    def _has_room(self, sender: str) -> bool:
        own = sum(task.sender == sender for task in self._queue)
        return own < _MOST_WAITING - len(self._queue)

    def _drop_forsaken(self) -> None:
        """End what has been given up of what was arriving."""
        for token, task in list(self._arriving.items()):
            if task.upload and not self._spool.is_open(task.upload):
                del self._arriving[token]
                self._end(task, "stopped")

    def _new(self, entry: IntakeEntry, user: str, sender: str, upload: Upload | None) -> _Task:
        over = [task for task in self._tasks if task.user == user and task.entry.state in FINAL]
        if len(over) >= _MOST_KEPT:
            self._tasks.remove(over[0])
        number = self._tasks[-1].entry.number + 1 if self._tasks else 1
        task = _Task(replace(entry, number=number), user, sender, upload)
        self._tasks.append(task)
        return task

    def _announce(self, name: str, size: int, user: str, page: str, left: int) -> _Task | None:
        sender = user or page
        self._left[user, sender] = _Left(left)
        self._unsent.pop(user, None)
        upload = self._spool.begin(name, size, sender) if self._has_room(sender) else None
        self._drop_forsaken()
        if upload is None:
            return None
        task = self._new(IntakeEntry(upload.name, "receiving", size=size), user, sender, upload)
        self._arriving[upload.token] = task
        if self._spool.is_too_large(size):
            self._refuse(task, too_large(upload.name))
        elif format_of(upload.name) is None:
            self._refuse(task, unknown_format(upload.name))
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
            self._tally = self._begun(task.user)
            with request_id.bound(request_id.current() or request_id.new()):
                work = request_id.in_context(self._work)
            threading.Thread(target=work, name="intake", daemon=True).start()

    def _next(self) -> list[_Task]:
        """Return what to bring in next, all of one sender, in turns; nothing more makes the worker end."""
        with self._lock:
            own = [task for task in self._queue if task.sender == self._queue[0].sender]
            others = [task for task in self._queue if task.sender != self._queue[0].sender]
            most = _AMONG_OTHERS if others else _TOGETHER
            batch, self._queue = own[:most], [*others, *own[most:]]
            if not batch:
                self._tally = None
            elif self._tally is None or self._tally.user != batch[0].user:
                self._tally = self._begun(batch[0].user)
            self._stopping.clear()  # what was queued when it was set has been given up
            return batch

    # --- the worker ---

    def _work(self) -> None:
        # A worker that has run out of work may not have let go of the library yet.
        with self._writing:
            try:
                with panics_as_errors(), write_lock(self._context.settings.place):
                    while batch := self._next():
                        self._bring_in(batch)
            except SourcierError as error:
                self._give_up(error)
            except Exception:
                log.exception("articles could not be brought in")
                self._give_up(user_error("intake_broke", reference=request_id.current()))
            finally:
                # Answers rest on the articles of before.
                self._context.chain.forget()
                self._context.standing.ask_all()

    def _bring_in(self, batch: list[_Task]) -> None:
        engine = self._context.engine
        with closing(self._context.fetcher()) as fetcher:
            found = self._found(batch, Web(fetcher, engine.library))
            keep = self._context.settings.ingest.embargoed == "store"
            begun = time.monotonic()
            summary = ingest_found(
                found,
                engine.indexer,
                chunker_of(engine),
                self._take,
                stop=self._stopping.is_set,
                keep_embargoed=keep,
            )
        counts = summary.to_dict() | {"failed": len(summary.failed)}
        self._context.metrics.ingested(counts, time.monotonic() - begun)
        with self._lock:
            for task in batch:
                self._settle(task)
            self._of_source.clear()
            self._reading = None

    def _settle(self, task: _Task) -> None:
        """Settle what the pipeline read and told nothing of: it was in the library already."""
        entry = task.entry
        unchanged = task.taken - entry.new - entry.changed - entry.embargoed - len(entry.refused)
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

    def _found(self, batch: list[_Task], web: Web) -> Iterator[SourceDocument | Failure | Notice]:
        """Yield the documents of each, noting whose they are.

        They are read before the next one is asked for.
        """
        for task in batch:
            with self._lock:
                self._reading = task
                task.entry = replace(task.entry, state="reading")
            for item in self._documents(task, web):
                with self._lock:
                    task.taken += not isinstance(item, Notice)
                    self._of_source[item.source] = task
                yield item
            with self._lock:
                task.is_whole = True

    def _documents(self, task: _Task, web: Web) -> Iterator[SourceDocument | Failure | Notice]:
        try:
            for outer in [_readable(task.upload)] if task.upload else web.find(task.entry.name):
                yield from expand(outer)
        except UserError as error:
            yield Failure.of(task.entry.name, error)

    def _take(self, event: Event) -> None:
        with self._lock:
            match event:
                case Acknowledged(_, source, _, outcome, passages, unreadable):
                    self._count(self._of_source.get(source), outcome, passages, unreadable)
                case Failure() as failure if self._reading:
                    entry = self._reading.entry
                    self._reading.entry = replace(entry, refused=(*entry.refused, failure))
                case Notice() as notice if self._reading:
                    entry = self._reading.entry
                    held = entry.embargoed + notice.keeps_article
                    self._reading.entry = replace(entry, notices=(*entry.notices, notice), embargoed=held)
                case Progress(_, _, source) if self._tally:
                    self._tally.source, self._tally.reading = source, None
                case Reading() if self._tally:
                    self._tally.source, self._tally.reading = event.source, event

    def _count(self, task: _Task | None, outcome: str, passages: int, unreadable: int) -> None:
        if self._tally:
            self._tally.passages += passages
        if task:
            counts = {outcome: getattr(task.entry, outcome) + 1}
            task.entry = replace(task.entry, **counts, unreadable=task.entry.unreadable + unreadable)


def _readable(upload: Upload) -> SourceDocument:
    """Return an upload as a document, known by its name: other bytes under it are the article, changed."""
    format_ = format_of(upload.name)
    assert format_ is not None
    key = f"upload:{upload.name}"
    return SourceDocument(upload.name, key, format_, upload.read, key, open=upload.opened)
