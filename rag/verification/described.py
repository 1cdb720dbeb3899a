"""Whether a claim says of somebody what its quotes say of another: director, owner, successor.

Pure. `The director, Ann Lee`, `Ann Lee directs` and `Ann Lee is the director` say the same. Where a quote
has a pronoun in the place, or nobody knows whose the word is, it says nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rag.extraction.predicates import Predicate
from rag.verification.correspondence import Place
from rag.verification.premise import described
from rag.verification.stated_claim import StatedClaim

# Least cosine of two nouns in their sentences for one to be taken for the other here.
_SURE = 0.5


@dataclass(frozen=True, slots=True)
class _Statement:
    """That somebody, by the numbers of the claim's words, is or does something, to what."""

    holder: frozenset[int]
    what: int
    of: frozenset[int]
    stated: bool


@dataclass(frozen=True, slots=True)
class _Held:
    """Whose a word of a quote is: surely, or perhaps; `unknown` where a pronoun stands for that one."""

    place: Place
    sure: frozenset[Place] = frozenset()
    perhaps: frozenset[Place] = frozenset()
    of: frozenset[Place] = frozenset()
    unknown: bool = False


def description_conflict(claim: StatedClaim) -> str | None:
    """Return the claim's word for what one is, that the quotes say of another or of nobody."""
    for statement in _statements(claim):
        if _is_anothers(claim, statement):
            word = claim.sentence.marked_words[statement.what]
            return claim.text[word.start : word.end]
    return None


def _statements(claim: StatedClaim) -> Iterator[_Statement]:
    for one in described(claim.sentence, claim.names):
        if one.head is not None:
            yield _Statement(one.name, one.head, one.of, one.stated)
    words = claim.sentence.marked_words
    for predicate in claim.sentence.predicates:
        if any(words[i].capital for i in predicate.agents) and not predicate.bare:
            yield _Statement(predicate.agents, predicate.index, _undergoing(predicate), stated=False)


def _undergoing(predicate: Predicate) -> frozenset[int]:
    return predicate.patients if predicate.passive else predicate.patients | predicate.done_to


def _is_anothers(claim: StatedClaim, statement: _Statement) -> bool:
    both = claim.correspondence
    known = {p for i in statement.holder for p in both.known(i) if _is_name(claim, i)}
    places = both.of(statement.what, _SURE)
    if not known or not places:
        return False
    is_verb = any(p.index == statement.what for p in claim.sentence.predicates)
    held = [found for place in places if (found := _held(claim, place))]
    if is_verb and all(claim_verb for claim_verb in (_is_verb(claim, h.place) for h in held)):
        return False  # who does what to whom is compared elsewhere
    complements = {p for i in statement.of for p in both.of(i, _SURE)}
    beside = [h for h in held if h.of & complements]
    if any(h.unknown for h in held):
        return False
    for found in beside or held:
        if known & (found.sure | found.perhaps):
            return False
    if beside or held:
        return any(h.sure for h in beside or held)
    return statement.stated and not any(_may_be_anybody(claim, place) for place in places)


def _is_name(claim: StatedClaim, index: int) -> bool:
    word = claim.sentence.marked_words[index]
    places = claim.correspondence.known(index)
    return word.capital and word.is_content and all(claim.correspondence.word(p).capital for p in places)


def _is_verb(claim: StatedClaim, place: Place) -> bool:
    quote = claim.premise.evidence[place.quote].quote
    return any(predicate.index == place.index for predicate in quote.predicates)


def _held(claim: StatedClaim, place: Place) -> _Held | None:
    """Return whose the word at a place is; None if that can't be told at all."""
    item = claim.premise.evidence[place.quote]

    def placed(indexes: frozenset[int]) -> frozenset[Place]:
        return frozenset(Place(place.quote, index) for index in indexes)

    for predicate in item.quote.predicates:
        if predicate.index == place.index:
            doing = placed(predicate.agents)
            unknown = predicate.pronoun or not predicate.agents
            return _Held(place, doing, placed(predicate.doer), placed(_undergoing(predicate)), unknown)
    sure = [one for one in item.descriptions if one.head == place.index]
    perhaps = [one for one in item.descriptions if place.index in one.nouns]
    if not perhaps:
        return None
    return _Held(
        place,
        placed(frozenset().union(*(one.name for one in sure))),
        placed(frozenset().union(*(one.name for one in perhaps))),
        placed(frozenset().union(*(one.of for one in sure))),
    )


def _may_be_anybody(claim: StatedClaim, place: Place) -> bool:
    """Return whether a noun may stand for somebody who is named elsewhere: `the surgeon said`."""
    quote = claim.premise.evidence[place.quote].quote
    return any(place.index in p.agents or place.index in p.patients for p in quote.predicates)
