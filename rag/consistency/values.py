"""Whether two pieces of evidence give the same value: number, day, name, or words. Pure.

The value is the words of a quote that answer, the whole quote where none are marked. Numbers are compared as
`rag.verification.quantity_match` does, days by the calendar, names by their last words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import groupby

from rag.extraction.analysed_sentence import AnalysedSentence, SentenceAnalyses
from rag.extraction.dates import DateMention
from rag.extraction.names.recognition import Name
from rag.extraction.numbers.quantities import Quantity
from rag.query.answer_type import ExpectedAnswer
from rag.schema.article import Span, stated_day
from rag.schema.evidence import Evidence
from rag.text.folding import flatten
from rag.text.normalization import fold, words
from rag.verification.contradiction import negation_conflict, paired
from rag.verification.quantity_match import matches

# Least share of the fewer terms of two answers in words that both have, for them to say the same.
_SAME_WORDS = 0.5
# That a value takes another one's place.
_REPLACES = re.compile(
    r"\b(?:report|repouss|decal|avanc|differ|revis|rectifi|corrig|ajourn|reprogramm|relev|abaiss|finalement|desormais"
    r"|passe(?:nt|r|ra|ront|e|es)? d|au lieu d|et non|plutot que|initialement|contrairement|au total"
    r"|par erreur|a tort|wrongly|erroneous|mistaken|incorrect|by mistake|in error"
    r"|postpon|delay|push|brought forward|moved|moves|reschedul|revis|correct|instead|rather than|originally"
    r"|previously|earlier version|raised|lowered|up from|down from|rose from|fell from|now)"
)
# That something won't be: said of it in the past it would be news of something else.
_CALLED_OFF = re.compile(
    r"\b(?:est|sont|sera|seront|a ete|ont ete) (?:\w+ )?(?:annule|supprime)e?s?\b|\bn'aur(?:a|ont) pas lieu\b"
    r"|\b(?:is|are|has been|have been|was|were|will be) (?:\w+ )?(?:called off|cancelled|canceled|scrapped)\b"
    r"|\bwill not (?:take place|go ahead|happen)\b"
)
# What stands before a value that another has taken the place of.
_REPLACED = re.compile(
    r"(?:\bau lieu d(?:e|u|es)|\bet non(?: pas)?|\bplutot que|\bcontre|\binitialement (?:\w+ ){0,3}"
    r"|\bprevue?s? (?:\w+ ){0,2}|\bpass\w* d[eu]|\bfixee?s? (?:\w+ )?|\bnous avions (?:\w+ ){0,4}"
    r"|\binstead of|\brather than|\bnot|\bfrom"
    r"|\boriginally (?:\w+ ){0,3}|\bpreviously (?:\w+ ){0,3}|\bscheduled (?:\w+ )?|\bplanned (?:\w+ )?"
    r"|\bsaid (?:\w+ ){0,8}|\bindiqu\w+ (?:\w+ ){0,6}|\becrit (?:\w+ ){0,6})"
    r"(?:\W+(?:le|la|les|l'|du|de|au|a|of|on|at|for|the|to|in|pour|en))*\W*$"
)
# What stands before a value that a sentence says isn't it, and nothing else that can be meant.
_DENIED = re.compile(
    r"(?:\bau lieu d(?:e|u|es)|\bet non(?: pas)?|\bplutot qu(?:e\b|')|\binstead of|\brather than"
    r"|\b(?:initialement|originally|previously) (?:\w+ ){0,3})"
    r"(?:\W*\b(?:le|la|les|l'|du|de|au|a|en|of|on|at|for|the|to|in|pour)\b)*\W*$"
)
# That something wrong was written follows: `nous avons écrit que …`, `an earlier version said …`.
_WROTE = re.compile(
    r"\bnous (?:avons|avions) (?:\w+ ){0,4}qu[e']|\b(?:premiere|precedente) version \w+ (?:\w+ ){0,4}qu[e']"
    r"|\b(?:earlier|previous) (?:version|article|report)\b.* (?:said|stated|wrote|reported|gave)\b"
    r"|\bwe (?:had )?(?:wrote|written|reported|stated|said) (?:\w+ ){0,3}that\b"
)
_BUT = re.compile(
    r"\b(?:mais|en realite|or|but|in fact)\b|[:;] ?(?:elles?|ils?|c'est|ce sont|it|they|s?he)\b"
)
# What stands before the name of somebody whose place another takes.
_SUCCEEDED = re.compile(
    r"(?:\bsucced\w* a|\bsuccess(?:eur|rice) d[e']|\bremplac\w+|\ba la place d[e']"
    r"|\bapres l[ae' ]*\w+ d[e']"
    r"|\bsucceed(?:s|ed|ing)?|\bsuccessor (?:of|to)|\breplac(?:es|ed|ing)|\bin place of"
    r"|\bt(?:ook|akes) over from"
    r"|\bafter the \w+ of)(?: (?:m|mme|mr|mrs|ms|dr)\.?)? ?$"
)
_CAPITALISED = re.compile(r"\b[^\W\d_a-zà-ÿ][\w'’-]+ $")
_NEXT_WORD = re.compile(r"\s+([^\W\d_]+)")
# What begins a day, as it is marked.
_ARTICLE = re.compile(r"\b[Ll]e $")
_SIGN = re.compile(r"[;:()–—]|,(?!\d)")
_OPENING = 3  # words of a time that opens a sentence: `En 2015,`
_IN_A_YEAR = re.compile(
    r"\b(?:en|in|back in|des|d'ici(?: a)?|by|depuis|vers|(?:at|in|by) the"
    r"|(?:recensement|enquete|elections?) d[eu]|census of) ((?:1[0-9]|20)\d\d)\b"
)


def same_value(one: Evidence, other: Evidence, asked: ExpectedAnswer, analyses: SentenceAnalyses) -> bool:
    """Return whether two pieces of evidence give the same value for what is asked.

    A value that is said less precisely is the same: `about 12,500` and `12,512`, `June` and `June 12`.
    """
    mine, theirs = _Value(one, asked, analyses), _Value(other, asked, analyses)
    for kind in _kinds(asked):
        a, b = mine.of(kind), theirs.of(kind)
        if a and b:
            few, many = sorted((a, b), key=len)
            return all(any(_ALIKE[kind](x, y) for y in many) for x in few)
    return mine.shares_words(theirs)


def replaces_known(
    item: Evidence, known: Sequence[Evidence], asked: ExpectedAnswer, analyses: SentenceAnalyses
) -> bool | None:
    """Return whether the values that a quote says are replaced, or were wrong, are among the known ones.

    None: it says of none that it is. `20 April instead of 10 April` puts nothing in the place of 3 May.
    """
    said, whole = analyses.of(item.quote, item.article.language), item.answered_by(None)
    told: bool | None = None
    for kind in _kinds(asked):
        held = [old for one in known for old in _Value(one, asked, analyses).of(kind)]
        if kind == "name":
            values = [(one.tokens, one.start) for one in said.names if one.tokens]
        else:
            values = [(one, _span(one).start) for one in _Value(whole, asked, analyses).of(kind)]
        for value, start in values if held else ():
            before = said.flat.lower()[:start]
            if _is_said_wrong(before):
                if any(_ALIKE[kind](value, old) for old in held):
                    return True
                told = False
    return told


def has_kind(item: Evidence, asked: ExpectedAnswer, analyses: SentenceAnalyses) -> bool:
    """Return whether the words that answer are of the kind that is asked for: a number, a day, a name."""
    return any(_Value(item, asked, analyses).of(kind) for kind in _kinds(asked))


def denies_value(stated: AnalysedSentence, quote: AnalysedSentence) -> bool:
    """Return whether a quote has a day, number or name of a statement only as what it isn't, with another.

    `It reopens on 8 May instead of 2 May` says that it doesn't reopen on 2 May.
    """
    flat = quote.flat.lower()
    for mine, theirs, is_same in (
        (stated.dates, quote.dates, _is_within),
        (stated.quantities, quote.quantities, _same_number),
        (stated.names, quote.names, _shares_a_word),
    ):
        for one in mine:
            same = [other for other in theirs if is_same(one, other)]
            others = [other for other in theirs if not any(is_same(each, other) for each in mine)]
            if same and others and all(_DENIED.search(flat[: other.start]) for other in same):
                return True
    return False


def known_as_stated(item: Evidence, stated: AnalysedSentence, analyses: SentenceAnalyses) -> Evidence | None:
    """Return a quote with the day or number marked that a statement has too; None if it has none."""
    quote = analyses.of(item.quote, item.article.language)
    dates = [other for other in quote.dates if any(_is_within(one, other) for one in stated.dates)]
    numbers = [
        other for other in quote.quantities if any(_same_number(one, other) for one in stated.quantities)
    ]
    for found in (*dates, *numbers):
        return item.answered_by(Span(item.start + found.start, item.start + found.end))
    return None


def may_replace(item: Evidence) -> bool:
    """Return whether a quote has words that put a value in another one's place: a quick look."""
    return (_REPLACES.search(fold(item.quote)) or _CALLED_OFF.search(flatten(item.quote).lower())) is not None


