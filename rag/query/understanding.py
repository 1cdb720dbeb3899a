"""What a question means before anything is searched: its language, its full wording, its period.

Knows words and a given today; neither articles nor models.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from rag.errors import UserError
from rag.extraction.dates import find_dates
from rag.query import answer_requests
from rag.query.anaphora import leans
from rag.query.contextualization import joined, leans_on, questions, searched, standalone
from rag.query.temporal.period import PublishedIn, period_in
from rag.query.temporal.shifts import find_step, moved
from rag.schema.question import Filters, Period, Question, Turn
from rag.text.language_detection import detect_language
from rag.text.normalization import normalise_text, words
from rag.text.stop_words import stop_words

_FEW_WORDS = 4


@dataclass(frozen=True, slots=True)
class Understood:
    """A question, the language of its answer, the question that stands alone, and the filters that hold.

    `searched` is what the articles are searched for: `standalone` without what is asked of the answer's
    form ("résume"), in the language `searched_in`, which isn't the answer's after "en anglais". `period`
    is the part of `filters` that was read in the question; its offsets are of `standalone`.
    """

    question: Question
    language: str
    standalone: str
    filters: Filters
    searched: str
    searched_in: str
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
    said_in = _said_in(question, languages)
    turns = leans_on(question.text, question.history, said_in)
    found = searched(question.text, turns)
    searched_in = _detected(found, languages) if turns else said_in
    request = answer_requests.request(question.text) if turns else None
    understood = Understood(
        question,
        request.answered_in(searched_in, said_in) if request else said_in,
        standalone(question.text, question.history, said_in),
        question.filters,
        found,
        searched_in,
    )
    if not question.infer_dates or question.filters.date_from or question.filters.date_to:
        return understood
    period = _Periods(searched_in, today, published_in).of(question.text, turns, said_in)
    if period is None:
        return understood
    narrowed = replace(question.filters, date_from=period.date_from, date_to=period.date_to, undated=True)
    return replace(understood, filters=narrowed, period=period)


def _detected(text: str, languages: Iterable[str]) -> str:
    return detect_language(text, among=languages) or "fr"


def _said_in(question: Question, languages: Iterable[str]) -> str:
    """The question's language; that of the conversation for a few words that could be of either.

    `Et Macron ?` is taken for English, and `Qui les a tués ?` for Catalan.
    """
    found, said = _detected(question.text, languages), words(question.text)
    asked = questions(question.history)
    if not asked or len(said) > _FEW_WORDS:
        return found
    before = _detected(f"{asked[-1].question} {asked[-1].answer}", languages)
    sure = leans(question.text, found) and not stop_words(found).isdisjoint(said)
    return before if leans(question.text, before) and not sure else found


@dataclass(frozen=True, slots=True)
class _Periods:
    """Reads the period said last. `language` is that of the questions before."""

    language: str
    today: date
    published_in: PublishedIn

    def of(self, text: str, turns: tuple[Turn, ...], language: str) -> Period | None:
        """A follow-up keeps the period of the question that it leans on, or counts from it, until it says
        another date itself, or the reader took the period away."""
        said, offset = text.strip(), len(joined(text, turns)) - len(text.strip())
        period = period_in(said, language, self.today, self.published_in)
        if period is not None:
            return replace(period, start=period.start + offset, end=period.end + offset)
        if not turns or not turns[-1].infer_dates or find_dates(said):
            return None
        before = self.of(turns[-1].question, turns[:-1], self.language)
        step = find_step(said, language)
        if before is None or step is None:
            return before
        days = moved(before, step, self.today)
        start, end = step.start + offset, step.end + offset
        return days and Period(days.first, days.last, start, end, said[step.start : step.end])
