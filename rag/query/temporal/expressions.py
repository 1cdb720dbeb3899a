"""The date words of a question, each with the days that it means: `hier`, `mardi`, `le 3 mai`, `en 2024`.

Pure. Knows words and the calendar beside a given today; not which of them narrow a search, nor how two of
them make one period: that is `rag.query.temporal.period`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from itertools import groupby

from rag.extraction.dates import DateMention, read_dates
from rag.query.temporal import date_range, tense
from rag.query.temporal.date_range import DayRange
from rag.query.temporal.relative import SEASON, WEEKDAYS, find_relative, season_days
from rag.text.folding import flatten, word_forms

_THE = r"(?:le |la |les |l'|the )?"
_YEAR = re.compile(r"(?<![\w.,/-])(?:1\d{3}|20\d{2})(?![\w/]|[.,]\d)")
_SEASON_YEAR = re.compile(
    rf"\b(?:l'|the )?{SEASON} (?:de |of )?(?P<year>1\d{{3}}|20\d\d)\b(?!-)", re.IGNORECASE
)
_WEEK_OF = re.compile(rf"\b(?:semaine du|week of) {_THE}$", re.IGNORECASE)
_PARTS = {
    "early": re.compile(r"\b(?:debut|early) $", re.IGNORECASE),
    "mid": re.compile(r"\b(?:mi-|mid-|mid )$", re.IGNORECASE),
    "late": re.compile(r"\b(?:fin|late) $", re.IGNORECASE),
}
_NEXT = re.compile(r"\b(?:next|coming|upcoming|prochaine?|each|every|chaque|tous les) $", re.IGNORECASE)
_NEXT_AFTER = re.compile(r",? (?:prochaine?|suivante?|a venir)\b", re.IGNORECASE)
_SINCE = re.compile(r"\b(?:depuis|since) $", re.IGNORECASE)
_LAST = re.compile(r"\b(?:dernier|last)\b", re.IGNORECASE)
_LAST_AFTER = re.compile(r" dernier\b", re.IGNORECASE)
_LAST_BEFORE = re.compile(r"\blast $", re.IGNORECASE)
# `August 3 and 8`: the days begin after the month.
_MONTH_BEFORE = re.compile(
    r"\b(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.? (?:the )?$",
    re.IGNORECASE,
)
# `le lundi`, `du lundi au vendredi`, `Black Friday`, `mardi gras`: no day in particular.
_NO_DAY = re.compile(
    r"\b(?:le|les|du|au|chaque|every|each|a|black|bloody|good|ash|easter|palm|cyber|shrove|super|mail on|to"
    r"|through) $",
    re.IGNORECASE,
)
_NO_DAY_AFTER = re.compile(
    r" (?:saint|gras|noir|de paques|de pentecote|des rameaux|times|mornings|evenings)\b|-[a-z]"
    rf"| (?:a|au|to|through|-) (?:{'|'.join(WEEKDAYS)})\b",
    re.IGNORECASE,
)
_OF = re.compile(r"\b(?:du|of|of the) $", re.IGNORECASE)
_WEEKDAY = re.compile(r"(?:mon|tues|wednes|thurs|fri|satur|sun|yester)day\b", re.IGNORECASE)
# Days that are known by their date: `le 11 septembre`, `July 4`. (month, day)
_FAMOUS = {
    (1, 1), (1, 6), (2, 14), (3, 8), (4, 1), (5, 1), (5, 8), (6, 6), (7, 4), (7, 14), (9, 11), (10, 7),
    (11, 11), (11, 13), (12, 24), (12, 25), (12, 31),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class TemporalExpression:
    """Words `[start, end)` of a question and the days that they mean.

    `absolute` when they name their days without today's help. `one_day`: its news is in the next day's
    papers too. `bare_year`: only of articles is it a period. `yearless`: the year was completed.
    `famous`: a day that names what happened on it.
    """

    start: int
    end: int
    days: DayRange
    absolute: bool = False
    one_day: bool = False
    bare_year: bool = False
    yearless: bool = False
    famous: bool = False


@dataclass(frozen=True)
class AnchoredQuestion:
    """A question, the same flattened, its language (`fr` or `en`), and the day on which it is asked.

    Each thing is found once.
    """

    text: str
    flat: str
    language: str
    today: date

    @cached_property
    def dates(self) -> list[DateMention]:
        """Return the dates that the question names."""
        return read_dates(self.text, self.flat, word_forms(self.flat)).on(None)

    @cached_property
    def is_past(self) -> bool:
        """Return whether the question is about what has been."""
        return tense.is_past(self.text, self.language)

    @cached_property
    def is_future(self) -> bool:
        """Return whether the question is about what is to come."""
        return tense.is_future(self.text, self.language)

    @property
    def asks_for_news(self) -> bool:
        """Whether it is about what has happened: a verb in the past, or `les nouvelles`."""
        return self.is_past or tense.names_news(self.flat)

    @property
    def is_habit(self) -> bool:
        """Whether it may be about what is so every time: `ouvert le dimanche`, `is there a train`."""
        return not self.is_past and tense.names_habit(self.flat)


def find_expressions(asked: AnchoredQuestion) -> list[TemporalExpression]:
    """Return the date words of a question, in order, none inside another."""
    found: list[TemporalExpression] = []
    for one in (*_relative(asked), *_seasons(asked), *_dates(asked), *_years(asked)):
        if all(one.end <= other.start or other.end <= one.start for other in found):
            found.append(one)
    return sorted(found, key=lambda one: one.start)


def _relative(asked: AnchoredQuestion) -> list[TemporalExpression]:
    return [
        TemporalExpression(one.start, one.end, one.days)
        for one in find_relative(asked.flat, asked.language, asked.today)
        if _WEEKDAY.match(asked.flat, one.start) or not _is_name(asked.text, one.start)
    ]


def _is_name(question: str, start: int) -> bool:
    """Return whether the words begin with a capital inside a sentence: `Yesterday`, `This Week`, `Hier`."""
    before = question[:start].rstrip(" \u00a0\u202f\"'«“(")
    shouted = question.upper() == question
    return question[start].isupper() and bool(before) and before[-1] not in ".?!…:;—–-," and not shouted


def _seasons(asked: AnchoredQuestion) -> list[TemporalExpression]:
    return [
        TemporalExpression(
            match.start(), match.end(), season_days(match["season"], int(match["year"])), absolute=True
        )
        for match in _SEASON_YEAR.finditer(asked.flat)
    ]


def _years(asked: AnchoredQuestion) -> list[TemporalExpression]:
    return [
        TemporalExpression(
            match.start(), match.end(), date_range.year(int(match[0])), absolute=True, bare_year=True
        )
        for match in _YEAR.finditer(asked.flat)
    ]


def _dates(asked: AnchoredQuestion) -> list[TemporalExpression]:
    """Dates, weekdays and days such as `hier`. Those that share their end were said together."""
    found = []
    for end, group in groupby(asked.dates, key=lambda when: when.end):
        together = list(group)
        start = together[0].start
        if len({when.start for when in together}) < len(together):
            together = [when for when in together if _is_day_first(when, asked)]
        said = [one for when in together if (one := _resolve(when, end, asked))]
        if not said or len(said) < len(together):
            continue
        one = said[0] if len(said) == 1 else _joined(said[0], said[-1], asked.flat)
        if one is not None:
            last = _LAST_AFTER.match(asked.flat, end) if one.absolute else None
            found.append(replace(one, start=min(one.start, start), end=last.end() if last else end))
    return found


def _is_day_first(when: DateMention, asked: AnchoredQuestion) -> bool:
    """Return whether this is the French one of the two readings of `03/04/2025`.

    An English question has none that is sure.
    """
    return asked.language == "fr" and int(re.match(r"\d+", when.text)[0]) == when.day


def _joined(first: TemporalExpression, last: TemporalExpression, flat: str) -> TemporalExpression | None:
    """Read `3 et 8 août`, `August 3-8`: the days between them too."""
    if first.days.first > last.days.last:
        return None
    days = DayRange(first.days.first, last.days.last)
    month = _MONTH_BEFORE.search(flat[: first.start])
    start = month.start() if month else first.start
    return replace(last, start=start, days=days, one_day=False, famous=False)


def _resolve(when: DateMention, end: int, asked: AnchoredQuestion) -> TemporalExpression | None:
    before, after = asked.flat[: when.start], asked.flat[end:]
    if _NEXT.search(before) or _NEXT_AFTER.match(after):
        return None
    if when.offset is not None:
        return _near_day(when, before, asked)
    if when.month is not None:
        return _of_month(when, before, after, asked)
    if when.weekday is not None and when.year is None:
        return _weekday(when, before, after, asked)
    return None


def _near_day(when: DateMention, before: str, asked: AnchoredQuestion) -> TemporalExpression | None:
    """Read `hier`; `aujourd'hui` only of news: elsewhere it means nowadays."""
    if when.offset > 0 or _is_name(asked.text, when.start):
        return None
    if when.offset == 0 and not (re.search(r"\bd'$", before) or asked.asks_for_news):
        return None
    day = date_range.shifted(asked.today, when.offset)
    return TemporalExpression(when.start, when.end, date_range.one_day(day), one_day=when.offset < 0)


def _weekday(
    when: DateMention, before: str, after: str, asked: AnchoredQuestion
) -> TemporalExpression | None:
    """Return the nearest such day before today."""
    words = flatten(when.text)
    if re.search(r"prochain|next", words, re.IGNORECASE):
        return None
    if not _LAST.search(words):
        named = asked.language == "fr" and _is_name(asked.text, when.start)
        no_day = _NO_DAY.search(before) or _NO_DAY_AFTER.match(after)
        habit = asked.is_habit and not _SINCE.search(before)
        if named or no_day or habit:
            return None
    days_ago = (asked.today.weekday() - when.weekday) % 7 or 7
    day = date_range.shifted(asked.today, -days_ago)
    return TemporalExpression(when.start, when.end, date_range.one_day(day), one_day=True)


def _of_month(
    when: DateMention, before: str, after: str, asked: AnchoredQuestion
) -> TemporalExpression | None:
    yearless = when.year is None
    if yearless and when.day is None and _is_other_word(when, after, asked):
        return None
    if yearless:
        last = bool(_LAST_AFTER.match(after) or _LAST_BEFORE.search(before))
        if asked.is_habit and not last:
            return None
        when = replace(when, year=_year_of(when, asked.today, last or asked.is_past))
    if when.day is None:
        return TemporalExpression(
            when.start, when.end, _month(when, before), absolute=True, yearless=yearless
        )
    if (day := when.full) is None:
        return None
    if _WEEK_OF.search(before):
        return TemporalExpression(
            when.start, when.end, date_range.week(day), absolute=True, yearless=yearless
        )
    # `la bataille du 16 août` is called so; `le vote du 16 août a été annulé` was then.
    called = _OF.search(before) and not asked.is_past
    famous = yearless and bool(called or (day.month, day.day) in _FAMOUS)
    return TemporalExpression(
        when.start, when.end, date_range.one_day(day), True, one_day=True, yearless=yearless, famous=famous
    )


def _is_other_word(when: DateMention, after: str, asked: AnchoredQuestion) -> bool:
    """Return whether it is `Mai 68`, `la révolution d'Octobre`: not a month of any year near."""
    named = asked.language == "fr" and _is_name(asked.text, when.start)
    return named or re.match(r" ?'?\d", after) is not None


def _month(when: DateMention, before: str) -> DayRange:
    part = next((name for name, words in _PARTS.items() if words.search(before)), None)
    if part is not None:
        return date_range.month_part(when.year, when.month, part)
    return date_range.month(when.year, when.month)


def _year_of(when: DateMention, today: date, past: bool) -> int:
    """Return this year; the last one for what hasn't come yet when the question is about the past."""
    ahead = (when.month, when.day or 1) > (today.month, today.day)
    return today.year - 1 if ahead and past else today.year
