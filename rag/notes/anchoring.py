"""Where words that were marked are in a later text: at one place beyond doubt, or nowhere.

Pure. Words are found again as they were published, by themselves and by what stands beside them. What is in
doubt isn't found: a mark is never at words that weren't marked.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from rag.schema.article import Span

# So many characters on either side are compared: few first, since a change may be near.
_AROUND = (24, 96, 400)
# With what stands on one side of them only, and alone: shorter words may be others that look the same.
_LONG_BESIDE, _LONG_ALONE = 12, 40  # characters


def hash_of(text: str) -> str:
    """Return what tells a text from every other."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def found_again(before: str, span: Span, after: str) -> Span | None:
    """Return where `before[span.start:span.end]` is in the text that came after; None if that isn't certain.

    What is returned has the very same words.
    """
    words = before[span.start : span.end]
    if not words.strip() or words not in after:
        return None
    for left, right in _surroundings(before, span):
        pattern = left + words + right
        there = _only(pattern, after)
        if there is not None and _only(pattern, before) is not None:
            return Span(there + len(left), there + len(left) + len(words))
    return None


def _surroundings(text: str, span: Span) -> Iterator[tuple[str, str]]:
    """Yield what stands before and after, the surest first."""
    length = span.end - span.start
    sides = [(text[max(0, span.start - n) : span.start], text[span.end : span.end + n]) for n in _AROUND]
    yield from sides
    if length >= _LONG_BESIDE:
        for left, right in sides:
            yield left, ""
            yield "", right
    if length >= _LONG_ALONE:
        yield "", ""


def _only(pattern: str, text: str) -> int | None:
    """Return where a pattern begins that is in a text once."""
    first = text.find(pattern)
    return first if first >= 0 and text.find(pattern, first + 1) < 0 else None
