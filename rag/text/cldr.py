"""Names of months, weekdays, territories and languages per language, from CLDR by way of `scripts/cldr.py`.

Knows the file that the script writes. Names are as CLDR has them: whoever compares text folds them.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any

from rag.text.folding import flatten

# British and American papers shorten September in two ways; CLDR has one of them.
_ALSO = {"en": {"sep": 9, "sept": 9}}


@cache
def _tables() -> dict[str, Any]:
    return json.loads(files("rag.text").joinpath("cldr.json").read_text("utf-8"))


def month_names(language: str) -> dict[str, list[list[str]]]:
    """Return `abbreviated` and `wide` → lists of twelve names; nothing for a language that CLDR lacks."""
    return _tables()["months"].get(language, {})


def weekday_names(language: str) -> list[str]:
    """Return the days of a week in a language that dates are read in, from Monday."""
    return _tables()["weekdays"][language]


def territories() -> dict[str, list[str]]:
    """Return code → the French and the English name of every territory, and of some groups of them."""
    return _tables()["territories"]


def language_name(code: str, language: str) -> str | None:
    """Return what a language (ISO 639-1) is called in French or English, `anglais`; None if CLDR lacks it."""
    names = _tables()["languages"].get(code)
    return names and names[("fr", "en").index(language)]


@cache
def language_codes() -> tuple[str, ...]:
    """Return the code (ISO 639-1) of every language that has a name."""
    return tuple(sorted(_tables()["languages"]))


@cache
def month_numbers(language: str) -> dict[str, int]:
    """Return a month's name in a language, whole or shortened, without accents → its number from 1."""
    found = {
        flatten(name).lower().removesuffix("."): number
        for width in ("wide", "abbreviated")
        for named in month_names(language)[width]
        for number, name in enumerate(named, start=1)
    }
    return found | _ALSO.get(language, {})


@cache
def weekday_numbers(language: str) -> dict[str, int]:
    """Return a weekday's name in a language, in lower case → its number, Monday's being 0."""
    return {name.lower(): number for number, name in enumerate(weekday_names(language))}


def calendar_words(language: str) -> frozenset[str]:
    """Return the names of months and weekdays in French or English, in full, without accents or capitals."""
    months = (flatten(name).lower() for name in month_names(language)["wide"][0])
    return frozenset((*months, *weekday_numbers(language)))
