"""What a reader says of an answer: a thumb, reasons for it, words of their own; and the record that is kept.

Pure. What comes from the page is hostile: only known verdicts and reasons are taken, and words are cut.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime

from rag.library.feedback import Feedback, PassageRead
from rag.schema.answer import Answer

# The words are `reason_up_…` and `reason_down_…`.
REASONS = {
    "up": ("right", "quotes", "quick"),
    "down": ("wrong", "missing", "quotes", "unclear"),
}
LONGEST = 1000  # characters of a comment


@dataclass(frozen=True, slots=True)
class Rating:
    """`id` is that of the answer that is rated (`rating_id`); `explained` says that the reader has said why.

    `error` is why it could not be kept.
    """

    verdict: str
    reasons: tuple[str, ...] = ()
    comment: str = ""
    explained: bool = False
    error: str = ""
    id: str = field(kw_only=True)


def rating_id(conversation: str, number: int) -> str:
    """Return what the rating of exchange `number` of a conversation is kept under.

    Always the same, so that it is found and changed later; it tells nobody which conversation that is.
    """
    return hashlib.sha256(f"{conversation} {number}".encode()).hexdigest()[:32]


def given(feedback: Feedback) -> Rating:
    """Return the rating that this is the record of."""
    reasons = known_reasons(feedback.verdict, list(feedback.reasons))
    explained = bool(reasons or feedback.comment)
    return Rating(feedback.verdict, reasons, feedback.comment, explained, id=feedback.id)


def known_reasons(verdict: str, said: object) -> tuple[str, ...]:
    """Return those of the reasons that belong to the verdict, in their order, each once."""
    wanted = [reason for reason in said if isinstance(reason, str)] if isinstance(said, list) else []
    return tuple(reason for reason in REASONS[verdict] if reason in wanted)


def comment(said: object) -> str:
    """Return the reader's words on as many lines as they wrote, without what nobody sees, cut to LONGEST."""
    words = said if isinstance(said, str) else ""
    seen = "".join(c for c in words if c == "\n" or c.isprintable())
    return seen.strip()[:LONGEST]


def record(rating: Rating, answer: Answer, user: str, now: datetime | None = None) -> Feedback:
    """Return what is kept of a rating: of the answer only where it points, never its words.

    Args:
        rating: The rating.
        answer: The answer that it is of.
        user: Whose it is.
        now: When it was given.
    """
    return Feedback(
        id=rating.id,
        user=user,
        given_at=(now or datetime.now(UTC)).isoformat(timespec="seconds"),
        verdict=rating.verdict,
        reasons=rating.reasons,
        comment=rating.comment,
        question=answer.question,
        status=answer.status,
        language=answer.language,
        model=answer.model,
        read=_read(answer),
    )


def _read(answer: Answer) -> tuple[PassageRead, ...]:
    cited = [
        PassageRead(item.article.id, item.article.content_hash, item.start, item.end, number)
        for number, item in enumerate(answer.citations, start=1)
    ]
    found = [
        PassageRead(hit.article.id, hit.article.content_hash, hit.start, hit.end, 0) for hit in answer.hits
    ]
    return (*cited, *found)
