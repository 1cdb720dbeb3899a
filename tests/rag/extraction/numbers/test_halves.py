"""Halves and quarters, in words and as one character, of what they are said of."""

import pytest

from rag.extraction.numbers.quantities import find_quantities


def read(text: str, language: str) -> list[tuple[float, str]]:
    return [(round(one.value, 6), one.unit) for one in find_quantities(text, language)]


@pytest.mark.parametrize(
    ("text", "language", "found"),
    [
        ("deux ans et demi de travaux", "fr", [(30, "calendar")]),
        ("quatre ans et demi de prison", "fr", [(54, "calendar")]),
        ("2 millions et demi d'euros", "fr", [(2.5e6, "EUR")]),
        ("1 milliard et demi d'euros", "fr", [(1.5e9, "EUR")]),
        ("deux millions et demi d'euros", "fr", [(2.5e6, "EUR")]),
        ("un demi-million d'euros", "fr", [(5e5, "EUR")]),
        ("un quart de million d'euros", "fr", [(2.5e5, "EUR")]),
        ("trois quarts de milliard d'euros", "fr", [(7.5e8, "EUR")]),
        ("trois et demi pour cent", "fr", [(3.5, "percent")]),
        ("trois pour cent et demi", "fr", [(3.5, "percent")]),
        ("trois heures et demie", "fr", [(210, "time")]),
        ("2½ ans", "fr", [(30, "calendar")]),
        ("2 ½ heures", "fr", [(150, "time")]),
        ("12 ¼ km", "fr", [(12_250, "length")]),
        ("½ litre", "fr", [(0.0005, "volume")]),
        ("one and a half million people", "en", [(1.5e6, "")]),
        ("a million and a half people", "en", [(1.5e6, "")]),
        ("2 and a half million dollars", "en", [(2.5e6, "USD")]),
        ("half a million people", "en", [(5e5, "")]),
        ("half a billion dollars", "en", [(5e8, "USD")]),
        ("a quarter of a million people", "en", [(2.5e5, "")]),
        ("three quarters of a million people", "en", [(7.5e5, "")]),
        ("two and a half years", "en", [(30, "calendar")]),
        ("a two-and-a-half-year sentence", "en", [(30, "calendar")]),
        ("two hours and a half", "en", [(150, "time")]),
        ("three and a half per cent", "en", [(3.5, "percent")]),
        ("1½ million people", "en", [(1.5e6, "")]),
        # What is no half of the number before it.
        ("la moitié des voix", "fr", [(50, "percent")]),
        ("a quarter of the votes", "en", [(25, "percent")]),
        ("three quarters of the 300 pupils", "en", [(75, "percent"), (300, "")]),
        ("two and a half-brother", "en", [(2, "")]),
        ("un million d'euros", "fr", [(1e6, "EUR")]),
        ("2 ans et un demi-frère", "fr", [(24, "calendar")]),
    ],
)
def test_a_half_is_part_of_its_number(text: str, language: str, found: list[tuple[float, str]]):
    assert read(text, language) == found
