"""Which questions are answered otherwise than by the passages that state a fact, and by what.

Knows the kinds and their handlers; no order of events.
"""

from __future__ import annotations

from collections.abc import Callable

from rag.answering import catalogue, comparison, newest, statements, summary
from rag.answering.outcome import Outcome, Sources
from rag.query.intent import IntentKind
from rag.query.parsed_question import ParsedQuestion

Handler = Callable[[ParsedQuestion, Sources], Outcome | None]

HANDLERS: dict[IntentKind, Handler] = {
    "catalogue": catalogue.answer,
    "comparison": comparison.answer,
    "newest": newest.answer,
    "statements": statements.answer,
    "summary": summary.answer,
}


def outcome(question: ParsedQuestion, sources: Sources) -> Outcome | None:
    """Return what becomes of a question of these kinds; None for one that asks for a fact after all."""
    handler = HANDLERS.get(question.intent.kind)
    return handler(question, sources) if handler else None
