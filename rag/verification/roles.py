"""Whether a claim has who did it and to whom changed places, or another one do it.

Pure. Compares the verbs of a claim with the same verbs of its quotes, by the words that stand for each
other. Where either side's subject or object can't be told it says nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from rag.extraction import cue_words
from rag.extraction.names.recognition import Name
from rag.extraction.phrases import BY_ITSELF
from rag.extraction.predicates import Predicate
from rag.verification.attribution import alike, speaks
from rag.verification.correspondence import ALIGNED, Correspondence, Place
from rag.verification.premise import ReadEvidence
from rag.verification.stated_claim import StatedClaim

# Least cosine of two nouns in their sentences for one to be taken for the other here.
_SURE = 0.5
# What stands between two names that do something together.
_LIST = re.compile(
    r"[\s,]*(?:(?:et|and|y|e|und|ou|or|avec|with)\b\s*)?(?:[^\W\d_a-zà-ÿ][\w'’-]*[\s,]*|(?:et|and|y|e|und)\s+)*"
)


def role_conflict(claim: StatedClaim) -> str | None:
    """Return the claim's word that has another part in the quotes' event, if one has."""
    for predicate in claim.sentence.predicates:
        if reason := _conflict(claim, predicate):
            return reason
    return None


def has_same_verb(claim: StatedClaim) -> bool:
    """Return whether a verb of the claim's stands in a quote too, so that who does it was compared."""
    verbs = {
        (number, predicate.index)
        for number, item in enumerate(claim.premise.evidence)
        for predicate in item.quote.predicates
        if predicate.is_told
    }
    return any(
        (place.quote, place.index) in verbs
        for predicate in claim.sentence.predicates
        for place in claim.correspondence.of(predicate.index)
    )


def _conflict(claim: StatedClaim, stated: Predicate) -> str | None:
    words = claim.sentence.marked_words
    if words[stated.index].exact in cue_words.MUTUAL or stated.bare:
        return None
    if word := _at_the_other_end(claim, stated):
        return word
    found = [
        _swapped(claim, stated, given, place.quote)
        for place in claim.correspondence.of(stated.index)
        for given in claim.premise.evidence[place.quote].quote.predicates
        if given.index == place.index and given.is_told
    ]
    return found[0] if found and all(found) else None


def _swapped(claim: StatedClaim, stated: Predicate, given: Predicate, quote: int) -> str | None:
    """Return words of the claim's subject or object that have another part in the quote, if any have."""
    both = claim.correspondence
    done_to = _places(both, stated.patients, quote)
    doers = _places(both, stated.agents, quote) - done_to
    if stated.agents and not stated.patients and given.passive and not given.agents:
        return _undergoes(claim, stated, given, quote)
    undergone = given.patients | given.done_to
    if stated.agents and not doers & (given.doer if stated.patients else given.doer | undergone):
        if _is_elsewhere(claim, stated.agents, given, given.agents, quote):
            return _word(claim, stated.agents)
        if _does_another_thing(claim, stated.agents, given, quote):
            return _word(claim, stated.agents)
    beside = _places(both, stated.done_to, quote) & given.agents
    if stated.agents and beside and not given.passive and not doers & given.doer:
        # `A refused B's offer`, `A bought it from B`, of what B did.
        return _word(claim, stated.agents)
    absent = stated.patients and not done_to & undergone
    if absent and _is_elsewhere(claim, stated.patients, given, given.patients, quote):
        return _word(claim, stated.patients)
    if doers and not doers & (given.agents if _names_another(claim, stated, given, quote) else given.doer):
        undergoing = given.patients if given.passive else given.patients | given.done_to
        exchanged = doers & undergoing and (given.agents or given.pronoun or given.passive)
        if (exchanged and _transitive(stated, given)) or _is_another(claim, stated.agents, given, quote):
            return _word(claim, stated.agents)
    if not doers and given.agents and not given.passive and not stated.passive and _transitive(stated, given):
        # Who is rather taken for what undergoes it there than for who does it isn't shown to do it.
        loosely = _places(both, stated.agents, quote, ALIGNED)
        if loosely and loosely <= given.patients - given.doer:
            return _word(claim, stated.agents)
    placed = bool(doers & (given.agents | given.doer))
    if done_to and not placed and not done_to & (given.patients | given.done_to):
        exchanged = done_to & given.agents and (given.patients or given.passive)
        if exchanged or (given.passive and _is_another(claim, stated.patients, given, quote)):
            return _word(claim, stated.patients)
    if placed and given.patients and _has_another(claim, stated, given, quote):
        return _word(claim, stated.patients)
    return None


