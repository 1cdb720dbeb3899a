"""Conversations while somebody is in them: what answers runs in the server, pages follow it, all is kept.

An answer belongs to its conversation, not to the page that asked: a page that is loaded again finds it and
goes on reading. Knows sessions and where conversations are kept; knows no widget.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Coroutine
from contextlib import aclosing
from dataclasses import dataclass, field, fields, replace
from weakref import WeakKeyDictionary, WeakValueDictionary, ref

from rag.conversation.serialization import versions
from rag.conversation.store import Conversation, ConversationStore, Record, held, new_id
from rag.errors import SourcierError
from rag.library.library import Library
from rag.observability import request_id
from rag.text.normalization import fold
from rag.text.sanitization import storable
from ui.chat import serialization
from ui.chat.ratings import with_ratings
from ui.formatting.i18n import text
from ui.rendering.updates import Update, page_update
from ui.session.exchange import Exchange
from ui.session.session import Session

log = logging.getLogger(__name__)

GRACE = 20.0  # seconds that a page may be gone before the model is stopped: a reload takes less
CROWDED_GRACE = 3.0  # seconds of it while others wait for the model
OFTEN = 2.0  # seconds between two times that an answer is kept while it is written
# Seconds between two times that it is tried to keep what could not be kept, the first and the longest.
AGAIN, AGAIN_AT_MOST = 5.0, 60.0
TITLE = 70  # characters
_NOTHING = Update()
_FIELDS = tuple(field.name for field in fields(Update))


class Conversations:
    """The conversations of everybody, in `store`; their evidence is read in `library`.

    `is_crowded` says whether others wait for what an answer that nobody follows any more takes.
    """

    def __init__(
        self, store: ConversationStore, library: Library, is_crowded: Callable[[], bool] = lambda: False
    ) -> None:
        self._is_crowded = is_crowded
        self.store = store
        self._library = library
        self._live: WeakValueDictionary[tuple[str, str], Session] = WeakValueDictionary()
        self._shown: WeakValueDictionary[str, Session] = WeakValueDictionary()
        self._runs: WeakKeyDictionary[Session, list[_AnswerInProgress]] = WeakKeyDictionary()
        self._kept: WeakKeyDictionary[Session, _SavedState] = WeakKeyDictionary()
        self._words_of: int | None = None  # the library's version that the store's words were held against

    # --- which conversation a page shows ---

    async def open(self, conversation: str, page: str, before: Session) -> Session:
        """Return the session of this conversation, if it is the user's; else a new one.

        `page` shows it from now on.

        Pages that show the same conversation share its session. `before` is what the page showed.
        """
        session = Session(before.language, before.user)
        session.filters = before.filters
        return await self.arrive(conversation, page, session)

    async def arrive(self, conversation: str, page: str, fresh: Session) -> Session:
        """Return the same for a page that was just loaded, with its own session, `fresh`.

        A reader may be faster, and have asked already: the question stays.
        """
        found = ()
        live = self._open_in(conversation, fresh)
        if conversation and (live is None or not self._runs.get(live)):
            found = await asyncio.to_thread(self._rated, conversation, fresh.user)
        session = fresh
        if fresh.last is None and (live := self._open_in(conversation, fresh)) is not None:
            session = live
            if found and not self._runs.get(live):  # what rests on articles removed meanwhile is gone by now
                live.take_up(conversation, found)
                self._kept[live] = _SavedState(conversation, found[-1])
        elif fresh.last is None and found:
            fresh.take_up(conversation, found)
            self._kept[fresh] = _SavedState(conversation, found[-1])
            self._live[fresh.user, conversation] = fresh
        self._shown[page] = session
        return session

    def _open_in(self, conversation: str, asking: Session) -> Session | None:
        """Return the session that somebody has this conversation open in."""
        live = self._live.get((asking.user, conversation))
        return live if live is not None and live.conversation == conversation else None

    def _read(self, conversation: str, user: str) -> tuple[Exchange, ...]:
        return serialization.exchanges(self.store.records(conversation, user), self._library)

    def _rated(self, conversation: str, user: str) -> tuple[Exchange, ...]:
        return with_ratings(self._read(conversation, user), conversation, user, self._library)

    def is_shown(self, session: Session, page: str) -> bool:
        """Return whether the page shows the conversation of this session."""
        return self._shown.get(page) is session

    # --- answering ---

    async def run(
        self, updates: AsyncGenerator[Update], session: Session, page: str
    ) -> AsyncIterator[Update]:
        """Yield `updates` of a session's chat, for the page that asked.

        They go on when the page is gone, and end when none that follows them comes within `GRACE`,
        or `CROWDED_GRACE` when somebody else waits.
        """
        self._shown[page] = session
        run = _AnswerInProgress()
        self._runs.setdefault(session, []).append(run)
        run.begin(self._pump(updates, session, run))
        async with aclosing(self._followed(run, session, page)) as followed:
            async for update in followed:
                yield update

    async def follow(self, session: Session, page: str) -> AsyncIterator[Update]:
        """Yield what a conversation's answer in progress changes on a page that has just opened it.

        First the page as it stands: whoever asked while it was being opened has perhaps been answered, and
        the page as it was before is drawn over that.
        """
        # Gradio empties every widget after a generator that gave nothing.
        yield page_update(session) if session.exchanges else _NOTHING
        for run in self._runs.get(session, [])[-1:]:
            async with aclosing(self._followed(run, session, page)) as followed:
                async for update in followed:
                    yield update

    async def _followed(self, run: _AnswerInProgress, session: Session, page: str) -> AsyncIterator[Update]:
        follower = run.join()
        try:
            while (update := await follower.next()) is not None:
                if not self.is_shown(session, page):
                    yield _NOTHING
                    return
                yield update
        finally:
            run.leave(follower)

    async def _pump(self, updates: AsyncGenerator[Update], session: Session, run: _AnswerInProgress) -> None:
        """Give the updates to whoever follows, and keep what they did to the session."""
        kept_last = self._kept.setdefault(session, _SavedState())
        try:
            async with aclosing(updates):
                async for update in updates:
                    # A page that is told of a conversation can be loaded again: it must be there by then. Who
                    # is refused needn't wait for that.
                    if session.last is not None and session.last.unfinished and not session.conversation:
                        await self._keep(session, kept_last)
                    run.give(update)
                    if kept_last.is_behind(session.last, OFTEN):
                        await self._keep_and_tell(session, kept_last, run)
                    if run.is_left_for(CROWDED_GRACE if self._is_crowded() else GRACE):
                        self._interrupt(session)
                        break
            if kept_last.is_behind(session.last):
                await self._keep_and_tell(session, kept_last, run)
        finally:
            run.end()
            self._runs[session].remove(run)

    async def end_all(self) -> None:
        """End each answer in progress with a sentence; returns once it is told and kept."""
        running = [run.task for runs in self._runs.values() for run in runs if run.task is not None]
        for session, runs in list(self._runs.items()):
            if runs:
                session.end(text("server_stopping", session.language))
        if running:
            await asyncio.wait(running)

    def _interrupt(self, session: Session) -> None:
        last = session.last
        if last is not None:
            session.put(last, serialization.interrupted(last))

    # --- keeping ---

    async def _keep_and_tell(self, session: Session, kept_last: _SavedState, run: _AnswerInProgress) -> None:
        """Keep what was told, and draw the page if that makes it another: where it is kept, and whether."""
        before = session.unkept, session.conversation
        await self._keep(session, kept_last)
        if (session.unkept, session.conversation) != before:
            run.give(page_update(session))

    async def _keep(self, session: Session, kept_last: _SavedState) -> None:
        """Write the last exchange, and those before it that could not be written.

        The answer matters more than that it is kept: what goes wrong is told on the page, and tried again for
        as long as somebody has the conversation open.
        """
        async with kept_last.writing:
            if session.last is None:
                return
            if not session.conversation:
                session.conversation = new_id()
                self._live[session.user, session.conversation] = session
            conversation, user, exchanges = session.conversation, session.user, session.exchanges
            kept_last.now(conversation, session.last)
            begin, wanting = not kept_last.is_begun, exchanges if kept_last.is_missing else exchanges[-1:]
            try:
                await asyncio.to_thread(self._write, conversation, user, exchanges, wanting, begin)
            except SourcierError as error:
                if not session.unkept:
                    log.warning("the conversation could not be kept: %s", str(error))
                kept_last.is_missing = session.unkept = True
                if kept_last.trying is None or kept_last.trying.done():
                    kept_last.trying = asyncio.create_task(self._keep_later(ref(session), kept_last))
            else:
                kept_last.is_begun, kept_last.is_missing, session.unkept = True, False, False

    async def _keep_later(self, open_: ref[Session], kept_last: _SavedState) -> None:
        """Try to keep a conversation until it can be, or nobody has it open any more."""
        pause, conversation = AGAIN, kept_last.conversation
        while True:
            await asyncio.sleep(pause)
            pause = min(2 * pause, AGAIN_AT_MOST)
            session = open_()
            if session is None or session.conversation != conversation or not kept_last.is_missing:
                return
            await self._keep(session, kept_last)
            del session  # nobody may have it open any more

    def _write(
        self,
        conversation: str,
        user: str,
        exchanges: tuple[Exchange, ...],
        wanting: tuple[Exchange, ...],
        begin: bool,
    ) -> None:
        """Write the last exchanges, those that are `wanting`, into a conversation that may have to begin."""
        if begin:
            self.store.begin(user, title_of(exchanges[0].question), conversation)
        for place in range(len(exchanges) - len(wanting), len(exchanges)):
            record = serialization.record(exchanges[place], exchanges[:place])
            record = serialization.without_removed(record, self._library)
            self.store.put(conversation, user, record)
        self.store.keep_only(conversation, user, [one.number for one in exchanges])

    # --- the list ---

    def listed(self, user: str, words: str = "") -> list[Conversation]:
        """Return the user's conversations, latest first.

        With `words`, those whose title, questions or answers have all of them.
        """
        listed = self.store.listed(user)
        wanted = fold(storable(words)).split()
        if not wanted:
            return listed
        unknown = self._read_words(user)
        having = {word: self.store.having(user, word) for word in wanted}

        def has(one: Conversation, word: str) -> bool:
            also = unknown.get(one.id, [])
            return one.id in having[word] or any(word in words for words in (fold(one.title), *also))

        return [one for one in listed if all(has(one, word) for word in wanted)]

    def _read_words(self, user: str) -> dict[str, list[str]]:
        """Have the words of the user's exchanges in the store.

        Returns, by conversation, those that can't be there: what rests on an article that is being taken out
        or repaired shows less than it may later.
        """
        version = self._library.version()
        if version != self._words_of:
            self.store.forget_words(self._library)
            self._words_of = version
        found: dict[str, list[str]] = {}
        for conversation, records in self.store.without_words(user).items():
            for record, exchange in zip(
                records, serialization.exchanges(records, self._library), strict=True
            ):
                words, wanted = serialization.words(exchange), versions(record.body)
                if held(wanted, self._library) == set(wanted):
                    self._note_words(conversation, record, words)
                found.setdefault(conversation, []).append(words)
        return found

    def _note_words(self, conversation: str, record: Record, words: str) -> None:
        """Have the words in the store; where there is no room for them they are read again next time."""
        try:
            self.store.put_words(conversation, record.number, record.body, words)
        except SourcierError as error:
            log.info("the words of a conversation could not be kept: %s", error)

    def exchanges_of(self, conversation: str, user: str) -> tuple[Exchange, ...]:
        """Return what is kept of a conversation; nothing if it isn't the user's."""
        return self._read(conversation, user)

    async def delete(self, conversation: str, user: str) -> bool:
        """Delete a conversation, and end whatever goes on in it; False if it isn't the user's."""
        live = self._live.get((user, conversation))
        if live is not None and live.conversation == conversation:
            live.clear()
        return await asyncio.to_thread(self.store.delete, conversation, user)


def title_of(question: str) -> str:
    """Return a question as a title: on one line, and cut at a word if it is long."""
    line = " ".join(question.split())
    if len(line) <= TITLE:
        return line
    cut = line[: TITLE - 1]
    return cut[: cut.rfind(" ")].rstrip(" ,;:") + "…" if " " in cut else cut + "…"


@dataclass
class _SavedState:
    """How much of a session's conversation is on disk.

    Attributes:
        conversation: Its id; empty before anything was kept.
        last: The last exchange, as it was written last.
        is_begun: Whether the conversation is there; it may have been deleted since.
        is_missing: Whether exchanges of it are missing there.
        trying: What tries to keep it.

    """

    conversation: str = ""
    last: Exchange | None = None
    is_begun: bool = field(init=False)
    is_missing: bool = False
    at: float = 0.0
    writing: asyncio.Lock = field(default_factory=asyncio.Lock)
    trying: asyncio.Task[None] | None = None

    def __post_init__(self) -> None:
        self.is_begun = bool(self.conversation)

    def now(self, conversation: str, last: Exchange) -> None:
        """Note what is being written."""
        if conversation != self.conversation:
            self.conversation, self.is_begun, self.is_missing = conversation, False, False
        self.last, self.at = last, time.monotonic()

    def is_behind(self, last: Exchange | None, often: float = 0.0) -> bool:
        """Return whether `last` has changed: its stage, or anything of it and for so many seconds.

        So it has as long as something of it is missing.
        """
        if last is None or (last is self.last and not self.is_missing):
            return False
        known = self.last
        is_step = known is None or (known.number, known.stage) != (last.number, last.stage)
        return is_step or time.monotonic() - self.at >= often


class _AnswerInProgress:
    """An answer in progress, and the pages that follow it."""

    def __init__(self) -> None:
        self._followers: set[_Follower] = set()
        self._left_at = time.monotonic()
        self.task: asyncio.Task[None] | None = None

    def begin(self, pump: Coroutine[None, None, None]) -> None:
        # What fails while it is answered may have the reader's words in what it says.
        with request_id.bound(request_id.current() or request_id.new(), private=True):
            self.task = asyncio.create_task(pump)

    def join(self) -> _Follower:
        follower = _Follower(ended=self.task is None or self.task.done())
        self._followers.add(follower)
        return follower

    def leave(self, follower: _Follower) -> None:
        self._followers.discard(follower)
        self._left_at = time.monotonic()

    def is_left_for(self, seconds: float) -> bool:
        return not self._followers and time.monotonic() - self._left_at >= seconds

    def give(self, update: Update) -> None:
        for follower in self._followers:
            follower.give(update)

    def end(self) -> None:
        for follower in self._followers:
            follower.end()


class _Follower:
    """What a page has still to be told; several updates become one while it is slow to take them."""

    def __init__(self, ended: bool) -> None:
        self._waiting: Update | None = None
        self._ended = ended
        self._changed = asyncio.Event()
        if ended:
            self._changed.set()

    def give(self, update: Update) -> None:
        self._waiting = _merged(self._waiting, update) if self._waiting else update
        self._changed.set()

    def end(self) -> None:
        self._ended = True
        self._changed.set()

    async def next(self) -> Update | None:
        """Return the next update; None after the last."""
        await self._changed.wait()
        update, self._waiting = self._waiting, None
        if not self._ended:
            self._changed.clear()
        return update


def _merged(before: Update, after: Update) -> Update:
    """Combine both: where both say something, the later one."""
    said = {name: getattr(after, name) for name in _FIELDS}
    return replace(before, **{name: one for name, one in said.items() if one != getattr(_NOTHING, name)})
