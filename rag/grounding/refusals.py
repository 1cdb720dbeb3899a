"""What is said in an answer's place where the articles don't speak of what was asked: plain and true.

French and English; the reader's language is one of them, else English.
"""

from __future__ import annotations

from collections.abc import Sequence

from rag.query.offers import joined, of_name, offering


def unknown(names: Sequence[str], nearest: Sequence[str], language: str) -> str:
    """Say that no article has these names, and which ones the nearest articles have."""
    if language == "fr":
        said = f"Aucun article ne parle {joined([of_name(name) for name in names], 'ni')}."
    else:
        said = f"No article mentions {joined(names, 'or')}."
    return f"{said} {offering(nearest, language)}".rstrip()


def taken_for(asked: str, spelled: str, language: str) -> str:
    """Say which name was taken for one that no article has in its spelling."""
    if language == "fr":
        return f"Aucun article n'écrit « {asked} » ; à propos {of_name(spelled)} :"
    return f"No article spells “{asked}”; about {spelled}:"


def about(name: str, others: Sequence[str], language: str) -> str:
    """Say what is answered of, where it is called by more than the question says: `Brassy-les-Bains`.

    And of which others of the question's name it isn't.
    """
    if language == "fr":
        beside = joined([of_name(other) for other in others], "ni")
        return f"À propos {of_name(name)}, et non {beside} :" if others else f"À propos {of_name(name)} :"
    return f"About {name}, not {joined(others, 'or')}:" if others else f"About {name}:"


def unborne(names: Sequence[str], language: str) -> str:
    """Say that articles have these names, and not what was asked about them."""
    if language == "fr":
        about = joined([of_name(name) for name in names], "et")
        return (
            f"Des articles parlent {about}, mais aucun passage trouvé ne répond à cette question à ce sujet."
        )
    return f"Articles mention {joined(names, 'and')}, but no passage found answers this question about it."
