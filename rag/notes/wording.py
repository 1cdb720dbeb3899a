"""What a reader writes in a note, as it can be kept, and how words are looked for in notes. Pure."""

from __future__ import annotations

from rag.errors import UserError
from rag.text.normalization import fold, normalise_text
from rag.text.sanitization import without_orders

LONGEST_NOTE = 10_000  # characters


def checked_words(words: str) -> str:
    r"""Return the words of a note as they are kept: with `\n` line ends, without what is obeyed and not read.

    Raises:
        UserError: They are too long.
    """
    words = without_orders(normalise_text(words)).strip()
    if len(words) > LONGEST_NOTE:
        raise UserError(
            f"A note has at most {LONGEST_NOTE:,} characters; this one has {len(words):,}.",
            f"Une note a au plus {LONGEST_NOTE} caractères ; celle-ci en a {len(words)}.",
        )
    return words


def has_words(words: str, *texts: str) -> bool:
    """Return whether each of these words is in one of the texts, whatever accents and capitals."""
    within = "\n".join(map(fold, texts))
    return all(one in within for one in fold(without_orders(words)).split())
