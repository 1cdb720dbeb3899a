"""Whether a passage is of the date that a question names: by its words, its title, what goes before, its day.

Pure. A number is held to more than other words: it is of the time that its sentence gives it, or else of what
was said last; that the article names the date somewhere doesn't do.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from rag.extraction.analysed_sentence import AnalysedSentence
from rag.extraction.dates import DateMention
from rag.extraction.quantity_times import is_of
from rag.query.answer_type import ExpectedAnswer
from rag.query.measuring.measures import answering

_YEARS = re.compile(r"\b(1\d{3}|20\d{2})(?:\s?(?:-|–|à|a|to|et|and)\s?(1\d{3}|20\d{2}|\d{2}))?\b")


@dataclass(frozen=True, slots=True)
class DatedPassage:
    """A quote in its article, as dates are looked for: its title, what goes before, the day of printing."""

    quote: AnalysedSentence
    title: AnalysedSentence
    before: AnalysedSentence
    article: AnalysedSentence
    published: date | None


def is_dated(passage: DatedPassage, asked: Sequence[DateMention], expected: ExpectedAnswer) -> bool:
    """Return whether a passage is of one of the dates.

    Args:
        passage: The passage.
        asked: The dates.
        expected: What the question asks for.

    """
    if expected.measure is not None:
        return _is_measured(passage, asked, expected)
    if any(_states(asked, said, passage) for said in (passage.quote, passage.title, passage.before)):
        return True
    if any(_within(when, passage.published) for when in asked):
        return True
    if _YEARS.search(passage.quote.text) and any(when.year for when in asked):
        return False  # the quote is of another year
    return _states(asked, passage.article, passage)


def _is_measured(passage: DatedPassage, asked: Sequence[DateMention], expected: ExpectedAnswer) -> bool:
    """Return whether the quote's measure is of one of the dates."""
    quote = passage.quote
    numbers = answering(expected.measure, quote, expected.folded, expected.language)
    told = [is_of(number, quote, asked) for number in numbers]
    if any(told):
        return True
    if told and None not in told:
        return False
    if _states(asked, quote, passage) or _states(asked, passage.title, passage):
        return True
    if any(_within(when, passage.published) for when in asked):
        return True
    paragraph = passage.before.text.rpartition("\n\n")[2]
    dates = [when for when in passage.before.dates_on(passage.published) if when.year is not None]
    return bool(dates) and dates[-1].text in paragraph and any(_agree(mine, dates[-1]) for mine in asked)


def _states(asked: Sequence[DateMention], said: AnalysedSentence, passage: DatedPassage) -> bool:
    """Return whether a text states the date, or one in it, or a stretch of years around it."""
    stated = said.dates_on(passage.published)
    if any(_agree(mine, theirs) for mine in asked for theirs in stated):
        return True
    years = {when.year for when in asked if when.year and not when.month}
    return any(_in_years(year, said.text) for year in years)


def _agree(asked: DateMention, stated: DateMention) -> bool:
    """Return whether two dates are the same as far as both say."""
    pairs = [
        (mine, theirs)
        for mine, theirs in ((asked.year, stated.year), (asked.month, stated.month), (asked.day, stated.day))
        if mine is not None and theirs is not None
    ]
    return bool(pairs) and all(mine == theirs for mine, theirs in pairs)


def _within(asked: DateMention, published: date | None) -> bool:
    """Return whether an article was published on the day, or in the month or the year."""
    if published is None:
        return False
    fields = ((asked.year, published.year), (asked.month, published.month), (asked.day, published.day))
    return asked.year is not None and all(mine is None or mine == theirs for mine, theirs in fields)


def _in_years(year: int, text: str) -> bool:
    """Return whether a text has a year, or two around it: `1939-1945`."""
    for match in _YEARS.finditer(text):
        first = int(match[1])
        last = int(match[2]) if match[2] else first
        last = first // 100 * 100 + last if last < 100 else last
        if first <= year <= last:
            return True
    return False
