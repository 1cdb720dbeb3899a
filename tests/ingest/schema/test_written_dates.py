"""Dates as people write them mean one day, or none."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.schema.metadata import iso_date
from ingest.schema.written_dates import day_stands_first


@pytest.mark.parametrize(
    ("stated", "iso"),
    [
        ("3 août 2025", "2025-08-03"),
        ("1er août 2025", "2025-08-01"),
        ("le 3 aout 2025", "2025-08-03"),
        ("lundi 3 août 2025 à 10h30", "2025-08-03T10:30:00"),
        ("Samedi 2 août 2025, 18 h 05", "2025-08-02T18:05:00"),
        ("3 août 2025 14h", "2025-08-03T14:00:00"),
        ("12 sept. 2023, 18:05", "2023-09-12T18:05:00"),
        ("mar. 5 mars 2024", "2024-03-05"),
        ("mar., 05 mars 2024 08:00:00 +0100", "2024-03-05T08:00:00+01:00"),
        ("Aug. 3, 2025 10:30 AM", "2025-08-03T10:30:00"),
        ("August 3, 2025 at 12 p.m. EDT", "2025-08-03T12:00:00-04:00"),
        ("3rd of August 2025", "2025-08-03"),
        ("Mar 5, 2024", "2024-03-05"),
        ("13/08/2025", "2025-08-13"),
        ("08/13/2025", "2025-08-13"),
        ("12/12/2024", "2024-12-12"),
        ("2019/11/15 10:00:00", "2019-11-15T10:00:00"),
        ("05.06.2025 14:00", "2025-06-05T14:00:00"),
        ("Thu May 02 10:00:00 +0000 2024", "2024-05-02T10:00:00+00:00"),
        ("Sun, 03 Aug 2025 00:30:00 BST", "2025-08-03T00:30:00+01:00"),
        ("Sun, 03 Aug 2025 00:30:00 WEST", "2025-08-03T00:30:00+01:00"),
    ],
)
def test_a_date_that_can_only_mean_one_day_is_read(stated: str, iso: str):
    assert iso_date(stated) == iso


@pytest.mark.parametrize(
    "stated",
    [
        "05/06/2025", "05-06-2025 10:00", "31/02/2025", "99/99/2025", "3 août", "août 2025", "mardi",
        "3 août 2025 10:30 XYZ", "3 août 2025 99h99", "3 août 2025 10", "3 août 2025 ou 4 août 2025",
        "04/06/24", "du 3 au 5 août 2025", "3 août 2025 10:30 IST", "13:30 PM", "August 3, 2025 14 pm",
    ],
)  # fmt: skip
def test_what_could_be_two_days_or_is_more_than_a_date_is_none(stated: str):
    assert iso_date(stated) is None


@given(st.dates(date(1700, 1, 1), date(2090, 12, 31)), st.sampled_from("/-"), st.booleans())
def test_numbers_are_read_in_the_order_that_is_said(day: date, sign: str, day_first: bool):
    parts = (day.day, day.month) if day_first else (day.month, day.day)
    written = f"{parts[0]:02}{sign}{parts[1]:02}{sign}{day.year}"
    told = day_stands_first(written)
    assert told in (None, day_first)
    assert iso_date(written, day_first) == day.isoformat()
    if told is None and day.day != day.month:
        assert iso_date(written) is None


@given(st.text(max_size=60) | st.from_regex(r"\A[0-9a-zéû/.:,+ -]{0,40}\Z"), st.none() | st.booleans())
def test_any_text_is_a_date_or_none(text: str, day_first: bool | None):
    stated = iso_date(text, day_first)
    assert stated is None or date.fromisoformat(stated[:10])
