"""The section of the panorama that names the most named, and finds one by name."""

from __future__ import annotations

import gradio as gr
from gradio.components import Component
from markupsafe import Markup

from ui.dossiers.said import words
from ui.entities.desk import EntityDesk
from ui.entities.section_html import form_html, most_named_html, waiting_html
from ui.page.sessions import PageSessions
from ui.page.tab import PRIVATE, html, said_by
from ui.session.session import Session


class EntitySection:
    """Drawn when somebody looks at it, which `static/entities.js` tells, and as names are found."""

    name = "entities"

    def __init__(self, desk: EntityDesk) -> None:
        self._desk = desk
        self.spoken: list[Component] = []

    def lay_out(self, language: str) -> None:
        """Lay out the widgets, with words in `language`."""
        self.form = html(form_html(language), "corpus-entity-form")
        self.named = html(waiting_html(language), "corpus-entities", "entities.js")
        self.spoken = [self.form, self.named]

    def connect(self, sessions: PageSessions) -> None:
        """Connect the widgets with what they do."""
        self._sessions = sessions
        self.named.click(self._look, None, [self.named], trigger_mode="multiple", **PRIVATE)

    def speak(self, session: Session) -> tuple[object, ...]:
        """Return the widgets' updates in the session's language."""
        return form_html(session.language), waiting_html(session.language)

    def _look(self, pressed: gr.EventData, request: gr.Request) -> Markup:
        session = self._sessions.of(request)
        said = said_by(pressed)
        found = self._desk.most_named(words(said.get("dossier")), session.user, words(said.get("state")))
        return gr.skip() if found is None else most_named_html(found, session.language)
