"""The search tab's widgets: the form, and what was found."""

from __future__ import annotations

from typing import get_args

import gradio as gr
from gradio.components import Component
from markupsafe import Markup

from rag.errors import SourcierError
from rag.index.stores import Order
from rag.search.full_text_search import FURTHEST, PAGE
from ui.dossiers.desk import DossierDesk
from ui.dossiers.said import words
from ui.notes.desk import NotesDesk
from ui.page.context import AppContext
from ui.page.sessions import PageSessions
from ui.page.tab import PRIVATE, html, numbered, said_by
from ui.search.html import MOST_ENTITIES, NamedEntity, begin_html, error_html, form_html, result_html
from ui.session.session import Session

_MOST_CHARACTERS = 2_000


class SearchTab:
    """Full-text search. The server keeps nothing of a search: the page says each time what it wants."""

    name = "search"

    def __init__(self, context: AppContext, desk: DossierDesk, notes: NotesDesk) -> None:
        self._context = context
        self._notes = notes
        self._desk = desk
        self.spoken: list[Component] = []

    def lay_out(self, language: str) -> None:
        """Lay out the widgets, with words in `language`."""
        self._laid_out_in = language
        with gr.Column(elem_id="search-body"):
            self.form = html(form_html(language), "full-text-form")
            self.found = html(begin_html(language), "full-text-found", "search.js")
        self.spoken = [self.form, self.found]

    def connect(self, sessions: PageSessions) -> None:
        """Connect the widgets with what they do."""
        self._sessions = sessions
        self.found.click(self._search, None, [self.found], trigger_mode="multiple", **PRIVATE)
        # Its dossiers are the reader's, and others by now: `search.js` asks, and keeps what is in the form.
        self.found.select(self._form, None, [self.form], trigger_mode="multiple", **PRIVATE)

    def speak(self, session: Session) -> tuple[object, ...]:
        """Return the widgets' updates in the session's language; `search.js` searches again.

        A page that arrives in the language it was laid out in stays: its reader may be searching already.
        """
        if session.language == self._laid_out_in and not session.language_chosen:
            return gr.skip(), gr.skip()
        return self._drawn(session), begin_html(session.language)

    def _form(self, request: gr.Request) -> Markup:
        return self._drawn(self._sessions.of(request))

    def _drawn(self, session: Session) -> Markup:
        return form_html(session.language, self._desk.names(session.user))

    def _search(self, pressed: gr.EventData, request: gr.Request) -> Markup:
        session = self._sessions.of(request)
        said = said_by(pressed)
        query, order, offset = (said.get(name) for name in ("query", "order", "offset"))
        query = query[:_MOST_CHARACTERS] if isinstance(query, str) else ""
        order = order if order in get_args(Order) else "relevance"
        offset = min(max(offset, 0), FURTHEST) if type(offset) is int else 0
        try:
            self._context.engine.release_due()
            within = words(said.get("dossier"))
            filters = self._desk.filters(within, session.user)
            among = self._context.library.among(filters)
            found = self._context.engine.search.search(query, order, offset // PAGE * PAGE, among=among)
            named = [] if offset else self._named(query, among)
            notes = [] if offset else self._notes.searched(query, session.user, session.language, among)
            shown = result_html(found, session.language, named, notes, filters)
        except SourcierError as error:
            shown = error_html(error.text(session.language), session.language)
        return numbered(shown, said)

    def _named(self, query: str, among: tuple[str, ...] | None) -> list[NamedEntity]:
        """Return the entities that are called what is searched for."""
        entities = self._context.engine.entities.named(query, among).entities[:MOST_ENTITIES]
        count = self._context.library.entities.statement_count
        return [NamedEntity(one, count(one.id, among)) for one in entities]
