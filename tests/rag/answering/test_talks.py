"""What several people said or talked about is told with the words of each, in either language."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing

import pytest
from desk import Desk

from rag.engine.factory import build_chain
from rag.schema.answer import Answer
from rag.schema.question import Question

Ask = Callable[[str], Answer]
TALKS = """Vladimir Poutine et Olav Berg se sont vus samedi à Kervenoc.

« La pêche au hareng est un enjeu majeur pour nos deux pays », a déclaré Poutine. « Le quota de
cabillaud reste trop bas », a répondu Berg. La ministre Ann Blake était assise à côté de lui.

À l'issue des discussions, Vladimir Poutine et Olav Berg ont donné une conférence de presse."""
FERRY = """Claire Vasseur et Luc Morin ont parlé du bac de Toury lundi.

« Il faut le réparer », a dit Claire Vasseur. « Il faut le vendre », a dit Luc Morin."""


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ask]:
    with closing(Desk(tmp_path_factory.mktemp("talks"))) as desk:
        for name, text in (("summit.md", TALKS), ("ferry.md", FERRY)):
            desk.write(name, f"---\ntitle: {name}\nlanguage: fr\n---\n\n{text}\n")
        assert desk.ingest().new == 2
        chain = build_chain(desk.parts, None)
        yield lambda text: chain.invoke(Question(text))


@pytest.mark.parametrize(
    "text",
    [
        "De quoi ont parlé Poutine et Berg ?",
        "De quoi Poutine et Berg ont-ils parlé ?",
        "De quoi Poutine a-t-il parlé avec Berg ?",
        "Qu'ont dit Poutine et Berg ?",
        "What did Putin and Berg talk about?",
        "What did Putin and Berg say?",
    ],
)
def test_each_of_several_speakers_has_his_words(ask: Ask, text: str):
    answer = ask(text)
    told = " ".join(claim.text for claim in answer.claims)
    assert (answer.status, "hareng" in told, "cabillaud" in told) == ("answered", True, True)
    assert "conférence" not in told


def test_a_name_of_another_language_is_the_same_ones(ask: Ask):
    answer = ask("What did Putin say?")
    assert ["hareng" in claim.text for claim in answer.claims] == [True]


def test_a_sentence_that_tells_what_was_talked_about_is_the_answer(ask: Ask):
    answer = ask("De quoi ont parlé Claire Vasseur et Luc Morin ?")
    assert [claim.text for claim in answer.claims][:1] == [
        "Claire Vasseur et Luc Morin ont parlé du bac de Toury lundi."
    ]


def test_who_has_no_words_is_told(ask: Ask):
    answer = ask("Qu'ont dit Poutine et Ann Blake ?")
    assert (answer.status, answer.missing) == ("partial", ("Ann Blake",))


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("De quoi a parlé Ann Blake ?", "Les articles ne rapportent aucune parole d'Ann Blake."),
        ("De quoi ont parlé Poutine et Odile Brac ?", "Aucun article ne parle d'Odile Brac."),
        ("Qu'ont dit Odile Brac et Berg ?", "Aucun article ne parle d'Odile Brac."),
        ("What did Brac and Berg say?", "No article mentions Brac."),
    ],
)
def test_what_nobody_said_is_not_made_up(ask: Ask, text: str, plain: str):
    answer = ask(text)
    assert (answer.status, answer.claims) == ("not_found", ())
    assert answer.plain_text.startswith(plain)
