"""Text as the checks compare it: the same characters without case, accents or typographic variety.

Knows no language: every character maps to exactly one character, so offsets stay those of the text.
"""

from __future__ import annotations

import re
import unicodedata

_PLAIN = str.maketrans(
    {
        **dict.fromkeys("’‘ʼ`´′", "'"),
        **dict.fromkeys("‐‑‒–—−", "-"),
        **dict.fromkeys("“”„″", '"'),
        **dict.fromkeys("\u00a0\u2007\u2009\u202f\t", " "),
        "œ": "e",
        "Œ": "E",
        "æ": "e",
        "Æ": "E",
    }
)

_WORD = re.compile(r"\w+")


class _Flat(dict[int, str]):
    """Each character's flattened form, made when it is first met."""

    def __missing__(self, code: int) -> str:
        form = self[code] = _base(_PLAIN.get(code, chr(code)))
        return form


def _base(character: str) -> str:
    if character.isascii():
        return character
    first = unicodedata.normalize("NFKD", character)[0]
    return first if first.isalnum() else character


_FLAT = _Flat()


def flatten(text: str) -> str:
    """Return `text` without accents and with plain apostrophes, dashes, quotes and spaces; case is kept.

    Length is kept too: `flatten(text)[i]` stands for `text[i]`. `œ` becomes `e` (`cœur` → `ceur`).
    """
    return text.translate(_FLAT)


def word_forms(flat: str) -> frozenset[str]:
    """Return the words of flattened text in lower case: what shows that a pattern of words can't match it."""
    # Without regard to case a pattern's `i` takes a dotless one too.
    return frozenset(_WORD.findall(flat.lower().replace("ı", "i")))


def alternatives(words: str) -> str:
    """Return a regular expression for any of the words of a string, the longest first.

    `_` stands for a space.
    """
    ordered = sorted(words.split(), key=len, reverse=True)
    return "(?:" + "|".join(re.escape(word).replace("_", r"[ -]") for word in ordered) + ")"


def word_set(words: str) -> frozenset[str]:
    """Return the words of a table written as text."""
    return frozenset(words.split())
