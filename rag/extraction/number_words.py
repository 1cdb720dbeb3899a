"""Numbers written in words, by `text2num`: `quarante-deux`, `twelve thousand`, `douzième`.

Pure. Decides only what is a word and what separates numbers; knows no units and no digits.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from text_to_num import find_numbers

_LANGUAGES = {"fr", "en", "es", "pt", "de", "it", "nl", "da"}
_WORD = re.compile(r"[^\W\d_]+")
# `le second tour`: the one French ordinal that is also a unit of time, so that text2num leaves it alone.
_SECOND = re.compile(r"\b(?:le|la|un|une|au|du|en|son|sa) (seconde?)(?= [a-z]{3,})", re.IGNORECASE)


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


def find_number_words(text: str, flat: str, language: str | None) -> list[NumberWords]:
    """Return the numbers in words of `text`; `flat` is the same text flattened.

    Nothing in unknown languages.
    """
    if language not in _LANGUAGES:
        return []
    tokens = _tokens(text, flat)
    found = []
    for occurrence in find_numbers(tokens, language, 0.0):
        words = tokens[occurrence.start : occurrence.end]
        only = words[0].word if len(words) == 1 else ""
        found.append(
            NumberWords(words[0].start, words[-1].end, float(occurrence.value), occurrence.is_ordinal, only)
        )
    if language == "fr":
        found += [NumberWords(m.start(1), m.end(1), 2.0, True, m[1]) for m in _SECOND.finditer(flat)]
    return found
