"""How well passages answer a question, from their sketches: signals, and their sum by fitted weights.

Pure. Each signal is spread over [0, 1] among a question's candidates before it is weighed, as in convex
score fusion (Bruch, Gai and Ingber, 2023); the weights are those of a listwise softmax (ListNet, Cao et al.
2007) fitted on PIAF by `benchmarks/fusion.py`; figures in `benchmarks/LOG.md`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, fields

import numpy as np

from rag.index.multivector import PassageVectors, prefix_hash, term_hash


@dataclass(frozen=True, slots=True)
class QueryWord:
    """A word of the question.

    Its `weight` (inverse document frequency), its stem in each of the library's languages, the word itself
    (for its beginning).
    """

    text: str
    stems: frozenset[str]
    weight: float


@dataclass(frozen=True, slots=True)
class EncodedQuery:
    """A question ready to be held against sketches.

    `vector` (dimension,), the unit vectors of its k words (k, hidden) with their weights (k,), and its terms
    in order.
    """

    vector: np.ndarray
    word_vectors: np.ndarray
    word_weights: np.ndarray
    terms: tuple[QueryWord, ...]


@dataclass(frozen=True, slots=True)
class PassageSignals:
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
class PassageScores:
    """A candidate's signals, and its sentences' in order."""

    passage: PassageSignals
    sentences: tuple[SentenceSignals, ...]


SIGNALS = tuple(field.name for field in fields(PassageSignals))
# In the order of SIGNALS; fitted on PIAF.
WEIGHTS = (2.6, 3.0, 3.2, 1.15, 1.2, 1.6)


def measure(asked: EncodedQuery, sketches: Sequence[PassageVectors]) -> list[PassageScores]:
    """Return each sketch's signals for the question."""
    if not sketches:
        return []
    matches = _matches(asked.word_vectors, sketches)
    blocks = np.concatenate([sketch.blocks for sketch in sketches]) @ asked.vector
    sentences = _sentence_matches(matches, sketches, asked.word_weights)
    passages = np.stack(
        [
            _greatest(blocks, [len(sketch.blocks) for sketch in sketches], -1.0),
            _passage_matches(matches, sketches, asked.word_weights),
            _greatest(sentences, [len(sketch.block_of) for sketch in sketches], 0.0),
            *_term_shares(asked.terms, sketches),
        ]
    )
    of = _parts(sentences, [len(sketch.block_of) for sketch in sketches])
    own = _parts(blocks, [len(sketch.blocks) for sketch in sketches])
    return [
        PassageScores(
            PassageSignals(*values),
            tuple(map(SentenceSignals, of[i].tolist(), own[i][sketches[i].block_of].tolist())),
        )
        for i, values in enumerate(passages.T.tolist())
    ]


def rank(found: Sequence[PassageSignals], weights: Sequence[float] = WEIGHTS) -> np.ndarray:
    """Scores in [0, 1], shape `(len(found),)`, comparable among these candidates only."""
    if not found:
        return np.zeros(0)
    values = np.array([[getattr(item, name) for name in SIGNALS] for item in found])
    return spread(values) @ np.asarray(weights) / sum(weights)


def spread(values: np.ndarray) -> np.ndarray:
    """Columns moved to [0, 1] by their least and greatest; all 0 where they are equal."""
    if not len(values):
        return values
    low, high = values.min(axis=0), values.max(axis=0)
    return (values - low) / np.where(high > low, high - low, 1.0)


def covered(present: Set[str], idf: Mapping[str, float]) -> float:
    """Share, in [0, 1], of the query's term weight that the terms `present` hold."""
    total = sum(idf.values())
    return sum(weight for term, weight in idf.items() if term in present) / total if total else 0.0


def _matches(word_vectors: np.ndarray, sketches: Sequence[PassageVectors]) -> np.ndarray:
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


def _parts(values: np.ndarray, counts: Sequence[int]) -> list[np.ndarray]:
    """Values in a row as those of each sketch, which has so many of them."""
    return np.split(values, np.cumsum(counts)[:-1])


