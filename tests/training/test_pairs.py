import random

import numpy as np
import pytest

from training.corpus import Context, Corpus, Item
from training.pairs import Drawer, batched, paired, tensors, without_answer

WORDS = "aa bb cc . dd ee . cc ff ."


def context() -> Context:
    """Three sentences of ten tokens, a word each; `cc` stands in the first and in the last."""
    offsets = np.array([(3 * n if n < 4 else 3 * n - 1, 0) for n in range(10)])
    words = WORDS.split()
    at, spans = 0, []
    for word in words:
        at = WORDS.index(word, at)
        spans.append((at, at + len(word)))
        at += len(word)
    offsets = np.array(spans)
    ranges = [(0, 4), (4, 7), (7, 10)]
    return Context(WORDS, "en", np.arange(100, 110), offsets, ranges, [(0, 10), (11, 18), (19, 26)])


def item(first: int, last: int, gold: tuple[int, ...], answer: str) -> Item:
    return Item("?", [50, 51], 0, first, last, gold, answer, "en", "squad-en", "a", "k", "", [[52]])


def test_a_pair_points_at_its_answer_whatever_sentences_stand_around():
    asked = item(4, 5, (1,), "dd ee")
    for order in ([0, 1, 2], [1, 2], [1]):
        pair = paired(asked.ids, context(), order, asked)
        assert pair.ids[pair.first : pair.last + 1] == [104, 105]
        assert [pair.ids[low] for low, _ in pair.sentences] == [context().ranges[n][0] + 100 for n in order]
        assert pair.gold == [order.index(1)]
    assert not paired(asked.ids, context(), [0, 2], None).answered


def test_sentences_that_repeat_the_answer_go_with_it():
    assert without_answer(item(2, 2, (0,), "cc"), context()) == [1, 2]  # two letters are too few to tell
    assert without_answer(item(1, 2, (0,), "bb cc"), context()) == [1, 2]
    longer = context()
    longer.text = WORDS.replace("cc", "ccc")
    longer.spans = [(0, 11), (12, 19), (20, 28)]
    assert without_answer(item(2, 2, (0,), "ccc"), longer) == [1]


@pytest.mark.parametrize("progress", [0.0, 1.0])
def test_batches_fit_and_are_drawn_alike_from_one_seed(progress):
    items = [item(4, 5, (1,), "dd ee") for _ in range(20)] + [item(-1, -1, (), "") for _ in range(5)]
    drawn = [list(Drawer(Corpus(items, [context()]), 3).batches(progress, 60, 50)) for _ in range(2)]
    assert drawn[0] == drawn[1]
    assert sum(map(len, drawn[0])) == 50
    for batch in drawn[0]:
        given = tensors(batch)
        assert given.ids.numel() <= 60
        for row, pair in enumerate(batch):
            assert given.passage[row].sum() == len(pair.ids) - pair.passage - 1


def test_what_is_kept_apart_is_never_drawn():
    kept = item(4, 5, (1,), "dd ee")
    kept.held, kept.ids, kept.roughs = "gate", [77], [[77]]
    drawer = Drawer(Corpus([kept, item(4, 5, (1,), "dd ee")], [context()]), 1)
    assert all(77 not in pair.ids for batch in drawer.batches(0.5, 500, 200) for pair in batch)


def test_a_long_pair_is_a_batch_of_its_own():
    pairs = [paired([1] * n, context(), [0, 1, 2], None) for n in (5, 200, 5)]
    random.Random(0).shuffle(pairs)
    assert sorted(len(batch) for batch in batched(pairs, 100)) in ([1, 1, 1], [1, 2])
