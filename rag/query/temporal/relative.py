"""Words that mean a stretch of days beside today: `la semaine dernière`, `the past three days`.

Pure. Knows French and English phrases and the calendar; not whether a question is about the past, and
no absolute date. Weeks begin on Monday. What says nothing exact (`récemment`, `ces dernières années`,
`il y a vingt ans`) is no period.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from rag.extraction.numbers.number_words import find_number_words
from rag.query.temporal import date_range
from rag.query.temporal.date_range import DayRange
from rag.text.cldr import weekday_numbers

_UNITS = {
    "heure": "hour", "hour": "hour", "jour": "day", "day": "day", "journee": "day", "semaine": "week",
    "week": "week", "fortnight": "fortnight", "mois": "month", "month": "month", "an": "year",
    "annee": "year", "year": "year",
}  # fmt: skip
_SEASONS = {
    "printemps": "spring", "spring": "spring", "ete": "summer", "summer": "summer", "automne": "autumn",
    "autumn": "autumn", "fall": "autumn", "hiver": "winter", "winter": "winter",
}  # fmt: skip
SEASON = "(?P<season>" + "|".join(_SEASONS) + ")"
WEEKDAYS = weekday_numbers("fr") | weekday_numbers("en")
_DAY = "(?P<weekday>" + "|".join(WEEKDAYS) + ")"
_N = r"(?P<n>\d{1,3}|[a-z]+(?:-[a-z]+)*)"
# `quelques`, `a few`: as many as the word may stand for, at most.
_VAGUE = {"hour": 24, "day": 7, "week": 4, "month": 6}
_ONE = {"un", "une", "a", "an", "one"}
_FEW = {"quelques", "few", "several", "plusieurs", "couple"}
_MOST = 999

_FR_UNIT = r"(?P<unit>heures?|jours?|semaines?|mois|annees?|ans?)\b"
_EN_UNIT = r"(?P<unit>(?:hour|day|week|month|year)s?|fortnight)\b"
# `les trois derniers jours du festival`, `the last week of the war`: theirs, not today's.
_NOT_OF = r"(?! (?:de|du|des|of|before|in which)\b| d')"


@dataclass(frozen=True, slots=True)
class Relative:
    """The days that the words `[start, end)` of a question mean."""

    start: int
    end: int
    days: DayRange


Reading = Callable[[re.Match[str], date, str], DayRange | None]


def season_days(name: str, year: int) -> DayRange:
    """Return the season that these words name, of this year."""
    return date_range.season(_SEASONS[name.lower()], year)


def _count(match: re.Match[str], language: str) -> int | None:
    """Return the number of units; None when a word is no number."""
    words = (match.groupdict().get("n") or "").lower()
    if not words or words in _FEW:
        return _VAGUE.get(_unit(match))
    if words in _ONE:
        return 1
    if words.isdigit():
        return int(words)
    found = [one for one in find_number_words(words, words, language) if not one.ordinal]
    whole = [int(one.value) for one in found if (one.start, one.end) == (0, len(words))]
    return whole[0] if whole and whole[0] <= _MOST else None


def _unit(match: re.Match[str]) -> str:
    words = match["unit"].lower()
    return _UNITS.get(words) or _UNITS[words.rstrip("s")]


def _past(match: re.Match[str], today: date, language: str) -> DayRange | None:
    count, unit = _count(match, language), _unit(match)
    if unit == "fortnight":
        return date_range.past(today, 2, "week")
    return date_range.past(today, count, unit) if count else None


def _past_one(match: re.Match[str], today: date, _: str) -> DayRange:
    """Read `the past week`: seven days, and not the week before this one."""
    count, unit = (2, "week") if _unit(match) == "fortnight" else (1, _unit(match))
    return date_range.past(today, count, unit)


def _since(match: re.Match[str], today: date, language: str) -> DayRange | None:
    """Read `depuis trois jours`. A state of years (`depuis deux ans`) says nothing of the articles."""
    days = None if _unit(match) == "year" else _past(match, today, language)
    return days and DayRange(days.first, None)


def _ago(match: re.Match[str], today: date, language: str) -> DayRange | None:
    """Return a day and the next for days, about then for weeks and months; years ago is history."""
    count, unit = _count(match, language), _unit(match)
    if not count or unit in {"year", "fortnight"}:
        return None
    if unit == "hour" or (match["n"].lower() in _FEW):
        return date_range.past(today, count, unit)
    then = date_range.past(today, count, unit).first
    before, after = {"day": (0, 1), "week": (3, 3), "month": (15, 15)}[unit]
    return DayRange(date_range.shifted(then, -before), min(date_range.shifted(then, after), today))


def _step(steps: int) -> Reading:
    """Return this (0) or the last (-1) week, month, year or weekend of the calendar."""

    def read(match: re.Match[str], today: date, _: str) -> DayRange:
        unit = match["whole"].lower()
        if unit.startswith(("semaine", "week")) and "end" not in unit:
            return date_range.week(today, steps)
        if "end" in unit:
            return _weekend(today, steps)
        if unit in {"mois", "month"}:
            then = date_range.months_before(today, -steps)
            return date_range.month(then.year, then.month)
        return date_range.year(today.year + steps)

    return read


def _weekend(today: date, steps: int) -> DayRange | None:
    """Until Wednesday `this weekend` is the one that was; then the one to come, which has no articles."""
    if steps < 0 or today.weekday() <= 2:
        return date_range.weekend(today, -1)
    return date_range.weekend(today) if today.weekday() >= 5 else None


def _this_season(match: re.Match[str], today: date, _: str) -> DayRange | None:
    """Return the season under way or, while it is nearer than the next one, the one that was."""
    before, after = _around(match, today)
    over = (today - before.last).days
    return before if over <= 0 or over < (after.first - today).days else None


def _last_season(match: re.Match[str], today: date, _: str) -> DayRange:
    before, _after = _around(match, today)
    if before.last < today:
        return before
    return season_days(match["season"], before.first.year - 1)


def _around(match: re.Match[str], today: date) -> tuple[DayRange, DayRange]:
    """Return the latest such season that has begun, and the one after it."""
    began = season_days(match["season"], today.year).first <= today
    year = today.year if began else today.year - 1
    return season_days(match["season"], year), season_days(match["season"], year + 1)


def _weekday_last_week(match: re.Match[str], today: date, _: str) -> DayRange:
    day = date_range.shifted(date_range.week(today, -1).first, WEEKDAYS[match["weekday"].lower()])
    return DayRange(day, date_range.shifted(day, 1))


def _from_start(match: re.Match[str], today: date, language: str) -> DayRange:
    return DayRange(_step(0)(match, today, language).first, None)


def _days(first: int, last: int) -> Reading:
    """Return days counted from today: `hier` is -1."""
    return lambda _match, today, _language: DayRange(
        date_range.shifted(today, first), date_range.shifted(today, last)
    )


_FRENCH: list[tuple[str, Reading]] = [
    (rf"(?:le )?{_DAY} (?:de )?la semaine (?:derniere|passee)", _weekday_last_week),
    (rf"ces (?:{_N} )?(?:derniers|dernieres) {_FR_UNIT}", _past),
    (rf"(?:ces |les |des )(?:derniers|dernieres) {_N} {_FR_UNIT}{_NOT_OF}", _past),
    (rf"(?:les |des |aux )?(?:{_N} )?(?:derniers|dernieres) {_FR_UNIT}{_NOT_OF}", _past),
    (rf"la derniere (?P<unit>semaine|annee){_NOT_OF}", _past_one),
    (rf"le dernier (?P<unit>mois){_NOT_OF}", _past_one),
    (r"la (?P<unit>semaine) ecoulee", _past_one),
    (rf"(?:il y a|voici|voila) (?:environ |a peine )?{_N} {_FR_UNIT}{_NOT_OF}"
     r"(?! (?:feries?|ouvres?|par|dans)\b)", _ago),
    (rf"depuis (?:environ |pres de )?{_N} {_FR_UNIT}", _since),
    (r"depuis le debut (?:de |du )?(?:la |l'|cette |ce )?(?P<whole>semaine|mois|annee)", _from_start),
    (r"(?:la |l')(?P<whole>semaine|annee) (?:derniere|passee)\b", _step(-1)),
    (r"(?:le |l')(?P<whole>mois|an|week-?end) (?:dernier|passe)\b", _step(-1)),
    (r"cette (?P<whole>semaine|annee)\b(?!-la)", _step(0)),
    (r"(?:la |l')(?P<whole>semaine|annee) en cours", _step(0)),
    (r"ce (?P<whole>mois)\b(?:-ci)?(?!-la| de\b| d')", _step(0)),
    (r"ce (?P<whole>week-?end)(?!-la)\b", _step(0)),
    (r"ces jours-ci", _days(-7, 0)),
    (r"avant[ -]hier", _days(-2, -1)),
    (r"ce matin\b|cet apres-midi\b|ce midi\b", _days(0, 0)),
    (r"cette nuit\b(?!-la)", _days(-1, 0)),
    (rf"(?:l'|le |au |a l'|en ){SEASON} (?:dernier|passe)\b", _last_season),
    (rf"cet? {SEASON}\b(?!-la)", _this_season),
]  # fmt: skip
_ENGLISH: list[tuple[str, Reading]] = [
    (rf"{_DAY} (?:of )?last week", _weekday_last_week),
    (rf"(?:(?:the|these) )?(?:past|last|previous) (?:(?:a )?{_N} (?:of )?)?"
     rf"(?P<unit>(?:hour|day|week|month|year)s)\b{_NOT_OF}", _past),
    (rf"(?:the )?past (?P<unit>week|month|year|fortnight)\b{_NOT_OF}", _past_one),
    (rf"the last (?P<unit>week|month|year|fortnight)\b(?!'){_NOT_OF}", _past_one),
    (r"(?:in |over |of )(?:the )?recent (?P<unit>hours|days|weeks|months)\b", _past),
    (rf"(?:a )?{_N} (?:of )?{_EN_UNIT} ago", _ago),
    (r"since the (?:start|beginning) of (?:the |this )?(?P<whole>week|month|year)", _from_start),
    (r"(?<!the )last (?P<whole>week-?end|week|month|year)\b", _step(-1)),
    (r"(?<!later )this (?P<whole>week-?end|week|month|year)\b", _step(0)),
    (r"(?:the )?day before yesterday", _days(-2, -1)),
    (r"this (?:morning|afternoon)\b", _days(0, 0)),
    (r"last night\b", _days(-1, 0)),
    (rf"(?<!the )last {SEASON}\b", _last_season),
    (rf"this {SEASON}\b", _this_season),
]  # fmt: skip
_RULES = {
    language: [(re.compile(rf"(?<!\w){pattern}", re.IGNORECASE), reading) for pattern, reading in rules]
    for language, rules in (("fr", _FRENCH), ("en", _ENGLISH))
}


def find_relative(flat: str, language: str, today: date) -> list[Relative]:
    """Return the relative stretches of a flattened question, in order, none inside another."""
    found: list[Relative] = []
    for pattern, reading in _RULES.get(language, []):
        for match in pattern.finditer(flat):
            start, end = match.span()
            if any(start < one.end and one.start < end for one in found):
                continue
            days = reading(match, today, language)
            if days is not None:
                found.append(Relative(start, end, days))
    return sorted(found, key=lambda one: one.start)
