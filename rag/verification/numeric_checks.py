"""Whether a claim's numbers and dates are those of its evidence.

Pure. A number must be there with its unit, count the same thing, and stand for what it stands for there;
a date must be implied by a stated one. Knows no names and no polarity.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from rag.extraction import cue_words
from rag.extraction.analysed_sentence import AnalysedSentence
from rag.extraction.dates import DateMention
from rag.extraction.numbers.quantities import Quantity
from rag.text.analyzer import terms
from rag.text.synonyms import meanings
from rag.text.word_lists import KindsOfTerms
from rag.verification.premise import Figure, Premise, ReadEvidence
from rag.verification.quantity_match import matches
from rag.verification.stated_claim import StatedClaim

# Evidence with more numbers than this is a table: the words around one say little.
_TABLE = 40


@dataclass(frozen=True, slots=True)
class NumberReasons:
    """`number:…` for each number that the evidence contradicts, and for each that it lacks.

    Contradicted is a number in whose place the evidence has exactly one other.
    """

    contradicted: tuple[str, ...]
    lacking: tuple[str, ...]


def number_reasons(claim: StatedClaim) -> NumberReasons:
    """Return what is wrong with a claim's numbers."""
    premise = claim.premise
    contradicted, lacking = [], []
    # A number said twice of the same thing is checked once: a claim may be nothing but digits.
    for number in {(n.text, n.noun, n.unit): n for n in claim.numbers}.values():
        if (
            number.anaphoric
            or _idle_first(number, premise)
            or _in_a_factor(number, claim)
            or _found(number, claim)
        ):
            continue
        known_otherwise = len(_rivals(number, premise)) == 1
        (contradicted if known_otherwise else lacking).append(f"number:{number.text.strip()}")
    return NumberReasons(tuple(contradicted), tuple(lacking))


def _in_a_factor(number: Quantity, claim: StatedClaim) -> bool:
    """Tell whether it is `multiplié par deux`, which is compared with `doublé`."""
    return any(factor.start <= number.start < factor.end for factor in claim.sentence.factors)


def _idle_first(number: Quantity, premise: Premise) -> bool:
    """Read `a first attempt`: an ordinal only where the evidence counts the same things otherwise."""
    if not number.ordinal or number.value != 1:
        return False
    return not any(f.quantity.ordinal and _same_noun(number, f.quantity, premise) for f in premise.figures)


def _found(number: Quantity, claim: StatedClaim) -> bool:
    premise = claim.premise
    given = [figure for figure in premise.figures if matches(number, figure.quantity)]
    if number.unit == "decade" and not given and _in_a_decade(number, premise):
        return True
    if not given:
        return number.unit == "" and _in_a_date(number, premise.dates)
    if all(_ended_otherwise(number, claim, figure) for figure in given):
        return False
    if all(_of_the_other(number, claim, figure) for figure in given):
        return False
    if _of_another_sentence(number, claim, given):
        return False
    if premise.crossing:
        return True
    return not _counts_other(number, claim, given) and not _moved(number, claim, given)


_OUTCOMES = KindsOfTerms(
    "rag.extraction",
    "outcomes",
    (
        "dead", "injured", "missing", "saved", "displaced", "arrested", "in care", "recovering", "in favour",
        "against", "abstaining",
    ),
)  # fmt: skip
# What ends the stretch that tells what became of those counted, and where it is told before.
_STRETCH_END = re.compile(r"[;:.!?()«»]\s|,\s|\s(?:et|and|y|und|contre|against|while|mais|but|tandis)\s")
_OF_THESE = re.compile(r"(?:dont|including|of whom|among them|darunter|entre ellos)\s*(?:\w+\s)?$")


def _ended_otherwise(number: Quantity, claim: StatedClaim, figure: Figure) -> bool:
    """Return whether the quote tells another end of those it counts: 19 injured, told as 19 dead."""
    mine = _outcome(number, claim.sentence)
    return (
        bool(mine) and bool(theirs := _outcome(figure.quantity, figure.sentence)) and mine.isdisjoint(theirs)
    )


