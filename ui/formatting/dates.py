"""Periods and buckets of days in words: `11–17 août 2025`, `octobre 2025`, `semaine du 3 novembre 2025`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from rag.library.date_histogram import Bucket
from rag.schema.question import Period
from rag.text.cldr import month_names
from ui.formatting.i18n import date_text, text

_WEEK = 7  # days
_QUARTER = 3  # months


def days_text(period: Period, language: str) -> str:
    """Write `11–17 août 2025`, `depuis le 12 août 2025`."""
    first, last = period.date_from, period.date_to
    if first is None:
        return text("period_until", language, day=_day(last, language))
    if last is None:
        return text("period_since", language, day=_day(first, language))
    if first == last:
        return _day(first, language)
    dash = "–" if (first.year, first.month) == (last.year, last.month) else " – "
    return _begin(first, last, language) + dash + _day(last, language)


def articles_text(period: Period, language: str) -> str:
    """Write `Articles du 11 au 17 août 2025`, `Articles since 12 August 2025`."""
    first, last = period.date_from, period.date_to
    if first is None:
        return text("articles_until", language, day=_day(last, language))
    if last is None:
        return text("articles_since", language, day=_day(first, language))
    if first == last:
        return text("articles_on", language, day=_day(first, language))
    begin = _begin(first, last, language)
    return text("articles_between", language, first=begin, last=_day(last, language))


def _day(day: date, language: str) -> str:
    return date_text(day.isoformat(), language)


def _begin(first: date, last: date, language: str) -> str:
    """Return the first day without the month and year that it shares with the last."""
    words = _day(first, language).split(" ")
    shared = 2 if (first.year, first.month) == (last.year, last.month) else int(first.year == last.year)
    return " ".join(words[: 3 - shared])


def bucket_text(bucket: Bucket, language: str) -> str:
    """Return a bucket as a reader names it."""
    first, last = bucket.first, bucket.last
    if first == last:
        return date_text(first.isoformat(), language)
    if (last - first).days < _WEEK:
        return text("week_of", language, day=date_text(first.isoformat(), language))
    if (first.month, first.day, last.month, last.day) == (1, 1, 12, 31):
        return str(first.year) if first.year == last.year else f"{first.year}–{last.year}"
    if (first.year, first.month) == (last.year, last.month):
        return _month(bucket, language)
    return days_text(Period(first, last, 0, 0, ""), language)


def tick_text(bucket: Bucket, language: str) -> str:
    """Return where a bucket begins, short, as it stands under an axis: `janv. 2026`, `3 janv. 2026`."""
    first, last = bucket.first, bucket.last
    if (first.month, first.day, last.month, last.day) == (1, 1, 12, 31):
        return str(first.year)
    day = f"{first.day} " if (last - first).days < _WEEK else ""
    return f"{day}{month_names(language)['abbreviated'][0][first.month - 1]} {first.year}"


def ticks(buckets: Sequence[Bucket], apart: int, language: str) -> dict[int, str]:
    """Return place of a bucket → what stands under it, at least `apart` buckets from one to the next.

    Months, quarters and years are told where the calendar's round ones are: January, 1990. None begins where
    what is left of the axis is narrower than `apart` buckets, but where that is all of it.
    """
    step, number = _round(buckets[0]) if buckets else (0, 0)
    every = next((stride for stride in _STRIDES.get(step, ()) if stride >= apart), apart)
    offset = -number % every if step in _STRIDES else 0
    places = list(range(offset, len(buckets), every))
    if offset >= apart or not places:
        places.insert(0, 0)
    fitting = [place for place in places if place + apart <= len(buckets)] or [0]
    return {place: tick_text(buckets[place], language) for place in fitting if buckets}


# Steps between two ticks that a calendar has names for, in buckets of a month, a quarter, a year and more.
_STRIDES = {"month": (1, 2, 3, 6, 12), "quarter": (1, 2, 4), "years": (1, 2, 5, 10, 20, 50)}


def _round(bucket: Bucket) -> tuple[str, int]:
    """Return what kind of bucket it is, and its number in the calendar's count of these."""
    first, last = bucket.first, bucket.last
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    if first == last or (last - first).days < _WEEK:
        return "days", 0
    if months == 1:
        return "month", first.month - 1
    if months == _QUARTER:
        return "quarter", (first.month - 1) // _QUARTER
    return "years", first.year // (last.year - first.year + 1)


def _month(bucket: Bucket, language: str) -> str:
    return date_text(bucket.first.isoformat(), language).split(" ", 1)[1]
