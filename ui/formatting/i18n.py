"""Every word that Sourcier itself says, in French and English: `text(key, language, **values)`.

The words are in the files of `words/`. Knows no page, no command and no markup: what it returns
is plain text, and whoever puts it into HTML escapes it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

import yaml

from rag.errors import Reason, UserError
from rag.schema.article import stated_day
from rag.text.cldr import month_names

LANGUAGES = ("fr", "en")
_THOUSANDS = {"fr": "\u202f", "en": ","}  # French wants a narrow no-break space
_SEMICOLONS = {"fr": " ; ", "en": "; "}
_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")
Wording = str | dict[str, str]


@cache
def words() -> Mapping[str, Mapping[str, Wording]]:
    """Key → language → sentence, or the forms `one` and `other` of a sentence with `{count}`."""
    # libyaml's reader where PyYAML was built with it: Python's own takes half a second for these.
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    tables = [
        yaml.load(file.read_text(encoding="utf-8"), Loader=loader) or {}
        for file in files("ui.formatting").joinpath("words").iterdir()
    ]
    return MappingProxyType({key: MappingProxyType(said) for table in tables for key, said in table.items()})


def text(key: str, language: str, **values: Any) -> str:
    """Return the sentence `key` in `language`, with `{name}` filled in from `values`.

    `count` chooses between singular and plural where the sentence has both, and is written with the
    language's thousands mark; a `Reason` is given in the language.

    Raises:
        KeyError: For an unknown key, an unknown language or a value that the sentence needs and didn't get:
            never a blank or a fallback.
    """
    values = {name: one.text(language) if isinstance(one, Reason) else one for name, one in values.items()}
    wording = words()[key][language]
    if isinstance(wording, dict):
        wording = wording["one" if _is_singular(values["count"], language) else "other"]
    if "count" in values:
        values["count"] = number_text(values["count"], language)
    return wording.format_map(values)


def user_error(key: str, **values: Any) -> UserError:
    """Return a mistake of the user, told by the sentence `key`."""
    return UserError(text(key, "en", **values), text(key, "fr", **values))


def number_text(number: int, language: str) -> str:
    """Return `12000` as `12 000` in French (with a narrow no-break space), `12,000` in English."""
    return f"{number:,}".replace(",", _THOUSANDS[language])


def list_text(items: Iterable[str], language: str) -> str:
    """Return the items with semicolons between them, spaced as in the language."""
    return _SEMICOLONS[language].join(items)


def date_text(stated: str | None, language: str) -> str:
    """Return an ISO 8601 date as people write it (`16 août 2025`, `août 2025`).

    What isn't one is returned as it was stated.
    """
    if not stated:
        return text("undated", language)
    day = stated_day(stated)
    if day is None:
        month = _MONTH.fullmatch(stated)
        return f"{month_names(language)['wide'][0][int(month[2]) - 1]} {month[1]}" if month else stated
    number = "1er" if language == "fr" and day.day == 1 else str(day.day)
    return f"{number} {month_names(language)['wide'][0][day.month - 1]} {day.year}"


def _is_singular(count: int, language: str) -> bool:
    return abs(count) < 2 if language == "fr" else abs(count) == 1
