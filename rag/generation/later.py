"""What is said later in place of what an answer cites: put right, put off, called off. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from rag.consistency.cancelling import cancels, may_cancel
from rag.consistency.costs_beside import without_costs_beside
from rag.consistency.differing import said_otherwise
from rag.consistency.holders import with_right_name, with_successor
from rag.consistency.matter import Matter
from rag.consistency.replacement import marked_age, replacing_value, says_what_was_wrong
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
from rag.schema.article import Span, stated_day
from rag.schema.evidence import Claim, Evidence
from rag.schema.hit import Hit
from rag.text.folding import flatten


def newest_first(
    claims: Sequence[Claim], checker: ClaimChecker, hits: Sequence[Hit], readings: Readings = UNREAD
) -> tuple[Claim, ...]:
    """Return claims with what other articles say in place of the first, or otherwise: the newest first.

    Args:
        claims: What the sentences on offer answer.
        checker: Knows the question.
        hits: The passages that were found.
        readings: What the trained reader says of their sentences.
    """
    claims = tuple(_put_right(claim, checker, hits, readings) for claim in claims)
    asked = checker.question.expected_answer
    first = {id(one) for one in without_costs_beside([claim.evidence[0] for claim in claims], asked)}
    claims = tuple(claim for claim in claims if id(claim.evidence[0]) in first)
    cited = [item for claim in claims for item in claim.evidence]
    above = said_instead(cited, checker, hits, readings)[::-1]
    below: list[Evidence] = []
    if not above:
        below = _said_before(cited, checker, readings)
    if not above and not below:
        otherwise = _said_otherwise(cited[:1], checker, hits, readings)
        above = [item for item in otherwise if _is_newer(item, cited[0])]
        below = [item for item in otherwise if item not in above]
    told = {(item.article.id, item.start) for item in (*above, *below)}
    others = [
        claim for claim in claims if {(one.article.id, one.start) for one in claim.evidence}.isdisjoint(told)
    ]
    return (*map(Claim.quoting, above), *others, *map(Claim.quoting, below))


def _put_right(claim: Claim, checker: ClaimChecker, hits: Sequence[Hit], readings: Readings) -> Claim:
    expected, analyses = checker.question.expected_answer, checker.reader.analyses
    right = put_right(claim.evidence[0], checker, hits, readings)
    right = with_right_name(marked_age(right, expected, analyses), expected, analyses)
    right = with_successor(right, expected, analyses)
    return claim if right is claim.evidence[0] else replace(claim, evidence=(right,), text=right.quote)


def _is_of_the_known(item: Evidence, cited: Sequence[Evidence], checker: ClaimChecker) -> bool:
    """Return whether a sentence has what is known, which is nobody else, and says of the subject what it may.

    Also that it isn't so: `Karl Vidal isn't the author of it` answers nothing, and ends what was told.
    """
    known = cited[0].answer_words if cited else ""
    start = item.quote.find(known) if known else -1
    if start < 0:
        return False
    told = item.answered_by(Span(item.start + start, item.start + start + len(known)))
    return checker.bearing is None or not checker.bearing.unborne(told)


def called_off(item: Evidence, cited: Sequence[Evidence], checker: ClaimChecker) -> bool:
    """Return whether a sentence says that what the first citation announces won't be, and names it."""
    if not cited or not may_cancel(flatten(item.quote).lower()):
        return False
    question, analyses = checker.question, checker.reader.analyses
    matter = Matter.of(question.full, analyses)
    return cancels(item, cited[0], question.expected_answer, analyses, matter)


def _is_newer(item: Evidence, known: Evidence) -> bool:
    days = [stated_day(one.article.published_at) for one in (item, known)]
    return all(days) and days[0] > days[1]


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
    every = sentences(hits)
    # What else an article says that calls something off: `some 200 jobs will still go`.
    calling_off = {item.article.id for item in every if may_cancel(flatten(item.quote).lower())}
    offered = [
        item
        for item in every
        if (may_supersede(item) or item.article.id in calling_off)
        and (
            checker.is_of_the_subject(item)
            or corrects_one_of(item.article, articles, analyses)
            or _is_of_the_known(item, cited, checker)
            or called_off(item, cited, checker)
        )
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


def _said_before(cited: Sequence[Evidence], checker: ClaimChecker, readings: Readings) -> list[Evidence]:
    """Return what the first citation puts something in place of, of other articles, newest first."""
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


def _said_otherwise(
    cited: Sequence[Evidence], checker: ClaimChecker, hits: Sequence[Hit], readings: Readings
) -> list[Evidence]:
    """Return what other articles say otherwise than the first citation, where no word says which holds."""
    question, analyses = checker.question, checker.reader.analyses
    return said_otherwise(
        cited,
        [item for item in sentences(hits) if checker.is_of_the_subject(item)],
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
    off = [other for other in sentences(hits) if called_off(other, [item], checker)]
    if off:
        return max(off, key=lambda other: other.article.published_at or "")
    known = known_as_stated(item, analyses.of(question.text, question.language), analyses)
    return next(iter(said_instead([known], checker, hits)[::-1]), None) if known is not None else None
