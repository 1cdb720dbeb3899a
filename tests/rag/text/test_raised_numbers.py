"""A number in superscript characters is no digit of the one before it, for search and for the checks."""

import pytest

from rag.extraction.numbers.quantities import find_quantities
from rag.text.folding import flatten
from rag.text.normalization import fold, words


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("elle compte 300¹ habitants", ["elle", "compte", "300", "habitants"]),
        ("près de 10⁶ bactéries", ["pres", "de", "10e6", "bacteries"]),
        ("en 2025¹²", ["en", "2025"]),
        ("sur 20 m²", ["sur", "20", "m2"]),
        ("du CO₂", ["du", "co2"]),
    ],
)
def test_words_have_no_digits_of_notes(text, found):
    assert words(text) == found
    assert "3001" not in fold(text)


@pytest.mark.parametrize("text", ["elle compte 300¹ habitants", "en 2025¹²,", "10⁶ et 110⁶", "20 m²", "x²"])
def test_flattening_keeps_every_place(text):
    flat = flatten(text)
    assert len(flat) == len(text)
    assert [c for c in flat if c.isdecimal()] == [
        c for c in text.replace("m²", "m2").replace("x²", "x2") if c.isdecimal()
    ]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("elle compte 300¹ habitants", [300]),
        ("300¹² habitants", [300]),
        ("12,5³ millions d'euros", [12.5e6]),
        ("près de 10⁶ bactéries", [1e6]),
        ("110² morts", [110]),
        ("20 m² pour 3¹ élèves", [20, 3]),
    ],
)
def test_the_value_of_a_number_is_without_its_note(text, values):
    assert [quantity.value for quantity in find_quantities(text, "fr")] == values
