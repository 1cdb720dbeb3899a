"""Blocks of documents, and what was made of them, as bytes (MessagePack) between this process and workers.

Bytes are data: reading them makes the dataclasses named here and nothing else, whoever wrote them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, fields
from typing import Any

import msgpack
import numpy as np

from ingest.bulk.documents import Document, Made, Prepared, Refused, Reply
from ingest.schema.metadata import StatedMetadata
from rag.index.multivector import PassageVectors
from rag.schema.article import Article, Imprint, Passage, Span

_ARRAYS = tuple(field.name for field in fields(PassageVectors))
# What names of files have of bytes that are no text goes and comes back as it is.
_TEXT = "surrogatepass"


def documents_to_bytes(documents: Sequence[Document]) -> bytes:
    """Return a block of documents as bytes."""
    return _packed([astuple(document) for document in documents])


def documents_from_bytes(data: bytes) -> tuple[Document, ...]:
    """Return the documents of a block.

    Raises:
        ValueError: The bytes are none that `documents_to_bytes` gives.
    """
    try:
        return tuple(
            Document(*plain, StatedMetadata(*stated), StatedMetadata(*known))
            for *plain, stated, known in _unpacked(data)
        )
    except TypeError as error:
        raise ValueError(f"a block of another version ({error})") from error


def reply_to_bytes(reply: Reply) -> bytes:
    """Return what was made of a block as bytes; arrays keep each bit."""
    return _packed((reply.other, [_values_of(made) for made in reply.made]))


def reply_from_bytes(data: bytes) -> Reply:
    """Return what was made of a block.

    Raises:
        ValueError: The bytes are none that `reply_to_bytes` gives.
    """
    try:
        other, made = _unpacked(data)
        return Reply(tuple(map(_made_of, made)), other)
    except TypeError as error:
        raise ValueError(f"a reply of another version ({error})") from error


def _packed(values: object) -> bytes:
    return msgpack.packb(values, unicode_errors=_TEXT)


def _unpacked(data: bytes) -> Any:
    return msgpack.unpackb(data, use_list=False, unicode_errors=_TEXT)


def _values_of(made: Made) -> tuple | None:
    if made is None:
        return None
    if isinstance(made, Refused):
        return made.english, made.french
    sketches = [[_array_values(getattr(one, name)) for name in _ARRAYS] for one in made.sketches]
    return astuple(made.article), [astuple(passage) for passage in made.passages], sketches


def _made_of(values: tuple | None) -> Made:
    if values is None:
        return None
    if len(values) == 2:
        return Refused(*values)
    article, passages, sketches = values
    return Prepared(
        _article_of(article),
        tuple(Passage(*plain, tuple(Span(*span) for span in spans)) for *plain, spans in passages),
        tuple(PassageVectors(*(_array_of(*array) for array in arrays)) for arrays in sketches),
    )


def _article_of(values: tuple) -> Article:
    named = dict(zip((field.name for field in fields(Article)), values, strict=True))
    imprint = named.pop("imprint")
    return Article(**named, imprint=None if imprint is None else Imprint(*imprint))


def _array_values(array: np.ndarray) -> tuple[str, tuple[int, ...], bytes]:
    return array.dtype.str, array.shape, np.ascontiguousarray(array).tobytes()


def _array_of(kind: str, shape: tuple[int, ...], data: bytes) -> np.ndarray:
    numbers = np.dtype(kind)
    if numbers.kind not in "fiu":
        raise ValueError(f"an array of {kind!r}")
    return np.frombuffer(data, numbers).reshape(shape)
