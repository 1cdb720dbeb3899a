"""Followed sources in words: how often, when last, what came of it. Pure; knows neither page nor terminal."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import PurePath

from ingest.following.sources import ListedSource
from rag.config import SourceSettings
from rag.followed.readings import Reading, ReadingFailure
from ui.formatting.i18n import text

_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
_UNITS = {"m": "minute", "h": "hour", "d": "day"}
_SHOWN_FAILURES = 1


def source_name(source: ListedSource) -> str:
    """Return what a source is called: its name, else its address without the scheme, or its path's end."""
    if source.name or not source.is_url:
        return source.name or "/".join(PurePath(source.place).parts[-2:])
    return source.place.partition("://")[2].rstrip("/")


def every_text(source: SourceSettings, language: str) -> str:
    """Return how often a source is read: `toutes les 15 minutes`."""
    stated = source.every or ("15m" if source.url else "")
    if not stated:
        return text("every_change", language)
    return interval_text(stated, language)


def interval_text(stated: str, language: str) -> str:
    """Return an interval (`2h`) in words."""
    count, unit = int(stated[:-1]), _UNITS[stated[-1]]
    return text(f"every_{unit}", language) if count == 1 else text(f"every_{unit}s", language, count=count)


def ago_text(moment: str, now: datetime, language: str) -> str:
    """Return how long ago a moment was (ISO 8601): `il y a 5 minutes`."""
    passed = max(now - datetime.fromisoformat(moment), timedelta())
    if passed < _MINUTE:
        return text("ago_now", language)
    unit, size = _unit(passed)
    return text(f"ago_{unit}", language, count=passed // size)


def next_text(source: ListedSource, now: datetime, language: str) -> str:
    """Return when a source is to be read again; '' for one that isn't read by the clock."""
    if (at := source.next_at) is None:
        return ""
    if at - now < _MINUTE:
        return text("reading_next_now", language)
    unit, size = _unit(at - now)
    in_time = text(f"in_{unit}", language, count=round((at - now) / size))
    return text("reading_next", language, in_time=in_time)


def _unit(passed: timedelta) -> tuple[str, timedelta]:
    """Return the largest unit that fits into so much time, at least a minute."""
    units = (("days", _DAY), ("hours", _HOUR))
    return next(((name, size) for name, size in units if passed >= size), ("minutes", _MINUTE))


def reading_text(reading: Reading | None, now: datetime, language: str) -> str:
    """Return what came of a reading, in a line without an end: when, what it brought, or why it failed."""
    if reading is None:
        return text("reading_never", language)
    ago = ago_text(reading.at, now, language)
    match reading.outcome:
        case "open":
            return text("reading_open", language, ago=ago)
        case "failed":
            return text("reading_failed", language, ago=ago, reason=_reasons(reading, language))
        case "unmodified" if not reading.removed:
            return text("reading_unmodified", language, ago=ago)
        case "stopped":
            return text("reading_stopped", language, ago=ago, brought=counts_text(reading, language))
    brought = counts_text(reading, language)
    if reading.failed:
        brought = f"{brought} ({_reasons(reading, language)})"
    return text("reading_read", language, ago=ago, brought=brought)


def counts_text(reading: Reading, language: str) -> str:
    """Return what a reading brought, in numbers of articles: `3 articles ajoutés · 12 articles inchangés`."""
    counts = {"new": reading.new, "changed": reading.changed, "unchanged": reading.unchanged}
    told = [text(f"entry_{kind}", language, count=count) for kind, count in counts.items() if count]
    if reading.removed:
        told.append(text("reading_removed", language, count=reading.removed))
    if reading.failed:
        told.append(text("entry_refused", language, count=reading.failed))
    return " · ".join(told) or text("reading_nothing_new", language)


def _reasons(reading: Reading, language: str) -> str:
    return " · ".join(reason_text(one, reading.place, language) for one in reading.failures[:_SHOWN_FAILURES])


def reason_text(failure: ReadingFailure, place: str, language: str) -> str:
    """Return why something couldn't be read, without an end; the source's own place isn't said again."""
    said = failure.text(language).rstrip(". ")
    for mark in (f"{place} : ", f"{place}: "):
        said = said.removeprefix(mark)
    return said
