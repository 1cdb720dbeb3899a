"""What somebody said, on a subject or at all: the sentences that quote them or tell their words.

Knows who speaks in an article and which articles name the speaker. Words of another are never given for
theirs: where the articles report none, that is said by name.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rag.answering.longer_names import headed
from rag.answering.outcome import Outcome, Sources, quoting
from rag.answering.subject import Subject
from rag.answering.unfound import unknown_text
from rag.answering.wording import said
from rag.extraction.analysed_sentence import SentenceAnalyses
from rag.extraction.names.gazetteer import ROLES
from rag.extraction.names.recognition import Name
from rag.library.records import ArticleSentences
from rag.query.intent import Intent
from rag.query.offers import of_name
from rag.query.parsed_question import ParsedQuestion
from rag.schema.article import Span
from rag.schema.evidence import Evidence
from rag.schema.question import Filters
from rag.speech.speakers import Speaker, Statement, statements
from rag.text.analyzer import terms
from rag.text.folding import flatten
from rag.text.word_lists import WordList

# Articles that are read, and statements that are given.
_ARTICLES, _STATEMENTS = 40, 5
# Sentences of one statement.
_LONGEST = 3
_ARTICLE = re.compile(r"(?:l[ae]s?\s+|l['’]|une?\s+|the\s+|an?\s+)", re.IGNORECASE)
_AND = re.compile(r"\s+(?:et|and)\s+|\s*,\s*", re.IGNORECASE)
_TALKED_OF = WordList("rag.answering", "talks", ("talked of",))
_THEY = "ils|elles|they|both|deux"
_OF_PLACE = re.compile(r"\s+(?:de la |de l['’]|du |des |de |d['’]|of (?:the )?)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Said:
    """A statement: adjacent sentences of one article, and how much of the subject they have."""

    evidence: Evidence
    about: float
    published: str


def answer(question: ParsedQuestion, sources: Sources) -> Outcome | None:
    """Return the speakers' statements; None for one who can't speak, or reacted without words.

    None too where it is asked what named people talked about and a sentence tells it.
    """
    intent, language = _as_spelled(question, sources), question.searched_in
    question = replace(question, intent=intent)
    named = _named_apart(question, sources)
    if intent.wanted == "talk" and (not named or _is_told(named, question, sources)):
        return None
    if len(named) > 1:
        return _of_several(named, question, sources)
    whom = sources.subjects.read(intent.speaker, language)
    if whom is None:
        return None
    speaker = _speaker(intent.speaker, whom)
    about = sources.subjects.read(intent.subject, language) if intent.subject else None
    if unknown := unknown_text(question, whom, sources):
        return unknown if speaker.name is not None else None
    if about is not None and about.names and (unknown := _unknown_names(question, about, sources)):
        return unknown
    everything = _said(speaker, whom, about, sources, question.filters)
    told = [one for one in everything if about is None or one.about]
    if told:
        outcome = quoting([one.evidence for one in _best(told)], sources.library)
        return headed(outcome, [whom, about], question.language)
    if intent.wanted == "reaction" or (speaker.name is None and not everything):
        return None
    key = "no_statement_about" if everything else "no_statement"
    name = intent.speaker
    plain = said(key, question.language, name=name, of_name=of_name(name), subject=intent.subject)
    return Outcome("not_found", plain_text=plain)


def _as_spelled(question: ParsedQuestion, sources: Sources) -> Intent:
    """Return who speaks as the articles spell the name: `Putin` is `Poutine` in French."""
    whole = sources.subjects.read(question.search.text, question.searched_in)
    speaker, other = question.intent.speaker, question.intent.other
    for one in whole.lookup.known if whole is not None else ():
        if not one.slip:
            speaker = speaker.replace(one.name.text, one.spelled)
            other = other.replace(one.name.text, one.spelled)
    return replace(question.intent, speaker=speaker, other=other)


def _named_apart(question: ParsedQuestion, sources: Sources) -> list[tuple[Speaker, Subject]]:
    """Return each of the people whose words are wanted; nothing where one isn't called by name."""
    intent = question.intent
    parts = [*_AND.split(intent.speaker), *([intent.other] if intent.other else [])]
    named = []
    for part in parts:
        whom = sources.subjects.read(part, question.searched_in)
        speaker = _speaker(part, whom) if whom is not None else None
        if speaker is None or speaker.name is None:
            return []
        named.append((speaker, whom))
    return named


