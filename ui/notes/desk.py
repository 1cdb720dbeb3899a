"""What the page does with a reader's notes and kept answers: listing, making, changing and deleting them.

Knows no widget. What a script says may be made up: it has been through nothing before.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from cachetools import LRUCache

from rag.conversation.kept import KeptAnswer, KeptAnswers, origin_of
from rag.conversation.kept import gone as no_longer_kept
from rag.conversation.store import ConversationStore, new_id
from rag.errors import SourcierError
from rag.full_text.matching import has
from rag.full_text.query import sought
from rag.full_text.syntax import parse
from rag.library.library import Library
from rag.notes.reading import FoundNote, listed, on_article, resolved
from rag.notes.store import Note, gone
from rag.notes.wording import has_words
from rag.schema.article import Article, Span
from ui.chat.serialization import exchanges, record, without_removed
from ui.formatting.i18n import text, user_error
from ui.session.exchange import Exchange
from ui.session.session import Session

ANSWER = "answer:"  # what the id of a kept answer begins with, among those of notes
_MOST_UNDONE = 500  # deletions that can be taken back
_LONGEST_SAID = 100_000  # characters that a script may send


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of something that was pressed: `note` is the id of what, `undo` that it can be taken back.

    `error` is why nothing came of it; `said` is empty then, and where nothing was to be done.
    """

    said: str = ""
    error: str = ""
    note: str = ""
    undo: bool = False


NOTHING = Outcome()


@dataclass(frozen=True, slots=True)
class ShownAnswer:
    """A kept answer as it is now: without what rested on articles that have gone."""

    kept: KeptAnswer
    exchange: Exchange

    @property
    def id(self) -> str:
        """Return what tells it from notes and other answers."""
        return f"{ANSWER}{self.kept.id}"

    @property
    def words(self) -> str:
        """Return the reader's note on it."""
        return self.kept.words

    @property
    def changed_at(self) -> str:
        """Return when it was kept, or its note was changed."""
        return self.kept.changed_at


