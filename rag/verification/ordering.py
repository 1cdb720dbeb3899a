"""Whether a claim turns round what has two ends: from and to, before and after, more than and less than.

Pure. Reads the words at both ends in claim and quote, and compares them by what stands for what.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

from rag.extraction.analysed_sentence import AnalysedSentence
from rag.extraction.clauses import Word
from rag.extraction.phrases import PREPOSITIONS, own
from rag.text.word_lists import WordList
from rag.verification.stated_claim import StatedClaim

_PACKAGE, _FILE = "rag.extraction", "roles"
_FROM, _TO = WordList(_PACKAGE, _FILE, ("from",)), WordList(_PACKAGE, _FILE, ("to",))
_EARLIER = WordList(_PACKAGE, _FILE, ("earlier marker",))
_LATER = WordList(_PACKAGE, _FILE, ("later marker",))
# Those of `to` that mean nothing else; and words that tell when something was beside something else.
_ONLY_TO = WordList(_PACKAGE, _FILE, ("only to",))
_TIMES = WordList(_PACKAGE, _FILE, ("times",))
_THAN = WordList(_PACKAGE, _FILE, ("than",))
_ABOVE, _BELOW = WordList(_PACKAGE, _FILE, ("above",)), WordList(_PACKAGE, _FILE, ("below",))
# Languages whose `from` has other meanings too: only before a `to`.
_AMBIGUOUS_FROM = frozenset({"fr", "es", "de"})
_NEAR, _BACK, _FAR = 7, 10, 16

Reader = Callable[[AnalysedSentence], "Iterator[Ends]"]


@dataclass(frozen=True, slots=True)
class Ends:
    """The numbers of the words at the two ends of something that has a direction."""

    first: frozenset[int]
    second: frozenset[int]


def direction_conflict(claim: StatedClaim) -> str | None:
    """Return the claim's words of one end that are at the other in the quotes: `from A` for `to A`."""
    return _turned(claim, _journeys, _ends_crossed, (_goals,))


def order_conflict(claim: StatedClaim) -> str | None:
    """Return the claim's words for what came first where the quotes have it come later."""
    return _turned(claim, _sequence, _mostly_crossed) or _unordered(claim)


def comparison_conflict(claim: StatedClaim) -> str | None:
    """Return the claim's words for the greater where the quotes have it as the lesser."""
    return _turned(claim, _comparisons, _other_end_crossed) or _uncompared(claim)


def _unordered(claim: StatedClaim) -> str | None:
    """Return `before` where the quotes have both things and no word that tells which came first."""
    quotes = [item.quote for item in claim.premise.evidence]
    if len(claim.premise.quote_dates) > 1 or any(_TIMES.found_in(q.flat.lower(), q.language) for q in quotes):
        return None
    for stated in _sequence(claim.sentence):
        if any(_is_a_date(claim, side) for side in (stated.first, stated.second)):
            continue
        if all(_is_quoted(claim, side) for side in (stated.first, stated.second)):
            return _text_of(claim, stated)
    return None


def _uncompared(claim: StatedClaim) -> str | None:
    """Return what the claim compares where the quotes compare nothing: no `than`, no two numbers, no rise."""
    quotes = [item.quote for item in claim.premise.evidence]
    stated = next(_comparisons(claim.sentence), None)
    if stated is None or not all(_is_quoted(claim, side) for side in (stated.first, stated.second)):
        return None
    rises = any(pair == "up" for quote in quotes for word in quote.marked_words for pair, _ in word.concepts)
    if rises or sum(len(quote.quantities) + len(quote.factors) for quote in quotes) > 1:
        return None
    return None if any(next(_comparisons(quote), None) for quote in quotes) else _text_of(claim, stated)


def _is_a_date(claim: StatedClaim, side: frozenset[int]) -> bool:
    words = claim.sentence.marked_words
    return all(any(d.start <= words[i].start < d.end for d in claim.dates) for i in side)


