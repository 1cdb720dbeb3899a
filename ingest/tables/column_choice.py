"""Which of a table's columns holds the articles' text, as the values of its first rows bear out.

A column is known by its name, but what it holds decides: ids, numbers, dates and addresses are no text. Where
no column is known to hold one, the table isn't read, and the user is asked with the columns' values. Knows no
format: what opens the table is told from outside.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass, field, fields, replace
from itertools import islice

from ingest.schema.column_values import is_opaque, is_prose, word_count
from ingest.schema.columns import (
    FIELDS,
    Columns,
    ColumnSample,
    MappingNeededError,
    NamedRow,
    column_name,
    plain,
)
from ingest.schema.document import SourceDocument
from ingest.schema.metadata import clean_line, iso_date
from rag.errors import UserError

_SAMPLED = 200  # rows whose values are looked at
_LOOKED_THROUGH = 20_000  # rows, for one with a text where the first have none
_LONGEST = 2_000  # characters of a value that are kept
_MOST_COLUMNS = 200
_SHOWN_COLUMNS = 30
_SHOWN_VALUES = 3
_SHOWN = 60  # characters of a value
_LONGEST_TITLE = 200
_TEXTS = ("text", "html")

Row = Mapping[str, object]
Opener = Callable[[SourceDocument], Generator[object]]


def with_chosen_columns(table: SourceDocument, opener: Opener, asked_for: str = "") -> SourceDocument:
    """Return the table with the columns that hold what, as its rows say.

    Args:
        table: The table.
        opener: Reads its records; asked for its first rows only.
        asked_for: What a command must name to read it, if that isn't the table: the archive that it is in.

    Raises:
        MappingNeededError: No column is known to hold the text, or the one that was chosen doesn't.
        UserError: A column that was chosen isn't there.
    """
    rows = _sampled(table, opener)
    return replace(table, columns=_chosen(table, asked_for or table.source, rows)) if rows else table


@dataclass(frozen=True, slots=True)
class _SampledColumns(Columns):
    """Columns that are looked at: of each row the values are kept, and nothing is picked."""

    rows: list[Row] = field(default_factory=list)

    def check(self, header: Iterable[str]) -> None:
        """Accept any header: the rows are to be seen."""

    def pick(self, values: Row) -> dict[str, object]:
        """Keep the row."""
        self.rows.append(_cut(values))
        return {}


def _sampled(table: SourceDocument, opener: Opener) -> list[Row]:
    """Return the first rows of a table, and of those behind them the first with a text."""
    known = {one.name: getattr(table.columns, one.name) for one in fields(Columns)}
    seen = _SampledColumns(**known)
    rows: list[Row] = []
    is_found = False
    try:
        with closing(opener(replace(table, columns=seen))) as records:
            for _ in islice(records, _LOOKED_THROUGH):
                found, seen.rows[:] = seen.rows[:], []
                is_found = is_found or any(_holds_prose(table.columns, row) for row in found)
                if len(rows) < _SAMPLED or is_found:
                    rows += found
                if len(rows) >= _SAMPLED and is_found:
                    break
    except UserError:
        pass  # what can't be read is told when it is read
    return rows


def _holds_prose(columns: Columns, row: Row) -> bool:
    named = NamedRow(row)
    return any(is_prose(named.first([name])) for name in _text_names(columns))


def _text_names(columns: Columns) -> tuple[str, ...]:
    return (*columns.text, *columns.html)


def _cut(values: Row) -> Row:
    """Return a row with its values cut, and those within a value beside it: `fields.body`."""
    row: dict[str, object] = {}
    for name, value in islice(values.items(), _MOST_COLUMNS):
        row[str(name)] = _short(value)
        if isinstance(value, Mapping):
            inner = islice(value.items(), _MOST_COLUMNS)
            row[str(name)] = {str(key): _short(one) for key, one in inner if not isinstance(one, Mapping)}
    return row


def _short(value: object) -> object:
    value = plain(value)
    if isinstance(value, str):
        return value[:_LONGEST]
    return value if isinstance(value, (bool, int, float)) or value is None else _written(value)


def _written(value: object) -> str:
    try:
        return json.dumps(value, ensure_ascii=False, default=str)[:_LONGEST]
    except (ValueError, RecursionError):
        return "…"


def _chosen(table: SourceDocument, asked_for: str, rows: list[Row]) -> Columns:
    columns = table.columns
    named = [NamedRow(row) for row in rows]
    for name in (getattr(columns, one)[0] for one in sorted(columns.named)):
        if not any(row.has(name) for row in named):
            raise _absent(table, name, rows)
    present = [name for name in _text_names(columns) if any(row.has(name) for row in named)]
    held = {name: [row.first([name]) for row in named] for name in present}
    with_prose = {name for name in present if any(map(is_prose, held[name]))}
    if with_prose:
        last = set(present) - with_prose  # a label in `article` is no text while `body` has one
        return replace(
            columns, **{one: tuple(sorted(getattr(columns, one), key=last.__contains__)) for one in _TEXTS}
        )
    are_empty = all(value is None for values in held.values() for value in values)
    if present and are_empty:
        return columns
    has_words = any(not is_opaque(value) for values in held.values() for value in values if value is not None)
    others = _others(columns, rows)
    if has_words and ("text" in columns.named or not any(map(_is_prose_column, others.values()))):
        return columns
    raise _needed(table, asked_for, columns, rows)


def _others(columns: Columns, rows: list[Row]) -> dict[str, list[object]]:
    """Column → its values, of those that aren't known to hold something else than the text."""
    known = [name for one in FIELDS if one not in _TEXTS for name in getattr(columns, one)]
    found = _columns(rows)
    return {name: values for name, values in found.items() if not any(map(NamedRow({name: None}).has, known))}


