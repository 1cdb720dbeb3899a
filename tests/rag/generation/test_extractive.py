"""Which sentences answer, from their scores."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.generation import extractive
from rag.schema.article import Article, Span
from rag.schema.evidence import Evidence

TEXT = "Le pont rouvre lundi. Il mesure 320 mètres. La mairie paie les travaux."
ARTICLE = Article("a", TEXT, "Le pont", "a.txt", "h", language="fr")


def offered(*scores: float) -> list[Evidence]:
    return [Evidence(ARTICLE, 0, 21, score) for score in scores]


def test_a_share_grows_more_slowly_than_its_score():
    share = extractive.shares(offered(0.6, 0.2))
    assert share[0] / share[1] == pytest.approx(3**0.6)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_shares_are_one_for_each_sentence_and_sum_to_one(scores):
    share = extractive.shares(offered(*scores))
    assert len(share) == len(scores)
    assert sum(share) == pytest.approx(1.0)
    assert min(share) >= 0


def elsewhere(score: float) -> Evidence:
    return Evidence(replace(ARTICLE, id="b"), 0, 21, score)


def test_one_sentence_is_shown_unless_a_second_is_nearly_as_likely():
    assert extractive.best(offered(0.1, 0.7, 0.2), False, [True] * 3) == [1]
    assert extractive.best(offered(0.3, 0.4, 0.3), False, [True] * 3) == [1, 0]
    assert extractive.best([*offered(0.4), elsewhere(0.3)], False, [True] * 2) == [0]
    assert extractive.best([*offered(0.4), elsewhere(0.36)], False, [True] * 2) == [0, 1]


def test_several_are_shown_where_a_question_asks_for_several():
    assert extractive.best(offered(0.6, 0.28, 0.12), True, [True] * 3) == [0, 1, 2]


def test_a_sentence_that_gives_nothing_of_what_is_asked_is_passed_over():
    assert extractive.best(offered(0.2, 0.6, 0.2), False, [True, False, True]) == [0, 2]
    assert extractive.best(offered(0.2, 0.7, 0.1), False, [False] * 3) == []


def test_the_choice_is_among_the_five_likeliest_in_their_order():
    items = offered(0.1, 0.2, 0.05, 0.3, 0.01, 0.15, 0.19)
    assert [item.score for item in extractive.likeliest(items)] == [0.1, 0.2, 0.3, 0.15, 0.19]


def test_of_long_sentences_there_are_fewer_and_never_none():
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


def test_a_sentence_that_goes_on_from_the_one_shown_above_is_not_said_with_it_again():
    first = Evidence(ARTICLE, 0, 21)
    leaning = Evidence(ARTICLE, 22, 43, before=(Span(0, 21),)).answered_by(Span(32, 42))
    assert extractive.in_turn([first, leaning]) == [first, leaning]
    assert [item.quote for item in extractive.in_turn([leaning])] == [
        "Le pont rouvre lundi. Il mesure 320 mètres."
    ]
    other = replace(first, article=replace(ARTICLE, id="b"))
    between = extractive.in_turn([first, other, leaning])
    assert between[-1].quote == "Le pont rouvre lundi. Il mesure 320 mètres."


def test_a_course_of_events_is_told_in_the_order_of_its_days():
    days = ["2025-03-02", "2025-01-05", "2025-02-01"]
    items = [Evidence(replace(ARTICLE, id=day, published_at=day), 0, 21) for day in days]
    by_day = [items[1], items[2], items[0]]
    assert extractive.in_order(items, in_time=True) == by_day
    assert extractive.in_order(items, in_time=False) == items
