"""Whether one stated number bears out another: the same kind, unit and value, as precisely as said. Pure."""

from __future__ import annotations

from rag.extraction.numbers.quantities import HEDGED, Quantity


def matches(stated: Quantity, given: Quantity) -> bool:
    """Return whether `given` bears out `stated`.

    The same kind of number, unit and value, as precisely as said.
    """
    if stated.ordinal != given.ordinal or (stated.unit and given.unit and stated.unit != given.unit):
        return False
    if stated.signed * given.signed < 0 or (stated.rate and given.rate and stated.rate != given.rate):
        return False
    both = bool(stated.unit and given.unit)
    mine, theirs = (stated.values, given.values) if both else (stated.plain, given.plain)
    scale = 1.0 if both else stated.factor
    return any(_close(stated, a, given, b, scale) for a in mine for b in theirs)


def _close(stated: Quantity, a: float, given: Quantity, b: float, scale: float) -> bool:
    largest = max(abs(a), abs(b))
    difference = abs(a - b)
    if difference <= 1e-9 * max(largest, 1.0):
        return True
    if stated.unit == "percent" and stated.loose and given.unit == "percent":
        return difference <= 3
    if stated.loose or stated.bound:
        right_side = stated.bound * (b - a) >= 0
        return right_side and difference <= max(stated.slack, HEDGED) * largest and _zeros(a) > _zeros(b)
    if stated.unit in {"calendar", "time"} and difference * scale >= stated.precision / 2:
        return False  # a year and a half is no two years
    # Said less precisely: 41.3 % told as 41 %, 3,487,000 as 3.5 million.
    return given.precision < stated.precision and difference * scale <= stated.precision / 2


def _zeros(value: float) -> int:
    digits = f"{value:.0f}"
    return len(digits) - len(digits.rstrip("0"))
