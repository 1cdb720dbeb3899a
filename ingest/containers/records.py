"""A row of a table, an object of JSON → a SourceDocument of format `record`.

Knows what a record states, not how its table is stored. A record travels as JSON: its bytes change exactly
when what it states does.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b

from ingest.schema.document import Failure, SourceDocument
from rag.errors import UserError

_LONGEST_ID = 500


@dataclass
class Records:
    """The records of one table. Two with the same id are told apart by their row."""

    table: SourceDocument
    _seen: set[bytes] = field(default_factory=set)

    def take(self, row: int, values: Mapping[str, object]) -> SourceDocument | Failure:
        """Return the record in `row`, counted as its format counts (rows from 1, or lines)."""
        try:
            fields = self.table.columns.pick(values)
        except UserError as error:
            return self.failure(row, error)
        data = json.dumps(fields, sort_keys=True, default=str).encode()
        source = f"{self.table.source}#{row}"
        return SourceDocument(source, self._key(row, fields), "record", lambda _: data, self.table.origin)

    def failure(self, row: int, error: UserError) -> Failure:
        """Return why the record in `row` can't be read."""
        source = f"{self.table.source}#{row}"
        return Failure(source, f"{source}: {error}", f"{source} : {error.text('fr')}")

    def _key(self, row: int, fields: Mapping[str, object]) -> str:
        stated = fields.get("id") or fields.get("url")
        if isinstance(stated, (str, int)) and len(str(stated)) <= _LONGEST_ID:
            # A table may have millions: of each identity only so much that no two are ever taken for one.
            identity = blake2b(str(stated).encode("utf-8", "surrogatepass"), digest_size=16).digest()
            if identity not in self._seen:
                self._seen.add(identity)
                return f"{self.table.key}#id={stated}"
        return f"{self.table.key}#{row}"


def whole(table: SourceDocument, values: Mapping[str, object]) -> Iterator[SourceDocument | Failure]:
    """Yield a file that is one record: it has the file's own source and key."""
    try:
        fields = table.columns.pick(values)
    except UserError as error:
        yield Failure(table.source, f"{table.source}: {error}", f"{table.source} : {error.text('fr')}")
        return
    data = json.dumps(fields, sort_keys=True, default=str).encode()
    yield SourceDocument(table.source, table.key, "record", lambda _: data, table.origin)
