"""Whether a claim is borne out by its quotes: supported, contradicted or unsupported, and why.

Pure arithmetic over words: numbers, dates, names, negation, certainty, opposites, speakers and the share
of content words that the quotes have. It can't prove entailment and doesn't say so. Knows no model, no
index and no page.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

from rag.attribution import misattributions
from rag.conflicts import (
    modality_conflict,
    negation_conflict,
    opposite_conflict,
    unfounded_negation,
    unfounded_success,
)
from rag.dates import When, find_dates, parse_published
from rag.language import terms
from rag.names import Vocabulary, find_names, find_peoples, supported, vocabulary
from rag.polarity import mentions
from rag.quantities import Quantity, find_quantities, matches
from rag.schema import ClaimStatus, Evidence
from rag.synonyms import meanings

ReasonKind = Literal["number", "date", "name", "negation", "opposite", "modality", "speaker", "coverage"]
# A reason is `kind:token`, the token being the claim's own words; `coverage` stands alone.
REASON_KINDS: tuple[str, ...] = get_args(ReasonKind)

# Least share of a claim's content words that its quotes must have (same language).
MIN_COVERAGE = 0.5
# What a word weighs in it that the claim has from the question and not from its quotes.
ASKED_WEIGHT = 1.5
# What a number, date or name weighs in it, each checked by itself.
CHECKED_WEIGHT = 0.5
# Least cosine of multilingual-e5-small between claim and quote when their languages differ; it gives
# unrelated sentences about .75 and translations about .90.
MIN_SIMILARITY = 0.80


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome of checking a claim; `reasons` is empty exactly when it is supported."""

    status: ClaimStatus
    reasons: tuple[str, ...] = ()


def verify(
    claim: str,
    evidence: Sequence[Evidence],
    question: str = "",
    language: str | None = None,
    similarity: float | None = None,
) -> Verdict:
    """Check `claim` against its evidence.

    `language` is the claim's; evidence languages are their articles'. Numbers, dates and polarity are
    looked for in the quotes and titles, names in the whole articles. Words of `question` neither help
    nor harm. `similarity` is a cosine between claim and quotes by the bundled encoder, used for coverage
    where the languages differ.
    """
    basis = _Basis(tuple(evidence), language)
    dates = basis.claim_dates(claim)
    numbers = find_quantities(claim, language or basis.language, [(d.start, d.end) for d in dates])
    contradicted = [
        *_number_reasons(numbers, claim, basis, contradicting=True),
        *_polarity_reasons(claim, basis),
    ]
    if contradicted:
        return Verdict("contradicted", tuple(dict.fromkeys(contradicted)))
    unsupported = [
        *_number_reasons(numbers, claim, basis, contradicting=False),
        *_date_reasons(dates, basis),
        *_name_reasons(claim, dates, basis),
        *_modality_reasons(claim, basis),
        *_coverage_reasons(claim, question, similarity, basis),
    ]
    return Verdict("unsupported" if unsupported else "supported", tuple(dict.fromkeys(unsupported)))


class _Basis:
    """What a claim may rest on, read once: quotes, titles, articles."""

    def __init__(self, evidence: tuple[Evidence, ...], language: str | None) -> None:
        self.evidence = evidence
        self.language = evidence[0].article.language or language
        self.claim_language = language or self.language
        self.crossing = any(
            (e.article.language or self.claim_language) != self.claim_language for e in evidence
        )
        self.quote_dates = [d for e in evidence for d in find_dates(e.quote, _published_on(e))]
        self.dates = self.quote_dates + [
            d for e in evidence for d in find_dates(e.article.title, _published_on(e))
        ]
        self.numbers = [number for e in evidence for number in _quote_numbers(e, self.claim_language)]

    def claim_dates(self, claim: str) -> list[When]:
        """The claim's dates, its relative ones read from the day each article was published."""
        found = [
            when
            for published in dict.fromkeys(parse_published(e.article.published_at) for e in self.evidence)
            for when in find_dates(claim, published)
        ]
        return list(dict.fromkeys(found))

    def vocabularies(self) -> list[Vocabulary]:
        return [vocabulary(_everything(e), e.article.language or self.claim_language) for e in self.evidence]


def _everything(evidence: Evidence) -> str:
    article = evidence.article
    return "\n".join(part for part in (article.title, article.outlet, article.author, article.text) if part)


