"""Whether two pieces of evidence give the same value: number, day, name, or words. Pure.

The value is the words of a quote that answer, the whole quote where none are marked. Numbers are compared as
`rag.verification.quantity_match` does, days by the calendar, names by their last words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import groupby

from rag.extraction.analysed_sentence import AnalysedSentence, SentenceAnalyses
from rag.extraction.dates import DateMention
from rag.extraction.numbers.quantities import Quantity
from rag.query.answer_type import ExpectedAnswer
from rag.schema.article import Span, stated_day
from rag.schema.evidence import Evidence
from rag.text.folding import flatten
from rag.text.normalization import fold, words
from rag.verification.contradiction import negation_conflict, paired
from rag.verification.quantity_match import matches

# Least share of the fewer terms of two answers in words that both have, for them to say the same.
_SAME_WORDS = 0.5
_SIGN = re.compile(r"[;:()–—]|,(?!\d)")
_OPENING = 3  # words of a time that opens a sentence: `En 2015,`
_IN_A_YEAR = re.compile(
    r"\b(?:en|in|back in|des|d'ici(?: a)?|by|depuis|vers|(?:at|in|by) the"
    r"|(?:recensement|enquete|elections?) d[eu]|census of) ((?:1[0-9]|20)\d\d)\b"
)


def same_value(one: Evidence, other: Evidence, asked: ExpectedAnswer, analyses: SentenceAnalyses) -> bool:
    """Return whether two pieces of evidence give the same value for what is asked.

    A value that is said less precisely is the same: `about 12,500` and `12,512`, `June` and `June 12`.
    """
    mine, theirs = Value(one, asked, analyses), Value(other, asked, analyses)
    for kind in kinds(asked):
        a, b = mine.of(kind), theirs.of(kind)
        if a and b:
            few, many = sorted((a, b), key=len)
            return all(any(ALIKE[kind](x, y) for y in many) for x in few)
    return mine.shares_words(theirs)


def has_kind(item: Evidence, asked: ExpectedAnswer, analyses: SentenceAnalyses) -> bool:
    """Return whether the words that answer are of the kind that is asked for: a number, a day, a name."""
    return any(Value(item, asked, analyses).of(kind) for kind in kinds(asked))


def known_as_stated(item: Evidence, stated: AnalysedSentence, analyses: SentenceAnalyses) -> Evidence | None:
    """Return a quote with the day or number marked that a statement has too; None if it has none."""
    quote = analyses.of(item.quote, item.article.language)
    dates = [other for other in quote.dates if any(is_within(one, other) for one in stated.dates)]
    numbers = [
        other for other in quote.quantities if any(same_number(one, other) for one in stated.quantities)
    ]
    for found in (*dates, *numbers):
        return item.answered_by(Span(item.start + found.start, item.start + found.end))
    return None


def same_value_in(
    item: Evidence, known: Evidence, asked: ExpectedAnswer, analyses: SentenceAnalyses
) -> Span | None:
    """Return where a quote has the day or the number that is known, in its article; None if it hasn't."""
    for kind in kinds(asked):
        if kind == "name":
            continue
        wanted = Value(known, asked, analyses).of(kind)
        for value in Value(item.answered_by(None), asked, analyses).of(kind):
            if any(ALIKE[kind](value, one) for one in wanted):
                span = span_of(value)
                return Span(item.start + span.start, item.start + span.end)
    return None


def is_of_another_time(item: Evidence, known: Sequence[Evidence], asked: ExpectedAnswer) -> bool:
    """Return whether a quote says of which year it is, and that isn't the one that is asked of.

    `In 2015 the town had 11,900 inhabitants` says nothing of today. Not for questions that ask when.
    """
    if asked.kind == "time":
        return False
    years = set(map(int, _IN_A_YEAR.findall(_around_the_answer(item))))
    named = set(map(int, re.findall(r"\b(?:1[0-9]|20)\d\d\b", asked.folded)))
    known_years = {year for one in known for year in map(int, _IN_A_YEAR.findall(fold(one.quote)))}
    published = stated_day(item.article.published_at)
    if not years or years & (named | known_years) or published is None:
        return False
    return all(not published.year - 1 <= year <= published.year for year in years)


def _around_the_answer(item: Evidence) -> str:
    """Return the part of a quote between signs that has the answer, with a time that the quote opens with."""
    flat = flatten(item.quote).lower()
    span = item.answer_span
    if span is None:
        return flat
    starts = [0, *(found.end() for found in _SIGN.finditer(flat))]
    first = max(start for start in starts if start <= span.start - item.start)
    end = next((found.start() for found in _SIGN.finditer(flat, span.end - item.start)), len(flat))
    opening = flat[: starts[1]] if len(starts) > 1 and len(flat[: starts[1]].split()) <= _OPENING else ""
    return f"{opening} {flat[first:end]}"


