"""Whether numbers keep to a limit that a statement names: `plus de 15 %`, `fewer than 200`. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from rag.extraction.numbers.quantities import Quantity
from rag.text.analyzer import terms
from rag.text.synonyms import meanings
from rag.verification.stated_claim import StatedClaim


def bounds_hold(claim: StatedClaim) -> bool | None:
    """Return whether the quote's numbers keep to the limits that a claim names.

    None where it names none, or a number is missing or may be either.
    """
    found = [_holds(number, claim) for number in claim.numbers if number.bound]
    if not found or any(one is None for one in found):
        return None
    return all(found)


def _holds(limit: Quantity, claim: StatedClaim) -> bool | None:
    """Return whether every number of a limit's kind is beyond it; None where they differ or there is none."""
    sides = {_is_beyond(value, limit) for value in _values(limit, claim)}
    return sides.pop() if len(sides) == 1 else None


def _is_beyond(value: float, limit: Quantity) -> bool:
    return value > limit.value if limit.bound > 0 else value < limit.value


def _values(limit: Quantity, claim: StatedClaim) -> Iterator[float]:
    """Yield the quote's numbers of a limit's kind: of its unit, or counting the same."""
    premise = claim.premise
    for item in premise.evidence:
        for number in item.quote.quantities:
            same_unit = bool(limit.unit) and limit.unit == number.unit
            if not number.ordinal and (same_unit or (not limit.unit and _counts_same(limit, number, claim))):
                yield number.value


def _counts_same(limit: Quantity, number: Quantity, claim: StatedClaim) -> bool:
    premise = claim.premise
    mine = _meant(limit.noun, premise.claim_language)
    return not number.unit and bool(mine & _meant(number.noun, premise.language))


def _meant(noun: str, language: str | None) -> frozenset[str]:
    return frozenset().union(*(meanings(stem, language) for stem in terms(noun, language)))


def is_currency(unit: str) -> bool:
    """Return whether a unit of quantities is a currency."""
    return len(unit) == 3 and unit.isupper()
