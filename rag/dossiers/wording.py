"""What a dossier is called and what it is about, as it can be kept. Pure."""

from __future__ import annotations

from rag.errors import UserError
from rag.text.normalization import fold
from rag.text.sanitization import without_orders

LONGEST_NAME, LONGEST_DESCRIPTION = 120, 2_000  # characters


def checked_name(name: str) -> str:
    """Return a name as it is kept: on one line.

    Raises:
        UserError: It is empty, or too long.
    """
    name = " ".join(without_orders(name).split())
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
    description = without_orders(description).strip()
    if len(description) > LONGEST_DESCRIPTION:
        raise UserError(
            f"A dossier's description has at most {LONGEST_DESCRIPTION} characters.",
            f"La description d'un dossier a au plus {LONGEST_DESCRIPTION} caractères.",
        )
    return description


def folded(name: str) -> str:
    """Return the form in which names are compared: no two dossiers of a user have the same."""
    return " ".join(fold(without_orders(name)).split())