def _published_on(evidence: Evidence) -> date | None:
    return parse_published(evidence.article.published_at)


def _quote_numbers(evidence: Evidence, language: str | None) -> list[Quantity]:
    language = evidence.article.language or language
    return [
        number
        for text in (evidence.quote, evidence.article.title)
        for number in find_quantities(text, language, [(d.start, d.end) for d in find_dates(text)])
    ]


# --- numbers ---


def _number_reasons(numbers: Sequence[Quantity], claim: str, basis: _Basis, contradicting: bool) -> list[str]:
    reasons = []
    for number in numbers:
        if number.anaphoric or _idle_first(number, basis) or _number_found(number, claim, basis):
            continue
        if contradicting == (len(_rivals(number, basis)) == 1):
            reasons.append(f"number:{number.text.strip()}")
    return reasons


def _idle_first(number: Quantity, basis: _Basis) -> bool:
    """`a first attempt`: an ordinal only where the evidence counts the same things otherwise."""
    if not number.ordinal or number.value != 1:
        return False
    return not any(other.ordinal and _same_noun(number, other, basis) for other in basis.numbers)


def _number_found(number: Quantity, claim: str, basis: _Basis) -> bool:
    given = [other for other in basis.numbers if matches(number, other)]
    if number.noun and not basis.crossing and given:
        bound = [other for other in basis.numbers if _same_noun(number, other, basis)]
        others = [o for o in given if _counts_otherwise(number, o, basis) or _aside(o, claim, basis)]
        # Its noun is counted otherwise, and its value counts something else: the two were swapped.
        return not (bound and len(others) == len(given))
    return bool(given) or (number.unit == "" and _in_a_date(number, basis.dates))


def _nouns(quantity: Quantity, language: str | None) -> frozenset[str]:
    return frozenset().union(*(meanings(stem, language) for stem in terms(quantity.noun, language)))


def _same_noun(a: Quantity, b: Quantity, basis: _Basis) -> bool:
    return bool(_nouns(a, basis.claim_language) & _nouns(b, basis.language))


def _counts_otherwise(a: Quantity, b: Quantity, basis: _Basis) -> bool:
    theirs = _nouns(b, basis.language)
    return bool(theirs) and not theirs & _nouns(a, basis.claim_language)


def _aside(number: Quantity, claim: str, basis: _Basis) -> bool:
    """A number brought in beside the main one (`dont douze …`, `contre 470 …`) and not told as such."""
    stems = terms(number.following, basis.language)
    return number.aside and not set(stems) & set(terms(claim, basis.claim_language))


def _in_a_date(number: Quantity, dates: Sequence[When]) -> bool:
    """`le 16`, `2025`: a day or a year of a date that the quotes state."""
    return any(number.value in (date.day, date.year) for date in dates if not number.noun)


def _rivals(number: Quantity, basis: _Basis) -> list[Quantity]:
    """Evidence numbers that stand in the claim's number's place: of its unit, or counting its noun."""
    if number.unit:
        rivals = [other for other in basis.numbers if other.unit == number.unit]
    else:
        rivals = [other for other in basis.numbers if _same_noun(number, other, basis)]
    return list({other.value: other for other in rivals}.values())


# --- dates ---


def _date_reasons(dates: Sequence[When], basis: _Basis) -> list[str]:
    """One reason for each stated date none of whose readings the evidence implies."""
    stated: dict[int, list[When]] = {}
    for when in dates:
        stated.setdefault(when.start, []).append(when)
    return [
        f"date:{readings[0].text}"
        for readings in stated.values()
        if not any(_date_found(reading, basis) for reading in readings)
    ]


def _date_found(when: When, basis: _Basis) -> bool:
    if any(given.implies(when) for given in basis.dates):
        return True
    if when.month is None and when.day is None and any(n.value == when.year for n in basis.numbers):
        return True
    # The article's own date may be told where the quotes state no other one of the kind.
    return not any(_differ(given, when) for given in basis.quote_dates) and any(
        _published(e, when).implies(when) for e in basis.evidence
    )


def _differ(given: When, stated: When) -> bool:
    mine, theirs = given.fields(), stated.fields()
    return any(a is not None and b is not None and a != b for a, b in zip(mine, theirs, strict=True))


def _published(evidence: Evidence, like: When) -> When:
    day = _published_on(evidence)
    blank = When(like.start, like.end, like.text)
    return blank.at(day) if day else blank