def _greatest(values: np.ndarray, counts: Sequence[int], nothing: float) -> np.ndarray:
    """Return the greatest of each sketch's values along the last axis; `nothing` where it has none."""
    counts = np.asarray(counts)
    found = np.full((*values.shape[:-1], len(counts)), nothing, dtype=values.dtype)
    some = counts > 0
    if some.any():
        starts = np.cumsum(counts) - counts
        found[..., some] = np.maximum.reduceat(values, starts[some], axis=-1)
    return found


def _passage_matches(
    matches: np.ndarray, sketches: Sequence[PassageVectors], weights: np.ndarray
) -> np.ndarray:
    """Return `late` of each sketch (n,)."""
    return _weighed(_greatest(matches, [len(sketch.scales) for sketch in sketches], 0.0), weights)


def _sentence_matches(
    matches: np.ndarray, sketches: Sequence[PassageVectors], weights: np.ndarray
) -> np.ndarray:
    """Return `late` within each sentence of all the sketches.

    One without words has the least of its passage's.
    """
    counts = [len(sketch.block_of) for sketch in sketches]
    starts = np.cumsum(counts) - counts
    places = np.concatenate(
        [
            np.where(sketch.word_sentences >= 0, sketch.word_sentences + first, -1)
            for sketch, first in zip(sketches, starts, strict=True)
        ]
    )
    # Words in front of the text are in no sentence.
    order = np.argsort(places, kind="stable")[np.count_nonzero(places < 0) :]
    words = np.bincount(places[order], minlength=sum(counts))
    late = _weighed(_greatest(matches[:, order], words, 0.0), weights)
    for own, held in zip(_parts(late, counts), _parts(words, counts), strict=True):
        if not held.all():
            own[held == 0] = own[held > 0].min() if held.any() else 0.0
    return late


def _weighed(best: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Mean over the question's words, by weight, of what each has in `best` (k, n)."""
    return weights @ best / weights.sum() if len(weights) else np.zeros(best.shape[1])


def _term_shares(asked: Sequence[QueryWord], sketches: Sequence[PassageVectors]) -> tuple[np.ndarray, ...]:
    """Return `terms`, `phrases` and `prefixes` of each sketch (n,)."""
    stems = np.concatenate([sketch.stems for sketch in sketches])
    counts = [len(sketch.stems) for sketch in sketches]
    held = _any_of(stems, [[term_hash(stem) for stem in word.stems] for word in asked])
    # A pair's second stem is the next one, unless that is another passage's.
    follows = np.ones(len(stems), dtype=bool)
    follows[np.cumsum(counts)[:-1][np.cumsum(counts)[:-1] < len(stems)]] = False
    pairs = held[:-1, :-1] & held[1:, 1:] & follows[1:]
    prefixes = np.concatenate([sketch.prefixes for sketch in sketches])
    begun = _any_of(prefixes, [[prefix_hash(word.text)] for word in asked])
    weights = np.array([word.weight for word in asked])
    return (
        _shares(held, counts, weights),
        _shares(np.pad(pairs, ((0, 0), (0, 1))), counts, weights[:-1] + weights[1:]),
        _shares(begun, [len(sketch.prefixes) for sketch in sketches], weights),
    )


def _any_of(column: np.ndarray, wanted: Sequence[Sequence[int]]) -> np.ndarray:
    """Return whether each number is one of those wanted: (len(wanted), len(column)) bool."""
    found = np.zeros((len(wanted), len(column)), dtype=bool)
    for row, numbers in zip(found, wanted, strict=True):
        for number in numbers:
            row |= column == number
    return found


def _shares(present: np.ndarray, counts: Sequence[int], weights: np.ndarray) -> np.ndarray:
    """Share of the whole weight that each sketch has: `present` (k, numbers of all sketches), (n,)."""
    whole = weights.sum()
    return weights @ _greatest(present, counts, False) / whole if whole else np.zeros(len(counts))
