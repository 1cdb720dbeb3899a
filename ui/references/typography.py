"""Quotation marks around words that stay as they were published, as the reader's language writes them.

Pure. Within the marks nothing is changed: where the words have marks of their own, the outer ones are of
another kind, so that everybody sees where the quotation begins and ends.
"""

from __future__ import annotations

NARROW = "\u202f"  # the space inside guillemets: narrow, and no line breaks at it
_GUILLEMETS = ("«" + NARROW, NARROW + "»")
_DOUBLE, _SINGLE = ("“", "”"), ("‘", "’")
# The first of these that the words don't have.
_MARKS = {"fr": (_GUILLEMETS, _DOUBLE, _SINGLE), "en": (_DOUBLE, _SINGLE, _GUILLEMETS)}
# Beside the marks themselves, what is taken for them: German opens low, and „so“ ends as “so” begins.
_ALSO = {"“": "“”„‟", "‘": "‘‚‛", "«": "«»"}


def marks_around(words: str, language: str) -> tuple[str, str]:
    """Return what opens and what closes a quotation of `words` in a text in `language` (`fr` or `en`).

    Words that have every kind of mark get the language's usual ones.
    """
    choices = _MARKS[language]
    free = (pair for pair in choices if not any(mark in words for mark in _ALSO[pair[0][0]]))
    return next(free, choices[0])


def in_marks(words: str, language: str) -> str:
    """Return `words`, untouched, between the marks that go around them."""
    first, last = marks_around(words, language)
    return f"{first}{words}{last}"
