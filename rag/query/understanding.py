"""What a question means before anything is searched: its language, its full wording, its period.

Knows words and a given today; neither articles nor models.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from rag.errors import UserError
from rag.query import answer_requests, small_talk
from rag.query.anaphora import needs_context
from rag.query.contextualization import EarlierQuestion, context_of, in_context, joined, questions
from rag.query.parsed_question import ParsedQuestion
from rag.query.question_text import QuestionText
from rag.query.temporal.expressions import AnchoredQuestion
from rag.query.temporal.period import PublishedIn, period_in
from rag.query.temporal.shifts import find_step, moved
from rag.schema.question import Period, Question
from rag.text.language_detection import detect_language
from rag.text.normalization import folded_words, normalise_text
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
    own = QuestionText(question.text.strip(), _detected(question.text, languages))
    response = small_talk.canned_response(own.folded)
    if response is not None:
        return ParsedQuestion(question, own, own, own, question.filters, small_talk=response)
    request = answer_requests.request(own.folded)
    earlier = questions(question.history)

    # In which language is it said, and does it lean on what was asked before?
    leans = bool(earlier) and needs_context(own)
    if earlier and len(words := folded_words(own.folded)) <= _FEW_WORDS:
        # `Et Macron ?` is taken for English, and `Qui les a tués ?` for Catalan: the conversation tells.
        last = earlier[-1].turn
        before = own.in_language(_detected(f"{last.question} {last.answer}", languages))
        sure = leans and not stop_words(own.language).isdisjoint(words)
        if before is not own and not sure and needs_context(before):
            own, leans = before, True
    context = context_of(earlier) if leans or request else ()

    # What is asked in full, what is searched for, and in which languages?
    wording = in_context(own.text, context, request)
    searched_in = _detected(wording.searched, languages) if context else own.language
    language = request.answered_in(searched_in, own.language) if context and request else own.language
    known = (own, *(before.words for before in context))
    search = _read(wording.searched, searched_in, *known)
    full = _read(wording.standalone, language, search, *known)

    # Of which days?
    filters, period = question.filters, None
    if question.infer_dates and not (filters.date_from or filters.date_to):
        period = _Periods(search.language, today, published_in).of(own, context)
        if period is not None:
            filters = replace(filters, date_from=period.date_from, date_to=period.date_to, undated=True)
    return ParsedQuestion(question, own, full, search, filters, period, context, request)


def _detected(text: str, languages: Iterable[str]) -> str:
    return detect_language(text, among=languages) or "fr"


def _read(text: str, language: str, *known: QuestionText) -> QuestionText:
    """Return a text in a language; what is known of the same text isn't looked for again."""
    same = next((other for other in known if other.text == text), None)
    return QuestionText(text, language) if same is None else same.in_language(language)


@dataclass(frozen=True, slots=True)
class _Periods:
    """Reads the period said last. `language` is that of the questions before."""

    language: str
    today: date
    published_in: PublishedIn

    def of(self, words: QuestionText, context: Sequence[EarlierQuestion]) -> Period | None:
        """Return the period that is said last, in the question or in those that it leans on.

        A follow-up keeps the period of the question that it leans on, or counts from it, until it says
        another date itself, or the reader took the period away.
        """
        asked = AnchoredQuestion(words.text, words.flat, words.language, self.today)
        offset = len(joined(asked.text, context)) - len(asked.text)
        period = period_in(asked, self.published_in)
        if period is not None:
            return replace(period, start=period.start + offset, end=period.end + offset)
        if not context or not context[-1].turn.infer_dates or asked.dates:
            return None
        before = self.of(context[-1].words.in_language(self.language), context[:-1])
        step = find_step(asked.flat, asked.language)
        if before is None or step is None:
            return before
        days = moved(before, step, self.today)
        start, end = step.start + offset, step.end + offset
        return days and Period(days.first, days.last, start, end, asked.text[step.start : step.end])
