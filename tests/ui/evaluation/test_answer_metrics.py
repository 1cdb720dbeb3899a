"""Short answers, the sentence shown first and wrong answers, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from ui.evaluation.answer_metrics import exact_match, short_answer_f1
from ui.evaluation.answers import AnsweredQuestion, Streamed, answerable_figures
from ui.evaluation.metrics import lost
from ui.evaluation.questions.dataset import GoldQuestion, Place

TEXT = "Le pont rouvre lundi. Il a coûté 4 euros."
FIRST, SECOND = Place("a", 0, 21), Place("a", 22, 41)
GOLD = GoldQuestion("Quand ?", (Place("a", 15, 20),), ("lundi",), Place("a", 0, 41))


def gold(*answers: str) -> GoldQuestion:
    return GoldQuestion("?", (), answers)


@pytest.mark.parametrize(
    ("short", "answers", "exact", "f1"),
    [
        ("six mois", ["six mois"], True, 1.0),
        ("Le six Mois.", ["six mois"], True, 1.0),
        ("l’Élysée", ["L'Élysée"], True, 1.0),
        ("the bridge", ["a bridge"], True, 1.0),
        ("Élysée", ["Elysee"], False, 0.0),  # as SQuAD has it, accents count
        ("il y a six mois", ["six mois"], False, 2 * 2 / (4 + 2)),
        ("six ans", ["six mois", "six ans et demi"], False, 2 * 2 / (2 + 4)),
        ("un", ["un"], True, 1.0),  # of nothing but an article, the article is what is said
        ("%", ["%"], True, 1.0),
        ("", ["six mois"], False, 0.0),
        ("", ["%"], False, 0.0),
        ("six six", ["six mois"], False, 0.5),
    ],
)
def test_a_short_answer_is_held_against_the_gold_one(short, answers, exact, f1):
    assert exact_match(short, gold(*answers)) is exact
    assert short_answer_f1(short, gold(*answers)) == pytest.approx(f1)


def got(said="", cited=(), short="", *, abstained=False) -> AnsweredQuestion:
    return AnsweredQuestion(GOLD, said, abstained, cited, short, Streamed((), None, 1.0))


@pytest.mark.parametrize(
    ("asked", "first", "wrong"),
    [
        (got("Le pont rouvre lundi.", (FIRST, SECOND)), 1.0, 0.0),
        (got("Il a coûté 4 euros. Le pont rouvre lundi.", (SECOND, FIRST)), 0.0, 0.0),
        (got("Il a coûté 4 euros.", (SECOND,)), 0.0, 1.0),
        (got("Il rouvre bientôt.", (FIRST,)), 1.0, 0.0),  # what is cited has it
        (got("C'est lundi.", (SECOND,)), 0.0, 0.0),  # what is said has it
        (got(abstained=True), 0.0, 0.0),  # refusing isn't being wrong
        (got("C'est mardi.", None, None), np.nan, 1.0),
    ],
)
def test_the_sentence_shown_first_and_wrong_answers(asked, first, wrong):
    figures = answerable_figures([asked], {"a": TEXT})
    assert list(figures["answer_first"]) == [pytest.approx(first, nan_ok=True)]
    assert list(figures["wrong"]) == [wrong]


def test_a_system_that_cannot_point_has_no_short_answer():
    figures = answerable_figures([got("lundi", None, None), got("lundi", (FIRST,), "lundi")], {"a": TEXT})
    for name in ("short_answer_em", "short_answer_f1"):
        assert list(figures[name]) == [pytest.approx(np.nan, nan_ok=True), 1.0]


def test_what_is_lost_is_the_fall_of_a_mean():
    before = {"m": np.array([1.0, 1.0, 0.0, np.nan]), "n": np.array([np.nan]), "only": np.ones(1)}
    after = {"m": np.array([0.0, 1.0, 0.0, 1.0]), "n": np.array([1.0])}
    assert lost(before, after) == {"m": pytest.approx(2 / 3 - 1 / 2)}
