"""Stretches of days of the calendar: a week from its Monday, a month, a season, the last N of something.

Pure. Knows the calendar and no words; nothing is taken from today's clock.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta

DAYS_IN = {"day": 1, "week": 7}
# From the weather's first day to the calendar's last: people mean either.
_SEASONS = {
    "spring": ((3, 1), (6, 20)),
    "summer": ((6, 1), (9, 22)),
    "autumn": ((9, 1), (12, 21)),
    "winter": ((12, 1), (3, 20)),
}


@dataclass(frozen=True, slots=True)
class DayRange:
    """From `first` to `last`, both included; None leaves that side open."""

    first: date | None
    last: date | None

    def __post_init__(self) -> None:
        if self.first is not None and self.last is not None and self.first > self.last:
            raise ValueError(f"{self.first} is after {self.last}")

    def union(self, other: DayRange) -> DayRange:
        """Return the shortest stretch that holds both."""
        firsts, lasts = (self.first, other.first), (self.last, other.last)
        return DayRange(
            None if None in firsts else min(firsts),
            None if None in lasts else max(lasts),
        )


def shifted(day: date, days: int) -> date:
    """Return the day so many days later."""
    return day + timedelta(days=days)


def one_day(day: date) -> DayRange:
    """Return the range of a single day."""
    return DayRange(day, day)


def week(day: date, steps: int = 0) -> DayRange:
    """Return the week of `day`, or the one `steps` weeks from it."""
    monday = shifted(day, 7 * steps - day.weekday())
    return DayRange(monday, shifted(monday, 6))


def weekend(day: date, steps: int = 0) -> DayRange:
    """Saturday to Monday, whose papers have Sunday's news, of the week of `day`."""
    saturday = shifted(day, 7 * steps + 5 - day.weekday())
    return DayRange(saturday, shifted(saturday, 2))


def month(year: int, number: int) -> DayRange:
    """Return the days of a month."""
    return DayRange(date(year, number, 1), date(year, number, calendar.monthrange(year, number)[1]))


def month_part(year: int, number: int, part: str) -> DayRange:
    """Return the `early`, `mid` or `late` third of a month."""
    whole = month(year, number)
    first, last = {"early": (1, 10), "mid": (10, 20), "late": (20, whole.last.day)}[part]
    return DayRange(date(year, number, first), date(year, number, last))


def year(number: int) -> DayRange:
    """Return the days of a year."""
    return DayRange(date(number, 1, 1), date(number, 12, 31))


def season(name: str, number: int) -> DayRange:
    """Return the season that begins in the year `number`."""
    (from_month, from_day), (to_month, to_day) = _SEASONS[name]
    ends = number + (to_month < from_month)
    return DayRange(date(number, from_month, from_day), date(ends, to_month, to_day))


def months_before(day: date, count: int) -> date:
    """Return the same day of the month `count` months earlier, or that month's last."""
    months = day.year * 12 + day.month - 1 - count
    last = calendar.monthrange(months // 12, months % 12 + 1)[1]
    return date(months // 12, months % 12 + 1, min(day.day, last))


def past(today: date, count: int, unit: str) -> DayRange:
    """Return the last `count` of `unit` (`hour`, `day`, `week`, `month`, `year`), today included."""
    if unit == "hour":
        return DayRange(shifted(today, -count // 24), today)
    if unit in DAYS_IN:
        return DayRange(shifted(today, -count * DAYS_IN[unit]), today)
    return DayRange(months_before(today, count * (12 if unit == "year" else 1)), today)
