"""The items of a list, gathered over sentences: one for each sentence that says it of somebody or something.

Pure. `Quelles communes ont fermé leur piscine ?` → the places of which sentences say that; with a negation,
those of which they deny it. Items are words of their sentences; what is the same is taken once.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from rag.answer_span import words as span_words
from rag.answer_span.enumerations import enumeration
from rag.answer_span.focus import Focus
from rag.composition.predication import predication
from rag.composition.stance import said_clause, stance
from rag.composition.statement import ListedStatement, Statement, listed_statement
from rag.extraction.analysed_sentence import AnalysedSentence
from rag.extraction.assertions import Mention
from rag.extraction.clauses import PROJECTED
from rag.extraction.names.gazetteer import ROLES
from rag.extraction.names.phonetics import sound
from rag.extraction.names.recognition import Name
from rag.query.question_text import QuestionText
from rag.schema.article import Span
from rag.schema.evidence import Evidence
from rag.text.normalization import fold
from rag.text.synonyms import meanings
from rag.verification.premise import EvidenceReader, ReadEvidence

_ENUMERATED = re.compile(
    r"(?:,| et| and| ou| or|, et|, and) (?:a |au |aux |de |du |d'|l'|le |la |les |the |celles? d[e'] ?|in"
    r" |of )?",
    re.IGNORECASE,
)
# What stands between a clause and the items that it announces.
_OPENING_LIST = re.compile(r"\s*[:(,–—-]\s*(?:\w{1,4}['’]? ?){0,3}", re.IGNORECASE)
_AND = re.compile(r"\b(?:et|and|ou|or)\b")
_OF = re.compile(
    r"(?:\b(?:de|du|des|à|au|aux|en|dans|sur|of|in|at|from|near)|\bd['’]) ?(?:la |le |l['’]|les |the )?$",
    re.IGNORECASE,
)
_ROLE_BEFORE = re.compile(r"(?P<role>[^\W\d_]+)(?: (?:de |du |d')?[A-Z][\w-]*)?,? $")


@dataclass(frozen=True, slots=True)
class Items:
    """The sentences that give items, best first, with the items marked.

    `whole`: one sentence gives them all, so that the list is what an article gives as such. `announced` are
    further ones of which it is only announced, where it is asked of which it was so.
    """

    evidence: tuple[Evidence, ...]
    whole: bool
    announced: tuple[Evidence, ...] = ()


def list_items(question: QuestionText, offered: Sequence[Evidence], reader: EvidenceReader) -> Items:
    """Return the items that a question asks for; none where no sentence gives one by its words.

    Args:
        question: The question.
        offered: The sentences, the likelier with the higher scores.
        reader: Has read evidence of the same question.
    """
    listed = listed_statement(question)
    if listed is None:
        return Items((), whole=False)
    focus, known = Focus(question), set()
    found: list[tuple[Evidence, int]] = []
    announced: list[tuple[Evidence, int]] = []
    meant = [
        (kind, item)
        for item in sorted(offered, key=lambda one: -one.score)
        if (kind := _said_of_items(listed, item, reader)) and _is_meant(listed, item, reader)
    ]
    for kind, item in sorted(meant, key=lambda pair: pair[0] == "announced"):
        gathered = announced if kind == "announced" else found
        said = reader.read(item, question.language).quote
        for run in _runs(said, _items(focus, listed.statement, item, reader)):
            keys = {_key(said.text[span.start : span.end]) for span in run}
            if not keys <= known:
                known |= keys
                span = Span(item.start + run[0].start, item.start + run[-1].end)
                gathered.append((item.answered_by(span), len(run)))
    whole = len(found) == 1 and found[0][1] > 1 and not announced
    return Items(tuple(item for item, _ in found), whole, tuple(item for item, _ in announced))


def enumerated(question: QuestionText, offered: Sequence[Evidence], reader: EvidenceReader) -> list[Evidence]:
    """Return the sentences that enumerate what a list's question asks for, likeliest first, items marked.

    Such a sentence names the asked noun, and it or the one before that it goes on from, which is shown with
    it, says of them what is asked; of what more is asked its article speaks before.
    """
    listed = listed_statement(question)
    if listed is None:
        return []
    ranked = sorted(offered, key=lambda item: -item.score)
    told = (_enumerates(listed, Focus(question), item, reader) for item in ranked)
    return [item for item in told if item is not None]


def with_items(question: QuestionText, item: Evidence, reader: EvidenceReader) -> Evidence:
    """Return a sentence that answers a list's question with all it enumerates of the asked noun."""
    found = enumeration(item.quote, item.article.language)
    noun = {m for stem in Focus(question).noun_terms for m in meanings(stem, question.language)}
    if found is None:
        return item
    announced = reader.analyses.of(item.quote[: found.announced.end], item.article.language)
    items = Span(item.start + found.items.start, item.start + found.items.end)
    marked = item.answer_span
    if (
        noun.isdisjoint(announced.meanings)
        or marked is None
        or not items.start - 3 <= marked.start < items.end
    ):
        return item
    return item.answered_by(items)


