"""Signals that a hand can compute, and a ranking that depends on nothing but them."""

from __future__ import annotations

from dataclasses import astuple, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.index.multivector import BlockWords, PassageVectors, make
from rag.retrieval.scoring import (
    SIGNALS,
    WEIGHTS,
    EncodedQuery,
    PassageScores,
    PassageSignals,
    QueryWord,
    covered,
    measure,
    rank,
    spread,
)

# Three words whose directions are apart; signs of multiples of them are exact when they are alone in a block.
PONT, BAC, FOIRE = np.eye(3, 8, dtype=np.float32)
NORTH, EAST = np.eye(2, 4, dtype=np.float32)


def asked(
    vectors: list[np.ndarray], weights: list[float], *terms: QueryWord, vector: np.ndarray = NORTH
) -> EncodedQuery:
    words = np.array(vectors, dtype=np.float32).reshape(-1, 8)
    return EncodedQuery(vector, words, np.array(weights, dtype=np.float32), tuple(terms))


def word(text: str, weight: float = 1.0, *others: str) -> QueryWord:
    return QueryWord(text, frozenset({text, *others}), weight)


def sketch(
    blocks: list[np.ndarray], block_of: list[int], words: list[tuple[np.ndarray, int]], text: str = ""
) -> PassageVectors:
    """One word a block: its vector is kept as it is."""
    parts = [BlockWords(vector[np.newaxis], [sentence]) for vector, sentence in words]
    return make(np.stack(blocks), block_of, parts, text.split(), text.split())


def signals(*values: float) -> PassageSignals:
    return PassageSignals(*values)


# --- measuring ---


def test_every_signal_of_a_passage_of_two_sentences():
    between = (PONT + BAC) / np.sqrt(2)
    made = sketch([NORTH, (3 * NORTH + 4 * EAST) / 5], [0, 1], [(PONT, 0), (between, 1)], "pont rouvre lundi")
    question = asked(
        [PONT, BAC], [3.0, 1.0], word("pont", 3.0), word("rouvrir", 1.0, "rouvre"), word("train", 4.0),
        vector=EAST,
    )  # fmt: skip
    [found] = measure(question, [made])
    half = np.sqrt(0.5)
    assert found.passage.block == pytest.approx(0.8)
    assert found.passage.late == pytest.approx((3 * 1 + 1 * half) / 4, abs=1e-6)
    # The first sentence has the one word and nothing of the other, the second half of each.
    assert [s.late for s in found.sentences] == pytest.approx([3 / 4, half], abs=1e-6)
    assert [s.block for s in found.sentences] == pytest.approx([0.0, 0.8])
    assert found.passage.sentence == pytest.approx(3 / 4, abs=1e-6)
    assert found.passage.terms == pytest.approx(4 / 8)
    # Neighbours: pont + rouvre weigh 4 and are there, rouvre + train weigh 5 and aren't.
    assert found.passage.phrases == pytest.approx(4 / 9)
    assert found.passage.prefixes == pytest.approx(4 / 8)  # `rouvrir` begins as `rouvre` does


def test_words_in_front_count_for_the_passage_and_for_no_sentence():
    [found] = measure(asked([BAC], [1.0]), [sketch([NORTH, NORTH], [0, 1], [(BAC, -1), (PONT, 1)])])
    assert found.passage.late == pytest.approx(1.0)
    assert found.passage.sentence == pytest.approx(0.0, abs=1e-6)
    # The first sentence has no word of its own: it has what the least of the others has.
    assert [s.late for s in found.sentences] == pytest.approx([0.0, 0.0], abs=1e-6)


def test_sentences_without_any_word_say_nothing():
    [found] = measure(asked([BAC], [1.0]), [sketch([NORTH], [0, 0], [(BAC, -1)])])
    assert [s.late for s in found.sentences] == [0.0, 0.0]
    assert (found.passage.late, found.passage.sentence) == (pytest.approx(1.0), 0.0)


