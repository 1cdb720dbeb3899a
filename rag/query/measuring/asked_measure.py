"""What a question measures or counts: `combien de piscines` pools, `combien d'eau` a volume or a mass.

Pure. Knows questions, units and words; the words are data (`measures.txt`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal, get_args

from rag.extraction.dates import DateMention
from rag.extraction.numbers.units import CURRENCIES, unit_after
from rag.query.measuring.asked_dates import asked_dates
from rag.text.folding import word_set
from rag.text.stop_words import stop_words
from rag.text.word_lists import LANGUAGES, WordList, read_lists

Dimension = Literal[
    "duration", "money", "volume", "mass", "area", "length", "speed", "temperature", "percent", "age",
    "frequency", "power", "penalty", "number", "count",
]  # fmt: skip
_DIMENSIONS = get_args(Dimension)


def listed(*headings: str) -> WordList:
    """Return the words under headings of `measures.txt`."""
    return WordList("rag.query", "measures", headings)


# Units by the dimension that they measure; a number, a count and how often have none.
UNITS: dict[Dimension, frozenset[str]] = {
    "duration": frozenset(("time", "calendar")),
    "money": CURRENCIES,
    "volume": frozenset(("volume",)),
    "mass": frozenset(("mass",)),
    "area": frozenset(("area",)),
    "length": frozenset(("length",)),
    "speed": frozenset(("speed",)),
    "temperature": frozenset(("temperature",)),
    "percent": frozenset(("percent", "points")),
    "age": frozenset(("calendar",)),
    "power": frozenset(("power", "energy")),
}
_DIMENSION_OF = {
    unit: dimension for dimension, units in UNITS.items() for unit in units if dimension != "age"
}
_PRIZES = listed("prizes")
# What stands between a number and its noun.
BEFORE_NOUNS = listed("before nouns")

_HOW_MANY = re.compile(
    r"\b(?:combien (?:[\w' -]+?-(?:t-)?(?:il|elle|on|ils|elles) \w+ )?(?:de |d')"
    r"|(?:quel (?:est|etait|sera|fut) le |quel )nombre (?:total |exact )?(?:de |d'|des )"
    r"|how many |what (?:is|was) the (?:total |exact )?number of )(?P<counted>[\w' -]+)"
)
_HOW_MUCH_OF = re.compile(r"\b(?:combien (?:de |d')|how much )(?P<noun>[\w-]+(?: [\w-]+){0,2})")
# A part of what is measured itself: `how much of her salary`.
_HOW_MUCH_OF_THE = re.compile(
    r"\b(?:combien (?:de |d')|how much of )(?:the|his|her|its|their|our|my|your|son|sa|ses|leurs?|ce|cette) "
    r"(?P<noun>[\w-]+(?: [\w-]+){0,2})"
)
_DEEP = re.compile(r"\b(?:profondeur|depth|how deep)\b")
_HOW_LONG_IS = re.compile(r"\bhow long (?:is|are|was|were) (?!it\b|he\b|she\b|they\b|there\b)")
_WHICH = re.compile(
    r"\b(?:quel(?:le)?|what|which) (?P<is>(?:est|etait|sera|serait|fut|a ete|is|was|will be|would be) )?"
    r"(?:le |la |l'|the |son |sa |leur |its |his |her |their )?(?P<noun>[\w-]+(?: [\w'-]+){0,3})(?P<rest>.*)"
)
_COMBIEN = re.compile(
    r"\bcombien\b(?! (?:de|d')\b)|\bhow much (?:is|are|was|were|does|do|did|will|has|have|would|can|could)\b"
)
# What English asks for with an adjective.
_HOW: tuple[tuple[re.Pattern[str], tuple[Dimension, ...]], ...] = tuple(
    (re.compile(rf"\bhow (?:{words})\b"), dimensions)
    for words, dimensions in (
        ("long", ("duration", "length")),
        ("far|tall|high|deep|wide|thick", ("length",)),
        ("fast|quick(?:ly)?", ("speed", "duration")),
        ("heavy", ("mass",)),
        ("hot|cold|warm", ("temperature",)),
        ("old", ("age",)),
        ("often|frequently|many times", ("frequency",)),
        ("big|large", ("area", "length", "volume", "number")),
    )
)
_HOW_WORDS = word_set(
    "long far tall high deep wide thick fast quick quickly heavy hot cold warm old often frequently many much"
    " times big large combien"
)
# What is asked for by these is said by its unit alone.
_NO_STUFF = ("duration", "money", "frequency")
_AMBIGUOUS = frozenset(("prix",))
_AGE = re.compile(r"\bquel age\b|\bage de\b|\bwhat age\b")
_WORD = re.compile(r"[^\W_]+(?:['-][^\W_]+)*")
# A measure that counts people: no area and no height.
_PEOPLE = frozenset(("population", "effectif", "effectifs", "headcount"))


@dataclass(frozen=True, slots=True)
class Measure:
    """What is measured: by any of `dimensions`; of a count, the folded words for what is counted.

    `others` are the question's other words: of `combien de bébés sont nés` one is `nés`, to which
    `486 naissances` answers. `times` are the dates of which it is asked. `lasting`: a stretch of time only
    answers where something is said to last so long: `how long is the ferry`. `depth`: how deep something is,
    which no other length is.
    """

    dimensions: tuple[Dimension, ...]
    counted: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    times: tuple[DateMention, ...] = ()
    lasting: bool = False
    depth: bool = False

    @property
    def units(self) -> frozenset[str] | None:
        """The units that its numbers may have, "" for none; None where any may."""
        if "number" in self.dimensions or "penalty" in self.dimensions:
            return None
        bare = {""} if {"count", "frequency"} & set(self.dimensions) else set()
        return frozenset(bare).union(*(UNITS.get(dimension, frozenset()) for dimension in self.dimensions))


@cache
def _nouns() -> dict[str, tuple[Dimension, ...]]:
    """Return a folded noun for a measure → what it is measured in: `superficie`."""
    return _by_dimension("measures")


@cache
def _stuffs() -> dict[str, tuple[Dimension, ...]]:
    """Return a folded noun for what isn't counted → what it is measured in: `eau`."""
    return _by_dimension("stuffs")