def replacing_value(
    item: Evidence, known: Sequence[Evidence], asked: ExpectedAnswer, analyses: SentenceAnalyses
) -> Span | None:
    """Return the value of a quote that takes the place of one that is known already.

    `The opening, planned for 12 April, is put off until 3 May` answers with the first, and says the second.

    Args:
        item: The quote.
        known: What gives the value that is known.
        asked: What is asked.
        analyses: The sentences as they were analysed.

    Returns:
        Where it stands in the article; None if the quote says nothing of the kind.
    """
    if (successor := _successor(item, asked, analyses)) is not None:
        return successor
    said = analyses.of(item.quote, item.article.language)
    if not _REPLACES.search(said.folded):
        return None
    whole = item.answered_by(None)
    for kind in _kinds(asked):
        if kind == "name":
            if (span := _name_instead(item, known, asked, analyses)) is not None:
                return span
            continue
        values = _Value(whole, asked, analyses).of(kind)
        others = [_Value(one, asked, analyses).of(kind) for one in known]
        taken = [value for group in others for value in group]
        fresh = [value for value in values if not any(_ALIKE[kind](value, old) for old in taken)]
        # `30 workers, not 25 people`: what stands beside the old value is of the same kind.
        beside = len(fresh) < len(values)
        new = [
            value
            for value in fresh
            if (beside or any(_comparable(value, old) for old in taken)) and not _is_replaced(value, said)
        ]
        if new:
            if kind == "quantity":
                return with_noun(item, new[0])
            span = _span(new[-1])
            article = _ARTICLE.search(item.quote, 0, span.start)  # `le 25 avril`
            starts = article.start() if article else span.start
            ends = span.end - item.quote[: span.end].endswith(".")  # where a month's name ends the sentence
            return Span(item.start + starts, item.start + ends)
    return None


