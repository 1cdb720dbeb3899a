"""A date as its source stated it: one reading for searches, counts, checks and pages."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.schema.article import day_number, stated_day


@pytest.mark.parametrize(
    ("stated", "day"),
    [
        ("2025-08-16", date(2025, 8, 16)),
        ("2025-08-16T10:30:00+02:00", date(2025, 8, 16)),
        ("2025-08-16T23:59:59-11:00", date(2025, 8, 16)),
        ("2025-08-16T00:00:00+14:00", date(2025, 8, 16)),
        ("0001-01-01", date(1, 1, 1)),
    ],
)
def test_a_day_is_the_one_that_was_stated_whatever_the_time_zone(stated: str, day: date):
    assert stated_day(stated) == day
    assert day_number(stated) == day.toordinal()


@pytest.mark.parametrize(
    "stated", [None, "", "2025", "2025-08", "2025-8-16", "2025-02-30", "0000-01-01", "20250816", "2025-W33-6"]
)
def test_what_states_no_full_day_has_none(stated: str | None):
    assert stated_day(stated) is None
    assert day_number(stated) is None


@given(st.text(max_size=12) | st.from_regex(r"\d{1,4}(-\d{1,2}(-\d{1,2})?)?", fullmatch=True))
def test_any_text_can_be_read(stated: str):
    day = stated_day(stated)
    assert day is None or stated.startswith(day.isoformat())


@given(st.dates(), st.sampled_from(["", "T10:30", "T23:59:59-11:00"]))
def test_every_day_is_read_back(day: date, time: str):
    assert stated_day(day.isoformat() + time) == day
