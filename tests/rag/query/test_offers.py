"""A refusal names what the nearest articles speak of, and a `yes` asks for that."""

from __future__ import annotations

from datetime import date

import pytest

from rag.grounding.refusals import unknown
from rag.query.offers import Offer, of_name, offered
from rag.query.understanding import normalised, understand
from rag.schema.question import Question, Turn

PORT = "Que dit le maire de Port-Perdu de la digue ?"
SPELLED = "Quel âge a Odile Sarazi ?"


def understood(said: str, *turns: Turn):
    return understand(normalised(Question(said, turns)), ["fr", "en"], date(2026, 11, 2), lambda *_: False)


@pytest.mark.parametrize(
    ("question", "name", "nearest", "language", "expected"),
    [
        (PORT, "Port-Perdu", ["Alès", "Sarrane"], "fr", "Que disent les articles d'Alès ?"),
        (PORT, "Port-Perdu", ["Marc Le Goff"], "fr", "Que disent les articles de Marc Le Goff ?"),
        (SPELLED, "Odile Sarazi", ["Odile Sarrazy", "Brécy"], "fr", "Quel âge a Odile Sarrazy ?"),
        ("Who is Moira Macleod?", "Moira Macleod", ["Moira MacLeod"], "en", "Who is Moira MacLeod?"),
        (
            "Who runs Port Lost?",
            "Port Lost",
            ["Bank of Ely", "Selby"],
            "en",
            "What do the articles say about Bank of Ely?",
        ),
    ],
)
def test_what_a_refusal_offers_is_read_in_it_again(question, name, nearest, language, expected):
    assert offered(unknown([name], nearest, language), question) == Offer(expected, language)


@pytest.mark.parametrize(
    "answer", ["Les articles ne répondent pas à cette question.", unknown(["X"], [], "en")]
)
def test_a_refusal_without_names_offers_nothing(answer: str):
    assert offered(answer, PORT) is None


@pytest.mark.parametrize("said", ["oui", "Oui !", "Oui, s'il te plaît", "vas-y", "yes please"])
def test_yes_takes_up_what_was_offered(said: str):
    asked = understood(said, Turn(PORT, unknown(["Port-Perdu"], ["Alès", "Sarrane"], "fr")))
    assert asked.small_talk is None
    assert asked.searched == "Que disent les articles d'Alès ?"
    assert (asked.intent.kind, asked.intent.subject) == ("summary", "Alès")


@pytest.mark.parametrize("said", ["non", "No.", "merci", "pas du tout"])
def test_nothing_else_takes_it_up(said: str):
    refused = Turn(PORT, unknown(["Port-Perdu"], ["Alès"], "fr"))
    assert understood(said, refused).small_talk is not None


def test_yes_to_no_offer_says_what_can_be_asked():
    said = understood("oui", Turn(PORT, "« La digue tient », dit le maire. [1]"))
    assert said.small_talk is not None
    assert "Résume cet article" in said.small_talk.text


def test_yes_to_an_earlier_offer_takes_nothing_up():
    refused = Turn(PORT, unknown(["Port-Perdu"], ["Alès"], "fr"))
    assert understood("oui", refused, Turn("Qui dirige Alès ?", "Odile Brac. [1]")).small_talk is not None


@pytest.mark.parametrize(
    ("name", "expected"), [("Alès", "d'Alès"), ("le préfet", "du préfet"), ("Le Pen", "de Le Pen")]
)
def test_de_stands_before_names_and_roles(name: str, expected: str):
    assert of_name(name) == expected
