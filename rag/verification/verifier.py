"""Whether a claim is borne out by its quotes: supported, contradicted or unsupported, and why.

Pure arithmetic over words: numbers, dates, names, negation, certainty, opposites, speakers and the share
of content words that the quotes have. It can't prove entailment and doesn't say so. Knows no model, no
index and no page.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, get_args

from rag.extraction.assertions import Mention, mentions
from rag.extraction.dates import When
from rag.extraction.named_entities import Name, find_names, find_peoples, mentioned, supported
from rag.extraction.quantities import Quantity, find_quantities
from rag.schema.answer import ClaimStatus, Evidence
from rag.text.analyzer import terms
from rag.text.normalization import words
from rag.text.sentences import unwrapped
from rag.text.synonyms import meanings, related
from rag.verification.attribution import misattributions
from rag.verification.contradiction import (
    modality_conflict,
    negation_conflict,
    opposite_conflict,
    unfounded_act,
    unfounded_negation,
    unfounded_success,
)
from rag.verification.numeric_checks import date_reasons, number_reasons
from rag.verification.premise import Basis

ReasonKind = Literal[
    "number", "date", "name", "reference", "negation", "opposite", "modality", "speaker", "coverage"
]
# A reason is `kind:token`, the token being the claim's own words; `coverage` stands alone. `name` is one that
# isn't in the article or stands for another there; `reference` one that only the quote's surroundings have.
REASON_KINDS: tuple[str, ...] = get_args(ReasonKind)

# Least share of a claim's content that its quotes must have (same language).
MIN_COVERAGE = 0.5
# What a word weighs in it that the claim has from the question and not from its quotes.
ASKED_WEIGHT = 1.5
# What a number, date or name weighs in it, each checked by itself.
CHECKED_WEIGHT = 0.5
# Least cosine of multilingual-e5-small between claim and quote when their languages differ. Of 44 right
# claims of the labelled set the lowest has .835; beside another sentence of the same article 7 % reach .83.
MIN_SIMILARITY = 0.83


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
    """Check `claim` against its evidence; ValueError if there is none.

    `language` is the claim's; evidence languages are their articles'. Numbers, dates, names and polarity are
    looked for in the quotes and titles: whom a quote's pronoun means, a wider quote must say. Words of
    `question` are no evidence.
    `similarity` is a cosine between claim and quotes by the bundled encoder, used for coverage where the
    languages differ.
    """
    if not evidence:
        raise ValueError("a claim is checked against evidence")
    read = _Claim.read(claim, Basis(tuple(_on_one_line(item) for item in evidence), language))
    wrong_numbers, lacking_numbers = number_reasons(read.numbers, claim, read.basis)
    if contradicted := wrong_numbers + _polarity_reasons(read):
        return Verdict("contradicted", tuple(dict.fromkeys(contradicted)))
    unsupported = [
        *lacking_numbers,
        *date_reasons(read.dates, read.basis),
        *_name_reasons(read),
        *_modality_reasons(read),
        *_coverage_reasons(read, question, similarity),
    ]
    return Verdict("unsupported" if unsupported else "supported", tuple(dict.fromkeys(unsupported)))


def _on_one_line(item: Evidence) -> Evidence:
    """The evidence in an article without soft line breaks: `16\naoût` is a date, `deux\nmille` a number."""
    return replace(item, article=replace(item.article, text=unwrapped(item.article.text)))


@dataclass(frozen=True, slots=True)
class _Claim:
    """A claim as the checks read it, beside what it may rest on."""

    text: str
    basis: Basis
    dates: list[When]
    numbers: list[Quantity]
    names: list[Name]
    mentions: tuple[Mention, ...]

    @classmethod
    def read(cls, text: str, basis: Basis) -> _Claim:
        dates = basis.claim_dates(text)
        taken = [(when.start, when.end) for when in dates]
        names = {name for given in basis.vocabularies for name in find_names(text, given, taken)}
        return cls(
            text,
            basis,
            dates,
            find_quantities(text, basis.claim_language, taken),
            sorted(names, key=lambda name: name.start),
            mentions(text, basis.claim_language),
        )


def _name_reasons(claim: _Claim) -> list[str]:
    basis = claim.basis
    invented = [
        f"name:{name.text}"
        for name in claim.names
        if not any(
            supported(name, given, basis.crossing, basis.claim_language) for given in basis.vocabularies
        )
    ]
    peoples = [
        f"name:{word}"
        for word, group in find_peoples(claim.text, basis.claim_language)
        if not any(group in given.groups for given in basis.vocabularies)
    ]
    return (
        invented + peoples
        or misattributions(claim.text, claim.names, basis.evidence, basis.vocabularies, basis.claim_language)
        or _reference_reasons(claim)
    )


def _reference_reasons(claim: _Claim) -> list[str]:
    """What may well be meant by a pronoun of the quotes, and yet isn't in them or above them."""
    basis = claim.basis
    return [
        f"reference:{name.text}"
        for name in claim.names
        if not any(
            mentioned(name, quoted, article, basis.crossing, basis.claim_language)
            for quoted, article in zip(basis.quoted, basis.vocabularies, strict=True)
        )
    ]


