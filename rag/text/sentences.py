"""Where sentences end, which depends on the text's language.

Pure functions over strings; knows no article, index or model. Offsets count characters of the
text that was given.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from rag.schema.article import Span

# Longest piece handed to the sentence splitter at once: its running time grows faster than its input.
_SPLIT_WINDOW = 5_000
_TERMINAL = ".!?…:;"
_CLOSERS = "»”’\"')]"
_CLOSING = re.compile(r"[\s»”’\"')\]…]+(?=\s|$)")


def split_sentences(text: str, language: str | None = None) -> list[Span]:
    """Return sentences of `text` in order, without the white space around them.

    They never overlap and together hold every character that isn't white space. A line break ends a
    sentence, unless it is soft, as those of a text wrapped at 80 columns: the next line begins with a
    lower-case letter, and the line before, closing quotes and brackets aside, doesn't end with one of
    `. ! ? … : ;`. Rules per language by pysbd, English ones where it has none.
    """
    spans: list[Span] = []
    for block in re.finditer(r"[^\n]+", unwrapped(text)):
        edges = [block.start() + edge for edge in _edges(block[0], language)]
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


def _edges(block: str, language: str | None) -> list[int]:
    """Return where sentences meet in `block`, both ends included; read window by window if it is long."""
    edges = [0]
    while edges[-1] < len(block):
        start, end = edges[-1], _window_end(block, edges[-1])
        starts = _starts(block[start:end], language)
        # The last sentence of a window goes on in the next, which begins with it: unless it is so long
        # that the text would be read over and over.
        goes_on = end < len(block) and starts and starts[-1] > _SPLIT_WINDOW // 2
        edges += [start + found for found in starts]
        edges += [] if goes_on else [end]
    return edges


def _window_end(block: str, start: int) -> int:
    end = start + _SPLIT_WINDOW
    if end >= len(block):
        return len(block)
    space = block.rfind(" ", start + 1, end)
    return space if space > 0 else end


def _starts(piece: str, language: str | None) -> list[int]:
    """Return where sentences begin in `piece`, but for the first.

    Only the starts that the splitter gives are used: sentences then can't overlap or lose text.
    """
    from rag.text.sentence_rules import segments  # pysbd, of which a question needs nothing

    starts = {start for start in _found(piece, segments(piece, language)) if start}
    # A closing guillemet or bracket that was cut off belongs to the sentence before it.
    moved = {s + closing.end() if (closing := _CLOSING.match(piece, s)) else s for s in starts}
    return sorted(s for s in moved if s < len(piece))


def _found(piece: str, sentences: Sequence[str]) -> Iterator[int]:
    """Yield where each sentence begins.

    `Segmenter.segment` finds the same, with a new regular expression for each, which takes longer than the
    splitting.
    """
    end = 0
    for sentence in sentences:
        start = piece.find(sentence, end) if sentence else -1
        if start >= 0:
            end = start + len(sentence)
            yield start


def _strip(text: str, start: int, end: int) -> Span:
    inner = text[start:end]
    return Span(start + len(inner) - len(inner.lstrip()), end - len(inner) + len(inner.rstrip()))
