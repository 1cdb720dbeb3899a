"""The reader: an article whole, in a dialog over the page, opened by any link `a.open-article`.

Such a link has the article's id as `data-article`; with `data-start` and `data-end`, the reader opens where
these characters are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Protocol

import gradio as gr
from gradio.components import Component
from markupsafe import Markup

from rag.extraction.corrections import stated_correction
from rag.schema.article import Article, Span
from rag.schema.hit import Reprint
from ui.notes.desk import NOTHING, NotesDesk, Outcome
from ui.page.context import AppContext
from ui.page.sessions import PageSessions
from ui.page.tab import PRIVATE, html, numbered, said_by
from ui.reader.html import NAMED, Mark, ReaderView, empty_html, missing_html, reader_html
from ui.session.session import Session


class CitedWords(Protocol):
    """What an answer cited an article for: `[start, end)` of the text with this hash."""

    start: int
    end: int
    content_hash: str
    question: str


# Article id and user → what that user's answers cited the article for.
CitedBy = Callable[[str, str], Sequence[CitedWords]]


class ArticleReader:
    """The reader: one article with its highlights, its versions and its reader's notes."""

    name = "reader"

    def __init__(
        self, context: AppContext, notes: NotesDesk, cited_by: CitedBy = lambda _article, _user: ()
    ) -> None:
        self._context = context
        self._notes = notes
        self._cited_by = cited_by
        self.spoken: list[Component] = []

    def lay_out(self, language: str) -> None:
        """Lay out the widgets, with words in `language`."""
        self._laid_out_in = language
        self.body = html(empty_html(language), "reader", "reader.js")
        self.spoken.append(self.body)

    def connect(self, sessions: PageSessions) -> None:
        """Connect the widgets with what they do."""
        self._sessions = sessions
        self.body.click(self._open, None, [self.body], trigger_mode="multiple", **PRIVATE)

    def speak(self, session: Session) -> tuple[object, ...]:
        """Return the widgets' updates in the session's language.

        A page that arrives in the language it was laid out in stays: its reader may have opened an article.
        """
        if session.language == self._laid_out_in and not session.language_chosen:
            return (gr.skip(),)
        return (empty_html(session.language),)

    def _open(self, pressed: gr.EventData, request: gr.Request) -> Markup:
        session = self._sessions.of(request)
        said = said_by(pressed)
        wanted, revision = said.get("article"), said.get("revision")
        article = self._context.library.article(wanted) if isinstance(wanted, str) else None
        if article is None:
            damaged = self._context.library.damaged([wanted]) if isinstance(wanted, str) else {}
            shown = missing_html(session.language, next(iter(damaged.values()), None))
        else:
            outcome = self._notes.do(said, session.user, session.language)
            reading = self._reading(article, session, _span(said), outcome)
            shown = reader_html(reading, session.language, revision if isinstance(revision, int) else 0)
        return numbered(shown, said)

    def _reading(
        self, article: Article, session: Session, pointed: Span | None, outcome: Outcome = NOTHING
    ) -> ReaderView:
        library = self._context.library
        cited = [*self._cited_by(article.id, session.user), *_cited_here(session, article)]
        now = [one for one in cited if one.content_hash == article.content_hash]
        others = library.articles(library.reprints.of([article.id]).get(article.id, ()))
        found = marks(now, pointed)
        return ReaderView(
            article,
            passages=len(library.passages_of(article.id)),
            sources=tuple(dict.fromkeys(source.source for source in library.sources_of(article.id))),
            reprints=tuple(Reprint.of(other) for other in others),
            revisions=tuple(library.revisions.of(article.id)),
            marks=found,
            pointed=next((n for n, mark in enumerate(found, start=1) if mark.span == pointed), 0),
            outdated=len(cited) - len(now),
            correction=stated_correction(article),
            records=library.metadata.of(article.id),
            named=tuple(library.entities.named_in(article.id, NAMED)),
            notes=tuple(self._notes.on_article(article, session.user)),
            outcome=outcome,
        )


class _Cited:
    """What an answer of the open conversation cited."""

    def __init__(self, start: int, end: int, content_hash: str, question: str) -> None:
        self.start, self.end, self.content_hash, self.question = start, end, content_hash, question


def _cited_here(session: Session, article: Article) -> Iterable[CitedWords]:
    for exchange in session.exchanges:
        for evidence in exchange.answer.citations if exchange.answer else ():
            if evidence.article.id == article.id:
                hash_ = evidence.article.content_hash
                yield _Cited(evidence.start, evidence.end, hash_, exchange.question)


def marks(cited: Iterable[CitedWords], pointed: Span | None) -> tuple[Mark, ...]:
    """Return one mark for each span, in the order of the text, with its questions, each once."""
    questions: dict[tuple[int, int], dict[str, None]] = {}
    if pointed:
        questions[pointed.start, pointed.end] = {}
    for one in cited:
        questions.setdefault((one.start, one.end), {})[one.question] = None
    return tuple(Mark(Span(*span), tuple(asked)) for span, asked in sorted(questions.items()))


def _span(said: dict[str, Any]) -> Span | None:
    """Return the characters that a link points at, if it does."""
    if "note_act" in said:
        return None
    start, end = said.get("start"), said.get("end")
    usable = isinstance(start, int) and isinstance(end, int) and 0 <= start < end
    return Span(start, end) if usable else None
