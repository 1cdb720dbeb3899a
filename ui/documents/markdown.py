"""A document → Markdown with footnotes, as GitHub, Pandoc, Obsidian and Zettlr read it.

Pure. What articles, people and models wrote is text, whatever it looks like: never markup, image or link.
"""

from __future__ import annotations

import re

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
from ui.documents.document import Text as Words

# What Markdown would read as markup, and what its readers make links of by themselves.
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~!&$^@])|(?<=:)(?=//)|(?i:(?<=www)(?=\.))")
_LINE_START = re.compile(r"(?m)^([^\S\n]*)([-+=]|\d+(?=[.)]))")
_AROUND = {"strong": "**", "italic": "*", "plain": "", "note": ""}
_IN_BRACKETS = {"<": "%3C", ">": "%3E", "\\": "%5C"}


def markdown(document: Document) -> str:
    """Return the document as Markdown."""
    parts = [f"# {_escaped(document.title)}"] if document.title else []
    parts += [_block(block) for block in document.blocks]
    parts += [
        f"[^{number}]: {_written(line).replace(chr(10), chr(10) + '    ')}"
        for number, line in enumerate(document.notes, start=1)
    ]
    return "\n\n".join(parts) + "\n"


def _block(block: Block) -> str:
    match block:
        case Heading(level, words):
            return f"{'#' * level} {_escaped(words)}"
        case Bullets(lines):
            return "\n".join(f"- {_written(line)}".replace("\n", "\n  ") for line in lines)
        case Paragraph(line, aside):
            return f"> {_written(line)}".replace("\n", "\n> ") if aside else _written(line)
    raise TypeError(f"not a block: {type(block).__name__}")


def _written(line: Line) -> str:
    written = "".join(_inline(part) for part in line)
    return _LINE_START.sub(_escaped_start, written.strip())


def _inline(part: Inline) -> str:
    match part:
        case NoteMark(number):
            return f"[^{number}]"
        case Quotation(words, first, last):
            # A backslash at the end of a line breaks it there.
            broken = "\\\n".join(_escaped(one.strip(" \t")) for one in words.split("\n"))
            return f"{first}{broken}{last}"
        case Words(words, style, _, url):
            return _link(url) if url else _styled(words, _AROUND[style])
    raise TypeError(f"not a part of a line: {type(part).__name__}")


def _styled(words: str, around: str) -> str:
    """Return words between marks of emphasis, which no white space may stand beside."""
    inside = words.strip()
    if not around or not inside:
        return _escaped(words)
    before, _, after = words.partition(inside)
    return f"{before}{around}{_escaped(inside)}{around}{after}"


def _link(url: str) -> str:
    return f"<{''.join(_IN_BRACKETS.get(character, character) for character in url)}>"


def _escaped(words: str) -> str:
    return _SPECIAL.sub(lambda found: "\\" + (found[1] or ""), words)


def _escaped_start(found: re.Match[str]) -> str:
    space, mark = found[1], found[2]
    return f"{space}{mark}\\" if mark.isdigit() else f"{space}\\{mark}"
