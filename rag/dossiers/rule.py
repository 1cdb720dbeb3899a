"""What fills a dossier: a full-text search, filters, or both; as it is kept, and as it is read again.

Pure. What was kept may have been written by another version, or damaged: it is read as what it was then, or
not at all, since a search that is understood in another way would fill a dossier with other articles.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from rag.full_text.query import Node
from rag.full_text.syntax import parse
from rag.schema.question import NO_FILTERS, Filters

_FORMAT = 1
_KEYS = {
    "format", "search", "repairs", "words", "from", "to", "undated", "only_undated", "outlets", "languages",
}  # fmt: skip


class RuleError(ValueError):
    """A kept rule can't be understood as it was when it was kept."""


@dataclass(frozen=True, slots=True)
class Rule:
    """An article fills the dossier if it is as all of this says.

    Attributes:
        search: A full-text query in the syntax of `rag.full_text.syntax`; empty for none.
        words: Words that must all be in the title, the outlet, the source or the URL.
        filters: Days, outlets and languages. Sources, articles and dossiers don't make a rule.
        only_undated: Whether articles with a date are left out.
    """

    search: str = ""
    words: str = ""
    filters: Filters = NO_FILTERS
    only_undated: bool = False

    @property
    def node(self) -> Node | None:
        """What the search looks for; None without a search."""
        return parse(self.search).node

    @property
    def is_empty(self) -> bool:
        """Whether every article would be as the rule says."""
        narrowed = Filters(outlets=self.filters.outlets, languages=self.filters.languages)
        days = self.filters.day_numbers
        return not (self.node or self.words.split() or days or self.only_undated) and narrowed == NO_FILTERS

    def to_text(self) -> str:
        """Return the rule as it is kept."""
        filters = self.filters
        return json.dumps(
            {
                "format": _FORMAT,
                "search": self.search,
                "repairs": _repairs(self.search),
                "words": self.words,
                "from": filters.date_from.isoformat() if filters.date_from else None,
                "to": filters.date_to.isoformat() if filters.date_to else None,
                "undated": filters.undated,
                "only_undated": self.only_undated,
                "outlets": list(filters.outlets),
                "languages": list(filters.languages),
            },
            ensure_ascii=False,
        )

    @classmethod
    def from_text(cls, kept: str) -> Rule:
        """Read a rule that was kept.

        Raises:
            RuleError: It is no rule, or its search isn't understood as it was.
        """
        said = _read(kept)
        try:
            filters = Filters(
                _day(said["from"]),
                _day(said["to"]),
                _is(bool, said["undated"]),
                _names(said["outlets"]),
                _names(said["languages"]),
            )
            rule = cls(
                _is(str, said["search"]), _is(str, said["words"]), filters, _is(bool, said["only_undated"])
            )
        except (TypeError, ValueError) as error:
            raise RuleError(str(error)) from error
        if rule.is_empty or (rule.search and rule.node is None) or _repairs(rule.search) != said["repairs"]:
            raise RuleError(rule.search)
        return rule


def _read(kept: str) -> dict[str, Any]:
    try:
        said = json.loads(kept)
    except ValueError as error:
        raise RuleError(str(error)) from error
    if not isinstance(said, dict) or set(said) != _KEYS or said["format"] != _FORMAT:
        raise RuleError(kept)
    return said


def _repairs(search: str) -> list[str]:
    """Return how a search was mended to be understood: another version may mend it in another way."""
    return [repair.kind for repair in parse(search).repairs]


def _is(kind: type, value: Any) -> Any:
    if type(value) is not kind:
        raise TypeError(f"{value!r} is no {kind.__name__}")
    return value


def _names(values: Any) -> tuple[str, ...]:
    return tuple(_is(str, value) for value in _is(list, values))


def _day(value: Any) -> date | None:
    return None if value is None else date.fromisoformat(value)