def denies(item: Evidence, known: Evidence, analyses: SentenceAnalyses) -> bool:
    """Return whether a quote denies what another one says, of the same words."""
    stated, given = (analyses.of(one.quote, one.article.language).mentions for one in (known, item))
    return negation_conflict(paired(stated, given), given) is not None


def kinds(asked: ExpectedAnswer) -> tuple[str, ...]:
    """Return the kinds of value that are compared, in this order."""
    first = {"quantity": ("quantity",), "time": ("time", "quantity"), "name": ("name",), "place": ("name",)}
    return first.get(asked.kind or "", ("quantity", "time", "name"))


class Value:
    """The value that a piece of evidence gives, read as whatever it may be."""

    def __init__(self, item: Evidence, asked: ExpectedAnswer, analyses: SentenceAnalyses) -> None:
        self._item = item
        self._asked = asked
        self._said = analyses.of(item.quote, item.article.language)
        span = item.answer_span or Span(item.start, item.end)
        self._span = Span(span.start - item.start, span.end - item.start)

    def of(self, kind: str) -> list:
        """Return what it gives of a kind."""
        return {"quantity": self._quantities, "time": self._days, "name": self._names}[kind]()

    def shares_words(self, other: Value) -> bool:
        """Return whether the words of both are mostly the same."""
        mine, theirs = self._terms(), other._terms()
        fewest = min(len(mine), len(theirs))
        return fewest > 0 and len(mine & theirs) >= _SAME_WORDS * fewest

    def _within(self, start: int, end: int) -> bool:
        return self._span.start < end and start < self._span.end

    def _quantities(self) -> list[Quantity]:
        return [
            one
            for one in self._said.quantities
            if self._within(one.start, one.end)
            and not (one.ordinal or one.anaphoric)
            and (self._item.answer_span is None or not one.aside)
        ]

    def _days(self) -> list[list[DateMention]]:
        """Return each date with all its readings."""
        # As they are said, too: `7 November` is the next one in May, and the last one in March.
        dates = {*self._said.dates_on(stated_day(self._item.article.published_at)), *self._said.dates}
        stated = sorted((one for one in dates if self._within(one.start, one.end)), key=_start)
        return [list(readings) for _, readings in groupby(stated, _start)]

    def _names(self) -> list[tuple[str, ...]]:
        asked = set(words(self._asked.folded))
        names = [one for one in self._said.names if self._within(one.start, one.end)]
        return [one.tokens for one in names if one.tokens and not asked.issuperset(words(one.text))]

    def _terms(self) -> set[str]:
        text = self._item.answer_words or self._item.quote
        return set(AnalysedSentence(text, self._item.article.language).terms)


def _start(one: DateMention) -> int:
    return one.start


def same_day(one: list[DateMention], other: list[DateMention]) -> bool:
    """Return whether two dates, each with all its readings, are the same, as far as both are said."""
    pairs = [(a, b) for a in one for b in other]
    if any(a.full and b.full and a.full == b.full for a, b in pairs):
        return True
    # What isn't a whole day on both sides is compared as far as it is said: `June` and `June 12`.
    vague = [(a, b) for a, b in pairs if not (a.full and b.full) and a.offset is None and b.offset is None]
    return any(a.implies(b) or b.implies(a) for a, b in vague)


def same_name(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Return whether the words of two names may be of one bearer."""
    return (
        flatten(one[-1]).lower() == flatten(other[-1]).lower()
        or set(one) <= set(other)
        or set(other) <= set(one)
    )


def same_number(one: Quantity, other: Quantity) -> bool:
    """Return whether a number bears out another one."""
    return matches(one, other) or matches(other, one)


def is_within(one: DateMention, other: DateMention) -> bool:
    """Return whether one date is said more exactly by the other."""
    return one.implies(other) or other.implies(one)


ALIKE: dict[str, Callable] = {"quantity": same_number, "time": same_day, "name": same_name}


def comparable(value: object, known: object) -> bool:
    """Return whether two values are of the same thing: the same unit, or the same counted noun."""
    if isinstance(value, Quantity) and isinstance(known, Quantity):
        return value.unit == known.unit and (bool(value.unit) or not value.noun or value.noun == known.noun)
    return True


def span_of(value: object) -> Span:
    """Return where a value stands in its quote."""
    first = value[0] if isinstance(value, list) else value
    return Span(first.start, first.end)
