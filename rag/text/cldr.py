"""Names of months, weekdays and territories per language, from CLDR by way of `scripts/cldr.py`.

Knows the file that the script writes. Names are as CLDR has them: whoever compares text folds them.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def _tables() -> dict[str, Any]:
    return json.loads(files("rag.text").joinpath("cldr.json").read_text("utf-8"))


def month_names(language: str) -> dict[str, list[list[str]]]:
    """Return `abbreviated` and `wide` → lists of twelve names; nothing for a language that CLDR lacks."""
    return _tables()["months"].get(language, {})


def weekday_names(language: str) -> list[str]:
    """Return the days of a week in French or English, from Monday."""
    return _tables()["weekdays"][language]


def territories() -> dict[str, list[str]]:
    """Return code → the French and the English name of every territory, and of some groups of them."""
    return _tables()["territories"]
