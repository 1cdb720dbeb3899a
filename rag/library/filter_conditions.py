"""What a filter on days means: as a condition of SQL on stated dates, and as a mask over a column of days.

Knows SQL and columns of numbers; no table, no index. Whoever keeps articles by date asks here, so that all
agree on the end of a day and on which articles are undated.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from rag.schema.question import Filters

UNDATED = -1  # in a column of proleptic ordinals
_AFTER_ALL_DATES = "~"


@dataclass(frozen=True, slots=True)
class Condition:
    """An expression of SQL with its values."""

    sql: str
    values: tuple[str, ...] = ()


def dated(column: str) -> str:
    """Return the condition that `rag.schema.article.stated_day` reads a day in a column of stated dates."""
    day = f"substr({column}, 1, 10)"
    # SQLite's calendar begins with the year 0; of a day that there isn't, counting on makes another or NULL.
    return f"({column} >= '0001-01-01' AND date({day}, '+0 days') = {day})"


def undated(column: str) -> str:
    """Return the condition that it reads none."""
    return f"NOT coalesce({dated(column)}, FALSE)"


def published_between(column: str, first: date | None, last: date | None) -> Condition:
    """Return the condition that a column states one of these days, both included; None leaves a side open."""
    begin = first.isoformat() if first else ""
    # Of the days that follow, `2025-08-17` is the first string; `2025-08-16T10:30` comes before it.
    end = (last + timedelta(days=1)).isoformat() if last and last < date.max else _AFTER_ALL_DATES
    return Condition(f"({column} >= ? AND {column} < ? AND {dated(column)})", (begin, end))


def within(days: np.ndarray, filters: Filters) -> np.ndarray:
    """Return which days of a column, undated ones being `UNDATED`, the filters' dates keep."""
    bounds = filters.day_numbers
    if bounds is None:
        return np.ones(len(days), dtype=bool)
    first, last = bounds
    inside = (days >= first) & (days <= last)
    return inside | (days == UNDATED) if filters.undated else inside


def any_of(column: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Return which numbers of a column are among those `wanted`."""
    if not len(wanted):
        return np.zeros(len(column), dtype=bool)
    if len(wanted) == 1:
        return column == wanted[0]
    wanted = np.unique(wanted)
    places = np.searchsorted(wanted, column).clip(max=len(wanted) - 1)
    return wanted[places] == column
