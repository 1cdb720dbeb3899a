"""What kind a name is of, by what stands in it and around it: person, organisation or place.

Pure. Every mention adds to a sum for each kind, and the greatest wins; a name that nothing tells of has none.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from functools import cache

from rag.entities.names import FIRST_NAMES, NameAt
from rag.extraction import cue_words
from rag.extraction.names.exonyms import group_of, is_territory
from rag.extraction.names.vocabulary import is_common
from rag.schema.entity import Gender, Kind
from rag.speech.verbs import PEOPLE
from rag.text.word_lists import WordList
from rag.verification.attribution import said_after

_FILE = "rag.entities", "kinds"
_ORGANISATIONS = WordList(*_FILE, ("organisations",))
_PLACES, _TITLES = WordList(*_FILE, ("places",)), WordList(*_FILE, ("titles",))
_VENUES, _RELATIVES = WordList(*_FILE, ("venues",)), WordList(*_FILE, ("relatives",))
_MEN, _WOMEN = WordList(*_FILE, ("men",)), WordList(*_FILE, ("women",))
# First names of women and of men; one that is both in some language is neither here.
_WOMENS, _MENS = (
    WordList("rag.entities", "first_names", ("women",)),
    WordList("rag.entities", "first_names", ("men",)),
)
_BOTH = WordList("rag.entities", "first_names", ("either",))
_LEAST = 1.0
_SMALL = r"(?:de|du|des|d|la|le|les|l|the|of|and|et|a|au|aux|en|in|at|for|pour|par|by|with|avec|to|chez|dans)"
_AGE = re.compile(r"^,? \(?(?:agee? de )?(?:\d{1,2} ans|aged? \d\d|\d\d[,)])")
_RELATIVE = re.compile(r"^,? (?:qui|who)\b")
_IN = re.compile(
    r"(?:^|[ (])(?:a|en|vers|dans|pres de|autour de|au large de|in|near|into|towards) (?:la |l'|le |the )?$",
    re.IGNORECASE,
)
_PLACE_OPENERS = ("la", "le", "les", "new", "los", "san", "santa", "st", "saint", "port", "fort", "nouvelle")
# What a place is called by where it lies: `Dunquay-sur-Mer`, `Stoke-on-Trent`.
_LIES_ON = re.compile(r"\w-(?:sur|sous|les?|lez|en|on|upon|by|under|in)-\w")
_TO = re.compile(r"\b(?:at|from|to|au|aux|depuis) (?:the )?$")
_DETERMINED = re.compile(r"(?:\b(?:le|la|les|the|du|des|au|aux)|l') ?$", re.IGNORECASE)
_OF = r"(?: (?:de la|de l'|de|du|des|of the|of)| d')"
_HELD = r"(?:maire|mairesse|adjoint|adjointe|habitants?|prefet|prefete|mayor|residents|people|eveque|bishop)"
_HOLDER_OF = re.compile(rf"\b{_HELD}{_OF} ?$", re.IGNORECASE)
_PLAIN_OF = re.compile(r"\b(?!de |du )[a-z-]{3,}(?: (?:de|of)| d') ?$")
_CLUB = re.compile(r"(?:US|AS|FC|RC|SC|AC|CA|AJ|SG) \w")
_WITH = re.compile(r"\bchez $")
_WOMAN = re.compile(r"\w+(?:euse|trice|iere|ienne|onne|esse|ee)$")
_HERS = re.compile(r"\b(?:la|une|sa) (?:\w+ )?$")
_HIS = re.compile(r"\b(?:le|un) (?:\w+ )?$")


@cache
def _role_beside() -> re.Pattern[str]:
    """`le ministre russe `: a noun for people right before a name."""
    return re.compile(rf"\b(?P<role>{PEOPLE.pattern})\b(?: (?!{_SMALL}\b)[a-z-]+)? (?:{_TITLED}\.? )?$")


@cache
def _role_and_comma() -> re.Pattern[str]:
    """`la maire de Pontmirail, `: a noun with its article, and whatever it is of, before a name."""
    determiner = r"(?:^|[,(«\"] ?|\b(?:le|la|the|un|une|an|son|sa|its|his|her|their|du|au)\b |\b(?:l|s)' ?)"
    return re.compile(
        rf"{determiner}(?:[\w-]+ ){{0,2}}?(?P<role>{PEOPLE.pattern})\b[^,.;:«»\"]{{0,60}}, "
        rf"(?:{_TITLED}\.? )?$"
    )


def _role_before(name: NameAt) -> re.Match[str] | None:
    return _role_beside().search(name.before) or _role_and_comma().search(name.before)


@cache
def _role_after() -> re.Pattern[str]:
    determiner = r"(?:le |la |l'|the |an? |une? |its |son |sa |\w+'s )?"
    return re.compile(rf"^, {determiner}(?:[\w'-]+ ){{0,3}}?(?P<role>{PEOPLE.pattern})\b")


_TITLED = r"(?:M|MM|Mme|Mlle|Mr|Mrs|Ms|Dr|Pr|Me|Mgr)"


@cache
def _said_before() -> re.Pattern[str]:
    return re.compile(rf"[,»\"] (?:a |had |has )?{cue_words.SPEECH_VERBS.pattern} $")


@cache
def _said_after() -> re.Pattern[str]:
    return said_after(cue_words.SPEECH_VERBS.pattern)


@cache
def _noun_before(words: WordList, linked: bool) -> re.Pattern[str]:
    link = _OF if linked else rf"(?: (?!{_SMALL}\b)[a-z-]+)?"
    return re.compile(rf"\b(?:{words.pattern})(?: (?!{_SMALL}\b)[a-z-]+)?{link} ?$", re.IGNORECASE)


@cache
def _venue_before() -> re.Pattern[str]:
    """`au centre de congrès `: what a building is, right before its name."""
    return re.compile(rf"\b(?:{_VENUES.pattern})(?:{_OF} ?[a-z-]+| (?!{_SMALL}\b)[a-z-]+)? $", re.IGNORECASE)


@cache
def _venue_after() -> re.Pattern[str]:
    return re.compile(rf"^ (?:(?!{_SMALL}\b)[a-z-]+ )?(?:{_VENUES.pattern})\b")


@cache
def _organisation_after() -> re.Pattern[str]:
    return re.compile(
        rf"^, (?:le |la |l'|une? |the |an? |its )?(?:[\w'-]+ ){{0,2}}(?:{_ORGANISATIONS.pattern})\b"
    )


def kind_of(names: Iterable[NameAt]) -> tuple[Kind | None, float]:
    """Return the kind that all mentions of one form tell together, and how clearly; None where none does."""
    sums: Counter[Kind] = Counter()
    for name in names:
        sums.update(_told(name))
    if not sums:
        return None, 0.0
    kind, most = max(sums.items(), key=lambda one: one[1])
    return (kind, most - sum(sums.values()) + most) if most >= _LEAST else (None, 0.0)


def _told(name: NameAt) -> Counter[Kind]:
    told: Counter[Kind] = Counter()
    told["person"] = _person(name)
    told["organisation"] = _organisation(name)
    told["place"] = _place(name)
    return +told


def _person(name: NameAt) -> float:
    tokens, score = name.tokens, 0.0
    score += 5.0 * bool(name.title)
    score += 4.0 * bool(_AGE.match(name.after))
    score += 3.0 * bool(role_beside(name))
    score += 1.0 * bool(_RELATIVE.match(name.after))
    if tokens[0] in FIRST_NAMES:
        score += 4.0 if len(tokens) > 1 else 1.0
    elif 2 <= len(tokens) <= 3 and not _DETERMINED.search(name.before) and not is_common(tokens[0]):
        score += 1.0
    score += 1.0 * (
        _said_before().search(name.before) is not None or _said_after().match(name.after) is not None
    )
    return score


def _organisation(name: NameAt) -> float:
    score = 4.0 * (name.is_acronym or _CLUB.match(name.text) is not None)
    score += 6.0 * any(token in _ORGANISATIONS for token in name.tokens if len(name.tokens) > 1)
    score += 4.0 * bool(_noun_before(_ORGANISATIONS, False).search(name.before))
    score += 3.0 * bool(_WITH.search(name.before)) + 3.0 * bool(_organisation_after().match(name.after))
    return score


def _place(name: NameAt) -> float:
    group = group_of(" ".join(name.tokens))
    score = 8.0 * (group is not None and is_territory(group))
    score += 4.0 * (len(name.tokens) == 1 and _LIES_ON.search(name.tokens[0]) is not None)
    score += 4.0 * (len(name.tokens) > 1 and (name.tokens[-1] in _PLACES or name.tokens[0] in _PLACES))
    inside = 2.0 if len(name.tokens) == 1 or name.tokens[0] in _PLACE_OPENERS else 0.8  # `remis à Ann Lee`
    score += inside * bool(_IN.search(name.before)) + 0.5 * bool(_TO.search(name.before))
    score += 4.0 * bool(_noun_before(_PLACES, True).search(name.before))
    score += 3.0 * bool(_HOLDER_OF.search(name.before))
    score += 2.0 * bool(_noun_before(_ORGANISATIONS, True).search(name.before))
    score += 6.0 * bool(_venue_before().search(name.before) or _venue_after().match(name.after))
    return score


def may_be_place(names: Iterable[NameAt]) -> bool:
    """Return whether a name of no known kind stands as places do: `les quartiers bas de Valbrume`."""
    return any(len(name.tokens) == 1 and _PLAIN_OF.search(name.before) for name in names)


def role_beside(name: NameAt) -> str:
    """Return the folded noun for people that stands beside a name, `maire`; empty if there is none."""
    found = _role_before(name) or _role_after().match(name.after)
    return found["role"].lower() if found else ""


def role_of(name: NameAt) -> str:
    """Return the same where it says who somebody is: `maire`, not `homologue`, which is somebody else's."""
    role = role_beside(name)
    return "" if role in _RELATIVES else role


def gender_of(name: NameAt) -> Gender:
    """Return the gender that a title or a role beside a name shows; empty where none does."""
    if name.title in _WOMEN:
        return "f"
    if name.title in _MEN:
        return "m"
    found = _role_before(name)
    if found is None:
        return _gender_of_first_name(name)
    if _WOMAN.fullmatch(found["role"]) or _HERS.search(name.before[: found.start()]):
        return "f"
    return "m" if _HIS.search(name.before[: found.start()]) else _gender_of_first_name(name)


def _gender_of_first_name(name: NameAt) -> Gender:
    first = name.tokens[0].split("-")[0]
    if len(name.tokens) < 2 or first in _BOTH or (first in _WOMENS) == (first in _MENS):
        return ""
    return "f" if first in _WOMENS else "m"
