"""Who signed an article → the names of its reference: people with family and given names, or as they stand.

Pure. A byline is one line of text (`Anne Le Goff, Yann Riou`, `Le Monde avec AFP`). Only what is plainly a
person's name is cut into family and given names; whatever else is said stays as it was published.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

# What stands between two names.
_BETWEEN = re.compile(r"\s*;\s*|\s*,\s+|\s+(?:et|and|&)\s+")
_SEMICOLON = re.compile(r"\s*;\s*")
_LONGEST = 4  # words of a person's name, its particles not counted
_PARTICLES = frozenset(
    ("de", "du", "des", "d", "da", "das", "dos", "do", "di", "del", "della", "van", "von", "der", "den",
     "ter", "ten", "zu", "af", "av", "al", "el", "ben", "bin", "ibn", "y")
)  # fmt: skip
_PARTS_OF_NAMES = frozenset(
    ("le", "la", "mac", "mc", "st", "saint", "san", "santa", "el", "al", "ben", "ould")
)
_ARTICLES = frozenset(("le", "la", "les", "l", "the", "un", "une", "der", "die", "das", "el", "los", "il"))
_OF_BODIES = frozenset(
    ("avec", "with", "par", "by", "pour", "for", "redaction", "rédaction", "editorial", "éditorial", "agence",
     "agences", "agency", "agencies", "press", "presse", "news", "journal", "journaliste", "journalist",
     "service", "services", "équipe", "equipe", "team", "staff", "desk", "bureau", "correspondant",
     "correspondante", "correspondent", "media", "média", "médias", "group", "groupe", "radio", "télévision",
     "television", "tv", "info", "infos", "ministère", "ministry", "université", "university", "institut",
     "institute", "association", "syndicat", "union", "collectif", "collective", "comité", "committee",
     "club", "fondation", "foundation", "société", "society", "office", "centre", "center",
     "department", "council",
     "conseil", "mairie", "ville", "city", "région", "government", "gouvernement", "parti", "party", "inc",
     "ltd", "llc", "sa", "gmbh", "company", "compagnie", "magazine", "times", "post", "reuters", "bloomberg",
     "afp", "associated", "rédacteur", "editor", "editors", "contributors", "contributeurs", "anonyme",
     "anonymous", "monde", "figaro", "libération", "humanité", "tribune", "gazette", "courrier", "herald")
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Name:
    """A name as it was published, and its parts where it is a person's; without them it is taken whole."""

    literal: str
    family: str = ""
    given: str = ""


def names(author: str | None, outlet: str | None = None) -> tuple[Name, ...]:
    """Return the names of a byline, in their order; none where nobody signed but the outlet itself."""
    line = " ".join((author or "").split())
    if not line or (outlet and line.casefold() == outlet.casefold()):
        return ()
    if _SEMICOLON.search(line):
        parts = [part for part in _SEMICOLON.split(line) if part]
        return tuple(_inverted(part) or _person(part) or Name(part) for part in parts)
    parts = [part for part in _BETWEEN.split(line) if part]
    people = [_person(part) for part in parts]
    if all(people):
        return tuple(filter(None, people))
    # `Dupont, Jean` is one person, and `Plantu, Kroll` are two: nobody can tell, so neither is claimed.
    several = (
        len(parts) > 1 and any(people) and all(one or _is_body(part) for one, part in _beside(people, parts))
    )
    return tuple(one or Name(part) for one, part in _beside(people, parts)) if several else (Name(line),)


def _beside(people: list[Name | None], parts: list[str]) -> list[tuple[Name | None, str]]:
    return list(zip(people, parts, strict=True))


def _inverted(part: str) -> Name | None:
    """Return a name that stands as `Le Goff, Anne` among others with semicolons between them."""
    family, comma, given = part.partition(",")
    family, given = family.strip(), given.strip()
    if not comma or not family or not given or "," in given or _is_body(family) or _is_body(given):
        return None
    return Name(f"{given} {family}", family, given) if _is_capitalised(given) else None


def _person(part: str) -> Name | None:
    """Return a person's name cut into its parts; None for whatever may be none."""
    words = part.split()
    counted = [word for word in words if _bare(word) not in _PARTICLES]
    if not 2 <= len(counted) <= _LONGEST or _bare(words[0]) in _ARTICLES | _PARTICLES or _is_body(part):
        return None
    if not all(map(_is_capitalised, counted)) or not words[-1][0].isupper():
        return None
    begin = next(
        (n for n, word in enumerate(words[1:], start=1) if _bare(word) in _PARTICLES), len(words) - 1
    )
    while begin > 1 and _bare(words[begin - 1]) in _PARTS_OF_NAMES:
        begin -= 1
    return Name(part, " ".join(words[begin:]), " ".join(words[:begin]))


def _is_capitalised(word: str) -> bool:
    """Return whether a word begins as names do and has nothing in it that no name has."""
    if not word[0].isupper() or any(not (c.isalpha() or c in "'’.- ·" or _is_accent(c)) for c in word):
        return False
    letters = "".join(filter(str.isalpha, word))
    return bool(letters) and letters.lower() != letters.upper()


def _is_accent(character: str) -> bool:
    return "\u0300" <= character <= "\u036f"


def _is_body(part: str) -> bool:
    """Return whether a name is an agency's, a paper's or an office's."""
    words = part.split()
    if any(_bare(word) in _OF_BODIES or any(map(str.isdigit, word)) for word in words):
        return True
    letters = "".join(filter(str.isalpha, part))
    return len(words) == 1 and 2 <= len(letters) <= 5 and letters.isupper()


def _bare(word: str) -> str:
    return word.lower().strip(".,()[]'’")
