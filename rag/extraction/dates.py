"""Dates in French and English text, as far as they are stated: `16 août`, `Saturday`, `hier`, `2025`.

Pure. Knows calendars and words, no article and no claim. A publication date, when the caller has one,
completes a missing year and resolves relative words; nothing is ever taken from today's clock.
General date parsers fill what is missing with today; here what is missing must stay missing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta

from rag.text.cldr import month_numbers, weekday_numbers
from rag.text.folding import alternatives, flatten

_RELATIVE = {
    "fr": {"avant-hier": -2, "hier": -1, "aujourd'hui": 0, "demain": 1, "apres-demain": 2},
    "en": {"yesterday": -1, "today": 0, "tomorrow": 1},
}
# Month names that are other words too count alone only after one of these.
_BEFORE_MONTH = (
    r"(?:in|of|since|by|until|till|early|late|mid|last|next|this|between|from|en|de|depuis|entre|mois de"
    r"|debut|fin|mi) "
)
_YEAR = r"(?:1[0-9]{3}|20[0-9]{2})"
_BEFORE_YEAR = (
    "en|in|depuis|since|until|from|fin|debut|mi|early|late|mid|annee|year|l'an|d'ici|d'ici a|by|courant|ete"
    "|hiver|printemps|automne|summer|winter|spring|autumn|fall"
)
_PERIODS = (
    "l'an dernier|l'annee derniere|l'an passe|last year|cette annee|this year|l'an prochain|l'annee prochaine"
    "|next year|sur un an|en un an|il y a un an|un an plus tot|year[ -]on[ -]year|on the year"
    "|a year (?:ago|earlier)"
    "|le mois dernier|last month|ce mois-ci|this month|le mois prochain|next month"
)
_END = r"(?![\w]|[.,]\d)"
_LANGUAGES = ("fr", "en")


@dataclass(frozen=True, slots=True)
class When:
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

    def implies(self, other: When) -> bool:
        """Whether every field that `other` states is the same here; a full date knows its weekday."""
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

    def at(self, day: date) -> When:
        """The same words, known to mean this day."""
        return replace(self, year=day.year, month=day.month, day=day.day, weekday=day.weekday(), offset=None)


_MONTH_NUMBER = month_numbers("fr") | month_numbers("en")
_DAY_NUMBER = weekday_numbers("fr") | weekday_numbers("en")
_OFFSET = {word: days for language in _LANGUAGES for word, days in _RELATIVE[language].items()}
_MONTH = rf"(?P<month>{alternatives(' '.join(_MONTH_NUMBER))})\b\.?"
_WEEKDAY = alternatives(" ".join(_DAY_NUMBER))
_DAY = r"(?:(?:3[01]|[12]\d|0?[1-9])(?:er|st|nd|rd|th)?)(?![\d.,]*\d|\w)"
_SEVERAL = rf"(?P<days>{_DAY}(?:(?: ?, ?| ?- ?| et | au | and | to | ou | or | & )(?:le |the )?{_DAY})*)"
_LEAD = rf"(?:\b(?P<weekday>{_WEEKDAY})(?: (?:soir|matin|evening|morning|night))?,? (?:le |the )?)?"

_PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"(?<![\d/-])(?P<year>{_YEAR})-(?P<mm>0[1-9]|1[0-2])-(?P<dd>0[1-9]|[12]\d|3[01])(?!\d)",
        r"(?<![\d/.])(?P<a>[0-3]?\d)[/.](?P<b>[01]?\d|[0-3]\d)[/.](?P<year>(?:19|20)\d\d)(?!\d)",
        rf"{_LEAD}(?<![\d.,])\b{_SEVERAL} (?:of )?{_MONTH}(?:,? (?:de )?(?P<year>{_YEAR}){_END})?",
        rf"{_LEAD}\b{_MONTH} (?:the )?{_SEVERAL}(?:,? (?P<year>{_YEAR}){_END})?",
        rf"\b{_MONTH},? (?:of |de )?(?P<year>{_YEAR}){_END}",
        rf"(?:\b(?P<before>last|next|this|ce) )?\b(?P<weekday>{_WEEKDAY})\b(?: (?P<after>dernier|prochain))?",
        rf"\b(?P<relative>{alternatives(' '.join(_OFFSET))})\b",
        rf"\b(?P<span>{_PERIODS})\b",
        rf"(?<=\()(?P<year>{_YEAR})(?=[),-])",
        rf"\b(?:{_BEFORE_YEAR})[ -](?P<year>{_YEAR}){_END}(?! ?[%€$])",
        rf"\b{_MONTH}",
    )
)
_AMBIGUOUS_MONTHS = {"may", "march", "mar", "mars", "sept", "jan", "oct", "nov", "dec", "avr", "jun", "jul"}
_SPANS = {
    "last": -1, "derniere": -1, "dernier": -1, "passe": -1, "cette": 0, "this": 0, "ce": 0,
    "next": 1, "prochain": 1, "prochaine": 1,
}  # fmt: skip


def find_dates(text: str, published: date | None = None) -> list[When]:
    """Every reading of every date in `text`, in order; readings of the same words share `start`.

    With `published` a missing year is the one that puts the date nearest to it, `mardi` is the Tuesday
    before and the one after (or that same day), and `hier` is the day before.
    """
    flat = flatten(text)
    found: list[When] = []
    taken: list[tuple[int, int]] = []
    for pattern in _PATTERNS:
        for match in pattern.finditer(flat):
            if any(match.start() < end and start < match.end() for start, end in taken):
                continue
            readings = [
                resolved
                for stated in _read(match, text, flat)
                for resolved in _resolve(stated, match, published)
            ]
            if readings:
                taken.append(match.span())
                found.extend(readings)
    return sorted(found, key=lambda when: (when.start, when.end))


def _read(match: re.Match[str], text: str, flat: str) -> list[When]:
    """What the matched words state, before anything is completed."""
    groups = match.groupdict()
    base = When(match.start(), match.end(), text[match.start() : match.end()].rstrip("."))
    year = int(groups["year"]) if groups.get("year") else None
    weekday = _DAY_NUMBER[groups["weekday"].lower()] if groups.get("weekday") else None
    if groups.get("mm"):
        return [replace(base, year=year, month=int(groups["mm"]), day=int(groups["dd"]))]
    if groups.get("a"):
        return _numeric(base, int(groups["a"]), int(groups["b"]), year)
    if groups.get("relative"):
        return [replace(base, offset=_OFFSET[groups["relative"].lower()])]
    if groups.get("month"):
        return _with_month(base, match, flat, year, weekday)
    return [replace(base, year=year, weekday=weekday)]


def _numeric(base: When, a: int, b: int, year: int | None) -> list[When]:
    """`16/08/2025` is one day; `03/04/2025` may be read either way."""
    readings = {(day, month) for day, month in ((a, b), (b, a)) if 1 <= month <= 12 and 1 <= day <= 31}
    return [replace(base, year=year, month=month, day=day) for day, month in sorted(readings)]


def _with_month(
    base: When, match: re.Match[str], flat: str, year: int | None, weekday: int | None
) -> list[When]:
    groups = match.groupdict()
    name = groups["month"]
    month = _MONTH_NUMBER[name.lower()]
    days = list(re.finditer(r"\d+", groups.get("days") or ""))
    if len(days) == 1:
        return [replace(base, year=year, month=month, day=int(days[0][0]), weekday=weekday)]
    if days:
        # Two dates, not two readings of one: each has its own place.
        first = match.start("days")
        return [replace(base, start=first + d.start(), year=year, month=month, day=int(d[0])) for d in days]
    if year is None and not _month_alone(name, flat[max(0, match.start() - 12) : match.start()]):
        return []
    return [replace(base, year=year, month=month)]


def _month_alone(name: str, before: str) -> bool:
    """Whether a bare month name is a month: `août` is, `may` and `Mars` only after a preposition."""
    if name.lower() in _AMBIGUOUS_MONTHS:
        return re.search(_BEFORE_MONTH + "$", before, re.IGNORECASE) is not None
    french = name.lower() in month_numbers("fr")
    return french or name[0].isupper()


def _resolve(stated: When, match: re.Match[str], published: date | None) -> list[When]:
    groups = match.groupdict()
    if groups.get("span"):
        return _period(stated, groups["span"].lower(), published)
    if published is None:
        return [stated]
    if stated.offset is not None:
        return [stated.at(published + timedelta(days=stated.offset))]
    if stated.month is not None and stated.year is None:
        return [_nearest(stated, published)]
    if stated.weekday is not None and stated.day is None:
        direction = (groups.get("before") or groups.get("after") or "").lower()
        return [stated, *(stated.at(day) for day in _weekdays(stated.weekday, published, direction))]
    return [stated]


def _period(stated: When, words: str, published: date | None) -> list[When]:
    """`l'an dernier`, `this month`: known only beside a publication date."""
    if published is None:
        return []
    steps = next((step for word, step in _SPANS.items() if word in re.split(r"[ '-]", words)), -1)
    if "mo" not in words:
        return [replace(stated, year=published.year + steps)]
    months = published.year * 12 + published.month - 1 + steps
    return [replace(stated, year=months // 12, month=months % 12 + 1)]


def _nearest(stated: When, published: date) -> When:
    """The year that puts a date without one nearest to the day of publication."""

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
