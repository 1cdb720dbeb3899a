"""What a question means before anything is searched: its language, its full wording, its period.

Knows words and a given today; neither articles nor models.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from rag.conversation import joined, leans_on
from rag.dates import find_dates
from rag.errors import UserError
from rag.language import detect_language, normalise_text
from rag.periods import PublishedIn, period_in
from rag.schema import Filters, Period, Question, Turn


@dataclass(frozen=True, slots=True)
class Understood:
    """A question, its language, the question that stands alone, and the filters that hold for it.

    `period` is the part of `filters` that was read in the question; its offsets are of `standalone`.
    """

    question: Question
    language: str
    standalone: str
    filters: Filters
    period: Period | None = None


def normalised(asked: str | Question) -> Question:
    """The question and what was said before in the form of articles: NFC, no lone surrogates.

    UserError for an empty question.
    """
    question = Question(asked) if isinstance(asked, str) else asked
    if not question.text.strip():
        raise UserError(
            "The question is empty; ask something about your articles.",
            "La question est vide ; posez-en une sur vos articles.",
        )
    history = tuple(
        replace(turn, question=normalise_text(turn.question), answer=normalise_text(turn.answer))
        for turn in question.history
    )
    return replace(question, text=normalise_text(question.text), history=history)


def understand(
    question: Question, languages: Iterable[str], today: date, published_in: PublishedIn
) -> Understood:
    """Read a normalised question, of one of `languages` or French.

    A period that is inferred keeps undated articles, and gives way to dates in the question's filters.
    """
    language = detect_language(question.text, among=languages) or "fr"
    turns = leans_on(question.text, question.history, language)
    standalone, filters = joined(question.text, turns), question.filters
    if not question.infer_dates or filters.date_from or filters.date_to:
        return Understood(question, language, standalone, filters)
    period = _period(question.text, turns, language, today, published_in)
    if period is not None:
        filters = replace(filters, date_from=period.date_from, date_to=period.date_to, undated=True)
    return Understood(question, language, standalone, filters, period)


def _period(
    text: str, turns: tuple[Turn, ...], language: str, today: date, published_in: PublishedIn
) -> Period | None:
    """The period said last: a follow-up keeps the one of the question that it leans on, until it says
    another date itself, or the reader took the period away."""
    before = list(turns)
    spoken = text
    while True:
        offset = len(joined(spoken, before)) - len(spoken.strip())
        period = period_in(spoken.strip(), language, today, published_in)
        if period is not None:
            return replace(period, start=period.start + offset, end=period.end + offset)
        if not before or not before[-1].infer_dates or find_dates(spoken):
            return None
        spoken = before.pop().question
