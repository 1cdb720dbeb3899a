"""A process of its own: a DOCX on standard input → its text as HTML and its properties, as JSON.

mammoth reads the document as it is shown: insertions and deletions as if accepted, lists, tables, footnotes.
Images aren't opened, and nothing outside the file is.
"""

from __future__ import annotations

import io
import json
import sys
import zipfile
from xml.etree import ElementTree

import mammoth

from ingest.converters.docx_markup import as_shown
from ingest.decoding.sandbox import SECONDS, limit_worker, still_working

_DC = "{http://purl.org/dc/elements/1.1/}"


def main() -> None:
    """Read, and write one object: `html` with what the document's properties state."""
    limit_worker()
    still_working(SECONDS)
    data = sys.stdin.buffer.read()
    no_images = mammoth.images.img_element(lambda _: {})
    found = mammoth.convert_to_html(
        io.BytesIO(as_shown(data)), convert_image=no_images, include_embedded_style_map=False
    )
    sys.stdout.write(json.dumps({"html": found.value, **_properties(data)}))


def _properties(data: bytes) -> dict[str, str | None]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if "docProps/core.xml" not in archive.namelist():
            return {}
        core = ElementTree.fromstring(archive.read("docProps/core.xml"))
    return {
        "title": core.findtext(f"{_DC}title"),
        "author": core.findtext(f"{_DC}creator"),
        "language": core.findtext(f"{_DC}language"),
    }


if __name__ == "__main__":
    main()
