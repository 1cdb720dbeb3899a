"""JSON → its records: an object is one article, a list is many, read one at a time.

An object that only wraps a list, as the answers of news services do, is that list.
"""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator
from itertools import chain
from typing import BinaryIO

from ingest.containers.delivered import Delivered
from ingest.containers.json_objects import JsonObjects
from ingest.decoding.charset import guess
from ingest.feeds.articles import is_json_feed, read_json_feed
from ingest.schema.columns import NamedRow
from ingest.schema.document import MAX_BYTES, Failure, Notice, SourceDocument
from rag.errors import UserError

_WRAPPERS = (
    "articles", "items", "results", "data", "records", "documents", "docs", "response", "hits", "_embedded",
)  # fmt: skip
_SAMPLE = 200_000
_PIECE = 65_536


def open_json(item: SourceDocument, file: BinaryIO) -> Iterator[SourceDocument | Failure | Notice]:
    """Yield the articles of a JSON file; a record's row is its place in the list, from 1.

    Raises:
        UserError: It is neither an object nor a list, is broken, or has nothing in it but what is left out.
    """
    reader = _JsonReader(file)
    if reader.next_is("["):
        yield from _records(item, _items(reader, item.source))
        return
    value = reader.value(json.JSONDecoder(), item.source)
    if not reader.at_end():
        # One object after the other, without a list around them: JSONL under another name.
        yield from _records(item, chain([value], _rest(reader, item.source)))
        return
    if not isinstance(value, dict):
        raise UserError(
            f"{item.source}: neither a JSON object nor a list.",
            f"{item.source} : ce n'est ni un objet ni une liste JSON.",
        )
    if is_json_feed(value) and not item.columns.named:
        yield from Delivered(item).all(read_json_feed(value))
        return
    objects = JsonObjects(item)
    wrapped = None if objects.is_known(value) else _wrapped(value)
    if wrapped is None and is_answer(item, value):
        wrapped = []
    if wrapped is None:
        yield from objects.whole(value)
    else:
        yield from _records(item, iter(wrapped))


def is_answer(item: SourceDocument, value: dict) -> bool:
    """Return whether an object is no article, but a service's answer that wraps a list of them, or none."""
    row, names = NamedRow(value), (*item.columns.text, *item.columns.html)
    if row.first_text(names) is not None:
        return False
    has_list = _wrapped(value) is not None or any(value.get(key) == [] for key in _WRAPPERS)
    return has_list and not JsonObjects(item).is_known(value)


def _wrapped(value: dict, levels: int = 2) -> list | None:
    """Return the list of objects that an answer of a service wraps, up to `levels` down."""
    for key in _WRAPPERS:
        inner = value.get(key)
        if isinstance(inner, list) and inner and all(isinstance(one, dict) for one in inner):
            return inner
        if isinstance(inner, dict) and levels > 1 and (found := _wrapped(inner, levels - 1)):
            return found
    return None


def _records(item: SourceDocument, values: Iterator[object]) -> Iterator[SourceDocument | Failure | Notice]:
    records, row = JsonObjects(item), 0
    for row, value in enumerate(values, start=1):
        if isinstance(value, dict):
            found = records.take(row, value)
            if found is not None:
                yield found
        else:
            yield records.failure(row, UserError("not a JSON object.", "ce n'est pas un objet JSON."))
    if not row:
        raise UserError(f"{item.source}: the list is empty.", f"{item.source} : la liste est vide.")
    yield from records.notices()


def _items(reader: _JsonReader, source: str) -> Iterator[object]:
    """Yield the items of a list, each decoded as soon as it is whole."""
    decoder = json.JSONDecoder()
    reader.take("[")
    if reader.next_is("]"):
        return
    while True:
        yield reader.value(decoder, source)
        if not reader.next_is(","):
            break
        reader.take(",")
    if not reader.next_is("]"):
        raise reader.broken(source)


def _rest(reader: _JsonReader, source: str) -> Iterator[object]:
    decoder = json.JSONDecoder()
    while not reader.at_end():
        yield reader.value(decoder, source)


class _JsonReader:
    """The text of a JSON file, of which no more is held than the value that is read next."""

    def __init__(self, file: BinaryIO) -> None:
        sample = file.read(_SAMPLE)
        file.seek(0)
        self._stream = codecs.getreader(guess(sample) or "utf-8-sig")(file)
        self._text = ""
        self._ended = False
        self._values = 0

    def next_is(self, character: str) -> bool:
        """Return whether this is the next character that isn't white space."""
        self._text = self._text.lstrip()
        while not self._text and not self._ended:
            self._more(_PIECE)
            self._text = self._text.lstrip()
        return self._text.startswith(character)

    def at_end(self) -> bool:
        """Return whether nothing but white space is left."""
        self.next_is("")
        return not self._text

    def take(self, character: str) -> None:
        """Pass over a character that is next."""
        self._text = self._text.removeprefix(character)

    def value(self, decoder: json.JSONDecoder, source: str) -> object:
        """Return the next value. Raises UserError if it is broken or too large for an article."""
        self.next_is("")
        while True:
            try:
                value, end = decoder.raw_decode(self._text)
            except RecursionError as error:
                raise self.broken(source, deep=True) from error
            except ValueError as error:
                if self._ended:
                    raise self.broken(source) from error
            else:
                # A number may go on in what isn't read yet.
                if end < len(self._text) or self._ended:
                    self._text = self._text[end:]
                    self._values += 1
                    return value
            if len(self._text) > MAX_BYTES:
                raise _too_large(source)
            self._more(max(_PIECE, len(self._text)))  # twice as much, so that long values take linear time

    def broken(self, source: str, deep: bool = False) -> UserError:
        """Return the error for what stands after the values that were read."""
        whence, depuis = "", ""
        if self._values:
            whence, depuis = f" after article {self._values}", f" après l'article {self._values}"
        why, cause = (" (nested too deep)", " (trop d'imbrications)") if deep else ("", "")
        return UserError(
            f"{source}: not valid JSON{whence}{why}.", f"{source} : JSON incorrect{depuis}{cause}."
        )

    def _more(self, size: int) -> None:
        try:
            piece = self._stream.read(size)
        except UnicodeDecodeError as error:
            raise UserError(
                "not valid JSON (neither UTF-8 nor another known encoding).",
                "JSON incorrect (ni UTF-8 ni un autre encodage connu).",
            ) from error
        self._text += piece
        self._ended = not piece


def _too_large(source: str) -> UserError:
    limit = f"{MAX_BYTES / 1e6:.0f}"
    return UserError(
        f"{source}: an object of more than {limit} MB; split it into articles.",
        f"{source} : un objet de plus de {limit} Mo ; découpez-le en articles.",
    )
