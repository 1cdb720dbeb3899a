"""The list of conversations beside the chat: open, rename, search, delete, export."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import gradio as gr
from gradio.components import Component
from markupsafe import Markup

from rag.conversation.store import Conversation
from rag.errors import SourcierError
from ui.chat import conversations_html as view
from ui.chat.conversations import Conversations
from ui.page.context import AppContext
from ui.page.sessions import PageSessions
from ui.page.tab import PRIVATE, Redraw, html, said_by
from ui.rendering.updates import Update, page_update
from ui.session.exchange import Exchange
from ui.session.session import Session

_SETTLED = 0.5  # seconds
_LONGEST = 200  # characters of a title, of what is searched


@dataclass(frozen=True, slots=True)
class KeptConversation:
    """A conversation as it is kept: its title, and its exchanges, oldest first."""

    title: str
    exchanges: tuple[Exchange, ...]


class ConversationsList:
    """`told` are the components that follow what is asked, `after` gives their updates."""

    def __init__(self, context: AppContext, is_crowded: Callable[[], bool]) -> None:
        self._conversations = Conversations(context.conversations, context.library, is_crowded)
        self._words: WeakKeyDictionary[Session, str] = WeakKeyDictionary()
        self.spoken: list[Component] = []
        self.told: list[Component] = []

    def lay_out(self, language: str) -> None:
        """Lay out the widgets, with words in `language`."""
        self.remembered = gr.Textbox(visible=False)  # empty: `arrival.js` says what the tab remembers
        with gr.Column(elem_id="conversations"):
            self.frame = html(view.frame(language, ""), "conversations-frame", "conversations.js")
            self.list = html(Markup(""), "conversations-list")
        self.spoken += [self.frame, self.list]
        self.told += [self.list]

    def connect(self, sessions: PageSessions, redraw: Redraw) -> None:
        """Connect the widgets with what they do."""
        self._sessions = sessions
        self._redraw = redraw
        outputs = [*redraw.outputs, *self.told]
        self.frame.click(self._act, None, outputs, trigger_mode="multiple", **PRIVATE)

    def speak(self, session: Session) -> tuple[object, ...]:
        """Return the widgets' updates in the session's language."""
        words = self._words.get(session, "")
        return view.frame(session.language, session.user, words), *self._drawn(session)

    # --- for the page and its chat ---

    async def arrive(self, remembered: object, request: gr.Request) -> Session:
        """Return the session of a page that was just loaded: of the conversation that its tab remembers."""
        return await self._opened(remembered if isinstance(remembered, str) else "", request)

    async def session(self, request: gr.Request) -> Session:
        """Return the session of a page, with the conversation that it shows.

        One that was let go is opened again.
        """
        wanted = self._sessions.to_reopen(request)
        return await self._opened(wanted, request) if wanted else self._sessions.of(request)

    async def _opened(self, conversation: str, request: gr.Request) -> Session:
        fresh = self._sessions.of(request)
        session = await self._conversations.arrive(conversation, request.session_hash, fresh)
        self._sessions.show(request, session)
        return session

    def having(self, user: str, words: str) -> Sequence[Conversation]:
        """Return the user's conversations that have all these words, latest first."""
        return self._conversations.listed(user, words)

    async def turn_to(self, conversation: str, session: Session, request: gr.Request) -> Session:
        """Return the session of another conversation, a new one without an id, which the page shows now."""
        opened = await self._conversations.open(conversation, request.session_hash, session)
        self._sessions.show(request, opened)
        self._words[opened] = self._words.get(session, "")
        return opened

    async def run(
        self, updates: AsyncGenerator[Update], session: Session, request: gr.Request
    ) -> AsyncIterator[tuple[Update, tuple[object, ...]]]:
        """Yield `updates`, as `Conversations.run` gives them, each with those of `told`."""
        async for update in self._conversations.run(updates, session, request.session_hash):
            yield await self._told_of(update, session, request)

    async def follow(
        self, session: Session, request: gr.Request
    ) -> AsyncIterator[tuple[Update, tuple[object, ...]]]:
        """Yield what goes on in a conversation that a page has just opened, with the updates of `told`."""
        async for update in self._conversations.follow(session, request.session_hash):
            yield await self._told_of(update, session, request)

    async def _told_of(
        self, update: Update, session: Session, request: gr.Request
    ) -> tuple[Update, tuple[object, ...]]:
        """Return an update with those of `told`; nothing new if the page has left the conversation meanwhile.

        The list takes a while to be read: what is told after it must not be drawn over another conversation.
        """
        told = await self.after(update, session)
        if not self._conversations.is_shown(session, request.session_hash):
            return Update(), tuple(gr.skip() for _ in self.told)
        return update, told

    async def after(self, update: Update, session: Session) -> tuple[object, ...]:
        """Return the updates of `told`: only a page that is drawn as a whole can change the list.

        A conversation that isn't kept yet is in none.
        """
        if update.past is None or not session.conversation:
            return tuple(gr.skip() for _ in self.told)
        return await asyncio.to_thread(self._drawn, session)

    def _drawn(self, session: Session, failed: str = "") -> tuple[object, ...]:
        words = self._words.get(session, "")
        try:
            found = self._conversations.listed(session.user, words)
        except SourcierError as error:  # words of what is gone can't be erased: none are looked at
            found, failed = [], error.text(session.language)
        return (view.listing(found, session.conversation, words, session.language, failed),)

    async def end_all(self) -> None:
        """End each answer in progress with a sentence."""
        await self._conversations.end_all()

    def kept(self, conversation: str, user: str) -> KeptConversation | None:
        """Return a conversation as it is kept; None if it isn't the user's."""
        found = self._conversations.store.find(conversation, user)
        if found is None:
            return None
        return KeptConversation(found.title, self._conversations.exchanges_of(conversation, user))

    # --- what its buttons do ---

    async def _act(self, pressed: gr.EventData, request: gr.Request) -> AsyncIterator[tuple[object, ...]]:
        """Yield what `conversations.js` says is to be done. Whatever it says may be made up."""
        session = await self.session(request)
        try:
            async for outputs in self._done(pressed, session, request):
                yield outputs
        except SourcierError as error:  # the disk is full, say: the conversations are as they were
            yield await self._listed(session, error.text(session.language))

    async def _done(
        self, pressed: gr.EventData, session: Session, request: gr.Request
    ) -> AsyncIterator[tuple[object, ...]]:
        said = said_by(pressed)
        told = {key: value[:_LONGEST] for key, value in said.items() if isinstance(value, str)}
        what, conversation = told.get("do"), told.get("id", "")
        if what in ("new", "open"):
            async for outputs in self._open("" if what == "new" else conversation, session, request):
                yield outputs
        elif what == "delete":
            async for outputs in self._delete(conversation, session, request):
                yield outputs
        else:
            if what == "rename" and (title := " ".join(told.get("title", "").split())):
                store = self._conversations.store
                await asyncio.to_thread(store.rename, conversation, session.user, title)
            if what == "search":
                self._words[session] = told.get("words", "")
            yield await self._listed(session)

    async def _open(
        self, conversation: str, session: Session, request: gr.Request
    ) -> AsyncIterator[tuple[object, ...]]:
        opened = await self.turn_to(conversation, session, request)
        told = await asyncio.to_thread(self._drawn, opened)
        yield *self._redraw.updates(opened), *told
        # What the page was told of the conversation that it leaves may be on its way still, and win.
        await asyncio.sleep(_SETTLED)
        whole, told = await self._told_of(page_update(opened), opened, request)
        yield *self._redraw.step(whole), *told
        async for update, told in self.follow(opened, request):
            yield *self._redraw.step(update), *told

    async def _delete(
        self, conversation: str, session: Session, request: gr.Request
    ) -> AsyncIterator[tuple[object, ...]]:
        was_shown = bool(conversation) and conversation == session.conversation
        await self._conversations.delete(conversation, session.user)
        if not was_shown:
            yield await self._listed(session)
            return
        async for outputs in self._open("", session, request):
            yield outputs

    async def _listed(self, session: Session, failed: str = "") -> tuple[object, ...]:
        told = await asyncio.to_thread(self._drawn, session, failed)
        return *(gr.skip() for _ in self._redraw.outputs), *told
