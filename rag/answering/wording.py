"""The sentences in which the catalogue is told, in French and English: `said(key, language, **values)`.

Pure. Another language than French is told in English.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from rag.schema.article import stated_day
from rag.schema.question import Filters
from rag.schema.quotation import quoted
from rag.text.cldr import language_name, month_names

_THOUSANDS = {"fr": "\u202f", "en": ","}


@cache
def _words() -> dict[str, dict[str, Any]]:
    text = files("rag.answering").joinpath("data", "wording.yaml").read_text(encoding="utf-8")
    return yaml.load(text, yaml.CSafeLoader)


def told_in(language: str) -> str:
    """Return the language of the sentences for a reader of `language` (ISO 639-1)."""
    return "fr" if language == "fr" else "en"


def said(key: str, language: str, **values: Any) -> str:
    """Return a sentence with `{name}` filled in; a `count` chooses between one and several."""
    spoken = told_in(language)
    wording = _words()[key][spoken]
    if isinstance(wording, dict):
        wording = wording["one" if _is_one(values["count"], spoken) else "other"]
    if isinstance(values.get("count"), int):
        values["count"] = f"{values['count']:,}".replace(",", _THOUSANDS[spoken])
    return wording.format_map(values)


def _is_one(count: int, spoken: str) -> bool:
    return count < 2 if spoken == "fr" else count == 1


def named(words: Sequence[str], language: str) -> str:
    """Return words of the question in quotation marks, joined by `et`: `« crue » et « Valbrume »`."""
    spoken = told_in(language)
    return joined([quoted(word, spoken) for word in words], language)


def joined(parts: Sequence[str], language: str) -> str:
    """Return parts with commas between them, and `et` before the last."""
    last = " et " if told_in(language) == "fr" else " and "
    return last.join(filter(None, (", ".join(parts[:-1]), *parts[-1:])))


def day_text(stated: str | None, language: str) -> str:
    """Return a stated date as people write it: `3 novembre 2025`; as it is stated where it is no full day."""
    day = stated_day(stated)
    if day is None:
        return stated or said("undated", language)
    return _day(day, language)


def _day(day: date, language: str) -> str:
    spoken = told_in(language)
    number = "1er" if spoken == "fr" and day.day == 1 else str(day.day)
    return f"{number} {month_names(spoken)['wide'][0][day.month - 1]} {day.year}"


def definition(
    count: int, language: str, filters: Filters, words: Sequence[str] = (), author: str = ""
) -> str:
    """Say which articles are meant: what comes after `3 articles`, with a space before it.

    Args:
        count: How many there are: French verbs agree with it.
        language: The reader's language.
        filters: What narrows them.
        words: What their titles or texts contain.
        author: Who signed them.

    """
    parts = []
    if filters.outlets:
        parts.append(said("of_outlets", language, names=joined(filters.outlets, language)))
    if filters.sources:
        parts.append(said("of_sources", language, names=named(filters.sources, language)))
    if filters.article_ids and not filters.dossiers:  # a dossier's articles are named by it
        parts.append(said("of_chosen", language, count=len(filters.article_ids)))
    if filters.languages:
        spoken = [language_name(code, told_in(language)) or code for code in filters.languages]
        parts.append(said("in_languages", language, names=joined(spoken, language)))
    if filters.dossiers:
        names = named([one.name for one in filters.dossiers], language)
        parts.append(said("in_dossiers", language, names=names))
    if author:
        parts.append(said("by_author", language, count=count, names=author))
    parts.append(_published(count, language, filters))
    if words:
        parts.append(said("containing", language, words=named(words, language)))
    return "".join(parts)


def _published(count: int, language: str, filters: Filters) -> str:
    first, last = filters.date_from, filters.date_to
    if first is None and last is None:
        return ""
    if first is None:
        return said("until", language, count=count, day=_day(last, language))
    if last is None:
        return said("since", language, count=count, day=_day(first, language))
    if first == last:
        return said("on_day", language, count=count, day=_day(first, language))
    return said("between", language, count=count, first=_day(first, language), last=_day(last, language))
