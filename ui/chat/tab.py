"""The chat's widgets, and what connects them to `ui.chat.chat`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import replace
from typing import Protocol

import gradio as gr
from gradio.components import Component
from gradio.context import Context
from markupsafe import Markup

from rag.conversation.store import Conversation
from rag.errors import UserError
from rag.schema.question import LONGEST_QUESTION, check_length
from rag.schema.standing import StandingQuery
from ui.chat.actions import Again, Explained, Rated, StandingOpened, SuggestionChosen, pressed
from ui.chat.chat import Chat
from ui.chat.conversations_panel import ConversationsList, KeptConversation
from ui.chat.filters_panel import FiltersPanel
from ui.chat.line import QuestionLine
from ui.chat.ratings import Ratings
from ui.chat.suggestions import suggestions
from ui.chat.typed_address import typed_address
from ui.formatting.i18n import LANGUAGES, text
from ui.page.context import AppContext
from ui.page.sessions import PageSessions
from ui.page.tab import PRIVATE, Redraw, html
from ui.rendering.actions import offer_html, suggested
from ui.rendering.updates import Update, page_update
from ui.session.session import Session

NEWEST = 40  # articles that first questions are made from


class Beginning(Protocol):
    """What stands before a first question; `examples` are the ids of articles that are only for trying."""

    def lay_out(self, language: str) -> None:
        """Make the components, within the page's Blocks."""
        ...

    def examples(self) -> Sequence[str]:
        """Return the ids of articles that nobody's first questions should be about."""
        ...


