"""Of which time a sentence gives each of its numbers: `212 en 2024, contre 390 en 2014`.

Pure. Knows one sentence and the dates that it states; neither articles nor questions. What isn't told of a
number is left open: nothing is completed by a day of publication.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from rag.extraction.analysed_sentence import AnalysedSentence
from rag.extraction.dates import DateMention
from rag.extraction.numbers.quantities import Quantity
from rag.extraction.numbers.units import unit_after
from rag.text.folding import word_set
from rag.text.stop_words import stop_words

_FIRST, _LAST = 1, 9999
# What sets the numbers after it against those before: they are of another time, or of another matter.
_AGAINST = (
    r"\b(?:contre|au lieu d[eu]|face a|against|compared (?:with|to)|versus|vs|(?:up|down) from|instead of"
    r"|frente a|gegenuber|rispetto a|vergeleken met|tegen(?:over)?)\b"
)
_BREAK = re.compile(rf"(?P<against>{_AGAINST})|[,;:!?()«»]|\.(?!\d)| [–—-] ", re.IGNORECASE)
# A year that no other words show to be one: `le séisme de 1985`, `remontait à 1979`.
_YEAR = re.compile(r"(?<![\w,€$£-])(?<!\d\.)(?P<year>1[5-9]\d\d|20\d\d)(?![\w€$%-]|[.,]\d| \d{3}\b)")
_COUNTED = re.compile(r" (?P<noun>[^\W\d_]{3,}[sx]|people)\b", re.IGNORECASE)
_SINCE = re.compile(
    r"\b(?:depuis|des|a partir (?:de|d'|du)|since|from|desde|dal|seit|sinds)(?: (?:l'an|the))? ?$",
    re.IGNORECASE,
)
_UNTIL = re.compile(
    r"\b(?:jusqu'(?:en|a|au)|avant|d'ici(?: a)?|until|till|by|before|hasta|bis|fino al|tot)"
    r"(?: (?:l'an|the))? ?$",
    re.IGNORECASE,
)
_EARLIER = re.compile(
    r"^ ?(?:plus tot|auparavant|avant|earlier|before|previously|antes|prima|zuvor|eerder)\b", re.IGNORECASE
)
_YEAR_EARLIER = re.compile(
    r"\b(?:un an (?:plus tot|auparavant|avant)|l'annee (?:precedente|d'avant)"
    r"|(?:a|one) year (?:earlier|before)|the (?:year before|previous year))\b",
    re.IGNORECASE,
)
# A sentence that goes on about the same: `il avait fait 58 morts`.
_GOES_ON = re.compile(
    r"^\W*(?:et |and )?(?:il|elle|ils|elles|on|ce|cela|c'|it|they|he|she|that)\b", re.IGNORECASE
)
# What a time that holds for a whole clause begins with: `en 2021`, `In the summer of 2024`.
_SMALL = stop_words("fr") | stop_words("en") | word_set(
    "an annee annees cours courant debut depuis durant fin mi mois avant apres before after since until by"
    " during year years month early late mid seul only"
)  # fmt: skip
_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Times:
    """Years from the first to the last, and the date that says so, if it says more than its year."""

    first: int
    last: int
    stated: DateMention | None = None

    def agrees(self, asked: DateMention) -> bool:
        """Return whether an asked date lies in it, as far as both say."""
        if asked.year is not None and not self.first <= asked.year <= self.last:
            return False
        if self.stated is None or self.first != self.last or asked.year is None:
            return True
        pairs = ((asked.month, self.stated.month), (asked.day, self.stated.day))
        return all(mine is None or theirs is None or mine == theirs for mine, theirs in pairs)


@dataclass(frozen=True, slots=True)
class _Piece:
    """What stands between two breaks; pieces of one `side` aren't set against each other."""

    start: int
    end: int
    side: int
    clause: int
    dates: tuple[DateMention, ...]
    adverbial: bool

    def holds(self, quantity: Quantity) -> bool:
        """Return whether a number stands in it."""
        return self.start <= quantity.start < self.end


def stated_years(flat: str) -> Iterator[DateMention]:
    """Yield the numbers of a flattened text that can only be years, also without a word that says so."""
    for found in _YEAR.finditer(flat):
        noun = _COUNTED.match(flat, found.end())
        counts = noun is not None and noun["noun"].lower() not in _SMALL
        if not counts and unit_after(flat, found.end()) is None:
            yield DateMention(found.start(), found.end(), found[0], year=int(found["year"]))


def is_of(quantity: Quantity, said: AnalysedSentence, asked: Sequence[DateMention]) -> bool | None:
    """Return whether a sentence's number is of any of these dates; None where the sentence doesn't tell.

    One that the sentence gives another time isn't, nor one of another time than what it is set against.
    """
    pieces = _pieces(said)
    mine = next((piece for piece in pieces if piece.holds(quantity)), None)
    if mine is None:
        return None
    own = _own(quantity, mine, pieces, said)
    if own:
        return any(times.agrees(date) for times in own for date in asked)
    others = [date for piece in pieces if piece.side != mine.side for date in piece.dates]
    against = _spans(others, said)
    return False if any(times.agrees(date) and date.year for times in against for date in asked) else None


