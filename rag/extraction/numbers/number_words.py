"""Numbers written in words, by `text2num`: `quarante-deux`, `twelve thousand`, `douzième`.

Pure. Decides only what is a word and what separates numbers; knows no units and no digits.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from text_to_num import find_numbers

from rag.text.canonical_forms import NUMBER_LANGUAGES

_WORD = re.compile(r"[^\W\d_]+")
# `le second tour`: the one French ordinal that is also a unit of time, so that text2num leaves it alone.
_SECOND = re.compile(r"\b(?:le|la|un|une|au|du|en|son|sa) (seconde?)(?= [a-z]{3,})", re.IGNORECASE)


_POINT = {"fr": "virgule", "en": "point"}
_ZEROS = frozenset({"zéro", "zero", "oh"})
_SCALES: dict[str, dict[str, int]] = {
    "fr": {"mille": 10**3, "million": 10**6, "millions": 10**6, "milliard": 10**9, "milliards": 10**9},
    "en": {"thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12},
}
_MOST_DIGITS = 9


@dataclass(frozen=True, slots=True)
class NumberWords:
    """A number in words: where it is, its value, and its first word if it has only one."""

    start: int
    end: int
    value: float
    ordinal: bool
    only: str


@dataclass(slots=True)
class _Token:
    """A word as `text2num` wants it; `apart` when punctuation or digits stand before it."""

    start: int
    end: int
    word: str
    apart: bool
    number_part: bool

    def text(self) -> str:
        return self.word

    def text_lowercase(self) -> str:
        return self.word

    def nt_separated(self, _previous: object) -> bool:
        return self.apart

    def not_a_number_part(self) -> bool:
        return not self.number_part


def _tokens(text: str, flat: str) -> list[_Token]:
    tokens: list[_Token] = []
    end = 0
    for match in _WORD.finditer(text):
        gap = flat[end : match.start()]
        word = match[0].lower()
        after_pour = bool(tokens) and tokens[-1].word in {"pour", "per"} and gap == " "
        part = not (word in {"virgule", "point", "points"} or (after_pour and word in {"cent", "cents"}))
        tokens.append(_Token(match.start(), match.end(), word, gap.strip(" -") != "", part))
        end = match.end()
    return tokens


@dataclass(frozen=True, slots=True)
class _Run:
    """Tokens that are one number, `[start, end)`."""

    start: int
    end: int
    value: float
    is_ordinal: bool


def _with_decimals(found: list[_Run], tokens: list[_Token], language: str) -> Iterator[_Run]:
    """Yield the numbers; those around a spoken decimal point are one: `deux virgule cinq millions`."""
    left = 0
    while left < len(found):
        whole = found[left]
        joined = _decimal(whole, found[left + 1 :], tokens, language)
        if joined is None:
            yield whole
            left += 1
        else:
            yield joined
            while left < len(found) and found[left].end <= joined.end:
                left += 1


def _decimal(whole: _Run, behind: list[_Run], tokens: list[_Token], language: str) -> _Run | None:
    """Return a number with the decimals that are spoken behind it and their scale; None if there are none."""
    point = whole.end
    if (
        whole.is_ordinal
        or point >= len(tokens)
        or tokens[point].apart
        or tokens[point].word != _POINT.get(language)
    ):
        return None
    scales = _SCALES[language]
    digits, scale, end = "", 1, point + 1
    for run in behind:
        if run.start != end or run.is_ordinal or any(token.apart for token in tokens[run.start : run.end]):
            break
        words = [token.word for token in tokens[run.start : run.end]]
        while words and (factor := scales.get(words[-1])):
            scale *= factor
            words.pop()
        zeros = next((n for n, word in enumerate(words) if word not in _ZEROS), len(words))
        if words and run.value / scale != int(run.value / scale):
            break
        digits += "0" * zeros + (str(int(run.value / scale)) if words[zeros:] else "")
        end = run.end
        if scale > 1:
            break
    while end < len(tokens) and scale == 1 and not tokens[end].apart and tokens[end].word in scales:
        scale, end = scales[tokens[end].word], end + 1
    if not digits or len(digits) > _MOST_DIGITS:
        return None
    value = (Decimal(int(whole.value)) + Decimal(f"0.{digits}")) * scale
    return _Run(whole.start, end, float(value), is_ordinal=False)


def find_number_words(text: str, flat: str, language: str | None) -> list[NumberWords]:
    """Return the numbers in words of `text`; `flat` is the same text flattened.

    Nothing in unknown languages.
    """
    if language not in NUMBER_LANGUAGES:
        return []
    tokens = _tokens(text, flat)
    found = []
    occurrences = [
        _Run(o.start, o.end, float(o.value), o.is_ordinal) for o in find_numbers(tokens, language, 0.0)
    ]
    for occurrence in _with_decimals(occurrences, tokens, language):
        words = tokens[occurrence.start : occurrence.end]
        only = words[0].word if len(words) == 1 else ""
        found.append(
            NumberWords(words[0].start, words[-1].end, occurrence.value, occurrence.is_ordinal, only)
        )
    if language == "fr":
        found += [NumberWords(m.start(1), m.end(1), 2.0, True, m[1]) for m in _SECOND.finditer(flat)]
    return found
