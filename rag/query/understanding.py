"""What a question means before anything is searched: its language, its full wording, its period.

Knows words and a given today; neither articles nor models.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from rag.errors import UserError
from rag.query import answer_requests, small_talk
from rag.query.contextualization import (
    Conversation,
    EarlierQuestion,
    Wording,
    asked_again,
    asks_articles,
    summary_of,
)
from rag.query.follow_ups.composing import upper_first
from rag.query.follow_ups.context_need import SPOKEN, needs_context
from rag.query.intent import Intent, read_intent
from rag.query.keywords import as_question
from rag.query.offers import Offer, offered
from rag.query.parsed_question import ParsedQuestion
from rag.query.question_language import question_language
from rag.query.question_text import QuestionText
from rag.query.resolution.descriptions import names_article
from rag.query.resolution.resolution import Resolution
from rag.query.temporal.expressions import AnchoredQuestion
from rag.query.temporal.period import PublishedIn, period_in
from rag.schema.question import Period, Question, Turn
from rag.text.normalization import folded_words, normalise_text

_GAP = re.compile(r"(\s)\s+")
_FEW_WORDS = 4
# What is asked in a way of its own, with a subject.
_OF_A_SUBJECT = ("newest", "summary", "comparison", "catalogue")


def normalised(asked: str | Question) -> Question:
    """Put a question and what was said before it in the form of articles: NFC, no lone surrogates.

    Of white space one character is left: what reads a question takes long for the gaps that nobody reads.

    Raises:
        UserError: The question is empty, or too long.

    """
    question = Question(asked) if isinstance(asked, str) else asked
    if not question.text.strip():
        raise UserError(
            "The question is empty; ask something about your articles.",
            "La question est vide ; posez-en une sur vos articles.",
        )
    question.check_length()
    history = tuple(
        replace(
            turn,
            question=_without_gaps(turn.question),
            answer=normalise_text(turn.answer),
            standalone=_without_gaps(turn.standalone),
        )
        for turn in question.history
    )
    return replace(question, text=_without_gaps(question.text), history=history)


def _without_gaps(question: str) -> str:
    return _GAP.sub(r"\1", normalise_text(question))


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
    spoken_in = _Languages(tuple(languages), question.language)
    own = QuestionText(question.text.strip(), SPOKEN[0])
    asked_in = question_language(own, spoken_in.known, question.language)
    own = own.in_language(asked_in.code)
    offer = _taken_up(own, question.history)
    response = None if offer else small_talk.canned_response(own.folded)
    if response is not None:
        return ParsedQuestion(question, own, own, own, question.filters, small_talk=response)
    request = None if offer else answer_requests.request(own.folded)
    asked = [turn for turn in question.history if _asks_of_the_world(spoken_in.said(turn))]

    # In which language is it said?
    if asked and not asked_in.sure and len(folded_words(own.folded)) <= _FEW_WORDS:
        # `Macron ?` is in no language: the conversation tells.
        before = own.in_language(spoken_in.read(asked[-1]).language)
        if before is not own and needs_context(before):
            own = before
    # What is asked in full, what is searched for, and in which languages?
    intent = read_intent(own.text, own.flat, own.language)
    said = Conversation.of(asked, spoken_in.read, today)
    last = said.earlier[-1:]
    resolved = None
    summed_up = bool(request and request.sums_up and last and last[0].turn.article_id)
    if request is not None and last:
        wording = summary_of(own, last[0].turn) if summed_up else asked_again(own.text, last[0], request)
        searched_in, language = last[0].language, request.answered_in(last[0].language, own.language)
    else:
        own_matter = intent.about_conversation and not names_article(own.flat)
        last = () if own_matter else last
        if offer is not None:
            resolved = Resolution(offer.question, offer.language)
        elif last:
            resolved = said.resolved(own, intent.kind in _OF_A_SUBJECT and bool(intent.subject))
        last = last if resolved is not None and resolved.leans else ()
        text = resolved.text if resolved else as_question(own.text, own.flat, own.language)
        wording = Wording(text, text)
        searched_in, language = resolved.language if resolved else own.language, own.language
    read = (own, *(before.words for before in last))
    search = _read(wording.searched, searched_in, *read)
    full = _read(wording.standalone, language, search, *read)

    # Of which days?
    filters = question.filters
    # A title's dates narrow nothing.
    period = stated = None if summed_up else _Periods(search, today, published_in).of(own, last, resolved)
    if not question.infer_dates or filters.date_from or filters.date_to:
        period = None
    if period is not None:
        filters = replace(filters, date_from=period.date_from, date_to=period.date_to, undated=True)

    # What kind of answer is wanted?
    if request is None:
        dated = (stated.start, stated.end) if stated else None
        intent = read_intent(search.text, search.flat, search.language, dated)
    elif summed_up:
        intent = Intent("summary", "this")
    certain = resolved is None or resolved.certain
    return ParsedQuestion(
        question, own, full, search, filters, period, last, request, intent=intent, certain=certain
    )


def _asks_of_the_world(earlier: QuestionText) -> bool:
    """Return whether an earlier question may tell what a later one is about.

    `Qui a écrit cela ?` doesn't: `D'où vient-elle ?` after it is asked of what was spoken of before.
    """
    if not asks_articles(earlier.folded):
        return False
    return not read_intent(earlier.text, earlier.flat, earlier.language).wanted.endswith(" this")


def _taken_up(own: QuestionText, history: Sequence[Turn]) -> Offer | None:
    """Return what the last answer offered, if these words take it up."""
    if not history or not small_talk.agrees(own.folded):
        return None
    last = history[-1]
    return offered(last.answer, last.standalone or last.question)


def _read(text: str, language: str, *known: QuestionText) -> QuestionText:
    """Return a text in a language; what is known of the same text isn't looked for again."""
    same = next((other for other in known if other.text == text), None)
    return QuestionText(text, language) if same is None else same.in_language(language)


@dataclass(frozen=True, slots=True)
class _Languages:
    """Earlier questions and the languages in which they were asked; each is told once."""

    known: tuple[str, ...]
    page: str | None
    _said: dict[Turn, QuestionText] = field(default_factory=dict)
    _read: dict[Turn, QuestionText] = field(default_factory=dict)

    def said(self, turn: Turn) -> QuestionText:
        """Return what was said, in no language in particular."""
        if turn not in self._said:
            self._said[turn] = QuestionText(turn.question.strip(), SPOKEN[0])
        return self._said[turn]

    def read(self, turn: Turn) -> QuestionText:
        """Return a question as it was understood, in its language, or its answer's."""
        if turn not in self._read:
            said = self.said(turn)
            if turn.standalone and turn.standalone != said.text:
                said = QuestionText(turn.standalone, SPOKEN[0])
            asked_in = question_language(said, self.known, self.page)
            if not asked_in.sure:
                both = QuestionText(f"{said.text} {turn.answer}", SPOKEN[0])
                asked_in = question_language(both, self.known, self.page)
            self._read[turn] = said.in_language(asked_in.code)
        return self._read[turn]


@dataclass(frozen=True, slots=True)
class _Periods:
    """Reads the period of a question that stands alone: `search` are its words."""

    search: QuestionText
    today: date
    published_in: PublishedIn

    def of(
        self, own: QuestionText, last: Sequence[EarlierQuestion], resolved: Resolution | None
    ) -> Period | None:
        """Return the period that is said, or counted from the last question's.

        None for one that a follow-up only has from the last question, if the reader took it away there.
        """
        taken_away = bool(last) and not last[0].turn.infer_dates
        if resolved is not None and resolved.days is not None and not taken_away:
            days, words = resolved.days, self._as_written(resolved.dated)
            start = self.search.text.index(words)
            return Period(days.first, days.last, start, start + len(words), words)
        period = period_in(self._anchored(self.search), self.published_in)
        if period is None or not taken_away or period.words in own.text:
            return period
        return None

    def _as_written(self, words: str) -> str:
        """Return words of the question as it has them: with a capital where it begins with them."""
        return words if words in self.search.text else upper_first(words)

    def _anchored(self, words: QuestionText) -> AnchoredQuestion:
        return AnchoredQuestion(words.text, words.flat, words.language, self.today)
