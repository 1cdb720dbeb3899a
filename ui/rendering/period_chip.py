"""The period that was read in a question, as what the reader can take away.

Pure. Knows no widget: `static/current.js` says what pressing a button of class `unperiod` does.
"""

from __future__ import annotations

from markupsafe import Markup

from rag.schema.question import Period
from ui.formatting.dates import days_text
from ui.formatting.i18n import text
from ui.html.element import element


def chip(period: Period, turn: int, language: str, removable: bool) -> Markup:
    """Return the period above an answer.

    Args:
        period: The period.
        turn: The turn that it belongs to.
        language: That of the words.
        removable: Whether there is a button that asks the turn again without it.
    """
    words = element("span", text("period_label", language, days=days_text(period, language)), class_="days")
    label = text("period_remove", language)
    return element("p", words, *_button("✕", label, turn, removable), class_="period", title=period.words)


def searched_only(period: Period, turn: int, language: str, removable: bool) -> Markup:
    """Return what a `not found` says of the period, and the same button in words.

    Args:
        period: The period.
        turn: The turn that it belongs to.
        language: That of the words.
        removable: Whether there is a button that asks the turn again without it.
    """
    words = text("period_only", language, days=days_text(period, language))
    button = _button(text("period_all", language), None, turn, removable)
    return element("p", words, *([" ", *button] if button else []), class_="period-only")


def _button(words: str, label: str | None, turn: int, removable: bool) -> list[Markup]:
    if not removable:
        return []
    return [element("button", words, class_="unperiod", type="button", data_turn=str(turn), aria_label=label)]
