"""Pages and texts that look like one article and are exports of many: told by how they begin.

Only files are looked into: what is fetched is a page of its own.
"""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import BinaryIO, TextIO

from ingest.containers.delivered import Delivered
from ingest.decoding.charset import decode, guess
from ingest.decoding.decompression import GZIP_MAGIC, unzipped_stream
from ingest.decoding.parser_errors import translate_parser_errors
from ingest.decoding.rtf import read_rtf_text
from ingest.exports.bookmarks import is_bookmarks, read_bookmarks
from ingest.press import europresse
from ingest.press.docx_lines import export_text
from ingest.press.factiva_html import is_factiva_html, read_factiva_html
from ingest.press.nexis_html import nexis_marks, nexis_text
from ingest.press.text_exports import Reader, reader_of
from ingest.schema.delivery import DeliveredArticle
from ingest.schema.document import MAX_BYTES, Failure, Notice, SourceDocument, too_large
from ingest.schema.formats import GZIPPED
from ingest.wires.iptc_7901 import is_iptc_7901, read_iptc_7901
from rag.errors import UserError

Opener = Callable[[SourceDocument, BinaryIO], Iterator[SourceDocument | Failure]]

_TEXTS = ("text", "rtf", "docx")
# One of these is in every export that is plain text, unless its characters have two bytes.
_MARKS = (b"\1", b"\2", b"\0", b"ZCZC", b"****", b"DOCUMENT", b"Document", b"Dokument", b"document")
# Styles may stand before the first article.
_HEAD = 524_288
_SAMPLE = 65_536


def export_opener(item: SourceDocument) -> Opener | None:
    """Return what opens a file that holds several articles, though its format is that of one; else None.

    Raises:
        UserError: The file can't be read.
    """
    if item.open is None:
        return None
    if item.format == "html":
        head = _head(item)
        return _page_opener(head) or (_nexis_opener(item) if nexis_marks(head) else None)
    if item.format in _TEXTS:
        text = _text(item)
        reader = None if text is None else read_iptc_7901 if is_iptc_7901(text[:_SAMPLE]) else reader_of(text)
        return _text_opener(text, reader) if text is not None and reader else None
    return None


def _text(item: SourceDocument) -> str | None:
    """Return the text of a file that may be an export; None if it can't be one, or can't be read as text.

    Whoever reads it as an article tells why it can't be read.
    """
    data = plain_beginning(item, MAX_BYTES)
    if len(data) > MAX_BYTES or (item.format == "text" and not any(mark in data for mark in _MARKS)):
        return None
    try:
        if item.format == "docx":
            return export_text(data)
        return read_rtf_text(data).text if item.format == "rtf" else decode(data)
    except UserError:
        return None


def _head(item: SourceDocument) -> bytes:
    """Return how a file begins, without what two-byte encodings add: what exports are told by is ASCII."""
    head = plain_beginning(item, _HEAD)
    return head.replace(b"\0", b"") if b"\0" in head[:4] else head


def plain_beginning(item: SourceDocument, limit: int) -> bytes:
    """Return the first bytes of a file, unzipped. It isn't opened: an upload is gone once it is closed."""
    data = item.load(limit)
    if item.format not in GZIPPED or not data.startswith(GZIP_MAGIC):
        return data
    return unzipped_stream(BytesIO(item.load(MAX_BYTES))).read(limit + 1)


def _page_opener(head: bytes) -> Opener | None:
    if is_bookmarks(head):
        return _open_bookmarks
    if any(mark in head for mark in europresse.MARKS):
        is_new = europresse.has_articles(head.decode("latin-1"))
        return _stream_opener(lambda text: europresse.read_europresse(text, is_new))
    return _stream_opener(read_factiva_html) if is_factiva_html(head) else None


def _open_bookmarks(item: SourceDocument, file: BinaryIO) -> Iterator[SourceDocument | Failure | Notice]:
    data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise too_large(item.source)
    yield from Delivered(item).all(read_bookmarks(decode(data, html=True)))
    raise UserError("there is no article in it.", "il ne contient pas d'article.")


def _nexis_opener(item: SourceDocument) -> Opener | None:
    """Return what opens a page of Nexis; None for a page that has such a mark and is none."""
    data = plain_beginning(item, MAX_BYTES)
    if len(data) > MAX_BYTES:
        return None
    try:
        text = nexis_text(decode(data, html=True))
    except UserError:
        text = ""
    reader = reader_of(text)
    if reader is None and nexis_marks(data) > 1:
        return _refuse
    return _text_opener(text, reader) if reader else None


def _refuse(_item: SourceDocument, _file: BinaryIO) -> Iterator[SourceDocument | Failure]:
    raise _unknown_form()


def _unknown_form() -> UserError:
    return UserError(
        "an export of a press database in a form that isn't known; none of its articles is read.",
        "un export de base de presse dans une forme inconnue ; aucun de ses articles n'est lu.",
    )


def _stream_opener(reader: Callable[[TextIO], Iterator[DeliveredArticle | UserError]]) -> Opener:
    """Return what reads a page article by article, whatever its length."""

    def open_(item: SourceDocument, file: BinaryIO) -> Iterator[SourceDocument | Failure]:
        encoding = guess(file.read(_SAMPLE)) or "utf-8-sig"
        file.seek(0)
        text = codecs.getreader(encoding)(file, errors="replace")
        delivered, row = Delivered(item), 0
        with translate_parser_errors(_unreadable):
            for row, one in enumerate(reader(text), start=1):
                yield delivered.failure(row, one) if isinstance(one, UserError) else delivered.take(row, one)
        if not row:
            raise _unknown_form()

    return open_


def _text_opener(text: str, reader: Reader) -> Opener:
    def open_(item: SourceDocument, _file: BinaryIO) -> Iterator[SourceDocument | Failure]:
        with translate_parser_errors(_unreadable):
            articles = list(reader(text))
        if not articles:
            raise UserError("there is no article in it.", "il ne contient pas d'article.")
        delivered = Delivered(item)
        if len(articles) == 1 and isinstance(articles[0], DeliveredArticle):
            yield delivered.whole(articles[0])
        else:
            yield from delivered.all(articles)

    return open_


def _unreadable(kind: str) -> UserError:
    return UserError(
        f"its articles can't be read ({kind}).", f"ses articles ne peuvent pas être lus ({kind})."
    )
