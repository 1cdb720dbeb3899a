"""What the page's script says is to be listed → a query. Hostile until it has been through here. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any, get_args

from rag.library.listing import Column, ListingQuery

_LONGEST = 200
_MOST_PAGES = 10_000_000
# What a click on a heading sorts by first: most of it, newest, or from A on.
_FALLING: tuple[Column, ...] = ("date", "passages", "reprints", "revisions")


def asked_for(said: Any, before: ListingQuery) -> ListingQuery:
    """Return the query after what the script said: fields of the form, a heading that was clicked, a page.

    Whatever isn't understood leaves that part as it was. Another selection or order begins at page 1.
    """
    if not isinstance(said, dict):
        return before
    if isinstance(fields := said.get("fields"), dict):
        return _narrowed(fields, before)
    if (column := said.get("sort")) in get_args(Column):
        again = before.sort == column
        falling = not before.descending if again else column in _FALLING
        return replace(before, sort=column, descending=falling, page=1)
    page = said.get("page")
    if isinstance(page, int) and not isinstance(page, bool) and 1 <= page <= _MOST_PAGES:
        return replace(before, page=page)
    return before


def _narrowed(fields: dict, before: ListingQuery) -> ListingQuery:
    return replace(
        before,
        words=_words(fields.get("words")),
        outlet=_words(fields.get("outlet")),
        language=_words(fields.get("language")),
        date_from=_day(fields.get("from")),
        date_to=_day(fields.get("to")),
        undated=fields.get("undated") is True,
        without_outlet=fields.get("without_outlet") is True,
        page=1,
    )


def _words(value: Any) -> str:
    # A lone half of a surrogate pair is no character, and nothing that can be stored has one.
    return value[:_LONGEST].encode("utf-8", "ignore").decode() if isinstance(value, str) else ""


def _day(value: Any) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) and len(value) == 10 else None
    except ValueError:
        return None
