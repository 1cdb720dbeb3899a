"""The words that names are made of, as they stand in flattened text. Pure string functions."""

from __future__ import annotations

import re

TOKEN = re.compile(r"[^\W_]+(?:[.&'](?=[^\W_])[^\W_]+)*\.?")
ELIDED = re.compile(r"^(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu|quoiqu|presqu|quelqu|aujourd)'", re.IGNORECASE)
# What stands between hyphens in the name of a place: `Dunquay-sur-Mer`, `Stoke-on-Trent`.
BETWEEN = (
    "les?|la|lez|sur|sous|en|aux?|des?|du|pres|es|et|and|on|upon|by|in|under|next|near|of|the|am|an|op"
    "|del?|da|do"
)
_SENTENCE_START = re.compile(r"(?:^|[.!?…:«»\"(\n•]|[.!?:] ?[»\"]| - )[\s«\"(¿¡-]*$")
_ABBREVIATED = re.compile(r"\b(?:[A-Z]|MM|Mr|Mrs|Ms|Mme|Mlle|Dr|Pr|Prof|Me|St|Ste|Sgt|Gen)\. ?$")
_INITIALS = re.compile(r"(?:\w\.){2,}\w?")


def bare(token: str) -> str:
    """Return a token without elision, possessive and final stop.

    `L'Élysée` → `Elysee`, `Trump's` → `Trump`.
    """
    if "'" in token:
        token = ELIDED.sub("", token)
        token = re.sub(r"'s?$", "", re.sub(r"'s$", "", token))
    if "." not in token:
        return token
    return token if _INITIALS.fullmatch(token) else token.rstrip(".")


def subtokens(token: str) -> list[str]:
    """Return the words between the hyphens and apostrophes of a token."""
    if "'" not in token and "-" not in token:
        return [token]
    return [part for part in re.split(r"[-']", token) if part] or [token]


def opens_sentence(flat: str, start: int) -> bool:
    """Return whether a sentence of flattened text, or what it quotes, begins at `start`."""
    before = flat[max(0, start - 8) : start]
    return _SENTENCE_START.search(before) is not None and not _ABBREVIATED.search(before)
