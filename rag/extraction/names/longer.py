"""Whether the name of a place stands in a text by itself, or only in the longer name of another. Pure.

`Brassy-les-Bains`, `Saint-Brassy` and `North Marwick` are other places than `Brassy` and `Marwick`. Two names
that a sign joins are two (`Paris-Nice`), and a part is of its whole (`Brassy-Centre`).
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

from rag.text.folding import flatten

Standing = Literal["alone", "within", "absent"]

# Before a name with a hyphen, and with a capital before one without.
_HYPHENED = (
    r"saint|sainte|st|ste|mont|port|pont|fort|bourg|val|vieux|vieille|nouveau|nouvelle|grande?|petite?|haute?|bas|basse"
    r"|villeneuve|chateau|north|south|east|west|upper|lower|new|old|great|little"
)
_SPACED = (
    r"North|South|East|West|Upper|Lower|New|Old|Great|Little|Port|Fort|Mount|Saint|Sainte|Ste?\.?|Grande?|Petite?"
    r"|Haute?|Basse|Bas|Vieux|Nouvelle|Nouveau"
)
_BEFORE = re.compile(rf"(?<!\w)(?:(?i:{_HYPHENED})-|(?:{_SPACED}) )$")
_AFTER = re.compile(
    r"-(?:(?:les?|la|lez|sur|sous|en|aux?|des?|du|pres|on|upon|by|in|under|next|near)(?=[- ])|[ld]')"
    r"| upon [A-Z]",
    re.IGNORECASE,
)

# What goes on behind a name: `-les-Bains`, `-d'Ascq`, ` upon Tyne`.
_REST = re.compile(r"(?:-[^\W\d_]+(?:['’][^\W\d_]+)?)+| upon [^\W\d_]+", re.IGNORECASE)


@lru_cache(maxsize=512)
def _written(flat_name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(flat_name)}(?!\w)", re.IGNORECASE)


def standing(flat_name: str, flat: str) -> Standing:
    """Return how a name of one word stands in a text, both flattened: by itself anywhere, or never."""
    found: Standing = "absent"
    for place in _written(flat_name).finditer(flat):
        if not is_longer(flat, place.start(), place.end()):
            return "alone"
        found = "within"
    return found


def longer_name(flat_name: str, text: str) -> str:
    """Return the longer name with this one in it, as a text writes it: `Brassy-les-Bains`; empty if none."""
    flat = flatten(text)
    for place in _written(flat_name).finditer(flat):
        if is_longer(flat, place.start(), place.end()):
            before = _BEFORE.search(flat, max(0, place.start() - 14), place.start())
            after = _REST.match(flat, place.end())
            return text[before.start() if before else place.start() : after.end() if after else place.end()]
    return ""


def is_longer(flat: str, start: int, end: int) -> bool:
    """Return whether the name at `flat[start:end]` is only part of another place's."""
    before = _BEFORE.search(flat, max(0, start - 14), start)
    return before is not None or _AFTER.match(flat, end) is not None
