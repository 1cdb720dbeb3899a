"""The dialog that corrects articles, opened for one by the reader and for several by the articles' table.

What the script sends is checked here; what is written is `ingest.editing`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import gradio as gr
from gradio.components import Component
from markupsafe import Markup

from ingest.editing.editor import edit_articles
from ingest.editing.values import NAMES, checked
from rag.errors import SourcierError, UserError
from rag.metadata.fields import Field
from ui.editing.form import Correction, closed_html, done_html, form_html
from ui.page.context import AppContext
from ui.page.selection import chosen
from ui.page.sessions import PageSessions
from ui.page.tab import PRIVATE, html, numbered, said_by
from ui.session.session import Session

_LONGEST = 2_000  # characters of a value


class EditingDialog:
    """The form, as a part of the page."""

    name = "editing"

    def __init__(self, context: AppContext) -> None:
        self._context = context
        self.spoken: list[Component] = []

    def lay_out(self, language: str) -> None:
        """Lay out the widget, with words in `language`."""
        self.body = html(closed_html(language), "editing", "editing.js")
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
        ids = chosen(said.get("articles"))
        shown = self._saved(ids, said, language) if said.get("act") == "save" else self._form(ids, language)
        return numbered(shown, said)

    def _form(self, ids: Sequence[str], language: str, asked: Correction | None = None) -> Markup:
        library = self._context.library
        articles = library.articles(ids)
        if not articles:
            return closed_html(language)
        records = library.metadata.records(ids)
        pairs = [(article, records.get(article.id, {})) for article in articles]
        return form_html(pairs, library.listing.outlets(), language, asked)

    def _saved(self, ids: Sequence[str], said: dict, language: str) -> Markup:
        """Correct as the reader asks; the form again, with what is wrong, if that can't be."""
        asked = asked_for(said)
        changes, errors = _checked(asked, language)
        if not errors:
            undone = [NAMES[name] for name in asked.undone]
            try:
                with self._context.held_for_writing():
                    edited = edit_articles(self._context.engine.indexer, ids, changes, undone)
            except SourcierError as error:
                errors = {"": error.text(language)}
            else:
                self._context.chain.forget()
                self._context.rereader.begin()
                return done_html(len(edited), language)
        return self._form(ids, language, Correction(asked.typed, asked.undone, errors))


def asked_for(said: Any) -> Correction:
    """Return what the script says that the reader asks for; what the page never says counts as nothing."""
    fields = said.get("fields") if isinstance(said, dict) else None
    undo = said.get("undo") if isinstance(said, dict) else None
    undone = frozenset(
        name for name in (undo if isinstance(undo, list) else []) if isinstance(name, str) and name in NAMES
    )
    typed = {
        name: value[:_LONGEST].encode("utf-8", "ignore").decode()
        for name, value in (fields if isinstance(fields, dict) else {}).items()
        if name in NAMES and name not in undone and isinstance(value, str)
    }
    return Correction(typed, undone)


def _checked(asked: Correction, language: str) -> tuple[dict[Field, str | None], dict[str, str]]:
    """Return the values that fields are corrected to, and by name why others can't be."""
    changes: dict[Field, str | None] = {}
    errors: dict[str, str] = {}
    for name, typed in asked.typed.items():
        try:
            changes[NAMES[name]] = checked(NAMES[name], typed, date.today())
        except UserError as error:
            errors[name] = error.text(language)
    return changes, errors
