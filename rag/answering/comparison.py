"""What is said of one thing and of another, side by side: the sentences that can be held against each other.

Knows how each side's passages are found and which sentences speak of a side; composes nothing. A side that
no article speaks of is said by name; what the other side has is never taken for it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from rag.answering.catalogue import exact_outlet, named_outlets
from rag.answering.longer_names import told_apart
from rag.answering.main_sentences import says_something
from rag.answering.outcome import Outcome, Sources, claiming
from rag.answering.relevance import relevant
from rag.answering.subject import Subject
from rag.answering.unfound import no_articles
from rag.extraction.analysed_sentence import AnalysedSentence
from rag.query.intent import Intent
from rag.query.parsed_question import ParsedQuestion
from rag.query.question_text import QuestionText
from rag.retrieval.retriever import Retrieved
from rag.retrieval.sentence_selection import Candidate, candidates
from rag.schema.article import Span
from rag.schema.evidence import Claim, Evidence
from rag.schema.hit import Hit
from rag.schema.question import Filters
from rag.text.folding import flatten

# Sentences of each side, and those among which they are chosen.
_SENTENCES, _AMONG = 2, 12
_LONGEST_NAME, _LONGEST_OUTLET = 2, 5  # words
# Share of the best sentence's score that another of its side must have.
_TO_THE_POINT = 0.7
# What a sentence among an article's first characters is worth more.
_OPENING, _FIRST_CHARACTERS = 0.1, 400
# What the trained reader's word for a sentence is worth, and how sure it must be of the words that answer.
_READ, _SURE = 0.3, 0.25
_OF = r"(?:a la |a l'|au |aux |a |de la |de l'|du |des |de |d'|en |dans |chez |in |at |of |by |from )"
_PREPOSITION = re.compile(rf"{_OF}.+", re.IGNORECASE)
_DETERMINER = re.compile(
    r"(?:l[ae]s?|l'|un|une|des|celle|celui|ceux|celles|the|an?|that|those)\b", re.IGNORECASE
)
_THAT_OF = re.compile(
    r"(?:celui|celle|ceux|celles|that|those|the one|the ones) (?P<rest>(?:de|du|des|d'|of|in|at|au|en)\b.*)",
    re.IGNORECASE,
)
_FIRST_PART = re.compile(rf"(?P<head>.+?) (?P<of>{_OF})(?:the )?(?P<name>.+)", re.IGNORECASE)
_LAST_PART = re.compile(rf"(?P<head>.+?) (?P<of>{_OF})(?:the )?(?P<name>\S+(?: \S+)?)", re.IGNORECASE)


@dataclass(frozen=True)
class Side:
    """One side of a comparison: the words over it, what must be there, and what is asked of it.

    `names_an_aspect`: whether it is asked for something of it (`le bilan du séisme`), and not for all.
    """

    heading: str
    subject: Subject
    asked: QuestionText
    filters: Filters
    names_an_aspect: bool = False


@dataclass(frozen=True)
class _Sentence:
    """A sentence of a side; `relevance` is what it says to what is asked of the side, in [0, 1]."""

    evidence: Evidence
    said: AnalysedSentence
    relevance: float
    own: frozenset[str]

    @cached_property
    def compared(self) -> frozenset[str]:
        """Its words' meanings without those of the sides' names: what may be said of the other side too."""
        stems = {stem for stem in self.said.terms if stem not in self.own and not stem[0].isdigit()}
        return frozenset(meaning for meaning in self.said.meanings if meaning.startswith("=")) | stems

    def unmarked(self) -> _Sentence:
        """Return it without the words that answer."""
        return replace(self, evidence=self.evidence.answered_by(None))

    def alike(self, other: _Sentence) -> float:
        """Return how much two sentences speak of the same, in [0, 1]; figures in both count for some."""
        least = min(len(self.compared), len(other.compared))
        share = len(self.compared & other.compared) / least if least else 0.0
        figures = bool(self.said.quantities) and bool(other.said.quantities)
        return 0.7 * share + 0.3 * figures


def answer(question: ParsedQuestion, sources: Sources) -> Outcome | None:
    """Return what is said of each side; None if a side's words say nothing."""
    sides = _sides(question, sources)
    if sides is None:
        return None
    found = [_sentences(side, sources) for side in sides]
    missing = [side for side, sentences in zip(sides, found, strict=True) if not sentences]
    if missing and question.intent.wanted == "difference" and not any(_is_unknown(side) for side in missing):
        return None
    if len(missing) == len(sides):
        return no_articles(question, question.filters, sides[0].subject, sources)
    both = [one for one in found[0] if any(_same(one, other) for other in found[1])][:_SENTENCES]
    apart = [
        [one for one in sentences if not any(_same(one, other) for other in both)] for sentences in found
    ]
    chosen = _paired(*apart)
    # One side's words are no answer: they are marked where each side has some.
    if both or missing or not all(any(one.evidence.answer_words for one in side) for side in chosen):
        chosen = [[one.unmarked() for one in side] for side in chosen]
    claims = [
        Claim.quoting(one.unmarked().evidence, " · ".join(side.heading for side in sides)) for one in both
    ]
    claims += [
        Claim.quoting(one.evidence, side.heading)
        for side, sentences in zip(sides, chosen, strict=True)
        for one in sentences
    ]
    outcome = claiming(claims, sources.library, missing=[side.heading for side in missing])
    return told_apart(outcome, [side.subject for side in sides])


