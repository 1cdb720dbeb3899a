"""Decimals that are spoken or one character are one number for search too."""

import pytest

from rag.text.canonical_forms import in_one_form
from rag.text.normalization import words


@pytest.mark.parametrize(
    ("one", "other", "language"),
    [
        ("deux virgule cinq millions d'euros", "2,5 millions d'euros", "fr"),
        ("quatre-vingt-dix-neuf virgule neuf pour cent", "99,9 pour cent", "fr"),
        ("zéro virgule cinq pour cent", "0,5 pour cent", "fr"),
        ("dix virgule zéro cinq grammes", "10,05 grammes", "fr"),
        ("two point five million euros", "2.5 million euros", "en"),
        ("three point one four percent", "3.14 percent", "en"),
        ("2½ ans", "2,5 ans", "fr"),
        ("2 ½ heures", "2,5 heures", "fr"),
        ("½ litre", "0,5 litre", "fr"),
        ("1½ million people", "1.5 million people", "en"),
    ],
)
def test_two_ways_to_write_a_decimal_are_one(one: str, other: str, language: str):
    assert in_one_form(words(one), language) == in_one_form(words(other), language)


@pytest.mark.parametrize(
    ("text", "language", "kept"),
    [
        ("une virgule mal placée", "fr", ["une", "virgule", "mal", "placee"]),
        ("le point cinq de l'ordre du jour", "fr", ["le", "point", "5", "de", "ordre", "du", "jour"]),
        ("at this point five people left", "en", ["at", "this", "point", "5", "people", "left"]),
        ("a ten point lead", "en", ["a", "10", "point", "lead"]),
        ("cinq virgule", "fr", ["5", "virgule"]),
    ],
)
def test_a_point_that_is_none_stays_a_word(text: str, language: str, kept: list[str]):
    assert in_one_form(words(text), language) == kept
