"""The period that was read in a question, in words and as what the reader can take away.

Pure. Knows no widget: `static/current.js` says what pressing a button of class `unperiod` does.
"""

from __future__ import annotations

from datetime import date

from markupsafe import Markup

from rag.schema.question import Period
from ui.formatting.i18n import date_text, text
from ui.html.element import element


def days_text(period: Period, language: str) -> str:
    """`11–17 août 2025`, `depuis le 12 août 2025`."""
    first, last = period.date_from, period.date_to
    if first is None:
        return text("period_until", language, day=_day(last, language))
    if last is None:
        return text("period_since", language, day=_day(first, language))
    if first == last:
        return _day(first, language)
    dash = "–" if (first.year, first.month) == (last.year, last.month) else " – "
    return _begin(first, last, language) + dash + _day(last, language)


def articles_text(period: Period, language: str) -> str:
    """`Articles du 11 au 17 août 2025`, `Articles since 12 August 2025`."""
    first, last = period.date_from, period.date_to
    if first is None:
        return text("articles_until", language, day=_day(last, language))
    if last is None:
        return text("articles_since", language, day=_day(first, language))
    if first == last:
        return text("articles_on", language, day=_day(first, language))
    begin = _begin(first, last, language)
    return text("articles_between", language, first=begin, last=_day(last, language))


def _day(day: date, language: str) -> str:
    return date_text(day.isoformat(), language)


def _begin(first: date, last: date, language: str) -> str:
    """The first day without the month and year that it shares with the last."""
    words = _day(first, language).split(" ")
    shared = 2 if (first.year, first.month) == (last.year, last.month) else int(first.year == last.year)
    return " ".join(words[: 3 - shared])


def chip(period: Period, turn: int, language: str, removable: bool) -> Markup:
    """The period above an answer; with `removable`, the button that asks turn `turn` again without it."""
    words = element("span", text("period_label", language, days=days_text(period, language)), class_="days")
    label = text("period_remove", language)
    return element("p", words, *_button("✕", label, turn, removable), class_="period", title=period.words)


def searched_only(period: Period, turn: int, language: str, removable: bool) -> Markup:
    """What a `not found` says of the period, and the same button in words."""
    words = text("period_only", language, days=days_text(period, language))
    button = _button(text("period_all", language), None, turn, removable)
    return element("p", words, *([" ", *button] if button else []), class_="period-only")


def _button(words: str, label: str | None, turn: int, removable: bool) -> list[Markup]:
    if not removable:
        return []
    return [element("button", words, class_="unperiod", type="button", data_turn=str(turn), aria_label=label)]