def _of_the_other(number: Quantity, claim: StatedClaim, figure: Figure) -> bool:
    """Read `42 % of them, against 17 % with the placebo` told as `42 % with the placebo`.

    The other number has no verb of its own: its words are whose it is.
    """
    premise = claim.premise
    if len(premise.figures) > _TABLE:
        return False
    mine = Figure(number, claim.sentence).around(premise.claim_language)
    own = figure.around(figure.sentence.language)
    return any(
        mine & (other.around(other.sentence.language) - own)
        for other in premise.figures
        if other.sentence is figure.sentence
        and other.quantity.unit == number.unit
        and not matches(number, other.quantity)
        and not any(matches(own_number, other.quantity) for own_number in claim.numbers)
        and other.is_elliptical
        and not figure.is_elliptical
    )


def _of_another_sentence(number: Quantity, claim: StatedClaim, given: Sequence[Figure]) -> bool:
    """Read `the others went from 26 to 24` told of those of whom a sentence before tells other numbers.

    At least two words of the claim more stand in a sentence with another number of the kind, which the claim
    doesn't give.
    """
    premise = claim.premise
    if len(premise.figures) > _TABLE or any(figure.quantity.aside for figure in given):
        return False
    own = max((_words_beside(number, claim, figure) for figure in given), default=0)
    rivals = [
        figure
        for figure in premise.figures
        if figure.quantity.unit == number.unit
        and figure.quantity.ordinal == number.ordinal
        and not any(_sentence_of(figure) == _sentence_of(other) for other in given)
        and not any(matches(mine, figure.quantity) for mine in claim.numbers)
    ]
    return any(_words_beside(number, claim, figure) > own + 1 for figure in rivals)


def _sentence_of(figure: Figure) -> tuple[int, int]:
    words = figure.sentence.marked_words
    start = figure.quantity.start
    return id(figure.sentence), next((w.sentence for w in words if w.end > start), -1)


def _words_beside(number: Quantity, claim: StatedClaim, figure: Figure) -> int:
    """Return how many of the claim's words stand in the sentence of a number of the quotes."""
    here = _sentence_of(figure)[1]
    quotes = [item.quote for item in claim.premise.evidence]
    if figure.sentence not in quotes:
        return 0
    quote = quotes.index(figure.sentence)
    words, both = figure.sentence.marked_words, claim.correspondence
    return sum(
        word.is_content
        and not number.start <= word.start < number.end
        and any(p.quote == quote and words[p.index].sentence == here for p in both.of(i))
        for i, word in enumerate(claim.sentence.marked_words)
    )


def _outcome(number: Quantity, said: AnalysedSentence) -> frozenset[str]:
    """Return what became of those a number counts, by words beside it, else beside the one before."""
    text = said.flat.lower()
    marks = list(_STRETCH_END.finditer(text))
    start = max((m.end() for m in marks if m.end() <= number.start), default=0)
    end = min((m.start() for m in marks if m.start() >= number.end), default=len(text))
    found = _OUTCOMES.kinds_in(text[start:end], said.language)
    if not found and _OF_THESE.search(text[: number.start]):
        before = [n for n in said.quantities if n.end < number.start]
        return _outcome(before[-1], said) if before else frozenset()
    return found


