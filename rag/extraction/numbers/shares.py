"""How many of a whole a text says, and how many times as many: `most`, `half of the 30`, `twice as many`.

Pure. A word for a share is a range of shares; a number of a whole (`9 of the 22`, `42 %`) is a point in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

from rag.extraction.numbers.quantities import Quantity
from rag.text.word_lists import QUOTED, KindsOfTerms, WordList, any_of

_PACKAGE, _FILE = "rag.extraction", "shares"
_RANGES = {
    "all": (1.0, 1.0), "most": (0.5, 1.0), "half": (0.45, 0.55), "third": (0.3, 0.36),
    "quarter": (0.22, 0.28),    "two thirds": (0.63, 0.7), "three quarters": (0.72, 0.78), "few": (0.0, 0.35),
}  # fmt: skip
_FACTORS = {"doubled": 2.0, "halved": 0.5, "tripled": 3.0, "quadrupled": 4.0}
_WORDS = KindsOfTerms(_PACKAGE, _FILE, (*_RANGES, *_FACTORS))
_MORE, _LESS = WordList(_PACKAGE, _FILE, ("more than",)), WordList(_PACKAGE, _FILE, ("less than",))
_OUT_OF = WordList(_PACKAGE, _FILE, ("out of",))
_ONE_OF = WordList(_PACKAGE, _FILE, ("one out of",))
_ONE = re.compile(r"\b(?:un|une|one|uno|una|eine?r?) (?:\w+ )?(?:sur|in|out of|de cada|von) $")
_OF = re.compile(r" ?%?,? ?(?:d'entre|des|de la|de ses|of|de los|de las|der) ?")
_NO_SHARE = re.compile(r"\b(?:the|at|a|quite a|les|un|ein|un) $")
# `All 38 producers`.
_ALL_OF_THEM = re.compile(
    r"\ball (?=\d+ [a-z]|(?:three|four|five|six|seven|eight|nine|ten|eleven|twelve) [a-z])"
)
_COUNTED = re.compile(r" (?:\w+ )?(?:\w+s|people|men|women|children)\b")


@dataclass(frozen=True, slots=True)
class Share:
    """A share of a whole where it is stated, from `least` to `most` in [0, 1]; `text` are its words.

    `whole` is the number that it is a share of, None if none is told. `is_word`: said in words (`most`, `one
    in five`), not in numbers that are checked as such.
    """

    start: int
    end: int
    text: str
    least: float
    most: float
    whole: float | None = None
    is_word: bool = True

    def bears_out(self, other: Share) -> bool:
        """Return whether what is of this share is of the other's."""
        return other.least <= self.least + 1e-9 and self.most <= other.most + 1e-9


@dataclass(frozen=True, slots=True)
class Factor:
    """How many times as much something is, where it is stated."""

    start: int
    end: int
    text: str
    value: float


def read_shares(
    text: str, flat: str, language: str | None, numbers: Sequence[Quantity]
) -> tuple[tuple[Share, ...], tuple[Factor, ...]]:
    """Return the shares that a text states, in order, and its multiples (`half as many`).

    Args:
        text: What states them.
        flat: The same text flattened.
        language: Its language (ISO 639-1); None is French or English.
        numbers: Its numbers without those of dates.
    """
    low = flat.lower()
    shares: list[Share] = []
    factors: list[Factor] = []
    for match, kinds in _WORDS.find(low, language):
        (start, end), (kind,) = match.span(), sorted(kinds)[:1]
        if kind in _FACTORS:
            factors.append(Factor(start, end, text[start:end], _FACTORS[kind]))
        elif not _idle(kind, low, start, end):
            shares.append(_worded(kind, text, low, start, end, language))
    shares += (
        [Share(m.start(), m.end(), text[m.start() : m.end()], 1.0, 1.0) for m in _ALL_OF_THEM.finditer(low)]
        if language == "en"
        else []
    )
    taken = [(share.start, share.end) for share in shares]
    counted = _counted(text, low, language, numbers)
    shares += [s for s in counted if not any(s.start < end and start < s.end for start, end in taken)]
    return tuple(sorted(shares, key=lambda share: share.start)), tuple(factors)


def _worded(kind: str, text: str, low: str, start: int, end: int, language: str | None) -> Share:
    least, most = _RANGES[kind]
    before, middle = low[max(0, start - 14) : start], (least + most) / 2
    if _ends_with(before, _MORE, language):
        least, most = middle, 1.0
    elif _ends_with(before, _LESS, language):
        least, most = 0.0, middle
    return Share(start, end, text[start:end], least, most)


def _idle(kind: str, low: str, start: int, end: int) -> bool:
    """Tell whether it is `the most`, `at most`, `a few`, `most recent`: no share of anything."""
    if low[start:end] == "most" and not _COUNTED.match(low, end):
        return True
    return kind in {"most", "few"} and _NO_SHARE.search(low[max(0, start - 8) : start]) is not None


def _counted(text: str, low: str, language: str | None, numbers: Sequence[Quantity]) -> Iterator[Share]:
    """Read `9 of the 22`, `one in five`, `42 % of them`."""
    out_of = _terms(_OUT_OF, language)
    for left, right in pairwise(numbers):
        if not (left.value > 0 and right.value and not left.unit and right.start - left.end <= 30):
            continue
        between = re.sub(r"^\w+ (?=(?:sur|out of)\b)", "", low[left.end : right.start].strip())
        if between in out_of and (left.value <= right.value or between.startswith(("sur", "out"))):
            share = left.value / right.value
            counted = _point(text, low, language, (left.start, right.end), left, share, right.value)
            yield replace(counted, is_word=False)
    for number in numbers:
        span = (number.start, number.end)
        if number.unit == "percent":
            if not number.ordinal and _OF.match(low, number.end):
                counted = _point(text, low, language, span, number, number.value / 100, None)
                yield replace(counted, is_word=False)
        elif number.value > 1:
            before = low[max(0, number.start - 24) : number.start]
            if _ONE.search(before) or _ends_with(before, _ONE_OF, language):
                yield _point(text, low, language, span, number, 1 / number.value, None)


def _point(
    text: str,
    low: str,
    language: str | None,
    span: tuple[int, int],
    number: Quantity,
    share: float,
    whole: float | None,
) -> Share:
    """Return a counted share; `more than` and `fewer than` before it make it a range."""
    before = low[max(0, span[0] - 34) : span[0]]
    bound = number.bound
    if one := _ONE.search(before):
        ahead = before[: one.start()]
        bound = 1 if _ends_with(ahead, _MORE, language) else -1 if _ends_with(ahead, _LESS, language) else 0
    slack = 0.02 * share
    least = share if bound >= 0 else 0.0
    most = share if bound <= 0 else 1.0
    return Share(*span, text[slice(*span)], max(0.0, least - slack), most + slack, whole)


def _terms(words: WordList, language: str | None) -> frozenset[str]:
    return words.terms if language is None else words.of(language)


def _ends_with(text: str, words: WordList, language: str | None) -> bool:
    terms = _terms(words, language if language in QUOTED or language is None else "")
    return bool(terms) and _ending(terms).search(text) is not None


@lru_cache(maxsize=64)
def _ending(terms: frozenset[str]) -> re.Pattern[str]:
    return re.compile(rf"\b{any_of(terms)} ?$")