class NotesDesk:
    """The notes of a library and the answers that are kept beside it."""

    def __init__(self, library: Library, conversations: ConversationStore) -> None:
        self._library = library
        self._answers = KeptAnswers(conversations)
        self._deleted: LRUCache[tuple[str, str], Note | KeptAnswer] = LRUCache(_MOST_UNDONE)
        self._lock = threading.Lock()

    def on_article(self, article: Article, user: str) -> list[FoundNote]:
        """Return the user's notes on an article, by place."""
        return on_article(self._library, article, user)

    def listed(self, user: str, words: str = "", among: Sequence[str] | None = None) -> list[FoundNote]:
        """Return the user's notes that have these words, the one that changed last first."""
        return listed(self._library, user, words, among)

    def searched(self, query: str, user: str, language: str, among: Sequence[str] | None) -> list[FoundNote]:
        """Return the user's notes in whose own words a full-text query is found, the latest first."""
        node = parse(query).node
        notes = self._library.notes.listed(user, among) if sought(node) else []
        having = [one for one in notes if one.words and has(node, one.words, language)]
        return resolved(self._library, having)

    def answers(self, user: str, words: str = "", among: Sequence[str] | None = None) -> list[ShownAnswer]:
        """Return the user's kept answers that have these words and cite one of these articles.

        The one that changed last comes first.
        """
        shown = [self._shown(one) for one in self._answers.listed(user)]
        wanted = None if among is None else set(among)
        return [one for one in shown if _has(one, words) and (wanted is None or wanted & _cited(one))]

    def answer(self, note_id: str, user: str) -> ShownAnswer | None:
        """Return a kept answer; None for one that isn't there, or isn't this user's."""
        kept = self._answers.get(note_id.removeprefix(ANSWER), user)
        return self._shown(kept) if kept else None

    def words_on(self, conversation: str, numbers: Iterable[int], user: str) -> dict[int, str]:
        """Return the user's notes on answers of a conversation, by the numbers of their exchanges."""
        origins = {origin_of(conversation, number): number for number in numbers} if conversation else {}
        return {origins[origin]: words for origin, words in self._answers.words_on(user, origins).items()}

    def _shown(self, kept: KeptAnswer) -> ShownAnswer:
        return ShownAnswer(kept, exchanges([kept.record], self._library)[0])

    def keep(self, session: Session, number: object, language: str) -> Outcome:
        """Keep the answer of an exchange of this number, which its page shows."""
        exchange = session.exchange(number) if type(number) is int else None
        if exchange is None or not exchange.rateable:
            return Outcome(error=text("export_gone", language))
        earlier = session.exchanges[: session.exchanges.index(exchange)]
        kept = without_removed(record(exchange, earlier), self._library)
        # A conversation that couldn't be kept has no id: its exchanges are no other's.
        origin = origin_of(session.conversation or new_id(), exchange.number)
        try:
            kept_id = self._answers.keep(session.user, origin, kept)
        except SourcierError as error:
            return Outcome(error=error.text(language))
        return Outcome(text("answer_kept", language), note=f"{ANSWER}{kept_id}")

    def do(self, said: dict[str, Any], user: str, language: str) -> Outcome:
        """Do what was pressed: `add`, `change`, `delete` or `undo`; nothing for another word."""
        acts = {"add": self._add, "change": self._change, "delete": self._delete, "undo": self._undo}
        act = said.get("note_act")
        if not isinstance(act, str) or act not in acts:
            return NOTHING
        try:
            note_id, told = acts[act](said, user)
        except SourcierError as error:
            return Outcome(error=error.text(language))
        return Outcome(text(told, language), note=note_id, undo=act == "delete")

    def _add(self, said: dict[str, Any], user: str) -> tuple[str, str]:
        article = self._library.article(_words(said.get("article")))
        if article is None or said.get("hash") != article.content_hash:
            raise user_error("note_article_changed")
        span = _span(said) if "start" in said else None
        kind, words = _words(said.get("kind")), _words(said.get("words"))
        note = self._library.notes.add(user, article, span, kind, words)
        return note.id, "note_done_add" if note.words else "note_marked"

    def _change(self, said: dict[str, Any], user: str) -> tuple[str, str]:
        note_id, words = _words(said.get("note")), _words(said.get("words"))
        if note_id.startswith(ANSWER):
            self._answers.change(note_id.removeprefix(ANSWER), user, words)
        else:
            self._library.notes.change(note_id, user, words, _words(said.get("kind")))
        return note_id, "note_done_change"

    def _delete(self, said: dict[str, Any], user: str) -> tuple[str, str]:
        note_id = _words(said.get("note"))
        is_answer = note_id.startswith(ANSWER)
        deleted: Note | KeptAnswer
        if is_answer:
            deleted = self._answers.delete(note_id.removeprefix(ANSWER), user)
        else:
            deleted = self._library.notes.delete(note_id, user)
        with self._lock:
            self._deleted[user, note_id] = deleted
        return note_id, "answer_done_delete" if is_answer else "note_done_delete"

    def _undo(self, said: dict[str, Any], user: str) -> tuple[str, str]:
        note_id = _words(said.get("note"))
        with self._lock:
            deleted = self._deleted.get((user, note_id))
        if deleted is None:
            raise no_longer_kept() if note_id.startswith(ANSWER) else gone()
        if isinstance(deleted, Note):
            self._library.notes.put_back(deleted, user)
        else:
            self._answers.put_back(deleted, user)
        return note_id, "note_done_undo"


def _has(one: ShownAnswer, words: str) -> bool:
    return has_words(words, one.kept.words, one.exchange.question, one.exchange.shown.text)


def _cited(one: ShownAnswer) -> set[str]:
    return {evidence.article.id for evidence in one.exchange.shown.citations}


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
