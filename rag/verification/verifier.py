"""Whether a claim is borne out by its quotes: supported, contradicted or unsupported, and why.

Pure arithmetic over words: numbers, dates, names, negation, certainty, opposites, speakers and the share
of content words that the quotes have. It can't prove entailment and doesn't say so. Knows no model, no
index and no page.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Literal, get_args

from rag.extraction.names.matching import mentioned, supported
from rag.extraction.phrases import PREPOSITIONS, THIN, own
from rag.schema.evidence import ClaimStatus, Evidence
from rag.text.analyzer import terms
from rag.text.synonyms import meanings
from rag.verification.attribution import misattributions, speaks
from rag.verification.contradiction import (
    modality_conflict,
    negation_conflict,
    opposite_conflict,
    unfounded_act,
    unfounded_negation,
    unfounded_success,
)
from rag.verification.correspondence import ReadTexts
from rag.verification.described import description_conflict
from rag.verification.holders import holder_conflict
from rag.verification.numeric_checks import date_reasons, number_reasons
from rag.verification.ordering import comparison_conflict, direction_conflict, order_conflict
from rag.verification.premise import EvidenceReader, Premise
from rag.verification.relations import relation_reasons
from rag.verification.roles import has_same_verb, role_conflict
from rag.verification.shares import share_reasons
from rag.verification.stated_claim import StatedClaim

ReasonKind = Literal[
    "number", "date", "name", "reference", "negation", "opposite", "modality", "speaker", "role", "order",
    "comparison", "share", "relation", "word", "coverage",
]  # fmt: skip
# A reason is `kind:token`, the token being the claim's own words; `coverage` stands alone. `name` is one that
# isn't in the article or stands for another there; `reference` one that only the quote's surroundings have.
REASON_KINDS: tuple[str, ...] = get_args(ReasonKind)

CheckedKind = Literal["names", "numbers", "dates", "speaker", "roles", "negation", "words"]
CHECKED_KINDS: tuple[str, ...] = get_args(CheckedKind)

# Least share of a claim's content that its quotes must have (same language).
MIN_COVERAGE = 0.5
# What a word weighs in it that the claim has from the question and not from its quotes.
ASKED_WEIGHT = 1.5
# What a number, date or name weighs in it, each checked by itself.
CHECKED_WEIGHT = 0.5
# Least cosine of multilingual-e5-small between claim and quote when their languages differ. Of 44 right
# claims of the labelled set the lowest has .835; beside another sentence of the same article 7 % reach .83.
MIN_SIMILARITY = 0.83
# Across languages, the least cosine of a word in its sentence with the nearest of the quotes (see
# `correspondence`), for verbs and for other words, and the least mean of a claim's.
NEAR, NEAR_VERB, NEAR_ALL = 0.15, 0.25, 0.50


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome of checking a claim; `reasons` is empty exactly when it is supported.

    `checked` are the kinds of things (`CHECKED_KINDS`) that a claim has and that were compared, if it passed.
    """

    status: ClaimStatus
    reasons: tuple[str, ...] = ()
    checked: tuple[str, ...] = field(default=(), compare=False)


