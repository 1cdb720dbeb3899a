"""Do the articles hold an answer at all? Decided from what retrieval found, before a model speaks.

Pure. The weights are those of a logistic regression fitted on PIAF by `benchmarks/abstention.py`, which
leaves articles out of the library so that their questions have no answer in it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from rag.retrieval.retriever import Retrieved

# Bias, then the weights of the signals in the order of their fields: fitted on PIAF questions, in French as
# they are and in English versions, over libraries of 2 to 47 articles; figures in `benchmarks/LOG.md`.
_SAME_LANGUAGE = (-68.9, 56.6, 15.1, 10.4, 4.4)
_ACROSS_LANGUAGES = (-74.0, 52.5, 26.1, 15.8, 1.6)


@dataclass(frozen=True, slots=True)
class AnswerabilitySignals:
    """What tells an answerable question from another: the greatest of each among the hits.

    `block`: cosine of the question to a block of sentences. `late`, `sentence`: how well its words are
    matched in a passage, in one sentence. `terms`: share, in [0, 1], of its term weight that a passage with
    its title holds. `same_language`: whether the best hit is in the question's language; across languages
    cosines are lower and terms differ.
    """

    block: float
    late: float
    sentence: float
    terms: float
    same_language: bool

    @property
    def values(self) -> tuple[float, float, float, float]:
        """Return the signals in the order of the weights."""
        return (self.block, self.late, self.sentence, self.terms)


def signals(retrieved: Retrieved) -> AnswerabilitySignals:
    """Return the signals of one question. All low when nothing was found."""
    if not retrieved.hits:
        return AnswerabilitySignals(0.0, 0.0, 0.0, 0.0, True)
    found = [retrieved.measured[hit.passage_id].passage for hit in retrieved.hits]
    return AnswerabilitySignals(
        max(item.block for item in found),
        max(item.late for item in found),
        max(item.sentence for item in found),
        max(item.terms for item in found),
        retrieved.hits[0].article.language == retrieved.query.language,
    )


def answerable(found: AnswerabilitySignals) -> float:
    """Estimated probability, in [0, 1], that the articles hold the answer to the question."""
    bias, *weights = _SAME_LANGUAGE if found.same_language else _ACROSS_LANGUAGES
    total = bias + sum(weight * value for weight, value in zip(weights, found.values, strict=True))
    return 1.0 / (1.0 + math.exp(-total))
