"""Buckets of days in words: `octobre 2025`, `semaine du 3 novembre 2025`, `2024`. Pure."""

from __future__ import annotations

from rag.library.date_histogram import Bucket
from rag.schema.question import Period
from ui.formatting.dates import days_text
from ui.formatting.i18n import date_text, text

_WEEK = 7  # days


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