def verify(
    claim: str,
    evidence: Sequence[Evidence],
    asked: Collection[str] = (),
    language: str | None = None,
    similarity: float | None = None,
    reader: EvidenceReader | None = None,
    read: ReadTexts | None = None,
) -> Verdict:
    """Check a claim against its evidence.

    Numbers, dates, names and polarity are looked for in the quotes and titles: whom a quote's pronoun means,
    a wider quote must say.

    Args:
        claim: One sentence.
        evidence: What it cites; the languages are those of the articles.
        asked: The terms of the question, in the claim's language; they are no evidence.
        language: The claim's (ISO 639-1).
        similarity: A cosine between claim and quotes by the bundled encoder, for coverage where the
            languages differ and words aren't compared by `read`.
        reader: What has read evidence and claims of the same question before.
        read: Reads claim and quotes by the bundled encoder, so that words of two languages can be compared.

    Raises:
        ValueError: There is no evidence.
    """
    stated = _stated(claim, evidence, language, reader or EvidenceReader(), read)
    numbers = number_reasons(stated)
    if contradicted := [*numbers.contradicted, *_polarity_reasons(stated)]:
        return Verdict("contradicted", tuple(dict.fromkeys(contradicted)))
    unsupported = [
        *numbers.lacking,
        *date_reasons(stated),
        *_name_reasons(stated),
        *_modality_reasons(stated),
        *share_reasons(stated),
        *relation_reasons(stated),
        *_coverage_reasons(stated, asked, similarity),
    ]
    # A name that only the quotes' surroundings have may yet be shown: such a claim is held to all the rest.
    failed = any(not reason.startswith("reference:") for reason in unsupported)
    # Last, since it takes longest: most claims that fail have failed by now.
    if not failed and (turned := _structure_reasons(stated)):
        return Verdict("contradicted", tuple(turned))
    checked = () if failed else _checked(stated)
    return Verdict("unsupported" if unsupported else "supported", tuple(dict.fromkeys(unsupported)), checked)


def _checked(claim: StatedClaim) -> tuple[str, ...]:
    """Return what there is in a claim that was compared with its quotes."""
    crossing = claim.premise.crossing
    compared = {
        "names": bool(claim.names),
        "numbers": bool(claim.numbers),
        "dates": bool(claim.dates),
        "speaker": any(speaks(claim.sentence, name) for name in claim.names),
        "roles": has_same_verb(claim),
        "negation": bool(claim.mentions),
        "words": not crossing or claim.correspondence.similarities is not None,
    }
    return tuple(kind for kind in CHECKED_KINDS if compared[kind])


def refers(
    claim: str, evidence: Sequence[Evidence], language: str | None, reader: EvidenceReader | None = None
) -> bool:
    """Return whether every name of `claim` stands in the quotes, or in their articles' metadata.

    Title, outlet and author count.

    Args:
        claim: The claim.
        evidence: What it rests on.
        language: The claim's language.
        reader: Analyses sentences.
    """
    return not _reference_reasons(_stated(claim, evidence, language, reader or EvidenceReader()))


def _stated(
    claim: str,
    evidence: Sequence[Evidence],
    language: str | None,
    reader: EvidenceReader,
    read: ReadTexts | None = None,
) -> StatedClaim:
    premise = Premise(tuple(evidence), language, reader)
    return StatedClaim(reader.analyses.of(claim, premise.claim_language), premise, read)


def _polarity_reasons(claim: StatedClaim) -> list[str]:
    found = {
        "negation": negation_conflict(claim.pairings, claim.premise.mentions, claim.premise.says_earliest),
        "opposite": opposite_conflict(claim.mentions, claim.premise.mentions, claim.premise.says_earliest),
    }
    return [f"{kind}:{word}" for kind, word in found.items() if word]


def _structure_reasons(claim: StatedClaim) -> list[str]:
    """Return what the claim says of the same words the other way round."""
    found = {
        "role": role_conflict(claim),
        "order": direction_conflict(claim) or order_conflict(claim),
        "comparison": comparison_conflict(claim),
        "speaker": holder_conflict(claim),
        "relation": description_conflict(claim),
    }
    return [f"{kind}:{word}" for kind, word in found.items() if word]


def _name_reasons(claim: StatedClaim) -> list[str]:
    """Return names that nothing bears out, else names in another's place or only in the article."""
    return (
        [*_invented(claim), *_unknown_peoples(claim)] or misattributions(claim) or _reference_reasons(claim)
    )


def _invented(claim: StatedClaim) -> list[str]:
    premise = claim.premise
    return [
        f"name:{name.text}"
        for name in claim.names
        if not any(supported(name, known, premise.crossing, claim.language) for known in premise.vocabularies)
        and not claim.is_translated(name.start, name.end)
    ]