def refers(claim: str, evidence: Sequence[Evidence], language: str | None) -> bool:
    """Whether every name of `claim` stands in the quotes, or in their articles' title, outlet or author."""
    read = _Claim.read(claim, Basis(tuple(_on_one_line(item) for item in evidence), language))
    return not _reference_reasons(read)


def _polarity_reasons(claim: _Claim) -> list[str]:
    given = claim.basis.mentions
    found = {
        "negation": negation_conflict(claim.mentions, given),
        "opposite": opposite_conflict(claim.mentions, given),
    }
    return [f"{kind}:{word}" for kind, word in found.items() if word]


def _modality_reasons(claim: _Claim) -> list[str]:
    given = claim.basis.mentions
    quotes = " ".join(e.quote for e in claim.basis.evidence)
    found = {
        "modality": modality_conflict(claim.mentions, given) or unfounded_success(claim.mentions, given),
        "negation": unfounded_negation(claim.mentions, given, quotes),
    }
    return [f"{kind}:{word}" for kind, word in found.items() if word]


def _coverage_reasons(claim: _Claim, question: str, similarity: float | None) -> list[str]:
    if claim.basis.crossing:
        return ["coverage"] if similarity is not None and similarity < MIN_SIMILARITY else []
    given = _given_meanings(claim.basis)
    short = unfounded_act(claim.mentions, given) or _coverage(claim, question, given) < MIN_COVERAGE
    return ["coverage"] if short else []


def _coverage(claim: _Claim, question: str, given: frozenset[str]) -> float:
    """Share of the claim's content found in the quotes and titles, by stem or by synonym.

    Numbers, dates and names are checked by themselves and count as found, at a smaller weight. Words
    taken over from the question that the quotes lack weigh more: they are what was to be shown.
    """
    language = claim.basis.claim_language
    spans = {(part.start, part.end) for part in (*claim.dates, *claim.numbers, *claim.names)}
    asked = set(terms(question, language))
    found, missing = CHECKED_WEIGHT * len(spans), 0.0
    for stem in terms(_blanked(claim.text, spans), language):
        if meanings(stem, language) & given or any(related(stem, other) for other in given):
            found += 1.0
        else:
            missing += ASKED_WEIGHT if stem in asked else 1.0
    if not found + missing:
        # Nothing but small words (`Oui.`): only the very words of a quote cover them.
        own = set(words(claim.text))
        return float(any(own and own <= set(words(e.quote)) for e in claim.basis.evidence))
    return found / (found + missing)


def _given_meanings(basis: Basis) -> frozenset[str]:
    return frozenset(
        meaning
        for e in basis.evidence
        for text in (e.quote, e.article.title, e.article.outlet or "")
        for stem in terms(text, basis.spoken(e))
        for meaning in meanings(stem, basis.spoken(e))
    )


def _blanked(text: str, spans: set[tuple[int, int]]) -> str:
    characters = list(text)
    for start, end in spans:
        characters[start:end] = " " * (end - start)
    return "".join(characters)
