"""Spans of days side by side, for counting articles over time: days, weeks, months, years.

Pure. Knows calendars; no article and no page.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

# Months in a step, from the finest that is longer than a week.
_MONTHS = {"month": 1, "quarter": 3, "year": 12, "decade": 120, "century": 1200}
STEPS = ("day", "week", *_MONTHS)


@dataclass(frozen=True, slots=True)
class Bucket:
    """The days from `first` to `last`, both included."""

    first: date
    last: date


def cut(first: date, last: date, most: int) -> tuple[Bucket, ...]:
    """Buckets of the finest step that makes at most `most` of them, the days asked for among theirs.

    Centuries if even these are more. Weeks begin on Monday; the others where the calendar has them.
    """
    for step in STEPS:
        start = _start(first, step)
        # Counting before making them: a thousand years are many days.
        if (last - start).days // _least(step) < most:
            found = _made(start, last, step)
            if len(found) <= most:
                return found
    return _made(_start(first, STEPS[-1]), last, STEPS[-1])


def _least(step: str) -> int:
    """Return the most days that such a bucket may have."""
    return {"day": 1, "week": 7}.get(step) or 31 * _MONTHS[step]


def _made(start: date, last: date, step: str) -> tuple[Bucket, ...]:
    found = []
    while True:
        after = _next(start, step)
        end = date.max if after is None else after - timedelta(days=1)
        found.append(Bucket(start, end))
        if after is None or end >= last:
            return tuple(found)
        start = after


def _start(day: date, step: str) -> date:
    """Return the first day of the bucket that `day` is in."""
    if step == "day":
        return day
    if step == "week":
        return day - timedelta(days=min(day.weekday(), day.toordinal() - 1))
    months = day.year * 12 + day.month - 1
    return _month(max(12, months - months % _MONTHS[step]))


def _next(start: date, step: str) -> date | None:
    """Return where the next bucket begins; None after the last that the calendar has."""
    if step in ("day", "week"):
        days = {"day": 1, "week": 7}[step] - (start.weekday() if step == "week" else 0)
        return start + timedelta(days=days) if (date.max - start).days >= days else None
    months = start.year * 12 + start.month - 1
    after = months - months % _MONTHS[step] + _MONTHS[step]
    return _month(after) if after < 120_000 else None


def _month(months: int) -> date:
    return date(months // 12, months % 12 + 1, 1)
