"""Failures of a table's rows, told together: by reason, with how many there are and the first of them.

Pure. A table may have a million of them: of each reason only its count and three rows are kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from ingest.schema.document import Failure
from ingest.schema.formats import format_of

_ROW = re.compile(r"(.+)#(\d{1,18})", re.DOTALL)
_NUMBER = re.compile(r"\d+")
_EXAMPLES = 3
_MOST_REASONS = 50
_BY_LINE = ("csv", "jsonl")


@dataclass(frozen=True, slots=True)
class FailureGroup:
    """Failures of one table with one reason: `count` of them, the first three at `rows`.

    `first` is the first of them; rows are counted as the table's format counts (lines, or articles from 1).
    """

    source: str
    first: Failure
    count: int
    rows: tuple[int, ...]

    def text(self, language: str) -> str:
        """Return what failed in one sentence, in `language`: French for `fr`, English otherwise."""
        if self.count == 1:
            return self.first.text(language)
        reason = bare_reason(self.first, language).rstrip(". ")
        more = "…" if self.count > len(self.rows) else ""
        rows = ", ".join(map(str, self.rows)) + more
        by_line = format_of(self.source) in _BY_LINE
        if language == "fr":
            unit = "lignes" if by_line else "articles"
            return f"{self.source} : {self.count} {unit} en échec : {reason} ({unit} {rows})."
        unit = "lines" if by_line else "articles"
        return f"{self.source}: {self.count} {unit} failed: {reason} ({unit} {rows})."


def table_of(source: str) -> str | None:
    """Return the table that a row's source is in; None for what is no row."""
    match = _ROW.fullmatch(source)
    return match[1] if match else None


def bare_reason(failure: Failure, language: str) -> str:
    """Return why something failed, without its source in front."""
    said = failure.text(language)
    for mark in (f"{failure.source} : ", f"{failure.source}: "):
        said = said.removeprefix(mark)
    return said


@dataclass
class FailureGroups:
    """The failures of one table at a time."""

    table: str | None = None
    _groups: dict[str, FailureGroup] = field(default_factory=dict)

    def add(self, failure: Failure) -> None:
        """Take a failure of a row of the table."""
        match = _ROW.fullmatch(failure.source)
        assert match is not None
        row = int(match[2])
        key = _NUMBER.sub("0", bare_reason(failure, "en"))
        if key not in self._groups and len(self._groups) >= _MOST_REASONS:
            key = next(reversed(self._groups))
        group = self._groups.setdefault(key, FailureGroup(match[1], failure, 0, ()))
        rows = (*group.rows, row)[:_EXAMPLES]
        self._groups[key] = replace(group, count=group.count + 1, rows=rows)

    def taken(self, table: str | None) -> list[FailureGroup]:
        """Return the groups of the table before, if `table` is another one, and begin with that."""
        if table == self.table:
            return []
        found, self._groups, self.table = list(self._groups.values()), {}, table
        return found


def by_reason(groups: Iterable[FailureGroup]) -> list[list[FailureGroup]]:
    """Return failures of different sources with those that have the same reason, in order of the first.

    The rows of a table and tables that need a mapping stay by themselves.
    """
    found: dict[str, list[FailureGroup]] = {}
    for number, group in enumerate(groups):
        alone = group.rows or group.first.columns
        key = f"{number}" if alone else f"{_NUMBER.sub('0', bare_reason(group.first, 'en'))} "
        found.setdefault(key, []).append(group)
    return list(found.values())


def grouped(failures: Iterable[Failure]) -> list[FailureGroup]:
    """Return failures in order, those of a table's rows together by reason, each other one alone."""
    groups, found = FailureGroups(), []
    for failure in failures:
        table = table_of(failure.source)
        found += groups.taken(table)
        if table is None:
            found.append(FailureGroup(failure.source, failure, 1, ()))
        else:
            groups.add(failure)
    return [*found, *groups.taken(None)]
