"""What parties agreed on, and whether they did: the sentences that say so, or that there is no agreement.

Pure, by words. Each party says it otherwise; a reader who asks is shown all of them. Whether an agreement was
reached is told by a noun and a light verb: one on something, of a kind or of a day is another question's; of
a sentence that only supposes one, wishes for one or tells of an earlier one, nothing is taken.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from rag.composition import words
from rag.extraction.analysed_sentence import AnalysedSentence
from rag.extraction.names.recognition import Name
from rag.query.question_text import QuestionText
from rag.schema.article import Span
from rag.schema.evidence import Evidence
from rag.text.folding import flatten
from rag.text.normalization import fold
from rag.verification.premise import EvidenceReader

_WHAT = re.compile(r"\b(?:sur quoi|de quoi|qu'|que |quoi|quels?|quelles?|what|which)")
_TWO_NAMES = re.compile(r"\b[A-Z][\w-]+ (?:et|and) (?:[A-Z][\w-]+ )?[A-Z][\w-]+")
# Agreeing with somebody says nothing of what on.
_ONLY_WITH = re.compile(r" (?:avec|with|con|mit) [^,;:]{1,50}$", re.IGNORECASE)
_EDGES = ' \t\n«»“”".,;:!?\u00a0\u202f-–—'
_CLOSED = re.compile(r"[»”\"]")
_BREAK = re.compile(r"[,;:.!?»”\"]| (?:mais|but|et que|and that) ")


def asks_what_was_agreed(question: QuestionText) -> bool:
    """Return whether a question wants to be told what somebody agreed on, or two people decided together."""
    lower, language = question.flat.lower(), question.language
    if _WHAT.search(lower) is None:
        return False
    together = _TWO_NAMES.search(question.flat) is not None
    return words.AGREEMENT.found_in(lower, language) or (together and words.DECIDED.found_in(lower, language))


def agreements(offered: Sequence[Evidence], reader: EvidenceReader) -> list[Evidence]:
    """Return the sentences that tell of an agreement or of none, in the order given, with what they tell."""
    found = []
    for item in offered:
        said = reader.analyses.of(item.quote, item.article.language)
        span = _told(said)
        if span is not None:
            found.append(item.answered_by(Span(item.start + span.start, item.start + span.end)))
    return found


def _told(said: AnalysedSentence) -> Span | None:
    lower = said.flat.lower()
    on = next(words.AGREED_ON.finditer(lower, said.language), None)
    if on is not None:
        stop = _BREAK.search(said.text, on.end())
        return _bared(said.text, on.end(), stop.start() if stop else len(said.text))
    stated = next(words.AGREEMENT.finditer(lower, said.language), None)
    if stated is None:
        return None
    # Who says so stands after the quotation.
    closed = _CLOSED.search(said.text, stated.end())
    end = closed.start() if closed else len(said.text)
    told = _bared(said.text, 0, end)
    if told is None or _ONLY_WITH.match(said.flat[stated.end() : told.end]):
        return None
    return told


def _bared(text: str, start: int, end: int) -> Span | None:
    """Return a span without the signs at its edges; None if nothing is left."""
    while start < end and text[start] in _EDGES:
        start += 1
    while start < end and text[end - 1] in _EDGES:
        end -= 1
    return Span(start, end) if start < end else None


# --- whether one was reached ---

_TOKEN = re.compile(r"\w+(?=n't\b)|n't\b|\w+'(?=\w)|\w+|[^\w\s]")
_SIGN = re.compile(r"[,;:.!?«»“”\"()]")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_THERE = frozenset(["y", "existe", "there"])
# So many words are read between the noun and its verb, and before both for a denial.
_REACH = 8


@dataclass(frozen=True, slots=True)
class ReachedQuestion:
    """A question whether an agreement was reached, or which; `parties` are its other words, folded."""

    parties: frozenset[str]


@dataclass(frozen=True, slots=True)
class ReachedSide:
    """A sentence that says that an agreement was reached, or that there is none."""

    evidence: Evidence
    side: Literal["yes", "no"]


@dataclass(frozen=True, slots=True)
class _Token:
    word: str
    start: int
    end: int


def reached_question(question: QuestionText, reader: EvidenceReader) -> ReachedQuestion | None:
    """Return what a question has beside an agreement's being reached; None if it asks otherwise.

    Which one was signed is asked as which one was found; whether one was isn't: one that was found may not
    have been signed.
    """
    said = reader.analyses.of(question.text, question.language)
    asked = [token.word for token in _tokens(said.flat)]
    deed = words.DEAL_REACHED.terms | words.DEAL_REACHING.terms
    if asks_what_was_agreed(question):
        deed |= words.DEAL_SIGNED.terms | words.DEAL_ASKED.terms
    if said.dates or not words.DEAL.terms & set(asked) or not (deed | _THERE) & set(asked):
        return None
    known = deed | words.DEAL.terms | words.DEAL_BESIDE.terms | words.DEAL_DENIED.terms
    return ReachedQuestion(frozenset(word for word in asked if word not in known and word[0].isalnum()))


def reached_sides(
    asked: ReachedQuestion, offered: Sequence[Evidence], reader: EvidenceReader
) -> list[ReachedSide]:
    """Return the sentences that take a side, in the order given.

    The parties that are asked about are names of the sentence's article, and no other name is a party of it.
    """
    found = []
    for item in offered:
        side = _side(asked, item, reader)
        if side is not None and asked.parties <= _words_of(reader.read(item, None).article.names):
            found.append(ReachedSide(item, side))
    return found


def _words_of(names: Iterable[Name]) -> set[str]:
    return {word for name in names for word in re.findall(r"\w+", fold(name.text))}


def _side(asked: ReachedQuestion, item: Evidence, reader: EvidenceReader) -> Literal["yes", "no"] | None:
    said = reader.analyses.of(item.quote, item.article.language)
    lower = said.flat.lower()
    if not words.DEAL.found_in(lower) or lower.rstrip(" »”\"'").endswith("?"):
        return None
    if words.EARLIER.found_in(lower):
        return None
    sides = {
        side
        for side, start, end in [*_phrases(lower), *_deeds(said)]
        if not _is_anothers(asked, item, reader, start, end)
    }
    return sides.pop() if len(sides) == 1 else None


def _phrases(lower: str) -> Iterator[tuple[Literal["yes", "no"], int, int]]:
    """Yield where there is said to be an agreement, or none: `we have a deal`, `il n'y a pas d'accord`."""
    for found in words.NO_DEAL.finditer(lower):
        threat = _is_threat(lower, found.end())
        if not threat and not words.DEAL_SUPPOSED.found_in(_clause_before(lower, found.start())):
            yield "no", found.start(), found.end()
    for found in words.IS_DEAL.finditer(lower):
        if not words.DEAL_SUPPOSED.found_in(_clause_before(lower, found.start())):
            yield "yes", found.start(), found.end()


def _is_threat(lower: str, end: int) -> bool:
    """Return whether a condition follows: `pas d'accord sans garanties`."""
    after = _tokens(lower[end:])
    return bool(after) and after[0].word in words.DEAL_THREATENED


def _deeds(said: AnalysedSentence) -> Iterator[tuple[Literal["yes", "no"], int, int]]:
    """Yield where an agreement is said to have been reached, or not: `conclu un accord`, `accord trouvé`."""
    tokens = _tokens(said.flat)
    deed = words.DEAL_REACHED.terms | words.DEAL_REACHING.terms
    between = deed | words.DEAL_BESIDE.terms | words.DEAL_DENIED.terms
    for noun, token in enumerate(tokens):
        if token.word not in words.DEAL:
            continue
        for verb in (_along(tokens, noun, 1, between, deed), _along(tokens, noun, -1, between, deed)):
            if verb is None:
                continue
            first, last = min(noun, verb), max(noun, verb)
            inside = [one.word for one in tokens[first : last + 1]]
            before = _clause_before(said.flat.lower(), tokens[first].start)
            near = [one.word for one in _tokens(before)][-_REACH:]
            denied = any(word in words.DEAL_DENIED for word in [*near, *inside])
            known = noun < verb and any(word in words.DEAL_KNOWN for word in inside)
            done = any(word in words.DEAL_REACHED for word in [*inside, *near[-3:]])
            if words.DEAL_SUPPOSED.found_in(before) and not known:
                continue
            if denied or done:
                yield "no" if denied else "yes", tokens[first].start, tokens[last].end


def _along(
    tokens: Sequence[_Token], noun: int, step: int, between: frozenset[str], deed: frozenset[str]
) -> int | None:
    """Return where the verb stands that a noun has, on one side of it; only small words stand between."""
    place = noun + step
    while 0 <= place < len(tokens) and abs(place - noun) <= _REACH:
        if tokens[place].word in deed:
            return place
        if tokens[place].word not in between:
            return None
        place += step
    return None


def _is_anothers(
    asked: ReachedQuestion, item: Evidence, reader: EvidenceReader, start: int, end: int
) -> bool:
    """Return whether the agreement is of another year, or of others than are asked about."""
    read = reader.read(item, None)
    flat = read.quote.flat
    stop = _SIGN.search(flat, end)
    first, last = start - len(_clause_before(flat, start)), stop.start() if stop else len(flat)
    if _YEAR.search(flat[first:last]):
        return True
    with_whom = re.search(r"\b(?:avec|entre|with|between)\b", flat[end:last])
    far = end + with_whom.start() if with_whom else last
    names = [name for name in read.quote_names if first <= name.start < start or far <= name.start < last]
    return bool(asked.parties) and any(not _words_of([name]) & asked.parties for name in names)


def _clause_before(text: str, start: int) -> str:
    return _SIGN.split(text[:start])[-1]


def _tokens(text: str) -> list[_Token]:
    """Return the words of a text, folded, and its signs but hyphens."""
    found = _TOKEN.finditer(flatten(text).lower())
    return [_Token(one[0], one.start(), one.end()) for one in found if one[0] != "-"]
