"""WARC → the pages and documents that were saved, each under the address that was asked for.

The date of the capture is no date of publication: what a page states is read with the page.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from io import BytesIO
from typing import BinaryIO

from warcio.bufferedreaders import ChunkedDataReader
from warcio.statusandheaders import StatusAndHeaders

from ingest.archives.packed import is_packed_warc
from ingest.archives.records import BrokenRecord, CutOffError, WarcRecord, http_parts, read_records
from ingest.decoding.charset import with_declared
from ingest.decoding.decompression import bomb
from ingest.decoding.http_codings import codings, undone
from ingest.decoding.parser_errors import translate_parser_errors
from ingest.schema.addresses import path_of
from ingest.schema.content_types import sniffed, web_format
from ingest.schema.document import MAX_BYTES, Failure, Notice, SourceDocument, too_large
from ingest.schema.metadata import NOTHING_STATED, StatedMetadata
from rag.errors import UserError

Found = SourceDocument | Failure | Notice

# Of what servers answer, text that isn't a page is mostly no article: scripts, lists of rules for robots.
_ANSWERED = ("html", "pdf", "docx", "odt", "rtf", "epub")
_KEPT = (*_ANSWERED, "text", "markdown")
_ENTRIES = ("resource", "conversion")
_TYPES = (
    "warcinfo", "response", "resource", "request", "metadata", "revisit", "conversion", "continuation",
)  # fmt: skip
# What crawlers keep of their own work: logs, manifests, pictures and texts of pages that are there too.
_OWN_SCHEMES = ("metadata:", "urn:text", "urn:view", "urn:thumbnail", "urn:pageinfo", "urn:fullpage", "dns:")
_MOST_BROKEN = 1_000
_PIECE = 65_536


def open_warc(item: SourceDocument, file: BinaryIO) -> Iterator[Found]:
    """Yield the pages and documents of an archive, in order; each record that can't be read as a failure.

    Raises:
        UserError: It is no archive, has no page, or is cut off: what came before is kept.
    """
    saved = SavedPages(item)
    yield from saved.read(file)
    yield from saved.left_out()
    saved.require_some()


@dataclass
class SavedPages:
    """The pages of one or several WARCs that belong together; `titles` are what a list of them says."""

    item: SourceDocument
    titles: Mapping[str, str] = field(default_factory=dict)
    pages: int = 0
    broken: int = 0
    _seen: set[bytes] = field(default_factory=set)
    _revisited: dict[bytes, str] = field(default_factory=dict)

    def read(self, file: BinaryIO) -> Iterator[Found]:
        """Yield what one WARC holds.

        Raises:
            UserError: It is no WARC, is cut off, or has a thousand records that can't be read.
        """
        if not is_packed_warc(file.read(16)):
            raise UserError("not a WARC file.", "ce n'est pas un fichier WARC.")
        file.seek(0)
        with translate_parser_errors(self._unreadable):
            for record in read_records(file):
                if isinstance(record, BrokenRecord):
                    yield self._failure(record)
                else:
                    yield from self._record(record)

    def has(self, address: str) -> bool:
        """Return whether there is a page or an answer of any kind at this address."""
        return _digest(address) in self._seen

    def knows(self, address: str) -> bool:
        """Return whether there is a record of any kind of this address, read or told."""
        return _digest(f"told {address}") in self._seen

    def left_out(self) -> Iterator[Notice]:
        """Yield what is to be told of pages that are named and whose text isn't there."""
        missing = [address for name, address in self._revisited.items() if name not in self._seen]
        if missing:
            source, count, first = self.item.source, len(missing), missing[0]
            yield Notice(
                source,
                f"{source}: {count} pages are only said to be as they were at another capture, which isn't in"
                f" it (first: {first}); ingest the archive that has it.",
                f"{source} : {count} pages y sont seulement dites inchangées depuis une autre capture, qui"
                f" n'y est pas (la première : {first}) ; ajoutez l'archive qui la contient.",
            )

    def require_some(self) -> None:
        """Raise UserError if no page was found, and nothing else was told."""
        if not self.pages and not self.broken:
            raise UserError("there is no page or document in it.", "il ne contient ni page ni document.")

    def _failure(self, record: BrokenRecord) -> Failure:
        self.broken += 1
        if isinstance(record.error, CutOffError):
            where = f" ({record.address})" if record.address else ""
            raise UserError(
                f"it ends within a record, after {self.pages} pages{where}.",
                f"il s'arrête au milieu d'un enregistrement, après {self.pages} pages{where}.",
            )
        if self.broken > _MOST_BROKEN:
            raise UserError(
                f"{_MOST_BROKEN} records can't be read; the rest was left.",
                f"{_MOST_BROKEN} enregistrements sont illisibles ; le reste a été laissé.",
            )
        return self._told(record.address, record.error)

    def _told(self, address: str, error: UserError) -> Failure:
        where = address or self.item.source
        if str(error).startswith(where):
            return Failure.of(where, error)
        return Failure(where, f"{where}: {error}", f"{where} : {error.text('fr')}")

    def _unreadable(self, kind: str) -> UserError:
        return UserError(
            f"{self.item.source}: broken after {self.pages} pages ({kind}); the rest can't be read.",
            f"{self.item.source} : endommagé après {self.pages} pages ({kind}) ; le reste est illisible.",
        )

    def _record(self, record: WarcRecord) -> Iterator[Found]:
        kind = record.stated("WARC-Type").lower()
        if kind not in _TYPES:
            yield self._failure(BrokenRecord(record.address, _unknown(kind)))
            return
        if kind in ("response", "revisit", *_ENTRIES):
            self._seen.add(_digest(f"told {without_fragment(record.address)}"))
        if kind == "revisit":
            self._note_revisit(record)
        if kind not in ("response", *_ENTRIES) or record.address.lower().startswith(_OWN_SCHEMES):
            return
        if kind == "conversion" and self.has(record.address):
            return  # the page that it was made from is there
        try:
            document = self._document(record, kind)
        except UserError as error:
            self.pages += 1
            yield self._told(record.address, error)
            return
        self._note(record)
        if document is None:
            return
        self.pages += 1
        yield document
        if cut := record.stated("WARC-Truncated"):
            yield _truncated(record.address, cut)

    def _note(self, record: WarcRecord) -> None:
        self._seen.add(_digest(record.address))
        if digest := record.stated("WARC-Payload-Digest"):
            self._seen.add(_digest(digest))

    def _note_revisit(self, record: WarcRecord) -> None:
        digest = record.stated("WARC-Payload-Digest")
        if digest and _digest(digest) in self._seen:
            return
        original = record.stated("WARC-Refers-To-Target-URI").strip("<> ") or record.address
        self._revisited.setdefault(_digest(original), record.address)

    def _document(self, record: WarcRecord, kind: str) -> SourceDocument | None:
        """Return what a record holds; None if that is neither a page nor a document. Raises UserError."""
        body, stated, head = record.body, record.stated("Content-Type"), None
        if kind == "response" and (
            stated.lower().startswith("application/http") or body.startswith(b"HTTP/")
        ):
            head, body = http_parts(body)
            if not head.get_statuscode().isdigit():
                raise UserError("its HTTP header is damaged.", "son en-tête HTTP est endommagé.")
            if head.get_statuscode() != "200":
                return None
            stated = (head.get_header("Content-Type") or "").strip()
        format_ = _format(stated, record.address, body, head is not None)
        if format_ is None:
            return None
        if record.length > MAX_BYTES:
            raise too_large(record.address)
        data = body if head is None else _decoded(head, body)
        if format_ in ("html", "text", "markdown"):
            data = with_declared(data, stated.partition("charset=")[2].partition(";")[0].strip(" \"'"))
        title = self.titles.get(without_fragment(record.address))
        return SourceDocument(
            record.address,
            self._key(record),
            format_,
            lambda _: data,
            self.item.origin,
            stated=StatedMetadata(title=title) if title else NOTHING_STATED,
        )

    def _key(self, record: WarcRecord) -> str:
        """Return the key of a page; of one that was captured again, with the moment of the capture."""
        key = f"{self.item.key}#{record.address}"
        again = f"{key}@{record.stated('WARC-Date')}"
        for tried in (key, again, f"{again}#{self.pages}"):
            name = _digest(f"key {tried}")
            if name not in self._seen:
                break
        self._seen.add(name)
        return tried


