"""The notes on the Library tab: what a reader marked, wrote and kept, found again by words and by article."""

from __future__ import annotations

import math
from typing import Any, Protocol

import gradio as gr
from gradio.components import Component
from markupsafe import Markup

from rag.errors import SourcierError
from rag.notes.reading import FoundNote
from rag.schema.question import Filters
from rag.text.sanitization import storable
from ui.notes.desk import NotesDesk, ShownAnswer
from ui.notes.panel_html import ORDERS, NotesPage, panel_html
from ui.page.context import AppContext
from ui.page.sessions import PageSessions
from ui.page.tab import PRIVATE, html, loading_html, numbered, said_by
from ui.session.session import Session

_ON_PAGE = 25  # notes
_LONGEST = 200  # characters that are searched for


class Dossiers(Protocol):
    """Where dossiers are found."""

    def filters(self, dossier_id: str, user: str) -> Filters:
        """Return what narrows to a dossier, filled; nothing narrows without one.

        Raises:
            UserError: The dossier is gone, or isn't this user's.
            LibraryError: It can't be filled yet.
        """
        ...


class NotesPanel:
    """What is pressed in it is told by `static/notes.js`, which keeps what the list is narrowed by."""

    def __init__(self, context: AppContext, notes: NotesDesk, dossiers: Dossiers) -> None:
        self._library, self._notes, self._dossiers = context.library, notes, dossiers
        self.spoken: list[Component] = []

    def lay_out(self, language: str) -> None:
        """Lay out the widgets, with words in `language`."""
        self.body = html(loading_html(language), "library-notes", "notes.js")
        self.spoken.append(self.body)

    def connect(self, sessions: PageSessions) -> None:
        """Connect the widgets with what they do."""
        self._sessions = sessions
        self.body.click(self._press, None, [self.body], trigger_mode="multiple", **PRIVATE)

    def speak(self, session: Session) -> tuple[object, ...]:
        """Return the widgets' updates in the session's language; `notes.js` asks for the rest."""
        return (loading_html(session.language),)

    def _press(self, pressed: gr.EventData, request: gr.Request) -> Markup:
        session = self._sessions.of(request)
        said = said_by(pressed)
        outcome = self._notes.do(said, session.user, session.language)
        return numbered(panel_html(self._page(said, session), session.language, outcome), said)

    def _page(self, said: dict[str, Any], session: Session) -> NotesPage:
        words, order = _words(said.get("words")), said.get("order")
        order = order if order in ORDERS else ORDERS[0]
        try:
            filters = self._dossiers.filters(_words(said.get("dossier")), session.user)
            among = self._library.among(filters)
        except SourcierError as error:
            return NotesPage(words=words, order=order, error=error.text(session.language))
        found: list[FoundNote | ShownAnswer] = [
            *self._notes.listed(session.user, words, among),
            *self._notes.answers(session.user, words, among),
        ]
        found = sorted(found, key=_changed_at, reverse=True)
        if order == "article":
            found.sort(key=_by_article)
        pages = max(1, math.ceil(len(found) / _ON_PAGE))
        page = said.get("page")
        page = min(max(page, 1), pages) if type(page) is int else 1
        shown = tuple(found[(page - 1) * _ON_PAGE : page * _ON_PAGE])
        name = filters.dossiers[0].name if filters.dossiers else ""
        return NotesPage(shown, len(found), page, pages, words, order, name)


def _changed_at(one: FoundNote | ShownAnswer) -> str:
    return one.note.changed_at if isinstance(one, FoundNote) else one.changed_at


def _by_article(one: FoundNote | ShownAnswer) -> tuple[int, str, str, int]:
    """By title, and by place in the text; answers after notes, what has no article any more last."""
    if not isinstance(one, FoundNote):
        return 1, "", "", 0
    if one.article is None:
        return 2, one.note.article_id, "", 0
    return 0, one.article.title.casefold(), one.article.id, one.span.start if one.span else -1


def _words(value: Any) -> str:
    return storable(value[:_LONGEST]) if isinstance(value, str) else ""
