"""The status tab's widgets."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import gradio as gr
from gradio.components import Component
from markupsafe import Markup

from rag.errors import SourcierError
from rag.models.bundled import CHAT_MODELS
from rag.storage.write_lock import write_lock
from ui.formatting.library_status import library_status
from ui.page.context import AppContext
from ui.page.sessions import PageSessions
from ui.page.tab import PRIVATE, html, loading_html, numbered, said_by
from ui.session.session import Session
from ui.status.check import Check
from ui.status.html import status_html

_LOOK = 0.5  # seconds between two looks at a check that runs


class StatusTab:
    """The status: models, sizes, checks."""

    name = "status"

    def __init__(self, context: AppContext) -> None:
        self._context = context
        self._check = Check(context)
        self.spoken: list[Component] = []

    def lay_out(self, language: str) -> None:
        """Lay out the widgets, with words in `language`."""
        self.body = html(loading_html(language), "status-body", "status.js")
        self.spoken.append(self.body)

    def connect(self, sessions: PageSessions) -> None:
        """Connect the widgets with what they do."""
        self._sessions = sessions
        self.body.click(self._shown, None, [self.body], trigger_mode="multiple", **PRIVATE)

    def speak(self, session: Session) -> tuple[object, ...]:
        """Return the widgets' updates in the session's language."""
        return (loading_html(session.language),)

    async def _shown(self, pressed: gr.EventData, request: gr.Request) -> AsyncIterator[Markup]:
        """Yield what the script asks for; while a check runs, until it is over."""
        session = self._sessions.of(request)
        said = said_by(pressed)
        page = said.get("page") if isinstance(said.get("page"), int) else 1
        if said.get("act") == "check":
            self._check.start()
        refused = None
        if said.get("act") == "forget":
            refused = await asyncio.to_thread(self._forget, said.get("source"))
        while True:
            running = self._check.checked.running
            yield await asyncio.to_thread(self._drawn, page, said, session.language, refused)
            if not running:
                return
            while self._check.checked.running:
                await asyncio.sleep(_LOOK)

    def _forget(self, source: Any) -> SourcierError | None:
        """Say no more that this couldn't be read; or why that must still be said."""
        try:
            with write_lock(self._context.settings.place):
                self._context.library.failures.clear([source] if isinstance(source, str) else [])
        except SourcierError as error:
            return error
        return None

    def _drawn(
        self, page: int, said: dict[str, Any], language: str, refused: SourcierError | None = None
    ) -> Markup:
        context = self._context
        now = library_status(context.library, context.settings)
        chat, embedding = _with_hash(context.chain.model_name), context.engine.embedder.name
        shown = status_html(now, embedding, chat, self._check.checked, page, language, refused)
        return numbered(shown, said)


def _with_hash(name: str) -> str:
    """Return a bundled model with the beginning of its SHA-256: which weights these are, to the byte."""
    bundled = next((model for model in CHAT_MODELS.values() if model.name == name), None)
    return f"{name} (SHA-256 {bundled.sha256[:8]}…)" if bundled else name
