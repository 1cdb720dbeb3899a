"""What stands under an axis of time: round dates, each once, none in another's way."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.library.date_histogram import cut
from ui.formatting.dates import ticks

MOST, LABELS = 24, 6  # buckets, dates under them


def under(first: date, last: date, language: str) -> list[str]:
    buckets = cut(first, last, MOST)
    return list(ticks(buckets, -(-len(buckets) // LABELS), language).values())


@pytest.mark.parametrize(
    ("first", "last", "language", "said"),
    [
        ((2026, 1, 3), (2026, 1, 3), "fr", ["3 janv. 2026"]),
        ((2026, 1, 30), (2026, 2, 2), "en", ["30 Jan 2026", "31 Jan 2026", "1 Feb 2026", "2 Feb 2026"]),
        ((2024, 12, 5), (2025, 12, 5), "fr", ["janv. 2025", "avr. 2025", "juil. 2025", "oct. 2025"]),
        ((2024, 12, 5), (2026, 9, 5), "en", ["Jan 2025", "Jul 2025", "Jan 2026"]),
        ((2016, 2, 1), (2026, 2, 1), "fr", [str(year) for year in range(2016, 2026, 2)]),
        ((1926, 5, 1), (2026, 5, 1), "fr", ["1920", "1940", "1960", "1980", "2000"]),
    ],
)
def test_dates_under_an_axis_are_round_and_in_the_readers_language(first, last, language, said):
    assert under(date(*first), date(*last), language) == said


def test_an_axis_of_nothing_has_no_dates():
    assert ticks((), 1, "fr") == {}


@given(st.dates(), st.dates(), st.sampled_from(["fr", "en"]))
def test_dates_never_repeat_nor_stand_in_each_others_way(one, other, language):
    buckets = cut(min(one, other), max(one, other), MOST)
    apart = -(-len(buckets) // LABELS)
    found = ticks(buckets, apart, language)
    assert found
    assert len(set(found.values())) == len(found)
    places = [*found, max(len(buckets), apart)]
    assert all(after - before >= apart for before, after in pairwise(places))
