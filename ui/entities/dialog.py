"""An entity's page in a dialog over the page, opened by any link `a.open-entity` or by a name.

Such a link has the entity's id as `data-entity`.
"""

from __future__ import annotations

from typing import Any

import gradio as gr
from gradio.components import Component
from markupsafe import Markup

from ui.dossiers.said import words
from ui.entities.desk import EntityDesk, Narrowed
from ui.entities.page_html import empty_html, gone_html, lookup_html, page_html
from ui.entities.section_html import LONGEST_NAME
from ui.page.sessions import PageSessions
from ui.page.tab import PRIVATE, html, numbered, said_by
from ui.session.session import Session

_LONGEST_ID = 2**62


class EntityDialog:
    """One entity's page. The server keeps nothing of it: the page says each time which one it wants."""

    name = "entity"

    def __init__(self, desk: EntityDesk) -> None:
        self._desk = desk
        self.spoken: list[Component] = []

    def lay_out(self, language: str) -> None:
        """Lay out the widgets, with words in `language`."""
        self.body = html(empty_html(language), "entity", "entity.js")
        self.spoken = [self.body]

    def connect(self, sessions: PageSessions) -> None:
        """Connect the widgets with what they do."""
        self._sessions = sessions
        self.body.click(self._open, None, [self.body], trigger_mode="multiple", **PRIVATE)

    def speak(self, session: Session) -> tuple[object, ...]:
        """Return the widgets' updates in the session's language."""
        return (empty_html(session.language),)

    def _open(self, pressed: gr.EventData, request: gr.Request) -> Markup:
        session = self._sessions.of(request)
        said = said_by(pressed)
        return numbered(self._shown(said, session), said)

    def _shown(self, said: dict[str, Any], session: Session) -> Markup:
        language, dossier = session.language, words(said.get("dossier"))
        entity_id = said.get("entity")
        if type(entity_id) is not int:
            found = self._desk.find(words(said.get("name"), LONGEST_NAME).strip(), dossier, session.user)
            if found.meant is None:
                return lookup_html(found, self._desk.progress(), language)
            entity_id = found.meant.id
        narrowed = Narrowed(words(said.get("about"), LONGEST_NAME), said.get("quoted") is True)
        known = 0 < entity_id < _LONGEST_ID
        opened = self._desk.open(entity_id, dossier, session.user, narrowed) if known else None
        return page_html(opened, language) if opened else gone_html(language)
