"""How well passages answer a question, from their sketches: signals, and their sum by fitted weights.

Pure. Each signal is spread over [0, 1] among a question's candidates before it is weighed, as in convex
score fusion (Bruch, Gai and Ingber, 2023); the weights are those of a listwise softmax (ListNet, Cao et al.
2007) fitted on PIAF by `benchmarks/fusion.py`; figures in `benchmarks/LOG.md`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from itertools import pairwise

import numpy as np

from rag.sketch import Sketch, prefix_hash, term_hash


@dataclass(frozen=True, slots=True)
class QueryWord:
    """A word of the question: its `weight` (inverse document frequency), its stem in each of the library's
    languages, the word itself (for its beginning)."""

    text: str
    stems: frozenset[str]
    weight: float


@dataclass(frozen=True, slots=True)
class Asked:
    """A question ready to be held against sketches: `vector` (dimension,), the unit vectors of its k words
    (k, hidden) with their weights (k,), and its terms in order."""

    vector: np.ndarray
    word_vectors: np.ndarray
    word_weights: np.ndarray
    terms: tuple[QueryWord, ...]


@dataclass(frozen=True, slots=True)
class Signals:
    """What one passage says to the question.

    `block`: cosine of its best block. `late`: mean over the question's words, by weight, of their best
    match's cosine among the passage's words; `sentence`: `late` within its best sentence. `terms`,
    `phrases`, `prefixes`: share of the question's term weight that it has, in whole terms, in pairs of
    neighbouring terms, in beginnings of words.
    """

    block: float
    late: float
    sentence: float
    terms: float
    phrases: float
    prefixes: float


@dataclass(frozen=True, slots=True)
class SentenceSignals:
    """What one sentence says to the question: `late` within it, `block`: the cosine of the block it is in."""

    late: float
    block: float


@dataclass(frozen=True, slots=True)
class Measured:
    """A candidate's signals, and its sentences' in order."""

    passage: Signals
    sentences: tuple[SentenceSignals, ...]


SIGNALS = tuple(field.name for field in fields(Signals))
# In the order of SIGNALS; fitted on PIAF.
WEIGHTS = (2.6, 3.0, 3.2, 1.15, 1.2, 1.6)


def measure(asked: Asked, sketches: Sequence[Sketch]) -> list[Measured]:
    """Each sketch's signals for the question."""
    if not sketches:
        return []
    matches = _matches(asked.word_vectors, sketches)
    edges = np.cumsum([0, *(len(sketch.scales) for sketch in sketches)])
    lookup = _Lookup(asked.terms)
    return [
        _measured(asked, sketch, matches[:, edges[i] : edges[i + 1]], lookup)
        for i, sketch in enumerate(sketches)
    ]


def rank(found: Sequence[Signals], weights: Sequence[float] = WEIGHTS) -> np.ndarray:
    """Scores in [0, 1], shape `(len(found),)`, comparable among these candidates only."""
    if not found:
        return np.zeros(0)
    values = np.array([[getattr(item, name) for name in SIGNALS] for item in found])
    return spread(values) @ np.asarray(weights) / sum(weights)


def spread(values: np.ndarray) -> np.ndarray:
    """Columns moved to [0, 1] by their least and greatest; all 0 where they are equal."""
    low, high = values.min(axis=0), values.max(axis=0)
    return (values - low) / np.where(high > low, high - low, 1.0)


def _matches(word_vectors: np.ndarray, sketches: Sequence[Sketch]) -> np.ndarray:
    """Cosine of each of the question's words to each word of all the sketches: (k, words)."""
    hidden = word_vectors.shape[1]
    signs = np.unpackbits(np.concatenate([sketch.signs for sketch in sketches]), axis=1, count=hidden)
    # The sum over signs ±1 is twice the sum over the ones, less the whole.
    along = 2 * (word_vectors @ signs.T.astype(np.float32)) - word_vectors.sum(axis=1, keepdims=True)
    centres = word_vectors @ np.concatenate([sketch.centres for sketch in sketches]).T
    first = np.cumsum([0, *(len(sketch.centres) for sketch in sketches)])
    places = np.concatenate([sketch.word_blocks.astype(int) + first[i] for i, sketch in enumerate(sketches)])
    scales = np.concatenate([sketch.scales for sketch in sketches])
    inverses = np.concatenate([sketch.inverses for sketch in sketches])
    return along * scales + centres[:, places] * inverses


def _measured(asked: Asked, sketch: Sketch, matches: np.ndarray, lookup: _Lookup) -> Measured:
    blocks = sketch.blocks @ asked.vector
    sentences = _sentence_matches(matches, sketch, asked.word_weights)
    best = matches.max(axis=1) if matches.size else np.zeros(len(asked.word_weights))
    return Measured(
        Signals(
            block=float(blocks.max()),
            late=_mean(best, asked.word_weights),
            sentence=float(sentences.max(initial=0.0)),
            terms=lookup.terms(sketch),
            phrases=lookup.phrases(sketch),
            prefixes=lookup.prefixes(sketch),
        ),
        tuple(
            SentenceSignals(float(late), float(blocks[block]))
            for late, block in zip(sentences, sketch.block_of, strict=True)
        ),
    )


def _sentence_matches(matches: np.ndarray, sketch: Sketch, weights: np.ndarray) -> np.ndarray:
    """`late` within each sentence (s,); one without words has the least of all."""
    count = len(sketch.block_of)
    best = np.full((count, len(weights)), -1.0, dtype=np.float32)
    inside = sketch.word_sentences >= 0
    np.maximum.at(best, sketch.word_sentences[inside], matches.T[inside])
    empty = np.ones(count, dtype=bool)
    empty[sketch.word_sentences[inside]] = False
    late = best @ weights / weights.sum() if len(weights) else np.zeros(count)
    if empty.any():
        late[empty] = late[~empty].min() if (~empty).any() else 0.0
    return late


def _mean(values: np.ndarray, weights: np.ndarray) -> float:
    return float(values @ weights / weights.sum()) if len(weights) else 0.0


class _Lookup:
    """The question's terms, pairs and beginnings, hashed as sketches have them."""

    def __init__(self, asked: Sequence[QueryWord]) -> None:
        self._terms = [({term_hash(stem) for stem in word.stems}, word.weight) for word in asked]
        self._pairs = [
            ({(a, b) for a in here for b in there}, left + right)
            for (here, left), (there, right) in pairwise(self._terms)
        ]
        self._prefixes = [(prefix_hash(word.text), word.weight) for word in asked]

    def terms(self, sketch: Sketch) -> float:
        held = set(sketch.stems.tolist())
        return _share([(not stems.isdisjoint(held), weight) for stems, weight in self._terms])

    def phrases(self, sketch: Sketch) -> float:
        stems = sketch.stems.tolist()
        held = set(pairwise(stems))
        return _share([(not pairs.isdisjoint(held), weight) for pairs, weight in self._pairs])

    def prefixes(self, sketch: Sketch) -> float:
        held = set(sketch.prefixes.tolist())
        return _share([(prefix in held, weight) for prefix, weight in self._prefixes])


def _share(present: Sequence[tuple[bool, float]]) -> float:
    whole = sum(weight for _, weight in present)
    return sum(weight for found, weight in present if found) / whole if whole else 0.0
