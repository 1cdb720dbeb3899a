"""Bytes of eight bits a character in Latin script → which of the code pages of Western Europe they are in.

Windows-1252, MacRoman (Macintosh) and 850 (DOS) have their accents at other places, ISO 8859-15 its `œ` and
its `€`: text read in the wrong one has signs and capitals in the middle of words. Each reading is judged by
these, and equal ones by their language. Pure; knows no UTF-8.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from rag.text.language_detection import certainty

WINDOWS = "cp1252"
_OTHERS = ("iso8859-15", "mac_roman", "cp850")
_FOREIGN = re.compile(r"[^\x00-\x7f]")
_LETTERS = frozenset("àâäáãåæçéèêëíìîïñóòôöõøœúùûüÿýßšžðþ")
_IN_WORDS = frozenset("’‘´·‐‑–—")  # which may stand between two letters
_ALONE = frozenset("àÀèÈôÔöÖåÅéóœŒ")  # letters that are words, or names of ratings and of places
_ANYWHERE = frozenset("’‘“”«»–—…€£§°·•²³¹½¼¾×÷±©®™¿¡\u00a0")
_FEWEST = 4
_DOUBTFUL = 0.5  # of the characters beyond ASCII


@dataclass(frozen=True, slots=True)
class CodePage:
    """An encoding's name in Python, and whether even read in it the text looks wrong.

    `is_sound`: there is nothing in it that looks wrong.
    """

    name: str
    is_doubtful: bool
    is_sound: bool


def western_code_page(sample: bytes) -> CodePage:
    """Return the code page in which a text of French, English or the like reads best."""
    size = sum(byte >= 0x80 for byte in sample)
    costs = {name: _cost(sample, name) for name in (WINDOWS, *_OTHERS)}
    usual = costs[WINDOWS]
    if usual == 0:
        return CodePage(WINDOWS, False, True)
    least = min(costs[name] for name in _OTHERS)
    equal = [name for name in _OTHERS if costs[name] == least]
    best = max(equal, key=lambda name: certainty(sample.decode(name, "replace"))) if equal[1:] else equal[0]
    name = best if costs[best] < usual and costs[best] <= 0.1 * size else WINDOWS
    return CodePage(name, size >= _FEWEST and costs[name] > _DOUBTFUL * size, costs[name] == 0)


def _cost(sample: bytes, name: str) -> int:
    """Return how many characters beyond ASCII stand where none does in such a text."""
    text = sample.decode(name, "replace")
    return sum(_is_odd(text, found.start()) for found in _FOREIGN.finditer(text))


def _is_odd(text: str, at: int) -> bool:
    character, before, after = text[at], text[at - 1 : at], text[at + 1 : at + 2]
    if not character.isalpha():
        inside = before.isalpha() and after.isalpha()
        return character not in _ANYWHERE or (inside and character not in _IN_WORDS)
    if character.lower() not in _LETTERS or (character.isupper() and before.islower()):
        return True
    if character.islower() and character != "ß" and after.isupper():
        return before.isupper() or text[at + 2 : at + 3].isupper()
    alone = not before.isalnum() and not after.isalnum() and before not in ("'", "’", ".") and after != "."
    return alone and character not in _ALONE
