"""Spans of a sentence that could answer: phrases of the asked sort, and runs of words that read as phrases.

Pure. Doesn't say which is the likeliest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import numpy as np

from rag.answer_span.asked_people import asked_people, titles, without
from rag.answer_span.features import FEATURES, feature_rows
from rag.answer_span.focus import Focus
from rag.answer_span.losers import asks_loser, asks_winner, losers, winners
from rag.answer_span.phrases import phrases
from rag.answer_span.tokens import ReadSentence, Token, enclosed, known_as_whole, tokens
from rag.extraction.analysed_sentence import AnalysedSentence
from rag.schema.article import Span

# The longest run of words that is tried beside whole clauses, and the commas in it.
MOST_WORDS, MOST_COMMAS = 12, 2


@dataclass(frozen=True, slots=True)
class Candidates:
    """Spans of a sentence (offsets in its text), and a row of FEATURES for each."""

    spans: tuple[Span, ...]
    rows: np.ndarray


def candidates(
    focus: Focus, said: AnalysedSentence, published: date | None = None, more: Sequence[Span] = ()
) -> Candidates:
    """Return what could answer; `more` are spans that somebody else proposes.

    Where nothing but a phrase of the sort can answer, these alone.
    """
    read = read_sentence(focus, said, published)
    found = read.tokens
    typed = [span for span in phrases(read, focus.sort) if _tells(focus, read, span)]
    if focus.sort == "penalty":
        typed = _of_the_asked(read, typed)
    spans = typed
    if focus.sort == "reason" and not typed:  # one that isn't told by a word is told by a clause
        spans = [*more, *(Span(found[first].start, found[last].end) for first, last in _clauses(found))]
    elif not focus.strict and not (typed and focus.prefers_sort):
        spans = [*typed, *_runs(found), *more]
    if focus.named and (beside := titles(focus, read)):
        typed = spans = beside
    elif focus.sort in {"person", "name"} and not focus.copular:
        known = asked_people(focus, read)
        typed, spans = without(typed, known), without(spans, known)
        spans = [span for span in spans if not _repeats_kind(found, span)]
    if asks_winner(focus):
        lost = losers(read)
        typed, spans = without(typed, lost), without(spans, lost)
    elif asks_loser(focus):
        lost = [span for span in typed if span in losers(read)]
        typed, spans = lost or without(typed, winners(read)), lost or without(spans, winners(read))
    places = {span: place for span in dict.fromkeys(spans) if (place := _place(found, span))}
    if not places:
        return Candidates((), np.zeros((0, len(FEATURES))))
    return Candidates(tuple(places), feature_rows(focus, found, places, typed))


def read_sentence(focus: Focus, said: AnalysedSentence, published: date | None) -> ReadSentence:
    """Return a sentence with its tokens, as somebody reads it who has the question in mind."""
    found = tokens(said, focus.terms, focus.question.language)
    if focus.sort == "person":
        found = known_as_whole(said, found)
    numbers = focus.numbers(said) if focus.sort in {"quantity", "duration"} else None
    return ReadSentence(said, found, published, numbers)


def _tells(focus: Focus, read: ReadSentence, span: Span) -> bool:
    """Return whether a phrase says something that the question doesn't; a quantity, a number that can."""
    if focus.sort == "quantity" and read.numbers is not None:
        inside = [item for item in read.said.quantities if span.start <= item.start < span.end]
        return not inside or any(item in read.numbers for item in inside)
    words = (token for token in read.tokens if span.start <= token.start and token.end <= span.end)
    return any(token.asked < 1 for token in words if token.is_content or token.is_number)


def _of_the_asked(read: ReadSentence, typed: list[Span]) -> list[Span]:
    """Return the penalties in the clause of somebody who is asked about; all where none stands in one.

    `Morel écope d'un an de prison, ses complices de cinq`.
    """
    named = [token for token in read.tokens if token.capital and token.asked == 1]
    breaks = [token.start for token in read.tokens if token.is_break]

    def beside(span: Span) -> bool:
        return any(
            not any(min(token.start, span.start) < sign < max(token.start, span.start) for sign in breaks)
            for token in named
        )

    return [span for span in typed if beside(span)] or typed


def _repeats_kind(found: Sequence[Token], span: Span) -> bool:
    """Return whether words name nobody, and begin as the question does: `les pompiers de Brécy`."""
    inside = [token for token in found if span.start <= token.start < span.end and token.is_content]
    return bool(inside) and inside[0].asked == 1 and not any(t.capital and t.asked < 1 for t in inside[1:])


def _runs(found: Sequence[Token]) -> list[Span]:
    """Return runs of words with something new in them, whole clauses, and what stands in quotation marks."""
    spans = []
    for first, token in enumerate(found):
        if token.is_sign or token.is_coordinator or token.plain == "'s":
            continue
        commas, new = 0, False
        for end in found[first : first + MOST_WORDS + 1]:
            commas += end.plain == ","
            if (end.is_break and end.plain not in {",", "-"}) or commas > MOST_COMMAS:
                break
            telling = end.is_content or end.is_number
            new = new or (telling and end.asked < 1)
            if new and telling:
                spans.append(Span(token.start, end.end))
    whole = [*_clauses(found), *enclosed(found)]
    return [*spans, *(Span(found[first].start, found[last].end) for first, last in whole)]


def _clauses(found: Sequence[Token]) -> list[tuple[int, int]]:
    """Return the first and last token of what stands between signs, and of all."""
    edges = [-1, *(place for place, token in enumerate(found) if token.is_break), len(found)]
    clauses = [(before + 1, after - 1) for before, after in pairwise(edges) if after - before > 1]
    return [*clauses, (0, len(found) - 1)] if found else []


def _place(found: Sequence[Token], span: Span) -> tuple[int, int] | None:
    """Return the first and the last token of a span."""
    inside = [place for place, token in enumerate(found) if token.end > span.start and token.start < span.end]
    return (inside[0], inside[-1]) if inside else None
