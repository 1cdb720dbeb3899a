"""A question that joins several → each asked by itself, and one answer of their answers.

Knows questions and answers; how one question is answered is the caller's business. A part is answered as it
is alone: by its own search, of what it is about, or not at all. One that leans on those before it
(`…, et avec combien de voix ?`) is asked after them, as in a conversation.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace

from rag.extraction.analysed_sentence import SentenceAnalyses
from rag.generation.answer_builder import AnswerBuilder
from rag.query.answer_type import QuestionPart
from rag.query.parsed_question import ParsedQuestion
from rag.schema.answer import Answer
from rag.schema.events import ClaimChecked, Event, EvidenceChosen, HitsFound, TokenDrafted
from rag.schema.evidence import Claim
from rag.schema.hit import Hit
from rag.schema.question import Question, Turn

# Answers one question: what is learnt on the way, and last the Answer.
Ask = Callable[[Question], AsyncIterator[Event]]


@dataclass(frozen=True, slots=True)
class PartAnswer:
    """A part with its answer when it is asked by itself.

    `is_tied`: the answer is of what the parts before it are about, where this one names nothing.
    """

    part: QuestionPart
    answer: Answer
    is_tied: bool = True

    @property
    def claims(self) -> tuple[Claim, ...]:
        """What answers the part, under its words; nothing where its answer leaves it open."""
        if self.answer.missing or not self.is_tied:
            return ()
        return tuple(_headed(claim, self.part, self.answer.language) for claim in self.answer.claims)


def questions_in(question: ParsedQuestion) -> tuple[QuestionPart, ...]:
    """Return the questions that one joins; none of one, nor where yes or no is wanted."""
    return () if question.intent.kind == "yes_no" else question.expected_answer.parts


async def answered_in_parts(
    question: ParsedQuestion, builder: AnswerBuilder, ask: Ask
) -> AsyncIterator[Event]:
    """Ask each part of a question by itself: yields what is learnt on the way, and last the Answer.

    Args:
        question: Joins several.
        builder: Makes its answer.
        ask: Answers a part.
    """
    told: list[PartAnswer] = []
    history: tuple[Turn, ...] = ()
    claims, hits = 0, {}
    for part in questions_in(question):
        begun = claims
        async with aclosing(ask(_alone(part, question, history))) as events:
            async for event in events:
                if isinstance(event, Answer):
                    told.append(PartAnswer(part, event, _is_tied(part, event, told, question)))
                    history = (*history, event.turn(question.question.infer_dates))
                elif isinstance(event, HitsFound):
                    hits |= {hit.passage_id: hit for hit in event.hits if hit.passage_id not in hits}
                    yield HitsFound(
                        tuple(hits.values()), question.standalone, question.filters, question.period
                    )
                elif isinstance(event, EvidenceChosen):
                    yield event
                elif isinstance(event, TokenDrafted):
                    claims = max(claims, begun + event.claim + 1)
                    yield replace(event, claim=begun + event.claim)
                elif isinstance(event, ClaimChecked):
                    claims = max(claims, begun + event.claim + 1)
                    headed = _headed(event.checked, part, question.language)
                    yield ClaimChecked(begun + event.claim, headed, event.kept)
    yield _in_one(told, builder)


def _alone(part: QuestionPart, question: ParsedQuestion, history: tuple[Turn, ...]) -> Question:
    """Return a part as a question: the first has the days that only a later one names."""
    asked = question.question
    undated = not history and question.period is not None and question.period.words not in part.text
    return replace(
        asked,
        text=_asked(part, question),
        history=history if part.text == part.asking else (),
        filters=question.filters if undated else asked.filters,
        language=question.language,
    )


def _asked(part: QuestionPart, question: ParsedQuestion) -> str:
    return part.text[:1].upper() + part.text[1:] + (" ?" if question.language == "fr" else "?")


# A name, for want of which little ties a part to what the others are about.
_NAME = re.compile(r"(?<=[\s'’(-])[A-ZÀ-Ý]")


def _is_tied(
    part: QuestionPart, answer: Answer, before: Sequence[PartAnswer], question: ParsedQuestion
) -> bool:
    """Return whether an answer is of what the earlier parts are about, where its part names nothing.

    `How many passengers were on board?` says of no ferry: the articles of the parts before it tell which.
    Where these have no answer, what they are about must have found its place in the part.
    """
    if not before or part.text != part.asking or _NAME.search(answer.standalone_question):
        return True
    known = {item.article.id for one in before for claim in one.claims for item in claim.evidence}
    if not known:
        return answer.standalone_question != _asked(part, question)
    return all(item.article.id in known for claim in answer.claims for item in claim.evidence)


def _headed(claim: Claim, part: QuestionPart, language: str) -> Claim:
    """Return a claim under the part that it answers, before what stands over it otherwise."""
    heading = part.asking[:1].upper() + part.asking[1:]
    if claim.heading:
        heading += (" : " if language == "fr" else ": ") + claim.heading
    return replace(claim, heading=heading)


def _in_one(told: list[PartAnswer], builder: AnswerBuilder) -> Answer:
    """Return the answer to the whole: what answers each part, and the parts that are left open."""
    hits: dict[str, Hit] = {}
    for one in told:
        builder.claims.extend(one.claims)
        builder.withdrawn.extend(one.answer.withdrawn)
        hits |= {hit.passage_id: hit for hit in one.answer.hits if hit.passage_id not in hits}
        for stage, seconds in one.answer.timings.items():
            builder.timings[stage] = round(builder.timings.get(stage, 0.0) + seconds, 4)
    builder.parted = True
    builder.missing = tuple(one.part.text for one in told if not one.claims) if builder.claims else ()
    builder.refusal = "" if builder.claims else _refusal(told)
    builder.notice = " ".join(dict.fromkeys(one.answer.notice for one in told if one.answer.notice))
    kept = [one.answer for one in told if one.claims]
    return replace(
        builder.build(tuple(hits.values()), SentenceAnalyses()),
        incomplete=any(answer.incomplete for answer in kept),
        disagreements=tuple(one for answer in kept for one in answer.disagreements),
        left_out=tuple(dict.fromkeys(one for part in told for one in part.answer.left_out)),
    )


def _refusal(told: list[PartAnswer]) -> str:
    """Return what is said where no part is answered: what each is refused with, each said once."""
    return " ".join(dict.fromkeys(one.answer.plain_text for one in told if one.answer.plain_text))
