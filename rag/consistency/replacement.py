"""Which words put a value in another one's place: put off, put right, called off, succeeded. Pure.

The values are compared as `rag.consistency.values` does.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.consistency.turning import Turn, may_turn, turn
from rag.consistency.values import (
    ALIKE,
    Value,
    comparable,
    is_within,
    kinds,
    same_day,
    same_name,
    same_number,
    same_value,
    span_of,
)
from rag.extraction.analysed_sentence import AnalysedSentence, SentenceAnalyses
from rag.extraction.names.recognition import Name
from rag.extraction.numbers.quantities import Quantity
from rag.query.answer_type import ExpectedAnswer
from rag.schema.article import Span
from rag.schema.evidence import Evidence
from rag.text.folding import flatten
from rag.text.normalization import fold, words

# That a value takes another one's place.
_REPLACES = re.compile(
    r"\b(?:report|repouss|decal|avanc|differ|revis|rectifi|corrig|ajourn|reprogramm|relev|abaiss"
    r"|finalement|desormais|passe(?:nt|r|ra|ront|e|es)? d|au lieu d|et non|plutot que|initialement"
    r"|contrairement|au total|par erreur|a tort|comme (?:prevu|annonce)|as (?:planned|announced)"
    r"|wrongly|erroneous|mistaken|incorrect|by mistake|in error|postpon|delay|push|brought forward"
    r"|moved|moves|reschedul|revis|correct|instead|rather than|originally"
    r"|not (?:on |in |at |the )*[\d£$€]|ramen|s'alourdi|port(?:e|es|ee|ees|ent|era|eront) a\b|deplac"
    r"|transfer|put (?:back|off)|held over"
    r"|(?:risen|rose|rises|climb\w*|grown|grew|jump\w*|fallen|falls|fell|dropped|cut|reduced) to\b"
    r"|previously|earlier version|raised|lowered|up from|down from|rose from|fell from|now)"
)
# That something won't be: said of it in the past it would be news of something else.
_CALLED_OFF = re.compile(
    r"\b(?:est|sont|sera|seront|a ete|ont ete) (?:\w+ )?(?:annule|supprime)e?s?\b|\bn'aur(?:a|ont) pas lieu\b"
    r"|\b(?:is|are|has been|have been|was|were|will be) (?:\w+ )?(?:called off|cancelled|canceled|scrapped)\b"
    r"|\bwill not (?:take place|go ahead|happen)\b"
)
# `n'aura pas lieu à la salle des fêtes, mais au gymnase` calls nothing off.
_BUT_ELSEWHERE = re.compile(r"\b(?:mais|but) (?:plutot |rather )?(?:a|au|aux|dans|sur|en|chez|at|in|on) ")
# A word after `not` that leaves it to deny what follows: `n'ouvrira pas avant le 3 mai` says 3 May.
_NO_BOUND = (
    r"(?!(?:avant|before|until|jusqu|mais|but|plus|moins|more|less|fewer|than|que|only|just)\b)[^\W\d]+"
)
# What stands before a value that another has taken the place of.
_REPLACED = re.compile(
    r"(?:\bau lieu d(?:e|u|es)|\bet non(?: pas)?|\bplutot que|\bcontre|\binitialement (?:\w+ ){0,3}"
    r"|\bprevue?s? (?:\w+ ){0,2}|\bpass\w* d[eu]|\bfixee?s? (?:\w+ )?|\bnous avions (?:\w+ ){0,4}"
    rf"|\bn(?:e |')\w+ pas (?:{_NO_BOUND} ){{0,4}}|\b(?:will not|won't|is not|isn't) (?:{_NO_BOUND} ){{0,4}}"
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
_ASKS_AGE = re.compile(r"\bhow old\b|\bquel(?:le)? (?:est l')?age\b|\bage de\b")
_AGE_BEFORE = re.compile(r"\b(?:aged|agee?s? (?:de|d')|age of) ?$")
_AGE_AFTER = re.compile(r"[\w-]+(?: ans\b|[ -]years?[ -]old\b)")
_NUMBER_OF = re.compile(r"\b(?:nombre|number|total) (?:d[e']|des|of) ?(?P<what>[^\W\d_]{3,})")
_BEGINNING = 4  # letters that the forms of a noun share
_NEXT_WORD = re.compile(r"\s+([^\W\d_]+)")
# What begins a day, as it is marked.
_ARTICLE = re.compile(r"\b[Ll]e $")


def replaces_known(
    item: Evidence, known: Sequence[Evidence], asked: ExpectedAnswer, analyses: SentenceAnalyses
) -> bool | None:
    """Return whether the values that a quote says are replaced, or were wrong, are among the known ones.

    None: it says of none that it is. `20 April instead of 10 April` puts nothing in the place of 3 May.
    """
    said, whole = analyses.of(item.quote, item.article.language), item.answered_by(None)
    told: bool | None = None
    for kind in kinds(asked):
        held = [old for one in known for old in Value(one, asked, analyses).of(kind)]
        if kind == "name":
            values = [(one.tokens, one.start) for one in said.names if one.tokens]
        else:
            values = [(one, span_of(one).start) for one in Value(whole, asked, analyses).of(kind)]
        for value, start in values if held else ():
            before = said.flat.lower()[:start]
            if _is_said_wrong(before):
                if any(ALIKE[kind](value, old) or _same_bare(value, old) for old in held):
                    return True
                told = False
    return told


def denies_value(stated: AnalysedSentence, quote: AnalysedSentence) -> bool:
    """Return whether a quote has a day, number or name of a statement only as what it isn't, with another.

    `It reopens on 8 May instead of 2 May` says that it doesn't reopen on 2 May.
    """
    flat = quote.flat.lower()
    for mine, theirs, is_same in (
        (stated.dates, quote.dates, is_within),
        (stated.quantities, quote.quantities, same_number),
        (stated.names, quote.names, _shares_a_word),
    ):
        for one in mine:
            same = [other for other in theirs if is_same(one, other)]
            others = [other for other in theirs if not any(is_same(each, other) for each in mine)]
            if same and others and all(_DENIED.search(flat[: other.start]) for other in same):
                return True
    return turned(stated, quote) == "denied"


def turned(stated: AnalysedSentence, quote: AnalysedSentence) -> Turn | None:
    """Return whether a quote denies a day or number of a statement, or says it instead: `not 2 but 9 June`.

    None unless it does so everywhere that it has it.
    """
    flat = quote.flat.lower()
    for mine, theirs, is_same in (
        (stated.dates, quote.dates, is_within),
        (stated.quantities, quote.quantities, same_number),
    ):
        for one in mine:
            turns = {turn(flat, other.start, other.end) for other in theirs if is_same(one, other)}
            if len(turns) == 1 and (told := turns.pop()) is not None:
                return told
    return None


def may_replace(item: Evidence) -> bool:
    """Return whether a quote has words that put a value in another one's place: a quick look."""
    flat = flatten(item.quote).lower()
    return _REPLACES.search(fold(item.quote)) is not None or bool(_CALLED_OFF.search(flat)) or may_turn(flat)


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
    replaces, flat = _REPLACES.search(said.folded) is not None, said.flat.lower()
    if not replaces and not may_turn(flat):
        return None
    whole = item.answered_by(None)
    for kind in kinds(asked):
        if kind == "name":
            if (span := _name_instead(item, known, asked, analyses)) is not None:
                return span
            continue
        values = Value(whole, asked, analyses).of(kind)
        others = [Value(one, asked, analyses).of(kind) for one in known]
        taken = [value for group in others for value in group]
        fresh = [value for value in values if not any(ALIKE[kind](value, old) for old in taken)]
        fresh = [value for value in fresh if not _counts_others(value, taken, said, asked)]
        # `30 workers, not 25 people`: what stands beside the old value is of the same kind.
        beside = len(fresh) < len(values)
        new = [
            value
            for value in fresh
            if (beside or any(comparable(value, old) for old in taken)) and not _is_replaced(value, said)
        ]
        spans = [(value, span_of(value)) for value in new]
        instead = [value for value, span in spans if turn(flat, span.start, span.end) == "instead"]
        if new := instead or (new if replaces else []):
            if kind == "quantity":
                return with_noun(item, new[0])
            span = span_of(new[-1])
            article = _ARTICLE.search(item.quote, 0, span.start)  # `le 25 avril`
            starts = article.start() if article else span.start
            ends = span.end - item.quote[: span.end].endswith(".")  # where a month's name ends the sentence
            return Span(item.start + starts, item.start + ends)
    return None


