"""Whether the articles answer at all, from what was found: surer with every better sign."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.config import AnsweringSettings
from rag.query.question_text import QuestionText
from rag.retrieval.answerability import AnswerabilitySignals, answerable, signals
from rag.retrieval.retriever import Query, Retrieved
from rag.retrieval.scoring import EncodedQuery, PassageScores, PassageSignals
from rag.schema.article import Article
from rag.schema.hit import Hit

MakeArticle = Callable[..., Article]
TEXT = "Le pont de Corvenne rouvre lundi. Le bac s'arrête."

cosines = st.floats(-1, 1)
shares = st.floats(0, 1)


def asked(language: str) -> Query:
    nothing = np.zeros((0, 4), dtype=np.float32)
    return Query(QuestionText("Quand ?", language), (), EncodedQuery(np.zeros(4), nothing, np.zeros(0), ()))


def measured(block: float, late: float, sentence: float, terms: float) -> PassageScores:
    return PassageScores(PassageSignals(block, late, sentence, terms, phrases=0.0, prefixes=0.0), ())


def test_the_best_of_each_signal_among_the_hits_tells(make_article: MakeArticle):
    french = make_article(TEXT, "a1")
    english = make_article("The bridge opens on Monday.", "a2", language="en")
    hits = (Hit("p1", french, 34, 50, 1.0), Hit("p2", english, 0, 27, 0.5))
    found = {
        "p1": measured(0.81, 0.6, 0.5, 0.0),
        "p2": measured(0.88, 0.4, 0.3, 0.5),
        "p3": measured(0.99, 0.99, 0.99, 1.0),  # a candidate that is no hit
    }
    best = AnswerabilitySignals(block=0.88, late=0.6, sentence=0.5, terms=0.5, same_language=True)
    assert signals(Retrieved(asked("fr"), hits, found)) == best
    assert signals(Retrieved(asked("en"), hits, found)) == replace(best, same_language=False)
    assert signals(Retrieved(asked("fr"), hits[:1], found)) == AnswerabilitySignals(0.81, 0.6, 0.5, 0.0, True)


def test_when_nothing_is_found_nothing_is_answerable():
    nothing = signals(Retrieved(asked("fr"), ()))
    assert nothing == AnswerabilitySignals(0.0, 0.0, 0.0, 0.0, True)
    assert answerable(nothing) < 1e-6


@given(cosines, cosines, cosines, shares, st.booleans())
def test_it_is_a_probability(block: float, late: float, sentence: float, share: float, same: bool):
    assert 0 <= answerable(AnswerabilitySignals(block, late, sentence, share, same)) <= 1


pairs = st.lists(cosines, min_size=2, max_size=2).map(sorted)


@given(pairs, pairs, pairs, st.lists(shares, min_size=2, max_size=2).map(sorted), st.booleans())
def test_better_signs_never_make_it_less_likely(
    block: list[float], late: list[float], sentence: list[float], share: list[float], same: bool
):
    worst, best = (
        AnswerabilitySignals(*values, same) for values in zip(block, late, sentence, share, strict=True)
    )
    for name in ("block", "late", "sentence", "terms"):
        better = replace(worst, **{name: getattr(best, name)})
        assert answerable(worst) <= answerable(better) <= answerable(best)


@pytest.mark.parametrize("same", [True, False])
def test_poor_matches_are_refused_and_good_ones_answered_by_default(same: bool):
    """The bundled encoder's cosines lie between 0.75 and 0.95: neither end may be a foregone conclusion."""
    least = AnsweringSettings().min_answerable
    poor, good = (
        AnswerabilitySignals(0.78, 0.4, 0.4, 0.0, same),
        AnswerabilitySignals(0.92, 0.8, 0.8, 1.0, same),
    )
    assert answerable(poor) < least < answerable(good)


@given(st.floats(0, 1), st.floats(0, 1))
def test_what_the_reader_says_never_counts_against_its_probability(first: float, second: float):
    low, high = sorted((first, second))
    found = AnswerabilitySignals(0.86, 0.6, 0.5, 0.5, True)
    assert answerable(replace(found, read=low)) <= answerable(replace(found, read=high))


def test_a_reader_that_is_sure_turns_what_retrieval_doubts():
    doubted = AnswerabilitySignals(0.85, 0.55, 0.5, 0.5, True)
    assert answerable(replace(doubted, read=0.99)) > 0.5
    assert answerable(replace(doubted, read=0.01)) < 0.5
