"""Raised characters: no digit of a note's call or of a power becomes one of the number before it."""

import pytest

from ingest.pdf.raised import settled


@pytest.mark.parametrize(
    ("before", "raised", "after", "kept"),
    [
        ("compte 300", "1", " habitants", ""),
        ("la mairie", "2", ".", ""),
        ("« selon elle »", "12", " et", ""),
        ("la mairie", "1, 2", ".", ""),
        ("la mairie", "*", ".", ""),
        ("en 2024", "[3]", ".", ""),
        ("en 2024", "(a)", ".", ""),
        ("10", "6", " bactéries", "⁶"),
        ("3 × 10", "-9", " m", "⁻⁹"),
        ("120 m", "2", " habitables", "²"),
        ("45 km", "2", ".", "²"),
        ("CO", "2", " par an", "²"),
        ("l’INSEE", "2", " et", ""),
        ("x", "2", " + 1", "²"),
        ("12 €", "50", "", "⁵⁰"),
        ("le XX", "e", " siècle", "e"),
        ("1", "er", " mars", "er"),
        ("the 21", "st", " of May", "st"),
        ("M", "me", " Duval", "me"),
        ("", "1", " Source : mairie.", "¹"),
        ("", "*", " Source : mairie.", "*"),
    ],
)
def test_a_call_goes_a_power_stays_raised_and_an_ordinal_stays(before, raised, after, kept):
    assert settled(before, raised, after) == kept