def _name_instead(
    item: Evidence, known: Sequence[Evidence], asked: ExpectedAnswer, analyses: SentenceAnalyses
) -> Span | None:
    """Return the name that a quote puts in a known one's place: `c'est Alice Lemaire, et non Anne Rey`."""
    wrong = {tokens for one in known for tokens in Value(one, asked, analyses).of("name")}
    named, said = set(words(asked.folded)), analyses.of(item.quote, item.article.language)
    old = [
        one
        for one in said.names
        if any(same_name(one.tokens, was) for was in wrong if one.tokens)
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
    flat = flatten(item.quote).lower()
    off = _CALLED_OFF.search(flat)
    if off is None or _BUT_ELSEWHERE.search(flat, off.end()):
        return False
    whole = item.answered_by(None)
    days = Value(whole, asked, analyses).of("time")
    held = [day for one in known for day in Value(one, asked, analyses).of("time")]
    return bool(held) and all(any(same_day(day, other) for other in held) for day in days)


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


def marked_age(item: Evidence, asked: ExpectedAnswer, analyses: SentenceAnalyses) -> Evidence:
    """Return a sentence in which no words are marked with its only age, where an age is asked for."""
    if item.answer_words or not _ASKS_AGE.search(asked.folded):
        return item
    said = analyses.of(item.quote, item.article.language)
    ages = [
        number
        for number in said.quantities
        if _AGE_BEFORE.search(said.flat[: number.start].lower())
        or _AGE_AFTER.match(said.flat[number.start :].lower())
    ]
    if len(ages) != 1:
        return item
    return item.answered_by(Span(item.start + ages[0].start, item.start + ages[0].end))


def with_noun(item: Evidence, number: Quantity) -> Span:
    """Return where a number of a quote stands, with what it counts where that follows: `deux morts`."""
    after = _NEXT_WORD.match(item.quote, number.end)
    follows = after is not None and bool(number.noun) and flatten(after[1]).lower() == number.noun
    return Span(item.start + number.start, item.start + (after.end() if after and follows else number.end))


def _is_asked(number: Quantity, asked: ExpectedAnswer) -> bool:
    """Return whether a number counts what the question does: `deux morts` to `combien de morts`."""
    return bool(number.noun) and f" {number.noun.rstrip('s')}" in asked.folded


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


def _same_bare(value: object, known: object) -> bool:
    """Return whether two numbers are the same, one of which says not of what: `not 34`, `aged 34`."""
    if not (isinstance(value, Quantity) and isinstance(known, Quantity)) or known.unit or value.unit:
        return False
    return value.values == known.values and not (value.noun and known.noun)


def _counts_others(
    value: object, known: Sequence[object], said: AnalysedSentence, asked: ExpectedAnswer
) -> bool:
    """Return whether a bare number is of what isn't asked: `the number of homes hit has risen to 300`."""
    if not isinstance(value, Quantity) or value.unit or value.noun:
        return False
    counted = _NUMBER_OF.search(said.flat[: value.start].lower())
    if counted is None:
        return False
    nouns = {one.noun for one in known if isinstance(one, Quantity) and one.noun}
    if any(counted["what"][:_BEGINNING] == noun[:_BEGINNING] for noun in nouns):
        return False
    question = AnalysedSentence(asked.folded, asked.language)
    return AnalysedSentence(counted["what"], said.language).meanings.isdisjoint(question.meanings)


def _is_replaced(value: object, said: AnalysedSentence) -> bool:
    return _REPLACED.search(said.flat[: span_of(value).start].lower()) is not None


def _shares_a_word(one: Name, other: Name) -> bool:
    return not {flatten(word).lower() for word in one.tokens}.isdisjoint(
        flatten(w).lower() for w in other.tokens
    )
