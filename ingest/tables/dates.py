"""The dates of a table's records: `05/06/2024` and `05/06/24` are read as the others of their column say.

What they don't tell, the language of the record does: only in English is it two days. Seconds since 1970 are
read where they stand in a column of dates. Knows records as JSON; how a table is stored, its openers know.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import islice

from ingest.schema.date_orders import DateOrders
from ingest.schema.document import Failure, Notice, SourceDocument
from ingest.schema.metadata import clean_line, iso_date, language_code, settle_language

TABLES = frozenset({"csv", "jsonl", "json", "parquet"})
_FIELDS = ("published_at", "updated_at")
_LOOKED_AT = 20_000  # records, for the order of days and months
_TELLING = 2_000  # characters of a text that tell its language
_LEAST_TELLING = 60  # of fewer it can't be told surely
_LONGEST_RECORD = 60_000_000
_SHOWN = 40  # characters of a date that can't be read
_NAMES = {
    "published_at": (
        ("date of publication", "date de publication illisible"),
        ("dates of publication", "dates de publication illisibles"),
    ),
    "updated_at": (
        ("date of change", "date de mise à jour illisible"),
        ("dates of change", "dates de mise à jour illisibles"),
    ),
}

Item = SourceDocument | Failure | Notice


def dated(
    items: Iterable[Item], table: SourceDocument, again: Callable[[], Iterable[Item]]
) -> Iterator[Item]:
    """Yield the records of a table with their dates in ISO 8601; last, how many dates can't be read.

    Args:
        items: The records as the table's opener gives them.
        table: The table; what the user says of its dates goes before what they say themselves.
        again: Reads the same records a second time; called once at most for each column of dates.
    """
    columns = {field: _Column(field, again, table.columns.day_first) for field in _FIELDS}
    unread = {field: _Unread() for field in _FIELDS}
    for item in items:
        fields = _fields(item)
        if fields is None:
            yield item
            continue
        read = dict(fields)
        for field in _FIELDS:
            if (stated := fields.get(field)) in (None, ""):
                continue
            iso = _iso(stated, fields, columns[field])
            if iso is None:
                unread[field].add(stated)
            else:
                read[field] = iso
        yield item if read == fields else _with(item, read)
    for field, found in unread.items():
        if found.count:
            yield found.notice(table.source, field)


class _Column:
    """A column of dates, whose others tell what one means; they are asked once it matters."""

    def __init__(self, field: str, again: Callable[[], Iterable[Item]], stated: bool | None) -> None:
        self._field = field
        self._stated = stated
        self._again = again
        self._orders: DateOrders | None = None
        self._opening = ""

    def iso(self, stated: str, fields: dict) -> str | None:
        """Return a date as the user says, else its column, else the language; None if none tells."""
        if self._stated is not None:
            return DateOrders(self._stated).iso(stated, lambda: self._stated)
        if self._orders is None:
            self._orders = DateOrders.of(self._column())
        return self._orders.iso(stated, lambda: _order_of_language(fields, self._opening))

    def _column(self) -> Iterator[str]:
        for item in islice(self._again(), _LOOKED_AT):
            fields = _fields(item)
            if fields is None:
                continue
            if len(self._opening) < _TELLING:  # of short texts, all together tell their language
                self._opening += f"{_text(fields)} "
            if isinstance(stated := fields.get(self._field), str):
                yield stated


@dataclass
class _Unread:
    """The dates of a column that can't be read: how many, and the first of them."""

    count: int = 0
    first: str = ""

    def add(self, stated: object) -> None:
        self.first = self.first or clean_line(str(stated), _SHOWN) or "?"
        self.count += 1

    def notice(self, source: str, field: str) -> Notice:
        english, french = _NAMES[field][0 if self.count == 1 else 1]
        say, dire = ("it is", "elle est omise") if self.count == 1 else ("they are", "elles sont omises")
        return Notice(
            source,
            f"{source}: {self.count} {english} can't be read (“{self.first}”); {say} left out.",
            f"{source} : {self.count} {french} (« {self.first} ») ; {dire}.",
        )


def _fields(item: Item) -> dict | None:
    """Return what a record states; None for anything else."""
    if not isinstance(item, SourceDocument) or item.format != "record":
        return None
    fields = json.loads(item.load(_LONGEST_RECORD))
    return fields if isinstance(fields, dict) else None


def _with(item: SourceDocument, fields: dict) -> SourceDocument:
    data = json.dumps(fields, sort_keys=True).encode()
    return replace(item, load=lambda _: data)


def _iso(stated: object, fields: dict, column: _Column) -> str | None:
    if (moment := _since_1970(stated)) is not None:
        return moment
    return iso_date(stated) or (column.iso(stated, fields) if isinstance(stated, str) else None)


def _since_1970(stated: object) -> str | None:
    """Return the moment of so many seconds or milliseconds, from 2001 to 2096, as databases write them."""
    digits = str(stated) if isinstance(stated, (str, int)) and not isinstance(stated, bool) else ""
    if not (digits.isascii() and digits.isdigit()) or len(digits) not in (10, 13) or digits[0] not in "123":
        return None
    return datetime.fromtimestamp(int(digits[:10]), UTC).isoformat()


def _text(fields: dict) -> str:
    return str(fields.get("text") or fields.get("html") or "")[:_TELLING]


def _order_of_language(fields: dict, opening: str) -> bool | None:
    """Return whether the day stands first in the language of a record, else in that of its table's first."""
    stated = fields.get("language")
    code = language_code(stated)
    if code is None:
        text = _text(fields)
        text = text if len(text) >= _LEAST_TELLING else opening
        code = settle_language(None, text) if len(text) >= _LEAST_TELLING else None
    if code == "en":
        region = str(stated).replace("_", "-").upper().partition("-")[2]
        return {"US": False, "GB": True, "IE": True, "AU": True, "NZ": True, "IN": True}.get(region)
    return code is not None or None
