"""Which sentences answer, from their scores and from the number that a model points at."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.generation import extractive
from rag.schema.answer import Evidence
from rag.schema.article import Article, Span

TEXT = "Le pont rouvre lundi. Il mesure 320 mètres. La mairie paie les travaux."
ARTICLE = Article("a", TEXT, "Le pont", "a.txt", "h", language="fr")


def offered(*scores: float) -> list[Evidence]:
    return [Evidence(ARTICLE, 0, 21, score) for score in scores]


def test_without_a_model_the_scores_alone_count():
    share = extractive.shares(offered(0.6, 0.2), {})
    assert share[0] / share[1] == pytest.approx(3**0.6)


def test_a_model_that_is_sure_outweighs_a_small_lead():
    share = extractive.shares(offered(0.5, 0.4), {"1": 0.1, "2": 0.9})
    first, second = 0.1**0.75 * 0.5**0.6, 0.9**0.75 * 0.4**0.6
    assert share[1] == pytest.approx(second / (first + second))


def test_numbers_that_begin_alike_share_their_digit_by_score():
    share = extractive.shares(offered(0.3, *[0.01] * 8, 0.1), {"1": 1.0})
    weights = [0.75**0.75 * 0.3**0.6, 0.25**0.75 * 0.1**0.6]
    assert share[0] / share[9] == pytest.approx(weights[0] / weights[1])


digits = st.dictionaries(st.sampled_from("0123456789"), st.floats(0, 1))


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12), digits)
def test_shares_are_one_for_each_sentence_and_sum_to_one(scores, chances):
    share = extractive.shares(offered(*scores), chances)
    assert len(share) == len(scores)
    assert sum(share) == pytest.approx(1.0)
    assert min(share) >= 0


def test_a_second_sentence_answers_too_when_it_is_likely_enough():
    assert extractive.best([0.2, 0.7, 0.1], False, [True] * 3) == [1, 0]
    assert extractive.best([0.07, 0.86, 0.07], False, [True] * 3) == [1]
    assert extractive.best([0.25, 0.3, 0.2, 0.25], False, [True] * 4) == [1, 0, 3]
    assert extractive.best([0.1, 0.8, 0.1], False, [True] * 3) == [1]
    assert extractive.best([0.6, 0.28, 0.12], False, [True] * 3) == [0, 1]
    assert extractive.best([0.6, 0.28, 0.12], True, [True] * 3) == [0, 1, 2]


def test_a_sentence_that_gives_nothing_of_what_is_asked_is_passed_over():
    assert extractive.best([0.2, 0.6, 0.2], False, [True, False, True]) == [0, 2]
    assert extractive.best([0.2, 0.7, 0.1], False, [False] * 3) == []


@pytest.mark.parametrize(
    ("none", "stands", "doubts", "denies"),
    [(0.1, True, False, False), (0.3, True, True, False), (0.3, False, True, True), (0.6, True, True, True)],
)
def test_a_model_that_nearly_says_none_must_bear_out_its_choice(none, stands, doubts, denies):
    pointed = extractive.SentenceChoice({"0": none, "1": 1 - none}, stands)
    assert (pointed.doubts, pointed.denies) == (doubts, denies)


def test_the_model_chooses_among_the_five_likeliest_in_their_order():
    items = offered(0.1, 0.2, 0.05, 0.3, 0.01, 0.15, 0.19)
    assert [item.score for item in extractive.likeliest(items)] == [0.1, 0.2, 0.3, 0.15, 0.19]


def test_of_long_sentences_the_model_reads_fewer_and_never_none():
    text = "a" * 700 + "b" * 600 + "c" * 300
    article = replace(ARTICLE, text=text)
    spans = ((0, 700, 0.5), (700, 1300, 0.3), (1300, 1600, 0.2))
    items = [Evidence(article, start, end, score) for start, end, score in spans]
    assert extractive.likeliest(items) == (items[0], items[2])
    whole = Evidence(article, 0, 1600, 1.0)
    assert extractive.likeliest([whole]) == (whole,)


def test_a_sentence_that_opens_with_a_pronoun_is_shown_with_the_one_before():
    leaning = Evidence(ARTICLE, 22, 43, before=(Span(0, 21),), after=(Span(44, 71),))
    assert extractive.readable(leaning).quote == "Le pont rouvre lundi. Il mesure 320 mètres."
    alone = Evidence(ARTICLE, 44, 71, before=(Span(22, 43), Span(0, 21)))
    assert extractive.readable(alone) is alone
    first = Evidence(ARTICLE, 22, 43)
    assert extractive.readable(first) is first


def test_the_first_digit_is_read_with_its_rivals():
    logprobs = [
        {"token": "[", "top_logprobs": [{"token": "[", "logprob": -0.1}]},
        {
            "token": "3",
            "top_logprobs": [
                {"token": "3", "logprob": math.log(0.6)},
                {"token": " 3", "logprob": math.log(0.1)},
                {"token": "0", "logprob": math.log(0.2)},
                {"token": "x", "logprob": math.log(0.1)},
            ],
        },
        {"token": "7", "top_logprobs": [{"token": "7", "logprob": 0.0}]},
    ]
    assert extractive.first_digits(logprobs) == pytest.approx({"3": 0.7, "0": 0.2})
    assert extractive.first_digits([]) == {}


@pytest.mark.parametrize(("written", "likeliest"), [("[2] Lundi.", "2"), (" [0]", "0"), ("[12", "1")])
def test_a_model_that_tells_no_probabilities_is_taken_at_half_its_word(written, likeliest):
    found = extractive.written_digit(written)
    assert max(found, key=found.get) == likeliest
    assert sum(found.values()) == pytest.approx(1.0)


def test_a_model_that_writes_no_number_points_at_nothing():
    assert extractive.written_digit("Je ne sais pas.") == {}


def test_a_course_of_events_is_told_in_the_order_of_its_days():
    days = ["2025-03-02", "2025-01-05", "2025-02-01"]
    items = [Evidence(replace(ARTICLE, id=day, published_at=day), 0, 21) for day in days]
    by_day = [items[1], items[2], items[0]]
    assert extractive.in_order(items, in_time=True) == by_day
    assert extractive.in_order(items, in_time=False) == items
