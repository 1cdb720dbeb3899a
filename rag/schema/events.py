"""The typed events of `chain.stream`.

Hits (after a follow-up's rewriting), then evidence, tokens and checks, and last the Answer. Frozen
dataclasses without I/O.
"""

from __future__ import annotations

from dataclasses import dataclass

from rag.schema.answer import Answer
from rag.schema.evidence import Claim, Evidence
from rag.schema.hit import Hit
from rag.schema.question import NO_FILTERS, Filters, Period


@dataclass(frozen=True, slots=True)
class RewritingNeeded:
    """A follow-up that the model is about to put into words of its own: nothing is searched before."""


@dataclass(frozen=True, slots=True)
class HitsFound:
    """What was retrieved, known before the model says its first word."""

    hits: tuple[Hit, ...]
    standalone_question: str
    filters: Filters = NO_FILTERS
    period: Period | None = None


@dataclass(frozen=True, slots=True)
class EvidenceChosen:
    """The numbered sentences that the model sees: `[n]` is `evidence[n - 1]` while drafting."""

    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class TokenDrafted:
    """A piece of a claim's text whose evidence numbers are already known to be valid.

    `claim` is the claim's index in the draft; `numbers` index the last `EvidenceChosen`, from 1.
    """

    claim: int
    numbers: tuple[int, ...]
    text: str


@dataclass(frozen=True, slots=True)
class ClaimChecked:
    """A drafted claim after verification; one that isn't `kept` is withdrawn from the answer."""

    claim: int
    checked: Claim
    kept: bool


Event = RewritingNeeded | HitsFound | EvidenceChosen | TokenDrafted | ClaimChecked | Answer
