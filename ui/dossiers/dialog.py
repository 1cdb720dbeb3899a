"""The dialog by which articles, or what goes on finding them, come into a dossier, from anywhere on the page.

A button with `data-dossier-add` has the ids of articles, one with `data-dossier-rule` a search or a filter.
"""

from __future__ import annotations

import gradio as gr
from gradio.components import Component
from markupsafe import Markup

from rag.dossiers.rule import Rule
from rag.errors import LibraryError, UserError
from rag.library.listing import ListingQuery
from ui.dossiers.desk import DossierDesk
from ui.dossiers.html import choosing_html, done_html
from ui.dossiers.said import filters_rule, ids, listing_query, listing_rule, search_rule, words
from ui.formatting.dossiers import rule_parts
from ui.formatting.i18n import text
from ui.page.context import AppContext
from ui.page.sessions import PageSessions
from ui.page.tab import PRIVATE, html, numbered, said_by
from ui.session.session import Session


class DossierDialog:
    """One for the whole page, beside the reader."""

    name = "dossier"

    def __init__(self, context: AppContext, desk: DossierDesk) -> None:
        self._library = context.library
        self._desk = desk
        self.spoken: list[Component] = []

    def lay_out(self, language: str) -> None:
        """Lay out the widgets; there are no words before it is opened."""
        del language
        self.body = html(Markup(""), "dossier-choice", "dossier-dialog.js")
        self.spoken.append(self.body)

    def connect(self, sessions: PageSessions) -> None:
        """Connect the widgets with what they do."""
        self._sessions = sessions
        self.body.click(self._press, None, [self.body], trigger_mode="multiple", **PRIVATE)

    def speak(self, session: Session) -> tuple[object, ...]:
        """Return the widgets' updates: it is closed when the language changes."""
        del session
        return (Markup(""),)

    def _press(self, pressed: gr.EventData, request: gr.Request) -> Markup:
        session = self._sessions.of(request)
        said = said_by(pressed)
        shown = self._shown(said, session)
        return numbered(shown, said)

    def _shown(self, said: dict, session: Session) -> Markup:
        language, user, error = session.language, session.user, ""
        articles = [row.article_id for row in self._library.listing.rows(ids(said.get("articles")))]
        rule = _rule(said.get("rule"), session)
        if not articles and rule is None:
            return done_html(text("dossier_nothing_to_add", language), language)
        try:
            if told := self._put(said, session, articles, rule):
                return done_html(told, language)
        except (UserError, LibraryError) as failed:
            error = failed.text(language)
        what = _what(articles, rule, language)
        return choosing_html(
            what, self._desk.names(user), self._desk.holding(articles, user), language, error
        )

    def _put(self, said: dict, session: Session, articles: list[str], rule: Rule | None) -> str:
        """Put what was chosen into the dossier that was chosen; say so, or nothing if none was."""
        match said.get("act"):
            case "create":
                dossier = self._desk.create(words(said.get("words")), session.user)
            case "into":
                dossier = self._desk.found(words(said.get("dossier")), session.user)
            case _:
                return ""
        count = self._desk.put(dossier, session.user, articles, rule)
        return text("dossier_put", session.language, name=dossier.name, count=count)


def _rule(said: object, session: Session) -> Rule | None:
    match said:
        case {"search": search}:
            return search_rule(search)
        case {"fields": dict(fields)}:
            return listing_rule(listing_query(fields, ListingQuery()))
        case {"filters": True}:
            return filters_rule(session.filters)
    return None


def _what(articles: list[str], rule: Rule | None, language: str) -> str:
    if rule is None:
        return text("dossier_what_articles", language, count=len(articles))
    return text("dossier_what_rule", language, rule=" · ".join(rule_parts(rule, language)))
