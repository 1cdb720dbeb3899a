"""How many slips of the keyboard lie between words: optimal string alignment (Damerau 1964). Pure."""

from __future__ import annotations

from collections.abc import Iterable


def within(word: str, terms: Iterable[str], edits: int) -> list[str]:
    """Return the terms that at most `edits` letters left out, put in, changed or swapped tell from a word."""
    return [term for term in terms if _distance(word, term, edits) <= edits]


def _distance(one: str, other: str, most: int) -> int:
    """Return the number of edits between two words; any number above `most` if there are more."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, start=1):
        earlier, before, row = before, row, [i]
        for j, its in enumerate(other, start=1):
            least = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != its))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == its:
                least = min(least, earlier[j - 2] + 1)
            row.append(least)
        if min(row) > most:
            return most + 1
    return row[-1]
