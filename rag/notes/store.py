"""Notes and marks in the catalogue's file: whose they are, what they point at, what was written.

Knows SQL. Of an article only pointers are kept: which one, the hash of the text, the characters; never its
words. A note is its reader's own and stays when its article goes. Every call names the user, and sees only
what is that user's; a user `''` stands for everybody where nobody signs in.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Literal, get_args

from rag.errors import UserError
from rag.notes.anchoring import hash_of
from rag.notes.wording import checked_words
from rag.schema.article import Article, Span
from rag.schema.record_id import new_record_id
from rag.storage.database import Connection, Database
from rag.storage.errors import translate_storage_errors
from rag.text.sanitization import storable

Kind = Literal["important", "check", "quote"]
KINDS: tuple[Kind, ...] = get_args(Kind)
LONGEST_MARK = 20_000  # characters
MOST_ON_ARTICLE = 1_000
MOST = 50_000  # notes of a user

TABLES = """
CREATE TABLE IF NOT EXISTS notes (
    id TEXT PRIMARY KEY, user TEXT NOT NULL, article_id TEXT NOT NULL, text_hash TEXT, start INTEGER,
    "end" INTEGER, kind TEXT NOT NULL, words TEXT NOT NULL, made_at TEXT NOT NULL, changed_at TEXT NOT NULL)
    STRICT;
CREATE INDEX IF NOT EXISTS notes_by_user ON notes (user, changed_at);
CREATE INDEX IF NOT EXISTS notes_by_article ON notes (article_id, user);
"""
_COLUMNS = 'id, article_id, text_hash, start, "end", kind, words, made_at, changed_at'


@dataclass(frozen=True, slots=True)
class Place:
    """Words that were marked: `[start, end)` of the text with this hash (`rag.notes.anchoring.hash_of`)."""

    text_hash: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Note:
    """What a reader noted on an article, or on the words at `place`; `words` are empty for a mere mark.

    `kind` is one of `KINDS`, empty for a note on the whole article. Dates are ISO 8601 in UTC.
    """

    id: str
    article_id: str
    place: Place | None
    kind: str
    words: str
    made_at: str
    changed_at: str


class NoteTable:
    """The notes of a library. What is done inside a transaction of the catalogue belongs to it."""

    def __init__(self, file: Database) -> None:
        self._file = file

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with translate_storage_errors(self._file.folder), self._file.transaction() as db:
            yield db

    # --- reading ---

    def of(self, article_id: str, user: str) -> list[Note]:
        """Return the user's notes on an article, in the order in which they were made."""
        return self._notes(
            "WHERE article_id = ? AND user = ? ORDER BY made_at, id", storable(article_id), user
        )

    def listed(self, user: str, among: Sequence[str] | None = None) -> list[Note]:
        """Return the user's notes, on these articles if they are named; the one that changed last first."""
        where = (
            "WHERE user = ?1 AND (?2 IS NULL OR article_id IN (SELECT value FROM json_each(?2)))"
            " ORDER BY changed_at DESC, id"
        )
        bound = None if among is None else json.dumps([storable(one) for one in among])
        return self._notes(where, user, bound)

    def get(self, note_id: str, user: str) -> Note | None:
        """Return a note; None for one that isn't there, or isn't this user's."""
        found = self._notes("WHERE id = ? AND user = ?", storable(note_id), user)
        return found[0] if found else None

    def count(self, article_ids: Sequence[str]) -> int:
        """Return how many notes there are on these articles, whoever's they are."""
        query = "SELECT count(*) FROM notes WHERE article_id IN (SELECT value FROM json_each(?))"
        with self._file.connection() as db:
            return db.execute(query, (json.dumps([storable(one) for one in article_ids]),)).fetchone()[0]

    def _notes(self, where: str, *values: str | None) -> list[Note]:
        with self._file.connection() as db:
            return [_note(row) for row in db.execute(f"SELECT {_COLUMNS} FROM notes {where}", values)]

    # --- writing: each call is one transaction ---

    def add(self, user: str, article: Article, span: Span | None, kind: str = "", words: str = "") -> Note:
        """Note something on an article, or on `article.text[span.start:span.end]`.

        Raises:
            UserError: There is nothing to keep, it is too long, there are too many, or the article says
                something else by now.
        """
        place = None if span is None else _checked_place(article, span)
        kind = "" if place is None else kind if kind in KINDS else KINDS[0]
        words = checked_words(words)
        if place is None and not words:
            raise UserError("A note on an article needs words.", "Une note sur un article demande des mots.")
        now = _now()
        note = Note(new_record_id(), article.id, place, kind, words, now, now)
        with self._writing() as db:
            query = "SELECT 1 FROM articles WHERE id = ? AND content_hash = ?"
            if db.execute(query, (article.id, article.content_hash)).fetchone() is None:
                raise UserError(
                    "This article has changed or gone meanwhile: open it again.",
                    "Cet article a changé ou disparu entre-temps : rouvrez-le.",
                )
            _refuse_too_many(db, article.id, user)
            _insert(db, note, user)
        return note

    def change(self, note_id: str, user: str, words: str, kind: str | None = None) -> Note:
        """Write other words in a note, or make its mark of another kind; return it as it is then.

        Raises:
            UserError: The words are too long, a note on an article would have none, or the note is gone.
        """
        words = checked_words(words)
        with self._writing() as db:
            found = db.execute(
                f"SELECT {_COLUMNS} FROM notes WHERE id = ? AND user = ?", (storable(note_id), user)
            )
            row = found.fetchone()
            if row is None:
                raise gone()
            note = replace(_note(row), words=words, changed_at=_now())
            if note.place is None and not words:
                raise UserError(
                    "A note on an article needs words; to take it away, delete it.",
                    "Une note sur un article demande des mots ; pour l'enlever, supprimez-la.",
                )
            if note.place is not None and kind in KINDS:
                note = replace(note, kind=kind)
            query = "UPDATE notes SET words = ?, kind = ?, changed_at = ? WHERE id = ?"
            db.execute(query, (note.words, note.kind, note.changed_at, note.id))
        return note

    def delete(self, note_id: str, user: str) -> Note:
        """Delete a note; return it, so that it can be put back.

        Raises:
            UserError: It is gone.
        """
        query = f"DELETE FROM notes WHERE id = ? AND user = ? RETURNING {_COLUMNS}"
        with self._writing() as db:
            row = db.execute(query, (storable(note_id), user)).fetchone()
        if row is None:
            raise gone()
        return _note(row)

    def put_back(self, note: Note, user: str) -> None:
        """Undo a deletion; nothing if the note is there.

        Raises:
            UserError: There are too many.
        """
        with self._writing() as db:
            if db.execute("SELECT 1 FROM notes WHERE id = ?", (note.id,)).fetchone() is None:
                _refuse_too_many(db, note.article_id, user)
                _insert(db, note, user)

    def forget_user(self, user: str) -> int:
        """Delete what a user noted, who is gone; return how many notes that were."""
        with self._writing() as db:
            return db.execute("DELETE FROM notes WHERE user = ?", (user,)).rowcount