def _unknown_peoples(claim: StatedClaim) -> list[str]:
    return [
        f"name:{word}"
        for word, group in claim.sentence.peoples
        if not any(group in known.groups for known in claim.premise.vocabularies)
    ]


def _reference_reasons(claim: StatedClaim) -> list[str]:
    """Return what may well be meant by a pronoun of the quotes, and yet isn't in them or above them."""
    premise = claim.premise
    return [
        f"reference:{name.text}"
        for name in claim.names
        if not any(
            mentioned(name, shown, article, premise.crossing, claim.language)
            for shown, article in zip(premise.shown, premise.vocabularies, strict=True)
        )
        and not claim.is_translated(name.start, name.end)
    ]


def _modality_reasons(claim: StatedClaim) -> list[str]:
    given = claim.premise.mentions
    quotes = " ".join(item.quote.text for item in claim.premise.evidence)
    found = {
        "modality": modality_conflict(claim.pairings) or unfounded_success(claim.mentions, given),
        "negation": unfounded_negation(claim.mentions, given, quotes, claim.premise.says_earliest),
    }
    return [f"{kind}:{word}" for kind, word in found.items() if word]


def _coverage_reasons(claim: StatedClaim, asked: Collection[str], similarity: float | None) -> list[str]:
    if claim.premise.crossing:
        far = similarity is not None and similarity < MIN_SIMILARITY
        return _word_reasons(claim) or (["coverage"] if far else [])
    short = unfounded_act(claim.mentions, claim.has_word) or _coverage(claim, asked) < MIN_COVERAGE
    return ["coverage"] if short else []


def _word_reasons(claim: StatedClaim) -> list[str]:
    """Return the claim's words for which quotes in another language have none that may mean the same."""
    both = claim.correspondence
    if both.similarities is None:
        return []
    spans = [(part.start, part.end) for part in (*claim.dates, *claim.numbers, *claim.names)]
    thin = own(THIN, claim.language) | own(PREPOSITIONS, claim.language)
    verbs = {predicate.index for predicate in claim.sentence.predicates}
    nearness = {
        i: 1.0 if both.known(i) else both.nearest(i)[1]
        for i, word in enumerate(claim.sentence.marked_words)
        if word.is_content
        and not word.adverb
        and word.plain not in thin
        and not any(start <= word.start < end for start, end in spans)
    }
    words = claim.sentence.marked_words
    least = min(nearness, key=nearness.__getitem__, default=None)
    if least is None:
        return []
    far = [i for i, cosine in nearness.items() if cosine < (NEAR_VERB if i in verbs else NEAR)]
    mean = sum(nearness.values()) / len(nearness)
    return [f"word:{words[i].exact}" for i in far] or (["coverage"] if mean < NEAR_ALL else [])


def _coverage(claim: StatedClaim, asked: Collection[str]) -> float:
    """Share of the claim's content found in the quotes and titles, by stem or by synonym.

    Numbers, dates and names are checked by themselves and count as found, at a smaller weight. Words
    taken over from the question that the quotes lack weigh more: they are what was to be shown.
    """
    language = claim.language
    spans = {(part.start, part.end) for part in (*claim.dates, *claim.numbers, *claim.names)}
    found, missing = CHECKED_WEIGHT * len(spans), 0.0
    for stem in terms(_blanked(claim.text, spans), language) if spans else claim.sentence.terms:
        if claim.has_word(stem, meanings(stem, language)):
            found += 1.0
        else:
            missing += ASKED_WEIGHT if stem in asked else 1.0
    if not found + missing:
        # Nothing but small words (`Oui.`): only the very words of a quote cover them.
        own = set(claim.sentence.words)
        return float(any(own and own <= set(item.quote.words) for item in claim.premise.evidence))
    return found / (found + missing)


def _blanked(text: str, spans: set[tuple[int, int]]) -> str:
    characters = list(text)
    for start, end in spans:
        characters[start:end] = " " * (end - start)
    return "".join(characters)
