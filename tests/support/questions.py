"""Questions as the steps after `understand` read them, without a conversation."""

from __future__ import annotations

from rag.query.parsed_question import ParsedQuestion
from rag.query.question_text import QuestionText
from rag.schema.question import NO_FILTERS, Question


def parsed(text: str, language: str = "fr", answered_in: str | None = None) -> ParsedQuestion:
    """A question in a language, answered in that one or another."""
    own = QuestionText(text, language)
    return ParsedQuestion(Question(text), own, own.in_language(answered_in or language), own, NO_FILTERS)
