"""Where a claim and its evidence say opposite things of the same word.

Pure. Compares mentions; knows neither how they were read nor numbers, names and dates.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rag.extraction import cue_words
from rag.extraction.assertions import Mention
from rag.extraction.clauses import FACT, POSSIBLE
from rag.text.synonyms import related


@dataclass(frozen=True, slots=True)
class Pairing:
    """A claim's word with the evidence's occurrences of it that fit best; with none if it has none."""

    mention: Mention
    others: list[Mention]


def paired(
    claim: tuple[Mention, ...],
    given: tuple[Mention, ...],
    aligned: Callable[[Mention], list[Mention]] = lambda _: [],
) -> list[Pairing]:
    """Return each of the claim's words with its occurrences in the evidence.

    `aligned` gives those that stand for a word which has none by stem or synonym.
    """
    return [
        Pairing(mention, _counterparts(mention, given) or (aligned(mention) if mention.stem else []))
        for mention in claim
    ]


def _counterparts(mention: Mention, given: tuple[Mention, ...]) -> list[Mention]:
    """Return the evidence's occurrences of the same word that fit best.

    Else of its family, else of a synonym.
    """
    if not mention.stem:
        return []
    if same := [other for other in given if other.stem == mention.stem]:
        return _best(mention, same)
    family = [other for other in given if related(other.stem, mention.stem)]
    synonyms = [other for other in given if other.meanings & mention.meanings]
    both = [other for other in family if other.meanings & mention.meanings]
    return _best(mention, both or family or synonyms)


def _best(mention: Mention, candidates: list[Mention]) -> list[Mention]:
    """Return the occurrences whose clauses, then sentences, share most with the claim's."""
    if len(candidates) < 2:
        return candidates

    def shared(other: Mention) -> tuple[float, int, int]:
        return (
            len(mention.clause & other.clause) / max(1, len(mention.clause | other.clause)),
            len(mention.context & other.clause),
            len(mention.context & other.context),
        )

    most = max((shared(other) for other in candidates), default=None)
    return [other for other in candidates if shared(other) == most]


def negation_conflict(
    pairings: Sequence[Pairing], given: tuple[Mention, ...] = (), from_then: bool = False
) -> str | None:
    """Return the word that is negated on one side only, where both sides speak of the same thing.

    `given` are all words of the evidence; `from_then`: it says `at the earliest`, which is `not before`.
    """
    pairs = [(p.mention, p.others) for p in pairings if not (from_then and p.mention.awaited)]
    claim = [pairing.mention for pairing in pairings]
    if any(mention.negated and any(other.negated for other in others) for mention, others in pairs):
        # `aucun accord n'a été signé`, `ils n'ont pas signé d'accord`: the same negation, elsewhere.
        return None
    if not any(("before", 0) in mention.concepts for mention in claim):
        # `pas avant lundi` denies nothing that the claim says of later.
        pairs = [(mention, [o for o in others if not o.awaited]) for mention, others in pairs]
    denies = any(mention.negated for mention in claim)
    for mention, others in pairs:
        # `échappe à la crue`, `n'est pas touché par la crue`: the noun needs no negation of its own.
        idle = denies and not mention.negated and mention.certainty is None
        # `rien à voir avec la pénurie`, `no part in the shortage`: one denial, told of two words.
        idle = idle or (mention.negated and any(_denied_beside(other, given) for other in others))
        if others and not idle and all(mention.negated != other.negated for other in others):
            return mention.word
    return None


def _denied_beside(other: Mention, given: tuple[Mention, ...]) -> bool:
    return any(mention.negated and mention.clause == other.clause for mention in given)


def modality_conflict(pairings: Sequence[Pairing]) -> str | None:
    """Return the word that the claim states with more certainty than its evidence does."""
    for mention, others in ((pairing.mention, pairing.others) for pairing in pairings):
        if mention.certainty is not None and others and all(_weaker(other, mention) for other in others):
            return mention.word
    return None


def _weaker(given: Mention, stated: Mention) -> bool:
    return (FACT if given.certainty is None else given.certainty) < (stated.certainty or POSSIBLE)


def opposite_conflict(
    claim: tuple[Mention, ...], given: tuple[Mention, ...], from_then: bool = False
) -> str | None:
    """Return the word whose opposite stands in its place: `hausse` for `baisse`, `before` for `after`.

    `from_then`: the evidence says `at the earliest`, which is `not before`.
    """
    stated = {concept for mention in claim for concept in mention.concepts}
    for mention in claim:
        if from_then and mention.awaited:
            continue
        for pair, side in mention.concepts:
            # Who gives and who gets is a matter of roles; `freed, but the other stays in prison` has both.
            if pair in cue_words.CONVERSES or (pair, 1 - side) in stated:
                continue
            rivals = [other for other in given if _in_place(pair, mention, other)]
            others = _best(mention, rivals)
            turned = bool(others) and all(_turned(pair, side, mention, other) for other in others)
            agreeing = [other for other in rivals if not _turned(pair, side, mention, other)]
            if turned and _nearness(mention, others) > _nearness(mention, agreeing) + 1:
                return mention.word
    return None


def _nearness(mention: Mention, others: list[Mention]) -> int:
    """Return the words that the nearest of the others' clauses shares with the claim's sentence.

    -2 for none.
    """
    return max((len(mention.context & other.clause) for other in others), default=-2)


def _in_place(pair: str, mention: Mention, other: Mention) -> bool:
    """Return whether both have a word of the pair, and about the same thing where the pair is a position."""
    if not any(name == pair for name, _ in other.concepts):
        return False
    if pair in cue_words.OF_THE_NEXT:
        return bool(other.following & mention.following)
    return pair not in cue_words.OF_THE_LAST or bool(other.preceding & mention.preceding)


def _turned(pair: str, side: int, mention: Mention, other: Mention) -> bool:
    """Return whether the two say the opposite; what is denied counts for the other side of its pair."""
    same_side = (pair, side) in other.concepts
    same_polarity = mention.negated == other.negated
    if pair in cue_words.DENIED_IS_OPPOSITE:
        return same_side != same_polarity
    return not same_side and same_polarity


def unfounded_negation(
    claim: tuple[Mention, ...], given: tuple[Mention, ...], quotes: str, from_then: bool = False
) -> str | None:
    """Return a word that the claim negates where nothing in the quotes is negative, even by meaning.

    `from_then`: they say `at the earliest`, which is `not before`.
    """
    denied = (mention for mention in claim if mention.negated and not (from_then and mention.awaited))
    negated = next((mention.word for mention in denied), None)
    if negated is None or any(mention.negated for mention in given):
        return None
    return None if cue_words.denies(quotes) else negated


def unfounded_success(claim: tuple[Mention, ...], given: tuple[Mention, ...]) -> str | None:
    """Return `obtained` where the evidence only asks or offers."""
    if not any(mention.word in cue_words.REQUEST for mention in given):
        return None
    known = frozenset().union(*(mention.meanings for mention in given))
    return next(
        (
            mention.word
            for mention in claim
            if mention.word in cue_words.ACHIEVED
            and mention.certainty == FACT
            and not mention.meanings & known
        ),
        None,
    )


def unfounded_act(claim: tuple[Mention, ...], known: Callable[[str, frozenset[str]], bool]) -> bool:
    """Return whether the claim asserts a deed (`signed`, `resigned`) for which the evidence has no word.

    `known` tells whether the evidence, titles included, has a word with this stem and these meanings.
    """
    return any(
        mention.certainty == FACT
        and not mention.negated
        and mention.word in cue_words.ACTS
        and not known(mention.stem, mention.meanings)
        for mention in claim
    )
