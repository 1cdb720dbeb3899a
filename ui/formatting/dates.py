"""Periods and buckets of days in words: `11–17 août 2025`, `octobre 2025`, `semaine du 3 novembre 2025`."""

from __future__ import annotations

from datetime import date

from rag.library.date_histogram import Bucket
from rag.schema.question import Period
from ui.formatting.i18n import date_text, text

_WEEK = 7  # days


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
    """Return the same, short, as it stands under an axis."""
    first, last = bucket.first, bucket.last
    if (first.month, first.day, last.month, last.day) == (1, 1, 12, 31):
        return str(first.year)
    if (last - first).days < _WEEK:
        return date_text(first.isoformat(), language)
    return _month(bucket, language)


def _month(bucket: Bucket, language: str) -> str:
    return date_text(bucket.first.isoformat(), language).split(" ", 1)[1]
