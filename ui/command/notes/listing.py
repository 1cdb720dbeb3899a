"""`sourcier notes`: what a reader marked, wrote and kept, found by words, articles and dossiers.

Knows arguments; whoever calls it prints. No model is loaded.
"""

from __future__ import annotations

import argparse
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rag.config import Settings
from rag.notes.reading import FoundNote
from ui.documents.files import File, Format, articles_file
from ui.formatting.i18n import date_text, text, user_error
from ui.formatting.source_line import source_line
from ui.notes.desk import NotesDesk, ShownAnswer
from ui.references.typography import in_marks

if TYPE_CHECKING:
    from rag.library.library import Library


@dataclass(frozen=True, slots=True)
class Listing:
    """What was found, for whoever prints it or writes it into a file in `language`."""

    found: list[FoundNote]
    answers: list[ShownAnswer]
    words: str
    language: str

    def values(self) -> dict:
        """Return it as JSON has it."""
        answers = [_answer_values(one) for one in self.answers]
        return {"notes": [_values(one) for one in self.found], "answers": answers}

    def lines(self) -> list[str]:
        """Return it as lines for a terminal."""
        lines = [line for one in self.found for line in ("", *_lines(one, self.language))]
        lines += [line for one in self.answers for line in ("", *_answer_lines(one, self.language))]
        return lines[1:] or [text("notes_none_found" if self.words else "notes_none", self.language)]

    def file(self, form: Format) -> File:
        """Return the notes, with the articles that they are on, as a file."""
        articles = {one.article.id: one.article for one in self.found if one.article}
        title = text("notes_title_alone", self.language)
        return articles_file(title, list(articles.values()), form, self.language, notes=self.found)


def notes(options: argparse.Namespace, settings: Settings) -> Listing:
    """Return the notes and kept answers that have all the words, on the articles that are named.

    Raises:
        UserError: There is no such dossier, or neither such an article nor a note on it.
    """
    from rag.conversation.store import ConversationStore
    from rag.library.library import Library

    words = " ".join(options.words)
    with (
        closing(Library(settings.place)) as library,
        closing(ConversationStore(settings.place)) as conversations,
    ):
        desk = NotesDesk(library, conversations)
        among = _among(options, settings, library, desk)
        found = desk.listed(options.user, words, among)
        answers = desk.answers(options.user, words, among)
    return Listing(found, answers, words, settings.ui.language)


def _among(
    options: argparse.Namespace, settings: Settings, library: Library, desk: NotesDesk
) -> tuple[str, ...] | None:
    """Return the articles that are named; None if none are.

    Raises:
        UserError: There is no such dossier, or neither such an article nor a note on it.
    """
    from rag.dossiers.naming import find
    from rag.engine.engine import open_filling
    from rag.schema.question import Filters

    for article_id in options.article:
        if library.stored(article_id) is None and not desk.listed(options.user, "", [article_id]):
            raise user_error("no_such_article", article=article_id)
    if not options.dossier:
        return tuple(options.article) or None
    chosen = tuple(find(library.dossiers, name, options.user).as_filter for name in options.dossier)
    filters = Filters(dossiers=chosen)
    open_filling(settings, library).fill(filters.dossier_ids)
    among = library.among(filters) or ()
    return tuple(one for one in among if not options.article or one in options.article)


def _lines(one: FoundNote, language: str) -> list[str]:
    note, article = one.note, one.article
    kind = text(f"note_kind_{note.kind}" if note.kind else "note_on_article", language)
    where = (
        source_line(article, language, ("title", "outlet", "known_date"))
        if article
        else text("note_removed", language)
    )
    said = [f"{where}  ({note.article_id})", f"  {kind} · {date_text(note.changed_at, language)}"]
    if one.standing == "lost":
        said.append(f"  {text('note_lost', language)}")
    quote = in_marks(one.quote, language) if one.quote else ""
    return said + [f"  {line}" for part in (quote, note.words) if part for line in part.split("\n")]


def _answer_lines(one: ShownAnswer, language: str) -> list[str]:
    said = [
        one.exchange.question,
        f"  {text('answer_kept_kind', language)} · {date_text(one.changed_at, language)}",
    ]
    parts = (one.exchange.shown.text, one.words)
    return said + [f"  {line}" for part in parts if part for line in part.split("\n")]


def _values(one: FoundNote) -> dict:
    """Return a note as JSON has it; `start` and `end` are where its words are now."""
    article = one.article
    stated = article and {
        "title": article.title,
        "outlet": article.outlet,
        "published_at": article.published_at,
        "source": article.source,
    }
    return {
        "id": one.note.id,
        "article_id": one.note.article_id,
        "article": stated,
        "standing": one.standing,
        "kind": one.note.kind or None,
        "start": one.span.start if one.span else None,
        "end": one.span.end if one.span else None,
        "quote": one.quote or None,
        "note": one.note.words or None,
        "made_at": one.note.made_at,
        "changed_at": one.note.changed_at,
    }


def _answer_values(one: ShownAnswer) -> dict:
    return {
        "id": one.kept.id,
        "question": one.exchange.question,
        "answer": one.exchange.shown.to_dict(),
        "note": one.words or None,
        "made_at": one.kept.made_at,
        "changed_at": one.changed_at,
    }
