"""Do the articles hold an answer at all? Decided from what retrieval found and the trained reader says of it.

Pure. The weights are those of logistic regressions fitted on PIAF: what retrieval says by
`benchmarks/abstention.py`, which leaves articles out of the library so that their questions have no answer in
it; both together by `benchmarks/reading.py`, on near misses too.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from rag.retrieval.retriever import Retrieved

# Bias, then the weights of the signals in the order of their fields: fitted on PIAF questions, in French as
# they are and in English versions, over libraries of 2 to 47 articles; figures in `benchmarks/LOG.md`.
_SAME_LANGUAGE = (-68.9, 56.6, 15.1, 10.4, 4.4)
_ACROSS_LANGUAGES = (-74.0, 52.5, 26.1, 15.8, 1.6)
# Bias, then the weights of `read_values`; the bias is .6 above what was fitted: fewer answers are refused.
_READ = (0.80, 0.22, 0.48)
_LEAST = 1e-4


@dataclass(frozen=True, slots=True)
class AnswerabilitySignals:
    """What tells an answerable question from another: the greatest of each among the hits.

    `block`: cosine of the question to a block of sentences. `late`, `sentence`: how well its words are
    matched in a passage, in one sentence. `terms`: share, in [0, 1], of its term weight that a passage with
    its title holds. `same_language`: whether the best hit is in the question's language; across languages
    cosines are lower and terms differ. `read`: how probably the passage of the likeliest sentences answers by
    the trained reader (`sentence_selection.Selection`); None where it wasn't asked.
    """

    block: float
    late: float
    sentence: float
    terms: float
    same_language: bool
    read: float | None = None

    @property
    def values(self) -> tuple[float, float, float, float]:
        """Return the signals in the order of the weights."""
        return (self.block, self.late, self.sentence, self.terms)

    @property
    def is_read(self) -> bool:
        """Whether the trained reader was asked."""
        return self.read is not None

    @property
    def read_values(self) -> tuple[float, float]:
        """Return the log odds of retrieval's probability and of the reader's, in the weights' order."""
        return _log_odds(found_answerable(self)), _log_odds(self.read or 0.0)


def signals(retrieved: Retrieved, read: float | None = None) -> AnswerabilitySignals:
    """Return the signals of one question. All low when nothing was found.

    `read` is what the trained reader says, as `sentence_selection.Selection` has it.
    """
    if not retrieved.hits:
        return AnswerabilitySignals(0.0, 0.0, 0.0, 0.0, True)
    found = [retrieved.measured[hit.passage_id].passage for hit in retrieved.hits]
    return AnswerabilitySignals(
        max(item.block for item in found),
        max(item.late for item in found),
        max(item.sentence for item in found),
        max(item.terms for item in found),
        retrieved.hits[0].article.language == retrieved.query.language,
        read,
    )


def answerable(found: AnswerabilitySignals) -> float:
    """Estimated probability, in [0, 1], that the articles hold the answer to the question."""
    if not found.is_read:
        return found_answerable(found)
    bias, *weights = _READ
    return _logistic(bias + sum(w * value for w, value in zip(weights, found.read_values, strict=True)))


def found_answerable(found: AnswerabilitySignals) -> float:
    """Return the same from what retrieval found alone."""
    bias, *weights = _SAME_LANGUAGE if found.same_language else _ACROSS_LANGUAGES
    total = bias + sum(weight * value for weight, value in zip(weights, found.values, strict=True))
    return _logistic(total)


def _logistic(total: float) -> float:
    return 1.0 / (1.0 + math.exp(-total))


def _log_odds(chance: float) -> float:
    bounded = min(max(chance, _LEAST), 1 - _LEAST)
    return math.log(bounded / (1 - bounded))
