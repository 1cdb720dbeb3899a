"""A process of its own: an OpenDocument text on standard input → its text as HTML, its properties, as JSON.

Packed as a zip, or flat as one XML document. Pictures aren't opened, and nothing outside the file is.
"""

from __future__ import annotations

import io
import json
import re
import sys
import zipfile

from lxml import etree

from ingest.converters.odf_markup import body_html, document_body
from ingest.decoding.sandbox import SECONDS, limit_worker, still_working

_DC = "{http://purl.org/dc/elements/1.1/}"
_META = "{urn:oasis:names:tc:opendocument:xmlns:meta:1.0}"
_PICTURE = re.compile(rb"<office:binary-data[^<>]*>[^<>]*</office:binary-data>")


def main() -> None:
    """Read, and write one object: `html` with what the document's properties state."""
    limit_worker()
    still_working(SECONDS)
    parts = _parts(sys.stdin.buffer.read())
    body = document_body(parts[0])
    if body is None:
        sys.stdout.write(json.dumps({"kind": "other"}))
        return
    sys.stdout.write(json.dumps({"html": body_html(body, parts), **_properties(parts)}))


def _parts(data: bytes) -> list[etree._Element]:
    """Return the roots of the document's parts, its text first."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True)
    if not data.startswith(b"PK"):
        return [etree.fromstring(_PICTURE.sub(b"", data), parser)]
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = [name for name in ("content.xml", "styles.xml", "meta.xml") if name in archive.namelist()]
        return [etree.fromstring(archive.read(name), parser) for name in names]


def _properties(parts: list[etree._Element]) -> dict[str, str | None]:
    def first(*names: str) -> str | None:
        found = (part.findtext(f".//{name}") for name in names for part in parts)
        return next((value for value in found if value and value.strip()), None)

    return {
        "title": first(f"{_DC}title"),
        # `dc:creator` is whoever changed it last.
        "author": first(f"{_META}initial-creator", f"{_DC}creator"),
        "language": first(f"{_DC}language"),
    }


if __name__ == "__main__":
    main()
