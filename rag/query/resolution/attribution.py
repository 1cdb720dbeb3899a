"""A question about who said what was answered: `Qui a dit ça ?`, `According to whom?`.

Pure.
"""

from __future__ import annotations

import re

from rag.query.follow_ups.reading import Reading
from rag.query.follow_ups.referents import EarlierTurn, is_measure
from rag.query.resolution.resolution import Resolution

# What is quoted of an answer in a question about who said it.
_LONGEST_QUOTE = 30  # words
_WHO_SAID = {
    "fr": re.compile(
        r"qui (?:l'a (?:dit|affirme|declare|annonce|raconte|pretendu)"
        r"|a (?:dit|affirme|declare) (?:ca|cela)|le (?:dit|affirme|pretend|raconte)"
        r"|(?:dit|affirme|pretend) (?:ca|cela)|dit)|(?:selon|d'apres) qui",
        re.IGNORECASE,
    ),
    "en": re.compile(
        r"who (?:said|says|claimed|claims|told|stated) (?:that|this|it|so)|according to whom?"
        r"|says who|who said",
        re.IGNORECASE,
    ),
}


def asks_who_said(said: Reading) -> bool:
    """Return whether a question asks who said what was answered, and nothing else."""
    return _WHO_SAID[said.language].fullmatch(said.flat.strip(" ?!.")) is not None


def ask_who_said(words: str, last: EarlierTurn, language: str) -> Resolution:
    """Ask who said what was answered."""
    short = len(words.split()) < 3 or is_measure(words, last.question.language)
    if (short or last.names_the_answer) and last.quote:
        words = last.quote
    plain = " ".join(re.sub(r"[«»“”\"?!]", " ", words).split()[:_LONGEST_QUOTE]).rstrip(" .,;:")
    if language == "fr":
        return Resolution(f"Qui a dit : « {plain} » ?", language)
    return Resolution(f"Who said “{plain}”?", language)
