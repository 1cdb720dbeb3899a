"""A question about who said what was answered: `Qui a dit ça ?`, `According to whom?`.

Pure.
"""

from __future__ import annotations

import re

from rag.query.follow_ups.reading import Reading
from rag.query.follow_ups.referents import EarlierTurn, is_measure
from rag.query.resolution.resolution import Resolution
from rag.text.folding import flatten

# What is quoted of an answer in a question about who said it.
_LONGEST_QUOTE, _SHORTEST_QUOTE = 30, 4  # words
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

# Who says so is asked for, and no part of what is said: `…, selon la mairie`, `…, a annoncé le préfet`.
_TOLD = (
    r"dit|declare|annonce|indique|precise|affirme|explique|estime|ajoute|assure|confie|raconte|souligne|rappele"
    r"|resume|reconnu|soutenu|confirme"
)
_SAYS_SO = re.compile(
    r",? (?:(?:selon|d'apres|according to) (?!qui\b|whom\b)|(?:l')?(?:a|ont|avait|avaient) (?:\w+ )?"
    rf"(?:{_TOLD})\b|(?:the |an? )?(?:\w+[ -]){{0,4}}"
    r"(?:said|says|announced|explained|added|told|confirmed)\b)[^,;]*$",
    re.IGNORECASE,
)


def asks_who_said(said: Reading) -> bool:
    """Return whether a question asks who said what was answered, and nothing else."""
    return _WHO_SAID[said.language].fullmatch(said.flat.strip(" ?!.")) is not None


def ask_who_said(words: str, last: EarlierTurn, language: str) -> Resolution:
    """Ask who said what was answered."""
    short = len(words.split()) < 3 or is_measure(words, last.question.language)
    if (short or last.names_the_answer) and last.quote:
        words = last.quote
    plain = " ".join(re.sub(r"[«»“”\"?!]", " ", words).split()[:_LONGEST_QUOTE]).rstrip(" .,;:")
    told = _SAYS_SO.search(flatten(plain))
    if told is not None and len(plain[: told.start()].split()) >= _SHORTEST_QUOTE:
        plain = plain[: told.start()].rstrip(" .,;:")
    if language == "fr":
        return Resolution(f"Qui a dit : « {plain} » ?", language)
    return Resolution(f"Who said “{plain}”?", language)
