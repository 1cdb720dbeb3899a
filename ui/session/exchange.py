"""One question and what has become of it so far: `advance(exchange, event)` is the page's whole logic.

Pure. Knows the chain's events and nothing of how they are made, shown or stopped.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from rag.schema.answer import Answer
from rag.schema.events import ClaimChecked, Event, EvidenceChosen, HitsFound, RewritingNeeded, TokenDrafted
from rag.schema.evidence import Claim, Evidence
from rag.schema.hit import Hit
from rag.schema.question import NO_FILTERS, Filters, Period, Turn
from ui.session.rating import Rating

Stage = Literal[
    "waiting", "rewriting", "searching", "reading", "writing", "answered", "stopped", "failed",
    "interrupted", "article_removed",
]  # fmt: skip
UNFINISHED: tuple[Stage, ...] = ("waiting", "rewriting", "searching", "reading", "writing")


@dataclass(frozen=True, slots=True)
class Draft:
    """A sentence as the model writes it.

    `checked` is None until it has been verified; `withdrawn` says that it was found wanting then.
    """

    claim_index: int
    text: str
    evidence: tuple[Evidence, ...]
    checked: Claim | None = None
    withdrawn: bool = False

    @property
    def claim(self) -> Claim:
        """Return the claim as checked, else as drafted."""
        return self.checked or Claim(self.text, self.evidence)


@dataclass(frozen=True, slots=True)
class Exchange:
    """One turn of the conversation. `number` is unique on the page; `error` is set when it failed.

    `infer_dates`, `fresh` and `filters` are what it was asked with, `period` what was read in its words so
    far. While it waits for the model, `ahead` questions are before it; `why` is the word for what takes so
    long. It is `interrupted` when nobody was there to read it any more. `lost`: some of it rested on an
    article that was removed; an exchange with the stage `article_removed` rested on nothing else.
    """

    number: int
    question: str
    stage: Stage = "searching"
    standalone_question: str = ""
    hits: tuple[Hit, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    drafts: tuple[Draft, ...] = ()
    answer: Answer | None = None
    error: str = ""
    infer_dates: bool = True
    fresh: bool = False
    period: Period | None = None
    filters: Filters = NO_FILTERS
    lost: bool = False
    ahead: int = 0
    why: str = ""
    rating: Rating | None = None

    @property
    def unfinished(self) -> bool:
        """Return whether the exchange still runs."""
        return self.stage in UNFINISHED

    @property
    def small_talk(self) -> bool:
        """Whether it turned out to be a greeting and the like, for which nothing was searched."""
        return self.answer is not None and self.answer.status == "conversation"

    @property
    def searched(self) -> bool:
        """Whether passages are looked for, as far as is known: small talk and the catalogue need none."""
        return self.answer is None or self.answer.status not in ("conversation", "catalogue")

    @property
    def rateable(self) -> bool:
        """Whether there is an answer that a reader may have something to say about."""
        return self.answer is not None and not self.small_talk

    @property
    def shown(self) -> Answer:
        """The answer, or what stands of it so far: both count their citations in the same way."""
        if self.answer is not None:
            return self.answer
        standing = tuple(draft.claim for draft in self.drafts if not draft.withdrawn)
        status = "partial" if standing else "not_found"
        return Answer(self.question, self.standalone_question, "", status, claims=standing, hits=self.hits)

    @property
    def turn(self) -> Turn | None:
        """What a later question may refer to; None for small talk, and when there was no answer."""
        if self.answer is None or self.small_talk:
            return None
        return self.answer.turn(self.infer_dates)


def advance(exchange: Exchange, event: Event) -> Exchange:
    """Return the exchange after one more event of the chain: whatever it waited for has come."""
    return _advanced(replace(exchange, ahead=0, why=""), event)


def waiting(exchange: Exchange, ahead: int) -> Exchange:
    """Return the exchange in its place in the line; with none `ahead` it is its turn.

    One that nothing was searched for yet waits to be put into other words first.
    """
    turn, why = ("reading", "") if exchange.hits else ("rewriting", "why_rewriting" if ahead else "")
    return replace(exchange, stage="waiting" if ahead else turn, ahead=ahead, why=why)


def _advanced(exchange: Exchange, event: Event) -> Exchange:
    match event:
        case RewritingNeeded():
            return replace(exchange, stage="rewriting")
        case HitsFound(hits, standalone_question, _, period):
            return replace(
                exchange, stage="reading", hits=hits, standalone_question=standalone_question, period=period
            )
        case EvidenceChosen(evidence):
            return replace(exchange, stage="reading", evidence=evidence)
        case TokenDrafted():
            return replace(exchange, stage="writing", drafts=_drafted(exchange, event))
        case ClaimChecked(index, checked, kept):
            draft = Draft(index, checked.text, checked.evidence, checked, withdrawn=not kept)
            return replace(exchange, stage="writing", drafts=_put(exchange.drafts, draft))
        case Answer():
            return replace(exchange, stage="answered", answer=event, period=event.period)
    raise TypeError(f"not an event of the chain: {type(event).__name__}")


def stop(exchange: Exchange) -> Exchange:
    """Return the exchange, stopped where it is; one that has ended stays as it ended."""
    return replace(exchange, stage="stopped") if exchange.unfinished else exchange


def fail(exchange: Exchange, error: str) -> Exchange:
    """Return the exchange, ended by an error that is told in `error`."""
    return replace(exchange, stage="failed", error=error)


def _drafted(exchange: Exchange, token: TokenDrafted) -> tuple[Draft, ...]:
    for draft in exchange.drafts:
        if draft.claim_index == token.claim:
            return _put(exchange.drafts, replace(draft, text=draft.text + token.text))
    evidence = tuple(exchange.evidence[number - 1] for number in token.numbers)
    return _put(exchange.drafts, Draft(token.claim, token.text, evidence))


def _put(drafts: tuple[Draft, ...], new: Draft) -> tuple[Draft, ...]:
    if all(draft.claim_index != new.claim_index for draft in drafts):
        return (*drafts, new)
    return tuple(new if draft.claim_index == new.claim_index else draft for draft in drafts)
