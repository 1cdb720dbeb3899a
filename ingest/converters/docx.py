"""DOCX → its text and what its properties state. Its dates are those of the file: no publication's."""

from __future__ import annotations

import re
from io import BytesIO

from ingest.decoding.html_text import text_of_markup
from ingest.decoding.sandbox import parsed
from ingest.decoding.zip_archive import ZipArchive
from ingest.schema.metadata import (
    TITLE_LENGTH,
    StatedMetadata,
    clean_line,
    language_code,
    own_author,
    own_title,
)
from rag.errors import UserError

_MOST_XML = 40_000_000
_OLE = b"\xd0\xcf\x11\xe0"
# The arrows by which mammoth leads from a note back to its place.
_BACK = re.compile(r'<a href="#(?:foot|end)note-ref-[^"]*">[^<]*</a>')


def read_docx(data: bytes) -> tuple[str, StatedMetadata]:
    """Return the text of a document, with its notes at the end.

    Raises:
        UserError: It can't be had.
    """
    if data.startswith(_OLE):
        raise UserError(
            "it is protected with a password, or a .doc of old; save it as DOCX without a password.",
            "il est protégé par un mot de passe, ou c'est un ancien .doc ; enregistrez-le en DOCX sans mot de"
            " passe.",
        )
    archive = ZipArchive(BytesIO(data), most_bytes=_MOST_XML)
    if "[Content_Types].xml" not in archive:
        raise UserError("it isn't a DOCX document.", "ce n'est pas un document DOCX.")
    archive.check_xml(endings=(".xml", ".rels"))
    found = parsed("ingest.converters.docx_worker", data)
    stated = StatedMetadata(
        title=own_title(clean_line(found.get("title"), TITLE_LENGTH)),
        author=own_author(clean_line(found.get("author"))),
        language=language_code(found.get("language")),
    )
    html = _BACK.sub("", str(found.get("html") or ""))
    return (text_of_markup(html) if html.strip() else ""), stated
