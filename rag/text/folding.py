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
# A number in superscript characters after another, which is `ten` or has a note.
RAISED = re.compile(r"(?:(?<![\d.,])(?P<ten>10)|(?<=\d))(?P<number>[⁰¹²³⁴-⁹]+)")


class _Flat(dict[int, str]):
    """Each character's flattened form, made when it is first met."""

    def __missing__(self, code: int) -> str:
        form = self[code] = _base(_PLAIN.get(code, chr(code)))
        return form


def _base(character: str) -> str:
    if character.isascii():
        return character
    plain = unicodedata.normalize("NFKD", character)
    if "\u2044" in plain:
        return character  # a half: its digits are none of the number before it
    first = plain[0]
    return first if first.isalnum() else character


_FLAT = _Flat()


def flatten(text: str) -> str:
    """Return `text` without accents and with plain apostrophes, dashes, quotes and spaces; case is kept.

    Length is kept too: `flatten(text)[i]` stands for `text[i]`. `œ` becomes `e` (`cœur` → `ceur`). A raised
    number is no digit of the one before it: a note's call becomes `^` (`300¹` → `300^`), powers of ten stay.
    """
    flat = text.translate(_FLAT)
    if not text.isascii():
        for raised in RAISED.finditer(text):
            kept = raised["number"] if raised["ten"] else "^" * len(raised["number"])
            flat = f"{flat[: raised.start('number')]}{kept}{flat[raised.end() :]}"
    return flat


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
