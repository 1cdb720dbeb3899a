"""Of which year a sentence gives a number: beside it, over its clause, set against another, or not told."""

from __future__ import annotations

import pytest

from rag.extraction.analysed_sentence import AnalysedSentence
from rag.extraction.dates import DateMention
from rag.extraction.quantity_times import is_of, stated_years
from rag.text.folding import flatten


def of_year(said: str, number: str, year: int, language: str = "fr") -> bool | None:
    sentence = AnalysedSentence(said, language)
    quantity = next(item for item in sentence.quantities if item.text.startswith(number))
    return is_of(quantity, sentence, [DateMention(0, 0, str(year), year=year)])


@pytest.mark.parametrize(
    ("said", "number", "right", "wrong"),
    [
        ("En 2024, 212 enfants y sont nés, contre 390 en 2014.", "212", 2024, 2014),
        ("En 2024, 212 enfants y sont nés, contre 390 en 2014.", "390", 2014, 2024),
        ("486 naissances en 2025, contre 611 cinq ans plus tôt.", "611", 2020, 2025),
        ("486 naissances en 2025, contre 611 l'année précédente.", "611", 2024, 2025),
        ("Les naissances sont passées de 390 en 2014 à 212 en 2024.", "390", 2014, 2024),
        ("Les naissances sont passées de 390 en 2014 à 212 en 2024.", "212", 2024, 2014),
        ("9 500 spectateurs sont attendus, contre 11 000 en 2025.", "9", 2026, 2025),
        ("9 500 spectateurs sont attendus, contre 11 000 en 2025.", "11", 2025, 2026),
        ("Le précédent séisme remontait à 1979 ; il avait fait 58 morts.", "58", 1979, 1985),
        ("Ils ont perdu, en 2021, 600 ruches.", "600", 2021, 2022),
        ("Il a soustrait 87 400 euros entre 2019 et 2023.", "87", 2021, 2018),
        ("Le service compte 40 lits depuis 2018.", "40", 2020, 2014),
        ("Elle comptait 40 lits jusqu'en 2018.", "40", 2010, 2020),
        ("Births fell from 390 in 2014 to 212 in 2024.", "390", 2014, 2024),
        ("In 2024 the ward had 212 births, down from 390 in 2014.", "390", 2014, 2024),
        ("In 2024 the ward had 212 births, down from 390 in 2014.", "212", 2024, 2014),
    ],
)
def test_a_number_is_of_its_own_time(said: str, number: str, right: int, wrong: int):
    language = "en" if " in " in said else "fr"
    assert of_year(said, number, right, language) is not False
    assert of_year(said, number, wrong, language) is False


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("Fondée en 1904, l'usine emploie 412 personnes.", "412"),
        ("Le groupe, propriétaire depuis 2018, a perdu 2,8 millions d'euros.", "2"),
        ("L'usine emploie 412 personnes.", "412"),
    ],
)
def test_a_time_that_is_not_told_stays_open(said: str, number: str):
    assert of_year(said, number, 2026) is None


def test_a_year_needs_no_word_that_says_so_and_a_count_is_none():
    said = "le seisme de 1985, the 1979 earthquake, 2000 habitants, 1850 km, 1 985 voix et 2019."
    assert [year.year for year in stated_years(flatten(said))] == [1985, 1979, 2019]
