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

# Fitted on French PIAF questions (`SAME_LANGUAGE`: bias, similarity, covered) in libraries of 2 to 47
# articles; figures in `benchmarks/LOG.md`.
SAME_LANGUAGE = (-62.0, 71.0, 3.0)


@dataclass(frozen=True, slots=True)
class Signals:
    """What tells an answerable question from another.

    `similarity`: the best sentence's cosine to the question. `covered`: the greatest share, in [0, 1],
    of the question's term weight that one passage with its title holds.
    """

    similarity: float
    covered: float


def signals(hits: Sequence[Hit], found: Sequence[Candidate], idf: Mapping[str, float]) -> Signals:
    """The signals of one question; `idf` weighs its terms. All zero when nothing was found."""
    if not found:
        return Signals(0.0, 0.0)
    passages = (set(terms(f"{hit.article.title}\n{hit.text}", hit.article.language)) for hit in hits)
    return Signals(
        similarity=max(candidate.similarity for candidate in found),
        covered=max(covered(present, idf) for present in passages),
    )


def answerable(found: Signals) -> float:
    """Estimated probability, in [0, 1], that the articles hold the answer to the question."""
    bias, similarity, share = SAME_LANGUAGE
    return 1.0 / (1.0 + math.exp(-(bias + similarity * found.similarity + share * found.covered)))
