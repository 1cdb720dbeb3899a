"""Who and what only begins or ends as another does: namesakes, `Nivelle` and `Nivelle-sur-Orge`. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

from rag.extraction.names.recognition import Name
from rag.text.folding import flatten

_WORDS = 2  # of a name of somebody: a first one and a surname


def names_only_a_namesake(said: Iterable[Name], name: Name) -> bool:
    """Return whether names are of somebody of the same surname and another first name, and none is `name`."""
    first, *last = _given_and_surname(name)
    others = [_given_and_surname(other) for other in said]
    if not last or [first, *last] in others:
        return False
    return any(other[1:] == last and not _may_be_same(first, other[0]) for other in others)


def _given_and_surname(name: Name) -> list[str]:
    """Return a first name and a surname, folded; the first alone of a name that isn't two words."""
    said = [flatten(word).lower() for word in name.text.split()]
    return said if len(said) == _WORDS else [" ".join(said)]


def _may_be_same(first: str, other: str) -> bool:
    """Return whether two first names may be one's: `J.`, `Jean` and `Jean-Pierre`."""
    a, b = first.rstrip("."), other.rstrip(".")
    return a.startswith(b) or b.startswith(a)


def begins(short: Name, long: Name) -> bool:
    """Return whether a name is what another with hyphens begins with: `Nivelle`, `Nivelle-sur-Orge`."""
    return flatten(long.text).lower().startswith(f"{flatten(short.text).lower()}-")


def stands_bare(name: Name, flat: str) -> bool:
    """Return whether a flattened text has the beginning of a name with hyphens, and not the name."""
    long = flatten(name.text).lower()
    return "-" in long and long not in flat.lower() and _bare(long, flat) is not None


def is_said_first(name: Name, flat: str) -> bool:
    """Return whether a flattened article has a name with hyphens before its beginning alone.

    Then `Nivelle` may stand for Nivelle-sur-Orge; where it comes first, it is another place.
    """
    long = flatten(name.text).lower()
    bare, said = _bare(long, flat), flat.lower().find(long)
    return bare is None or 0 <= said < bare.start()


def _bare(long: str, flat: str) -> re.Match[str] | None:
    short = long.partition("-")[0]
    return re.search(rf"(?<![\w-]){re.escape(short)}(?![\w-])", flat.lower())