def _enumerates(
    listed: ListedStatement, focus: Focus, item: Evidence, reader: EvidenceReader
) -> Evidence | None:
    """Return a sentence with what it enumerates marked, if that is what is asked for."""
    found = enumeration(item.quote, item.article.language)
    if found is None:
        return None
    language, article = listed.statement.language, item.article
    claim = reader.analyses.of(listed.statement.text, language)
    said = predication(listed.statement, claim)
    if said is None:
        return None
    wider = _with_before(item) if found.goes_on else item
    before = wider.start
    announced = article.text[before : item.start + found.announced.end]
    context = reader.analyses.of(announced, article.language)
    near = reader.analyses.of(f"{article.title}\n{article.text[: item.end]}", article.language)
    crossing = article.language != language
    noun = {m for stem in focus.noun_terms for m in meanings(stem, language)}
    noun = noun or {m for one in said.subject for m in one.meanings}  # `which of Toury's schools`
    whole = reader.analyses.of(article.text[before : item.end], article.language)
    if noun.isdisjoint((whole if found.goes_on else context).meanings) and not (
        found.goes_on and noun & near.meanings
    ):
        return None
    named = {token for name in claim.names for token in name.tokens}
    if not _says_so(said.verb, listed.negated, context):
        return None
    others = [one for one in (*said.objects, *said.complements) if one.stem not in named]
    if crossing:
        others = [one for one in others if any(m.startswith("=") for m in one.meanings)]
    if not all(one.meanings & near.meanings for one in others if one.word not in named):
        return None
    return wider.answered_by(Span(item.start + found.items.start, item.start + found.items.end))


def _with_before(item: Evidence) -> Evidence:
    """Return a sentence with the one before it."""
    if not item.before:
        return item
    return next(wider for wider in item.widened() if wider.start == item.before[0].start)


def _says_so(verb: Mention, negated: bool, context: AnalysedSentence) -> bool:
    """Return whether words say what a verb says, or deny it where that is asked; opposites count."""
    turned = {(pair, 1 - side) for pair, side in verb.concepts}
    denied = [
        one.negated != bool(one.concepts & turned)
        for one in context.mentions
        if one.meanings & verb.meanings or one.concepts & (turned | verb.concepts)
    ]
    return bool(denied) and denied[-1] == negated


def _said_of_items(
    listed: ListedStatement, item: Evidence, reader: EvidenceReader
) -> Literal["stated", "announced", ""]:
    """Return whether a sentence states what is asked of its items, only announces it, or neither."""
    taken = stance(listed.statement, item, reader)
    if taken is None or taken.certainty == "undecided" or (taken.side == "no") != listed.negated:
        return ""
    if taken.certainty != "uncertain":
        return "stated"
    claimed = reader.analyses.of(listed.statement.text, listed.statement.language).mentions
    mine = [mention for mention in claimed if mention.certainty is not None]
    planned = any(
        other.certainty == PROJECTED and not other.meanings.isdisjoint(mention.meanings)
        for mention in mine
        for other in reader.read(item, listed.statement.language).quote.mentions
    )
    return "announced" if planned and listed.statement.past and not listed.negated else ""


