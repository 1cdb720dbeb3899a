"""When a question is about, and when a follow-up is: `en 2023`, `l'année d'avant`, `cinq ans plus tôt`.

Pure. Knows date words and a given today. A step from another time is told as the date that it leads to, which
stands alone; one that isn't exact, with the time from which it counts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from rag.query.follow_ups.composing import after_que
from rag.query.follow_ups.ellipsis import Span
from rag.query.follow_ups.reading import Reading
from rag.query.temporal.date_range import DayRange
from rag.query.temporal.expressions import AnchoredQuestion, TemporalExpression, find_expressions
from rag.query.temporal.shifts import find_step, moved
from rag.schema.question import Period
from rag.text.cldr import month_names
from rag.text.folding import flatten

_BEFORE = re.compile(
    r"\b(?:(?:en|au|aux|a|le|la|les|l'|du|de|depuis|avant|apres|pendant|durant|jusqu'en|jusqu'au|fin|debut"
    r"|mois d[e']|in|on|at|of|since|before|after|during|until|by|the|early|late)[ -]*)+$",
    re.IGNORECASE,
)


_COUNTED = re.compile(r"(?:\S+ )$")


@dataclass(frozen=True, slots=True)
class When:
    """When a fragment is about: its words as they stand alone, and the days if they were counted."""

    span: Span
    days: DayRange | None = None


def times(reading: Reading, today: date) -> list[Span]:
    """Return where a question says when, with the preposition before."""
    return [_span(reading, one) for one in _expressions(reading, today)]


@lru_cache(maxsize=16)
def _expressions(reading: Reading, today: date) -> list[TemporalExpression]:
    return find_expressions(AnchoredQuestion(reading.text, reading.flat, reading.language, today))


def _span(reading: Reading, one: TemporalExpression) -> Span:
    before = _BEFORE.search(reading.flat[: one.start])
    start = before.start() if before else one.start
    return Span(start, one.end, reading.text[start : one.end])


def when(fragment: Reading, last: Reading, today: date) -> list[When]:
    """Return when a fragment is about, counted from the last question's time where it steps from there."""
    step = find_step(fragment.flat, fragment.language)
    if step is None:
        return [When(span) for span in times(fragment, today)]
    counted = _COUNTED.search(fragment.flat[: step.start]) if step.unit is None else None
    start = counted.start() if counted else step.start
    words = fragment.text[start:].strip(" ?!.")
    end = start + len(words)
    base = _expressions(last, today)
    if not base:
        return [When(Span(start, end, words))]
    if step.unit is None:
        from_there = re.search(r"(?:plus (?:tard|tot)|later|earlier)$", flatten(words), re.IGNORECASE)
        there = _span(last, base[-1]).text
        # Another date would narrow the articles to itself.
        from_there = from_there if base[-1].bare_year else None
        if from_there and last.language == "fr":
            words = f"{words} {after_que(there)}"
        elif from_there:
            words = f"{words} than {there}"
        return [When(Span(start, end, words))]
    days = _base_days(base, last)
    if days is None or (days.first is None and days.last is None):
        return [When(Span(start, end, words))]
    led = moved(Period(days.first, days.last, 0, 0, ""), step, today)
    if led is None:
        return [When(Span(start, end, words))]
    words = _told(led, step.unit, last.language)
    return [When(Span(start, end, words), None if base[-1].bare_year else led)]


_OPEN = re.compile(r"^(?:depuis|since|avant|before|apres|after|jusqu|until)", re.IGNORECASE)


def _base_days(base: list[TemporalExpression], last: Reading) -> DayRange | None:
    """Return the days from which a step counts; None where they are open on a side, as `depuis lundi`."""
    if _OPEN.match(flatten(_span(last, base[-1]).text)):
        return None
    first, end = base[-1].days.first, base[-1].days.last
    if len(base) > 1 and re.fullmatch(r" (?:au|to) ", last.flat[base[-2].end : base[-1].start]):
        first = base[-2].days.first
    return DayRange(first, end)


def _told(days: DayRange, unit: str, language: str) -> str:
    """Return days as a date in words."""
    if unit == "year":
        return f"{'en' if language == 'fr' else 'in'} {days.first.year}"
    if unit == "month":
        return f"{'en' if language == 'fr' else 'in'} {_month(days.first, language)} {days.first.year}"
    if unit == "day":
        return _day(days.first, language)
    first, last = days.first, days.last
    if language == "fr":
        begin = _number(first) if first.month == last.month else f"{_number(first)} {_month(first, 'fr')}"
        return f"du {begin} au {_number(last)} {_month(last, 'fr')} {last.year}"
    begin = f"{first.day}" if first.month == last.month else f"{first.day} {_month(first, 'en')}"
    return f"from {begin} to {last.day} {_month(last, 'en')} {last.year}"


def _day(day: date, language: str) -> str:
    if language == "fr":
        return f"le {_number(day)} {_month(day, 'fr')} {day.year}"
    return f"on {day.day} {_month(day, 'en')} {day.year}"


def _number(day: date) -> str:
    return "1er" if day.day == 1 else str(day.day)


def _month(day: date, language: str) -> str:
    return month_names(language)["wide"][0][day.month - 1]
