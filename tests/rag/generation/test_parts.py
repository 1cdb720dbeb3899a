"""Questions that join several, over the example articles: each part as it is answered alone, or refused."""

from __future__ import annotations

import shutil
from contextlib import closing
from itertools import pairwise

import pytest

from rag.config import Settings
from rag.engine.engine import open_engine
from rag.engine.factory import build_chain
from rag.schema.answer import Answer
from rag.schema.events import ClaimChecked, HitsFound
from rag.schema.question import Question
from rag.text.normalization import fold

ALONE = (
    "Qui a été élue maire de Brévennes ?",
    "Où et quand le séisme de Sorvana a-t-il eu lieu ?",
    "Combien de bébés sont nés à la maternité de Valbrume en 2025 ?",
    "Qui a gagné le prix des Trois-Rivières ?",
    "Qui dirige l'usine de chocolat de Toury ?",
)


@pytest.fixture(scope="module")
def chain(tmp_path_factory, examples_library, embedder):
    folder = tmp_path_factory.mktemp("library") / "data"
    shutil.copytree(examples_library, folder)
    with closing(open_engine(Settings(data_dir=folder), embedder)) as engine:
        yield build_chain(engine, None)


def told(answer: Answer) -> list[tuple[str, str]]:
    return [(claim.heading, claim.evidence[0].answer_words) for claim in answer.claims]


def places(answer: Answer) -> list[tuple]:
    return [(e.article.id, e.start, e.end, e.answer_span) for c in answer.claims for e in c.evidence]


def test_who_was_elected_is_who_it_is_alone_and_the_votes_are_hers(chain):
    answer = chain.invoke("Qui a été élue maire de Brévennes, et avec combien de voix ?")
    assert (answer.status, answer.missing) == ("answered", ())
    assert [words for _, words in told(answer)] == ["Clémence Authier", "6 412 voix"]
    assert places(answer)[:1] == places(chain.invoke("Qui a été élue maire de Brévennes ?"))


def test_who_was_elected_is_told_in_english_too(chain):
    answer = chain.invoke("Who was elected mayor of Brévennes, and with how many votes?")
    assert told(answer) == [
        ("Who was elected mayor of Brévennes", "Clémence Authier"),
        ("With how many votes", "6 412 voix"),
    ]


@pytest.mark.parametrize("pair", list(pairwise(ALONE)), ids=str)
def test_a_part_is_answered_as_it_is_alone_or_refused(chain, pair):
    one, other = (question.rstrip(" ?") for question in pair)
    answer = chain.invoke(f"{one}, et {other[0].lower()}{other[1:]} ?")
    expected = [*places(chain.invoke(pair[0])), *places(chain.invoke(pair[1]))]
    assert set(places(answer)) <= set(expected)
    assert places(answer) or answer.status == "not_found"


def test_a_part_that_is_in_no_article_is_refused_in_its_own_words(chain):
    answer = chain.invoke("Qui a été élue maire de Brévennes, et combien de chevaux possède-t-elle ?")
    assert [words for _, words in told(answer)] == ["Clémence Authier"]
    assert (answer.status, answer.missing) == ("partial", ("combien de chevaux possède-t-elle",))


def test_what_leans_on_a_part_that_is_in_no_article_tells_of_nothing_else(chain):
    answer = chain.invoke("Where did the ferry run aground, and how many passengers were on board?")
    assert (answer.status, answer.claims) == ("not_found", ())


def test_claims_are_numbered_on_and_headed_while_they_are_told(chain):
    events = list(chain.stream(Question("Où et quand le séisme de Sorvana a-t-il eu lieu ?", fresh=True)))
    claims = [event for event in events if isinstance(event, ClaimChecked)]
    assert [(one.claim, one.checked.heading) for one in claims] == [(0, "Où"), (1, "Quand")]
    found = [event for event in events if isinstance(event, HitsFound)]
    assert set(found[0].hits) <= set(found[-1].hits)
    assert fold(events[-1].standalone_question) == fold("Où et quand le séisme de Sorvana a-t-il eu lieu ?")


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("Avec combien de voix Clémence Authier a-t-elle été élue maire de Brévennes ?", "6 412 voix"),
        ("Avec combien de voix d'avance Clémence Authier a-t-elle été élue ?", "425 voix"),
        (
            "l'adversaire de Clémence Authier au second tour c'était qui",
            "le président de la chambre de commerce, Édouard Vassoigne",
        ),
        ("Qui a été élu maire de Corvenne ?", "Nadia Lacourtade"),
    ],
)
def test_winners_losers_votes_and_margins_are_told_apart(chain, question, words):
    assert [said for _, said in told(chain.invoke(question))] == [words]
