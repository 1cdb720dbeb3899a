"""Dates in a text, as far as they are stated: `16 août`, `Saturday`, `hier`, `2025`.

Pure. Knows calendars and words, no article and no claim. A publication date, when the caller has one,
completes a missing year and resolves relative words; nothing is ever taken from today's clock.
General date parsers fill what is missing with today; here what is missing must stay missing.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, replace
from datetime import date, timedelta

from rag.extraction.calendars import YEAR, Calendar, calendar_of
from rag.text.folding import flatten, word_forms

_SOME_DIGIT = re.compile(r"\d")
_SOME_YEAR = re.compile(YEAR)


@dataclass(frozen=True, slots=True)
class DateMention:
    """What a text states of a date: any of year, month, day and weekday (Monday is 0).

    `offset` is a word such as `hier` (-1) that no publication date has resolved.
    """

    start: int
    end: int
    text: str
    year: int | None = None
    month: int | None = None
    day: int | None = None
    weekday: int | None = None
    offset: int | None = None

    def implies(self, other: DateMention) -> bool:
        """Return whether every field that `other` states is the same here; a full date knows its weekday."""
        mine, theirs = self.fields(), other.fields(computed=False)
        return any(field is not None for field in theirs) and all(
            theirs_field is None or theirs_field == mine_field
            for mine_field, theirs_field in zip(mine, theirs, strict=True)
        )

    def fields(self, computed: bool = True) -> tuple[int | None, ...]:
        """Year, month, day, weekday and offset; `computed` adds the weekday of a full date."""
        weekday = self.weekday
        if computed and weekday is None and (full := self.full):
            weekday = full.weekday()
        return self.year, self.month, self.day, weekday, self.offset

    @property
    def full(self) -> date | None:
        """The calendar day, if year, month and day are known and exist."""
        if self.year is None or self.month is None or self.day is None:
            return None
        try:
            return date(self.year, self.month, self.day)
        except ValueError:
            return None

    def at(self, day: date) -> DateMention:
        """Return the same words, known to mean this day."""
        return replace(self, year=day.year, month=day.month, day=day.day, weekday=day.weekday(), offset=None)


_SPANS = {
    "last": -1, "derniere": -1, "dernier": -1, "passe": -1, "cette": 0, "this": 0, "ce": 0,
    "next": 1, "prochain": 1, "prochaine": 1,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Stated:
    """What the words of one match state, and what they are resolved by beside a day of publication.

    `direction` is a word such as `dernier`, `period` one such as `l'an dernier`. `dated` and `undated` tell
    whether it counts where that day is known and where it isn't: a period is one only beside a day, and then
    leaves no other date in its words.
    """

    readings: tuple[DateMention, ...]
    direction: str
    period: str
    dated: bool
    undated: bool


@dataclass(frozen=True, slots=True)
class StatedDates:
    """The dates of one text as it states them, which a day of publication may complete."""

    _found: tuple[_Stated, ...]

    def on(self, published: date | None) -> list[DateMention]:
        """Return every reading of every date, in order; see `find_dates`."""
        found = [
            resolved
            for stated in self._found
            if (stated.undated if published is None else stated.dated)
            for reading in stated.readings
            for resolved in _resolve(reading, stated, published)
        ]
        return sorted(found, key=lambda when: (when.start, when.end))


def read_dates(text: str, flat: str, forms: frozenset[str], language: str | None = None) -> StatedDates:
    """Return the dates of `text`.

    `flat` is it flattened, and `forms` are its words (`folding.word_forms`); `language` (ISO 639-1) is
    French or English where nobody knows it.
    """
    calendar = calendar_of(language)
    found: list[_Stated] = []
    dated, undated = _Taken(), _Taken()
    digit = _SOME_DIGIT.search(flat) is not None
    year = digit and _SOME_YEAR.search(flat) is not None
    for pattern in calendar.patterns:
        if not pattern.may_match(forms, digit, year):
            continue
        for match in pattern.regex.finditer(flat):
            groups = match.groupdict()
            period = (groups.get("span") or "").lower()
            in_dated = match not in dated
            in_undated = not period and match not in undated
            readings = _read(match, text, flat, calendar) if in_dated or in_undated else []
            if not readings:
                continue
            if in_dated:
                dated.add(match)
            if in_undated:
                undated.add(match)
            direction = (groups.get("before") or groups.get("after") or "").lower()
            found.append(_Stated(tuple(readings), direction, period, in_dated, in_undated))
    return StatedDates(tuple(found))


def find_dates(text: str, published: date | None = None, language: str | None = None) -> list[DateMention]:
    """Return every reading of every date in `text`, in order; readings of the same words share `start`.

    With `published` a missing year is the one that puts the date nearest to it, `mardi` is the Tuesday
    before and the one after (or that same day), and `hier` is the day before. `language` is the text's.
    """
    flat = flatten(text)
    return read_dates(text, flat, word_forms(flat), language).on(published)


class _Taken:
    """Places of a text that are read already, none of which overlaps another, in order."""

    def __init__(self) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []

    def __contains__(self, match: re.Match[str]) -> bool:
        """Return whether the match overlaps one of them."""
        before = bisect_left(self._starts, match.end())
        return before > 0 and self._ends[before - 1] > match.start()

    def add(self, match: re.Match[str]) -> None:
        """Take the match's place, which overlaps none of them."""
        place = bisect_left(self._starts, match.start())
        self._starts.insert(place, match.start())
        self._ends.insert(place, match.end())