def _name_instead(
    item: Evidence, known: Sequence[Evidence], asked: ExpectedAnswer, analyses: SentenceAnalyses
) -> Span | None:
    """Return the name that a quote puts in a known one's place: `c'est Alice Lemaire, et non Anne Rey`."""
    wrong = {tokens for one in known for tokens in _Value(one, asked, analyses).of("name")}
    named, said = set(words(asked.folded)), analyses.of(item.quote, item.article.language)
    old = [
        one
        for one in said.names
        if any(_same_name(one.tokens, was) for was in wrong if one.tokens)
        and _is_said_wrong(said.flat[: one.start].lower())
    ]
    others = [
        one for one in said.names if one not in old and one.tokens and not named.issuperset(words(one.text))
    ]
    if not old or not others:
        return None
    nearest = min(others, key=lambda one: (one.start > old[0].start, abs(one.start - old[0].start)))
    if _REPLACED.search(said.flat[: nearest.start].lower()):
        return None
    end = nearest.end - item.quote[: nearest.end].endswith(".")
    return Span(item.start + nearest.start, item.start + end)


def calls_off(
    item: Evidence, known: Sequence[Evidence], asked: ExpectedAnswer, analyses: SentenceAnalyses
) -> bool:
    """Return whether a quote says that what was to be on a known day won't be; it has no other day."""
    if not _CALLED_OFF.search(flatten(item.quote).lower()):
        return False
    whole = item.answered_by(None)
    days = _Value(whole, asked, analyses).of("time")
    held = [day for one in known for day in _Value(one, asked, analyses).of("time")]
    return bool(held) and all(any(_same_day(day, other) for other in held) for day in days)


def says_what_was_wrong(item: Evidence) -> bool:
    """Return whether the answer in a quote is what its article says that was wrongly written before."""
    span = item.answer_span
    if span is None:
        return False
    return _was_wrong(flatten(item.quote[: span.start - item.start]).lower())


def _is_said_wrong(before: str) -> bool:
    """Return whether what follows these words is replaced, or was wrongly written before."""
    return _REPLACED.search(before) is not None or _was_wrong(before)


def _was_wrong(before: str) -> bool:
    """Return whether what follows these words is what was wrongly written before."""
    return _WROTE.search(before) is not None and _BUT.search(before) is None


