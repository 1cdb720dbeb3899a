"""A document → plain text to paste elsewhere: `[n]` where a footnote is marked, then what each stands for.

Pure. Plain text: whatever the articles say, it is nothing but characters.
"""

from __future__ import annotations

from ui.documents.document import (
    Block,
    Bullets,
    Document,
    Heading,
    Inline,
    Line,
    NoteMark,
    Paragraph,
    Quotation,
)
from ui.formatting.i18n import text


def plain(document: Document) -> str:
    """Return the document as plain text, without a line end at its end."""
    parts = [document.title] if document.title else []
    parts += [_block(block) for block in document.blocks]
    if document.notes:
        notes = [f"[{number}] {line_text(line)}" for number, line in enumerate(document.notes, start=1)]
        parts.append("\n".join([text("copy_sources", document.language), *notes]))
    return "\n\n".join(parts)


def line_text(line: Line) -> str:
    """Return a line as plain text; a quotation keeps its line ends."""
    return "".join(_inline(part) for part in line).strip()


def _block(block: Block) -> str:
    match block:
        case Heading(_, words):
            return words
        case Bullets(lines):
            return "\n".join(f"- {line_text(line)}" for line in lines)
        case Paragraph(line):
            return line_text(line)
    raise TypeError(f"not a block: {type(block).__name__}")


def _inline(part: Inline) -> str:
    match part:
        case NoteMark(number):
            return f" [{number}]"
        case Quotation(words, first, last):
            return f"{first}{words}{last}"
    return part.words
