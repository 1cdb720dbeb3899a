"""Exporting from anywhere on the page: `export.js` says what, and this makes the file, or the quote to copy.

Buttons say it in `data-export` and `data-format`, or are of the class `copy-quote`: see
`ui.rendering.export_menu`. Whatever the script says may be made up.
"""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from itertools import count
from typing import Any, Protocol, get_args

import gradio as gr
from gradio.components import Component
from markupsafe import Markup

from rag.errors import SourcierError
from rag.notes.reading import FoundNote
from rag.schema.article import Article
from rag.schema.evidence import Evidence
from ui.documents.copying import quote_copy
from ui.documents.files import (
    DOCUMENTS,
    REFERENCES,
    File,
    Format,
    answers_file,
    articles_file,
    articles_title,
)
from ui.formatting.i18n import LANGUAGES, text, user_error
from ui.html.element import element
from ui.page.context import AppContext
from ui.page.sessions import PageSessions
from ui.page.tab import PRIVATE, html, said_by
from ui.session.exchange import Exchange
from ui.session.session import Session

_MOST = 1_000  # articles at once
_LONGEST_ID, _LONGEST_WORDS = 100, 200  # characters


class KeptConversation(Protocol):
    """A conversation as it is kept."""

    title: str
    exchanges: tuple[Exchange, ...]


class Conversations(Protocol):
    """Where answers are found: those of an open page, and those that are kept."""

    def session(self, request: gr.Request) -> Coroutine[Any, Any, Session]:
        """Return the session of a page, with the conversation that it shows."""
        ...

    def kept(self, conversation: str, user: str) -> KeptConversation | None:
        """Return a conversation as it is kept; None if it isn't the user's."""
        ...


class Dossiers(Protocol):
    """Where dossiers are found."""

    def held(self, dossier_id: str, user: str) -> tuple[str, tuple[str, ...]]:
        """Return the name of the user's dossier and the ids of its articles, newest first.

        Raises:
            UserError: It isn't there, or isn't this user's.
            LibraryError: It can't be filled yet.
        """
        ...


class KeptAnswer(Protocol):
    """An answer that is kept by itself, with the reader's words on it."""

    exchange: Exchange
    words: str


class Notes(Protocol):
    """Where a reader's notes and kept answers are found."""

    def listed(self, user: str, words: str = "", among: Sequence[str] | None = None) -> list[FoundNote]:
        """Return the user's notes that have these words, on these articles."""
        ...

    def answer(self, note_id: str, user: str) -> KeptAnswer | None:
        """Return a kept answer; None for one that isn't there, or isn't this user's."""
        ...

    def words_on(self, conversation: str, numbers: Iterable[int], user: str) -> Mapping[int, str]:
        """Return the user's notes on answers of a conversation, by the numbers of their exchanges."""
        ...


