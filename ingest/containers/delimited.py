"""CSV and JSONL → their records, one at a time: memory holds one row, whatever the table.

A row that is broken is a Failure that names it; the rows around it are read.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from ingest.containers.line_reader import TextLine, lines
from ingest.containers.records import Records
from ingest.schema.document import Failure, SourceDocument
from rag.errors import UserError

_DELIMITERS = ",;\t|"
_LONGEST_FIELD = 2_000_000
_MOST_BROKEN = 1_000  # rows that can't be told apart: after these the file is no table
_BAD_QUOTES = UserError("its quotation marks don't match.", "ses guillemets ne vont pas par paires.")
_NOT_JSON = UserError("not valid JSON.", "ce n'est pas du JSON correct.")


@dataclass(frozen=True, slots=True)
class _Row:
    """The fields of a row and the line on which it begins."""

    number: int
    fields: list[str]


def open_jsonl(item: SourceDocument, file: BinaryIO) -> Iterator[SourceDocument | Failure]:
    """Yield the objects of a JSONL file; a record's row is its line."""
    records = Records(item)
    for line in lines(file):
        if line.error:
            yield records.failure(line.number, line.error)
            continue
        text = line.text.lstrip("\ufeff").strip()
        if text:
            yield _object(records, line.number, text)


def _object(records: Records, row: int, text: str) -> SourceDocument | Failure:
    try:
        values = json.loads(text)
    except (ValueError, RecursionError):  # the latter: nested too deep
        return records.failure(row, _NOT_JSON)
    if not isinstance(values, dict):
        return records.failure(row, UserError("not a JSON object.", "ce n'est pas un objet JSON."))
    return records.take(row, values)


def open_csv(item: SourceDocument, file: BinaryIO) -> Iterator[SourceDocument | Failure]:
    """Yield the rows of a CSV file, which begins with the names of its columns.

    A record's row is the line on which it begins. Fields are separated by whichever of , ; tab and | the
    names are.

    Raises:
        UserError: It is empty or no table; what came before a broken row is kept.
    """
    source = _Lines(lines(file))
    header = next((line for line in source if not line.error and line.text.strip("\ufeff \r\n,;\t|")), None)
    if header is None:
        raise _empty(item.source)
    names, delimiter = _names(header.text.lstrip("\ufeff"))
    try:
        item.columns.check(names)
    except UserError as error:
        raise UserError(f"{item.source}: {error}", f"{item.source} : {error.text('fr')}") from error
    records = Records(item)
    broken = 0
    while True:
        row = source.read_row(delimiter)
        if row is None:
            return
        if isinstance(row, TextLine):
            broken += 1
            assert row.error is not None
            yield records.failure(row.number, row.error)
            if broken == _MOST_BROKEN:
                raise _no_table(item.source, row.number)
        elif row.fields:
            yield _record(records, row, names)


def _record(records: Records, row: _Row, names: list[str]) -> SourceDocument | Failure:
    found, expected = len(row.fields), len(names)
    if found > expected and any(field.strip() for field in row.fields[expected:]):
        return records.failure(
            row.number,
            UserError(
                f"{found} fields where the table has {expected} columns; quote those that hold a separator.",
                f"{found} champs alors que le tableau a {expected} colonnes ; mettez entre guillemets ceux "
                "qui contiennent un séparateur.",
            ),
        )
    return records.take(row.number, dict(zip(names, row.fields, strict=False)))


class _Lines:
    """Lines of a CSV file that can be put back: a quote that is never closed swallows no other row."""

    def __init__(self, source: Iterator[TextLine]) -> None:
        self._source = source
        self._back: list[TextLine] = []
        self._taken: list[TextLine] = []

    def __iter__(self) -> Iterator[TextLine]:
        return self

    def __next__(self) -> TextLine:
        return self._back.pop() if self._back else next(self._source)

    def _texts(self) -> Iterator[str]:
        size = 0
        for line in self:
            self._taken.append(line)
            size += len(line.text)
            if line.error or size > _LONGEST_FIELD:
                raise csv.Error
            yield line.text.replace("\0", "")

    def read_row(self, delimiter: str) -> _Row | TextLine | None:
        """Return the next row; the line that is in its place if it is broken; None at the end."""
        self._taken = []
        csv.field_size_limit(2 * _LONGEST_FIELD)
        try:
            fields = next(csv.reader(self._texts(), delimiter=delimiter, strict=True))
            return _Row(self._taken[0].number, fields)
        except StopIteration:
            return None
        except csv.Error:
            first, *rest = self._taken
            self._back += reversed(rest)
            return first if first.error else TextLine(first.number, error=_BAD_QUOTES)


def _names(header: str) -> tuple[list[str], str]:
    """Return the names of the columns and what separates them."""
    line = header.strip().replace("\r", " ").replace("\0", "")
    try:
        split = {delimiter: next(csv.reader([line], delimiter=delimiter), []) for delimiter in _DELIMITERS}
    except csv.Error as error:
        raise UserError(
            "its first line isn't the names of columns.",
            "sa première ligne n'est pas faite de noms de colonnes.",
        ) from error
    delimiter = max(_DELIMITERS, key=lambda one: len(split[one]))
    return [name.strip() for name in split[delimiter]], delimiter


def _empty(source: str) -> UserError:
    return UserError(f"{source}: the table is empty.", f"{source} : le tableau est vide.")


def _no_table(source: str, row: int) -> UserError:
    return UserError(
        f"{source}: {_MOST_BROKEN} rows can't be read; the rest, from line {row + 1}, was left.",
        f"{source} : {_MOST_BROKEN} lignes sont illisibles ; le reste, dès la ligne {row + 1}, a été laissé.",
    )
