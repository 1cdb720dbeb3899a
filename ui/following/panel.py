"""Followed sources on the Library tab: their list and form, and above it what is being read."""

from __future__ import annotations

import asyncio
import base64
import binascii
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import gradio as gr
from gradio.components import Component
from markupsafe import Markup

from ingest.following.opml import MAX_BYTES
from ingest.following.sources import Imported
from rag.errors import SourcierError
from ui.dossiers.said import words
from ui.following.desk import SourcesDesk
from ui.following.html import panel_html, reading_html
from ui.following.reader import ReadingView, SourceReader
from ui.formatting.i18n import LANGUAGES
from ui.page.context import AppContext
from ui.page.sessions import PageSessions
from ui.page.tab import PRIVATE, html, loading_html, numbered, said_by
from ui.session.session import Session

_CHANGES = ("pause", "resume", "remove", "every", "move")
_LONGEST_PLACE = 5_000  # characters: too long a one is refused with a sentence
_LONGEST_TOKEN = 64
_LOOK = 0.3  # seconds between two looks at what is being read


class SourcesPanel:
    """What is pressed in it is told by `static/sources.js` and `static/sources-reading.js`."""

    def __init__(self, context: AppContext) -> None:
        self._context = context
        self._desk = SourcesDesk(context)
        self.reader = SourceReader(context)
        self.spoken: list[Component] = []

    def lay_out(self, language: str) -> None:
        """Lay out the widgets, with words in `language`."""
        functions = [_take_list(self._desk), _hand_list(self._desk)]
        self.progress = html(
            reading_html(self.reader.view(), language), "library-reading", "sources-reading.js"
        )
        self.body = html(loading_html(language), "library-sources", "sources.js", functions)
        self.spoken += [self.progress, self.body]

    def connect(self, sessions: PageSessions) -> None:
        """Connect the widgets with what they do."""
        self._sessions = sessions
        self.progress.click(self._read, None, [self.progress], trigger_mode="multiple", **PRIVATE)
        self.body.click(self._press, None, [self.body], trigger_mode="multiple", **PRIVATE)

    def speak(self, session: Session) -> tuple[object, ...]:
        """Return the widgets' updates in the session's language; `sources.js` asks for the list."""
        view = self.reader.view()
        # What is over has been told to who was there.
        return reading_html(view if view.busy else ReadingView(), session.language), loading_html(
            session.language
        )

    async def _read(self, pressed: gr.EventData, request: gr.Request) -> AsyncIterator[Markup]:
        """Read what is asked for, and yield how far that has come until it is over."""
        language = self._sessions.of(request).language
        said = said_by(pressed)
        match said.get("act"):
            case "read":
                await asyncio.to_thread(self.reader.read, [words(said.get("place"), _LONGEST_PLACE)])
            case "all":
                await asyncio.to_thread(self.reader.read)
            case "stop":
                self.reader.stop()
        last = None
        while True:
            view = self.reader.view()
            if (shown := reading_html(view, language)) != last:
                last = shown
                yield numbered(shown, said)
            if not view.busy:
                return
            await asyncio.sleep(_LOOK)

    def _press(self, pressed: gr.EventData, request: gr.Request) -> Markup:
        session = self._sessions.of(request)
        said = said_by(pressed)
        error, added, imported = "", "", None
        try:
            added, imported = self._do(said, session)
        except SourcierError as failed:
            error = failed.text(session.language)
        page = said.get("page")
        shown = panel_html(
            self._desk.shown(page if type(page) is int else 1),
            session.language,
            datetime.now(UTC),
            self.reader.is_automatic,
            self._desk.may_read_paths(session.user),
            said.get("open") is True,
            error,
            imported,
        )
        return numbered(shown, said) + _news(added, self.reader.view().busy)

    def _do(self, said: dict[str, Any], session: Session) -> tuple[str, Imported | None]:
        """Do as the script says; return the place of a source that is new, and what came of a list.

        Raises:
            SourcierError: It can't be done.
        """
        place = words(said.get("place"), _LONGEST_PLACE)
        match said.get("act"):
            case "add":
                name, every = words(said.get("name")), words(said.get("every"))
                return self._desk.add(place, name, every, session.user), None
            case "automatic":
                self.reader.set_automatic(said.get("wanted") is True)
            case "imported":
                return "", self._desk.imported(words(said.get("token"), _LONGEST_TOKEN))
            case act if act in _CHANGES:
                self._desk.change(act, place, words(said.get("every")))
        return "", None


def _news(added: str, busy: bool) -> Markup:
    """Return what the script is to know and nobody sees: what is to be read, whether something is."""
    return Markup('<i hidden data-added="{}" data-busy="{}"></i>').format(added, "true" if busy else "false")


def _take_list(desk: SourcesDesk) -> Any:
    def take_list(said: Any, _user: str, _page: str) -> dict:
        """Follow the feeds of a list, in base64; what came of it is shown to who says the token."""
        token, data = (said.get("token"), said.get("data")) if isinstance(said, dict) else (None, None)
        if not isinstance(token, str) or not isinstance(data, str) or not 16 <= len(token) <= _LONGEST_TOKEN:
            return {"taken": False}
        try:
            desk.take_list(token, base64.b64decode(data[: 2 * MAX_BYTES], validate=True))
        except (binascii.Error, ValueError):
            return {"taken": False}
        return {"taken": True}

    return take_list


def _hand_list(desk: SourcesDesk) -> Any:
    def hand_list(said: Any, _user: str, _page: str) -> dict:
        """Return the addresses that are followed as a list of feeds, in base64."""
        language = said.get("language") if isinstance(said, dict) else None
        data = desk.exported(language if language in LANGUAGES else LANGUAGES[0])
        return {"data": base64.b64encode(data).decode("ascii")}

    return hand_list