def _of_several(
    named: Sequence[tuple[Speaker, Subject]], question: ParsedQuestion, sources: Sources
) -> Outcome | None:
    """Return some words of each, and who has none; None where nobody has."""
    intent, language = question.intent, question.searched_in
    about = sources.subjects.read(intent.subject, language) if intent.subject else None
    # A name that a phrase begins with is only told from other words where a question has it.
    everybody = sources.subjects.read(question.search.text, language)
    for one in (everybody, about):
        if one is not None and (unknown := _unknown_names(question, one, sources)):
            return unknown
    found: list[Evidence] = []
    silent = []
    for speaker, whom in named:
        told = _said(speaker, whom, about, sources, question.filters)
        told = [one for one in told if about is None or one.about]
        if told:
            found += [one.evidence for one in _best(told)[: max(1, _STATEMENTS // len(named))]]
        else:
            silent.append(speaker.name.text)
    # What one of them says alone isn't what they talked about.
    if not found or (silent and intent.wanted == "talk"):
        return None
    outcome = quoting(found, sources.library, missing=silent)
    return headed(outcome, [*(whom for _, whom in named), about], question.language)


def _is_told(named: Sequence[tuple[Speaker, Subject]], question: ParsedQuestion, sources: Sources) -> bool:
    """Return whether a sentence of the articles says what one of these people talked about."""
    wholes = {}
    for _, whom in named:
        ids = sources.subjects.about(whom, question.filters)
        chosen = sources.library.listing.chosen(question.filters, ids, _ARTICLES)
        wholes |= sources.library.whole(chosen.ids)
    surnames = "|".join(re.escape(flatten(speaker.name.text).lower().split()[-1]) for speaker, _ in named)
    for whole in wholes.values():
        for span in whole.sentences:
            flat = flatten(whole.article.text[span.start : span.end]).lower()
            if re.search(rf"\b(?:{surnames}|{_THEY})\b", flat) and _TALKED_OF.found_in(flat):
                return True
    return False


def _unknown_names(question: ParsedQuestion, about: Subject, sources: Sources) -> Outcome | None:
    return unknown_text(question, about, sources) if about.lookup.unknown else None


def _speaker(words: str, whom: Subject) -> Speaker:
    """Return a speaker by name, or else by role: `le maire de Toury`, `the union`."""
    bare = _ARTICLE.sub("", words.strip(), count=1)
    role, *place = _OF_PLACE.split(bare, maxsplit=1)
    is_role = _ARTICLE.match(words.strip()) is not None or flatten(role).lower() in ROLES
    names = whom.lookup
    known = [one.name for one in names.known] + list(names.unknown)
    # Of `le maire de Toury` the name is the place's; `le maire Jean Dupont` has the speaker's.
    own = [name for name in known if not place or name.start < words.find(place[0])]
    if own and (not is_role or own[0].start <= len(words) - len(bare) + len(role)):
        return Speaker(own[0])
    if not is_role:  # a name that stands alone, or in small letters
        return Speaker(Name(0, len(bare), bare, tuple(flatten(bare).lower().split())))
    return Speaker(None, flatten(role), place[0] if place else "")


def _said(
    speaker: Speaker, whom: Subject, about: Subject | None, sources: Sources, filters: Filters
) -> list[_Said]:
    """Return all that the speaker says in the articles, newest first."""
    ids = sources.subjects.about(whom, filters)
    chosen = sources.library.listing.chosen(filters, ids, _ARTICLES)
    if about is not None and len(ids) > _ARTICLES:
        both = ids & sources.subjects.about(about, filters)
        chosen = sources.library.listing.chosen(filters, both or ids, _ARTICLES)
    wholes = sources.library.whole(chosen.ids)
    analyses = SentenceAnalyses()
    found: list[_Said] = []
    for article_id in chosen.ids:
        if article_id in wholes:
            found += _in_article(wholes[article_id], speaker, about, analyses)
    return found


def _in_article(
    whole: ArticleSentences, speaker: Speaker, about: Subject | None, analyses: SentenceAnalyses
) -> list[_Said]:
    article, spans = whole.article, list(whole.sentences)
    title = terms(article.title, article.language)
    found = []
    for run in _runs(statements(whole, speaker, analyses), spans):
        first, last = spans.index(run[0].span), spans.index(run[-1].span)
        around = spans[max(0, first - 1) : last + 2]
        words = terms(article.text[around[0].start : around[-1].end], article.language)
        own = [term for one in run for term in one.said.terms]
        covered = 0.0
        if about is not None:
            # What its sentence doesn't name, those beside it or the title may.
            covered = about.covered([*own, *words, *title]) + 0.5 * about.covered(own) / len(about.units)
        item = Evidence(
            article,
            run[0].own.start,
            run[-1].own.end,
            before=tuple(reversed(spans[max(0, first - 1) : first])),
            after=tuple(spans[last + 1 : last + 2]),
        )
        found.append(_Said(item, covered, article.published_at or ""))
    return found


def _runs(said_by: Sequence[Statement], spans: Sequence[Span]) -> list[list[Statement]]:
    """Return statements with those that follow them at once, a few sentences at most."""
    runs: list[list[Statement]] = []
    for one in said_by:
        before = spans.index(one.span) - 1
        follows = bool(runs) and before >= 0 and runs[-1][-1].span == spans[before]
        whole = follows and runs[-1][-1].own.end == runs[-1][-1].span.end and one.own.start == one.span.start
        if whole and len(runs[-1]) < _LONGEST:
            runs[-1].append(one)
        else:
            runs.append([one])
    return runs


def _best(told: Sequence[_Said]) -> list[_Said]:
    """Return the statements that say most of the subject, the newest first of equals; twins once."""
    best = max(one.about for one in told)
    ranked = sorted(told, key=lambda one: one.published, reverse=True)
    ranked = [one for one in sorted(ranked, key=lambda one: -one.about) if 2 * one.about >= best]
    kept: list[_Said] = []
    for one in ranked:
        quote = flatten(" ".join(one.evidence.quote.split())).lower()
        if all(quote != flatten(" ".join(other.evidence.quote.split())).lower() for other in kept):
            kept.append(one)
    return kept[:_STATEMENTS]
