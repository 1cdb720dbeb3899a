"""The same questions asked otherwise."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ui.evaluation.questions.dataset import GoldQuestion, Place
from ui.evaluation.questions.variants import VARIANTS, variants

QUESTIONS = [
    GoldQuestion(text, (Place("a", n, n + 1),), (str(n),))
    for n, text in enumerate(["Où est l'Élysée ?", "Who is Zoé Çelik?", "?", "Ça va\u202f?", "À Rome"])
]


def texts(name: str) -> list[str]:
    return [question.text for question in variants(QUESTIONS, seed=1)[name]]


def test_each_variant_writes_the_questions_its_way():
    assert texts("lower_case") == ["où est l'élysée ?", "who is zoé çelik?", "?", "ça va\u202f?", "à rome"]
    assert texts("without_accents") == [
        *["Ou est l'Elysee ?", "Who is Zoe Celik?", "?", "Ca va\u202f?", "A Rome"]
    ]
    assert texts("without_mark") == ["Où est l'Élysée", "Who is Zoé Çelik", "?", "Ça va", "À Rome"]
    assert sorted(texts("all_at_once")) == ["?", "a rome", "ca va", "ou est l'elysee", "who is zoe celik"]


def test_shuffling_is_of_the_seed_and_changes_the_order_alone():
    orders = {tuple(q.text for q in variants(QUESTIONS, seed)["shuffled"]) for seed in range(8)}
    assert len(orders) > 1
    assert {tuple(sorted(order)) for order in orders} == {tuple(sorted(q.text for q in QUESTIONS))}
    assert variants(QUESTIONS, 3) == variants(QUESTIONS, 3)


@given(st.lists(st.text(min_size=1, max_size=12), max_size=6), st.integers(0, 99))
def test_every_variant_asks_for_the_same_gold(asked, seed):
    questions = [GoldQuestion(text, (Place("a", n, n + 1),)) for n, text in enumerate(asked)]
    found = variants(questions, seed)
    assert tuple(found) == VARIANTS
    for varied in found.values():
        assert sorted(q.gold[0].start for q in varied) == list(range(len(questions)))
        assert all(question.text for question in varied)