def without_fragment(address: str) -> str:
    """Return an address without the place on its page."""
    return address.partition("#")[0]


def _digest(name: str) -> bytes:
    """Return what tells an address from all others, and is short: an archive may have millions."""
    return blake2b(name.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def _format(stated: str, address: str, body: bytes, is_answer: bool) -> str | None:
    """Return the format of a page or document; None of what is neither, or no article."""
    kind = stated.partition(";")[0].strip().lower()
    if not kind:
        sniffed_ = sniffed(body)
        return sniffed_ if sniffed_ in _ANSWERED else None
    if not is_answer and kind == "text/plain":  # said by a program that looked, whatever the address ends in
        return None if path_of(address).endswith("/robots.txt") else "text"
    format_ = web_format(kind, address)
    return format_ if format_ in (_ANSWERED if is_answer else _KEPT) else None


def _decoded(head: StatusAndHeaders, body: bytes) -> bytes:
    """Return the page, without the codings in which its server sent it, as long as an article may be.

    warcio's own stream of it knows some of their names in some spellings, and takes the others for the page.
    """
    transfer = codings(_header(head, "transfer-encoding"))
    if "chunked" in transfer:
        body = _unchunked(body)
    for coding in reversed([*codings(_header(head, "content-encoding")), *transfer]):
        if coding != "chunked":
            body = undone(body, coding)
    return body


def _unchunked(body: bytes) -> bytes:
    stream, joined = ChunkedDataReader(BytesIO(body)), bytearray()
    while piece := stream.read(_PIECE):
        joined += piece
        if len(joined) > MAX_BYTES:
            raise bomb()
    return bytes(joined)


def _header(head: StatusAndHeaders, name: str) -> str:
    """Return the value of a header; of one that stands there several times, all values in one list."""
    return ",".join(value for stated, value in head.headers if stated.lower() == name)


def _unknown(kind: str) -> UserError:
    return UserError(
        f"a record of a kind that isn't known ({kind[:40] or '?'}).",
        f"un enregistrement d'une sorte inconnue ({kind[:40] or '?'}).",
    )


def _truncated(address: str, why: str) -> Notice:
    shown = why[:40]
    return Notice(
        address,
        f"{address}: the crawler cut this page off ({shown}); what it kept is read.",
        f"{address} : le robot a coupé cette page ({shown}) ; ce qu'il en a gardé est lu.",
    )