def _columns(rows: list[Row]) -> dict[str, list[object]]:
    """Column → its values that aren't empty, with those within values: `fields.body`."""
    found: dict[str, list[object]] = {}
    for row in rows:
        for name, value in row.items():
            inside = value.items() if isinstance(value, Mapping) else ()
            for key, one in [(f"{name}.{inner}", each) for inner, each in inside] or [(name, value)]:
                if len(found) < _MOST_COLUMNS or key in found:
                    found.setdefault(key, [])
                    if one not in (None, "", {}):
                        found[key].append(one)
    return found


def _is_prose_column(values: list[object]) -> bool:
    return bool(values) and 2 * sum(map(is_prose, values)) > len(values)


def _needed(table: SourceDocument, asked_for: str, columns: Columns, rows: list[Row]) -> MappingNeededError:
    guess = _guess(columns, rows)
    chosen = {one: column_name(name) for one, name in guess.items()}
    options = [f"--column {one}={_quoted(name)}" for one, name in chosen.items()]
    # A path that begins with a hyphen would be an option; a hyphen alone is standard input.
    path = f"./{asked_for}" if asked_for.startswith("-") and asked_for != "-" else asked_for
    command = " ".join(["sourcier ingest", _quoted(path), *(options or ["--column text=…"])])
    kept = ", ".join(f"{one}: {json.dumps(name, ensure_ascii=False)}" for one, name in chosen.items())
    kept = "{" + (kept or "text: …") + "}"
    if "text" in columns.named:
        (name,) = columns.text
        english = f"its column {name} doesn't hold the articles' text, but ids, numbers, dates or addresses"
        french = (
            f"sa colonne {name} ne contient pas le texte des articles, mais des identifiants, des nombres,"
        )
        french += " des dates ou des adresses"
    else:
        english = "no column is known to hold the articles' text"
        french = "aucune colonne n'est connue pour contenir le texte des articles"
    source = table.source
    return MappingNeededError(
        f"{source}: {english}; say which one does: {command} (or for a source of config.yaml: columns:"
        f" {kept}).",
        f"{source} : {french} ; dites laquelle le contient : {command} (ou, pour une source de config.yaml,"
        f" columns: {kept}).",
        _samples(rows),
        command,
    )


def _quoted(word: str) -> str:
    """Return a word as a shell reads it back; what no terminal shows as it is is written by its bytes."""
    if word.isprintable():
        return shlex.quote(word)
    return "$'" + "".join(map(_escaped, word)) + "'"


def _escaped(character: str) -> str:
    if character in "\\'":
        return f"\\{character}"
    written = character.encode("utf-8", "replace")
    return character if character.isprintable() else "".join(f"\\x{byte:02x}" for byte in written)


def _absent(table: SourceDocument, name: str, rows: list[Row]) -> MappingNeededError:
    try:
        table.columns.check(dict.fromkeys(one for row in rows for one in row))
    except UserError as error:
        english, french = error.text("en"), error.text("fr")
    else:
        english, french = f"it has no column {name}.", f"il n'a pas de colonne {name}."
    return MappingNeededError(
        f"{table.source}: {english}", f"{table.source} : {french}", _samples(rows), command=""
    )


def _samples(rows: list[Row]) -> tuple[ColumnSample, ...]:
    held = islice(_columns(rows).items(), _SHOWN_COLUMNS)
    return tuple(ColumnSample(_line(name), _shown(values)) for name, values in held)


def _line(name: str) -> str:
    return clean_line(name, _SHOWN) or "?"


def _shown(values: list[object]) -> tuple[str, ...]:
    lines = (clean_line(value if isinstance(value, str) else str(value), _SHOWN) for value in values)
    return tuple(islice((line for line in dict.fromkeys(lines) if line), _SHOWN_VALUES))


def _guess(columns: Columns, rows: list[Row]) -> dict[str, str]:
    """Field → the column that seems to hold it, of those that no name tells."""
    others = {name: values for name, values in _others(columns, rows).items() if values}
    prose = {name: values for name, values in others.items() if _is_prose_column(values)}
    if not prose:
        return {}
    text = max(prose, key=lambda name: sum(map(word_count, prose[name])) / len(prose[name]))
    guess, taken = {"text": text}, {text}
    if not _is_known(columns, "title", rows):
        lines = [name for name in prose if name not in taken and _are_titles(prose[name])]
        if lines:
            guess["title"] = lines[0]
            taken.add(lines[0])
    if not _is_known(columns, "published_at", rows):
        days = [name for name in others if name not in taken and all(map(_is_date, others[name]))]
        if days:
            guess["published_at"] = days[0]
    return guess


def _is_known(columns: Columns, one: str, rows: list[Row]) -> bool:
    return any(any(map(NamedRow(row).has, getattr(columns, one))) for row in rows)


def _are_titles(values: list[object]) -> bool:
    return all(
        isinstance(value, str) and len(value) <= _LONGEST_TITLE and "\n" not in value for value in values
    )


def _is_date(value: object) -> bool:
    return isinstance(value, str) and len(value) <= _SHOWN and iso_date(value, day_first=True) is not None
