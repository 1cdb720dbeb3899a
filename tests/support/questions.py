"""Questions as the steps after `understand` read them, without a conversation."""

from __future__ import annotations

from rag.extraction.analysed_sentence import AnalysedSentence
from rag.query.answer_type import gives
from rag.query.parsed_question import ParsedQuestion
from rag.query.question_text import QuestionText
from rag.schema.question import NO_FILTERS, Question


def parsed(text: str, language: str = "fr", answered_in: str | None = None) -> ParsedQuestion:
    """A question in a language, answered in that one or another."""
    own = QuestionText(text, language)
    return ParsedQuestion(Question(text), own, own.in_language(answered_in or language), own, NO_FILTERS)


def is_given(asked: str, said: str, language: str = "fr", said_in: str | None = None) -> bool:
    """Whether a sentence, in the question's language or another, gives what the question expects."""
    return gives(QuestionText(asked, language).expected_answer, AnalysedSentence(said, said_in or language))
