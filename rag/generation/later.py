"""What is said later in place of what an answer cites: put right, put off, called off. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rag.consistency.matter import Matter
from rag.consistency.replacement import replacing_value, says_what_was_wrong
from rag.consistency.superseding import (
    corrects_one_of,
    may_supersede,
    said_before,
    superseding,
    value_after,
)
from rag.consistency.values import known_as_stated
from rag.generation.claim_checker import ClaimChecker
from rag.generation.marking import UNREAD, marked, sentences
from rag.retrieval.passage_reading import Readings
from rag.schema.evidence import Evidence
from rag.schema.hit import Hit


def said_instead(
    cited: Sequence[Evidence], checker: ClaimChecker, hits: Sequence[Hit], readings: Readings = UNREAD
) -> list[Evidence]:
    """Return what later articles on the same say in place of the first citation, oldest first.

    Args:
        cited: What the answer cites; the first has the words that answer, or nothing is found.
        checker: Knows the question.
        hits: The passages that were found.
        readings: What the trained reader says of their sentences.
    """
    analyses, articles = checker.reader.analyses, [item.article for item in cited[:1]]
    offered = [
        item
        for item in sentences(hits)
        if may_supersede(item)
        and (checker.is_of_the_subject(item) or corrects_one_of(item.article, articles, analyses))
    ]
    question = checker.question
    return superseding(
        cited,
        offered,
        question.expected_answer,
        analyses,
        _marking(checker, readings),
        Matter.of(question.full, analyses),
    )


def said_before_it(
    cited: Sequence[Evidence], checker: ClaimChecker, readings: Readings = UNREAD
) -> list[Evidence]:
    """Return what the first citation says something in place of, of articles that aren't cited, newest first."""
    if not cited or not may_supersede(cited[0]):
        return []
    question, analyses = checker.question, checker.reader.analyses
    offered = [item for item in checker.offered if checker.is_of_the_subject(item)]
    return said_before(
        cited,
        offered,
        question.expected_answer,
        analyses,
        _marking(checker, readings),
        Matter.of(question.full, analyses),
    )


def _marking(checker: ClaimChecker, readings: Readings) -> Callable[[Evidence], Evidence]:
    return lambda item: marked(item, checker, readings)


def put_right(
    item: Evidence, checker: ClaimChecker, hits: Sequence[Hit], readings: Readings = UNREAD
) -> Evidence:
    """Return what a correction says is right, in a sentence that answers with what was wrong, or after it.

    `An earlier version said five people were killed. Four people were killed.` Another sentence is returned
    as it is; where nothing else is said, this one without words that would answer.
    """
    if not says_what_was_wrong(item):
        return item
    expected, analyses = checker.question.expected_answer, checker.reader.analyses
    span = replacing_value(item, [item], expected, analyses)
    if span is not None:
        return item.answered_by(span)
    after = value_after(item, [item], sentences(hits), expected, analyses, _marking(checker, readings))
    return after or item.answered_by(None)


def said_instead_of_yes(item: Evidence, checker: ClaimChecker, hits: Sequence[Hit]) -> Evidence | None:
    """Return what a later article says in place of the day or number that a question asks whether it is so.

    `item` says that it is.
    """
    question, analyses = checker.question.full, checker.reader.analyses
    known = known_as_stated(item, analyses.of(question.text, question.language), analyses)
    return next(iter(said_instead([known], checker, hits)[::-1]), None) if known is not None else None
