"""Items → pairs of a question and a window of a passage, as the reader is shown them, and batches of pairs.

Each call draws anew: which sentences stand around the answer, and whether the answer is there at all. Knows
tokens and sentences; no model.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import torch
from torch import Tensor

from training.corpus import Context, Corpus, Item

FIRST, PADDING, LAST = 0, 1, 2
# A pair: `<s> question </s></s> passage </s>`.
_MOST_TOKENS = 380
_ROUGH_SHARE = 0.15
# From here on passages are more often others than the answer's: as a search finds them, most don't answer.
_LATE = 0.8
_ELSEWHERE_LATE, _OTHERS_LATE = 0.3, 0.5
_GROUP_NEAR_MISS = 0.4  # of the groups hold the passage without the sentence that answers
_CROSSED_SHARE = {"xquad": 0.6, "squad-es": 0.25, "squad-it": 0.25}

Mode = Literal["answered", "gone", "swapped", "elsewhere", "native"]


@dataclass(frozen=True, slots=True)
class Source:
    """How often a set is drawn, and of its answerable items which share is shown in which mode.

    What is left of the shares is `answered`.
    """

    weight: float
    gone: float = 0.15
    swapped: float = 0.15
    elsewhere: float = 0.1


SOURCES: dict[str, Source] = {
    "piaf": Source(0.15, gone=0.2, swapped=0.14, elsewhere=0.06),
    "made-fr": Source(0.07, gone=0.2, swapped=0.1, elsewhere=0.05),
    "made-quotes": Source(0.03, gone=0.15, swapped=0.0, elsewhere=0.05),
    "afriqa-fr": Source(0.06, gone=0.12, swapped=0.15, elsewhere=0.13),
    "xquad": Source(0.14, gone=0.2, swapped=0.14, elsewhere=0.08),
    "squad-en": Source(0.13, gone=0.1, swapped=0.06, elsewhere=0.05),
    "squad-es": Source(0.08, gone=0.1, swapped=0.08, elsewhere=0.06),
    "squad-it": Source(0.11, gone=0.2, swapped=0.12, elsewhere=0.08),
    "norquad-news": Source(0.06, gone=0.2, swapped=0.1, elsewhere=0.1),
    "norquad-wiki": Source(0.02, gone=0.2, swapped=0.0, elsewhere=0.1),
    "faquad": Source(0.02, gone=0.2, swapped=0.1, elsewhere=0.1),
    "qamr-news": Source(0.07, gone=0.2, swapped=0.0, elsewhere=0.1),
    "qamr-wiki": Source(0.03, gone=0.2, swapped=0.0, elsewhere=0.1),
    "qed": Source(0.02, gone=0.12, swapped=0.1, elsewhere=0.13),
    "afriqa-en": Source(0.05, gone=0.12, swapped=0.13, elsewhere=0.12),
    "clapnq": Source(0.005),
}


@dataclass(frozen=True, slots=True)
class Pair:
    """Tokens of question and passage; `first` and `last` of the answer, or -1; sentences as token ranges."""

    ids: list[int]
    passage: int
    first: int
    last: int
    sentences: list[tuple[int, int]]
    gold: list[int]

    @property
    def answered(self) -> bool:
        """Whether the passage holds the answer."""
        return self.first >= 0


def paired(question: list[int], context: Context, order: Sequence[int], item: Item | None) -> Pair:
    """Return the pair of a question and the sentences `order` of a context, `item` if they answer it."""
    ids = [FIRST, *question, LAST, LAST]
    passage, first, last = len(ids), -1, -1
    sentences = []
    for number in order:
        start, end = context.ranges[number]
        if item and number == item.gold[0]:
            first = len(ids) + item.first - start
        if item and number == item.gold[-1]:
            last = len(ids) + item.last - start
        sentences.append((len(ids), len(ids) + end - start))
        ids += context.ids[start:end].tolist()
    gold = [at for at, number in enumerate(order) if item and number in item.gold]
    return Pair([*ids, LAST], passage, first, last, sentences, gold)


def without_answer(item: Item, context: Context) -> list[int]:
    """Return the sentences of an item's context that neither hold its answer nor repeat it."""
    answer = item.answer.lower()
    twins = {
        number
        for number, (start, end) in enumerate(context.spans)
        if len(answer) >= 3 and answer in context.text[start:end].lower()
    }
    return [number for number in range(len(context.ranges)) if number not in twins | set(item.gold)]


