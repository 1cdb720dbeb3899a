"""The dossiers on the Library tab: their list, and the one that is open above the table of its articles."""

from __future__ import annotations

import gradio as gr
from gradio.components import Component
from markupsafe import Markup

from rag.errors import UserError
from ui.dossiers.desk import DossierDesk
from ui.dossiers.html import panel_html
from ui.dossiers.said import words
from ui.page.sessions import PageSessions
from ui.page.tab import PRIVATE, html, loading_html, numbered, said_by
from ui.session.session import Session

_CHANGES = ("rename", "describe", "empty", "delete", "unrule")


class DossierPanel:
    """What is pressed in it is told by `static/dossiers.js`, which tells the table which dossier is open."""

    def __init__(self, desk: DossierDesk) -> None:
        self._desk = desk
        self.spoken: list[Component] = []

    def lay_out(self, language: str) -> None:
        """Lay out the widgets, with words in `language`."""
        self.opened = gr.State(("", ""))  # which dossier, and since when what came into it is new
        self.body = html(loading_html(language), "library-dossiers", "dossiers.js")
        self.spoken.append(self.body)

    def connect(self, sessions: PageSessions) -> None:
        """Connect the widgets with what they do."""
        self._sessions = sessions
        shown = [self.body, self.opened]
        self.body.click(self._press, [self.opened], shown, trigger_mode="multiple", **PRIVATE)

    def speak(self, session: Session) -> tuple[object, ...]:
        """Return the widgets' updates in the session's language; `dossiers.js` asks for the rest."""
        return (loading_html(session.language),)

    def _press(
        self, state: tuple[str, str], pressed: gr.EventData, request: gr.Request
    ) -> tuple[Markup, tuple[str, str]]:
        opened, since = state
        session = self._sessions.of(request)
        said = said_by(pressed)
        user, error = session.user, ""
        try:
            match said.get("act"):
                case "open":
                    opened, since = words(said.get("dossier")), ""
                case "create":
                    opened, since = self._desk.create(words(said.get("words")), user).id, ""
                case act if act in _CHANGES:
                    number = said.get("number")
                    number = number if type(number) is int else 0
                    self._desk.change(act, opened, user, words(said.get("words")), number)
        except UserError as failed:
            error = failed.text(session.language)
        found = self._desk.opened(opened, since, user, session.language) if opened else None
        listed = self._desk.listed(user, session.language)
        shown = panel_html(listed, found, session.language, error)
        now = (opened, found.listed.dossier.opened_at) if found else ("", "")
        return numbered(shown, said), now
