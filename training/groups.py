"""A question with several passages at once, as a search finds them, of which at most one is taken to answer.

Learnt together, their scores can be compared: the passage that answers against those that merely speak of it.
Knows tokens and sentences; no model.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import logit

from rag.reading.schema import PassageWindow
from rag.schema.article import Span
from training.corpus import Context, Item, context_of
from training.hits import Asked
from training.pairs import Drawer, Pair, paired

# The logit of a sentence that the ranking doesn't offer: it never comes first.
UNOFFERED = -12.0
_LEAST = 1e-5
_WITHOUT_ANSWER = 0.15
_QUESTION_TOKENS = 64
_LONGEST_PASSAGE = 320


@dataclass(frozen=True, slots=True)
class Group:
    """Pairs of one question, the one that is answered first.

    `rated` are the logits of each one's sentences by the ranking; all 0 where none rated them.
    """

    pairs: list[Pair]
    rated: list[list[float]]

    @property
    def tokens(self) -> int:
        """How many tokens it takes when its pairs are padded to one length."""
        return len(self.pairs) * max(len(pair.ids) for pair in self.pairs)


Encode = Callable[[Sequence[str]], list[tuple[np.ndarray, np.ndarray]]]


@dataclass(frozen=True, slots=True)
class FoundGroup:
    """What a search found for one question: each hit as a pair, and its sentences' logits by the ranking."""

    answered: list[tuple[Pair, list[float]]]
    others: list[tuple[Pair, list[float]]]


def found_groups(asked: Sequence[Asked], encode: Encode) -> list[FoundGroup]:
    """Return the questions whose answer was found, as tokens."""
    made = []
    for one in asked:
        question, *encoded = encode([one.question, *(window.text for window in one.windows)])
        ids = question[0].tolist()[:_QUESTION_TOKENS]
        group = FoundGroup([], [])
        for number, (window, (tokens, offsets)) in enumerate(zip(one.windows, encoded, strict=True)):
            context = context_of(window.text, "fr", tokens, offsets, window.sentences)
            if not context.ranges or context.ranges[-1][1] > _LONGEST_PASSAGE:
                continue
            _add(group, one, number, window, context, ids)
        if group.answered:
            made.append(group)
    return made


def _add(
    group: FoundGroup, asked: Asked, number: int, window: PassageWindow, context: Context, ids: list[int]
) -> None:
    offers = {one.sentence: one for one in asked.offers if one.hit == number}
    numbers = [window.sentences.index(Span(*span)) for span in context.spans]
    rated = [
        float(logit(np.clip(offers[n].probability, _LEAST, 1 - _LEAST))) if n in offers else UNOFFERED
        for n in numbers
    ]
    gold = next((at for at, n in enumerate(numbers) if n in offers and offers[n].gold), None)
    order = range(len(context.ranges))
    if gold is not None:
        low, high = context.spans[gold]
        places = [
            (low + at, answer) for answer in asked.answers if (at := window.text[low:high].find(answer)) >= 0
        ]
        if places:
            start, answer = places[0]
            inside = np.flatnonzero(
                (context.offsets[:, 1] > start) & (context.offsets[:, 0] < start + len(answer))
            )
            item = _marked(ids, int(inside[0]), int(inside[-1]), gold)
            group.answered.append((paired(ids, context, order, item), rated))
    elif not any(answer.lower() in window.text.lower() for answer in asked.answers):
        group.others.append((paired(ids, context, order, None), rated))


def _marked(ids: list[int], first: int, last: int, gold: int) -> Item:
    return Item("", ids, 0, first, last, (gold,), "", "fr", "found", "", "", "")


class GroupDrawer:
    """Draws groups: what the product's search found, and of the sets a passage with its nearest others."""

    def __init__(self, drawer: Drawer, found: Sequence[FoundGroup], share: float, seed: int) -> None:
        """`share` of the groups are from `found`."""
        self._drawer, self._found, self._share = drawer, found, share
        self._left: list[FoundGroup] = []
        self._rng = random.Random(f"groups {seed}")

    def batches(self, progress: float, most_tokens: int) -> Iterator[list[Group]]:
        """Yield batches of groups without end, `most_tokens` at most, padding included, or one group."""
        batch: list[Group] = []
        while True:
            group = self._draw(progress, most_tokens)
            pairs = [pair for one in (*batch, group) for pair in one.pairs]
            if batch and len(pairs) * max(len(pair.ids) for pair in pairs) > most_tokens:
                yield batch
                batch = []
            batch.append(group)

    def _draw(self, progress: float, most_tokens: int) -> Group:
        if self._found and self._rng.random() < self._share:
            if not self._left:
                self._left = list(self._found)
                self._rng.shuffle(self._left)
            return self._of_found(self._left.pop(), most_tokens)
        pairs = self._drawer.group(progress, self._rng.randrange(2, 5))
        if len(pairs) > 2 and self._rng.random() < _WITHOUT_ANSWER:
            pairs = pairs[1:]
        return Group(pairs, [[0.0] * len(pair.sentences) for pair in pairs])

    def _of_found(self, found: FoundGroup, most_tokens: int) -> Group:
        rng = self._rng
        chosen = [] if rng.random() < _WITHOUT_ANSWER else [rng.choice(found.answered)]
        for one in rng.sample(found.others, len(found.others)):
            longest = max(len(pair.ids) for pair, _ in (*chosen, one))
            if not chosen or (len(chosen) + 1) * longest <= most_tokens:
                chosen.append(one)
        chosen = chosen or [rng.choice(found.answered)]
        return Group([pair for pair, _ in chosen], [rated for _, rated in chosen])