class ExportPanel:
    """What is saved and what is copied, from every part of the page."""

    name = "export"

    def __init__(
        self, context: AppContext, conversations: Conversations, dossiers: Dossiers, notes: Notes
    ) -> None:
        self._context = context
        self._notes = notes
        self._dossiers = dossiers
        self._conversations = conversations
        self._numbers = count(1)
        self.spoken: list[Component] = []

    def lay_out(self, language: str) -> None:
        """Lay out what nobody sees: where files arrive."""
        self.file = html(_frame(language), "export-file", "export.js", [_copying(self._context)])
        self.spoken.append(self.file)

    def connect(self, sessions: PageSessions) -> None:  # noqa: ARG002 - the chat knows the session
        """Connect the widget with what it does."""
        self.file.click(self._make, None, [self.file], trigger_mode="multiple", **PRIVATE)

    def speak(self, session: Session) -> tuple[object, ...]:
        """Return the widget's update in the session's language."""
        return (_frame(session.language),)

    async def _make(self, pressed: gr.EventData, request: gr.Request) -> Markup:
        session = await self._conversations.session(request)
        said = said_by(pressed)
        try:
            made = await asyncio.to_thread(self._file, said, session)
        except SourcierError as error:
            return _frame(session.language, _refused(error.text(session.language)))
        gone = text("export_gone", session.language)
        inside = _arrived(made, next(self._numbers)) if made else _refused(gone)
        return _frame(session.language, inside)

    def _file(self, said: dict, session: Session) -> File | None:
        """Return what is to be saved; None where there is no such thing, or no longer."""
        kind, form = said.get("kind"), said.get("format")
        if form not in get_args(Format):
            return None
        if kind == "answer":
            found = next((one for one in session.exchanges if one.number == said.get("turn")), None)
            if found is None or not found.answer:
                return None
            words = self._notes.words_on(session.conversation, [found.number], session.user)
            return self._answers("", [found], said, form, session, words)
        if kind == "kept" and form in (*DOCUMENTS, *REFERENCES):
            kept = self._notes.answer(_id(said.get("kept")), session.user)
            if kept is None:
                return None
            exchange = kept.exchange
            return self._answers("", [exchange], said, form, session, {exchange.number: kept.words})
        if kind == "conversation":
            return self._conversation(_id(said.get("conversation")), said, form, session)
        if kind == "articles" and form in (*DOCUMENTS, *REFERENCES):
            return self._articles("", _ids(said.get("articles")), form, session, said)
        if kind == "dossier" and form in (*DOCUMENTS, *REFERENCES):
            name, ids = self._dossiers.held(_id(said.get("dossier")), session.user)
            if len(ids) > _MOST:
                raise user_error("export_too_many", count=len(ids), most=_MOST)
            return self._articles(name, ids, form, session, said)
        if kind == "notes" and form in (*DOCUMENTS, *REFERENCES):
            return self._noted(said, form, session)
        return None

    def _articles(
        self, title: str, ids: Sequence[str], form: Format, session: Session, said: dict
    ) -> File | None:
        articles, language = self._context.library.articles(ids), session.language
        if not articles:
            return None
        notes = self._notes_on(articles, said, session)
        title = title or articles_title(articles, language)
        return articles_file(title, articles, form, language, notes=notes)

    def _conversation(self, conversation: str, said: dict, form: Format, session: Session) -> File | None:
        found = self._conversations.kept(conversation, session.user)
        if found is None:
            return None
        numbers = [one.number for one in found.exchanges]
        words = self._notes.words_on(conversation, numbers, session.user)
        return self._answers(found.title, found.exchanges, said, form, session, words)

    def _answers(
        self,
        title: str,
        exchanges: Sequence[Exchange],
        said: dict,
        form: Format,
        session: Session,
        words: Mapping[int, str],
    ) -> File:
        """Return answers with what the reader noted on them and their articles, unless that is left out."""
        articles = [item.article for one in exchanges for item in one.shown.citations]
        notes = self._notes_on(articles, said, session)
        words = words if said.get("notes") is True else {}
        return answers_file(title, exchanges, form, session.language, notes, words)

    def _notes_on(self, articles: Sequence[Article], said: dict, session: Session) -> list[FoundNote]:
        """Return what the reader noted on articles, in their order, unless it is to be left out."""
        if said.get("notes") is not True:
            return []
        ids = list(dict.fromkeys(article.id for article in articles))
        place = {article_id: number for number, article_id in enumerate(ids)}
        return sorted(self._notes.listed(session.user, "", ids), key=lambda one: place[one.note.article_id])

    def _noted(self, said: dict, form: Format, session: Session) -> File | None:
        """Return the notes that the list shows, with the articles that they are on."""
        words, dossier = said.get("words"), _id(said.get("dossier"))
        among = self._dossiers.held(dossier, session.user)[1] if dossier else None
        found = self._notes.listed(
            session.user, words[:_LONGEST_WORDS] if isinstance(words, str) else "", among
        )
        articles = {one.article.id: one.article for one in found if one.article}
        if not found:
            return None
        title = text("notes_title_alone", session.language)
        return articles_file(title, list(articles.values()), form, session.language, notes=found)


def _frame(language: str, inside: Markup | str = "") -> Markup:
    """Return what stands there; its script reads the language that the page speaks."""
    said = {"data_copied": text("copy_done", language), "data_failed": text("copy_failed", language)}
    return element("div", inside, class_="export-frame", lang=language, **said)


def _arrived(file: File, number: int) -> Markup:
    """Return a file for the script to save; `number` tells it from the one before."""
    content = base64.b64encode(file.content).decode("ascii")
    return element(
        "i", content, hidden=True, data_name=file.name, data_type=file.media_type, data_number=str(number)
    )


def _refused(said: str) -> Markup:
    return element("p", said, role="alert", class_="export-gone")


def _ids(said: object) -> Sequence[str]:
    ids = said if isinstance(said, list) else []
    return list(dict.fromkeys(filter(None, map(_id, ids[:_MOST]))))


def _id(said: object) -> str:
    return said if isinstance(said, str) and len(said) <= _LONGEST_ID else ""


def _copying(context: AppContext) -> Callable[[Any, str, str], dict]:
    def copy_quote(said: Any, _user: str, _page: str) -> dict:
        """Return the quote that a button or a selection points at, with its reference, as text and HTML."""
        said = said if isinstance(said, dict) else {}
        language = said.get("language") if said.get("language") in LANGUAGES else context.settings.ui.language
        article = context.library.article(_id(said.get("article")))
        quote = _pointed(article, said) if article else None
        if quote is None:
            return {"error": text("quote_changed", language)}
        copied = quote_copy(quote, language)
        return {"text": copied.text, "html": str(copied.html)}

    return copy_quote


def _pointed(article: Article, said: dict) -> Evidence | None:
    """Return what is pointed at, without white space around it; None if the text is another one by now."""
    start, end = said.get("start"), said.get("end")
    if type(start) is not int or type(end) is not int or not 0 <= start < end <= len(article.text):
        return None
    words = article.text[start:end]
    if said.get("hash") != article.content_hash or not words.strip():
        return None
    start += len(words) - len(words.lstrip())
    return Evidence(article, start, start + len(words.strip()))
