"""A period counted from the one of the question before: `le lendemain`, `la veille`, `the following week`.

Pure. Knows French and English phrases and the calendar; not which question went before.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from rag.query.temporal import date_range
from rag.query.temporal.date_range import DayRange, shifted
from rag.schema.question import Period

_UNITS = {
    "jour": "day", "journee": "day", "semaine": "week", "mois": "month", "annee": "year", "an": "year",
    "day": "day", "week": "week", "month": "month", "year": "year",
}  # fmt: skip
_FR_UNIT = r"(?P<unit>jour|journee|semaine|mois|annee|an)"
_EN_UNIT = r"(?P<unit>day|week|month|year)"
_STEPS = {
    "fr": [
        (r"\b(le |du |au )lendemain\b", 1),
        (r"\b(la |de la |a la )veille\b", -1),
        (rf"\b(le |la |l'){_FR_UNIT} (suivante?|d'apres)\b", 1),
        (rf"\b(le |la |l'){_FR_UNIT} (precedente?|d'avant)\b", -1),
    ],
    "en": [
        (rf"\bthe (next|following) {_EN_UNIT}\b", 1),
        (rf"\bthe {_EN_UNIT} after\b", 1),
        (rf"\bthe (previous|preceding) {_EN_UNIT}\b", -1),
        (rf"\bthe {_EN_UNIT} before\b", -1),
    ],
}
# `le lendemain du match`, `the day after the match`: counted from what the question doesn't date.
_OF = re.compile(r" (de|du|des)\b| d'| (the|a|an|his|her|its|their|this|that|of)\b| [A-Z]")
# `deux jours plus tard`, `five years earlier`: another time, of which nothing exact is known.
_VAGUE = re.compile(
    r"\b(jours?|semaines?|mois|ans?|annees?) (plus (tard|tot)|apres|avant)\b"
    r"|\b(days?|weeks?|months?|years?) (later|earlier|on|before|after)\b|\b(surlendemain|avant-veille)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Step:
    """The words `[start, end)` that count from another period: `steps` of `unit`; None if not exact."""

    start: int
    end: int
    unit: str | None
    steps: int


def find_step(flat: str, language: str) -> Step | None:
    """Return the first step that a flattened question in `language` (ISO 639-1) speaks of."""
    for pattern, steps in _STEPS.get(language, []):
        found = re.search(pattern, flat, re.IGNORECASE)
        if found is not None:
            unit = _UNITS[(found.groupdict().get("unit") or "day").lower()]
            exact = _OF.match(flat[found.end() :]) is None
            return Step(*found.span(), unit if exact else None, steps)
    vague = _VAGUE.search(flat)
    return Step(*vague.span(), None, 0) if vague else None


def moved(period: Period, step: Step, today: date) -> DayRange | None:
    """Return the days that a step away from this period means.

    None when they aren't known or yet to come, or where the calendar ends.
    """
    try:
        days = _moved(_own_days(period), step)
    except (OverflowError, ValueError):  # Python's calendar has the years 1 to 9999
        return None
    return days if days is not None and days.first <= today else None


def _own_days(period: Period) -> DayRange:
    """Return the days of a period without the one after a single day, which is there for papers."""
    first, last = period.date_from, period.date_to
    single = first is not None and last is not None and (last - first).days == 1
    return DayRange(first, first if single else last)


def _moved(days: DayRange, step: Step) -> DayRange | None:
    edge = days.last if step.steps > 0 else days.first
    if edge is None or step.unit is None:
        return None
    if step.unit == "day":
        day = shifted(edge, step.steps)
        return DayRange(day, shifted(day, 1))
    if step.unit == "week":
        return date_range.week(edge, step.steps)
    if step.unit == "month":
        then = date_range.months_before(edge, -step.steps)
        return date_range.month(then.year, then.month)
    return date_range.year(edge.year + step.steps)
