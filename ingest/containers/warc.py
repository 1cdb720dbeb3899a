"""WARC → the pages of HTML that servers answered with, each under the address that was asked for.

The date of the capture is no date of publication: what a page states is read with the page.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from warcio.archiveiterator import ArchiveIterator
from warcio.recordloader import ArcWarcRecord

from ingest.decoding.charset import with_declared
from ingest.decoding.decompression import bomb
from ingest.decoding.parser_errors import translate_parser_errors
from ingest.schema.document import MAX_BYTES, Failure, SourceDocument
from rag.errors import UserError

_PAGES = ("text/html", "application/xhtml+xml")
_MAGIC = (b"WARC/", b"\x1f\x8b")
_PIECE = 65_536


def open_warc(item: SourceDocument, file: BinaryIO) -> Iterator[SourceDocument | Failure]:
    """Yield the successful responses that are HTML, in order.

    Raises:
        UserError: It is no archive, has no page, or is broken: what came before is kept.
    """
    if not file.read(5).startswith(_MAGIC):
        raise UserError("not a WARC file.", "ce n'est pas un fichier WARC.")
    file.seek(0)
    seen: set[str] = set()
    pages = 0

    def broken(kind: str) -> UserError:
        return UserError(
            f"{item.source}: broken after {pages} pages ({kind}); the rest can't be read.",
            f"{item.source} : endommagé après {pages} pages ({kind}) ; le reste est illisible.",
        )

    with translate_parser_errors(broken):
        for record in ArchiveIterator(file):
            if _is_page(record):
                pages += 1
                yield _page(item, record, seen)
            if _is_cut_off(record):
                raise UserError(
                    f"it ends within a record, after {pages} pages.",
                    f"il s'arrête au milieu d'un enregistrement, après {pages} pages.",
                )
    if not pages:
        raise UserError(
            "there is no page of HTML in it.",
            "il ne contient pas de page HTML.",
        )


def _is_page(record: ArcWarcRecord) -> bool:
    if record.rec_type != "response" or not record.http_headers:
        return False
    kind = (record.http_headers.get_header("Content-Type") or "").partition(";")[0].strip().lower()
    return record.http_headers.get_statuscode() == "200" and kind in _PAGES


def _is_cut_off(record: ArcWarcRecord) -> bool:
    """Return whether the file ends before the record does."""
    return getattr(record.raw_stream, "limit", 0) > 0 and not record.raw_stream.read(1)


def _page(item: SourceDocument, record: ArcWarcRecord, seen: set[str]) -> SourceDocument | Failure:
    address = " ".join((record.rec_headers.get_header("WARC-Target-URI") or "").strip("<> ").split())
    key = f"{item.key}#{address}"
    if key in seen:  # captured again
        key = f"{key}@{record.rec_headers.get_header('WARC-Date')}"
    seen.add(key)
    try:
        body = _body(record)
    except UserError as error:
        return Failure(address, f"{address}: {error}", f"{address} : {error.text('fr')}")
    stated = (record.http_headers.get_header("Content-Type") or "").partition("charset=")[2]
    data = with_declared(body, stated.partition(";")[0].strip(" \"'"))
    return SourceDocument(address, key, "html", lambda _: data, item.origin)


def _body(record: ArcWarcRecord) -> bytes:
    """Return the page, without the server's compression, as long as an article may be."""
    stream = record.content_stream()
    body = bytearray()
    while piece := stream.read(_PIECE):
        body += piece
        if len(body) > MAX_BYTES:
            raise bomb()
    return bytes(body)
