"""A near miss: a question that the articles nearly answer, and do not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ui.evaluation.questions.dataset import GoldQuestion

Kind = Literal["sentence_gone", "name_swapped", "measure_swapped"]
KINDS: tuple[Kind, ...] = ("sentence_gone", "name_swapped", "measure_swapped")


@dataclass(frozen=True, slots=True)
class NearMiss:
    """A question without an answer, and the answerable one that it was made from.

    `change` tells a reader what was changed: the sentences that went, or the words before and after.
    `group` divides a kind; empty where it isn't divided.
    """

    kind: Kind
    question: GoldQuestion
    origin: GoldQuestion
    change: tuple[str, ...]
    group: str = ""

    @classmethod
    def reworded(
        cls, kind: Kind, origin: GoldQuestion, text: str, change: tuple[str, str], group: str = ""
    ) -> NearMiss:
        """Make one from other words: `change` are the old ones and the new ones."""
        return cls(kind, GoldQuestion(text), origin, change, group)
