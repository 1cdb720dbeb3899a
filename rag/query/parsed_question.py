"""A question as every later step reads it: its words, what it leans on, and what it asks of the articles.

Pure. Made once for each question by `rag.query.understanding.understand`; knows neither articles nor models.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from rag.query.answer_requests import Request
from rag.query.answer_type import ExpectedAnswer
from rag.query.contextualization import EarlierQuestion
from rag.query.intent import FACT, Intent
from rag.query.question_text import QuestionText
from rag.query.small_talk import CannedResponse
from rag.schema.question import Filters, Period, Question


@dataclass(frozen=True)
class ParsedQuestion:
    """A question, read once with its conversation.

    Attributes:
        question: What was asked, normalised.
        own: Its words in the language in which they are said.
        full: The question that stands alone, in the language of its answer.
        search: What the articles are searched for: `full` without what is asked of the answer's form
            ("résume"), in a language that isn't the answer's after "en anglais".
        filters: The filters that hold, with the period.
        period: The part of `filters` that was read in the question; its offsets are those of `full`.
        context: The question that it leans on, as it was understood, or none.
        request: What it asks of the last answer and not of the articles.
        small_talk: The response, if it asks nothing; then nothing else was read.
        intent: The kind of answer that it asks for.
        certain: Whether each part of a follow-up found its place in the question that stands alone.

    """

    question: Question
    own: QuestionText
    full: QuestionText
    search: QuestionText
    filters: Filters
    period: Period | None = None
    context: tuple[EarlierQuestion, ...] = ()
    request: Request | None = None
    small_talk: CannedResponse | None = None
    intent: Intent = FACT
    certain: bool = True

    @property
    def standalone(self) -> str:
        """The question that stands alone."""
        return self.full.text

    @property
    def language(self) -> str:
        """The language of the answer (ISO 639-1)."""
        return self.full.language

    @property
    def searched(self) -> str:
        """What the articles are searched for."""
        return self.search.text

    @property
    def searched_in(self) -> str:
        """The language of `searched` (ISO 639-1)."""
        return self.search.language

    @property
    def expected_answer(self) -> ExpectedAnswer:
        """What would answer the question that stands alone."""
        return self.full.expected_answer

    @property
    def needs_rewriting(self) -> bool:
        """Whether no rule puts it into words that stand alone, so that a model may."""
        return bool(self.context) and self.request is None and not self.certain

    def reworded(self, written: QuestionText) -> ParsedQuestion:
        """Return the question in these words; itself where they lack the words of its period."""
        full = written.in_language(self.language)
        if self.period is None:
            return replace(self, full=full, search=written)
        start = written.text.find(self.period.words)
        if start < 0:  # a period of an earlier question, which the joined ones show
            return self
        period = replace(self.period, start=start, end=start + len(self.period.words))
        return replace(self, full=full, search=written, period=period)
