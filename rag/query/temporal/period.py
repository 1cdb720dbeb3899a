"""The period that a question narrows the articles to: `la semaine dernière`, `since Tuesday`.

Pure. Knows French and English questions and the calendar. Today is given, and so is whether the library
has articles of some days; nothing else is known of either. When in doubt there is no period: a search of
everything still finds what a wrong period would hide.

`dateparser.search` was tried: it gives points and no stretches (`last week` is one day), takes `entre le
3 et le 8 août 2025` for 8 March, and finds no `la semaine dernière` inside a French question.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date

from rag.query.temporal.date_range import DayRange, shifted
from rag.query.temporal.expressions import AnchoredQuestion, TemporalExpression, find_expressions
from rag.schema.question import Period

# Whether the library has articles published from the first of these days to the last; None: no limit.
PublishedIn = Callable[[date | None, date | None], bool]

_THE = r"(?:le |la |les |l'|the )?"
_FROM = re.compile(rf"\b(?:entre|du|de|between|from) {_THE}$", re.IGNORECASE)
_TO = re.compile(
    rf" (?:et|au|aux|a|and|to|until|till|through|jusqu'au|jusqu'a|jusqu'en|-) {_THE}", re.IGNORECASE
)
_SINCE = re.compile(rf"\b(?:depuis|a partir d[ue]|since) {_THE}$", re.IGNORECASE)
_AFTER = re.compile(rf"\b(?:apres|after) {_THE}$", re.IGNORECASE)
_BEFORE = re.compile(rf"\b(?:avant|before|prior to) {_THE}$", re.IGNORECASE)
_UNTIL = re.compile(rf"\b(?:jusqu'au|jusqu'a|jusqu'en|until|till|up to) {_THE}$", re.IGNORECASE)
_WITHIN = re.compile(
    r"\b(?:(?:(?:la )?semaine du|the week of|(?:au )?mois de|debut|fin|mi|early|mid|late|last|le|en|au|on|in)"
    r"[ -]|(?:au )?mois d')+(?:the )?$",
    re.IGNORECASE,
)
_ARTICLES = (
    r"(?:articles?|papiers?|textes?|depeches?|reportages?|presse|journa(?:l|ux)|numeros?|editions?|stories|story"
    r"|pieces?|coverage|nouvelles|infos|news|headlines?)"
)
# What happened one day is in the news of the next; what was published one day isn't.
_NEWS = re.compile(r"\b(?:nouvelles|infos|news|headlines?)\b", re.IGNORECASE)
_WRITTEN = r"(?:publiee?s?|parue?s?|ecrite?s?|datee?s?|datant|published|written|printed|dated)"
_JOINING = (
    r"(?: (?:de|du|des|en|le|la|les|au|dans|mois|annees?|depuis|avant|apres|entre|et|in|on|of|from|the|years?"
    r"|since|before|after|between|and|until|month|debut|fin|jusqu'au)\b| [dl]')*[ ']*$"
)
_OF_ARTICLES = re.compile(rf"\b{_ARTICLES}(?: {_WRITTEN})?{_JOINING}", re.IGNORECASE)
# `le rapport publié en 2024` is about a report: no other noun may stand before the verb.
_PUBLISHED = re.compile(
    r"(?:^|\b(?:ete|a|ont|est|sont|qui|s'est|avoir|on|et|ou|was|were|been|is|are|that|what|something|anything"
    rf"|they|you|and|or|not|pas) ){_WRITTEN}{_JOINING}",
    re.IGNORECASE,
)
_ARTICLES_AFTER = re.compile(rf" {_ARTICLES}\b", re.IGNORECASE)
_QUOTED = re.compile(r"«[^»]*»|“[^”]*”|„[^“”]*[“”]|\"[^\"]*\"|‘[^’]*’")


def period_in(
    asked: AnchoredQuestion, published_in: PublishedIn = lambda _first, _last: False
) -> Period | None:
    """Return the days to which a question narrows the articles, with its words for it.

    A relative period narrows. A date is usually that of the event, and narrows only when `published_in`
    says that there are articles of that time; a bare year only when it is said of articles. None for the
    future, for what stands in quotation marks, and when nothing is said.
    """
    if asked.language not in ("fr", "en") or asked.is_future:
        return None
    quoted = [match.span() for match in _QUOTED.finditer(asked.text)]
    said = [
        one
        for one in find_expressions(asked)
        if all(one.end <= start or end <= one.start for start, end in quoted)
    ]
    said = [_bounded(one, asked.flat) for one in _connected(said, asked.flat)]
    chosen = [one for one in said if not one.absolute] or _narrowing(said, asked, published_in)
    return _period([_with_next_day(one, asked) for one in chosen], asked.text)


def _period(chosen: Sequence[TemporalExpression], question: str) -> Period | None:
    """Return one period that holds all that was said; None for nothing, or when that is all of time."""
    if not chosen:
        return None
    days = chosen[0].days
    for one in chosen[1:]:
        days = days.union(one.days)
    if days.first is None and days.last is None:
        return None
    start, end = min(one.start for one in chosen), max(one.end for one in chosen)
    return Period(days.first, days.last, start, end, question[start:end])


# --- how words make a period together ---


def _connected(said: Sequence[TemporalExpression], flat: str) -> list[TemporalExpression]:
    """Read `entre le 3 mai et le 8 août`, `from March to May 2025`: the days between the two as well."""
    found: list[TemporalExpression] = []
    for one in said:
        before = found[-1] if found else None
        from_ = _FROM.search(flat[: before.start]) if before else None
        if from_ and _TO.fullmatch(flat[before.end : one.start]):
            days = _between(before, one)
            found[-1:] = [replace(one, start=from_.start(), days=days, one_day=False)] if days else []
        else:
            found.append(one)
    return found


def _between(first: TemporalExpression, last: TemporalExpression) -> DayRange | None:
    begins, ends = first.days.first, last.days.last
    if begins is None or ends is None:
        return None
    if first.yearless and not last.yearless and last.absolute:
        begins = _in_year(begins, ends.year)
        begins = begins if begins <= ends else _in_year(begins, ends.year - 1)
    elif begins > ends and first.yearless:
        begins = _in_year(begins, begins.year - 1)
    elif begins > ends and first.one_day:
        begins = shifted(begins, -7)
    return DayRange(begins, ends) if begins <= ends else None


def _in_year(day: date, year: int) -> date:
    return day.replace(year=year, day=min(day.day, 28) if day.month == 2 else day.day)


def _bounded(one: TemporalExpression, flat: str) -> TemporalExpression:
    """Return the words with what stands before them: `depuis` opens the end, `avant` the beginning."""
    before, days = flat[: one.start], one.days
    owner = flat[one.end : one.end + 2] == "'s"  # `after last week's flood` may be in that week
    if found := _SINCE.search(before):
        days = DayRange(days.first, None)
    elif found := _AFTER.search(before):
        days = DayRange(days.first if owner or days.last is None else shifted(days.last, 1), None)
    elif found := _BEFORE.search(before):
        days = DayRange(None, days.last if owner or days.first is None else shifted(days.first, -1))
    elif found := _UNTIL.search(before):
        days = DayRange(None, days.last)
    else:
        return replace(one, start=_widened(one, before)) if one.absolute else one
    return replace(one, start=found.start(), days=days, one_day=False)


def _widened(one: TemporalExpression, before: str) -> int:
    """Return where `en`, `le`, `la semaine du` and, for several days, `entre le` begin."""
    within = _WITHIN.search(before)
    from_ = None if one.one_day else _FROM.search(before)
    return min([one.start, *(found.start() for found in (within, from_) if found)])


# --- which words narrow ---


def _narrowing(
    said: Sequence[TemporalExpression], asked: AnchoredQuestion, published_in: PublishedIn
) -> list[TemporalExpression]:
    """Return the absolute periods, if each of those that could narrow does.

    Else the question is about more.
    """
    able = [one for one in said if not one.bare_year or _of_articles(one, asked)]
    if len(able) < len(said) and any(one.yearless for one in able):
        return []  # `en 2005, …le 2 novembre`: of that year
    return able if all(_narrows(one, asked, published_in) for one in able) else []


def _narrows(one: TemporalExpression, asked: AnchoredQuestion, published_in: PublishedIn) -> bool:
    days = _with_next_day(one, asked).days
    first, last = days.first, days.last
    nearest = first or last
    if nearest is None or nearest > asked.today:
        return False
    if _of_articles(one, asked):
        return True
    # `depuis 1949` keeps every article: it is no part of the library's time.
    leaves_some_out = last is not None or published_in(None, shifted(first, -1))
    return not one.famous and leaves_some_out and published_in(first, last)


def _of_articles(one: TemporalExpression, asked: AnchoredQuestion) -> bool:
    """Return whether the words are said of articles or their publication.

    `articles de 2024`, `2024 stories`.
    """
    before, after = asked.flat[: one.start], asked.flat[one.end :]
    if asked.language == "en" and _ARTICLES_AFTER.match(after):
        return True
    return bool(_OF_ARTICLES.search(before) or _PUBLISHED.search(before))


def _with_next_day(one: TemporalExpression, asked: AnchoredQuestion) -> TemporalExpression:
    """Return a day with the next, whose papers tell of it, unless it is an asked day of publication."""
    days = one.days
    if not one.one_day or days.last is None:
        return one
    if _of_articles(one, asked) and not _NEWS.search(asked.flat[max(0, one.start - 40) : one.start]):
        return one
    return replace(one, days=DayRange(days.first, shifted(days.last, 1)))