def _is_elsewhere(
    claim: StatedClaim, mine: frozenset[int], given: Predicate, theirs: frozenset[int], quote: int
) -> bool:
    """Return whether a name of the claim's stands in the quotes, and somebody else in its place.

    A name beside the other one (`A, B and C signed`) has a part in the same; a noun may stand for a name of
    another sentence.
    """
    if not theirs or not _is_named(claim, mine):
        return False
    item, words = claim.premise.evidence[quote], claim.sentence.marked_words
    own = [n for n in claim.names if any(n.start <= words[k].start < n.end for k in mine)]
    said = item.quote.marked_words
    starts = [said[k].start for k in theirs]
    others = [n for n in item.quote_names if any(n.start <= start < n.end for start in starts)]
    if any(alike(a, b) for a in own for b in others):
        return False
    quoted = [(it, n) for it in claim.premise.evidence for n in it.quote_names]
    shown = [(it, n) for it, n in quoted if any(alike(n, name) for name in own)]
    if others:
        return bool(shown) and not any(
            it is item and _are_joined(item.quote.text, n, other) for it, n in shown for other in others
        )
    return any(it is item and _is_beside(item, n, given, theirs) for it, n in shown)


def _is_beside(item: ReadEvidence, name: Name, given: Predicate, theirs: frozenset[int]) -> bool:
    """Return whether a name does or undergoes something in a noun's sentence, and that noun isn't said of it.

    One that only stands beside (`the mayor of Orvanne`) may be meant by the noun (`the town`).
    """
    words = item.quote.marked_words
    mine = {i for i, w in enumerate(words) if name.start <= w.start < name.end}
    if not mine or words[min(mine)].sentence != words[given.index].sentence:
        return False
    if not any(mine & (other.agents | other.patients) for other in item.quote.predicates):
        return False
    return not any(one.name & mine and one.nouns & theirs for one in item.descriptions)


def _does_another_thing(claim: StatedClaim, mine: frozenset[int], given: Predicate, quote: int) -> bool:
    """Return whether a noun of the claim's does something else in the quotes, and another one does this."""
    words, said = claim.sentence.marked_words, claim.premise.evidence
    if not given.agents or not any(said[quote].quote.marked_words[k].is_content for k in given.agents):
        return False
    places = {place for k in mine if words[k].is_content for place in claim.correspondence.known(k)}
    if _is_named(claim, mine) or any(p.quote == quote and p.index in given.doer for p in places):
        return False
    return bool(places) and all(
        any(
            p.index in other.agents and _is_finite(said[p.quote], other)
            for other in said[p.quote].quote.predicates
        )
        for p in places
    )


def _is_finite(item: ReadEvidence, verb: Predicate) -> bool:
    exact = item.quote.marked_words[verb.index].exact
    return not verb.bare and not exact.endswith(("ing", "ant"))


def _are_joined(text: str, one: Name, other: Name) -> bool:
    first, second = sorted((one, other), key=lambda name: name.start)
    return _LIST.fullmatch(text[first.end : second.start]) is not None


def _names_another(claim: StatedClaim, stated: Predicate, given: Predicate, quote: int) -> bool:
    """Return whether both subjects are names: then one in the other's apposition isn't the other."""
    return _is_named(claim, stated.agents) and _has_name(claim, given.agents, quote)


def _is_named(claim: StatedClaim, indexes: Iterable[int]) -> bool:
    starts = [claim.sentence.marked_words[k].start for k in indexes]
    return any(name.start <= start < name.end for name in claim.names for start in starts)


