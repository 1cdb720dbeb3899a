"""A file that holds many articles → one SourceDocument each; what is one article passes unchanged.

Knows which format is opened by what; the formats themselves are in their own modules.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import BinaryIO

from ingest.containers.delimited import open_csv, open_jsonl
from ingest.containers.json_records import open_json
from ingest.containers.mbox import open_mbox
from ingest.containers.parquet import open_parquet
from ingest.containers.warc import open_warc
from ingest.decoding.decompression import unzipped_stream
from ingest.schema.document import Failure, SourceDocument
from ingest.schema.formats import GZIPPED
from rag.errors import UserError

_OPENERS: dict[str, Callable[[SourceDocument, BinaryIO], Iterator[SourceDocument | Failure]]] = {
    "json": open_json,
    "jsonl": open_jsonl,
    "csv": open_csv,
    "parquet": open_parquet,
    "warc": open_warc,
    "mbox": open_mbox,
}


def holds_many(format_: str) -> bool:
    """Return whether what has this format is opened by `expand`."""
    return format_ in _OPENERS


def expand(item: SourceDocument | Failure) -> Iterator[SourceDocument | Failure]:
    """Yield `item` itself, or the articles that it holds, one at a time while they are asked for.

    What is broken is a Failure that names where, in the place where it stands; the rest still comes. A
    record keeps its table's origin; its key is the table's with the record's id or address, else its row.
    """
    opener = _OPENERS.get(item.format) if isinstance(item, SourceDocument) else None
    if opener is None or isinstance(item, Failure):
        yield item
        return
    try:
        with item.stream() as file:
            # warcio unzips on its own, record by record.
            plain = unzipped_stream(file) if item.format in GZIPPED - {"warc"} else file
            yield from opener(item, plain)
    except UserError as error:
        yield Failure.of(item.source, _named(error, item.source))
    except OSError as error:
        why = error.strerror or type(error).__name__
        english, french = f"can't be read ({why}).", f"la lecture est impossible ({why})."
        yield Failure(item.source, f"{item.source}: {english}", f"{item.source} : {french}")


def _named(error: UserError, source: str) -> UserError:
    """Return `error` with the source in front, unless it has it."""
    if str(error).startswith(source):
        return error
    return UserError(f"{source}: {error}", f"{source} : {error.text('fr')}")
