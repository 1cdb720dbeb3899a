"""Which columns the user chose for a table: in a command, or in the configuration for its source."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from operator import length_hint

from ingest.schema.columns import USUAL, Columns
from ingest.schema.document import Failure, Notice, SourceDocument
from ingest.sources.discovery import origin_of
from rag.config import SourceSettings

ColumnsOf = Callable[[SourceDocument], Columns]


class WithColumns(Iterator[SourceDocument | Failure | Notice]):
    """What was found, tables with the columns that were chosen for them; its length is told if known."""

    def __init__(self, found: Iterable[SourceDocument | Failure | Notice], columns: ColumnsOf) -> None:
        self._hint = length_hint(found)
        self._found = iter(found)
        self._columns = columns

    def __next__(self) -> SourceDocument | Failure | Notice:
        item = next(self._found)
        return replace(item, columns=self._columns(item)) if isinstance(item, SourceDocument) else item

    def __length_hint__(self) -> int:
        return self._hint


def usual_columns(_table: SourceDocument) -> Columns:
    """Return the columns by their usual names."""
    return USUAL


def columns_of_source(source: SourceSettings) -> Columns:
    """Return the columns that the configuration names for a source.

    Raises:
        ConfigError: It names a field that records don't have.
    """
    return Columns.of(source.columns, source.day_first)


def configured_columns(sources: Sequence[SourceSettings]) -> ColumnsOf:
    """Return what says which columns the configuration names for the source that a table is in."""
    chosen = [
        (origin_of(source.place), columns_of_source(source))
        for source in sources
        if source.columns or source.day_first is not None
    ]

    def columns_of(table: SourceDocument) -> Columns:
        for place, columns in chosen:
            if place in (table.key, table.origin) or table.key.startswith(f"{place}/"):
                return columns
        return USUAL

    return columns_of
