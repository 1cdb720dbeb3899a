"""A row of a table, an object of JSON → a Readable of format `record`, and from there an article's text.

Knows what a record states, not how its table is stored. A record travels as JSON: its bytes change exactly
when what it states does.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ingest.decoding.html_text import text_of_markup
from ingest.schema.document import Failure, Readable
from ingest.schema.metadata import (
    TITLE_LENGTH,
    Stated,
    canonical_url,
    clean_line,
    iso_date,
    language_code,
    names,
)
from rag.errors import UserError
from rag.text.normalization import normalise_text

_LONGEST_ID = 500
_MARKUP = re.compile(
    r"\s*<(?:p|div|h[1-6]|ul|ol|table|article|section|figure|span|strong|em|b|i|a)\b[^>]*>", re.I
)


@dataclass
class Records:
    """The records of one table. Two with the same id are told apart by their row."""

    table: Readable
    _seen: set[int] = field(default_factory=set)

    def take(self, row: int, values: Mapping[str, object]) -> Readable | Failure:
        """The record in `row`, counted as its format counts (rows from 1, or lines)."""
        try:
            fields = self.table.columns.pick(values)
        except UserError as error:
            return self.failure(row, error)
        data = json.dumps(fields, sort_keys=True, default=str).encode()
        source = f"{self.table.source}#{row}"
        return Readable(source, self._key(row, fields), "record", lambda _: data, self.table.origin)

    def failure(self, row: int, error: UserError) -> Failure:
        """Why the record in `row` can't be read."""
        source = f"{self.table.source}#{row}"
        return Failure(source, f"{source}: {error}", f"{source} : {error.text('fr')}")

    def _key(self, row: int, fields: Mapping[str, object]) -> str:
        stated = fields.get("id") or fields.get("url")
        if isinstance(stated, (str, int)) and len(str(stated)) <= _LONGEST_ID:
            identity = hash(str(stated))
            if identity not in self._seen:
                self._seen.add(identity)
                return f"{self.table.key}#id={stated}"
        return f"{self.table.key}#{row}"


def whole(table: Readable, values: Mapping[str, object]) -> Iterator[Readable | Failure]:
    """A file that is one record: it has the file's own source and key."""
    try:
        fields = table.columns.pick(values)
    except UserError as error:
        yield Failure(table.source, f"{table.source}: {error}", f"{table.source} : {error.text('fr')}")
        return
    data = json.dumps(fields, sort_keys=True, default=str).encode()
    yield Readable(table.source, table.key, "record", lambda _: data, table.origin)


def read_record(data: bytes) -> tuple[str, Stated]:
    """The text of a record and what it states. Text that begins with a tag of HTML loses its markup."""
    try:
        fields = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise UserError("this isn't a record.", "ce n'est pas une notice.") from error
    if not isinstance(fields, dict):
        raise UserError("this isn't a record.", "ce n'est pas une notice.")
    text = fields.get("text", fields.get("html"))
    if not isinstance(text, str):
        raise UserError("there is no text in it.", "il ne contient pas de texte.")
    if "text" not in fields or _MARKUP.match(text):
        text = text_of_markup(text)
    stated = Stated(
        title=clean_line(fields.get("title"), TITLE_LENGTH),
        outlet=names(fields.get("outlet")),
        author=names(fields.get("author")),
        language=language_code(fields.get("language")),
        published_at=iso_date(fields.get("published_at")),
        updated_at=iso_date(fields.get("updated_at")),
        canonical_url=canonical_url(fields.get("url")),
    )
    return normalise_text(text.replace("\0", "")), stated