def number_instead(
    item: Evidence, known: Sequence[Evidence], asked: ExpectedAnswer, analyses: SentenceAnalyses
) -> Evidence | None:
    """Return a sentence of a correction with the number in it that isn't the known one of the same thing."""
    said = analyses.of(item.quote, item.article.language)
    for before in known:
        was = analyses.of(before.quote, before.article.language)
        counted = {
            (n.unit, n.noun) for n in was.quantities if before.answer_words and n.text in before.answer_words
        }
        for number in said.quantities:
            marked = item.answered_by(with_noun(item, number))
            is_right = not says_what_was_wrong(marked)
            is_meant = (number.unit, number.noun) in counted or _is_asked(number, asked)
            if is_right and is_meant and not any(same_value(marked, one, asked, analyses) for one in known):
                return marked
    return None


def with_noun(item: Evidence, number: Quantity) -> Span:
    """Return where a number of a quote stands, with what it counts where that follows: `deux morts`."""
    after = _NEXT_WORD.match(item.quote, number.end)
    follows = after is not None and bool(number.noun) and flatten(after[1]).lower() == number.noun
    return Span(item.start + number.start, item.start + (after.end() if after and follows else number.end))


def _is_asked(number: Quantity, asked: ExpectedAnswer) -> bool:
    """Return whether a number counts what the question does: `deux morts` to `combien de morts`."""
    return bool(number.noun) and f" {number.noun.rstrip('s')}" in asked.folded


def same_value_in(
    item: Evidence, known: Evidence, asked: ExpectedAnswer, analyses: SentenceAnalyses
) -> Span | None:
    """Return where a quote has the day or the number that is known, in its article; None if it hasn't."""
    for kind in _kinds(asked):
        if kind == "name":
            continue
        wanted = _Value(known, asked, analyses).of(kind)
        for value in _Value(item.answered_by(None), asked, analyses).of(kind):
            if any(_ALIKE[kind](value, one) for one in wanted):
                span = _span(value)
                return Span(item.start + span.start, item.start + span.end)
    return None


def _successor(item: Evidence, asked: ExpectedAnswer, analyses: SentenceAnalyses) -> Span | None:
    """Return who takes the place of the one that a quote answers with: `Ann Lee succeeds Bo Ek`."""
    said = analyses.of(item.quote, item.article.language)
    span = item.answer_span
    if span is None or not _SUCCEEDED.search(said.flat[: span.start - item.start].lower()):
        return None
    named = set(words(asked.folded))
    for one in said.names:
        is_other = one.end <= span.start - item.start or one.start >= span.end - item.start
        # A first name that opens a sentence may be a word like any other: `Grace Okafor`.
        first = _CAPITALISED.search(item.quote[: one.start])
        start = first.start() if first else one.start
        is_whole = len(one.tokens) > 1 or first is not None
        if is_other and is_whole and not named & set(words(item.quote[start : one.end])):
            return Span(item.start + start, item.start + one.end)
    return None


def is_of_another_time(item: Evidence, known: Sequence[Evidence], asked: ExpectedAnswer) -> bool:
    """Return whether a quote says of which year it is, and that isn't the one that is asked of.

    `In 2015 the town had 11,900 inhabitants` says nothing of today. Not for questions that ask when.
    """
    if asked.kind == "time":
        return False
    years = set(map(int, _IN_A_YEAR.findall(_around_the_answer(item))))
    named = set(map(int, re.findall(r"\b(?:1[0-9]|20)\d\d\b", asked.folded)))
    known_years = {year for one in known for year in map(int, _IN_A_YEAR.findall(fold(one.quote)))}
    published = stated_day(item.article.published_at)
    if not years or years & (named | known_years) or published is None:
        return False
    return all(not published.year - 1 <= year <= published.year for year in years)


def _around_the_answer(item: Evidence) -> str:
    """Return the part of a quote between signs that has the answer, with a time that the quote opens with."""
    flat = flatten(item.quote).lower()
    span = item.answer_span
    if span is None:
        return flat
    starts = [0, *(found.end() for found in _SIGN.finditer(flat))]
    first = max(start for start in starts if start <= span.start - item.start)
    end = next((found.start() for found in _SIGN.finditer(flat, span.end - item.start)), len(flat))
    opening = flat[: starts[1]] if len(starts) > 1 and len(flat[: starts[1]].split()) <= _OPENING else ""
    return f"{opening} {flat[first:end]}"