def _in_a_decade(number: Quantity, premise: Premise) -> bool:
    """Tell whether it is `les années 1940`, where the evidence names no decade but a year of it."""
    if any(figure.quantity.unit == "decade" for figure in premise.figures):
        return False
    return any(when.year is not None and when.year // 10 * 10 == number.value for when in premise.dates)


def _counts_other(number: Quantity, claim: StatedClaim, given: Sequence[Figure]) -> bool:
    """Tell whether its noun is counted otherwise there, and its value counts something else.

    The two were swapped.
    """
    premise = claim.premise
    if not number.noun or not any(_same_noun(number, f.quantity, premise) for f in premise.figures):
        return False
    return all(_counts_otherwise(number, f.quantity, premise) or _aside(f.quantity, claim) for f in given)


@lru_cache(maxsize=4096)
def _meant_by(noun: str, language: str | None) -> frozenset[str]:
    if noun in cue_words.LIGHT or cue_words.is_adverb(noun, language):
        return frozenset()
    return frozenset().union(*(meanings(stem, language) for stem in terms(noun, language)))


def _nouns(quantity: Quantity, language: str | None) -> frozenset[str]:
    return _meant_by(quantity.noun, language)


def _same_noun(a: Quantity, b: Quantity, premise: Premise) -> bool:
    return bool(_nouns(a, premise.claim_language) & _nouns(b, premise.language))


def _counts_otherwise(a: Quantity, b: Quantity, premise: Premise) -> bool:
    theirs = _nouns(b, premise.language)
    return bool(theirs) and not theirs & _nouns(a, premise.claim_language)


def _aside(number: Quantity, claim: StatedClaim) -> bool:
    """Return whether the claim tells as its main number one that the article brings in beside it.

    `dont douze …`, `contre 470 …`.
    """
    if not number.aside:
        return False
    return set(terms(number.following, claim.premise.language)).isdisjoint(claim.sentence.terms)


def _moved(number: Quantity, claim: StatedClaim, given: Sequence[Figure]) -> bool:
    """Return whether its words stand around another number of its unit there, and not around the same one."""
    premise = claim.premise
    if len(premise.figures) > _TABLE:
        return False
    mine = Figure(number, claim.sentence).around(premise.claim_language)
    rivals = [
        figure
        for figure in premise.figures
        if figure.quantity.unit == number.unit and not matches(number, figure.quantity)
    ]
    if not mine or any(figure.around(premise.language) & mine for figure in given):
        return False
    return any(figure.around(premise.language) & mine for figure in rivals)


def _in_a_date(number: Quantity, dates: Sequence[DateMention]) -> bool:
    """Tell whether it is `le 16`, `2025`: a day or a year of a date that the quotes state."""
    return any(number.value in (date.day, date.year) for date in dates if not number.noun)


def _rivals(number: Quantity, premise: Premise) -> list[Quantity]:
    """Evidence numbers that stand in the claim's number's place: of its unit, or counting its noun."""
    others = [figure.quantity for figure in premise.figures]
    if number.unit:
        rivals = [other for other in others if other.unit == number.unit]
    else:
        rivals = [other for other in others if _same_noun(number, other, premise)]
    return list({other.value: other for other in rivals}.values())


# --- dates ---


def date_reasons(claim: StatedClaim) -> list[str]:
    """Return one reason for each stated date none of whose readings the evidence implies."""
    stated: dict[int, list[DateMention]] = {}
    for when in claim.dates:
        stated.setdefault(when.start, []).append(when)
    return [
        f"date:{readings[0].text}"
        for readings in stated.values()
        if not any(_date_found(reading, claim.premise) for reading in readings)
        # Dates are read in French and in English only.
        and not (claim.premise.is_foreign and claim.is_translated(readings[0].start, readings[0].end))
    ]


def _date_found(when: DateMention, premise: Premise) -> bool:
    if any(given.implies(when) for given in premise.dates):
        return True
    if (
        when.month is None
        and when.day is None
        and any(f.quantity.value == when.year for f in premise.figures)
    ):
        return True
    # The article's own date may be told where the quotes state no other one of the kind.
    return not any(_differ(given, when) for given in premise.quote_dates) and any(
        _published(item, when).implies(when) for item in premise.evidence
    )


def _differ(given: DateMention, stated: DateMention) -> bool:
    mine, theirs = given.fields(), stated.fields()
    return any(a is not None and b is not None and a != b for a, b in zip(mine, theirs, strict=True))


def _published(item: ReadEvidence, like: DateMention) -> DateMention:
    blank = DateMention(like.start, like.end, like.text)
    return blank.at(item.published) if item.published else blank
