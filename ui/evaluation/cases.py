"""The questions that were asked, one by one: to be read, and for figures of one kind of them.

Knows what was asked and answered; no metric and no words for people.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ui.evaluation.answers import AnsweredQuestion
from ui.evaluation.questions.near_miss import NearMiss

ANSWERABLE = "answerable"


@dataclass(frozen=True, slots=True)
class Case:
    """One question that was asked, of which kind it is, and the near miss that it comes from, if from one."""

    kind: str
    asked: AnsweredQuestion
    near_miss: NearMiss | None = None

    def to_dict(self) -> dict:
        """Return the case as JSON has it."""
        miss = self.near_miss
        told = {
            "kind": self.kind,
            "question": self.asked.question.text,
            "gold": list(self.asked.question.answers),
            "refused": self.asked.abstained,
            "answer": self.asked.said,
            "short_answer": self.asked.short,
        }
        if miss is not None:
            told |= {"group": miss.group, "made_from": miss.origin.text, "change": list(miss.change)}
        return told


def by_kind(cases: Iterable[Case]) -> dict[str, list[AnsweredQuestion]]:
    """Return kind → what its questions got; a kind with groups is there whole and by each of them."""
    found: dict[str, list[AnsweredQuestion]] = {}
    for case in cases:
        found.setdefault(case.kind, []).append(case.asked)
        if case.near_miss is not None and case.near_miss.group:
            found.setdefault(f"{case.kind}_{case.near_miss.group}", []).append(case.asked)
    return found


def first_of_each(cases: Sequence[Case], count: int) -> list[Case]:
    """Return the first `count` cases of each kind, in their order."""
    kinds = dict.fromkeys(case.kind for case in cases)
    return [case for kind in kinds for case in [one for one in cases if one.kind == kind][:count]]
