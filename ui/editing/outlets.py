"""The outlets in the library's tab: listed when they are asked for, merged and separated."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gradio as gr
from gradio.components import Component
from markupsafe import Markup

from ingest.editing.editor import merge_outlets, unmerge_outlet
from rag.errors import SourcierError
from ui.editing.outlets_html import closed_html, outlets_html
from ui.formatting.i18n import text
from ui.page.context import AppContext
from ui.page.sessions import PageSessions
from ui.page.tab import PRIVATE, html, said_by
from ui.session.session import Session

_LONGEST = 400  # characters of a name


class OutletsPanel:
    """The outlets, as a part of the page."""

    def __init__(self, context: AppContext) -> None:
        self._context = context
        self.spoken: list[Component] = []

    def lay_out(self, language: str) -> None:
        """Lay out the widget, closed."""
        self.body = html(closed_html(language), "library-outlets", "outlets.js")
        self.spoken.append(self.body)

    def connect(self, sessions: PageSessions) -> None:
        """Connect the widget with what it does."""
        self._sessions = sessions
        self.body.click(self._answer, None, [self.body], trigger_mode="multiple", **PRIVATE)

    def speak(self, session: Session) -> tuple[object, ...]:
        """Return the widget's update in the session's language."""
        return (closed_html(session.language),)

    def _answer(self, pressed: gr.EventData, request: gr.Request) -> Markup:
        language = self._sessions.of(request).language
        said = said_by(pressed)
        became, error = "", ""
        try:
            became = self._changed(said, language)
        except SourcierError as failure:
            error = failure.text(language)
        shown = outlets_html(self._context.library.metadata.outlets(), language, became, error)
        number = said.get("n")
        return shown + Markup('<i hidden data-n="{}" data-became="{}"></i>').format(
            number if isinstance(number, int) else 0, became
        )

    def _changed(self, said: dict, language: str) -> str:
        """Merge or separate names, if that is asked for; return what came of it."""
        merge, into, unmerge = (_name(said.get(key)) for key in ("merge", "into", "unmerge"))
        if merge:
            filed = self._written(lambda: merge_outlets(self._context.engine.indexer, merge, into))
            return text("outlets_merged", language, alias=merge, outlet=into.strip(), count=len(filed))
        if unmerge:
            filed = self._written(lambda: unmerge_outlet(self._context.engine.indexer, unmerge))
            return text("outlets_unmerged", language, alias=unmerge, count=len(filed))
        return ""

    def _written(self, change: Callable[[], list[str]]) -> list[str]:
        with self._context.held_for_writing():  # of the index that is in use from then on
            filed = change()
        self._context.chain.forget()
        return filed


def _name(said: Any) -> str:
    return said[:_LONGEST].encode("utf-8", "ignore").decode() if isinstance(said, str) else ""