# --- names ---


def _name_reasons(claim: str, dates: Sequence[When], basis: _Basis) -> list[str]:
    skip = [(when.start, when.end) for when in dates]
    vocabularies = basis.vocabularies()
    names = sorted(
        {n for given in vocabularies for n in find_names(claim, given, skip)}, key=lambda n: n.start
    )
    invented = [
        f"name:{name.text}"
        for name in names
        if not any(supported(name, given, basis.crossing, basis.claim_language) for given in vocabularies)
    ]
    peoples = [
        f"name:{word}"
        for word, group in find_peoples(claim, basis.claim_language)
        if not any(group in given.groups for given in vocabularies)
    ]
    return (invented + peoples) or misattributions(
        claim, names, basis.evidence, vocabularies, basis.claim_language
    )


# --- polarity and modality ---


def _polarity_reasons(claim: str, basis: _Basis) -> list[str]:
    mine, given = _mentions(claim, basis)
    reasons = []
    if word := negation_conflict(mine, given):
        reasons.append(f"negation:{word}")
    if word := opposite_conflict(mine, given):
        reasons.append(f"opposite:{word}")
    return reasons


def _mentions(claim: str, basis: _Basis) -> tuple[tuple, tuple]:
    given = tuple(
        mention
        for e in basis.evidence
        for mention in mentions(e.quote, e.article.language or basis.claim_language)
    )
    return mentions(claim, basis.claim_language), given


def _modality_reasons(claim: str, basis: _Basis) -> list[str]:
    mine, given = _mentions(claim, basis)
    reasons = []
    if word := modality_conflict(mine, given) or unfounded_success(mine, given):
        reasons.append(f"modality:{word}")
    if word := unfounded_negation(mine, given, " ".join(e.quote for e in basis.evidence)):
        reasons.append(f"negation:{word}")
    return reasons


# --- coverage ---


def _coverage_reasons(claim: str, question: str, similarity: float | None, basis: _Basis) -> list[str]:
    if basis.crossing:
        return ["coverage"] if similarity is not None and similarity < MIN_SIMILARITY else []
    return ["coverage"] if _coverage(claim, question, basis) < MIN_COVERAGE else []


def _coverage(claim: str, question: str, basis: _Basis) -> float:
    """Share of the claim's content found in the quotes and titles, by stem or by synonym.

    Numbers, dates and names are checked by themselves and count as found, at a smaller weight. Words
    taken over from the question that the quotes lack weigh more: they are what was to be shown.
    """
    given = _given_meanings(basis)
    rest, checked = _without_checked(claim, basis)
    content = terms(rest, basis.claim_language)
    asked = set(terms(question, basis.claim_language))
    found = missing = 0.0
    for stem in content:
        if _covered(stem, given, basis.claim_language):
            found += 1.0
        else:
            missing += ASKED_WEIGHT if stem in asked else 1.0
    found += CHECKED_WEIGHT * checked
    return found / (found + missing) if found + missing else 0.0


def _given_meanings(basis: _Basis) -> frozenset[str]:
    return frozenset(
        meaning
        for e in basis.evidence
        for text in (e.quote, e.article.title, e.article.outlet or "")
        for stem in terms(text, e.article.language or basis.claim_language)
        for meaning in meanings(stem, e.article.language or basis.claim_language)
    )


def _without_checked(claim: str, basis: _Basis) -> tuple[str, int]:
    """The claim with its numbers, dates and names blanked out, and how many they are."""
    dates = {(when.start, when.end) for when in basis.claim_dates(claim)}
    spans = dates | {(q.start, q.end) for q in find_quantities(claim, basis.claim_language, list(dates))}
    spans |= {
        (n.start, n.end) for given in basis.vocabularies() for n in find_names(claim, given, list(dates))
    }
    characters = list(claim)
    for start, end in spans:
        characters[start:end] = " " * (end - start)
    return "".join(characters), len(spans)


def _covered(stem: str, given: frozenset[str], language: str | None) -> bool:
    """The same stem or a synonym's, or one family: `intervenus` and `interventions`."""
    if meanings(stem, language) & given:
        return True
    return any(_akin(stem, other) for other in given)


def _akin(a: str, b: str) -> bool:
    shared = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    return shared >= 4 and (
        shared == min(len(a), len(b)) or (shared >= 5 and shared >= 0.7 * max(len(a), len(b)))
    )
