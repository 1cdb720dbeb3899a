"""RTF → its text and what its information states. Its dates are those of the file: no publication's."""

from __future__ import annotations

from ingest.decoding.rtf import read_rtf_text
from ingest.schema.metadata import TITLE_LENGTH, StatedMetadata, clean_line, own_title


def read_rtf(data: bytes) -> tuple[str, StatedMetadata]:
    """Return the text of a document, rows of tables as `a | b`.

    Raises:
        UserError: It isn't RTF.
    """
    found = read_rtf_text(data)
    lines = (" | ".join(filter(None, map(str.strip, line.split("\t")))) for line in found.text.split("\n"))
    title, author = clean_line(found.title, TITLE_LENGTH), clean_line(found.author)
    return "\n".join(lines).strip(), StatedMetadata(title=own_title(title), author=author)