def _read(match: re.Match[str], text: str, flat: str, calendar: Calendar) -> list[DateMention]:
    """Return what the matched words state, before anything is completed."""
    groups = match.groupdict()
    base = DateMention(match.start(), match.end(), text[match.start() : match.end()].rstrip("."))
    year = int(groups["year"]) if groups.get("year") else None
    weekday = calendar.weekdays[groups["weekday"].lower()] if groups.get("weekday") else None
    if groups.get("mm"):
        return [replace(base, year=year, month=int(groups["mm"]), day=int(groups["dd"]))]
    if groups.get("a"):
        return _numeric(base, int(groups["a"]), int(groups["b"]), year)
    if groups.get("relative"):
        return [replace(base, offset=calendar.offsets[groups["relative"].lower()])]
    if groups.get("month"):
        return _with_month(base, match, flat, year, weekday, calendar)
    return [replace(base, year=year, weekday=weekday)]


def _numeric(base: DateMention, a: int, b: int, year: int | None) -> list[DateMention]:
    """Read `16/08/2025`, which is one day; `03/04/2025` may be read either way."""
    readings = {(day, month) for day, month in ((a, b), (b, a)) if 1 <= month <= 12 and 1 <= day <= 31}
    return [replace(base, year=year, month=month, day=day) for day, month in sorted(readings)]


def _with_month(
    base: DateMention,
    match: re.Match[str],
    flat: str,
    year: int | None,
    weekday: int | None,
    calendar: Calendar,
) -> list[DateMention]:
    groups = match.groupdict()
    name = groups["month"]
    month = calendar.months[name.lower()]
    days = list(re.finditer(r"\d+", groups.get("days") or ""))
    if len(days) == 1:
        return [replace(base, year=year, month=month, day=int(days[0][0]), weekday=weekday)]
    if days:
        # Two dates, not two readings of one: each has its own place.
        first = match.start("days")
        return [replace(base, start=first + d.start(), year=year, month=month, day=int(d[0])) for d in days]
    before = flat[max(0, match.start() - 16) : match.start()]
    if year is None and (_is_seven(match) or not calendar.month_alone(name, before)):
        return []
    return [replace(base, year=year, month=month)]


def _is_seven(match: re.Match[str]) -> bool:
    """Return whether it is French `sept`, the number: the month shortened has a capital or a stop."""
    return match["month"] == "sept" and not match[0].endswith(".")


def _resolve(reading: DateMention, stated: _Stated, published: date | None) -> list[DateMention]:
    if stated.period:
        return _period(reading, stated.period, published)
    if published is None:
        return [reading]
    if reading.offset is not None:
        return [reading.at(published + timedelta(days=reading.offset))]
    if reading.month is not None and reading.year is None:
        return [_nearest(reading, published)]
    if reading.weekday is not None and reading.day is None:
        return [
            reading,
            *(reading.at(day) for day in _weekdays(reading.weekday, published, stated.direction)),
        ]
    return [reading]


def _period(stated: DateMention, words: str, published: date | None) -> list[DateMention]:
    """Read `l'an dernier`, `this month`: known only beside a publication date."""
    if published is None:
        return []
    steps = next((step for word, step in _SPANS.items() if word in re.split(r"[ '-]", words)), -1)
    if "mo" not in words:
        return [replace(stated, year=published.year + steps)]
    months = published.year * 12 + published.month - 1 + steps
    return [replace(stated, year=months // 12, month=months % 12 + 1)]


def _nearest(stated: DateMention, published: date) -> DateMention:
    """Return the year that puts a date without one nearest to the day of publication."""

    def distance(year: int) -> int:
        when = replace(stated, year=year, day=stated.day or 15).full
        return abs((when - published).days) if when else 10_000

    return replace(stated, year=min(range(published.year - 1, published.year + 2), key=distance))


def _weekdays(weekday: int, published: date, direction: str) -> list[date]:
    past = published - timedelta(days=(published.weekday() - weekday) % 7)
    future = published + timedelta(days=(weekday - published.weekday()) % 7)
    if direction in {"dernier", "last"}:
        return [past if past != published else past - timedelta(days=7)]
    if direction in {"prochain", "next"}:
        return [future if future != published else future + timedelta(days=7)]
    return sorted({past, future})
