"""The tab of what changed, and the part by which anything on the page is followed."""

from __future__ import annotations

from textwrap import shorten
from typing import Any

import gradio as gr
from gradio.components import Component
from markupsafe import Markup

from rag.errors import SourcierError
from rag.schema.question import NO_FILTERS, Filters
from rag.schema.standing import StandingKind
from ui.dossiers.desk import DossierDesk
from ui.dossiers.said import words
from ui.formatting.i18n import text
from ui.news.desk import OLDER, NewsDesk
from ui.news.html import following_html, news_html
from ui.page.sessions import PageSessions
from ui.page.tab import PRIVATE, html, loading_html, numbered, said_by
from ui.rendering.following import follow_key, key_of
from ui.session.session import Session

_CHANGES = ("pause", "resume", "remove")
_MOST_SHOWN = 1_000
_LONGEST = 120  # characters of what was followed, as it is said
State = tuple[tuple[str, ...], int]  # which changes are shown as new, how many others


class NewsTab:
    """What changed. `static/news.js` asks for it whenever the tab is opened, and tells what is pressed."""

    name = "news"

    def __init__(self, desk: NewsDesk) -> None:
        self._desk = desk
        self.spoken: list[Component] = []

    def lay_out(self, language: str) -> None:
        """Lay out the widgets, with words in `language`."""
        self.state = gr.State(((), OLDER))
        with gr.Column(elem_id="news-body"):
            self.body = html(loading_html(language), "news", "news.js")
        self.spoken.append(self.body)

    def connect(self, sessions: PageSessions) -> None:
        """Connect the widgets with what they do."""
        self._sessions = sessions
        shown = [self.body, self.state]
        self.body.click(self._press, [self.state], shown, trigger_mode="multiple", **PRIVATE)

    def speak(self, session: Session) -> tuple[object, ...]:
        """Return the widgets' updates in the session's language; `news.js` asks for the rest."""
        return (loading_html(session.language),)

    def _press(self, state: State, pressed: gr.EventData, request: gr.Request) -> tuple[Markup, State]:
        session, said = self._sessions.of(request), said_by(pressed)
        (fresh, shown), error = state, ""
        try:
            match said.get("act"):
                case "arrive":
                    fresh, shown = self._desk.arrive(session.user) or fresh, OLDER
                case "more":
                    shown = min(shown + OLDER, _MOST_SHOWN)
                case "renew-feed":
                    self._desk.renew_feed(session.user)
                case "ask":
                    self._desk.ask_now(words(said.get("query")), session.user)
                case act if act in _CHANGES:
                    self._desk.change(act, words(said.get("query")), session.user)
        except SourcierError as failed:
            error = failed.text(session.language)
        found = self._desk.news(session.user, fresh, shown)
        return numbered(news_html(found, session.language, error), said), (fresh, shown)


class Following:
    """The part that follows what a button `data-follow` names, says so, and takes it back in one click."""

    name = "follow"

    def __init__(self, desk: NewsDesk, dossiers: DossierDesk) -> None:
        self._desk = desk
        self._dossiers = dossiers
        self.spoken: list[Component] = []

    def lay_out(self, language: str) -> None:
        """Lay out the widgets; nothing is said before something is followed."""
        self.body = html(following_html((), language), "following", "follow.js")
        self.spoken.append(self.body)

    def connect(self, sessions: PageSessions) -> None:
        """Connect the widgets with what they do."""
        self._sessions = sessions
        self.body.click(self._press, None, [self.body], trigger_mode="multiple", **PRIVATE)

    def speak(self, session: Session) -> tuple[object, ...]:
        """Return the widgets' updates: nothing is said, but which buttons are of what is followed."""
        return (self._shown(session),)

    def _shown(self, session: Session, told: str = "", query_id: str = "", error: str = "") -> Markup:
        keys = [key_of(one) for one in self._desk.queries(session.user)]
        return following_html(keys, session.language, told, query_id, error)

    def _press(self, pressed: gr.EventData, request: gr.Request) -> Markup:
        session, said = self._sessions.of(request), said_by(pressed)
        try:
            shown = self._done(said, session)
        except SourcierError as failed:
            shown = self._shown(session, error=failed.text(session.language))
        return numbered(shown, said)

    def _done(self, said: dict[str, Any], session: Session) -> Markup:
        match said.get("act"):
            case "follow" if (wanted := self._wanted(said.get("what"), session)) is not None:
                kind, asked, filters = wanted
                query = self._desk.follow(session.user, kind, asked, session.language, filters)
                named = shorten(query.words, _LONGEST, placeholder="…")
                told = text("follow_kept", session.language, words=named)
                return self._shown(session, told, query.id)
            case "leave" if (wanted := self._wanted(said.get("what"), session)) is not None:
                return self._left(wanted, session)
            case "undo":
                self._desk.leave(words(said.get("query")), session.user)
                return self._shown(session, text("follow_left", session.language))
            case _:
                return self._shown(session)

    def _left(self, wanted: tuple[StandingKind, str, Filters], session: Session) -> Markup:
        key = follow_key(*wanted)
        for query in self._desk.queries(session.user):
            if key_of(query) == key:
                self._desk.leave(query.id, session.user)
        return self._shown(session, text("follow_left", session.language))

    def _wanted(self, said: object, session: Session) -> tuple[StandingKind, str, Filters] | None:
        """Return what is to be followed, as the page says it; None for what it never says."""
        match said:
            case {"turn": int(turn)} if (exchange := session.exchange(turn)) is not None:
                asked = exchange.standalone_question or exchange.question
                return "question", asked, exchange.filters
            case {"search": str(query), **rest}:
                filters = self._dossiers.filters(words(rest.get("dossier")), session.user)
                return "search", words(query), filters
            case {"entity": str(name)}:
                return "entity", words(name), NO_FILTERS
        return None
