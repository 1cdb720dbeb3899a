"""Whether a claim says how many of a whole, and how many times as many, as its quotes do. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rag.extraction.analysed_sentence import AnalysedSentence
from rag.extraction.numbers.shares import Share
from rag.text.word_lists import KindsOfTerms
from rag.verification.stated_claim import StatedClaim

_EXCEPT = KindsOfTerms("rag.extraction", "shares", ("except",))
# How far after a share the number of its whole may stand, in characters.
_NEAR = 12


def share_reasons(claim: StatedClaim) -> list[str]:
    """Return `share:…` and `comparison:…` for the claim's shares and multiples that no quote bears out."""
    stated = claim.sentence.shares
    if not stated and not claim.sentence.factors and not any(number.bound for number in claim.numbers):
        return []
    quotes = [item.quote for item in claim.premise.evidence]
    given = [share for quote in quotes for share in quote.shares]
    halved = any(factor.value == 0.5 for quote in quotes for factor in quote.factors)
    found = [
        f"share:{share.text}"
        for share in stated
        if share.is_word and not (halved and share.least < 0.5 < share.most)
        if not any(other.bears_out(share) for other in given) and (given or not _is_all(share))
    ]
    if any(_is_all(share) for share in stated):
        found += [f"share:{quote.text[m.start() : m.end()]}" for quote, m in _exceptions(claim, quotes)]
    found += [f"share:{share.text}" for share in stated if share.least > 1.05]
    return [*found, *_counts_a_whole(claim, quotes), *_factor_reasons(claim, quotes)]


def _is_all(share: Share) -> bool:
    return share.least >= 1.0


def _exceptions(
    claim: StatedClaim, quotes: Sequence[AnalysedSentence]
) -> Iterator[tuple[AnalysedSentence, re.Match[str]]]:
    """Yield what the quotes except from all, where the claim excepts nothing."""
    if _EXCEPT.kinds_in(claim.sentence.flat.lower(), claim.sentence.language):
        return
    for quote in quotes:
        for match, _ in _EXCEPT.find(quote.flat.lower(), quote.language):
            yield quote, match


def _counts_a_whole(claim: StatedClaim, quotes: Sequence[AnalysedSentence]) -> list[str]:
    """Read `more than half of the 30` told as `more than 30`."""
    wholes = {
        number.value
        for quote in quotes
        for share in quote.shares
        for number in quote.quantities
        if 0 <= number.start - share.end <= _NEAR
    } | {share.whole for quote in quotes for share in quote.shares if share.whole}
    own = [(share.start, share.end + _NEAR) for share in claim.sentence.shares]
    return [
        f"share:{number.text.strip()}"
        for number in claim.numbers
        if number.bound
        and number.value in wholes
        and not any(start <= number.start <= end for start, end in own)
    ]


def _factor_reasons(claim: StatedClaim, quotes: Sequence[AnalysedSentence]) -> list[str]:
    given = {factor.value for quote in quotes for factor in quote.factors}
    return [
        f"comparison:{factor.text}"
        for factor in claim.sentence.factors
        if factor.value not in given and (given or not _follows(factor.value, claim))
    ]


def _follows(factor: float, claim: StatedClaim) -> bool:
    """Return whether two numbers of the quotes are so many times each other."""
    values = [f.quantity.value for f in claim.premise.figures if f.quantity.value]
    return any(abs(a / b - factor) <= 0.1 * factor for a in values for b in values if a is not b)