def test_a_sentence_without_words_is_no_better_than_the_least_of_the_others():
    made = sketch([NORTH] * 2, [0, 0, 1], [(BAC, 0), (-PONT, 2)])
    [found] = measure(asked([BAC, PONT], [1.0, 1.0]), [made])
    assert [s.late for s in found.sentences] == pytest.approx([0.5, -0.5, -0.5], abs=1e-6)


def test_a_question_without_words_or_terms_has_only_its_vector():
    [found] = measure(asked([], []), [sketch([NORTH], [0], [(PONT, 0)], "pont")])
    assert astuple(found.passage) == (1.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    assert [astuple(s) for s in found.sentences] == [(0.0, 1.0)]


def test_a_sketch_without_words_or_terms_has_only_its_blocks():
    made = make(NORTH[np.newaxis], [0], [BlockWords(np.zeros((0, 8), dtype=np.float32), [])], [], [])
    [found] = measure(asked([PONT, BAC], [1.0, 1.0], word("pont")), [made])
    assert astuple(found.passage) == (1.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    assert [astuple(s) for s in found.sentences] == [(0.0, 1.0)]


def test_one_term_alone_makes_no_phrase():
    [found] = measure(asked([PONT], [1.0], word("pont")), [sketch([NORTH], [0], [(PONT, 0)], "pont")])
    assert (found.passage.terms, found.passage.phrases, found.passage.prefixes) == (1.0, 0.0, 1.0)


@pytest.mark.parametrize(
    ("text", "phrases"), [("pont neuf", 1.0), ("neuf pont", 0.0), ("pont du neuf", 0.0), ("pont", 0.0)]
)
def test_a_phrase_is_two_neighbours_in_order(text: str, phrases: float):
    question = asked([PONT], [1.0], word("pont"), word("neuf"))
    [found] = measure(question, [sketch([NORTH], [0], [(PONT, 0)], text)])
    assert found.passage.phrases == phrases


def test_nothing_measured_is_nothing():
    assert measure(asked([PONT], [1.0]), []) == []


numbers = st.integers(0, 10_000)


def random_sketch(seed: int) -> PassageVectors:
    draw = np.random.default_rng(seed)
    count = int(draw.integers(1, 4))
    blocks = draw.standard_normal((count, 4)).astype(np.float32)
    parts = [
        BlockWords(
            draw.standard_normal((3, 8)).astype(np.float32), [block, block, -1 if block == 0 else block]
        )
        for block in range(count)
    ]
    stems = draw.choice(["pont", "bac", "foire", "maire"], size=3)
    blocks /= np.linalg.norm(blocks, axis=1, keepdims=True)
    return make(blocks, list(range(count)), parts, stems, stems)


QUESTION = asked(
    [(PONT + BAC) / np.sqrt(2), -FOIRE], [2.0, 1.0], word("pont", 2.0), word("bac", 0.5), word("gare", 1.0)
)


@given(st.lists(numbers, min_size=1, max_size=6), st.randoms(use_true_random=False))
def test_a_passage_is_measured_alone_as_among_others(seeds: list[int], random: object):
    made = [random_sketch(seed) for seed in seeds]
    together = measure(QUESTION, made)
    order = list(range(len(made)))
    random.shuffle(order)
    shuffled = measure(QUESTION, [made[i] for i in order])
    for place, i in enumerate(order):
        [alone] = measure(QUESTION, [made[i]])
        for other in (shuffled[place], alone):
            assert astuple(other.passage) == pytest.approx(astuple(together[i].passage), abs=1e-6)
            assert flat(other) == pytest.approx(flat(together[i]), abs=1e-6)


def flat(found: PassageScores) -> list[float]:
    return [value for sentence in found.sentences for value in astuple(sentence)]


@given(numbers)
def test_signals_keep_to_their_bounds(seed: int):
    made = random_sketch(seed)
    [found] = measure(QUESTION, [made])
    assert len(found.sentences) == len(made.block_of)
    assert all(-1.001 <= value <= 1.001 for value in astuple(found.passage) + tuple(flat(found)))
    assert all(0 <= value <= 1 for value in astuple(found.passage)[3:])
    # A passage matches no worse than each of its sentences.
    assert all(sentence.late <= found.passage.late + 1e-6 for sentence in found.sentences)
    assert all(sentence.block <= found.passage.block for sentence in found.sentences)


# --- ranking ---

values = st.floats(-1, 1, width=32)
many = st.lists(
    st.tuples(*[values] * len(SIGNALS)).map(lambda row: PassageSignals(*row)), min_size=1, max_size=60
)


def test_columns_are_spread_by_their_least_and_greatest():
    spread_out = spread(np.array([[0.9, 5.0, -1.0], [0.7, 5.0, 1.0], [0.8, 5.0, 0.0]]))
    assert spread_out == pytest.approx(np.array([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.5, 0.0, 0.5]]))


def test_a_score_is_the_weighed_mean_of_spread_signals():
    found = [
        signals(0.9, 0.5, 0.5, 0.0, 0.0, 0.2),
        signals(0.7, 0.7, 0.5, 1.0, 0.0, 0.2),
        signals(0.8, 0.6, 0.5, 0.5, 0.0, 0.2),
    ]
    assert rank(found, (3.0, 2.0, 1.0, 2.0, 1.0, 1.0)).tolist() == pytest.approx([0.3, 0.4, 0.35])


def test_every_signal_has_a_weight_and_counts():
    assert len(WEIGHTS) == len(SIGNALS) == 6
    assert min(WEIGHTS) > 0
    nothing = signals(*[0.0] * 6)
    found = [nothing, *(replace(nothing, **{name: 1.0}) for name in SIGNALS)]
    assert rank(found).tolist() == pytest.approx([0.0, *(weight / sum(WEIGHTS) for weight in WEIGHTS)])


def test_equal_candidates_are_equal():
    assert rank([signals(0.9, 0.8, 0.7, 0.5, 0.1, 0.3)] * 3).tolist() == [0.0, 0.0, 0.0]
    assert rank([signals(0.9, 0.8, 0.7, 0.5, 0.1, 0.3)]).tolist() == [0.0]
    assert rank([]).shape == (0,)


@given(many)
def test_scores_are_between_nothing_and_one(found: list[PassageSignals]):
    scores = rank(found)
    assert scores.shape == (len(found),)
    assert ((scores >= 0) & (scores <= 1)).all()


@given(st.data(), many)
def test_a_score_has_nothing_to_do_with_the_order_of_candidates(
    data: st.DataObject, found: list[PassageSignals]
):
    order = data.draw(st.permutations(range(len(found))))
    scores = rank(found)
    # To the last bit: a retriever breaks ties by id, and a rounding would break them by place.
    assert rank([found[i] for i in order]).tolist() == [scores[i] for i in order]


@given(many)
def test_whoever_is_no_worse_in_anything_is_no_worse(found: list[PassageSignals]):
    scores = rank(found)
    rows = [astuple(item) for item in found]
    for i, a in enumerate(rows[:12]):
        for j, b in enumerate(rows[:12]):
            if all(x >= y for x, y in zip(a, b, strict=True)):
                assert scores[i] >= scores[j]


# --- how much of a question's terms is there ---


@pytest.mark.parametrize(
    ("present", "share"),
    [(set(), 0.0), ({"pont"}, 0.25), ({"pont", "rouvr"}, 1.0), ({"autre"}, 0.0), ({"rouvr", "autre"}, 0.75)],
)
def test_covered_is_the_share_of_term_weight(present: set[str], share: float):
    assert covered(present, {"pont": 1.0, "rouvr": 3.0}) == share


def test_a_question_without_terms_is_covered_by_nothing():
    assert covered({"pont"}, {}) == 0.0
