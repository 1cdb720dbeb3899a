"""Where sentences end, which depends on the text's language.

Pure functions over strings; knows no article, index or model. Offsets count characters of the
text that was given.
"""

from __future__ import annotations

import re
from itertools import pairwise

from rag.schema.article import Span
from rag.text.sentence_boundaries import boundaries

_TERMINAL = ".!?…:;"
_CLOSERS = "»”’\"')]"


def split_sentences(text: str, language: str | None = None) -> list[Span]:
    """Return sentences of `text` in order, without the white space around them.

    They never overlap and together hold every character that isn't white space. A line break ends a
    sentence, unless it is soft, as those of a text wrapped at 80 columns: the next line begins with a
    lower-case letter, and the line before, closing quotes and brackets aside, doesn't end with one of
    `. ! ? … : ;`. Within a line `sentence_boundaries` decides.
    """
    spans: list[Span] = []
    for block in re.finditer(r"[^\n]+", unwrapped(text)):
        ends = [block.start() + end for end in boundaries(block[0], language)]
        edges = [block.start(), *ends, block.end()]
        spans.extend(_strip(text, start, end) for start, end in pairwise(edges))
    return [span for span in spans if span.end > span.start]


def unwrapped(text: str) -> str:
    """Return `text` with a space for each soft line break (see `split_sentences`): no offset moves."""
    if "\n" not in text:
        return text
    lines = text.split("\n")
    joints = (" " if _runs_on(line, after) else "\n" for line, after in pairwise(lines))
    return "".join(part for pair in zip(lines, [*joints, ""], strict=True) for part in pair)


def _runs_on(line: str, after: str) -> bool:
    last = next((char for char in reversed(line) if not char.isspace() and char not in _CLOSERS), None)
    return after[:1].islower() and last is not None and last not in _TERMINAL


def _strip(text: str, start: int, end: int) -> Span:
    inner = text[start:end]
    return Span(start + len(inner) - len(inner.lstrip()), end - len(inner) + len(inner.rstrip()))
