"""What a question means before anything is searched: its language, its full wording, its period.

Knows words and a given today; neither articles nor models.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from rag.errors import UserError
from rag.query import answer_requests, small_talk
from rag.query.anaphora import needs_context
from rag.query.contextualization import context_of, in_context, joined, questions
from rag.query.parsed_question import ParsedQuestion
from rag.query.question_text import QuestionText
from rag.query.temporal.expressions import AnchoredQuestion
from rag.query.temporal.period import PublishedIn, period_in
from rag.query.temporal.shifts import find_step, moved
from rag.schema.question import Period, Question, Turn
from rag.text.language_detection import detect_language
from rag.text.normalization import normalise_text, words
from rag.text.stop_words import stop_words

_FEW_WORDS = 4


def normalised(asked: str | Question) -> Question:
    """Put a question and what was said before it in the form of articles: NFC, no lone surrogates.

    Raises:
        UserError: The question is empty.
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
) -> ParsedQuestion:
    """Read a normalised question with its conversation, each rule once.

    A period that is inferred keeps undated articles, and gives way to dates in the question's filters.

    Args:
        question: What is asked, as `normalised` gives it.
        languages: The languages that are likely; French is taken where none can be told.
        today: The day from which `la semaine dernière` is counted.
        published_in: Whether the library has articles of some days.
    """
    reply = small_talk.reply(question.text)
    if reply is not None:
        said = QuestionText(question.text, reply.language)
        return ParsedQuestion(question, said, said, said, question.filters, small_talk=reply)
    request = answer_requests.request(question.text)
    earlier = questions(question.history)

    # In which language is it said, and does it lean on what was asked before?
    own = QuestionText(question.text, _detected(question.text, languages))
    leans = bool(earlier) and needs_context(own)
    if earlier and len(said_words := words(question.text)) <= _FEW_WORDS:
        # `Et Macron ?` is taken for English, and `Qui les a tués ?` for Catalan: the conversation tells.
        before = own.in_language(_detected(f"{earlier[-1].question} {earlier[-1].answer}", languages))
        sure = leans and not stop_words(own.language).isdisjoint(said_words)
        if before is not own and not sure and needs_context(before):
            own, leans = before, True
    context = context_of(earlier) if leans or request else ()

    # What is asked in full, what is searched for, and in which languages?
    wording = in_context(question.text, context, request)
    search = QuestionText(wording.searched, own.language)
    language = own.language
    if context:
        search = search.in_language(_detected(search.text, languages))
    if context and request:
        language = request.answered_in(search.language, own.language)
    search = _one_of(search, own)
    full = _one_of(QuestionText(wording.standalone, language), own, search)

    # Of which days?
    filters, period = question.filters, None
    if question.infer_dates and not (filters.date_from or filters.date_to):
        period = _Periods(search.language, today, published_in).of(question.text, context, own.language)
        if period is not None:
            filters = replace(filters, date_from=period.date_from, date_to=period.date_to, undated=True)
    return ParsedQuestion(question, own, full, search, filters, period, context, request)


def _detected(text: str, languages: Iterable[str]) -> str:
    return detect_language(text, among=languages) or "fr"


def _one_of(text: QuestionText, *known: QuestionText) -> QuestionText:
    """The one that is known, if it is the same: what was found in it isn't looked for again."""
    return next((other for other in known if other == text), text)


@dataclass(frozen=True, slots=True)
class _Periods:
    """Reads the period said last. `language` is that of the questions before."""

    language: str
    today: date
    published_in: PublishedIn

    def of(self, text: str, turns: tuple[Turn, ...], language: str) -> Period | None:
        """A follow-up keeps the period of the question that it leans on, or counts from it, until it says
        another date itself, or the reader took the period away."""
        asked = AnchoredQuestion(text.strip(), language, self.today)
        offset = len(joined(text, turns)) - len(asked.text)
        period = period_in(asked, self.published_in)
        if period is not None:
            return replace(period, start=period.start + offset, end=period.end + offset)
        if not turns or not turns[-1].infer_dates or asked.dates:
            return None
        before = self.of(turns[-1].question, turns[:-1], self.language)
        step = find_step(asked.flat, language)
        if before is None or step is None:
            return before
        days = moved(before, step, self.today)
        start, end = step.start + offset, step.end + offset
        return days and Period(days.first, days.last, start, end, asked.text[step.start : step.end])
