"""Where sentences enumerate, and what."""

from __future__ import annotations

import pytest

from rag.answer_span.enumerations import enumeration


@pytest.mark.parametrize(
    ("language", "text", "announced", "items"),
    [
        ("fr", "Six bourgs ferment leur lavoir, dont Orvanne, Brécy et Toury.", "Six bourgs ferment leur"
         " lavoir, dont ", "Orvanne, Brécy et Toury"),
        ("fr", "À savoir trois journaux, La Vallée, Est Hebdo et Le Fil.", "À savoir trois journaux, ",
         "La Vallée, Est Hebdo et Le Fil"),
        ("fr", "Deux quais restent gratuits : le quai Morel et l’allée du Lavoir.", "Deux quais restent"
         " gratuits : ", "le quai Morel et l’allée du Lavoir"),
        ("fr", "Il a perdu trois hommes : Luc Faye, Marc Odin et Jean Tual, a annoncé le club.", "Il a perdu"
         " trois hommes : ", "Luc Faye, Marc Odin et Jean Tual"),
        ("en", "The county will close five schools, including Marham, Westby and Colby Green.", "The county"
         " will close five schools, including ", "Marham, Westby and Colby Green"),
        ("en", "Those left out include war film “1902,” a hit this year, as well as “Clown” and “Old Women.”",
         "Those left out include ", "war film “1902,” a hit this year, as well as “Clown” and “Old Women"),
    ],
)  # fmt: skip
def test_a_sentence_enumerates(language, text, announced, items):
    found = enumeration(text, language)
    assert text[found.announced.start : found.announced.end] == announced
    assert text[found.items.start : found.items.end] == items


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("fr", "Le maire, dont le mandat s'achève, a salué les pompiers."),
        ("fr", "Elle a dit : « Je pars, je reste et je reviens. »"),
        ("fr", "Le conseil a tranché : la piscine fermera, le gymnase restera ouvert."),
        ("en", "The councils were angry, tired and hungry."),
        ("en", "It rained on Friday, and nobody came."),
    ],
)
def test_a_sentence_does_not_enumerate(language, text):
    assert enumeration(text, language) is None


def test_what_says_of_what_may_be_the_sentence_before():
    assert enumeration("Parmi eux figurent Luc Faye et Marc Odin.", "fr").goes_on
    assert not enumeration("Sont primés : Luc Faye et Marc Odin.", "fr").goes_on