def _is_unknown(side: Side) -> bool:
    return bool(side.subject.lookup.unknown)


# --- what the sides are ---


def _sides(question: ParsedQuestion, sources: Sources) -> tuple[Side, Side] | None:
    language, filters = question.searched_in, question.filters
    intent = _with_whole_outlet(_completed(question.intent), sources)
    aspect = sources.subjects.read(intent.aspect, language) if intent.aspect else None
    outlets = [named_outlets(name, sources) for name in (intent.subject, intent.other)]
    if aspect is not None and all(outlets):
        first, second = (
            Side(name, aspect, aspect.question, replace(filters, outlets=names), names_an_aspect=True)
            for name, names in zip((intent.subject, intent.other), outlets, strict=True)
        )
        return first, second
    read = [sources.subjects.read(words, language) for words in (intent.subject, intent.other)]
    if read[0] is None or read[1] is None:
        return None
    if aspect is not None and aspect.names:
        # What the sides are compared in is borne out as they are.
        ids = sources.subjects.with_all(aspect.names, filters)
        filters = replace(filters, sources=(), article_ids=tuple(sorted(ids)) or ("",))
    first, second = (
        Side(
            words,
            subject,
            QuestionText(f"{intent.aspect} {words}".strip(), language),
            filters,
            bool(intent.aspect) or len(subject.units) > len(subject.names),
        )
        for words, subject in zip((intent.subject, intent.other), read, strict=True)
    )
    return first, second


def _with_whole_outlet(intent: Intent, sources: Sources) -> Intent:
    """Return `L'Écho`, `l'Orlande de la crue` as `L'Écho de l'Orlande`, `la crue`, if that is an outlet."""
    said = intent.aspect.split()
    for count in range(1, min(len(said), _LONGEST_OUTLET)):
        name = f"{intent.other} {' '.join(said[:count])}"
        if (found := exact_outlet(name, sources)) is not None:
            rest = re.sub(r"^(?:de |du |des |d['’]|of )", "", " ".join(said[count:]), flags=re.IGNORECASE)
            return replace(intent, other=found, aspect=rest)
    return intent


def _completed(intent: Intent) -> Intent:
    """Return the second side in full: `les piscines de Brécy et Toury`, `le prix à Brécy et celui de Toury`.

    What it leaves out is what the first has before its last name.
    """
    first, other = intent.subject, intent.other
    that_of = _THAT_OF.fullmatch(flatten(other))
    rest = other[that_of.start("rest") :] if that_of else other
    flat = flatten(rest)
    # `celui du Kheldar` stands for the first noun, `Toury` for all before the last name.
    head = (_FIRST_PART if that_of else _LAST_PART).fullmatch(flatten(first))
    if head is None:
        return replace(intent, other=rest)
    if _PREPOSITION.match(flat):
        joined = f" {rest}"
    elif that_of or _DETERMINER.match(flat) or len(rest.split()) > _LONGEST_NAME:
        return intent
    else:
        joined = f" {first[head.start('of') : head.start('name')]}{rest}"
    return replace(intent, other=first[: head.end("head")] + joined)


