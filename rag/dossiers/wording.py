"""What a dossier is called and what it is about, as it can be kept. Pure."""

from __future__ import annotations

import re

from rag.errors import UserError
from rag.text.normalization import fold

# What a terminal obeys, or what turns the words around it: controls but for white space, marks of direction.
_OBEYED = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
LONGEST_NAME, LONGEST_DESCRIPTION = 120, 2_000  # characters


def checked_name(name: str) -> str:
    """Return a name as it is kept: on one line.

    Raises:
        UserError: It is empty, or too long.
    """
    name = " ".join(seen(name).split())
    if not name or len(name) > LONGEST_NAME or not folded(name):
        raise UserError(
            f"A dossier's name has 1 to {LONGEST_NAME} characters, a letter or digit among them.",
            f"Le nom d'un dossier a 1 à {LONGEST_NAME} caractères, dont une lettre ou un chiffre.",
        )
    return name


def checked_description(description: str) -> str:
    """Return a description as it is kept.

    Raises:
        UserError: It is too long.
    """
    description = seen(description).strip()
    if len(description) > LONGEST_DESCRIPTION:
        raise UserError(
            f"A dossier's description has at most {LONGEST_DESCRIPTION} characters.",
            f"La description d'un dossier a au plus {LONGEST_DESCRIPTION} caractères.",
        )
    return description


def folded(name: str) -> str:
    """Return the form in which names are compared: no two dossiers of a user have the same."""
    return " ".join(fold(seen(name)).split())


def seen(words: str) -> str:
    """Return words that can be kept, without what is obeyed and not read."""
    return _OBEYED.sub("", storable(words))


def storable(words: str) -> str:
    """Return words without half a surrogate pair, which a browser may send and a file can't hold."""
    return words.encode("utf-8", "replace").decode("utf-8")
