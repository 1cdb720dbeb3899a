"""A name by itself, and what it is part of: whom readers are told of."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.extraction.names.enclosing import NamedText
from rag.text.folding import flatten


def _longer(name: str, text: str, language: str = "fr", asked: str = "") -> list[str]:
    found = NamedText(text, language, frozenset(asked.split())).occurrences(flatten(name))
    return [one.longer for one in found if one.clear]


@pytest.mark.parametrize(
    ("name", "text", "longer"),
    [
        ("Newton", "Newton Abbot station will close.", "Newton Abbot"),
        ("Orion", "It is Orion Energy's chief executive who left.", "Orion Energy"),
        ("Orion", "Shares of Orion & Sons fell.", "Orion & Sons"),
        ("Manchester", "It was Manchester United that won.", "Manchester United"),
        ("Trump", "The Trump Organization appeals.", "Trump Organization"),
        ("Marine", "C'est Marine Le Pen qui parle.", "Marine Le Pen"),
        ("Nantes", "Le conseil de Nantes Métropole vote.", "Nantes Métropole"),
        ("Clermont", "Le tramway de Clermont-Ferrand roule.", "Clermont-Ferrand"),
        ("Mézières", "La foire de Charleville-Mézières rouvre.", "Charleville-Mézières"),
        ("Vitry", "La piscine de Vitry-le-François ferme.", "Vitry-le-François"),
        ("Brassy", "La plage de Brassy sur Mer rouvre, celle de tous.", "Brassy sur Mer"),
        ("Kelby", "The fair at Kelby on Sea reopens.", "Kelby on Sea"),
        ("Lot", "Les élus du Lot-et-Garonne protestent.", "Lot-et-Garonne"),
        ("Charente", "La crue menace la Charente-Maritime entière.", "Charente-Maritime"),
        ("Soudan", "Les troupes du Soudan du Sud avancent.", "Soudan du Sud"),
        ("Guinée", "Le président de la Guinée équatoriale parle.", "Guinée équatoriale"),
        ("Marie Durand", "Le discours de Marie Durand-Lefort plaît.", "Marie Durand-Lefort"),
        ("Marie Petit", "Le départ d'Anne-Marie Petit surprend.", "Anne-Marie Petit"),
        ("Jean Martin", "Le procès de Jean-Pierre Martin reprend.", "Jean-Pierre Martin"),
        ("NEWTON", "The NEWTON ABBOT line reopens today.", "NEWTON ABBOT"),
    ],
)
def test_a_longer_name_is_told_whole(name: str, text: str, longer: str):
    assert _longer(name, text) == [longer]


@pytest.mark.parametrize(
    ("name", "text", "language"),
    [
        ("Newton", "Newton council rejected the plan.", "en"),
        ("Newton", "On Tuesday Newton Council rejected the plan.", "en"),
        ("Newton", "Police in Newton, Ann Price said, are ready.", "en"),
        ("Newton", "In Newton Mayor Ann Price spoke.", "en"),
        ("Kelby", "A Kelby Labour councillor and a Kelby French teacher left.", "en"),
        ("Kelby", "The Kelby MP spoke.", "en"),
        ("Orion", "Shares of Orion Ltd and of Orion SA fell.", "en"),
        ("Orion", "In a note Orion Monday said it would pay.", "en"),
        ("Orion", "Orion’s Mark Stone left.", "en"),
        ("Paris", "La ligne Paris-Lyon rouvre.", "fr"),
        ("Paris", "La ligne à grande vitesse Paris-Lyon rouvre.", "fr"),
        ("Lyon", "Les travaux du Lyon-Turin avancent. Le Lyon-Turin coûtera cher.", "fr"),
        ("Paris", "La classique Paris-Nice part, arrivée à Nice dimanche.", "fr"),
        ("Brassy", "Les écoles de Brassy-Centre et de Brassy-Nord rouvrent.", "fr"),
        ("Charles", "Le roi Charles III viendra.", "fr"),
        ("Martin", "Jean Martin et M. Martin ont été entendus.", "fr"),
        ("Brassy", "Les Brassyens attendent.", "fr"),
        ("Trump", "Les anti-Trump défilent.", "fr"),
        ("Orion", "Der Orion-Chef gab Orion Geld.", "de"),
        ("Soudan", "Le Soudan, du Sud au Nord, attend.", "fr"),
    ],
)
def test_what_is_its_own_makes_no_longer_name(name: str, text: str, language: str):
    assert not any(_longer(name, text, language))


def test_a_word_that_the_question_has_itself_is_no_more_than_it_says():
    assert _longer("Newton", "It is Newton Academy Trust that runs it.", "en") == [""]
    assert _longer("Orion", "It is Orion Energy that pays.", "en", asked="energy") == [""]


def test_a_headline_in_capitals_tells_nothing():
    assert _longer("Orion", "Orion Rejects Plan For Kelby Factory", "en") == []
    assert _longer("Orion", "Orion Energy met Mark Stone in Leeds on a boat.", "en") == ["Orion Energy"]


def test_first_names_tell_the_bearers_of_a_surname_apart():
    text = "Selon Martin, tout va. Jean Martin et Paul Martin sont d'accord ; M. Martin aussi."
    assert NamedText(text, "fr", ()).bearers("Martin") == ["Jean", "Paul"]


_WORDS = st.sampled_from(
    [
        "Newton",
        "Abbot",
        "de",
        "-",
        " ",
        "Saint",
        "les",
        "Orion",
        "Energy",
        "&",
        ". ",
        "é",
        "du Sud",
        "Soudan",
        "'",
    ]
)


@given(st.lists(_WORDS, max_size=12).map("".join))
def test_a_longer_name_stands_in_the_text_and_has_the_name_in_it(text: str):
    for name in ("Newton", "Orion", "Soudan"):
        for one in NamedText(text, "fr", ()).occurrences(name):
            assert text[one.start : one.end] == name
            assert not one.longer or (one.longer in text and name in one.longer and one.longer != name)
