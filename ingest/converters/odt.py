"""ODT → its text and what its properties state. Its dates are those of the file: no publication's."""

from __future__ import annotations

from io import BytesIO

from ingest.decoding.decompression import refuse_entities
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
_TYPE = b"application/vnd.oasis.opendocument.text"
_ENCRYPTED = b"encryption-data"
_MANIFEST = "META-INF/manifest.xml"
_HEAD = 4_096


def read_odt(data: bytes) -> tuple[str, StatedMetadata]:
    """Return the text of a document, packed or flat, with its notes at the end.

    Raises:
        UserError: It can't be had.
    """
    if data.startswith(b"PK"):
        _check_archive(ZipArchive(BytesIO(data), most_bytes=_MOST_XML))
    else:
        head = data[:_HEAD].replace(b"\0", b"")  # in two bytes a character
        if b"<office:document" not in head:
            raise _no_text()
        refuse_entities(data.replace(b"\0", b"").decode("latin-1"))
    found = parsed("ingest.converters.odt_worker", data)
    if found.get("kind") == "other":
        raise _no_text()
    stated = StatedMetadata(
        title=own_title(clean_line(found.get("title"), TITLE_LENGTH)),
        author=own_author(clean_line(found.get("author"))),
        language=language_code(found.get("language")),
    )
    html = str(found.get("html") or "")
    return (text_of_markup(html) if html.strip() else ""), stated


def _check_archive(archive: ZipArchive) -> None:
    if "content.xml" not in archive:
        raise _no_text()
    if "mimetype" in archive and not archive.part("mimetype").strip().startswith(_TYPE):
        raise _no_text()
    if _MANIFEST in archive and _ENCRYPTED in archive.part(_MANIFEST):
        raise UserError(
            "it is protected with a password; save it without one.",
            "il est protégé par un mot de passe ; enregistrez-le sans mot de passe.",
        )
    archive.check_xml(endings=("content.xml", "styles.xml", "meta.xml"))


def _no_text() -> UserError:
    return UserError("it isn't an OpenDocument text (ODT).", "ce n'est pas un texte OpenDocument (ODT).")
