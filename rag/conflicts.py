"""Where a claim and its evidence say opposite things of the same word.

Pure. Compares mentions; knows neither how they were read nor numbers, names and dates.
"""

from __future__ import annotations

from rag import cues
from rag.clauses import FACT, POSSIBLE
from rag.polarity import Mention
from rag.surface import flatten


def _counterparts(mention: Mention, given: tuple[Mention, ...]) -> list[Mention]:
    """The evidence's occurrences of the same word that fit best; else of its family, else of a synonym."""
    same = [other for other in given if other.stem == mention.stem]
    related = [other for other in given if other.meanings & mention.meanings]
    family = [other for other in related if other.stem[:4] == mention.stem[:4]]
    return _best(mention, same or family or related)


def _best(mention: Mention, candidates: list[Mention]) -> list[Mention]:
    """The occurrences whose sentences share most with the claim's."""
    most = max((len(mention.context & other.context) for other in candidates), default=0)
    return [other for other in candidates if len(mention.context & other.context) == most]


def negation_conflict(claim: tuple[Mention, ...], given: tuple[Mention, ...]) -> str | None:
    """The word that is negated on one side only, where both sides speak of the same thing."""
    pairs = [(mention, _counterparts(mention, given)) for mention in claim]
    if any(mention.negated and any(other.negated for other in others) for mention, others in pairs):
        # `aucun accord n'a été signé`, `ils n'ont pas signé d'accord`: the same negation, elsewhere.
        return None
    return next(
        (
            mention.word
            for mention, others in pairs
            if others and all(mention.negated != other.negated for other in others)
        ),
        None,
    )


def modality_conflict(claim: tuple[Mention, ...], given: tuple[Mention, ...]) -> str | None:
    """The word that the claim states with more certainty than its evidence does."""
    for mention in claim:
        others = _counterparts(mention, given)
        if mention.certainty is not None and others and all(_weaker(other, mention) for other in others):
            return mention.word
    return None


def _weaker(given: Mention, stated: Mention) -> bool:
    return (FACT if given.certainty is None else given.certainty) < (stated.certainty or POSSIBLE)


def opposite_conflict(claim: tuple[Mention, ...], given: tuple[Mention, ...]) -> str | None:
    """The word whose opposite stands in its place: `hausse` for `baisse`, `before` for `after`."""
    for mention in claim:
        for pair, side in mention.concepts:
            same = [other for other in given if any(name == pair for name, _ in other.concepts)]
            if pair in cues.POSITIONAL:
                same = [other for other in same if other.following & mention.following]
            best = _best(mention, same)
            flipped = [
                other
                for other in best
                if (pair, side) not in other.concepts and other.negated == mention.negated
            ]
            if best and len(flipped) == len(best):
                return mention.word
    return None


def unfounded_negation(claim: tuple[Mention, ...], given: tuple[Mention, ...], quotes: str) -> str | None:
    """A word that the claim negates where nothing in the quotes is negative, not even by its meaning."""
    negated = next((mention.word for mention in claim if mention.negated), None)
    if negated is None or any(mention.negated for mention in given):
        return None
    return None if cues.IMPLICIT_NEGATIVES.search(flatten(quotes)) else negated


def unfounded_success(claim: tuple[Mention, ...], given: tuple[Mention, ...]) -> str | None:
    """`obtained` where the evidence only asks or offers."""
    if not any(cues.REQUEST.fullmatch(mention.word) for mention in given):
        return None
    known = frozenset().union(*(mention.meanings for mention in given))
    return next(
        (
            mention.word
            for mention in claim
            if cues.ACHIEVED.fullmatch(mention.word)
            and mention.certainty == FACT
            and not mention.meanings & known
        ),
        None,
    )
