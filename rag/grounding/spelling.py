"""Whether two words are one slip of the keyboard apart. Pure; compares characters as they are."""

from __future__ import annotations

from itertools import groupby


def one_edit_apart(a: str, b: str) -> bool:
    """Return whether one letter more, less or other, or two neighbours exchanged, make `a` of `b`."""
    if a == b or abs(len(a) - len(b)) > 1:
        return False
    start = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    rest, other = a[start:], b[start:]
    if len(a) != len(b):
        return rest[1:] == other if len(a) > len(b) else rest == other[1:]
    return rest[1:] == other[1:] or (rest[:2] == other[1::-1] and rest[2:] == other[2:])


def same_letters(a: str, b: str) -> bool:
    """Return whether two words have the same letters in another order, the first in its place."""
    return a != b and a[:1] == b[:1] and sorted(a) == sorted(b)


def same_but_doubled(a: str, b: str) -> bool:
    """Return whether two words are the same but for letters that are doubled: `talon`, `tallon`."""
    return a != b and _undoubled(a) == _undoubled(b)


def _undoubled(word: str) -> str:
    return "".join(letter for letter, _ in groupby(word))
