"""What is known of an answer while it is made, and the Answer that becomes of it.

Knows claims and what their evidence says against each other; neither models nor the order of events.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from rag.extraction.analysed_sentence import SentenceAnalyses
from rag.generation import disagreement, prompts
from rag.query import answer_type
from rag.query.parsed_question import ParsedQuestion
from rag.schema.answer import Answer, Claim, Evidence
from rag.schema.hit import Hit


@dataclass
class AnswerBuilder:
    """Collects the claims of one answer and the seconds that each stage took.

    Attributes:
        question: What is answered.
        model: The name of the model that writes.
        claims: What is stated, in order.
        withdrawn: What was drafted and isn't shown as fact.
        timings: The seconds from the question to the end of each stage.

    """

    question: ParsedQuestion
    model: str
    claims: list[Claim] = field(default_factory=list)
    withdrawn: list[Claim] = field(default_factory=list)
    timings: dict[str, float] = field(default_factory=dict)
    _started: float = field(default_factory=time.perf_counter)

    def mark(self, stage: str) -> None:
        """Note that a stage ends, unless it has before."""
        self.timings.setdefault(stage, round(time.perf_counter() - self._started, 4))

    def add(self, claim: Claim, kept: bool) -> None:
        """State a claim, or withdraw it."""
        (self.claims if kept else self.withdrawn).append(claim)

    @property
    def cited(self) -> list[Evidence]:
        """What the claims rest on so far."""
        return [item for claim in self.claims for item in claim.evidence]

    def build(self, hits: tuple[Hit, ...], analyses: SentenceAnalyses) -> Answer:
        """Make the answer from what was collected; `hits` is all that was read, `analyses` what it states."""
        self.mark("total")
        asked, expected = self.question, self.question.expected_answer
        said = [analyses.of(claim.text, asked.language) for claim in self.claims]
        missing = answer_type.unanswered(expected, said) if said else ()
        found = "partial" if self.withdrawn or missing else "answered"
        return Answer(
            question=asked.question.text,
            standalone_question=asked.standalone,
            language=asked.language,
            status=found if self.claims else "not_found",
            claims=tuple(self.claims),
            hits=hits,
            withdrawn=tuple(self.withdrawn),
            timings=self.timings,
            model=self.model,
            plain_text=prompts.not_found(asked.language),
            filters=asked.filters,
            period=asked.period,
            missing=missing,
            disagreements=disagreement.disagreements(self.cited, expected, analyses),
        )


def small_talk_answer(question: ParsedQuestion, model: str) -> Answer:
    """Make the answer to a greeting and the like: no article is looked at, and none need be there.

    Raises:
        ValueError: The question isn't small talk.
    """
    response = question.small_talk
    if response is None:
        raise ValueError(f"{question.question.text!r} isn't small talk")
    return Answer(
        question=question.question.text,
        standalone_question=question.question.text,
        language=response.language,
        status="conversation",
        model=model,
        plain_text=response.text,
        filters=question.filters,
    )