def denies(item: Evidence, known: Evidence, analyses: SentenceAnalyses) -> bool:
    """Return whether a quote denies what another one says, of the same words."""
    stated, given = (analyses.of(one.quote, one.article.language).mentions for one in (known, item))
    return negation_conflict(paired(stated, given), given) is not None


def _kinds(asked: ExpectedAnswer) -> tuple[str, ...]:
    """Return the kinds of value that are compared, in this order."""
    first = {"quantity": ("quantity",), "time": ("time", "quantity"), "name": ("name",), "place": ("name",)}
    return first.get(asked.kind or "", ("quantity", "time", "name"))


class _Value:
    """The value that a piece of evidence gives, read as whatever it may be."""

    def __init__(self, item: Evidence, asked: ExpectedAnswer, analyses: SentenceAnalyses) -> None:
        self._item = item
        self._asked = asked
        self._said = analyses.of(item.quote, item.article.language)
        span = item.answer_span or Span(item.start, item.end)
        self._span = Span(span.start - item.start, span.end - item.start)

    def of(self, kind: str) -> list:
        """Return what it gives of a kind."""
        return {"quantity": self._quantities, "time": self._days, "name": self._names}[kind]()

    def shares_words(self, other: _Value) -> bool:
        """Return whether the words of both are mostly the same."""
        mine, theirs = self._terms(), other._terms()
        fewest = min(len(mine), len(theirs))
        return fewest > 0 and len(mine & theirs) >= _SAME_WORDS * fewest

    def _within(self, start: int, end: int) -> bool:
        return self._span.start < end and start < self._span.end

    def _quantities(self) -> list[Quantity]:
        return [
            one
            for one in self._said.quantities
            if self._within(one.start, one.end)
            and not (one.ordinal or one.anaphoric)
            and (self._item.answer_span is None or not one.aside)
        ]

    def _days(self) -> list[list[DateMention]]:
        """Return each date with all its readings."""
        # As they are said, too: `7 November` is the next one in May, and the last one in March.
        dates = {*self._said.dates_on(stated_day(self._item.article.published_at)), *self._said.dates}
        stated = sorted((one for one in dates if self._within(one.start, one.end)), key=_start)
        return [list(readings) for _, readings in groupby(stated, _start)]

    def _names(self) -> list[tuple[str, ...]]:
        asked = set(words(self._asked.folded))
        names = [one for one in self._said.names if self._within(one.start, one.end)]
        return [one.tokens for one in names if one.tokens and not asked.issuperset(words(one.text))]

    def _terms(self) -> set[str]:
        text = self._item.answer_words or self._item.quote
        return set(AnalysedSentence(text, self._item.article.language).terms)


def _start(one: DateMention) -> int:
    return one.start


def _same_day(one: list[DateMention], other: list[DateMention]) -> bool:
    pairs = [(a, b) for a in one for b in other]
    if any(a.full and b.full and a.full == b.full for a, b in pairs):
        return True
    # What isn't a whole day on both sides is compared as far as it is said: `June` and `June 12`.
    vague = [(a, b) for a, b in pairs if not (a.full and b.full) and a.offset is None and b.offset is None]
    return any(a.implies(b) or b.implies(a) for a, b in vague)


def _same_name(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    return (
        flatten(one[-1]).lower() == flatten(other[-1]).lower()
        or set(one) <= set(other)
        or set(other) <= set(one)
    )


def _same_number(one: Quantity, other: Quantity) -> bool:
    return matches(one, other) or matches(other, one)


def _is_within(one: DateMention, other: DateMention) -> bool:
    return one.implies(other) or other.implies(one)


def _shares_a_word(one: Name, other: Name) -> bool:
    return not {flatten(word).lower() for word in one.tokens}.isdisjoint(
        flatten(w).lower() for w in other.tokens
    )


_ALIKE: dict[str, Callable] = {"quantity": _same_number, "time": _same_day, "name": _same_name}


def _comparable(value: object, known: object) -> bool:
    """Return whether two values are of the same thing: the same unit, or the same counted noun."""
    if isinstance(value, Quantity) and isinstance(known, Quantity):
        return value.unit == known.unit and (bool(value.unit) or not value.noun or value.noun == known.noun)
    return True


def _span(value: object) -> Span:
    first = value[0] if isinstance(value, list) else value
    return Span(first.start, first.end)


def _is_replaced(value: object, said: AnalysedSentence) -> bool:
    return _REPLACED.search(said.flat[: _span(value).start].lower()) is not None
