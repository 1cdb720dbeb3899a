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
# What places lie on, as names have it: `Brassy sur Mer`, `Stoke on Trent`, `Frankfurt am Main`.
_WATER = (
    r"(?:Mer|Sea|Seine|Loire|Rhone|Saone|Marne|Oise|Meuse|Moselle|Garonne|Tarn|Lot|Aisne|Cher|Indre|Vienne|Yonne"
    r"|Allier|Aube|Orne|Sarthe|Mayenne|Thames|Trent|Tyne|Avon|Tees|Tay|Dee|Wye|Severn|Humber|Ouse|Hudson|Main|Oder"
    r"|Rhein|Rhin|Donau|Neckar|Elbe|Saale|Weser|Spree|Inn|Ruhr|Isar|Weinstrasse)(?!\w)"
)
_SPACED_AFTER = rf" (?:on|sur|am|an der|in der) {_WATER}| les Bains(?!\w)| upon (?=[A-Z])[^\W\d_]+"
_AFTER = re.compile(
    r"-(?i:(?:les?|la|lez|sur|sous|en|aux?|des?|du|pres|et|and|on|upon|by|in|under|next|near|am|an|ob|op|na)"
    rf"(?=[- ])|[ld]')|{_SPACED_AFTER}"
)

# What goes on behind a name: `-les-Bains`, `-d'Ascq`, ` upon Tyne`.
_REST = re.compile(rf"(?:-[^\W\d_]+(?:['’][^\W\d_]+)?)+|{_SPACED_AFTER}")


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
            return text[slice(*longer_at(flat, place.start(), place.end()))]
    return ""


def longer_at(flat: str, start: int, end: int) -> tuple[int, int]:
    """Return where the name of another place begins and ends that has `flat[start:end]` in it."""
    before = _BEFORE.search(flat, max(0, start - 14), start)
    after = _REST.match(flat, end) if _AFTER.match(flat, end) or before else None
    return (before.start() if before else start, after.end() if after else end)


def is_longer(flat: str, start: int, end: int) -> bool:
    """Return whether the name at `flat[start:end]` is only part of another place's."""
    before = _BEFORE.search(flat, max(0, start - 14), start)
    return before is not None or _AFTER.match(flat, end) is not None
