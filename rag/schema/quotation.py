"""How words of an article are marked as a quotation where they are shown: one rule, by its language.

Pure. Answers' texts, the page and the terminal all mark by it; what is handed in is marked as its reader's
language has it (`ui.references.typography`).
"""

from __future__ import annotations

_MARKS = "«»“”"


def quotation_marks(words: str, language: str | None) -> tuple[str, str]:
    """Return what opens and what closes a quotation of `words` from an article in `language`.

    Words that hold quotation marks of their own get none around them.
    """
    if any(mark in words for mark in _MARKS):
        return "", ""
    return ("“", "”") if language == "en" else ("« ", " »")


def quoted(words: str, language: str | None) -> str:
    """Return `words` on one line, marked as a quotation from an article in `language`."""
    first, last = quotation_marks(words, language)
    return f"{first}{' '.join(words.split())}{last}"