def _is_meant(listed: ListedStatement, item: Evidence, reader: EvidenceReader) -> bool:
    """Return whether an article speaks of what tells the items: `les communes du plateau`."""
    language, article = listed.statement.language, item.article
    if not listed.complement or article.language != language:
        return True
    told = reader.analyses.of(listed.complement, language)
    text = reader.analyses.of(f"{article.title}\n{article.text}", article.language)
    return all(not meanings(stem, language).isdisjoint(text.meanings) for stem in told.terms)


def _items(focus: Focus, claim: Statement, item: Evidence, reader: EvidenceReader) -> list[Span]:
    """Return the names of which a sentence says it: those in the clause that does, of the asked sort."""
    read = reader.read(item, focus.question.language)
    clause = said_clause(claim, item, reader)
    if clause is None or not is_about(focus, read):
        return []
    text, asked = read.quote.text, set(focus.question.folded.split())
    names = [
        name
        for name in (_whole_word(text, name) for name in read.quote_names)
        if not asked & set(fold(text[name.start : name.end]).split()) and _of_the_sort(focus, text, name)
    ]
    inside = [name for name in names if clause.holds(name)]
    if not inside:  # `Three are safe: Market Street, Northgate and Fellside`
        after = [run for run in _runs(read.quote, names) if len(run) > 1 and _follows(text, clause, run)]
        return max(after, key=len, default=[])
    joined = len(inside) > 1 and _AND.search(text, inside[0].end, inside[1].start)
    for name in reversed([name for name in names if joined and name.end <= clause.start]):
        if _ENUMERATED.fullmatch(read.quote.flat, name.end, inside[0].start):
            inside.insert(0, name)  # `Orvanne, Brécy et Toury ferment`
    return inside


def _follows(text: str, clause: Span, run: Sequence[Span]) -> bool:
    """Return whether an enumeration goes on right where a clause ends."""
    return _OPENING_LIST.fullmatch(text, clause.end, run[0].start) is not None


def is_about(focus: Focus, read: ReadEvidence) -> bool:
    """Return whether a sentence is about what is asked for; of people, towns and countries the names tell.

    Not of other places: a town is no school.
    """
    person = span_words.names_a(span_words.PEOPLE, focus.noun)
    sited = span_words.names_a(span_words.PLACES, focus.noun)
    if not focus.noun or span_words.names_a(span_words.AREAS, focus.noun) or (person and not sited):
        return True
    wanted = read.beside(focus.noun).meanings
    return bool(wanted & (read.quote.meanings | read.title.meanings))


def _whole_word(text: str, name: Name) -> Span:
    """Return where a name stands with what a hyphen joins to it: `Saint-Aubert`."""
    start, end = name.start, name.start + len(name.text)
    before, after = re.search(r"(?:\w+-)+$", text[:start]), re.match(r"(?:-\w+)+", text[end:])
    return Span(before.start() if before else start, end + after.end() if after else end)


def _of_the_sort(focus: Focus, text: str, name: Span) -> bool:
    """Return whether a name may be what is asked for: a place isn't somebody with a role."""
    before = text[: name.start]
    role = _ROLE_BEFORE.search(before)
    said = fold(role["role"]) if role is not None else ""
    person = said in ROLES or said in span_words.PEOPLE
    if person and _is_role(focus) and said not in focus.noun:
        return False  # `quels maires`: `le médecin Rachid` is none
    if span_words.names_a(span_words.PLACES, focus.noun):
        return not person or _OF.search(before) is not None
    return _OF.search(before) is None or focus.sort not in {"person", "name"}


def _is_role(focus: Focus) -> bool:
    return focus.noun.removesuffix("s") in ROLES


def _runs(said: AnalysedSentence, names: Sequence[Span]) -> list[list[Span]]:
    """Return names in runs that are enumerated: `Orvanne, Brécy et Toury`."""
    runs: list[list[Span]] = []
    for name in sorted(names):
        if runs and _ENUMERATED.fullmatch(said.flat, runs[-1][-1].end, name.start):
            runs[-1].append(name)
        else:
            runs.append([name])
    return runs


def _key(name: str) -> str:
    """Return what is the same for one name in several spellings: how its last word sounds."""
    return sound(name.split()[-1])
