"""What of an article can be corrected, and what it becomes: arithmetic on fields, without I/O.

Of each field there is what was stated (by a file, a page) and, if somebody corrected it, what it is since.
What an article is filed under (`effective`) is the corrected value, else the stated one; of its outlet, the
name that this outlet goes by.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, cast, get_args

from rag.schema.article import Article

Field = Literal[
    "title", "outlet", "author", "published_at", "updated_at", "language", "canonical_url"
]  # fmt: skip
FIELDS: tuple[Field, ...] = get_args(Field)
# What the encoder reads in front of a passage, or reads it by.
READ: frozenset[Field] = frozenset({"title", "outlet", "published_at", "language"})


@dataclass(frozen=True, slots=True)
class FieldRecord:
    """What was stated of a field and, if `corrected_at` (ISO 8601) says when, what it was corrected to.

    Either may be None: nothing was stated; it was corrected to nothing. A record of an outlet that isn't
    corrected is there because the outlet goes by another name than the one that was stated.
    """

    stated: str | None
    corrected: str | None = None
    corrected_at: str | None = None

    @property
    def is_corrected(self) -> bool:
        """Whether somebody corrected it."""
        return self.corrected_at is not None

    @property
    def value(self) -> str | None:
        """The corrected value, else the stated one."""
        return self.corrected if self.is_corrected else self.stated

    def to_dict(self) -> dict:
        """Return the fields as JSON has them."""
        corrected = {"corrected": self.corrected, "corrected_at": self.corrected_at}
        return {"stated": self.stated} | (corrected if self.is_corrected else {})


Records = Mapping[Field, FieldRecord]


def canonical(outlet: str | None, aliases: Mapping[str, str]) -> str | None:
    """Return the name that an outlet goes by; `aliases`: name → the name that it was merged into."""
    passed: set[str] = set()
    while outlet is not None and outlet in aliases and outlet not in passed:
        passed.add(outlet)
        outlet = aliases[outlet]
    return outlet


def merged_into(outlet: str, aliases: Mapping[str, str]) -> list[str]:
    """Return the names that go by this one, directly or through others; sorted, without itself."""
    return sorted(name for name in aliases if name != outlet and canonical(name, aliases) == outlet)


def stated(article: Article, records: Records) -> Article:
    """Return an article as it was stated, of one as it is filed."""
    return _with(article, {field: record.stated for field, record in records.items()})


def corrected(article: Article, records: Records) -> Article:
    """Return an article as it was corrected, of one as it was stated: its outlet as somebody wrote it."""
    return _with(article, {field: record.value for field, record in records.items()})


def effective(article: Article, records: Records, aliases: Mapping[str, str]) -> Article:
    """Return an article as it is filed, of one as it was stated."""
    filed = corrected(article, records)
    outlet = canonical(filed.outlet, aliases)
    return filed if outlet == filed.outlet else replace(filed, outlet=outlet)


def settled(article: Article, records: Records, aliases: Mapping[str, str]) -> dict[Field, FieldRecord]:
    """Return the records that there are to be of an article as it is stated now.

    Corrections stay. Of what isn't corrected one is needed only where another value is filed than stated.
    """
    kept = {
        field: replace(record, stated=value_of(article, field))
        for field, record in records.items()
        if record.is_corrected
    }
    if "outlet" not in kept and canonical(article.outlet, aliases) != article.outlet:
        kept["outlet"] = FieldRecord(article.outlet)
    return kept


def value_of(article: Article, field: Field) -> str | None:
    """Return what an article has in a field."""
    return cast(str | None, getattr(article, field))


def _with(article: Article, values: Mapping[Field, str | None]) -> Article:
    changed: dict[str, Any] = {name: one for name, one in values.items() if value_of(article, name) != one}
    return replace(article, **changed) if changed else article