@cache
def _verbs() -> dict[str, tuple[Dimension, ...]]:
    return _by_dimension("verbs")


def _by_dimension(kind: str) -> dict[str, tuple[Dimension, ...]]:
    found: dict[str, tuple[Dimension, ...]] = {}
    stated = {heading for language in LANGUAGES for heading in read_lists("rag.query", language, "measures")}
    for dimension in _DIMENSIONS:
        if f"{kind} of {dimension}" in stated:
            for word in listed(f"{kind} of {dimension}").terms:
                found[word] = (*found.get(word, ()), dimension)
    return found


def asked_measure(folded: str, language: str | None) -> Measure | None:
    """Return what a question, folded, measures or counts; None if it doesn't or its words don't tell."""
    measure = _untimed(folded, language)
    if measure is None:
        return None
    depth = "length" in measure.dimensions and _DEEP.search(folded) is not None
    return replace(measure, times=asked_dates(folded, language), depth=depth)


def is_measuring(word: str) -> bool:
    """Return whether a folded word of a question may only say that something is measured: `temps`, `long`."""
    return word in _HOW_WORDS or word in _nouns() or _stuffs().get(word, ("count",))[0] in _NO_STUFF


def _untimed(folded: str, language: str | None) -> Measure | None:
    for pattern, dimensions in _HOW:
        if pattern.search(folded):
            return Measure(dimensions, lasting=_HOW_LONG_IS.search(folded) is not None)
    if _AGE.search(folded):
        return Measure(("age",))
    if (found := _HOW_MUCH_OF_THE.search(folded)) and (whole := _first_of(_nouns(), found["noun"])):
        return Measure((*whole[1], "percent"))
    if found := _HOW_MUCH_OF.search(folded):
        if unit := unit_after(f"0 {found['noun']}", 1):
            return Measure((_DIMENSION_OF.get(unit.unit, "number"),))
        if known := _first_of(_stuffs(), found["noun"]):
            noun, dimensions = known
            several = (
                noun.endswith(("s", "x")) and "duration" not in dimensions and dimensions != ("frequency",)
            )
            return _count((noun,), folded, dimensions) if several else Measure(dimensions)
    if found := _HOW_MANY.search(folded):
        counted = _counted(found["counted"], language)
        unit = unit_after(f"0 {counted[0]}", 1) if counted else None
        return Measure((_DIMENSION_OF.get(unit.unit, "number"),)) if unit else _count(counted, folded)
    if _COMBIEN.search(folded):
        verbs = [_verbs()[word] for word in _WORD.findall(folded) if word in _verbs()]
        if verbs:
            return Measure(verbs[0])
        return Measure(("money",)) if folded.lstrip().startswith("how much") else Measure(("number",))
    return _which(folded)


def _count(counted: tuple[str, ...], folded: str, dimensions: tuple[Dimension, ...] = ()) -> Measure:
    """Return the count of a noun, which may be measured by these dimensions too."""
    return Measure(
        (*dimensions, "count"), counted, tuple(word for word in _WORD.findall(folded) if word not in counted)
    )


def _which(folded: str) -> Measure | None:
    """Return the measure of `quelle superficie`, `what is the price`."""
    for found in _WHICH.finditer(folded):
        known = _first_of(_nouns(), found["noun"])
        if known is None or (known[0] in _AMBIGUOUS and _PRIZES.found_in(found["noun"] + found["rest"])):
            continue
        if known[0] in _PEOPLE:
            return _count((known[0],), folded)
        if found["is"] or not (found[0].startswith("wh") and known[0].endswith("s")):
            return Measure(known[1])
    return None


def _first_of(
    known: Mapping[str, tuple[Dimension, ...]], said: str
) -> tuple[str, tuple[Dimension, ...]] | None:
    """Return the longest term that a text begins with, and what it is measured in."""
    words = said.split()
    beginnings = (" ".join(words[:length]) for length in range(len(words), 0, -1))
    return next(((term, known[term]) for term in beginnings if term in known), None)


def _counted(words: str, language: str | None) -> tuple[str, ...]:
    """Return the noun that is counted with what tells it: one to three words, before any small word."""
    stop = stop_words("fr") | stop_words("en")
    found: list[str] = []
    for word in words.split():
        if word in BEFORE_NOUNS and not found:
            continue
        if word in stop or word[0].isdigit() or len(found) == (3 if language == "en" else 1):
            break
        found.append(word)
    return tuple(found)