def _is_quoted(claim: StatedClaim, side: frozenset[int]) -> bool:
    return any(claim.correspondence.of(i) for i in side)


def _text_of(claim: StatedClaim, stated: Ends) -> str:
    words = claim.sentence.marked_words
    ordered = sorted(stated.first) or sorted(stated.second)
    return claim.text[words[ordered[0]].start : words[ordered[-1]].end]


Places = set[int]


def _ends_crossed(first: Places, second: Places, given: Ends) -> bool:
    """Return whether both ends have changed places; one, where only one is told."""
    crossings = bool(first & given.second), bool(second & given.first)
    if first & given.first or second & given.second:
        return False
    return all(crossings) if first and second and given.first and given.second else any(crossings)


def _mostly_crossed(first: Places, second: Places, given: Ends) -> bool:
    """Return whether more words have changed places than have not."""
    straight = len(first & given.first) + len(second & given.second)
    return len(first & given.second) + len(second & given.first) > straight


def _other_end_crossed(first: Places, second: Places, given: Ends) -> bool:
    """Return whether what is less is the other's more: what both do stands with whichever comes first."""
    return bool(second & given.first and not second & given.second and first & given.second)


def _turned(
    claim: StatedClaim,
    read: Reader,
    crossed: Callable[[Places, Places, Ends], bool],
    quotes_too: tuple[Reader, ...] = (),
) -> str | None:
    """Compare the ends that `read` finds in the claim with those of the quotes, by `quotes_too` as well."""
    both = claim.correspondence
    for stated in read(claim.sentence):
        verdicts = []
        for number, item in enumerate(claim.premise.evidence):
            for given in chain(read(item.quote), *(reader(item.quote) for reader in quotes_too)):
                first = {p.index for i in stated.first for p in both.of(i) if p.quote == number}
                second = {p.index for i in stated.second for p in both.of(i) if p.quote == number}
                if first & (given.first | given.second) or second & (given.first | given.second):
                    verdicts.append(crossed(first, second, given))
        if verdicts and all(verdicts):
            return _text_of(claim, stated)
    return None


# --- from and to ---


def _journeys(said: AnalysedSentence) -> Iterator[Ends]:
    words = said.marked_words
    froms, tos = own(_FROM, said.language), own(_TO, said.language)
    prepositions = own(PREPOSITIONS, said.language)
    for i, word in enumerate(words):
        if word.plain not in froms:
            continue
        source = _run(words, i + 1, prepositions)
        if not source:
            continue
        again = next(
            (k for k in range(max(source), min(len(words), i + _NEAR)) if words[k].plain in froms), len(words)
        )
        goal = next(
            (
                found
                for k in range(i + 2, min(len(words), i + _NEAR, again))
                if words[k].plain in tos and words[k].sentence == word.sentence and k > max(source)
                and (found := _run(words, k + 1, prepositions))
            ),
            (),
        )  # fmt: skip
        if not goal and said.language not in _AMBIGUOUS_FROM:
            goal = next(
                (
                    found
                    for k in range(i - 1, max(-1, i - _BACK), -1)
                    if words[k].plain in tos and words[k].sentence == word.sentence
                    and (found := _run(words, k + 1, prepositions | froms))
                ),
                (),
            )  # fmt: skip
        if goal:
            yield Ends(frozenset(source), frozenset(goal))
    yield from _moves(said, froms)


def _goals(said: AnalysedSentence) -> Iterator[Ends]:
    """Read where something goes of which no `from` is told: `move to a plant in Poland`."""
    words = said.marked_words
    froms, tos = own(_FROM, said.language), own(_ONLY_TO, said.language)
    for i, word in enumerate(words):
        if word.plain in tos:
            after = words[i + 1 : i + _NEAR]
            end = next(
                (n for n, w in enumerate(after) if w.plain in froms or w.chunk != word.chunk), len(after)
            )
            if named := frozenset(i + 1 + n for n, w in enumerate(after[:end]) if w.capital):
                yield Ends(frozenset(), named)


