"""A byline is cut into people only where it plainly names people; everything else stays as published."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui.references.names import Name, names


@pytest.mark.parametrize(
    ("byline", "found"),
    [
        ("Anne Le Goff", [("Anne", "Le Goff")]),
        ("Anne Le Goff, Yann Riou", [("Anne", "Le Goff"), ("Yann", "Riou")]),
        ("Anne Le Goff et Yann Riou", [("Anne", "Le Goff"), ("Yann", "Riou")]),
        ("Marie Curie and Pierre Curie", [("Marie", "Curie"), ("Pierre", "Curie")]),
        ("Vincent van Gogh", [("Vincent", "van Gogh")]),
        ("Jean-Luc O’Brien", [("Jean-Luc", "O’Brien")]),
        ("J. R. R. Tolkien", [("J. R. R.", "Tolkien")]),
        ("Иван Петров", [("Иван", "Петров")]),
        ("Dupont, Jean; Le Goff, Anne", [("Jean", "Dupont"), ("Anne", "Le Goff")]),
        ("Jean Dupont, AFP", [("Jean", "Dupont"), "AFP"]),
        # Whatever may be no person is taken whole.
        ("Le Monde avec AFP", ["Le Monde avec AFP"]),
        ("Jean Dupont avec AFP", ["Jean Dupont avec AFP"]),
        ("AFP", ["AFP"]),
        ("La rédaction", ["La rédaction"]),
        ("Agence France-Presse", ["Agence France-Presse"]),
        ("Plantu", ["Plantu"]),
        ("Dupont, Jean", ["Dupont, Jean"]),
        ("Plantu, Kroll", ["Plantu, Kroll"]),
        ("Reuters, Paris", ["Reuters, Paris"]),
        ("Cécile Frangne, à Rennes", ["Cécile Frangne, à Rennes"]),
        ("محمد علي", ["محمد علي"]),
        ("王小明", ["王小明"]),
        ("", []),
    ],
)
def test_the_names_of_a_byline(byline: str, found: list):
    assert [(one.given, one.family) if one.family else one.literal for one in names(byline)] == found


def test_an_outlet_that_signs_is_no_author():
    assert names("le monde", "Le Monde") == ()
    assert names("Le Monde avec AFP", "Le Monde") == (Name("Le Monde avec AFP"),)


@given(st.text(max_size=60))
def test_no_word_of_a_byline_is_made_up(byline: str):
    said = "".join(byline.split())
    for one in names(byline):
        assert "".join((one.given + one.family).split()) in ("", *_readings(one.literal))
        assert all(word in said for word in one.literal.split())


def _readings(literal: str) -> set[str]:
    return {"".join(literal.split())}
