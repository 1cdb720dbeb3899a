"""What was pressed in the conversation, as `static/current.js` tells it: hostile data → what to do.

Pure. Whatever isn't exactly a thing that the page offers is None.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from rag.schema.question import LONGEST_QUESTION
from ui.session import rating

Verb = Literal["all_dates", "unfiltered", "retry", "edit", "keep"]
_VERBS: tuple[Verb, ...] = ("all_dates", "unfiltered", "retry", "edit", "keep")


@dataclass(frozen=True, slots=True)
class Again:
    """The question of `turn`.

    Without its period, without its filters, once more, back into the box, or not into it after all.
    """

    verb: Verb
    turn: int


@dataclass(frozen=True, slots=True)
class Rated:
    """A thumb on the answer of `turn`."""

    turn: int
    verdict: str


@dataclass(frozen=True, slots=True)
class Explained:
    """Why the thumb on the answer of `turn`: what the page said of it, to be checked with the thumb."""

    turn: int
    reasons: object
    comment: str


@dataclass(frozen=True, slots=True)
class SuggestionChosen:
    """A question that was suggested."""

    question: str


@dataclass(frozen=True, slots=True)
class StandingOpened:
    """A question that the reader follows, by its id."""

    query_id: str


def pressed(data: object) -> Again | Rated | Explained | SuggestionChosen | StandingOpened | None:
    """Return what the page's data asks for."""
    said = data if isinstance(data, dict) else {}
    verb, turn, question = said.get("verb"), said.get("turn"), said.get("question")
    if verb == "ask" and isinstance(question, str) and 0 < len(question) <= LONGEST_QUESTION:
        return SuggestionChosen(question)
    if verb == "standing" and isinstance(query := said.get("standing"), str):
        return StandingOpened(query)
    if type(turn) is not int:
        return None
    if verb in _VERBS:
        return Again(verb, turn)
    if verb == "rate" and said.get("verdict") in ("up", "down"):
        return Rated(turn, said["verdict"])
    if verb == "explain":
        return Explained(turn, said.get("reasons"), rating.comment(said.get("comment")))
    return None
