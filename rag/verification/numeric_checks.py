"""Whether a claim's numbers and dates are those of its evidence.

Pure. A number must be there with its unit, count the same thing, and stand for what it stands for there;
a date must be implied by a stated one. Knows no names and no polarity.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from rag.extraction import cue_words
from rag.extraction.dates import When
from rag.extraction.quantities import Quantity
from rag.schema.answer import Evidence
from rag.text.analyzer import terms
from rag.text.synonyms import meanings
from rag.verification.premise import Basis, Figure, published_on
from rag.verification.quantity_match import matches

# How far from a number its own words may stand, in characters.
_REACH = 200
# Evidence with more numbers than this is a table: the words around one say little.
_TABLE = 40
_SEGMENT_END = re.compile(
    r"[;:.!?()«»]\s|,\s|\s(?:contre|against|dont|tandis|while|mais|but)\s|\s(?:et|and)\s(?!\d)"
)


def number_reasons(numbers: Sequence[Quantity], claim: str, basis: Basis) -> tuple[list[str], list[str]]:
    """`number:…` for each number the evidence contradicts, and for each that it lacks.

    Contradicted is a number in whose place the evidence has exactly one other.
    """
    contradicted, lacking = [], []
    # A number said twice of the same thing is checked once: a claim may be nothing but digits.
    for number in {(n.text, n.noun, n.unit): n for n in numbers}.values():
        if number.anaphoric or _idle_first(number, basis) or _found(number, claim, basis):
            continue
        known_otherwise = len(_rivals(number, basis)) == 1
        (contradicted if known_otherwise else lacking).append(f"number:{number.text.strip()}")
    return contradicted, lacking


def _idle_first(number: Quantity, basis: Basis) -> bool:
    """`a first attempt`: an ordinal only where the evidence counts the same things otherwise."""
    if not number.ordinal or number.value != 1:
        return False
    return not any(f.quantity.ordinal and _same_noun(number, f.quantity, basis) for f in basis.figures)


def _found(number: Quantity, claim: str, basis: Basis) -> bool:
    given = [figure for figure in basis.figures if matches(number, figure.quantity)]
    if number.unit == "decade" and not given and _in_a_decade(number, basis):
        return True
    if not given:
        return number.unit == "" and _in_a_date(number, basis.dates)
    if basis.crossing:
        return True
    return not _counts_other(number, claim, given, basis) and not _moved(number, claim, given, basis)


def _in_a_decade(number: Quantity, basis: Basis) -> bool:
    """`les années 1940`, where the evidence names no decade but a year of it."""
    if any(figure.quantity.unit == "decade" for figure in basis.figures):
        return False
    return any(when.year is not None and when.year // 10 * 10 == number.value for when in basis.dates)


def _counts_other(number: Quantity, claim: str, given: Sequence[Figure], basis: Basis) -> bool:
    """Its noun is counted otherwise there, and its value counts something else: the two were swapped."""
    if not number.noun or not any(_same_noun(number, f.quantity, basis) for f in basis.figures):
        return False
    return all(
        _counts_otherwise(number, f.quantity, basis) or _aside(f.quantity, claim, basis) for f in given
    )


@lru_cache(maxsize=4096)
def _meant_by(noun: str, language: str | None) -> frozenset[str]:
    if noun in cue_words.LIGHT or cue_words.is_adverb(noun, language):
        return frozenset()
    return frozenset().union(*(meanings(stem, language) for stem in terms(noun, language)))


def _nouns(quantity: Quantity, language: str | None) -> frozenset[str]:
    return _meant_by(quantity.noun, language)


def _same_noun(a: Quantity, b: Quantity, basis: Basis) -> bool:
    return bool(_nouns(a, basis.claim_language) & _nouns(b, basis.language))


def _counts_otherwise(a: Quantity, b: Quantity, basis: Basis) -> bool:
    theirs = _nouns(b, basis.language)
    return bool(theirs) and not theirs & _nouns(a, basis.claim_language)


def _aside(number: Quantity, claim: str, basis: Basis) -> bool:
    """A number brought in beside the main one (`dont douze …`, `contre 470 …`) and not told as such."""
    stems = terms(number.following, basis.language)
    return number.aside and not set(stems) & set(terms(claim, basis.claim_language))


def _moved(number: Quantity, claim: str, given: Sequence[Figure], basis: Basis) -> bool:
    """The words around it stand around another number of its unit there, and none of its own do."""
    if len(basis.figures) > _TABLE:
        return False
    mine = _around(claim, number, basis.claim_language)
    rivals = [
        figure
        for figure in basis.figures
        if figure.quantity.unit == number.unit and not matches(number, figure.quantity)
    ]
    homes = [_around(f.text, f.quantity, basis.language) for f in given]
    if not mine or any(home & mine for home in homes):
        return False
    return any(_around(f.text, f.quantity, basis.language) & mine for f in rivals)


@lru_cache(maxsize=4096)
def _around(text: str, number: Quantity, language: str | None) -> frozenset[str]:
    """The meanings of the content words in a number's own stretch of a sentence."""
    start, end = max(0, number.start - _REACH), min(len(text), number.end + _REACH)
    before = [m.end() for m in _SEGMENT_END.finditer(text, start, end) if m.end() <= number.start]
    after = _SEGMENT_END.search(text, number.end, end)
    left = text[before[-1] if before else start : number.start]
    right = text[number.end : after.start() if after else end]
    stems = [s for s in terms(f"{left} {right}", language) if not s[0].isdigit() and s not in cue_words.LIGHT]
    return frozenset().union(*(meanings(stem, language) for stem in stems))


def _in_a_date(number: Quantity, dates: Sequence[When]) -> bool:
    """`le 16`, `2025`: a day or a year of a date that the quotes state."""
    return any(number.value in (date.day, date.year) for date in dates if not number.noun)


def _rivals(number: Quantity, basis: Basis) -> list[Quantity]:
    """Evidence numbers that stand in the claim's number's place: of its unit, or counting its noun."""
    others = [figure.quantity for figure in basis.figures]
    if number.unit:
        rivals = [other for other in others if other.unit == number.unit]
    else:
        rivals = [other for other in others if _same_noun(number, other, basis)]
    return list({other.value: other for other in rivals}.values())


# --- dates ---


def date_reasons(dates: Sequence[When], basis: Basis) -> list[str]:
    """One reason for each stated date none of whose readings the evidence implies."""
    stated: dict[int, list[When]] = {}
    for when in dates:
        stated.setdefault(when.start, []).append(when)
    return [
        f"date:{readings[0].text}"
        for readings in stated.values()
        if not any(_date_found(reading, basis) for reading in readings)
    ]


def _date_found(when: When, basis: Basis) -> bool:
    if any(given.implies(when) for given in basis.dates):
        return True
    if when.month is None and when.day is None and any(f.quantity.value == when.year for f in basis.figures):
        return True
    # The article's own date may be told where the quotes state no other one of the kind.
    return not any(_differ(given, when) for given in basis.quote_dates) and any(
        _published(e, when).implies(when) for e in basis.evidence
    )


def _differ(given: When, stated: When) -> bool:
    mine, theirs = given.fields(), stated.fields()
    return any(a is not None and b is not None and a != b for a, b in zip(mine, theirs, strict=True))


def _published(evidence: Evidence, like: When) -> When:
    day = published_on(evidence)
    blank = When(like.start, like.end, like.text)
    return blank.at(day) if day else blank
