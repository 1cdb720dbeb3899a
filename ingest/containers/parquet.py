"""Parquet → its records, one at a time. pyarrow, which reads it, is installed only where it is wanted."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from typing import BinaryIO

from ingest.containers.records import Records
from ingest.decoding.sandbox import streamed
from ingest.schema.document import MAX_BYTES, Failure, SourceDocument
from rag.errors import UserError

_MAGIC = b"PAR1"


def open_parquet(item: SourceDocument, file: BinaryIO) -> Iterator[SourceDocument | Failure]:
    """Yield the rows of a Parquet file, numbered from 1.

    Raises:
        UserError: It is no such file, empty or broken (the rows before are kept), or pyarrow is missing.
    """
    if file.read(len(_MAGIC)) != _MAGIC:
        raise UserError("not a Parquet file.", "ce n'est pas un fichier Parquet.")
    if find_spec("pyarrow") is None:
        raise UserError(
            "reading Parquet needs pyarrow: pip install 'sourcier[tables]'.",
            "lire du Parquet demande pyarrow : pip install 'sourcier[tables]'.",
        )
    file.seek(0)
    records, row = Records(item), 0
    for answer in streamed("ingest.containers.parquet_worker", file, longest=4 * MAX_BYTES):
        if "problem" in answer:
            raise _broken(row, str(answer["problem"]))
        if "columns" in answer:
            item.columns.check(answer["columns"])
            if not answer["rows"]:
                raise UserError("the table is empty.", "le tableau est vide.")
        else:
            row += 1
            yield records.take(row, answer["row"])


def _broken(row: int, problem: str) -> UserError:
    why = " ".join(problem.split())[:200]
    return UserError(f"damaged after row {row} ({why}).", f"endommagé après la ligne {row} ({why}).")
