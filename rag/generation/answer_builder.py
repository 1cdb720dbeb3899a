"""What is known of an answer while it is made, and the Answer that becomes of it.

Knows claims and what their evidence says against each other; neither models nor the order of events.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from rag.answering.outcome import Outcome
from rag.checksums.damaged import Met
from rag.consistency.differing import differing
from rag.consistency.disagreement import disagreements
from rag.consistency.matter import Matter
from rag.consistency.superseding import superseded
from rag.extraction.analysed_sentence import SentenceAnalyses
from rag.generation import prompts
from rag.generation.composition import Composed
from rag.observability.question_run import QuestionRun
from rag.query import answer_type
from rag.query.answer_type import ExpectedAnswer
from rag.query.parsed_question import ParsedQuestion
from rag.schema.answer import Answer, Verdict
from rag.schema.events import ClaimChecked, Event, HitsFound
from rag.schema.evidence import Claim, Disagreement, Evidence
from rag.schema.hit import Hit
from rag.text.normalization import fold


@dataclass
class AnswerBuilder:
    """Collects the claims of one answer and the seconds that each stage took.

    Attributes:
        question: What is answered.
        run: What is recorded of it.
        model: The name of the model that writes.
        claims: What is stated, in order.
        withdrawn: What was drafted and isn't shown as fact.
        timings: The seconds from the question to the end of each stage.
        refusal: What is said when nothing is stated, where more is known than that nothing was found.
        verdict: What the claims say to a yes/no question.
        incomplete: Whether the claims are items of a list that may go on.
        missing: What the claims leave open, where that is known already.
        parted: Whether each claim is known to answer its part of the question, `missing` being the rest.
        taken_for: Which name was taken for one of the question's: a heading over claims that have none.
        longer: Says of which longer name evidence is, where its article has none of the question's by itself;
            given what else is cited, and the language.
        met: The damaged articles that were met and left out.
        notice: What went otherwise than it should: the chat model's server was down.

    """

    question: ParsedQuestion
    run: QuestionRun
    model: str
    claims: list[Claim] = field(default_factory=list)
    withdrawn: list[Claim] = field(default_factory=list)
    timings: dict[str, float] = field(default_factory=dict)
    refusal: str = ""
    verdict: Verdict | None = None
    incomplete: bool = False
    missing: tuple[str, ...] = ()
    parted: bool = False
    taken_for: str = ""
    longer: Callable[[Evidence, Sequence[Evidence], str], str] = lambda *_: ""
    met: Met = field(default_factory=dict)
    notice: str = ""
    _started: float = field(default_factory=time.perf_counter)

    def take(self, composed: Composed) -> None:
        """State what was composed."""
        self.claims.extend(composed.claims)
        self.verdict, self.incomplete = composed.verdict, composed.incomplete
        self.refusal = self.refusal or composed.refusal
        self.missing = composed.missing

    def take_besides(self, composed: Composed) -> Iterator[Claim]:
        """State what other articles answer too, unless it is what was stated; yields each claim."""
        shown = {fold(item.answer_words) for item in self.cited if item.answer_words}
        for claim in composed.claims:
            words = {fold(item.answer_words) for item in claim.evidence if item.answer_words}
            if not words or words - shown:
                self.claims.append(claim)
                yield claim
        if composed.verdict and self.verdict and composed.verdict != self.verdict:
            self.verdict = "disputed"

    def mark(self, stage: str) -> None:
        """Note that a stage ends, unless it has before."""
        if stage not in self.timings:
            self.timings[stage] = self._seconds()
            self.run.mark(stage)

    def _end(self) -> None:
        """Note how long it took in all; what was done since the last stage is one, too."""
        self.timings["total"] = self._seconds()
        self.run.mark("finishing")

    def _seconds(self) -> float:
        return round(time.perf_counter() - self._started, 4)

    def add(self, claim: Claim, kept: bool) -> None:
        """State a claim, or withdraw it."""
        (self.claims if kept else self.withdrawn).append(claim)

    def headed(self, claim: Claim) -> Claim:
        """Return a claim as it stands in the answer: under the name that was taken for the question's.

        Or under the longer name by which its article has that; before what stands over it otherwise.
        """
        over = self.taken_for if not claim.heading else ""
        if claim.evidence and not self.taken_for:
            over = self.longer(claim.evidence[0], self.cited, self.question.language)
        if over and claim.heading:
            over = f"{over} {claim.heading[0].lower()}{claim.heading[1:]}"
        return replace(claim, heading=over) if over else claim

    @property
    def cited(self) -> list[Evidence]:
        """What the claims rest on so far."""
        return [item for claim in self.claims for item in claim.evidence]

    def build(self, hits: tuple[Hit, ...], analyses: SentenceAnalyses) -> Answer:
        """Make the answer from what was collected; `hits` is all that was read, `analyses` what it states."""
        self._end()
        asked, expected = self.question, self.question.expected_answer
        self.claims = [self.headed(claim) for claim in self.claims]
        said = [analyses.of(claim.text, asked.language) for claim in self.claims]
        missing = self.missing
        if said and not self.parted:
            missing = missing or answer_type.unanswered(expected, said)
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
            plain_text=self.refusal or prompts.not_found(asked.language),
            filters=asked.filters,
            period=asked.period,
            missing=missing,
            verdict=self.verdict,
            incomplete=self.incomplete,
            disagreements=self._disagreements(expected, analyses),
            left_out=tuple(self.met.values()),
            notice=self.notice,
        )

    def _disagreements(
        self, expected: ExpectedAnswer, analyses: SentenceAnalyses
    ) -> tuple[Disagreement, ...]:
        """Return what the articles that are cited give different values for, or say in each other's place."""
        numbers = disagreements(self.cited, expected, analyses)
        if self.parted or self.verdict is not None or self.incomplete:
            return numbers
        told = {frozenset(side.evidence.article.id for side in one.sides) for one in numbers}
        matter = Matter.of(self.question.full, analyses)
        later = superseded(self.cited, expected, analyses, matter)
        later = later or differing(self.cited, expected, analyses, matter)
        return numbers + tuple(
            one for one in later if frozenset(side.evidence.article.id for side in one.sides) not in told
        )

    def events_of(self, outcome: Outcome) -> Iterator[Event]:
        """Yield what is told of an answer that its kind decides, and last the Answer."""
        asked = self.question
        if outcome.status not in ("catalogue", "conversation"):  # for which nothing is searched
            yield HitsFound(outcome.hits, asked.standalone, asked.filters, asked.period)
        for place, claim in enumerate(outcome.claims):
            yield ClaimChecked(place, claim, kept=True)
        self._end()
        yield Answer(
            question=asked.question.text,
            standalone_question=asked.standalone,
            language=asked.language,
            status=outcome.status,
            claims=outcome.claims,
            hits=outcome.hits,
            timings=self.timings,
            model=self.model,
            plain_text=outcome.plain_text or prompts.not_found(asked.language),
            filters=asked.filters,
            period=asked.period,
            missing=outcome.missing,
            listing=outcome.listing,
            left_out=tuple(self.met.values()),
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
