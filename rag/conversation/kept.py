"""Answers that a reader keeps by themselves, with a note: they stay when their conversation is deleted.

Each is a conversation of one exchange, in no list of conversations: pointers into articles are read, lost and
erased in it as in any other. Every call names the user, and sees only what is that user's.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime

from rag.conversation.store import ConversationStore, Record, cited, new_id, write
from rag.errors import UserError
from rag.notes.wording import checked_words
from rag.text.sanitization import storable

MOST = 5_000  # kept answers of a user


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """A kept answer: `record` is its exchange, `words` are the reader's note. Dates are ISO 8601 in UTC."""

    id: str
    words: str
    made_at: str
    changed_at: str
    origin: str
    record: Record


def origin_of(conversation: str, number: int) -> str:
    """Return what tells an exchange from every other, and tells nobody of which conversation it is."""
    return hashlib.sha256(f"kept {conversation} {number}".encode()).hexdigest()[:32]


class KeptAnswers:
    """The kept answers beside the conversations of `store`."""

    def __init__(self, store: ConversationStore) -> None:
        self._store = store

    def listed(self, user: str) -> list[KeptAnswer]:
        """Return what the user has kept, the one that changed last first."""
        return self._found("WHERE user = ? ORDER BY changed_at DESC, id", user)

    def get(self, kept_id: str, user: str) -> KeptAnswer | None:
        """Return a kept answer; None for one that isn't there, or isn't this user's."""
        found = self._found("WHERE user = ? AND id = ?", user, storable(kept_id))
        return found[0] if found else None

    def words_on(self, user: str, origins: Collection[str]) -> dict[str, str]:
        """Return origin → the user's note on what was kept of it; those without one are left out."""
        query = (
            "SELECT origin, words FROM kept_answers JOIN conversations ON id = conversation_id"
            " WHERE user = ? AND words <> ''"
        )
        with self._store.connection() as db:
            rows = db.execute(query, (user,)).fetchall()
        return {origin: words for origin, words in rows if origin in origins}

    def _found(self, where: str, user: str, *values: str) -> list[KeptAnswer]:
        query = (
            "SELECT id, words, begun_at, changed_at, origin FROM kept_answers JOIN conversations"
            f" ON id = conversation_id {where}"
        )
        with self._store.connection() as db:
            rows = db.execute(query, (user, *values)).fetchall()
        return [KeptAnswer(*row, record) for row in rows for record in self._records(row[0], user)]

    def keep(self, user: str, origin: str, record: Record) -> str:
        """Keep an answer; return its id. One that is kept already stays as it is.

        Raises:
            UserError: There are too many.
        """
        query = (
            "SELECT id FROM kept_answers JOIN conversations ON id = conversation_id"
            " WHERE user = ? AND origin = ?"
        )
        with self._store.transaction() as db:
            if found := db.execute(query, (user, origin)).fetchone():
                return found[0]
            made = KeptAnswer(new_id(), "", "", "", origin, record)
            return self._put(user, made)

    def change(self, kept_id: str, user: str, words: str) -> None:
        """Write a note on a kept answer, in place of the one that is there.

        Raises:
            UserError: It is too long, or the answer is gone.
        """
        words = checked_words(words)
        query = (
            "UPDATE kept_answers SET words = ? WHERE conversation_id IN"
            " (SELECT id FROM conversations WHERE id = ? AND user = ?)"
        )
        with self._store.transaction() as db:
            if not db.execute(query, (words, storable(kept_id), user)).rowcount:
                raise gone()
            now = datetime.now(UTC).isoformat(timespec="microseconds")
            db.execute("UPDATE conversations SET changed_at = ? WHERE id = ?", (now, storable(kept_id)))

    def delete(self, kept_id: str, user: str) -> KeptAnswer:
        """Keep an answer no longer; return it, so that it can be put back.

        Raises:
            UserError: It is gone.
        """
        with self._store.transaction():
            found = self.get(kept_id, user)
            if found is None or not self._store.delete(kept_id, user):
                raise gone()
        return found

    def put_back(self, kept: KeptAnswer, user: str) -> None:
        """Undo a deletion; nothing if it is there."""
        with self._store.transaction():
            if self.get(kept.id, user) is None:
                self._put(user, kept)

    def forget_user(self, user: str) -> int:
        """Delete what a user kept, who is gone; return how many answers that were."""
        query = (
            "DELETE FROM conversations WHERE user = ? AND id IN (SELECT conversation_id FROM kept_answers)"
        )
        with self._store.transaction() as db:
            return db.execute(query, (user,)).rowcount

    def _put(self, user: str, kept: KeptAnswer) -> str:
        count = "SELECT count(*) FROM kept_answers JOIN conversations ON id = conversation_id WHERE user = ?"
        with self._store.transaction() as db:
            if db.execute(count, (user,)).fetchone()[0] >= MOST:
                raise UserError(
                    f"There are at most {MOST:,} kept answers; delete some first.",
                    f"Vous gardez au plus {MOST} réponses ; supprimez-en d'abord.",
                )
            self._store.begin(user, kept.record.question, kept.id)
            write(db, kept.id, kept.record)
            db.execute("INSERT INTO kept_answers VALUES (?, ?, ?)", (kept.id, kept.origin, kept.words))
        return kept.id

    def _records(self, kept_id: str, user: str) -> list[Record]:
        with self._store.connection() as db:
            return [
                Record(one.number, one.question, one.body, tuple(cited(db, kept_id, one.number)))
                for one in self._store.records(kept_id, user)
            ]


def gone() -> UserError:
    """Return the sentence for an answer that isn't kept any more, or is somebody else's."""
    return UserError("This answer isn't kept any more.", "Cette réponse n'est plus gardée.")
