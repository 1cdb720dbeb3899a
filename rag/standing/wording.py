"""The words of a standing query, as they can be kept and as they are found again. Pure."""

from __future__ import annotations

from rag.errors import UserError
from rag.full_text.syntax import parse
from rag.schema.question import LONGEST_QUESTION
from rag.schema.standing import StandingKind
from rag.text.normalization import words as words_of
from rag.text.sanitization import storable, without_orders

LONGEST = {"question": LONGEST_QUESTION, "search": LONGEST_QUESTION, "entity": 200}  # characters


def checked_words(kind: StandingKind, words: str) -> str:
    """Return a query's words as they are kept: on one line.

    Raises:
        UserError: There are none, too many, or a search looks for nothing.
    """
    words = " ".join(without_orders(words).split())
    if not words_of(words) or (kind == "search" and parse(words).node is None):
        raise UserError(
            f"“{words}” looks for nothing; give a question, words to search for, or a name.",
            f"« {words} » ne cherche rien ; donnez une question, des mots à chercher ou un nom.",
        )
    if len(words) > LONGEST[kind]:
        raise UserError(
            f"This has {len(words)} characters; a standing query has at most {LONGEST[kind]}.",
            f"Ceci a {len(words)} caractères ; une requête permanente en a au plus {LONGEST[kind]}.",
        )
    return words


def folded(kind: StandingKind, words: str) -> str:
    """Return the form in which queries are compared: the signs of a search mean something."""
    words = " ".join(storable(words).split())
    return words if kind == "search" else " ".join(words_of(words))
