"""Days and moments as people write them: `mardi 9 avril 2024 à 14h30`, `April 9, 2024`, `2. März 2026`.

Pure. French, English and the German of press databases. What may be two days (`05/06/2024`, where nothing
says which number is the day's) is none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from functools import cache

from rag.text.cldr import month_numbers, weekday_numbers
from rag.text.folding import flatten

_YEAR = r"(?P<year>(?:1[6-9]|20)\d\d)"
_DAY = r"(?P<day>\d{1,2})(?:er|st|nd|rd|th|\.)?"
_LONGEST_LINE = 1_000  # that is looked through for a day or a time
# Those that aren't also French or English, without accents.
_GERMAN = {"januar": 1, "februar": 2, "marz": 3, "maerz": 3, "juni": 6, "juli": 7} | {
    "oktober": 10,
    "okt": 10,
    "dezember": 12,
    "dez": 12,
}
_SLASHED = re.compile(rf"(?<![\w/])(?P<day>\d{{1,2}})[/-](?P<number>\d{{1,2}})[/-]{_YEAR}(?![\w/])")
# What zones are called in the news of Europe and North America, in hours from UTC. `IST` is several.
_ZONES = {
    **dict.fromkeys(("z", "utc", "gmt", "ut", "wet"), 0),
    **dict.fromkeys(("bst", "west", "cet", "met", "mez"), 1),
    **dict.fromkeys(("cest", "mest", "mesz", "eet"), 2),
    "eest": 3,
    "est": -5,
    "edt": -4,
    "cst": -6,
    "cdt": -5,
    "mst": -7,
    "mdt": -6,
    "pst": -8,
    "pdt": -7,
}
_TIME = re.compile(
    r"(?P<hour>\d{1,2})(?:\s?h\s?(?P<fr>\d\d)?|:(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,]\d{1,9})?)?)?"
    r"\s*(?P<half>[ap]\.?m\.?)?"
    r"\s*(?P<zone>[+-]\d\d:?\d\d|[a-z]{1,4})?(?:\s*\([a-z]{1,5}\))?"
)
# A time among other words.
_CLOCK = re.compile(
    r"(?<!\d)(?P<hour>\d{1,2})(?::|\s?h\s?)(?P<minute>\d\d)(?::(?P<second>\d\d))?\s?(?P<half>[ap]\.?m\b)?"
    r"\s*(?P<zone>utc|gmt)?\s?(?P<offset>[+-]\d\d:?\d\d)?"
)
_JOINTS = re.compile(r"[\s,;|–—-]*(?:(?:a|at|t|le|on)\b[\s,:]*)?")
_NUMBERS = re.compile(
    r"(?P<first>\d{1,2})(?P<sign>[/.-])\s?(?P<second>\d{1,2})(?P=sign)\s?(?P<year>\d{4})(?!\d)"
)
_YEAR_FIRST = re.compile(r"(?P<year>\d{4})(?P<sign>[/.-])(?P<number>\d{1,2})(?P=sign)(?P<day>\d{1,2})(?!\d)")
_WEEKDAY = re.compile(r"([a-z]{3,9})\.?,?\s+")
_UNIX = re.compile(
    r"(?P<month>[a-z]{3}) (?P<day>\d\d?) (?P<time>\d\d:\d\d:\d\d)"
    r" (?:(?P<zone>[+-]\d{4}|[a-z]{3,4}) )?(?P<year>\d{4})"
)


@dataclass(frozen=True, slots=True)
class WrittenDay:
    """A day, in ISO 8601, and the place of the words that say it."""

    day: str
    start: int
    end: int


@cache
def _forms() -> tuple[re.Pattern[str], ...]:
    names = sorted(_months(), key=len, reverse=True)
    month = rf"(?P<month>{'|'.join(map(re.escape, names))})\b\.?"
    return (
        re.compile(rf"(?<![\w.]){_DAY}(?:\s+of)?[\s-]+{month},?[\s-]+{_YEAR}(?!\w)"),
        re.compile(rf"(?<!\w){month}\s+{_DAY},?\s+{_YEAR}(?!\w)"),
        re.compile(rf"(?<![\w.]){_YEAR}-(?P<number>\d\d)-(?P<day>\d\d)(?!\d)"),
        re.compile(rf"(?<![\w.])(?P<day>\d{{1,2}})\.\s?(?P<number>\d{{1,2}})\.\s?{_YEAR}(?!\w)"),
    )


def written_days(text: str, day_first: bool = False) -> list[WrittenDay]:
    """Return the days that are written in a text, in order.

    `day_first`: that `05/06/2024` is a day of June.
    """
    folded = flatten(text).lower()
    if len(folded) != len(text):
        folded = text.lower()
    found = []
    for form in (*_forms(), *((_SLASHED,) if day_first else ())):
        for match in form.finditer(folded):
            if (day := _day(match)) is not None:
                found.append(WrittenDay(day, match.start(), match.end()))
    return sorted(found, key=lambda one: (one.start, one.end))


def first_day(line: str) -> WrittenDay | None:
    """Return the first day that a line names; None if it names none."""
    return next(iter(written_days(line[:_LONGEST_LINE])), None)


def with_clock(day: str, line: str) -> str:
    """Return a day, in ISO 8601, with the time that a line names and its offset, if it says them."""
    found = _CLOCK.search(line[:_LONGEST_LINE].lower())
    if found is None:
        return day
    offset = found["offset"] or ("z" if found["zone"] else None)
    moment = _combined(date.fromisoformat(day), found, found["minute"], _zone(offset))
    return day if moment is None else moment.isoformat()


def _day(match: re.Match[str]) -> str | None:
    parts = match.groupdict()
    name = parts.get("month")
    number = int(parts["number"]) if name is None else _months()[name]
    try:
        return date(int(parts["year"]), number, int(parts["day"])).isoformat()
    except ValueError:
        return None


def day_stands_first(stated: str) -> bool | None:
    """Return whether the day stands first in a date of numbers, such as `13/04/2024`.

    None if its numbers don't tell, or it is none.
    """
    match = _NUMBERS.match(_plain(stated))
    if match is None or match["sign"] == ".":
        return None
    first, second = int(match["first"]), int(match["second"])
    if (first > 12) == (second > 12):
        return None
    return first > 12


def written_moment(stated: str, day_first: bool | None = None) -> date | datetime | None:
    """Return the day that a text of nothing else states, with its time if it states one.

    Args:
        stated: The text: one date, perhaps with its weekday, a time and a zone.
        day_first: What `05/06/2024` means: the 5th of June if true, the 6th of May if false; None: unknown.

    Returns:
        None for anything else, and for a day that could be two.
    """
    whole = _plain(stated).removeprefix("le ")
    if (found := _moment(whole, day_first)) is not None:
        return found
    weekday = _WEEKDAY.match(whole)  # `mar` is one, and a month
    is_weekday = weekday is not None and weekday[1][:3] in _weekdays()
    return _moment(whole[weekday.end() :].removeprefix("le "), day_first) if is_weekday else None


def _moment(text: str, day_first: bool | None) -> date | datetime | None:
    if unix := _UNIX.fullmatch(text):
        day, month, year = unix["day"], unix["month"], unix["year"]
        text = f"{day} {month} {year} {unix['time']} {unix['zone'] or ''}".rstrip()
    found = _leading_day(text, day_first)
    if found is None:
        return None
    day, end = found
    rest = text[end:]
    rest = rest[_JOINTS.match(rest).end() :].strip(" .")
    return day if not rest else _with_time(day, rest)


def _plain(stated: str) -> str:
    return " ".join(flatten(stated).lower().split())


@cache
def _months() -> dict[str, int]:
    return _GERMAN | month_numbers("en") | month_numbers("fr")


@cache
def _weekdays() -> frozenset[str]:
    return frozenset(name[:3] for language in ("fr", "en") for name in weekday_numbers(language))


def _leading_day(text: str, day_first: bool | None) -> tuple[date, int] | None:
    """Return the day that a text begins with, and where what states it ends."""
    for form in _forms():
        if (match := form.match(text)) and (day := _day(match)):
            return date.fromisoformat(day), match.end()
    if match := _YEAR_FIRST.match(text):
        return _valid(int(match["year"]), int(match["number"]), int(match["day"]), match.end())
    if match := _NUMBERS.match(text):
        first, second, year = int(match["first"]), int(match["second"]), int(match["year"])
        is_first = True if match["sign"] == "." else day_stands_first(match[0])
        is_first = day_first if is_first is None else is_first
        if is_first is None and first != second:
            return None
        day, month = (second, first) if is_first is False else (first, second)
        return _valid(year, month, day, match.end())
    return None


def _valid(year: int, month: int, day: int, end: int) -> tuple[date, int] | None:
    try:
        return date(year, month, day), end
    except ValueError:
        return None


def _with_time(day: date, stated: str) -> datetime | None:
    match = _TIME.fullmatch(stated)
    if match is None or not (match["half"] or match["minute"] or "h" in stated):
        return None  # a bare number is no time
    zone = _zone(match["zone"])
    if match["zone"] and zone is None:
        return None
    return _combined(day, match, match["fr"] or match["minute"], zone)


def _combined(day: date, clock: re.Match[str], minute: str | None, zone: timezone | None) -> datetime | None:
    """Return a day with the time of a match; None if there is no such time."""
    hour = int(clock["hour"])
    if half := clock["half"]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half.startswith("p") else 0)
    try:
        return datetime.combine(day, time(hour, int(minute or 0), int(clock["second"] or 0)), zone)
    except ValueError:
        return None


def named_zone(name: str) -> timezone | None:
    """Return the zone that has this name in the news, such as `CEST`; None if none has or several do."""
    hours = _ZONES.get(name.lower())
    return None if hours is None else timezone(timedelta(hours=hours))


def _zone(named: str | None) -> timezone | None:
    if named is None:
        return None
    if (zone := named_zone(named)) is not None:
        return zone
    if named[0] not in "+-":
        return None
    digits = named[1:].replace(":", "")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    if offset >= timedelta(hours=24):
        return None
    return timezone(-offset if named[0] == "-" else offset)
