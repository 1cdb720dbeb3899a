"""EPUB → the text of its chapters in reading order, and what the package states about the book.

The date of the publication is read; the one of the last change is the file's, and isn't.
"""

from __future__ import annotations

import posixpath
import re
from html.entities import html5
from io import BytesIO
from urllib.parse import unquote

from lxml import etree

from ingest.decoding.charset import decode
from ingest.decoding.decompression import refuse_entities
from ingest.decoding.html_text import text_of, text_of_markup
from ingest.decoding.zip_archive import ZipArchive
from ingest.schema.document import MAX_BYTES
from ingest.schema.metadata import TITLE_LENGTH, StatedMetadata, clean_line, iso_date, language_code, names
from rag.errors import UserError

_CONTAINER = "META-INF/container.xml"
_ENCRYPTION = "META-INF/encryption.xml"
_OPF = "{http://www.idpf.org/2007/opf}"
_DC = "{http://purl.org/dc/elements/1.1/}"
_CHAPTERS = ("application/xhtml+xml", "text/html")
_MOST_CHAPTERS = 5_000
_ENTITY = re.compile(r"&([A-Za-z][A-Za-z0-9]{1,30};)")
_XML_ENTITIES = ("amp;", "lt;", "gt;", "quot;", "apos;")
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")


def read_epub(data: bytes) -> tuple[str, StatedMetadata]:
    """Return the text of a book.

    Raises:
        UserError: It has none that can be read.
    """
    archive = ZipArchive(BytesIO(data), most_bytes=MAX_BYTES)
    if _CONTAINER not in archive:
        raise UserError("it isn't an EPUB book.", "ce n'est pas un livre EPUB.")
    root_file = _xml(archive, _CONTAINER).find(".//{*}rootfile")
    path = (root_file.get("full-path") if root_file is not None else None) or ""
    package = _xml(archive, path)
    chapters = _chapters(package, posixpath.dirname(path))
    encrypted = _encrypted(archive)
    if encrypted.intersection(chapters):
        raise UserError(
            "it is protected (DRM); only books without protection can be read.",
            "il est protégé (DRM) ; seuls les livres sans protection peuvent être lus.",
        )
    texts = [_chapter(archive, name) for name in chapters if name in archive]
    return "\n\n".join(text for text in texts if text), _stated(package)


def _chapters(package: etree._Element, folder: str) -> list[str]:
    """Return the names of the chapters' files, in the order of reading, without the table of contents."""
    items = {item.get("id"): item for item in package.iterfind(f"{_OPF}manifest/{_OPF}item")}
    order = [ref.get("idref") for ref in package.iterfind(f"{_OPF}spine/{_OPF}itemref")][:_MOST_CHAPTERS]
    found = [items[idref] for idref in dict.fromkeys(order) if idref in items]
    return [
        posixpath.normpath(posixpath.join(folder, unquote(item.get("href") or "")))
        for item in found
        if item.get("media-type") in _CHAPTERS and "nav" not in (item.get("properties") or "").split()
    ]


def _encrypted(archive: ZipArchive) -> set[str]:
    if _ENCRYPTION not in archive:
        return set()
    references = _xml(archive, _ENCRYPTION).iterfind(".//{*}CipherReference")
    return {unquote(reference.get("URI") or "") for reference in references}


def _chapter(archive: ZipArchive, name: str) -> str:
    """Return a chapter's text: XHTML as it should be, else HTML."""
    markup = _DECLARATION.sub("", decode(archive.part(name), html=True))
    refuse_entities(markup)
    try:
        # XML knows none of the entities of HTML but five.
        return text_of(etree.fromstring(_ENTITY.sub(_character, markup), parser=_parser()))
    except (etree.XMLSyntaxError, ValueError):  # a second declaration of the encoding is a ValueError
        return text_of_markup(markup) if markup.strip() else ""


def _character(entity: re.Match[str]) -> str:
    return entity[0] if entity[1] in _XML_ENTITIES else html5.get(entity[1], entity[0])


def _xml(archive: ZipArchive, name: str) -> etree._Element:
    try:
        markup = archive.part(name)
        refuse_entities(markup.decode("utf-8", "replace"))
        return etree.fromstring(markup, parser=_parser())
    except etree.XMLSyntaxError as error:
        raise UserError(f"{name} in it isn't valid XML.", f"{name} n'y est pas du XML correct.") from error


def _parser() -> etree.XMLParser:
    return etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)


def _stated(package: etree._Element) -> StatedMetadata:
    def values(name: str) -> list[str]:
        return [element.text or "" for element in package.iterfind(f"{_OPF}metadata/{_DC}{name}")]

    return StatedMetadata(
        title=next((line for title in values("title") if (line := clean_line(title, TITLE_LENGTH))), None),
        outlet=names(values("publisher")),
        author=names(values("creator")),
        language=next((code for value in values("language") if (code := language_code(value))), None),
        published_at=_published(package),
    )


def _published(package: etree._Element) -> str | None:
    """Return the date of publication; EPUB 2 says of each date what it is of."""
    for element in package.iterfind(f"{_OPF}metadata/{_DC}date"):
        if element.get(f"{_OPF}event", "publication") == "publication":
            return iso_date(element.text)
    return None
