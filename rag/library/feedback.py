"""What readers said of answers: the part of the catalogue that keeps it.

What is done inside a transaction of the catalogue belongs to it. Of an answer only pointers are kept, and
they go with the articles that they point into. The reader's own words (the question and the comment) may
repeat what those articles say, so they go with the first of them; the verdict and its reasons stay.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace

from rag.storage.database import Connection, Database
from rag.storage.errors import translate_storage_errors


@dataclass(frozen=True, slots=True)
class PassageRead:
    """`[start, end)` of the article whose `content_hash` this was.

    `citation` is its `[n]`, 0 for a passage that was found and not cited.
    """

    article_id: str
    content_hash: str
    start: int
    end: int
    citation: int


@dataclass(frozen=True, slots=True)
class Feedback:
    """A verdict (`up` or `down`) of `user` on the answer to `question`, with what was read for it."""

    id: str
    user: str
    given_at: str
    verdict: str
    reasons: tuple[str, ...]
    comment: str
    question: str
    status: str
    language: str
    model: str
    read: tuple[PassageRead, ...] = ()

    def to_dict(self) -> dict:
        """Return the fields as JSON has them."""
        return asdict(self) | {
            "reasons": list(self.reasons),
            "read": [asdict(passage) for passage in self.read],
        }


_COLUMNS = "id, user, given_at, verdict, reasons, comment, question, status, language, model"
_READ = 'article_id, content_hash, start, "end", citation'


class FeedbackTable:
    """What readers said of answers."""

    def __init__(self, file: Database) -> None:
        self._file = file

    def put(self, feedback: Feedback) -> None:
        """Keep it, in place of what was said under the same id.

        Without words if an article is gone already, or has taken those that were there with it.
        """
        with translate_storage_errors(self._file.folder), self._file.transaction() as db:
            listed = [passage for passage in feedback.read if _is_listed(db, passage.article_id)]
            if len(listed) < len(feedback.read) or _is_erased(db, feedback.id):
                feedback = replace(feedback, question="", comment="")
            self.withdraw(feedback.id)
            reasons = json.dumps(list(feedback.reasons))
            row = (feedback.id, feedback.user, feedback.given_at, feedback.verdict, reasons, feedback.comment)
            row += (feedback.question, feedback.status, feedback.language, feedback.model)
            db.execute(f"INSERT INTO feedback ({_COLUMNS}) VALUES ({', '.join('?' * len(row))})", row)
            pointers = [
                (feedback.id, p.article_id, p.content_hash, p.start, p.end, p.citation) for p in listed
            ]
            db.executemany(
                f"INSERT INTO feedback_read (feedback_id, {_READ}) VALUES (?, ?, ?, ?, ?, ?)"
                " ON CONFLICT DO NOTHING",
                pointers,
            )

    def withdraw(self, feedback_id: str) -> None:
        """Withdraw what was said under this id."""
        with translate_storage_errors(self._file.folder), self._file.transaction() as db:
            db.execute("DELETE FROM feedback WHERE id = ?", (feedback_id,))

    def forget(self, article_id: str) -> None:
        """Drop the words that may repeat this article, which is about to go with its pointers."""
        with self._file.transaction() as db:
            db.execute(
                "UPDATE feedback SET question = '', comment = ''"
                " WHERE id IN (SELECT feedback_id FROM feedback_read WHERE article_id = ?)",
                (article_id,),
            )

    def all(self) -> list[Feedback]:
        """Return all of it, latest first."""
        with self._file.connection() as db:
            rows = db.execute(f"SELECT {_COLUMNS} FROM feedback ORDER BY given_at DESC, id").fetchall()
            return [_feedback(row, _read(db, row[0])) for row in rows]

    def given(self, user: str, ids: Iterable[str]) -> list[Feedback]:
        """Return what this user said under these ids, without what was read for it."""
        query = f"SELECT {_COLUMNS} FROM feedback WHERE user = ? AND id IN (SELECT value FROM json_each(?))"
        with self._file.connection() as db:
            return [_feedback(row, ()) for row in db.execute(query, (user, json.dumps(list(ids))))]


def _feedback(row: Sequence, read: tuple[PassageRead, ...]) -> Feedback:
    return Feedback(*row[:4], tuple(json.loads(row[4])), *row[5:], read)


def _read(db: Connection, feedback_id: str) -> tuple[PassageRead, ...]:
    query = (
        f"SELECT {_READ} FROM feedback_read WHERE feedback_id = ?"
        " ORDER BY citation = 0, citation, article_id, start"
    )
    return tuple(PassageRead(*row) for row in db.execute(query, (feedback_id,)))


def _is_erased(db: Connection, feedback_id: str) -> bool:
    """Return whether something is said under this id of a question that went with an article."""
    query = "SELECT 1 FROM feedback WHERE id = ? AND question = ''"
    return db.execute(query, (feedback_id,)).fetchone() is not None


def _is_listed(db: Connection, article_id: str) -> bool:
    return db.execute("SELECT 1 FROM articles WHERE id = ?", (article_id,)).fetchone() is not None
