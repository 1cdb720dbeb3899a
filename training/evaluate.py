"""Figures of a reader on the French articles that are kept apart, and on kept paragraphs of the other sets.

Knows pairs and scores; no training.
"""

from __future__ import annotations

import collections
import random
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from sklearn.metrics import roc_auc_score

from training.corpus import Corpus, Item
from training.model import TrainedReader
from training.pairs import Pair, batched, paired, tensors, without_answer

_LONGEST_ANSWER = 40
_MOST_TOKENS = 500
_ARTICLES = frozenset(
    ("le", "la", "les", "l", "du", "des", "un", "une", "de", "d", "au", "aux", "the", "a", "an")
)


@dataclass(frozen=True, slots=True)
class Read:
    """Logits of one pair's tokens (n,), and of its being answered."""

    start: np.ndarray
    end: np.ndarray
    sentence: np.ndarray
    answerable: float


@dataclass(frozen=True, slots=True)
class Figures:
    """Shares of the questions, and the area under the curve of answerable against each kind of near miss."""

    questions: int
    exact: float
    f1: float
    sentence_first: float
    near_misses: dict[str, float]
    counts: dict[str, int]

    def __str__(self) -> str:
        near = ", ".join(
            f"{kind} {value:.3f} ({self.counts[kind]})" for kind, value in self.near_misses.items()
        )
        return (
            f"{self.questions} questions: exact {self.exact:.3f}, F1 {self.f1:.3f}, "
            f"sentence in its paragraph {self.sentence_first:.3f}; AUC {near}"
        )


@torch.no_grad()
def read(model: TrainedReader, pairs: Sequence[Pair], most_tokens: int = 2500) -> list[Read]:
    """Return what the model says of each pair, in the order given."""
    model.eval()
    order = sorted(range(len(pairs)), key=lambda number: len(pairs[number].ids))
    found: dict[int, Read] = {}
    at = 0
    for batch in batched([pairs[number] for number in order], most_tokens):
        given = tensors(batch)
        scores = model(given.ids, given.mask, given.passage)
        arrays = [part.float().numpy() for part in (scores.start, scores.end, scores.sentence)]
        for row, pair in enumerate(batch):
            size = len(pair.ids)
            found[order[at]] = Read(*(part[row, :size] for part in arrays), float(scores.answerable[row]))
            at += 1
    return [found[number] for number in range(len(pairs))]


def best_span(read: Read, pair: Pair) -> tuple[int, int]:
    """Return the first and last token of the likeliest answer within one sentence."""
    best = (-np.inf, pair.passage, pair.passage)
    for low, high in pair.sentences:
        high = min(high, len(pair.ids) - 1)
        # A sentence that is likelier to answer, as a whole, is likelier to hold the span.
        sums = read.start[low:high, None] + read.end[None, low:high]
        sums = sums - np.logaddexp(0, -read.sentence[low:high].mean())
        rows, columns = np.indices(sums.shape)
        sums[(columns < rows) | (columns - rows >= _LONGEST_ANSWER)] = -np.inf
        place = int(sums.argmax())
        row, column = divmod(place, sums.shape[1])
        best = max(best, (float(sums[row, column]), low + row, low + column))
    return best[1], best[2]


def sentence_scores(read: Read, pair: Pair) -> list[float]:
    """Return the mean logit of each sentence."""
    return [float(read.sentence[low:high].mean()) for low, high in pair.sentences]


def exact_and_f1(given: str, gold: str) -> tuple[float, float]:
    """Compare two answers by their words, articles aside."""
    a, b = _words(given), _words(gold)
    common = sum((collections.Counter(a) & collections.Counter(b)).values())
    return float(a == b), 2 * common / (len(a) + len(b)) if common else float(a == b)


def _words(text: str) -> list[str]:
    return [word for word in re.findall(r"\w+", text.lower()) if word not in _ARTICLES]


def figures(model: TrainedReader, corpus: Corpus, items: Sequence[Item]) -> Figures:
    """Read each item's whole context, and its near misses."""
    items = [one for one in items if one.first >= 0]
    answered, near = [], []
    for item in items:
        context = corpus.contexts[item.context]
        everything = _fitting(context.ranges, range(len(context.ranges)), item)
        answered.append(paired(item.ids, context, everything, item))
        if alive := without_answer(item, context):
            near.append(
                ("sentence gone", paired(item.ids, context, _fitting(context.ranges, alive, None), None))
            )
        for kind in ("name", "measure"):
            swap = next((one for one in item.swaps if one[0] == kind), None)
            if swap:
                near.append((f"{kind} swapped", paired(swap[1][:64], context, everything, None)))
    reads = read(model, [*answered, *(pair for _, pair in near)])
    exact, f1, first = [], [], []
    for item, pair, one in zip(items, answered, reads, strict=False):
        low, high = best_span(one, pair)
        context = corpus.contexts[item.context]
        shift = pair.first - item.first  # whole sentences in order: one shift for all tokens of the window
        text = context.text[context.offsets[low - shift][0] : context.offsets[high - shift][1]]
        pairwise = exact_and_f1(text, item.answer)
        exact.append(pairwise[0])
        f1.append(pairwise[1])
        first.append(int(np.argmax(sentence_scores(one, pair))) in pair.gold)
    yes = [one.answerable for one in reads[: len(items)]]
    by_kind = collections.defaultdict(list)
    for (kind, _), one in zip(near, reads[len(items) :], strict=True):
        by_kind[kind].append(one.answerable)
        by_kind["all"].append(one.answerable)
    areas = {
        kind: float(roc_auc_score([1] * len(yes) + [0] * len(no), yes + no)) for kind, no in by_kind.items()
    }
    return Figures(
        len(items),
        float(np.mean(exact)),
        float(np.mean(f1)),
        float(np.mean(first)),
        areas,
        {kind: len(no) for kind, no in by_kind.items()},
    )


def _fitting(ranges: Sequence[tuple[int, int]], order: Sequence[int], item: Item | None) -> list[int]:
    """Return the sentences of `order` that fit the encoder's window, those of the answer among them."""
    chosen, total = [], 0
    start = item.gold[0] if item else 0
    around = sorted(order, key=lambda number: (abs(number - start), number))
    for number in around:
        total += ranges[number][1] - ranges[number][0]
        if total > _MOST_TOKENS - 80 and chosen:
            break
        chosen.append(number)
    return sorted(chosen)


def chosen(items: Sequence[Item], held: str, most: int | None = None) -> list[Item]:
    """Return the items kept as `held` (at most `most` of them, always the same)."""
    found = [one for one in items if one.held == held]
    random.Random(0).shuffle(found)
    return found[:most]
