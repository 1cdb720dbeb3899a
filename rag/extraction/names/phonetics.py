"""How names sound, in French and in English spelling. Pure string functions."""

from __future__ import annotations

import re
from functools import lru_cache

from rag.text.normalization import fold

_SOUNDS = (
    (r"^ye|^ie", "e"), (r"tsch|tch|shch|chtch|sch|sh|ch|cz", "1"), (r"dzh|dj|zh|j", "2"), (r"ph", "f"),
    (r"gu(?=[ei])", "g"), (r"kh|ck|qu|q|k|c(?![ei])", "k"), (r"x", "ks"), (r"w", "v"), (r"ou|oo", "u"),
    (r"ain$|eyn$", "ein"), (r"iy$|yi$|ij$|ii$", "i"), (r"y", "i"), (r"tz|ts", "z"), (r"h", ""),
    (r"(?<=[aeiou])ii", "i"), (r"e$|es$|s$", ""), (r"(.)\1+", r"\1"),
)  # fmt: skip


@lru_cache(maxsize=20_000)
def sound(word: str) -> str:
    """Return how a name sounds, roughly the same for French and English spellings.

    `Poutine`, `Putin` → `putin`.
    """
    key = fold(word)
    for pattern, replacement in _SOUNDS:
        key = re.sub(pattern, replacement, key)
    return key


def one_vowel_apart(a: str, b: str) -> bool:
    """Return whether two sounds differ in one vowel only: `martin` and `morton`, with two, stay apart."""
    if a[:1] != b[:1] or abs(len(a) - len(b)) > 1:
        return False
    if len(a) == len(b):
        different = [(x, y) for x, y in zip(a, b, strict=True) if x != y]
        return len(different) == 1 and all(x in "aeiou" and y in "aeiou" for x, y in different)
    longer, shorter = (a, b) if len(a) > len(b) else (b, a)
    return any(
        longer[i] in "aeiou" and longer[:i] + longer[i + 1 :] == shorter for i in range(1, len(longer))
    )
