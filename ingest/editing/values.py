"""What somebody types to correct an article → a value as the library keeps it, or one sentence on why not.

Pure. What is typed is as hostile as what a page states, and understood as that is.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from ingest.schema.metadata import (
    FIELD_LENGTH,
    TITLE_LENGTH,
    clean_line,
    iso_date,
    language_code,
    linkable_url,
)
from rag.errors import UserError
from rag.metadata.fields import Field
from rag.schema.article import stated_day
from rag.text.cldr import language_name

# What people call the fields, in commands and on the page.
NAMES: dict[str, Field] = {
    "title": "title",
    "outlet": "outlet",
    "author": "author",
    "published": "published_at",
    "updated": "updated_at",
    "language": "language",
    "address": "canonical_url",
}
_DATES: tuple[Field, ...] = ("published_at", "updated_at")
_SHOWN = 60  # characters of what can't be understood


def checked(field: Field, typed: str, today: date) -> str | None:
    """Return what a field is corrected to; None for what is to be empty.

    Args:
        field: The field.
        typed: What was typed for it; nothing but white space empties it.
        today: No date may be later.

    Raises:
        UserError: It can't be that field's value.
    """
    if not typed.strip():
        if field == "title":
            raise UserError(
                "A title can't be empty: type one, or take the correction back.",
                "Un titre ne peut pas être vide : saisissez-en un, ou annulez la correction.",
            )
        return None
    value = _CHECKS[field](typed)
    day = stated_day(value)
    if field in _DATES and day is not None and day > today:
        raise UserError(
            f"{day.isoformat()} is in the future; an article has a date up to today, {today.isoformat()}.",
            f"{day.isoformat()} est dans le futur ; un article est daté d'aujourd'hui ({today.isoformat()})"
            " au plus tard.",
        )
    return value


def _title(typed: str) -> str:
    return _line(typed, TITLE_LENGTH)


def _name(typed: str) -> str:
    return _line(typed, FIELD_LENGTH)


def _line(typed: str, length: int) -> str:
    line = clean_line(typed, 20 * length)
    if line is None:
        raise UserError(
            "There is nothing in it that can be printed: type words.",
            "Rien ne peut en être affiché : saisissez des mots.",
        )
    if len(line) > length:
        raise UserError(
            f"« {_short(line)} » has {len(line)} characters; use at most {length}.",
            f"« {_short(line)} » a {len(line)} caractères ; {length} au plus.",
        )
    return line


def _date(typed: str) -> str:
    found = iso_date(typed)
    if found is None or stated_day(found) is None:
        raise UserError(
            f"“{_short(typed)}” is no date that can be told for sure; write it as 2025-03-12.",
            f"« {_short(typed)} » n'est pas une date sûre ; écrivez-la comme 2025-03-12.",
        )
    return found


def _language(typed: str) -> str:
    code = language_code(typed)
    if code is None or language_name(code, "en") is None:
        raise UserError(
            f"“{_short(typed)}” is no code of a language; use two letters, such as fr, en or de.",
            f"« {_short(typed)} » n'est pas un code de langue ; mettez deux lettres, comme fr, en ou de.",
        )
    return code


def _address(typed: str) -> str:
    url = linkable_url(typed)
    if url is None:
        raise UserError(
            f"“{_short(typed)}” isn't the address of an article: it begins with http:// or https:// and is"
            " more than a site's front page.",
            f"« {_short(typed)} » n'est pas l'adresse d'un article : elle commence par http:// ou https:// et"
            " n'est pas la page d'accueil d'un site.",
        )
    return url


_CHECKS: dict[Field, Callable[[str], str]] = {
    "title": _title,
    "outlet": _name,
    "author": _name,
    "published_at": _date,
    "updated_at": _date,
    "language": _language,
    "canonical_url": _address,
}


def _short(typed: str) -> str:
    return clean_line(typed, _SHOWN) or "…"
