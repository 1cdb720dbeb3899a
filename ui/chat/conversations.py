"""Conversations while somebody is in them: what answers runs in the server, pages follow it, all is kept.

An answer belongs to its conversation, not to the page that asked: a page that is loaded again finds it and
goes on reading. Knows sessions and where conversations are kept; knows no widget.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, AsyncIterator, Coroutine
from contextlib import aclosing
from dataclasses import fields, replace
from weakref import WeakKeyDictionary, WeakValueDictionary

from rag.conversation.serialization import versions
from rag.conversation.store import Conversation, ConversationStore, held, new_id, storable
from rag.errors import SourcierError
from rag.library.library import Library
from rag.text.normalization import fold
from ui.chat import serialization
from ui.chat.ratings import with_ratings
from ui.rendering.updates import Update, page_update
from ui.session.exchange import Exchange
from ui.session.session import Session

log = logging.getLogger(__name__)

GRACE = 20.0  # seconds that a page may be gone before the model is stopped: a reload takes less
OFTEN = 2.0  # seconds between two times that an answer is kept while it is written
TITLE = 70  # characters
_NOTHING = Update()
_FIELDS = tuple(field.name for field in fields(Update))


class Conversations:
    """The conversations of everybody, in `store`; their evidence is read in `library`."""

    def __init__(self, store: ConversationStore, library: Library) -> None:
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
                self._kept[live] = _SavedState(found[-1])
        elif fresh.last is None and found:
            fresh.take_up(conversation, found)
            self._kept[fresh] = _SavedState(found[-1])
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

    # --- answering ---

    async def run(
        self, updates: AsyncGenerator[Update], session: Session, page: str
    ) -> AsyncIterator[Update]:
        """Yield `updates` of a session's chat, for the page that asked.

        They go on when the page is gone, and end when none that follows them comes within `GRACE`.
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
                if self._shown.get(page) is not session:
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
                    # A page that is told of a conversation can be loaded again: it must be there by then.
                    if session.last is not None and not session.conversation:
                        await self._keep(session, kept_last)
                    run.give(update)
                    if kept_last.is_behind(session.last, OFTEN):
                        await self._keep(session, kept_last)
                    if run.is_left_for(GRACE):
                        self._interrupt(session)
                        break
            if kept_last.is_behind(session.last):
                await self._keep(session, kept_last)
        finally:
            run.end()
            self._runs[session].remove(run)

    def _interrupt(self, session: Session) -> None:
        last = session.last
        if last is not None:
            session.put(last, serialization.interrupted(last))

    # --- keeping ---

    async def _keep(self, session: Session, kept_last: _SavedState) -> None:
        """Write the last exchange. What goes wrong is logged: the answer matters more."""
        async with kept_last.writing:
            if session.last is None:
                return
            is_new = not session.conversation
            if is_new:
                session.conversation = new_id()
                self._live[session.user, session.conversation] = session
            conversation, user, exchanges = session.conversation, session.user, session.exchanges
            kept_last.now(session.last)
            try:
                await asyncio.to_thread(self._write, conversation, user, exchanges, is_new)
            except SourcierError:
                log.exception("the conversation could not be kept")

    def _write(self, conversation: str, user: str, exchanges: tuple[Exchange, ...], is_new: bool) -> None:
        if is_new:
            self.store.begin(user, title_of(exchanges[0].question), conversation)
        *earlier, last = exchanges
        record = serialization.without_removed(serialization.record(last, earlier), self._library)
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
                    self.store.put_words(conversation, record.number, record.body, words)
                found.setdefault(conversation, []).append(words)
        return found

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


class _SavedState:
    """How much of a session's last exchange is on disk."""

    def __init__(self, last: Exchange | None = None) -> None:
        self.writing = asyncio.Lock()
        self._last, self._at = last, 0.0

    def now(self, last: Exchange) -> None:
        self._last, self._at = last, time.monotonic()

    def is_behind(self, last: Exchange | None, often: float = 0.0) -> bool:
        """Return whether `last` has changed: its stage, or anything of it and for so many seconds."""
        if last is None or last is self._last:
            return False
        known = self._last
        is_step = known is None or (known.number, known.stage) != (last.number, last.stage)
        return is_step or time.monotonic() - self._at >= often


class _AnswerInProgress:
    """An answer in progress, and the pages that follow it."""

    def __init__(self) -> None:
        self._followers: set[_Follower] = set()
        self._left_at = time.monotonic()
        self._task: asyncio.Task[None] | None = None

    def begin(self, pump: Coroutine[None, None, None]) -> None:
        self._task = asyncio.create_task(pump)

    def join(self) -> _Follower:
        follower = _Follower(ended=self._task is None or self._task.done())
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
