"""CSV and JSONL → their records, one at a time: memory holds one row, whatever the table.

A row that is broken is a Failure that names it; the rows around it are read.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain
from typing import BinaryIO

from ingest.containers.delivered import Delivered
from ingest.containers.json_objects import JsonObjects
from ingest.containers.json_records import is_answer, open_json
from ingest.containers.line_reader import TextLine, lines
from ingest.containers.records import Records
from ingest.exports import gdelt
from ingest.exports.left_out import CODES
from ingest.exports.tables import Reader, reader_of_table
from ingest.schema.document import Failure, Notice, SourceDocument
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


def open_jsonl(item: SourceDocument, file: BinaryIO) -> Iterator[SourceDocument | Failure | Notice]:
    """Yield the objects of a JSONL file; a record's row is its line.

    One that holds a single list, or a service's answer, or an object over several lines, is read as the JSON
    that it is.

    Raises:
        UserError: It is empty, or has nothing in it but what is left out.
    """
    is_whole = _is_one_value(item, file)
    file.seek(0)
    if is_whole:
        yield from open_json(item, file)
        return
    records, is_empty = JsonObjects(item), True
    for line in lines(file):
        is_empty = is_empty and not line.error and not _json_text(line)
        if line.error:
            yield records.failure(line.number, line.error)
            continue
        text = _json_text(line)
        if text and (found := _object(records, line.number, text)) is not None:
            yield found
    if is_empty:
        raise _empty(item.source)
    yield from records.notices()


def _is_one_value(item: SourceDocument, file: BinaryIO) -> bool:
    """Return whether what is named JSONL is one value: a list, an answer, or an object over several lines."""
    held = (line for line in lines(file) if line.error or _json_text(line))
    try:
        first, second = next(held, None), next(held, None)
    except UserError:
        return False  # what comes before the damage is read
    if first is None or first.error:
        return False
    text, alone = _json_text(first), second is None
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        goes_on = second is not None and not second.error and _json_text(second).startswith(('"', "}"))
        return text.startswith("[") or (text.startswith("{") and goes_on)
    return alone and (isinstance(value, list) or (isinstance(value, dict) and is_answer(item, value)))


def _json_text(line: TextLine) -> str:
    return line.text.lstrip("\ufeff").strip()


def _object(records: JsonObjects, row: int, text: str) -> SourceDocument | Failure | None:
    try:
        values = json.loads(text)
    except (ValueError, RecursionError):  # the latter: nested too deep
        return records.failure(row, _NOT_JSON)
    if not isinstance(values, dict):
        return records.failure(row, UserError("not a JSON object.", "ce n'est pas un objet JSON."))
    return records.take(row, values)


def open_csv(item: SourceDocument, file: BinaryIO) -> Iterator[SourceDocument | Failure | Notice]:
    """Yield the rows of a CSV file, which begins with the names of its columns.

    A record's row is the line on which it begins. Fields are separated by whichever of , ; tab and | the
    names are.

    Raises:
        UserError: It is empty, no table, or has no article; what came before a broken row is kept.
    """
    source = _Lines(lines(file))
    header = next((line for line in source if _holds_names(line)), None)
    if header is None:
        raise _empty(item.source)
    if gdelt.is_coded(header.text):
        yield from Delivered(item).all(CODES for _ in chain([header], source))
        return
    names, delimiter = _names(header.text.lstrip("\ufeff"))
    if header.text.count('"') % 2 and (longer := source.read_on(header, delimiter)) is not None:
        names = longer
    known = None if item.columns.named else reader_of_table(names)
    if known is not None:
        yield from _known(item, source, names, delimiter, known)
        return
    try:
        item.columns.check(names)
    except UserError as error:
        raise UserError(f"{item.source}: {error}", f"{item.source} : {error.text('fr')}") from error
    records = Records(item)
    broken, is_empty = 0, True
    plain = delimiter == "|" and tuple(name.casefold() for name in names) == gdelt.REBUILT
    while True:
        row = source.read_row(delimiter, csv.QUOTE_NONE if plain else csv.QUOTE_MINIMAL)
        if row is None:
            break
        if isinstance(row, TextLine):
            is_empty = False
            broken += 1
            assert row.error is not None
            yield records.failure(row.number, row.error)
            if broken == _MOST_BROKEN:
                raise _no_table(item.source, row.number)
        elif row.fields:
            is_empty = False
            yield _record(records, row, names)
    if is_empty:
        raise UserError(
            f"{item.source}: the table has the names of its columns, and no rows.",
            f"{item.source} : le tableau n'a que les noms de ses colonnes, et aucune ligne.",
        )


def _known(
    item: SourceDocument, source: _Lines, names: list[str], delimiter: str, reader: Reader
) -> Iterator[SourceDocument | Failure | Notice]:
    """Yield what a table in a known form holds; its rows that are broken are told, after the others."""
    columns = [name.casefold() for name in names]
    delivered = Delivered(item)
    broken: list[TextLine] = []

    def rows() -> Iterator[dict[str, str]]:
        while (row := source.read_row(delimiter)) is not None and len(broken) < _MOST_BROKEN:
            if isinstance(row, TextLine):
                broken.append(row)
            elif row.fields:
                yield dict(zip(columns, row.fields, strict=False))

    yield from delivered.all(reader(rows()))
    for line in broken:
        assert line.error is not None
        yield delivered.failure(line.number, line.error)
    if len(broken) == _MOST_BROKEN:
        raise _no_table(item.source, broken[-1].number)


def _holds_names(line: TextLine) -> bool:
    """Return whether a line is more than separators, or what Excel writes before the names: `sep=;`."""
    text = line.text.strip('\ufeff \r\n,;\t|"') if not line.error else ""
    return bool(text) and text.lower() != "sep="


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

    def read_row(self, delimiter: str, quoting: int = csv.QUOTE_MINIMAL) -> _Row | TextLine | None:
        """Return the next row; the line that is in its place if it is broken; None at the end."""
        self._taken = []
        csv.field_size_limit(2 * _LONGEST_FIELD)
        try:
            fields = next(csv.reader(self._texts(), delimiter=delimiter, quoting=quoting, strict=True))
            return _Row(self._taken[0].number, fields)
        except StopIteration:
            return None
        except csv.Error:
            first, *rest = self._taken
            self._back += reversed(rest)
            return first if first.error else TextLine(first.number, error=_BAD_QUOTES)

    def read_on(self, header: TextLine, delimiter: str) -> list[str] | None:
        """Return the columns' names, one of which goes on in the next line; None if no quote ends it."""
        self._back.append(replace(header, text=header.text.lstrip("\ufeff")))
        row = self.read_row(delimiter)
        return [" ".join(name.split()) for name in row.fields] if isinstance(row, _Row) else None


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
