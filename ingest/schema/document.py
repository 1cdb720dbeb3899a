"""What ingestion reads: one article's bytes and where they come from, or why there are none.

Knows neither where to look nor how to read a format.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import astuple, dataclass, field
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from ingest.schema.columns import USUAL, Columns, ColumnSample, MappingNeededError
from ingest.schema.delivery import Delivery
from ingest.schema.metadata import NOTHING_STATED, StatedMetadata
from rag.errors import UserError, reason_of
from rag.observability.redaction import without_userinfo

MAX_BYTES = 50_000_000
# Part of each source's digest: raising it makes every source be read again after a reader has changed.
READER_VERSION = 5


def digest_of(data: bytes, known: StatedMetadata = NOTHING_STATED) -> str:
    """Return what tells whether these bytes were read before, by the same readers, filed as they are now."""
    return _digest(READER_VERSION, data, known)


def was_read_earlier(data: bytes, digest: str, known: StatedMetadata = NOTHING_STATED) -> bool:
    """Return whether a digest is that of these bytes as the readers of an earlier version read them."""
    return any(digest == _digest(version, data, known) for version in range(1, READER_VERSION))


def _digest(version: int, data: bytes, known: StatedMetadata) -> str:
    filed = b"" if known == NOTHING_STATED else repr(astuple(known)).encode("utf-8", "backslashreplace")
    return hashlib.sha256(b"%d:" % version + data + filed).hexdigest()


class NotModified(Exception):
    """Raised by `SourceDocument.load`: the document is as it was when it was last read and listed.

    `moved_to` is where its server says that it is for good, or ''.
    """

    def __init__(self, moved_to: str = "") -> None:
        super().__init__(moved_to)
        self.moved_to = moved_to


@dataclass(frozen=True, slots=True)
class SourceDocument:
    """One document to read.

    `source` is what the user is shown (a path as typed, a URL, a table and its row), `key` its identity
    wherever the command is run, `format` the name of a reader (`text`, `html`…), `origin` the key of what the
    user named and it was found in: a folder, a pattern, a table, a feed; `stated` is what that place states
    of it. `load` fetches at most that many bytes and one more; it raises UserError with one sentence if it
    can't, NotModified if it needn't. Of a table, `columns` says which column holds what, and `open` gives
    the bytes as a seekable file, whatever their number; without it, a table is as limited as an article.
    `in_memory`: bytes that it holds until it is read. `delivery` is what an agency or a press database says
    of it; `container` the key of the file of theirs that it is in. `known` is what a catalogue states in
    which the document is filed: it comes before what the document states. `beside` gives the bytes of a file
    by its name from where an export stands; None if there is none.
    """

    source: str
    key: str
    format: str
    load: Callable[[int], bytes] = field(repr=False, compare=False)
    origin: str = ""
    columns: Columns = field(default=USUAL, repr=False, compare=False)
    open: Callable[[], BinaryIO] | None = field(default=None, repr=False, compare=False)
    stated: StatedMetadata = field(default=NOTHING_STATED, compare=False)
    in_memory: int = field(default=0, repr=False, compare=False)
    delivery: Delivery | None = field(default=None, compare=False)
    container: str = ""
    known: StatedMetadata = field(default=NOTHING_STATED, compare=False)
    beside: Callable[[str], bytes | None] | None = field(default=None, repr=False, compare=False)

    def read(self, max_bytes: int = MAX_BYTES) -> bytes:
        """Return the document's bytes.

        Raises:
            UserError: They can't be had or are more than `max_bytes`.
        """
        data = self.load(max_bytes)
        if len(data) > max_bytes:
            raise too_large(self.source, max_bytes)
        return data

    def stream(self) -> BinaryIO:
        """Return the document's bytes as a seekable file, to be closed.

        Raises:
            UserError: They can't be had.
        """
        return self.open() if self.open else BytesIO(self.read())


@dataclass(frozen=True, slots=True)
class Failure:
    """Something that was asked for and can't be read; `reason` is one sentence, in English and in French.

    Of a table whose text column isn't known: its `columns` and the `command` that reads it.
    """

    source: str
    reason: str
    reason_fr: str
    columns: tuple[ColumnSample, ...] = ()
    command: str = ""

    def __post_init__(self) -> None:
        """Leave out what an address has in it that nobody else is to be told."""
        for name in ("source", "reason", "reason_fr"):
            object.__setattr__(self, name, without_userinfo(getattr(self, name)))

    def text(self, language: str) -> str:
        """Return the reason in `language`: French for `fr`, English otherwise."""
        return self.reason_fr if language == "fr" else self.reason

    @classmethod
    def of(cls, source: str, error: UserError) -> Failure:
        """Return the failure of a source that `error` is about."""
        asked = (error.samples, error.command) if isinstance(error, MappingNeededError) else ()
        return cls(source, error.text("en"), error.text("fr"), *asked)


@dataclass(frozen=True, slots=True)
class Notice:
    """Something of a source that was read otherwise than it may seem.

    `said` is one sentence, in English and in French. `keeps_article`: its article waits until it may
    be published.
    """

    source: str
    said: str
    said_fr: str
    keeps_article: bool = False

    def text(self, language: str) -> str:
        """Return the sentence in `language`: French for `fr`, English otherwise."""
        return self.said_fr if language == "fr" else self.said


def too_large(source: str, max_bytes: int = MAX_BYTES) -> UserError:
    """Return the error for a document of more bytes than are read."""
    limit = f"{max_bytes / 1e6:.0f}"
    return UserError(
        f"{source}: larger than {limit} MB; split it into articles.",
        f"{source} : plus de {limit} Mo ; découpez ce fichier en articles.",
    )


def of_file(path: Path, source: str, key: str, format_: str, origin: str) -> SourceDocument:
    """Return a file, opened only when it is read.

    Args:
        path: The file.
        source: How it was named.
        key: What identifies it.
        format_: Its format.
        origin: What it was found by.

    Raises:
        UserError: When it is read, if it can't be.
    """

    def open_() -> BinaryIO:
        try:
            return path.open("rb")
        except OSError as error:
            raise _unreadable(source, error) from error

    def load(limit: int) -> bytes:
        try:
            with open_() as file:
                return file.read(limit + 1)
        except OSError as error:
            raise _unreadable(source, error) from error

    return SourceDocument(source, key, format_, load, origin, open=open_)


def _unreadable(source: str, error: OSError) -> UserError:
    why = reason_of(error)
    return UserError(
        f"{source}: can't be read ({why}).",
        f"{source} : la lecture est impossible ({why.french}).",
    )