def _window(
    context: Context, alive: list[int], keep: Sequence[int], limit: int, rng: random.Random
) -> list[int]:
    """Return sentences of `alive` around `keep` (any one if that is empty), up to `limit` tokens."""
    size = [end - start for start, end in context.ranges]
    if keep:
        low, high = alive.index(keep[0]), alive.index(keep[-1])
    else:
        low = high = rng.randrange(len(alive))
    total = sum(size[number] for number in alive[low : high + 1])
    while True:
        sides = []
        if low > 0 and total + size[alive[low - 1]] <= limit:
            sides.append(-1)
        if high < len(alive) - 1 and total + size[alive[high + 1]] <= limit:
            sides.append(1)
        if not sides:
            return alive[low : high + 1]
        if rng.choice(sides) < 0:
            low -= 1
            total += size[alive[low]]
        else:
            high += 1
            total += size[alive[high]]


class Drawer:
    """Draws pairs from what is trained on, set by set, each item once before any comes again."""

    def __init__(self, corpus: Corpus, seed: int) -> None:
        self._contexts = corpus.contexts
        self._rng = random.Random(seed)
        self._pools: dict[str, list[Item]] = defaultdict(list)
        self._translations: dict[str, list[Item]] = defaultdict(list)
        for item in corpus.items:
            if not item.held:
                self._pools[item.source].append(item)
                self._translations[_parallel(item)].append(item)
        self._left: dict[str, list[Item]] = {name: [] for name in self._pools}
        self._names = [name for name in SOURCES if self._pools.get(name)]
        self._weights = [SOURCES[name].weight for name in self._names]
        self.drawn: dict[str, int] = defaultdict(int)

    def batches(self, progress: float, most_tokens: int, pairs: int = 384) -> Iterator[list[Pair]]:
        """Yield batches of pairs of nearly one length, `most_tokens` at most, padding included.

        `progress` is how far the training is, from 0 to 1: windows are short at first.
        """
        limit = int(90 + 150 * progress)
        pool = (self._draw(limit, progress >= _LATE) for _ in range(pairs))
        drawn = [pair for pair in pool if len(pair.ids) <= _MOST_TOKENS]
        drawn.sort(key=lambda pair: len(pair.ids) + 3 * self._rng.random())
        made = list(batched(drawn, most_tokens))
        self._rng.shuffle(made)
        yield from made

    def group(self, progress: float, others: int) -> list[Pair]:
        """Return one question with a passage that answers it, and with up to `others` that don't.

        The answered one is first.
        """
        limit = int(90 + 150 * progress)
        while True:
            item = self._item()
            if item.first >= 0 and (item.negatives or item.siblings):
                break
        if self._rng.random() < _ROUGH_SHARE:
            item = replace(item, ids=self._rng.choice(item.roughs))
        item = replace(item, roughs=[item.ids])
        made = [self._composed(item, "answered", self._rng.randrange(40, limit))]
        for _ in range(others):
            made.append(self._composed(item, "elsewhere", self._rng.randrange(40, limit)))
        if self._rng.random() < _GROUP_NEAR_MISS:
            made.append(self._composed(item, "gone", self._rng.randrange(40, limit)))
        return [made[0], *(pair for pair in made[1:] if not pair.answered and len(pair.ids) <= _MOST_TOKENS)]

    def _draw(self, longest: int, late: bool) -> Pair:
        item = self._item()
        return self._composed(item, self._mode(item, late), self._rng.randrange(40, longest))

    def _item(self) -> Item:
        """Draw a question, of a set by its weight, now and then in another language than its passage."""
        rng = self._rng
        name = rng.choices(self._names, self._weights)[0]
        if not self._left[name]:
            self._left[name] = self._pools[name].copy()
            rng.shuffle(self._left[name])
        item = self._left[name].pop()
        self.drawn[name] += 1
        if rng.random() < _CROSSED_SHARE.get(name, 0.0):
            other = rng.choice(self._translations[_parallel(item)])
            item = replace(item, ids=other.ids, roughs=other.roughs, swaps=other.swaps)
        return item

    def _mode(self, item: Item, late: bool) -> Mode:
        if item.first < 0:
            return "native"
        source, chance = SOURCES[item.source], self._rng.random()
        for mode in ("gone", "swapped", "elsewhere"):
            share = getattr(source, mode)
            if late:
                share = _ELSEWHERE_LATE if mode == "elsewhere" else share * _OTHERS_LATE
            if chance < share:
                return mode
            chance -= share
        return "answered"

    def _composed(self, item: Item, mode: Mode, limit: int) -> Pair:
        rng, context = self._rng, self._contexts[item.context]
        everything = list(range(len(context.ranges)))
        question = rng.choice(item.roughs) if rng.random() < _ROUGH_SHARE else item.ids
        if mode == "swapped" and item.swaps:
            kinds = [one for one in item.swaps if one[0] == "measure"] if rng.random() < 0.4 else []
            swapped = rng.choice(kinds or item.swaps)[1]
            return paired(swapped[:64], context, _window(context, everything, item.gold, limit, rng), None)
        if mode == "gone" and (alive := without_answer(item, context)):
            return paired(question, context, _window(context, alive, (), limit, rng), None)
        if mode == "elsewhere":
            pool = (
                (item.siblings if rng.random() < 0.5 else item.negatives) or item.negatives or item.siblings
            )
            if pool:
                other = self._contexts[rng.choice(pool)]
                alive = list(range(len(other.ranges)))
                return paired(question, other, _window(other, alive, (), limit, rng), None)
        if mode == "native":
            return paired(question, context, _window(context, everything, (), limit, rng), None)
        alive = everything
        if len(everything) >= 3 and rng.random() < 0.35:  # so that a sentence's neighbours vary
            lost = rng.choice(everything)
            alive = everything if lost in item.gold else [one for one in everything if one != lost]
        return paired(question, context, _window(context, alive, item.gold, limit, rng), item)


def _parallel(item: Item) -> str:
    return item.key.removeprefix("x")


def batched(pairs: Sequence[Pair], most_tokens: int) -> Iterator[list[Pair]]:
    """Yield pairs in the order given, as many as fit `most_tokens` when padded to the longest."""
    batch: list[Pair] = []
    for pair in pairs:
        longest = max(len(one.ids) for one in (*batch, pair))
        if batch and (len(batch) + 1) * longest > most_tokens:
            yield batch
            batch = []
        batch.append(pair)
    if batch:
        yield batch


@dataclass(frozen=True, slots=True)
class Tensors:
    """A batch as the model takes it: (batch, length) each."""

    ids: Tensor
    mask: Tensor
    passage: Tensor


def tensors(batch: Sequence[Pair]) -> Tensors:
    """Pad pairs to one length."""
    length = max(len(pair.ids) for pair in batch)
    ids = torch.full((len(batch), length), PADDING)
    passage = torch.zeros((len(batch), length), dtype=torch.bool)
    for row, pair in enumerate(batch):
        ids[row, : len(pair.ids)] = torch.tensor(pair.ids)
        passage[row, pair.passage : len(pair.ids) - 1] = True
    return Tensors(ids, ids != PADDING, passage)
