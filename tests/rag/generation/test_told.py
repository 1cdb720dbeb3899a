"""What sentences say by their words is answered, however little their passages resemble the question."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing

import pytest
from desk import Desk

from rag.engine.factory import build_chain
from rag.schema.answer import Answer
from rag.schema.question import Question

Ask = Callable[[str], Answer]
ARTICLES = {
    "bac.md": (
        "Orvanne ferme son bassin",
        "La piscine municipale d'Orvanne a fermé ses portes lundi. Le maire espère une aide de la région.",
    ),
    "bassin.md": (
        "Saint-Aubert à son tour",
        "Après Orvanne, c'est au tour de Saint-Aubert de fermer sa piscine. Le gaz coûte trop cher.",
    ),
    "hiver.md": (
        "Brécy tient bon",
        "La commune de Brécy ne fermera pas sa piscine cet hiver. Le conseil a voté un crédit.",
    ),
    "sommet.md": (
        "Blake et Berg à Kervenoc",
        "Ann Blake et Olav Berg se sont vus samedi. « Nous espérons que l'accord auquel nous sommes parvenus"
        " tiendra », a déclaré Olav Berg. « Il n'y a pas d'accord », a répondu Ann Blake.",
    ),
}


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ask]:
    with closing(Desk(tmp_path_factory.mktemp("told"))) as desk:
        for name, (title, text) in ARTICLES.items():
            desk.write(name, f'---\ntitle: "{title}"\nlanguage: fr\n---\n\n{text}\n')
        assert desk.ingest().new == len(ARTICLES)
        chain = build_chain(desk.parts, None)
        yield lambda text: chain.invoke(Question(text))


@pytest.mark.parametrize(
    "text", ["Which towns closed their swimming pools?", "Quelles communes ont fermé leur piscine ?"]
)
def test_the_items_of_a_list_are_told_in_either_language(ask: Ask, text: str):
    answer = ask(text)
    assert sorted(claim.evidence[0].answer_words for claim in answer.claims) == ["Orvanne", "Saint-Aubert"]
    assert (answer.status, answer.incomplete) == ("answered", True)


@pytest.mark.parametrize("text", ["Quel accord a été conclu ?", "What agreement was reached?"])
def test_which_agreement_was_reached_is_told_with_both_sides(ask: Ask, text: str):
    told = " ".join(claim.text for claim in ask(text).claims)
    assert ("sommes parvenus" in told, "pas d'accord" in told) == (True, True)


@pytest.mark.parametrize(
    "text",
    [
        "Which towns closed their libraries?",
        "Which schools closed their swimming pools?",
        "Quelles écoles ont fermé leur piscine ?",
        "Which towns closed their swimming pools in 2019?",
        "Quel accord a été conclu en 2019 ?",
        "Quel accord a été conclu entre Toury et Brac ?",
    ],
)
def test_what_they_say_of_something_else_is_refused(ask: Ask, text: str):
    answer = ask(text)
    assert (answer.status, answer.claims) == ("not_found", ())
