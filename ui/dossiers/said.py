"""What the page's scripts say of dossiers → what is wanted. Hostile until it has been through here. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from rag.dossiers.rule import Rule
from rag.library.listing import ListingQuery
from rag.schema.question import Filters
from rag.text.sanitization import storable

MOST = 1_000  # articles at once
_LONGEST_ID, _LONGEST_FIELD, _LONGEST_SEARCH = 100, 200, 2_000  # characters


def words(value: Any, longest: int = _LONGEST_SEARCH) -> str:
    """Return words as they can be kept; none for what are no words."""
    return storable(value[:longest]) if isinstance(value, str) else ""


def ids(value: Any) -> list[str]:
    """Return the ids of articles, as far as they can be ids, each once."""
    given = value if isinstance(value, list) else []
    return list(dict.fromkeys(i for i in given[:MOST] if isinstance(i, str) and len(i) <= _LONGEST_ID))


def search_rule(value: Any) -> Rule | None:
    """Return the rule of a full-text search; None if nothing is searched for."""
    rule = Rule(words(value))
    return None if rule.node is None else rule


def listing_query(fields: dict, before: ListingQuery) -> ListingQuery:
    """Return the query of the table after its form was filled in; what isn't understood is empty."""
    return replace(
        before,
        words=_field(fields.get("words")),
        outlet=_field(fields.get("outlet")),
        language=_field(fields.get("language")),
        date_from=_day(fields.get("from")),
        date_to=_day(fields.get("to")),
        undated=fields.get("undated") is True,
        without_outlet=fields.get("without_outlet") is True,
        page=1,
    )


def _field(value: Any) -> str:
    # A lone half of a surrogate pair is no character, and nothing that can be stored has one.
    return value[:_LONGEST_FIELD].encode("utf-8", "ignore").decode() if isinstance(value, str) else ""


def _day(value: Any) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) and len(value) == 10 else None
    except ValueError:
        return None


def listing_rule(query: ListingQuery) -> Rule | None:
    """Return the rule that the table of articles is narrowed by; None without one that a rule can say."""
    if query.without_outlet:
        return None
    filters = Filters(
        query.date_from,
        query.date_to,
        outlets=(query.outlet,) if query.outlet else (),
        languages=(query.language,) if query.language else (),
    )
    rule = Rule(words=query.words, filters=filters, only_undated=query.undated)
    return None if rule.is_empty else rule


def filters_rule(filters: Filters) -> Rule | None:
    """Return the rule that a question's filters make; None if they narrow by nothing that a rule can say."""
    kept = Filters(filters.date_from, filters.date_to, filters.undated, filters.outlets, filters.languages)
    rule = Rule(filters=kept)
    return None if rule.is_empty else rule
