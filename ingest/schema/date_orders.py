"""What the dates of one column say of each other: which number of `05/06/24` is the day, the month, the year.

Pure. A column is a table's, or the entries of a feed: whoever wrote it wrote its dates in one order. What the
column leaves open, its language or the user tells; what nobody tells isn't guessed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from ingest.schema.metadata import clean_line, iso_date
from ingest.schema.written_dates import day_stands_first

Order = Literal["dmy", "mdy", "ymd"]
_SHORT = re.compile(
    r"(?:[^\W\d_]{2,9}\.?,?\s+)?"
    r"(?P<one>\d{1,2})(?P<sign>[/.-])(?P<two>\d{1,2})(?P=sign)(?P<three>\d{1,2})(?!\d)(?P<rest>.{0,40})"
)
_ORDERS: tuple[Order, ...] = ("dmy", "mdy", "ymd")
# Years first are written with slashes or dots only where nothing else is possible.
_USUAL: dict[str, frozenset[Order]] = {
    "/": frozenset(("dmy", "mdy")),
    ".": frozenset(("dmy",)),
    "-": frozenset(("dmy", "mdy", "ymd")),
}


@dataclass(frozen=True, slots=True)
class DateOrders:
    """What a column tells. `day_first`: of dates with whole years; `short`: the orders of the others.

    `is_contradictory`: some of its dates have the day first and others the month.
    """

    day_first: bool | None = None
    is_contradictory: bool = False
    short: frozenset[Order] = frozenset()

    @classmethod
    def of(cls, column: Iterable[str]) -> DateOrders:
        """Return what these dates tell together."""
        day_first: set[bool] = set()
        short: frozenset[Order] | None = None
        for stated in column:
            first = day_stands_first(stated)
            if first is not None:
                day_first.add(first)
            elif orders := possible_orders(stated):
                short = orders if short is None else short & orders
        first = next(iter(day_first)) if len(day_first) == 1 else None
        if first is not None and short:
            short -= {"mdy" if first else "dmy"}
        return cls(first, len(day_first) > 1, short or frozenset())

    def iso(self, stated: str, otherwise: Callable[[], bool | None]) -> str | None:
        """Return a date of the column in ISO 8601; None if it can't be read or could be two days.

        Args:
            stated: The date.
            otherwise: Says whether the day stands first where the column leaves it open.
        """
        if (found := iso_date(stated)) is not None:
            return found
        if possible_orders(stated):
            return _whole(stated, self._short_order(stated, otherwise))
        first = None if self.is_contradictory else self.day_first
        if first is None and not self.is_contradictory:
            first = otherwise()
        return iso_date(stated, first)

    def _short_order(self, stated: str, otherwise: Callable[[], bool | None]) -> Order | None:
        left = self.short or possible_orders(stated)
        if len(left) > 1 and left <= {"dmy", "mdy"} and not self.is_contradictory:
            first = otherwise()
            left = left if first is None else frozenset(("dmy",) if first else ("mdy",))
        return next(iter(left)) if len(left) == 1 else None


def possible_orders(stated: str) -> frozenset[Order]:
    """Return in which orders the numbers of a date with a year of two digits are a day; empty for others."""
    match = _SHORT.fullmatch(clean_line(stated, 60) or "")
    if match is None:
        return frozenset()
    valid = frozenset(order for order in _ORDERS if _day(match, order) is not None)
    usual = valid & _USUAL[match["sign"]]
    return usual or valid


def _day(match: re.Match[str], order: str) -> date | None:
    """Return the day that the numbers mean in this order; None if there is none."""
    numbers = dict(zip(order, (match["one"], match["two"], match["three"]), strict=True))
    if len(numbers["y"]) != 2:
        return None
    year = 2000 + int(numbers["y"])
    if year > date.today().year + 1:  # what was published wasn't so in the future
        year -= 100
    try:
        return date(year, int(numbers["m"]), int(numbers["d"]))
    except ValueError:
        return None


def _whole(stated: str, order: Order | None) -> str | None:
    match = _SHORT.fullmatch(clean_line(stated, 60) or "")
    day = _day(match, order) if match and order else None
    if match is None or day is None:
        return None
    return iso_date(f"{day.isoformat()}{match['rest']}") or iso_date(f"{day:%d/%m/%Y}{match['rest']}", True)
