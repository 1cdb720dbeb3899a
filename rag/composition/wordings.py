"""Fixed words around quotes, in French and English: what nothing was composed from.

Pure. Questions in other languages get English.
"""

from __future__ import annotations

from rag.composition.stance import Certainty, Side, Stance

_SIDES: dict[str, dict[Side, str]] = {"fr": {"yes": "Oui", "no": "Non"}, "en": {"yes": "Yes", "no": "No"}}
_ACCORDING_TO = {"fr": ", selon ", "en": ", according to "}
_UNSURE: dict[str, dict[Certainty, str]] = {
    "fr": {
        "undated": "Annoncé, sans que l'article dise si c'est fait",
        "uncertain": "Évoqué, sans être affirmé",
        "undecided": "Ni oui ni non clairement",
    },
    "en": {
        "undated": "Announced; the article doesn't say whether it has happened",
        "uncertain": "Mentioned, but not stated as fact",
        "undecided": "No clear yes or no",
    },
}
_NOT_SAID = {
    "fr": "Aucune phrase des articles n'y répond clairement par oui ou par non.",
    "en": "No sentence of the articles clearly answers that with yes or no.",
}
_SAID_BEFORE = {"fr": "Annoncé auparavant", "en": "Announced before"}

_NOT_COMPARED = {
    "fr": "Aucune phrase des articles ne dit lequel l'emporte sur tous les autres.",
    "en": "No sentence of the articles says which one exceeds all the others.",
}


def not_compared(language: str) -> str:
    """Return that no article says of one thing that it is most so of all."""
    return _NOT_COMPARED["fr" if language == "fr" else "en"]


def not_said(language: str) -> str:
    """Return that no article answers yes or no."""
    return _NOT_SAID["fr" if language == "fr" else "en"]


def announced(language: str) -> str:
    """Return what stands over what is only announced."""
    return _UNSURE["fr" if language == "fr" else "en"]["undated"]


def said_before(language: str) -> str:
    """Return what stands over what a later article says isn't so."""
    return _SAID_BEFORE["fr" if language == "fr" else "en"]


def heading(stance: Stance, language: str, several: bool, speaker: str = "") -> str:
    """Return what stands over a quote that takes a side; nothing over the only one that is sure.

    Args:
        stance: The side.
        language: The answer's language (ISO 639-1).
        several: Whether there is more than one side.
        speaker: Whose words the quote has, where it is one person's.
    """
    spoken = "fr" if language == "fr" else "en"
    if stance.certainty in _UNSURE[spoken]:
        return _UNSURE[spoken][stance.certainty]
    if not several or not stance.side:
        return ""
    side = _SIDES[spoken][stance.side]
    return f"{side}{_ACCORDING_TO[spoken]}{speaker}" if speaker else side
