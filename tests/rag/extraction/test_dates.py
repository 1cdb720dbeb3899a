"""Dates as far as they are stated, and what completes them."""

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.extraction.dates import DateMention, _Taken, find_dates

PUBLISHED = date(2025, 8, 17)  # a Sunday


def fields(text: str, published: date | None = None) -> list[tuple]:
    return [(when.year, when.month, when.day, when.weekday) for when in find_dates(text, published)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("samedi 16 août 2025", [(2025, 8, 16, 5)]),
        ("Saturday, August 16, 2025", [(2025, 8, 16, 5)]),
        ("the 16th of August", [(None, 8, 16, None)]),
        ("le 1er août", [(None, 8, 1, None)]),
        ("du 16 au 18 août", [(None, 8, 16, None), (None, 8, 18, None)]),
        ("August 16-18", [(None, 8, 16, None), (None, 8, 18, None)]),
        ("en août 2025", [(2025, 8, None, None)]),
        ("2025-08-16", [(2025, 8, 16, None)]),
        ("16/08/2025", [(2025, 8, 16, None)]),
        ("03/04/2025", [(2025, 4, 3, None), (2025, 3, 4, None)]),
        ("en 1999", [(1999, None, None, None)]),
        ("mardi", [(None, None, None, 1)]),
        ("in May", [(None, 5, None, None)]),
        ("he may go", []),
        ("2 000 personnes", []),
        ("16,5 mars", []),
    ],
)
def test_a_date_states_what_it_states(text, found):
    assert fields(text) == found


@pytest.mark.parametrize(
    ("text", "language", "found"),
    [
        ("am Montag, den 12. Juli 2026", "de", [(2026, 7, 12, 0)]),
        ("am 2. und 3. Mai", "de", [(None, 5, 2, None), (None, 5, 3, None)]),
        ("im März", "de", [(None, 3, None, None)]),
        ("Anfang 2025", "de", [(2025, None, None, None)]),
        ("der 1. Platz", "de", []),
        ("el lunes 20 de abril de 2026", "es", [(2026, 4, 20, 0)]),
        ("del 3 al 5 de julio", "es", [(None, 7, 3, None), (None, 7, 5, None)]),
        ("en mayo", "es", [(None, 5, None, None)]),
        ("en mar abierto, por segunda vez", "es", []),
        ("lunedì 4 maggio 2026", "it", [(2026, 5, 4, 0)]),
        ("nel 2025", "it", [(2025, None, None, None)]),
        ("in mare", "it", []),
        ("maandag 4 mei 2026", "nl", [(2026, 5, 4, 0)]),
        ("in juni", "nl", [(None, 6, None, None)]),
        ("na segunda-feira, 4 de maio", "pt", [(None, 5, 4, 0)]),
        ("3 de março de 2025", "pt", [(2025, 3, 3, None)]),
        ("a segunda vez que Marco canta", "pt", []),
        # A text in another language is read as French and English are.
        ("le 3 mai 2025", "sv", [(2025, 5, 3, None)]),
    ],
)
def test_a_date_is_read_in_the_language_of_its_text(text, language, found):
    read = find_dates(text, language=language)
    assert [(when.year, when.month, when.day, when.weekday) for when in read] == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("hier", [(2025, 8, 16, 5)]),
        ("yesterday", [(2025, 8, 16, 5)]),
        ("le 3 janvier", [(2026, 1, 3, None)]),
        ("le 16 août", [(2025, 8, 16, None)]),
        ("mardi", [(None, None, None, 1), (2025, 8, 12, 1), (2025, 8, 19, 1)]),
        ("mardi dernier", [(None, None, None, 1), (2025, 8, 12, 1)]),
        ("l'an dernier", [(2024, None, None, None)]),
        ("last month", [(2025, 7, None, None)]),
    ],
)
def test_the_day_of_publication_completes_a_date(text, found):
    assert fields(text, PUBLISHED) == found


def test_a_full_date_implies_each_of_its_parts_and_its_weekday():
    (full,) = find_dates("16 août 2025")
    for part in ("16 août", "août 2025", "en 2025", "samedi", "samedi 16 août"):
        (stated,) = find_dates(part)
        assert full.implies(stated), part
        assert not stated.implies(full), part
    (sunday,) = find_dates("dimanche")
    assert not full.implies(sunday)


def test_an_empty_statement_is_implied_by_nothing():
    assert not DateMention(0, 0, "", year=2025).implies(DateMention(0, 0, ""))


@given(st.text(max_size=300), st.none() | st.dates())
def test_any_text_can_be_read(text, published):
    for when in find_dates(text, published):
        assert 0 <= when.start <= when.end <= len(text)


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(1, 9))))
def test_places_of_a_text_are_read_once(places):
    taken, read = _Taken(), []
    for start, length in places:
        match = re.compile(f".{{{length}}}").match("." * 80, start)
        overlaps = any(start < end and first < start + length for first, end in read)
        assert (match in taken) == overlaps
        if not overlaps:
            taken.add(match)
            read.append(match.span())
