"""Until when an article waits, in words. Pure but for the clock, which may be handed in."""

from __future__ import annotations

from datetime import UTC, datetime

from rag.embargo.store import EmbargoedArticle
from ui.formatting.i18n import date_text, text


def embargo_text(waiting: EmbargoedArticle, language: str, now: datetime | None = None) -> str:
    """Return the mark of an article that waits for its time."""
    if waiting.until is None:
        return text("embargoed_open", language)
    if waiting.is_due(now or datetime.now(UTC)):
        return text("embargoed_due", language)
    return text("embargoed_until", language, moment=_moment(waiting.until, waiting.stated, language))


def _moment(until: datetime, stated: str, language: str) -> str:
    """Return a moment as it is stated, else in UTC: day, time, offset."""
    try:
        moment = datetime.fromisoformat(stated)
    except ValueError:
        moment = until
    zone = moment.strftime("%z")
    offset = f" (UTC{zone[:3]}:{zone[3:5]})" if zone else ""
    joint = " à " if language == "fr" else ", "
    return f"{date_text(moment.isoformat(), language)}{joint}{moment:%H:%M}{offset}"
