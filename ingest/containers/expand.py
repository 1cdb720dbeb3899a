"""A file that holds many articles → one SourceDocument each; what is one article passes unchanged.

Knows which format is opened by what; the formats themselves are in their own modules.
"""

from __future__ import annotations

import logging
import struct
from collections.abc import Generator, Iterator
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import BinaryIO

from ingest.archives.wacz import open_wacz
from ingest.archives.warc import open_warc
from ingest.containers.delimited import open_csv, open_jsonl
from ingest.containers.exports import Opener, export_opener, plain_beginning
from ingest.containers.json_records import open_json
from ingest.containers.mbox import open_mbox
from ingest.containers.parquet import open_parquet
from ingest.containers.xml_documents import open_xml
from ingest.containers.zip_files import ZIPPED, format_in_zip, open_zip
from ingest.decoding.decompression import GZIP_MAGIC, unzipped_stream
from ingest.decoding.parser_errors import unreadable
from ingest.schema.columns import MappingNeededError
from ingest.schema.content_types import BEGINNING, MISNAMED, format_within, json_within
from ingest.schema.document import MAX_BYTES, Failure, Notice, SourceDocument
from ingest.schema.formats import GZIPPED
from ingest.schema.reading_progress import size_of, tell_position
from ingest.tables.column_choice import with_chosen_columns
from ingest.tables.dates import TABLES, dated
from rag.errors import UserError, reason_of

_OPENERS: dict[str, Opener] = {
    "json": open_json,
    "jsonl": open_jsonl,
    "csv": open_csv,
    "parquet": open_parquet,
    "warc": open_warc,
    "wacz": open_wacz,
    "mbox": open_mbox,
    "xml": open_xml,
}
_ARCHIVE = "zip"
# What parsers raise on hostile files. What says that a page is unchanged, or comes later, isn't among it.
_FAILING = (
    ArithmeticError, AssertionError, AttributeError, LookupError, MemoryError, RecursionError, TypeError,
    ValueError, struct.error,
)  # fmt: skip
_log = logging.getLogger(__name__)


def holds_many(format_: str) -> bool:
    """Return whether what has this format is opened by `expand`."""
    return format_ in _OPENERS or format_ == _ARCHIVE


def expand(item: SourceDocument | Failure | Notice) -> Iterator[SourceDocument | Failure | Notice]:
    """Yield `item` itself, or the articles that it holds, one at a time while they are asked for.

    What is broken is a Failure that names where, in the place where it stands; the rest still comes. A
    record keeps its table's origin; its key is the table's with the record's id or address, else its row.
    What was read otherwise than it may seem is told by a Notice.
    """
    return _expand(item)


def _expand(
    item: SourceDocument | Failure | Notice, archive: str = ""
) -> Iterator[SourceDocument | Failure | Notice]:
    if isinstance(item, Failure | Notice):
        yield item
        return
    try:
        item = _as_it_begins(item)
        if item.format == _ARCHIVE and archive:
            raise UserError(
                "an archive within an archive; unpack it.", "une archive dans une archive ; décompressez-la."
            )
        if item.format == _ARCHIVE:
            with item.stream() as file:
                size = size_of(file)
                for member in open_zip(item, file):
                    yield from _expand(member, archive or item.source)
                    tell_position(file, size)
            return
        opener = _OPENERS.get(item.format) or export_opener(item)
        if opener is None:
            yield item
            return
        with item.stream() as file:
            size = size_of(file)
            # warcio unzips on its own, record by record.
            plain = unzipped_stream(file) if item.format in GZIPPED - {"warc"} else file
            if item.format in TABLES:
                item = with_chosen_columns(item, partial(_sample, opener, plain), archive)
            found: Iterator[SourceDocument | Failure | Notice] = opener(item, plain)
            if item.format in TABLES:
                found = dated(found, item, partial(_again, item, opener))
            is_empty = True
            for one in found:
                is_empty = False
                yield one
                if not archive:  # whose members are small beside it
                    tell_position(file, size)
        if is_empty:
            raise UserError("there is no article in it.", "il ne contient pas d'article.")
    except UserError as error:
        yield Failure.of(item.source, _named(error, item.source))
    except OSError as error:
        why = reason_of(error)
        english, french = f"can't be read ({why}).", f"la lecture est impossible ({why.french})."
        yield Failure(item.source, f"{item.source}: {english}", f"{item.source} : {french}")
    except _FAILING as error:
        _log.info("parser failed", exc_info=True)
        yield Failure.of(item.source, _named(unreadable(type(error).__name__), item.source))


def _as_it_begins(item: SourceDocument) -> SourceDocument:
    """Return a file in the format that it is in, where its name errs: a text, a page, or what is a zip."""
    if item.open is not None and item.format in ZIPPED:
        with item.open() as file:
            return replace(item, format=format_in_zip(file) or item.format)
    if item.open is None or item.format not in MISNAMED:
        return item
    format_ = format_within(plain_beginning(item, BEGINNING), item.format)
    if format_ == "text":
        format_ = json_within(plain_beginning(item, MAX_BYTES)) or "text"
    is_packed = item.load(len(GZIP_MAGIC)).startswith(GZIP_MAGIC)
    return replace(item, format=format_) if format_ in GZIPPED or not is_packed else item


def _sample(opener: Opener, file: BinaryIO, table: SourceDocument) -> Generator[SourceDocument | Failure]:
    """Yield the records of a table, whose file is put back to its beginning before the next ones are."""
    try:
        yield from opener(table, file)
    finally:
        file.seek(0)


def _again(item: SourceDocument, opener: Opener) -> Iterator[SourceDocument | Failure]:
    with item.stream() as file, suppress(UserError):  # what can't be read is told by the first reading
        yield from opener(item, unzipped_stream(file) if item.format in GZIPPED else file)


def _named(error: UserError, source: str) -> UserError:
    """Return `error` with the source in front, unless it has it."""
    if str(error).startswith(source) or isinstance(error, MappingNeededError):
        return error
    return UserError(f"{source}: {error}", f"{source} : {error.text('fr')}")
