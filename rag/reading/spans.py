"""Logits of tokens → answers as characters: whole words of one sentence, without what stands around them.

Pure; knows no model.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from rag.reading.schema import AnswerSpan
from rag.schema.article import Span

_LONGEST = 40  # tokens of an answer
_AROUND = " \t\n\r\xa0\u202f\u2009.,;:!?…«»“”„\"'‘’‚‹›–—-*•·"
_OPENING, _CLOSING = "([{", ")]}"
_APOSTROPHE_IN_NAME = re.compile(r"(?:^|.*\W)[DNO]['’][^\W\d_a-zà-ÿ]$", re.DOTALL)
# An abbreviation keeps its last dot.
_ABBREVIATED = re.compile(r"(?:\w\.){2,}$")


@dataclass(frozen=True, slots=True)
class TokenScores:
    """Of n tokens in their order: characters (n, 2), logits of beginning and of ending an answer (n,).

    Logits are logarithms of probabilities over the tokens that were read together.
    """

    places: np.ndarray
    starts: np.ndarray
    ends: np.ndarray


def best_spans(text: str, sentence: Span, scores: TokenScores, most: int) -> list[AnswerSpan]:
    """Return the likeliest answers in a sentence, best first, each once; `scores` are of its own tokens."""
    count = len(scores.starts)
    if not count:
        return []
    sums = scores.starts[:, None] + scores.ends[None, :]
    rows, columns = np.indices(sums.shape)
    sums[(columns < rows) | (columns - rows >= _LONGEST)] = -np.inf
    flat = sums.ravel()
    # Several spans of tokens come to the same words.
    likeliest = np.argsort(-flat, kind="stable")[: 4 * most]
    found: dict[tuple[int, int], float] = {}
    for place in likeliest.tolist():
        first, last = divmod(place, count)
        if flat[place] == -np.inf:
            break
        span = whole_words(text, sentence, int(scores.places[first, 0]), int(scores.places[last, 1]))
        if span and (span.start, span.end) not in found:
            found[span.start, span.end] = float(flat[place])
    return [AnswerSpan(start, end, score) for (start, end), score in found.items()][:most]


def apart(spans: Sequence[AnswerSpan], most: int) -> tuple[AnswerSpan, ...]:
    """Return the best of the spans, best first, without those that overlap a better one."""
    kept: list[AnswerSpan] = []
    for one in sorted(spans, key=lambda span: (-span.score, span.start, span.end)):
        if len(kept) < most and all(one.end <= other.start or other.end <= one.start for other in kept):
            kept.append(one)
    return tuple(kept)


def whole_words(text: str, sentence: Span, start: int, end: int) -> Span | None:
    """Return the characters widened to whole words of the sentence, bared of what stands around them."""
    start, end = max(start, sentence.start), min(end, sentence.end)
    if start >= end:
        return None
    start, end = _bared(text, start, end)
    if start == end:
        return None
    while start > sentence.start and _joined(text, start):
        start -= 1
    while end < sentence.end and _joined(text, end):
        end += 1
    start, end = _bared(text, start, end)  # a sentence may end within a number
    return Span(start, end) if any(char.isalnum() for char in text[start:end]) else None


def _joined(text: str, place: int) -> bool:
    """Say whether the characters before and after `place` are of one word or one number."""
    before, after = text[place - 1], text[place]
    if _in_word(before) and _in_word(after):
        return True
    if before in ".,-‑/:" and after.isdigit():  # 3,5 and 2024-05-01
        return place >= 2 and text[place - 2].isdigit()
    if after in ".,-‑/:" and before.isdigit():
        return place + 1 < len(text) and text[place + 1].isdigit()
    if _in_name(text, place) or _in_name(text, place - 1):
        return True
    hyphen = "-‑"
    if before in hyphen and _in_word(after):
        return place >= 2 and _in_word(text[place - 2])
    return after in hyphen and _in_word(before) and place + 1 < len(text) and _in_word(text[place + 1])


def _in_name(text: str, place: int) -> bool:
    """Say whether the apostrophe at `place` is of a name: `N'Diaye`, `O’Brien`, but not `l'Italie`."""
    return place > 0 and _APOSTROPHE_IN_NAME.match(text, max(place - 2, 0), place + 2) is not None


def _in_word(char: str) -> bool:
    return char.isalnum() or char == "_" or "\u0300" <= char <= "\u036f"


def _bared(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and (
        text[start] in _AROUND or text[start] in _CLOSING or _lonely(text, start, end, start)
    ):
        if _is_minus(text, start):
            break
        start += 1
    while start < end and (
        text[end - 1] in _AROUND or text[end - 1] in _OPENING or _lonely(text, start, end, end - 1)
    ):
        if text[end - 1] == "." and _ABBREVIATED.search(text[start:end]):
            break
        end -= 1
    return start, end


def _is_minus(text: str, place: int) -> bool:
    alone = place == 0 or text[place - 1].isspace()
    return alone and text[place] == "-" and text[place + 1 : place + 2].isdigit()


def _lonely(text: str, start: int, end: int, place: int) -> bool:
    """Say whether the bracket at `place` has no other half between `start` and `end`, or holds all of it."""
    char = text[place]
    if char in _OPENING:
        other = text.find(_CLOSING[_OPENING.index(char)], place, end)
        return other < 0 or other == end - 1
    if char in _CLOSING:
        return text.rfind(_OPENING[_CLOSING.index(char)], start, place) < 0
    return False


def token_ranges(places: np.ndarray, sentences: Sequence[Span]) -> Iterator[tuple[int, int]]:
    """Yield the range of tokens of each sentence; `places` are the tokens' characters (n, 2).

    A token is of the sentence that it begins before the end of; those after the last sentence are nobody's.
    """
    at = 0
    for sentence in sentences:
        first = at
        while at < len(places) and places[at, 0] < sentence.end:
            at += 1
        yield first, at