def _has_name(claim: StatedClaim, indexes: Iterable[int], quote: int) -> bool:
    item = claim.premise.evidence[quote]
    starts = [item.quote.marked_words[k].start for k in indexes]
    return any(name.start <= start < name.end for name in item.quote_names for start in starts)


def _undergoes(claim: StatedClaim, stated: Predicate, given: Predicate, quote: int) -> str | None:
    """Read `Castel hurt himself` on `the keeper, hurt`, `A led` on `led by one goal, A …`."""
    words = claim.sentence.marked_words
    doers = _places(claim.correspondence, stated.agents, quote)
    if not doers or not given.patients:
        return None
    if doers & (given.patients | given.done_to):
        active = not stated.passive and words[stated.index].exact not in BY_ITSELF
        reflexive = stated.index and words[stated.index - 1].plain in {"est", "sont", "s"}
        return _word(claim, stated.agents) if active and given.bare and not reflexive else None
    return _word(claim, stated.agents) if _is_another(claim, stated.agents, given, quote) else None


def _has_another(claim: StatedClaim, stated: Predicate, given: Predicate, quote: int) -> bool:
    """Return whether another sentence has the claim's done in another way: got a bonus, asked for a rise."""
    if _places(claim.correspondence, stated.patients, quote) & (given.patients | given.done_to):
        return False
    sentence = claim.premise.evidence[quote].quote.marked_words[given.index].sentence
    return any(
        _places(claim.correspondence, stated.patients, number) & other.patients
        and (number, item.quote.marked_words[other.index].sentence) != (quote, sentence)
        for number, item in enumerate(claim.premise.evidence)
        for other in item.quote.predicates
    )


def _at_the_other_end(claim: StatedClaim, stated: Predicate) -> str | None:
    """Read `A received a letter` told as `A sent a letter`: the same one does the opposite.

    One of whom the quote says nothing does so too, unless it stands for another name of the quote's.
    """
    sides = claim.sentence.marked_words[stated.index].concepts
    turned = {(pair, 1 - side) for pair, side in sides if pair in cue_words.CONVERSES}
    for number, item in enumerate(claim.premise.evidence) if turned else ():
        doers = _places(claim.correspondence, stated.agents, number)
        for given in item.quote.predicates:
            if not turned & item.quote.marked_words[given.index].concepts:
                continue
            if doers & given.agents or (stated.agents and not doers):
                return _word(claim, [stated.index])
    return None


def _transitive(stated: Predicate, given: Predicate) -> bool:
    """Return whether both say to whom, so that neither is `prices rose` for `rose by`."""
    return bool(stated.patients and (given.patients or given.done_to))


def _is_another(claim: StatedClaim, stated: frozenset[int], given: Predicate, quote: int) -> bool:
    """Return whether the quote has somebody else in this place, and the claim's one elsewhere.

    `The company` may be any name, unless that one speaks there or it is said to be another's (`whose
    husband`); a thing without a name is another one only if it does something else there.
    """
    said = claim.premise.evidence[quote].quote
    others = given.patients if given.passive else given.agents
    if not others:
        return False
    places = _places(claim.correspondence, stated, quote)
    if _is_named(claim, stated):
        if given.possessed or _has_name(claim, others, quote):
            return True
        spoken = said.marked_words[given.index].exact in cue_words.SPEECH_VERBS
        names = [name for name in claim.premise.evidence[quote].quote_names if speaks(said, name)]
        starts = {said.marked_words[k].start for k in places}
        return not spoken and any(name.start <= start < name.end for name in names for start in starts)
    return any(places & p.agents and not p.passive and p.patients for p in said.predicates)


def _places(both: Correspondence, indexes: Iterable[int], quote: int, least: float = _SURE) -> frozenset[int]:
    found: set[Place] = set()
    for index in indexes:
        found.update(both.of(index, least))
    return frozenset(place.index for place in found if place.quote == quote)


def _word(claim: StatedClaim, indexes: Iterable[int]) -> str:
    words = claim.sentence.marked_words
    named = [k for k in sorted(indexes) if words[k].capital] or sorted(indexes)
    return claim.text[words[named[0]].start : words[named[-1]].end]
