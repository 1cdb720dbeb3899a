"""The dialog of an answer that is kept, over any part of the page: what was kept, and a note on it.

A button with `data-keep-answer` has the number of the exchange.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import gradio as gr
from gradio.components import Component
from markupsafe import Markup

from ui.notes.desk import NotesDesk
from ui.notes.panel_html import kept_html
from ui.page.sessions import PageSessions
from ui.page.tab import PRIVATE, html, numbered, said_by
from ui.session.session import Session

# The session of a page, with the conversation that it shows.
SessionOf = Callable[[gr.Request], Coroutine[Any, Any, Session]]


class KeepingDialog:
    """One for the whole page, beside the reader."""

    name = "keeping"

    def __init__(self, notes: NotesDesk, session_of: SessionOf) -> None:
        self._notes, self._session_of = notes, session_of
        self.spoken: list[Component] = []

    def lay_out(self, language: str) -> None:
        """Lay out the widgets; there are no words before it is opened."""
        del language
        self.body = html(Markup(""), "keeping", "keeping.js")
        self.spoken.append(self.body)

    def connect(self, sessions: PageSessions) -> None:  # noqa: ARG002 - the chat knows the session
        """Connect the widgets with what they do."""
        self.body.click(self._press, None, [self.body], trigger_mode="multiple", **PRIVATE)

    def speak(self, session: Session) -> tuple[object, ...]:
        """Return the widgets' updates: it is closed when the language changes."""
        del session
        return (Markup(""),)

    async def _press(self, pressed: gr.EventData, request: gr.Request) -> Markup:
        session = await self._session_of(request)
        said = said_by(pressed)
        return numbered(await asyncio.to_thread(self._shown, said, session), said)

    def _shown(self, said: dict[str, Any], session: Session) -> Markup:
        language = session.language
        if said.get("note_act") != "change":
            outcome = self._notes.keep(session, said.get("turn"), language)
            kept = self._notes.answer(outcome.note, session.user) if outcome.note else None
            return kept_html(outcome, kept.kept.words if kept else "", language)
        outcome = self._notes.do(said, session.user, language)
        if not outcome.error:
            return Markup("")  # it is closed
        words = said.get("words")
        told = type(outcome)(error=outcome.error, note=str(said.get("note")))
        return kept_html(told, words if isinstance(words, str) else "", language)
