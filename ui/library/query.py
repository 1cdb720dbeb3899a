"""What the page's script says is to be listed → a query. Hostile until it has been through here. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, get_args

from rag.library.listing import Column, ListingQuery
from ui.dossiers.said import listing_query, words

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
        return listing_query(fields, before)
    if isinstance(dossier := said.get("dossier"), str):
        return replace(before, dossier=words(dossier), page=1)
    if (column := said.get("sort")) in get_args(Column):
        again = before.sort == column
        falling = not before.descending if again else column in _FALLING
        return replace(before, sort=column, descending=falling, page=1)
    page = said.get("page")
    if isinstance(page, int) and not isinstance(page, bool) and 1 <= page <= _MOST_PAGES:
        return replace(before, page=page)
    return before
