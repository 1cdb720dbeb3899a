"""Do the articles hold an answer at all? Decided from what retrieval found, before a model speaks.

Pure. The weights are those of a logistic regression fitted on PIAF by `benchmarks/abstention.py`, which
leaves articles out of the library so that their questions have no answer in it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rag.evidence import Candidate, covered
from rag.language import terms
from rag.schema import Hit

# Bias, weight of `similarity`, weight of `covered`: fitted on PIAF questions, in French as they are and in
# English versions, over libraries of 2 to 47 articles; figures in `benchmarks/LOG.md`.
_SAME_LANGUAGE = (-64.1, 74.7, 4.8)
_ACROSS_LANGUAGES = (-61.5, 77.9, 1.7)


@dataclass(frozen=True, slots=True)
class Signals:
    """What tells an answerable question from another.

    `similarity`: the best sentence's cosine to the question. `covered`: the greatest share, in [0, 1],
    of the question's term weight that one passage with its title holds. `same_language`: whether that
    sentence is in the question's language; across languages cosines are lower and terms differ.
    """

    similarity: float
    covered: float
    same_language: bool


def signals(
    hits: Sequence[Hit], found: Sequence[Candidate], idf: Mapping[str, float], language: str
) -> Signals:
    """The signals of one question in `language`; `idf` weighs its terms. All low when nothing was found."""
    if not found:
        return Signals(0.0, 0.0, True)
    best = max(found, key=lambda candidate: candidate.similarity)
    passages = (set(terms(f"{hit.article.title}\n{hit.text}", hit.article.language)) for hit in hits)
    return Signals(
        similarity=best.similarity,
        covered=max(covered(present, idf) for present in passages),
        same_language=best.article.language == language,
    )


def answerable(found: Signals) -> float:
    """Estimated probability, in [0, 1], that the articles hold the answer to the question."""
    bias, similarity, share = _SAME_LANGUAGE if found.same_language else _ACROSS_LANGUAGES
    return 1.0 / (1.0 + math.exp(-(bias + similarity * found.similarity + share * found.covered)))
