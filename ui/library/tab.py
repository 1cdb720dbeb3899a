"""The library tab's widgets: the way in, the search, the table, and the question before articles go."""

from __future__ import annotations

import asyncio
import base64
import binascii
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from typing import Any

import gradio as gr
from gradio.components import Component
from markupsafe import Markup

from rag.errors import SourcierError, UserError
from rag.library.listing import ListedArticle, ListingQuery
from ui.dossiers.desk import DossierDesk
from ui.dossiers.panel import DossierPanel
from ui.editing.outlets import OutletsPanel
from ui.following.panel import SourcesPanel
from ui.library.intake import Intake
from ui.library.intake_report import IntakeView, intake_html
from ui.library.query import asked_for
from ui.library.removal import done_html, question_html, remove
from ui.library.table import NOTHING_MISSING, search_html, table_html
from ui.notes.panel import NotesPanel
from ui.page.context import AppContext
from ui.page.selection import chosen
from ui.page.sessions import PageSessions
from ui.page.tab import PRIVATE, html, loading_html, numbered, said_by
from ui.session.session import Session

_MOST_LEFT = 1_000_000  # files that a page says it will send
_LOOK = 0.3  # seconds between two looks at what is being brought in


class LibraryTab:
    """The library: what is in it, and bringing more in."""

    name = "library"

    def __init__(self, context: AppContext, desk: DossierDesk, notes: NotesPanel) -> None:
        self._context = context
        self._notes = notes
        self._intake = Intake(context)
        self._sources = SourcesPanel(context)
        self._outlets = OutletsPanel(context)
        self._desk = desk
        self._dossiers = DossierPanel(desk)
        self._choices: tuple[list[str], list[str]] = ([], [])  # outlets and languages, as last seen
        self.spoken: list[Component] = []

    def lay_out(self, language: str) -> None:
        """Lay out the widgets, with words in `language`."""
        self.query = gr.State(ListingQuery())
        with gr.Column(elem_id="library-body"):
            receive = [_begin(self._intake), _send(self._intake)]
            view = intake_html(IntakeView(), language)  # nobody's yet: each page is told of its own
            self.intake = html(view, "library-intake", "intake.js", receive)
            self._sources.lay_out(language)
            self._dossiers.lay_out(language)
            self.search = html(search_html([], [], language), "library-search")
            self.listing = html(loading_html(language), "library-listing", "library.js")
            self.removal = html(Markup(""), "library-removal", "removal.js")
            self._notes.lay_out(language)
            self._outlets.lay_out(language)
        self.spoken += [self.search, self.listing, self.intake, self.removal]
        self.spoken += [*self._outlets.spoken, *self._dossiers.spoken]
        self.spoken += [*self._sources.spoken, *self._notes.spoken]

    def connect(self, sessions: PageSessions) -> None:
        """Connect the widgets with what they do."""
        self._sessions = sessions
        self._dossiers.connect(sessions)
        self._sources.connect(sessions)
        every = {"trigger_mode": "multiple", **PRIVATE}
        shown = [self.listing, self.search, self.query]
        self.listing.click(self._list, [self.query], shown, **every)
        self.intake.click(self._bring_in, None, [self.intake], **every)
        self.removal.click(self._remove, None, [self.removal], **every)
        self._outlets.connect(sessions)
        self._notes.connect(sessions)

    def remove(self, ids: Sequence[str]) -> int:
        """Take articles out as the table does; return how many there were.

        Raises:
            UserError: Articles are being brought in here.
            LibraryBusyError: Another process writes.
        """
        return remove(self._context, ids)

    @property
    def intake_of_all(self) -> Intake:
        """What is being brought in, whoever sends it."""
        return self._intake

    async def end_intake(self) -> None:
        """Bring nothing more in: what was read is kept."""
        await asyncio.gather(
            asyncio.to_thread(self._intake.close), asyncio.to_thread(self._sources.reader.close)
        )

    def speak(self, session: Session) -> tuple[object, ...]:
        """Return the widgets' updates in the session's language."""
        said = session.language
        intake = intake_html(self._intake.view(session.user), said)
        parts = (
            *self._outlets.speak(session), *self._dossiers.speak(session),
            *self._sources.speak(session), *self._notes.speak(session),
        )  # fmt: skip
        return search_html(*self._choices, said), loading_html(said), intake, Markup(""), *parts

    # --- the table ---

    def _list(self, query: ListingQuery, pressed: gr.EventData, request: gr.Request) -> tuple[object, ...]:
        session = self._sessions.of(request)
        said = said_by(pressed)
        query = asked_for(said, query)
        library, language = self._context.library, session.language
        self._context.engine.release_due()
        if query.dossier:
            query = self._in_dossier(query, said, session)
        held = [] if query.dossier else library.embargoes.all()
        missing = NOTHING_MISSING if query.dossier else library.facets.missing()
        table = table_html(library.listing.page(query), query, language, held, missing)
        search: object = gr.skip()
        if said.get("refresh"):
            self._choices = library.listing.outlets(), library.languages()
            search = search_html(*self._choices, language)
        return numbered(table, said), search, query

    def _in_dossier(self, query: ListingQuery, said: dict, session: Session) -> ListingQuery:
        """Take out of the open dossier what is to leave it; of one that is gone everything is listed."""
        try:
            self._desk.found(query.dossier, session.user)
            if leaving := chosen(said.get("out")):
                self._desk.take_out(query.dossier, session.user, leaving)
        except UserError:  # the list of dossiers shows that it is gone
            return replace(query, dossier="")
        self._desk.fill(query.dossier, session.language)  # why it can't be is told beside the list
        return query

    # --- what comes in ---

    async def _bring_in(self, pressed: gr.EventData, request: gr.Request) -> AsyncIterator[Markup]:
        session = self._sessions.of(request)
        said, error = said_by(pressed), ""
        match said.get("act"):
            case "follow":
                async for shown in self._following(session):
                    yield shown
                return
            case "url":
                error = self._add(said.get("url"), session, request)
            case "stop":
                await asyncio.to_thread(self._intake.stop, session.user)
            case "clear":
                self._intake.clear(session.user)
        yield numbered(intake_html(self._intake.view(session.user), session.language, error), said)

    def _add(self, url: Any, session: Session, request: gr.Request) -> str:
        """Queue what the reader wrote; the sentence that says why not, if it can't be."""
        try:
            page = request.session_hash or ""
            self._intake.add_url(url if isinstance(url, str) else "", session.user, page)
        except SourcierError as error:
            return error.text(session.language)
        return ""

    async def _following(self, session: Session) -> AsyncIterator[Markup]:
        """Yield the report each time that it has changed, until nothing is going on any more."""
        last = None
        while True:
            view = self._intake.view(session.user)
            if (shown := intake_html(view, session.language)) != last:
                last = shown
                yield shown
            if not view.busy:
                return
            await asyncio.sleep(_LOOK)

    # --- what goes ---

    def _remove(self, pressed: gr.EventData, request: gr.Request) -> Markup:
        session = self._sessions.of(request)
        said, language = said_by(pressed), session.language
        articles = self._context.library.listing.rows(chosen(said.get("articles")))
        if not articles:
            return numbered(Markup(""), said)
        if said.get("act") != "confirm":
            return numbered(question_html(articles, language, notes=self._noted(articles)), said)
        try:
            count = self.remove([article.article_id for article in articles])
        except SourcierError as error:
            told = error.text(language)
            return numbered(question_html(articles, language, told, self._noted(articles)), said)
        return numbered(done_html(count, language), said)

    def _noted(self, articles: Sequence[ListedArticle]) -> int:
        return self._context.library.notes.count([article.article_id for article in articles])


def _begin(intake: Intake) -> Any:
    def begin_upload(said: Any, user: str, page: str) -> dict:
        """Begin to take in a file; return the token to send it under, empty as long as there is no room."""
        name, size = (said.get("name"), said.get("size")) if isinstance(said, dict) else (None, None)
        left = said.get("left") if isinstance(said, dict) else 0
        left = min(max(left, 0), _MOST_LEFT) if type(left) is int else 0
        if not isinstance(name, str) or not isinstance(size, int) or isinstance(size, bool) or size < 0:
            return {"token": ""}
        return {"token": intake.begin(name, size, user, page, left)}

    return begin_upload


def _send(intake: Intake) -> Any:
    def send_piece(said: Any, user: str, _: str) -> dict:
        """Return a piece of a file, in base64; whether more of it is wanted."""
        token, data = (said.get("token"), said.get("data")) if isinstance(said, dict) else (None, None)
        if not isinstance(token, str) or not isinstance(data, str):
            return {"more": False}
        try:
            return {"more": intake.append(token, base64.b64decode(data, validate=True), user)}
        except (binascii.Error, ValueError):
            return {"more": False}

    return send_piece