# --- what is said of each ---


def _sentences(side: Side, sources: Sources) -> list[_Sentence]:
    """Return the sentences that speak of a side, the likeliest first."""
    found = relevant(side.subject, sources, side.filters, side.asked)
    if not found.ids:
        return []
    own = frozenset(stem for unit in side.subject.units for row in unit.rows for stem in row)
    sentences = []
    opens = _openings(found.hits)
    readings = sources.read(side.asked.text, found.hits) if side.names_an_aspect else {}
    for one in candidates(replace(found.retrieved, hits=found.hits, readings=readings), sources.embedder):
        said = found.retrieved.analyses.of(one.text, one.article.language)
        if says_something(one.article, one.span) and _speaks_of(one, said, side.subject, found.retrieved):
            score = _score(one, side.subject.covered(said.terms) / len(side.subject.units))
            score += _OPENING if one.span.start in opens.get(one.article.id, ()) else 0.0
            score += _READ * one.read.probability if one.read else 0.0
            item = Evidence(
                one.article, one.span.start, one.span.end, score, one.also_in, one.before, one.after
            )
            sentences.append(_Sentence(item.answered_by(_answer(one)), said, score, own))
    ranked = sorted(sentences, key=lambda one: -one.relevance)[:_AMONG]
    # Of what else is said of a side, only what is as much to the point.
    return [one for one in ranked if one.relevance >= _TO_THE_POINT * ranked[0].relevance]


def _answer(one: Candidate) -> Span | None:
    """Return the words of a sentence that answer what is asked of its side, where the reader is sure."""
    read = one.read
    if read is None or read.answer is None or math.exp(min(read.score, 0.0)) < _SURE:
        return None
    return read.answer


def _openings(hits: Sequence[Hit]) -> dict[str, set[int]]:
    """Return where the first sentences of articles begin: what an article says most of all stands there."""
    found: dict[str, set[int]] = {}
    for hit in hits:
        first = [span.start for span in hit.sentences if span.start < _FIRST_CHARACTERS]
        found.setdefault(hit.article.id, set()).update(first)
    return found


def _score(one: Candidate, named: float) -> float:
    """Return what a sentence says to what is asked of a side, of whose words it has a share of `named`."""
    signals = one.signals
    return 0.3 * (signals.late + named) + 0.2 * one.passage_score + 0.1 * (signals.block + one.covered)


def _speaks_of(one: Candidate, said: AnalysedSentence, subject: Subject, retrieved: Retrieved) -> bool:
    """Return whether a sentence is about a side: it names it, or its article does in the title."""
    names = subject.names or subject.units
    if any(unit.in_terms(said.terms) for unit in names):
        return True
    title = retrieved.analyses.of(one.article.title, one.article.language)
    return all(
        unit.in_terms(title.terms) or unit.is_meant(title, subject.question.language) for unit in names
    )


def _paired(
    first: Sequence[_Sentence], second: Sequence[_Sentence]
) -> tuple[list[_Sentence], list[_Sentence]]:
    """Return each side's likeliest sentence, and those that say most of what the other side's say."""
    left, right = list(first[:1]), list(second[:1])
    pairs = sorted(
        ((a, b) for a in first for b in second),
        key=lambda pair: -(pair[0].relevance + pair[1].relevance + pair[0].alike(pair[1])),
    )
    for pair in pairs:
        for one, chosen in zip(pair, (left, right), strict=True):
            if len(chosen) < _SENTENCES and not any(_same(one, other) for other in chosen):
                chosen.append(one)
    return left, right


def _same(a: _Sentence, b: _Sentence) -> bool:
    return a.evidence.article.id == b.evidence.article.id and a.evidence.start == b.evidence.start
