"""What the page does with a reader's notes: listing them, and making, changing and deleting them.

Knows no widget. What a script says may be made up: `said` has been through nothing before.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cachetools import LRUCache

from rag.errors import SourcierError
from rag.notes.reading import FoundNote, listed, on_article
from rag.notes.store import Note, gone
from rag.schema.article import Article, Span
from ui.formatting.i18n import text, user_error
from ui.page.context import AppContext

_MOST_UNDONE = 500  # deletions that can be taken back
_LONGEST_SAID = 100_000  # characters that a script may send


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of something that was pressed: `note` is whose it is, `undo` that it can be taken back.

    `error` is why nothing came of it; `said` is empty then, and where nothing was to be done.
    """

    said: str = ""
    error: str = ""
    note: str = ""
    undo: bool = False


NOTHING = Outcome()


class NotesDesk:
    """The notes of a library, as its page has them."""

    def __init__(self, context: AppContext) -> None:
        self._library = context.library
        self._deleted: LRUCache[tuple[str, str], Note] = LRUCache(_MOST_UNDONE)
        self._lock = threading.Lock()

    def on_article(self, article: Article, user: str) -> list[FoundNote]:
        """Return the user's notes on an article, by place."""
        return on_article(self._library, article, user)

    def listed(self, user: str, words: str = "", among: Sequence[str] | None = None) -> list[FoundNote]:
        """Return the user's notes that have these words, the one that changed last first."""
        return listed(self._library, user, words, among)

    def do(self, said: dict[str, Any], user: str, language: str) -> Outcome:
        """Do what was pressed: `add`, `change`, `delete` or `undo`; nothing for another word."""
        acts = {"add": self._add, "change": self._change, "delete": self._delete, "undo": self._undo}
        act = said.get("note_act")
        if not isinstance(act, str) or act not in acts:
            return NOTHING
        try:
            note = acts[act](said, user)
        except SourcierError as error:
            return Outcome(error=error.text(language))
        told = "note_marked" if act == "add" and note.place and not note.words else f"note_done_{act}"
        return Outcome(text(told, language), note=note.id, undo=act == "delete")

    def _add(self, said: dict[str, Any], user: str) -> Note:
        article = self._library.article(_words(said.get("article")))
        if article is None or said.get("hash") != article.content_hash:
            raise user_error("note_article_changed")
        span = _span(said) if "start" in said else None
        return self._library.notes.add(
            user, article, span, _words(said.get("kind")), _words(said.get("words"))
        )

    def _change(self, said: dict[str, Any], user: str) -> Note:
        words, kind = _words(said.get("words")), _words(said.get("kind"))
        return self._library.notes.change(_words(said.get("note")), user, words, kind)

    def _delete(self, said: dict[str, Any], user: str) -> Note:
        note = self._library.notes.delete(_words(said.get("note")), user)
        with self._lock:
            self._deleted[user, note.id] = note
        return note

    def _undo(self, said: dict[str, Any], user: str) -> Note:
        with self._lock:
            note = self._deleted.get((user, _words(said.get("note"))))
        if note is None:
            raise gone()
        self._library.notes.put_back(note, user)
        return note


def _words(value: Any) -> str:
    return value[:_LONGEST_SAID] if isinstance(value, str) else ""


def _span(said: dict[str, Any]) -> Span:
    """Return the characters that were selected.

    Raises:
        UserError: They are none.
    """
    start, end = said.get("start"), said.get("end")
    if type(start) is not int or type(end) is not int:
        raise user_error("note_nothing_selected")
    return Span(start, end)