def _moves(said: AnalysedSentence, froms: frozenset[str]) -> Iterator[Ends]:
    """Read `left A for B`, `joined B from A`."""
    words = said.marked_words
    prepositions = own(PREPOSITIONS, said.language)
    for predicate in said.predicates:
        sides = {side for pair, side in words[predicate.index].concepts if pair == "enter"}
        if len(sides) != 1 or not predicate.patients:
            continue
        joins = sides == {0}
        goes = {"for", "pour", "por", "fur"} if not joins else froms
        other = next(
            (
                found
                for k in range(max(predicate.patients) + 1, min(len(words), max(predicate.patients) + _NEAR))
                if words[k].plain in goes and (found := _run(words, k + 1, prepositions))
            ),
            (),
        )
        ends = (frozenset(other), predicate.patients) if joins else (predicate.patients, frozenset(other))
        yield Ends(*ends)


def _run(words: list[Word], start: int, prepositions: Iterable[str]) -> tuple[int, ...]:
    """Return the nouns, names and numbers from a place to the next preposition, in the same clause."""
    found: list[int] = []
    for k in range(start, min(len(words), start + _NEAR)):
        word = words[k]
        if word.sentence != words[start - 1].sentence:
            break
        if word.plain in prepositions and not (word.capital and not found):
            break
        if found and word.chunk != words[found[0]].chunk:
            break
        if word.is_content or word.capital or word.plain[0].isdigit():
            found.append(k)
    # Of `850 euros` the number alone: both ends may have the unit.
    return tuple(k for k in found if words[k].plain[0].isdigit()) or tuple(found)


# --- before and after ---


def _sequence(said: AnalysedSentence) -> Iterator[Ends]:
    words = said.marked_words
    earlier, later = own(_EARLIER, said.language), own(_LATER, said.language)
    for i, word in enumerate(words):
        if word.plain not in earlier and word.plain not in later:
            continue
        after = [k for k in range(i + 1, min(len(words), i + _FAR)) if words[k].sentence == word.sentence]
        opens = i == 0 or words[i - 1].sentence != word.sentence
        if opens:
            chunk = next((words[k].chunk for k in after), word.chunk)
            right = [k for k in after if words[k].chunk == chunk]
            left = [k for k in after if words[k].chunk > chunk]
        else:
            right = after
            left = [k for k in range(max(0, i - _FAR), i) if words[k].sentence == word.sentence]
        ends = (_content(words, left), _content(words, right))
        yield Ends(*ends) if word.plain in earlier else Ends(*reversed(ends))


def _content(words: list[Word], indexes: Iterable[int]) -> frozenset[int]:
    return frozenset(k for k in indexes if words[k].is_content or words[k].capital)


# --- more than and less than ---


def _comparisons(said: AnalysedSentence) -> Iterator[Ends]:
    """Yield what is more, and what it is more than; of `less than` the other way round."""
    words = said.marked_words
    than, above, below = (own(each, said.language) for each in (_THAN, _ABOVE, _BELOW))
    for i, word in enumerate(words):
        if word.plain not in than:
            continue
        near = range(max(0, i - 9), i)
        cue = next(
            (
                k for k in reversed(near)
                if words[k].sentence == word.sentence and (words[k].plain in above or words[k].plain in below)
            ),
            None,
        )  # fmt: skip
        if cue is None:
            continue
        left = [k for k in range(max(0, i - _FAR), i) if words[k].sentence == word.sentence and k != cue]
        right = [k for k in range(i + 1, min(len(words), i + _NEAR)) if words[k].sentence == word.sentence]
        ends = (_content(words, left), _content(words, right))
        yield Ends(*ends) if words[cue].plain in above else Ends(*reversed(ends))
