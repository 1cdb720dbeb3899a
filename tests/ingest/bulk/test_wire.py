"""What goes to workers and comes back as bytes is the same on the other side, and never more than data."""

from __future__ import annotations

import dataclasses
from contextlib import suppress

import msgpack
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.bulk.documents import Document, Prepared, Refused, Reply
from ingest.bulk.wire import documents_from_bytes, documents_to_bytes, reply_from_bytes, reply_to_bytes
from ingest.schema.metadata import StatedMetadata
from rag.index.multivector import PassageVectors
from rag.schema.article import Article, Imprint, Passage, Span

# Names of files may have halves of surrogate pairs, for bytes that are no text.
WORDS = st.text(st.characters(), max_size=8)
STATED = st.builds(StatedMetadata, title=st.none() | WORDS, page=st.none() | WORDS, excerpt=st.booleans())
DOCUMENTS = st.builds(Document, st.binary(max_size=40), WORDS, WORDS, WORDS, STATED, STATED)
KINDS = ("<f4", "<u2", "<f4", "|u1", "<f4", "<f4", "<i2", "<u2", "<u4", "<u2")
ARTICLES = st.builds(
    Article,
    *[WORDS] * 5,
    author=st.none() | WORDS,
    page_starts=st.lists(st.integers(0, 2**40), max_size=3).map(tuple),
    excerpt=st.booleans(),
    imprint=st.none() | st.builds(Imprint, WORDS, st.none() | WORDS),
    canonical_url=st.none() | WORDS,
)
SPANS = st.lists(st.builds(Span, st.integers(0, 9), st.integers(0, 9)), max_size=3).map(tuple)
PASSAGES = st.lists(st.builds(Passage, WORDS, WORDS, st.integers(0, 9), st.integers(0, 9), SPANS), max_size=3)


@st.composite
def sketches(draw: st.DrawFn) -> PassageVectors:
    numbers = np.random.default_rng(draw(st.integers(0, 99)))
    shapes = draw(st.lists(st.lists(st.integers(0, 3), min_size=1, max_size=2), min_size=10, max_size=10))
    made = (numbers.standard_normal(shape) * 99 for shape in shapes)
    return PassageVectors(*(array.astype(kind) for array, kind in zip(made, KINDS, strict=True)))


PREPARED = st.builds(Prepared, ARTICLES, PASSAGES.map(tuple), st.lists(sketches(), max_size=2).map(tuple))
REPLIES = st.builds(
    Reply,
    st.lists(st.none() | st.builds(Refused, WORDS, WORDS) | PREPARED, max_size=3).map(tuple),
    st.sampled_from(["", "sourcier 0.0.1"]),
)


def plain(value: object) -> object:
    """The same with arrays as their kinds, shapes and bytes, which compare."""
    if isinstance(value, np.ndarray):
        return value.dtype, value.shape, value.tobytes()
    if isinstance(value, tuple):
        return tuple(map(plain, value))
    if dataclasses.is_dataclass(value):
        return type(value), *(plain(getattr(value, field.name)) for field in dataclasses.fields(value))
    return value


@given(st.lists(DOCUMENTS, max_size=3))
def test_documents_come_out_as_they_went_in(documents: list[Document]):
    assert documents_from_bytes(documents_to_bytes(documents)) == tuple(documents)


@given(REPLIES)
def test_replies_come_out_as_they_went_in_to_each_bit(reply: Reply):
    assert plain(reply_from_bytes(reply_to_bytes(reply))) == plain(reply)


@pytest.mark.parametrize(
    "values",
    [None, 1, "texte", [], [1, 2], ["", None], ["", [[1]]], ["", [["a"]]], ["", [[["id"], [], []]]]],
)
def test_other_bytes_are_no_reply(values: object):
    with pytest.raises(ValueError):
        reply_from_bytes(msgpack.packb(values))


@pytest.mark.parametrize("kind", ["O", "V8", "nothing"])
def test_arrays_are_of_numbers(kind: str):
    article = ["", *[""] * 4, *[None] * 6, [], False, None, None]
    values = ["", [[article, [], [[[kind, [1], b"12345678"]] * 10]]]]
    with pytest.raises(ValueError):
        reply_from_bytes(msgpack.packb(values))


@given(st.binary(max_size=60))
def test_any_bytes_are_refused_or_data(data: bytes):
    for reading in (reply_from_bytes, documents_from_bytes):
        with suppress(ValueError):
            reading(data)
