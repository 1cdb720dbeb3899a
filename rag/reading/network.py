"""Pairs of token ids → logits, on ONNX Runtime, which is loaded in a tenth of the time that PyTorch takes.

The graph is a file of the package, without weights; these are given to it. Knows ids; no texts.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from rag.models.bert_encoder import opened_graph
from rag.reading.weights import ReaderWeights

_GRAPH = Path(__file__).with_name("data") / "reader.onnx"
_FIRST, _PADDING, _LAST = 0, 1, 2
# Pairs that are read at once: those of one question.
_AT_ONCE = 8
_MOST_THREADS = 4


def questions_at_once() -> int:
    """Return how many questions' passages this machine may read at once: more wait, and take no memory."""
    return max(2, processors() // _MOST_THREADS)


@dataclass(frozen=True, slots=True)
class TokenPair:
    """A question's and a passage's token ids, without special ones: (m,) and (n,)."""

    question: np.ndarray
    passage: np.ndarray


@dataclass(frozen=True, slots=True)
class PairLogits:
    """Of one pair: each passage token's logits (n,) of beginning, ending and being near the answer.

    `answerable` is the logit of the passage's answering at all.
    """

    starts: np.ndarray
    ends: np.ndarray
    sentence: np.ndarray
    answerable: float


class Network:
    """The encoder with the reader's weights laid upon it; may be used by several threads."""

    def __init__(self, weights: ReaderWeights) -> None:
        self._session = opened_graph(_GRAPH, weights.tensors, min(_MOST_THREADS, processors()))
        self._words, self._places = weights.words, weights.places

    def read(self, pairs: Sequence[TokenPair]) -> list[PairLogits]:
        """Return the logits of each pair, in the order given."""
        order = sorted(
            range(len(pairs)), key=lambda number: len(pairs[number].question) + len(pairs[number].passage)
        )
        found: dict[int, PairLogits] = {}
        for at in range(0, len(order), _AT_ONCE):
            numbers = order[at : at + _AT_ONCE]
            found |= zip(numbers, self._read([pairs[number] for number in numbers]), strict=True)
        return [found[number] for number in range(len(pairs))]

    def _read(self, pairs: Sequence[TokenPair]) -> list[PairLogits]:
        rows = [
            np.concatenate([[_FIRST], pair.question, [_LAST, _LAST], pair.passage, [_LAST]]).astype(np.int64)
            for pair in pairs
        ]
        length = max(map(len, rows))
        ids = np.full((len(rows), length), _PADDING)
        passage = np.zeros((len(rows), length), dtype=np.float32)
        for number, (row, pair) in enumerate(zip(rows, pairs, strict=True)):
            ids[number, : len(row)] = row
            passage[number, len(row) - 1 - len(pair.passage) : len(row) - 1] = 1
        given = {
            "embedded": self._words[ids] + self._places[:length],
            "mask": (ids != _PADDING).astype(np.float32),
            "passage": passage,
            "lengths": np.array([len(row) for row in rows], dtype=np.int32),
        }
        tokens, answerable = self._session.run(["tokens", "answerable"], given)
        return [
            PairLogits(*tokens[number][passage[number] > 0].T, float(answerable[number, 0]))
            for number in range(len(rows))
        ]


def processors() -> int:
    """Return how many processors this process may run on."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # macOS and Windows don't say
        return os.cpu_count() or 1
