"""Headings within an article's text: short lines of their own over longer ones.

Pure. Formats write headings as lines without markup, so a line is known for one by what it looks like.
"""

from __future__ import annotations

import re

from rag.schema.article import Span

_LONGEST = 100  # characters of a heading
_PARAGRAPH = 60  # characters of a line that is taken for a paragraph whatever ends it
_ENDS = '.!?…:;,»”")]|'
_LINE_BELOW = re.compile(rf"\n*([^\n]{{0,{2 * _LONGEST}}})")
_BULLET = re.compile(r"[-–—•*·◦▪]\s|\(?\d{1,3}[.)]\s|[a-z]\)\s")


def is_heading(text: str, span: Span) -> bool:
    """Return whether `span` is a line of its own over a paragraph, and no sentence, item or row."""
    line = text[span.start : span.end]
    if not (2 <= len(line) <= _LONGEST) or "\n" in line or line[-1] in _ENDS or _BULLET.match(line):
        return False
    before = text[text.rfind("\n", 0, span.start) + 1 : span.start]
    end = text.find("\n", span.end)
    after = text[span.end :] if end < 0 else text[span.end : end]
    below = "" if end < 0 else _LINE_BELOW.match(text, end)[1].rstrip()
    own_line = not before.strip() and not after.strip() and any(map(str.isalpha, line))
    return own_line and (len(below) >= _PARAGRAPH or below.endswith((".", "!", "?", "…", "»")))


def heading_over(text: str, start: int) -> str:
    """Return the last heading before the line in which `start` is; empty where there is none."""
    end = text.rfind("\n", 0, start)
    while end > 0:
        begin = text.rfind("\n", 0, end) + 1
        line = text[begin:end]
        stripped = line.strip()
        if len(stripped) <= _LONGEST and stripped:
            first = begin + line.index(stripped)
            if is_heading(text, Span(first, first + len(stripped))):
                return stripped
        end = begin - 1
    return ""
