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
from functools import lru_cache

from rag.extraction.assertions import mentions
from rag.extraction.dates import When, find_dates
from rag.extraction.named_entities import find_names, find_peoples, vocabulary
from rag.extraction.quantities import find_quantities
from rag.text.analyzer import word_stems
from rag.text.normalization import words
from rag.verification.contradiction import modality_conflict, negation_conflict, opposite_conflict

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


@lru_cache(maxsize=20_000)
def sentence(text: str, language: str | None) -> Sentence:
    """`text` made ready to be compared."""
    bare = _CREDIT.sub("", _DATELINE.sub("", text))
    content = frozenset(term for term in word_stems(bare, language) if not term[0].isdigit())
    return Sentence(bare, language, tuple(words(bare)), content)


def overlap(one: Sentence, other: Sentence) -> float:
    """Share, in [0, 1], of the terms of the longer of two sentences that both have, figures aside."""
    if one.words == other.words:
        return 1.0
    most = max(len(one.content), len(other.content))
    return len(one.content & other.content) / most if most else 0.0


@lru_cache(maxsize=20_000)
def says_the_same(one: Sentence, other: Sentence) -> bool:
    """Whether two sentences that look alike differ in nothing but wording."""
    if one.words == other.words:
        return True
    a, b = _read(one.text, one.language), _read(other.text, other.language)
    return (
        a.figures == b.figures
        and not _other_dates(a.dates, b.dates)
        and not (_names_lacking(one, other) and _names_lacking(other, one))
        and not _other_polarity(one, other)
    )


def repeats(one: Sentence, other: Sentence, least: float = EDITED) -> bool:
    """Whether one sentence is the other, reprinted or lightly edited: `least` is their least overlap."""
    return overlap(one, other) >= least and says_the_same(one, other)


@dataclass(frozen=True, slots=True)
class _Stated:
    """What a sentence states that an edit leaves alone: the values of its numbers, and its dates."""

    figures: Counter[tuple[float, bool]]
    dates: tuple[When, ...]


@lru_cache(maxsize=5_000)
def _read(text: str, language: str | None) -> _Stated:
    dates = tuple(find_dates(text))
    taken = [(when.start, when.end) for when in dates]
    figures = Counter((q.value, q.ordinal) for q in find_quantities(text, language, taken))
    return _Stated(figures, dates)


def _names_lacking(one: Sentence, other: Sentence) -> frozenset[str]:
    """The words of names and peoples in one sentence that the other doesn't have."""
    lacking = frozenset(one.words) - frozenset(other.words)
    capitalised = {word for name in _CAPITALISED.findall(one.text) for word in words(name)}
    names = _names(one.text, one.language) if capitalised & lacking else frozenset()
    peoples = find_peoples(" ".join(lacking), one.language)
    return (names & lacking) | {word for people, _ in peoples for word in words(people)}


@lru_cache(maxsize=5_000)
def _names(text: str, language: str | None) -> frozenset[str]:
    taken = [(when.start, when.end) for when in _read(text, language).dates]
    found = find_names(text, vocabulary(text, language), taken)
    return frozenset(word for name in found for word in words(name.text))


def _other_dates(one: Sequence[When], other: Sequence[When]) -> bool:
    """Whether each has a date that the other lacks. `hier` and `mardi` may be the same day."""

    def lacking(mine: Sequence[When], theirs: Sequence[When]) -> bool:
        return any(
            not any(when.implies(given) or given.implies(when) for given in theirs)
            for when in mine
            if when.offset is None
        )

    return lacking(one, other) and lacking(other, one)


def _other_polarity(one: Sentence, other: Sentence) -> bool:
    a, b = mentions(one.text, one.language), mentions(other.text, other.language)
    if any(mention.negated for mention in a) != any(mention.negated for mention in b):
        return True
    conflicts = (negation_conflict, opposite_conflict, modality_conflict)
    return any(find(*pair) for find in conflicts for pair in ((a, b), (b, a)))


def counterpart(one: Sentence, given: Sequence[Sentence]) -> int | None:
    """Which of `given` repeats `one`, the nearest; None if none does."""
    ranked = sorted(((overlap(one, other), -i) for i, other in enumerate(given)), reverse=True)
    near = (-i for share, i in ranked if share >= EDITED)
    return next((i for i in near if says_the_same(one, given[i])), None)


def says_otherwise(one: Sentence, given: Sequence[Sentence]) -> bool:
    """Whether one of `given` looks like `one` and says something else; ask when none repeats it.

    A sentence that breaks off says nothing else than its whole.
    """
    return any(
        overlap(one, other) >= ALIKE and not _breaks_off(one, other) and not says_the_same(one, other)
        for other in given
    )


def _breaks_off(one: Sentence, other: Sentence) -> bool:
    shorter = min(len(one.words), len(other.words))
    return one.words[:shorter] == other.words[:shorter]
