"""A question that joins several (`où et quand ?`) → for each part the sentence and the words that answer.

Pure but for what a reader has said of the sentences.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rag.answer_span.candidates import read_sentence
from rag.answer_span.focus import Focus
from rag.answer_span.phrases import phrases
from rag.answer_span.short_answer import states_reason
from rag.extraction.analysed_sentence import AnalysedSentence
from rag.generation import extractive
from rag.generation.claim_checker import ClaimChecker
from rag.generation.marking import LEAST_SURE, chosen_words, marked, marked_as, published, said
from rag.query import answer_type
from rag.query.question_text import QuestionText
from rag.retrieval.passage_reading import Readings
from rag.schema.article import Span
from rag.schema.evidence import Evidence
from rag.text.synonyms import meanings

# What a sentence without any word of a part is worth to it.
_LITTLE = 0.2


@dataclass(frozen=True, slots=True)
class PartAnswer:
    """A sentence with the words that answer a part; `heading` is the part, as its question says it."""

    heading: str
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class PartedAnswer:
    """The parts that are answered, in order, and those that no sentence answers."""

    found: tuple[PartAnswer, ...]
    missing: tuple[str, ...]


def answers_to_parts(checker: ClaimChecker, readings: Readings) -> PartedAnswer:
    """Return what answers each part of a question.

    Args:
        checker: Knows the question and the sentences on offer.
        readings: What the trained reader says of them.
    """
    of_the_subject = [
        item for item in checker.offered if checker.is_of_the_subject(marked(item, checker, readings))
    ]
    # One part's sentence needn't name what another part is about: their article does.
    articles = {item.article.id for item in of_the_subject}
    offered = extractive.likeliest([item for item in checker.offered if item.article.id in articles])
    found, missing = [], []
    for part in checker.question.expected_answer.parts:
        best = _best(part.text, offered, checker, readings)
        if best is None:
            missing.append(part.text)
        else:
            heading = part.asking[:1].upper() + part.asking[1:]
            found.append(PartAnswer(heading, extractive.readable(best)))
    return PartedAnswer(tuple(found), tuple(missing))


def _best(
    part: str, offered: Sequence[Evidence], checker: ClaimChecker, readings: Readings
) -> Evidence | None:
    focus = Focus(QuestionText(part, checker.question.full.language))
    rated = [
        (share * chosen.sureness * (_LITTLE + _shared(focus, item, checker)), item, chosen)
        for share, item in zip(extractive.shares(offered), offered, strict=True)
        if _gives(focus, said(item, checker))
        and (chosen := chosen_words(focus, item, checker, readings))
        and chosen.sureness >= LEAST_SURE
        and _is_of_the_sort(focus, item, chosen.span, checker)
    ]
    if not rated:
        return None
    _, item, chosen = max(rated, key=lambda one: one[0])
    return marked_as(item, chosen)


def _gives(focus: Focus, sentence: AnalysedSentence) -> bool:
    """Return whether a sentence has what a part asks for: of a reason, a word that tells of one."""
    if focus.sort == "reason":
        return states_reason(focus, sentence)
    return answer_type.gives(focus.question.expected_answer, sentence)


def _is_of_the_sort(focus: Focus, item: Evidence, span: Span, checker: ClaimChecker) -> bool:
    """Return whether words have a place or somebody in them, where a part asks for one."""
    if focus.sort not in {"place", "person"}:
        return True
    sentence = read_sentence(focus, said(item, checker), published(item))
    return any(one.start < span.end and span.start < one.end for one in phrases(sentence, focus.sort))


def _shared(focus: Focus, item: Evidence, checker: ClaimChecker) -> float:
    """Return the share of a part's words that a sentence or its title has."""
    title = checker.reader.analyses.of(item.article.title, item.article.language)
    known = said(item, checker).meanings | title.meanings
    held = [term for term in focus.terms if meanings(term, focus.question.language) & known]
    return len(held) / max(1, len(focus.terms))
