"""Whether two sentences that look alike say the same, or one says something else.

Pure: the one notion of it, for reprints and for evidence. An editor changes a verb, adds a name, moves a
date; another figure, another name in the same place, a negation more or less, the opposite or a lesser
certainty is another statement, and both must be read. It errs on that side. Knows no hits and no storage.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock

from cachetools import LRUCache, cached
from cachetools.keys import hashkey

from rag.extraction.analysed_sentence import AnalysedSentence, SentenceAnalyses
from rag.extraction.assertions import Mention
from rag.extraction.dates import DateMention
from rag.extraction.names.exonyms import find_peoples
from rag.text.analyzer import stems_of_words
from rag.text.normalization import words
from rag.verification.contradiction import modality_conflict, negation_conflict, opposite_conflict, paired

# Share of their terms that two sentences must have in common: to be told apart by what differs, and to
# be the same one, edited.
ALIKE, EDITED = 0.5, 0.7

_AGENCIES = "AFP|AP|Reuters|dpa|EFE|ANSA|Belga|ATS|PA Media|Xinhua|Bloomberg"
# `PARIS, 4 mars (AFP) - `, `DUNMARROW (Reuters) — `: where and by whom a text was filed, not what it says.
_DATELINE = re.compile(
    rf"^[^\W\d_a-z][^\n.!?]{{0,60}}?\((?:[^)\n]*\b)?(?:{_AGENCIES})\)\s*[-–—:]\s*"
    r"|^[A-ZÀ-Ý][A-ZÀ-Ý' -]{2,40}(?:, [^\n.!?–—]{1,30}?)? [-–—] "
)
_CREDIT = re.compile(rf"\s*\((?:avec |with )?(?:{_AGENCIES})(?:[ ,/]+(?:{_AGENCIES}))*\)")
_CAPITALISED = re.compile(r"\b[^\W\d_a-zà-ÿ]\w*")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence as it is compared: without dateline and credit, its words, and its terms but for figures."""

    text: str
    language: str | None
    words: tuple[str, ...]
    content: frozenset[str]


@cached(LRUCache(20_000), key=lambda said: hashkey(said.text, said.language), lock=Lock())
def comparable(said: AnalysedSentence) -> Sentence:
    """Return a sentence made ready to be compared."""
    bare = _CREDIT.sub("", _DATELINE.sub("", said.text))
    found = said.words if bare == said.text else tuple(words(bare))
    content = frozenset(term for term in stems_of_words(found, said.language) if not term[0].isdigit())
    return Sentence(bare, said.language, found, content)


def overlap(one: Sentence, other: Sentence) -> float:
    """Share, in [0, 1], of the terms of the longer of two sentences that both have, figures aside."""
    if one.words == other.words:
        return 1.0
    most = max(len(one.content), len(other.content))
    return len(one.content & other.content) / most if most else 0.0


# The analyses are how two sentences are read, not what they say.
@cached(LRUCache(20_000), key=lambda one, other, _: hashkey(one, other), lock=Lock())
def says_the_same(one: Sentence, other: Sentence, analyses: SentenceAnalyses) -> bool:
    """Return whether two sentences that look alike differ in nothing but wording."""
    if one.words == other.words:
        return True
    a, b = analyses.of(one.text, one.language), analyses.of(other.text, other.language)
    return (
        _figures(a) == _figures(b)
        and not _other_dates(a.dates, b.dates)
        and not (_names_lacking(a, b) and _names_lacking(b, a))
        and not _other_polarity(a, b)
    )


def repeats(one: Sentence, other: Sentence, analyses: SentenceAnalyses, least: float = EDITED) -> bool:
    """Return whether one sentence is the other, reprinted or lightly edited.

    Args:
        one: A sentence.
        other: Another.
        analyses: The sentences as they were analysed.
        least: Their least overlap.
    """
    return overlap(one, other) >= least and says_the_same(one, other, analyses)


def _figures(said: AnalysedSentence) -> Counter[tuple[float, bool]]:
    """Return the values of a sentence's numbers, which an edit leaves alone."""
    return Counter((number.value, number.ordinal) for number in said.quantities)


def _names_lacking(one: AnalysedSentence, other: AnalysedSentence) -> frozenset[str]:
    """Return the words of names and peoples in one sentence that the other doesn't have."""
    lacking = frozenset(one.words).difference(other.words)
    capitalised = {word for name in _CAPITALISED.findall(one.text) for word in words(name)}
    named = one.names if capitalised & lacking else ()
    names = {word for name in named for word in words(name.text)}
    peoples = find_peoples(" ".join(lacking), one.language)
    return (names & lacking) | {word for people, _ in peoples for word in words(people)}


def _other_dates(one: Sequence[DateMention], other: Sequence[DateMention]) -> bool:
    """Return whether each has a date that the other lacks. `hier` and `mardi` may be the same day."""

    def lacking(mine: Sequence[DateMention], theirs: Sequence[DateMention]) -> bool:
        return any(
            not any(when.implies(given) or given.implies(when) for given in theirs)
            for when in mine
            if when.offset is None
        )

    return lacking(one, other) and lacking(other, one)


def _other_polarity(one: AnalysedSentence, other: AnalysedSentence) -> bool:
    a, b = one.mentions, other.mentions
    if any(mention.negated for mention in a) != any(mention.negated for mention in b):
        return True
    return any(_conflict(*pair) for pair in ((a, b), (b, a)))


def _conflict(stated: tuple[Mention, ...], given: tuple[Mention, ...]) -> bool:
    pairings = paired(stated, given)
    return bool(
        negation_conflict(pairings) or opposite_conflict(stated, given) or modality_conflict(pairings)
    )


def counterpart(one: Sentence, given: Sequence[Sentence], analyses: SentenceAnalyses) -> int | None:
    """Return which of `given` repeats `one`, the nearest; None if none does."""
    ranked = sorted(((overlap(one, other), -i) for i, other in enumerate(given)), reverse=True)
    near = (-i for share, i in ranked if share >= EDITED)
    return next((i for i in near if says_the_same(one, given[i], analyses)), None)


def says_otherwise(one: Sentence, given: Sequence[Sentence], analyses: SentenceAnalyses) -> bool:
    """Return whether one of `given` looks like `one` and says something else; ask when none repeats it.

    A sentence that breaks off says nothing else than its whole.
    """
    return any(
        overlap(one, other) >= ALIKE
        and not _breaks_off(one, other)
        and not says_the_same(one, other, analyses)
        for other in given
    )


def _breaks_off(one: Sentence, other: Sentence) -> bool:
    shorter = min(len(one.words), len(other.words))
    return one.words[:shorter] == other.words[:shorter]