def _pieces(said: AnalysedSentence) -> list[_Piece]:
    dates = _dates(said)
    pieces: list[_Piece] = []
    start = side = clause = 0
    for found in [*_BREAK.finditer(said.flat), None]:
        end = found.start() if found else len(said.flat)
        if end > start:
            inside = tuple(date for date in dates if start <= date.start < end)
            pieces.append(_Piece(start, end, side, clause, inside, _is_adverbial(said.flat, start, inside)))
        if found is not None:
            start = found.end()
            side += found["against"] is not None
            clause += found[0] not in {","} and found["against"] is None
            side += found[0] in {";", "."}
    return pieces


def _dates(said: AnalysedSentence) -> list[DateMention]:
    """Return the dates of a sentence that have a year, in order."""
    known = [when for when in said.dates if when.year is not None]
    bare = [
        year
        for year in stated_years(said.flat)
        if not any(when.start <= year.start < when.end for when in said.dates)
    ]
    return sorted([*known, *bare], key=lambda when: when.start)


def _is_adverbial(flat: str, start: int, dates: Sequence[DateMention]) -> bool:
    """Return whether a piece opens with its date: `En 2024`, but not `Fondée en 1904`."""
    return bool(dates) and all(
        word[0].lower() in _SMALL for word in _WORD.finditer(flat[start : dates[0].start])
    )


def _own(
    quantity: Quantity, mine: _Piece, pieces: Sequence[_Piece], said: AnalysedSentence
) -> tuple[Times, ...]:
    """Return the time that a sentence gives a number: in its piece, or of the clause that it stands in."""
    side = [piece for piece in pieces if piece.side == mine.side]
    if shifted := _shifted(mine, pieces, said):
        return shifted
    if mine.dates:
        return _spans(_beside(quantity, mine, said), said)
    place = side.index(mine)
    holding = [piece for piece in side[:place] if piece.adverbial]
    holding = holding[-1:] or [piece for piece in side[place + 1 : place + 2] if piece.adverbial]
    if holding:
        return _spans(holding[0].dates, said)
    before = [piece for piece in pieces if piece.clause == mine.clause - 1]
    opens = min(piece.start for piece in pieces if piece.clause == mine.clause)
    if before and _GOES_ON.match(said.flat[opens : mine.end]):
        return _spans([date for piece in before for date in piece.dates], said)
    return ()


def _beside(quantity: Quantity, piece: _Piece, said: AnalysedSentence) -> tuple[DateMention, ...]:
    """Return the dates of a piece that are a number's: right after it, before it, or else all."""
    spans = [(date.start, date.end) for date in piece.dates]
    others = [
        other.start
        for other in said.quantities
        if other.start != quantity.start
        and piece.holds(other)
        and not any(start <= other.start < end for start, end in spans)
    ]
    after = min((place for place in others if place > quantity.start), default=piece.end)
    before = max((place for place in others if place < quantity.start), default=piece.start)
    following = tuple(date for date in piece.dates if quantity.start < date.start < after)
    leading = tuple(date for date in piece.dates if before < date.start < quantity.start)
    taken = {date.start for date in leading} if _leads(piece, others, quantity) else set()
    return (leading if taken else following) or following or leading or piece.dates


def _leads(piece: _Piece, others: Sequence[int], quantity: Quantity) -> bool:
    """Return whether dates go before their numbers in a piece: `En 2014 390 naissances, en 2024 212`."""
    first = min([quantity.start, *others])
    return piece.dates[0].start < first


def _shifted(mine: _Piece, pieces: Sequence[_Piece], said: AnalysedSentence) -> tuple[Times, ...]:
    """Return the year that `cinq ans plus tôt` means, counted from the year beside it."""
    text = said.flat[mine.start : mine.end]
    ago = 1 if _YEAR_EARLIER.search(text) else 0
    for quantity in said.quantities:
        if mine.holds(quantity) and quantity.unit == "calendar" and quantity.factor == 12:
            ago = int(quantity.plain[0]) if _EARLIER.match(said.flat[quantity.end :]) else ago
    if not ago:
        return ()
    years = [date.year for piece in pieces for date in piece.dates if date.year is not None]
    return (Times(years[-1] - ago, years[-1] - ago),) if years else ()


def _spans(dates: Iterable[DateMention], said: AnalysedSentence) -> tuple[Times, ...]:
    """Return the years that dates mean: from one on after `depuis`, up to one after `jusqu'en`."""
    found: list[Times] = []
    ordered = sorted(dates, key=lambda when: when.start)
    for date in ordered:
        before = said.flat[: date.start + _leading_word(date)]
        first = _FIRST if _UNTIL.search(before) else date.year
        last = _LAST if _SINCE.search(before) else date.year
        found.append(Times(first, last, date))
    if len(ordered) == 2 and ordered[0].year < ordered[1].year and _joined(ordered, said):
        return (replace(found[0], first=ordered[0].year, last=ordered[1].year),)
    return tuple(found)


def _leading_word(date: DateMention) -> int:
    """Return how many characters a date's own words have before its year: `depuis ` of `depuis 1998`."""
    year = str(date.year)
    return max(date.text.rfind(year), 0) if date.month is None else 0


def _joined(dates: Sequence[DateMention], said: AnalysedSentence) -> bool:
    """Return whether two dates are the ends of one stretch: `entre 2019 et 2023`, `from 2019 to 2023`."""
    between = said.flat[dates[0].end : dates[1].start + _leading_word(dates[1])]
    return re.fullmatch(r" ?(?:et|a|and|to|au|-|–|jusqu'en|until)(?: en)? ?", between) is not None
