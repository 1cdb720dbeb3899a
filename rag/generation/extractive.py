"""Which sentences answer in their own words: what retrieval expects and what the model points at, as one.

Pure. A small model finds the sentence that answers more surely than it tells what that says: its choice of
a number is worth having, its words are not. Both weights were chosen on PIAF (`benchmarks/LOG.md`).
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rag.query.anaphora import leans_back
from rag.schema.answer import Evidence

# How much the model's choice and the sentences' own scores weigh, as exponents.
TRUST, RANKING = 0.75, 0.6
# Least share, in [0, 1], of the second and of the third sentence that answer; and where several may have to.
LEAST_SHARES, LEAST_OF_SEVERAL = (0.15, 0.2), (0.1, 0.1, 0.08, 0.08)
# Sentences that the model chooses among, and their characters: of long ones, fewer. With 12 sentences it
# chooses no better, and reads twice as long.
CHOICES, CHARACTERS = 5, 1200
# More than this chance of `none` is a doubt: what the model goes on to write must then bear it out.
DOUBT = 0.2
# More than this, and nothing on offer answers.
DENIAL = 0.5
# What a number that the model gave no chance is worth.
_UNSEEN = 1e-4


@dataclass(frozen=True, slots=True)
class SentenceChoice:
    """Hold what a model points at.

    The chance, in [0, 1], of each first digit of its number, 0 being none of the sentences; and whether what
    it went on to say of its choice `stands`. Empty when nobody was asked.
    """

    digits: Mapping[str, float]
    stands: bool = True

    @property
    def doubts(self) -> bool:
        """Return whether the choice is uncertain."""
        return self.digits.get("0", 0.0) > DOUBT

    @property
    def denies(self) -> bool:
        """Whether nothing on offer is to be taken for an answer."""
        return self.digits.get("0", 0.0) > DENIAL or (self.doubts and not self.stands)


def likeliest(offered: Sequence[Evidence]) -> tuple[Evidence, ...]:
    """Return the sentences that the model chooses among, in the order in which they were offered."""
    ranked = sorted(range(len(offered)), key=lambda place: -offered[place].score)[:CHOICES]
    kept, left = ranked[:1], CHARACTERS - sum(len(offered[place].quote) for place in ranked[:1])
    for place in ranked[1:]:
        if len(offered[place].quote) <= left:
            kept.append(place)
            left -= len(offered[place].quote)
    return tuple(offered[place] for place in sorted(kept))


def shares(offered: Sequence[Evidence], digits: Mapping[str, float]) -> list[float]:
    """Return each sentence's share, in [0, 1], of being the one that answers; they sum to 1.

    `digits` is the model's probability of each first digit of the number that it points at; empty when
    nobody was asked. Sentences whose numbers begin alike have it by their own scores.
    """
    weights = []
    for number, item in enumerate(offered, start=1):
        first = str(number)[0]
        alike = [other.score for n, other in enumerate(offered, start=1) if str(n)[0] == first]
        pointed = digits.get(first, 0.0) * (item.score / sum(alike) if sum(alike) else 1 / len(alike))
        chance = max(pointed, _UNSEEN) ** TRUST if digits else 1.0
        weights.append(chance * max(item.score, _UNSEEN) ** RANKING)
    return [weight / sum(weights) for weight in weights]


def best(share: Sequence[float], several: bool, answering: Sequence[bool]) -> list[int]:
    """Return the places of the sentences that answer, best first, of those that are `answering`.

    The likeliest, and those that are likely too; more where a question asks for several.
    """
    able = [place for place, gives in enumerate(answering) if gives]
    order = sorted(able, key=lambda place: -share[place])
    least = (0.0, *(LEAST_OF_SEVERAL if several else LEAST_SHARES))
    return [place for place, needed in zip(order, least, strict=False) if share[place] >= needed]


def in_order(quoted: Sequence[Evidence], in_time: bool) -> list[Evidence]:
    """As they are, or by the day of their articles where a question asks for a course of events."""
    if in_time:
        return sorted(quoted, key=lambda item: (item.article.published_at or "", item.start))
    return list(quoted)


def readable(item: Evidence) -> Evidence:
    """Return the sentence, with the one before it when it opens with `Il`, `Ce` and the like."""
    if leans_back(item):
        return next(wider for wider in item.widened() if wider.start == item.before[0].start)
    return item


def first_digits(logprobs: Sequence[Mapping]) -> dict[str, float]:
    """Return the probability of each digit where the model wrote its first one; empty if it wrote none.

    `logprobs` are a chat completion's, token by token with `top_logprobs`, as OpenAI has them.
    """
    for token in logprobs:
        if token["token"].strip().isdigit():
            found: dict[str, float] = {}
            for other in token["top_logprobs"]:
                if (digit := other["token"].strip()).isdigit():
                    found[digit[0]] = found.get(digit[0], 0.0) + math.exp(other["logprob"])
            return found
    return {}


def written_digit(written: str) -> dict[str, float]:
    """Return the same of a model that tells no probabilities.

    It is taken to be half sure of what it writes.
    """
    found = re.search(r"\[(\d)", written)
    if found is None:
        return {}
    return {str(digit): 0.55 if str(digit) == found[1] else 0.05 for digit in range(10)}
