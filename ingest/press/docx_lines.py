"""DOCX → the lines of its text: only what exports are told by and taken apart by.

Knows paragraphs, tabs and line ends; what was deleted or is hidden is left.
"""

from __future__ import annotations

from io import BytesIO

from lxml import etree

from ingest.decoding.xml_document import local, xml_tree
from ingest.decoding.zip_archive import ZipArchive

_BODY = "word/document.xml"
_MOST_XML = 40_000_000
_ENDS = (b"End of Document", b"Fin du document", b"Ende des Dokument", b"Dokumentende")


def export_text(data: bytes) -> str | None:
    """Return the text of a document that may be an export, by a mark that all of those have; else None.

    Raises:
        UserError: It isn't a DOCX document.
    """
    archive = ZipArchive(BytesIO(data), most_bytes=_MOST_XML)
    if _BODY not in archive:
        return None
    body = archive.part(_BODY)
    if not any(end in body for end in _ENDS):
        return None
    lines: list[str] = []
    for element in xml_tree(body).iter():
        name = local(element)
        if name == "p" or (name == "br" and lines):
            lines.append("")
        elif name == "tab" and lines and local(element.getparent()) == "r":
            lines[-1] += "\t"
        elif name == "t" and lines and not _is_hidden(element.getparent()):
            lines[-1] += element.text or ""
    return "\n".join(lines)


def _is_hidden(run: etree._Element | None) -> bool:
    return run is not None and any(local(one) in ("vanish", "strike", "dstrike") for one in run.iter())