class ChatTab:
    """Conversations and filters on the left, question and answer in the middle, the passages on the right."""

    name = "chat"

    def __init__(self, context: AppContext, welcome: Beginning) -> None:
        self._welcome = welcome
        self._chat = Chat(context.chain)
        context.metrics.watch(self._chat.line)
        self._thumbs = Ratings(context.library)
        self._library = context.library
        self._conversations = ConversationsList(context, lambda: self._chat.is_crowded)
        self._filters = FiltersPanel(context)
        self.spoken: list[Component] = []
        self.followed: list[Component] = []  # the outputs of `follow`

    def lay_out(self, language: str) -> None:
        """Lay out the widgets, with words in `language`."""
        page = page_update(Session(language, ""))
        with gr.Row(elem_id="columns", equal_height=True):
            with gr.Column(scale=1, min_width=220, elem_id="aside"):
                self._conversations.lay_out(language)
                self._filters.lay_out(language)
            with gr.Column(scale=3, min_width=280, elem_id="chat"):
                with gr.Column(elem_id="conversation"):
                    self.past = html(page.past, "past", "citations.js")
                    self.current = html(page.current, "current", "current.js")
                    self._welcome.lay_out(language)
                    self.first = html(self._suggested(language), "first", "header.js")
                self._lay_out_input(language)
            with gr.Column(scale=2, min_width=280, elem_id="side"):
                self.panel = html(page.panel, "panel", "panel.js")
        self.spoken += [
            self.box,
            self.send,
            self.stop,
            self.past,
            self.current,
            self.panel,
            self.first,
            self.offer,
        ]
        self.spoken += [*self._conversations.spoken, *self._filters.spoken]

    def _lay_out_input(self, language: str) -> None:
        with gr.Column(elem_id="ask"):
            self._filters.lay_out_chips(language)
            self.offer = html(Markup(""), "offer", "offer.js")
            self.box = gr.Textbox(
                label=text("question_label", language),
                placeholder=text("question_hint", language),
                lines=1,
                max_lines=5,
                max_length=2 * LONGEST_QUESTION,  # a longer one is refused, not cut where nobody sees it
                autofocus=True,
                elem_id="question",
            )
            with gr.Row(elem_id="buttons"):
                self.send = gr.Button(text("send", language), variant="primary", elem_id="send")
                self.stop = gr.Button(text("stop", language), interactive=False, elem_id="stop")

    def connect(self, sessions: PageSessions) -> None:
        """Connect the widgets with what they do."""
        self._sessions = sessions
        shown = [self.past, self.current, self.panel, self.box, self.send, self.stop]
        told = self.followed = [*shown, *self._conversations.told]
        # None of Gradio's `cancels`: the browser sends them without an id, and complains, for an event that
        # is just beginning or has just ended. The session ends what it runs by itself.
        asking = {"trigger_mode": "multiple", **PRIVATE}
        gr.on([self.send.click, self.box.submit], self._ask, [self.box], [*told, self.offer], **asking)
        self.current.click(self._press, None, told, **asking)
        Context.root_block.load(self._suggest, None, [self.first], **PRIVATE)
        self.first.click(self._suggest, None, [self.first], trigger_mode="always_last", **PRIVATE)
        self.stop.click(self._stop, None, shown, **PRIVATE)
        redraw = Redraw(shown, lambda session: self._outputs(page_update(session)), self._outputs)
        self._conversations.connect(sessions, redraw)
        self._filters.connect(sessions)

    @property
    def is_answering(self) -> bool:
        """Whether anybody's question is being answered."""
        return self._chat.questions.admission.answering > 0

    @property
    def questions(self) -> QuestionLine:
        """The line that questions wait in."""
        return self._chat.questions

    async def end_answers(self) -> None:
        """Take no more questions, and end the answers in progress with a sentence."""
        self._chat.questions.end()
        await self._conversations.end_all()

    async def arrive(self, remembered: object, request: gr.Request) -> Session:
        """Return the session of a page that was just loaded: what its tab remembers of it."""
        return await self._conversations.arrive(remembered, request)

    def conversations_with(self, user: str, words: str) -> Sequence[Conversation]:
        """Return the conversations of a user that have all these words, latest first."""
        return self._conversations.having(user, words)

    def kept(self, conversation: str, user: str) -> KeptConversation | None:
        """Return a conversation as it is kept; None if it isn't the user's."""
        return self._conversations.kept(conversation, user)

    async def session(self, request: gr.Request) -> Session:
        """Return the session of a page, with the conversation that it shows."""
        return await self._conversations.session(request)

    @property
    def remembered(self) -> Component:
        """What `arrival.js` fills for `arrive`."""
        return self._conversations.remembered

    async def follow(self, request: gr.Request) -> AsyncIterator[tuple[object, ...]]:
        """Yield what goes on in the conversation of a page that was just loaded."""
        session = await self.session(request)
        async for update, told in self._conversations.follow(session, request):
            yield *self._outputs(update), *told

    async def _ask(self, words: str, request: gr.Request) -> AsyncIterator[tuple[object, ...]]:
        session = await self.session(request)
        try:
            check_length(words)
        except UserError as error:  # the page says so, and leaves the question where it is
            raise gr.Error(error.text(session.language), print_exception=False) from None
        if address := typed_address(words):
            yield *(gr.skip() for _ in self.followed), offer_html(address, session.language)
            return
        async for update, told in self._conversations.run(self._chat.ask(words, session), session, request):
            yield *self._outputs(update), *told, Markup("")

    async def _press(self, event: gr.EventData, request: gr.Request) -> AsyncIterator[tuple[object, ...]]:
        """Whatever was pressed in the conversation, as `current.js` says."""
        session = await self.session(request)
        match pressed(event._data):
            case StandingOpened(query_id) if (query := self._standing(query_id, session)) is not None:
                session = await self._conversations.turn_to("", session, request)
                session.filters = query.filters
                updates = self._chat.ask(query.words, session)
            case _:
                updates = self._pressed(session, event._data)
        async for update, told in self._conversations.run(updates, session, request):
            yield *self._outputs(update), *told

    def _standing(self, query_id: str, session: Session) -> StandingQuery | None:
        """Return a question that the reader follows; None if it isn't theirs, or isn't one any more."""
        followed = self._library.standing.all(session.user)
        return next((one for one in followed if one.id == query_id and one.kind == "question"), None)

    async def _pressed(self, session: Session, data: object) -> AsyncIterator[Update]:
        match pressed(data):
            case SuggestionChosen(question):
                updates = self._chat.ask(question, session)
            case Again("all_dates", turn):
                updates = self._chat.ask_again(turn, session)
            case Again("unfiltered", turn):
                updates = self._chat.ask_again(turn, session, unfiltered=True)
            case Again("retry", turn):
                updates = self._chat.retry(turn, session)
            case other:
                yield await self._at_once(other, session)
                return
        async with aclosing(updates):
            async for update in updates:
                yield update

    async def _at_once(
        self, said: Again | Rated | Explained | StandingOpened | None, session: Session
    ) -> Update:
        match said:
            case Again("edit", turn) if (question := session.edit(turn)) is not None:
                return replace(page_update(session), box=question)
            case Again("keep", turn) if turn == session.editing:
                session.keep()
                return replace(page_update(session), box="")
            case Rated():
                return await self._thumbs.rate(said, session)
            case Explained():
                return await self._thumbs.explain(said, session)
        return Update()

    def _suggest(self, request: gr.Request) -> Markup:
        """First questions of the library as it is when the page is opened."""
        return self._suggested(self._sessions.of(request).language)

    def _suggested(self, language: str) -> Markup:
        newest, invented = self._library.newest(NEWEST), set(self._welcome.examples())
        own = [article for article in newest if article.id not in invented]
        self._first = {
            spoken: suggestions(own, spoken) or suggestions(newest, spoken) for spoken in LANGUAGES
        }
        return self._drawn(language)

    def _drawn(self, language: str) -> Markup:
        return suggested([(one.question, one.language, one.title) for one in self._first[language]], language)

    async def _stop(self, request: gr.Request) -> tuple[object, ...]:
        session = await self.session(request)
        session.stop()
        return self._outputs(page_update(session))

    def speak(self, session: Session) -> tuple[object, ...]:
        """Return the widgets' updates in the session's language."""
        said, page = session.language, page_update(session)
        return (
            gr.update(label=text("question_label", said), placeholder=text("question_hint", said)),
            gr.update(value=text("send", said)),
            gr.update(value=text("stop", said)),
            page.past,
            page.current,
            page.panel,
            self._drawn(said),
            Markup(""),
            *self._conversations.speak(session),
            *self._filters.speak(session),
        )

    def _outputs(self, update: Update) -> tuple[object, ...]:
        kept = gr.skip()
        busy = update.busy
        return (
            kept if update.past is None else update.past,
            kept if update.current is None else update.current,
            kept if update.panel is None else update.panel,
            kept if update.box is None else update.box,
            kept if busy is None else gr.update(interactive=not busy),
            kept if busy is None else gr.update(interactive=busy),
        )