def gone() -> UserError:
    """Return the sentence for a note that isn't there any more, or is somebody else's."""
    return UserError("This note has been deleted meanwhile.", "Cette note a été supprimée entre-temps.")


def _checked_place(article: Article, span: Span) -> Place:
    """Return a span of a text as it is kept: without white space around the words.

    Raises:
        UserError: There are no words, or too many.
    """
    if (
        not 0 <= span.start < span.end <= len(article.text)
        or not (words := article.text[span.start : span.end]).strip()
    ):
        raise UserError("Select some words of the text first.", "Sélectionnez d'abord des mots du texte.")
    start = span.start + len(words) - len(words.lstrip())
    end = start + len(words.strip())
    if end - start > LONGEST_MARK:
        raise UserError(
            f"A mark has at most {LONGEST_MARK:,} characters; select fewer words.",
            f"Une marque couvre au plus {LONGEST_MARK} caractères ; sélectionnez moins de mots.",
        )
    return Place(hash_of(article.text), start, end)


def _refuse_too_many(db: Connection, article_id: str, user: str) -> None:
    query = "SELECT count(*), count(*) FILTER (WHERE article_id = ?) FROM notes WHERE user = ?"
    all_, here = db.execute(query, (article_id, user)).fetchone()
    if here >= MOST_ON_ARTICLE:
        raise UserError(
            f"An article has at most {MOST_ON_ARTICLE:,} of your notes; delete some first.",
            f"Un article porte au plus {MOST_ON_ARTICLE} de vos notes ; supprimez-en d'abord.",
        )
    if all_ >= MOST:
        raise UserError(
            f"There are at most {MOST:,} notes of yours; delete some first.",
            f"Vous avez au plus {MOST} notes ; supprimez-en d'abord.",
        )


def _insert(db: Connection, note: Note, user: str) -> None:
    place = (note.place.text_hash, note.place.start, note.place.end) if note.place else (None, None, None)
    values = (note.id, user, note.article_id, *place, note.kind, note.words, note.made_at, note.changed_at)
    db.execute("INSERT INTO notes VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", values)


def _note(row: Sequence) -> Note:
    note_id, article_id, text_hash, start, end, kind, words, made_at, changed_at = row
    place = None if text_hash is None else Place(text_hash, start, end)
    return Note(note_id, article_id, place, kind, words, made_at, changed_at)


def _now() -> str:
    # Two changes may share a millisecond, and would stand in no order.
    return datetime.now(UTC).isoformat(timespec="microseconds")
