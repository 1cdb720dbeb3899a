"""The words of a sentence that answer a question: the likeliest span, and how sure that is.

Pure. Spans are weighed by what `rag.answer_span.candidates` sees in them; a reader may say what it reads. Of
overlapping spans the one is taken that has most in common with all that are likely. Says nothing of whether
the sentence answers at all.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

import numpy as np

from rag.answer_span.asked_people import is_asked, is_complement
from rag.answer_span.candidates import Candidates, candidates, read_sentence
from rag.answer_span.features import FEATURES
from rag.answer_span.focus import Focus
from rag.answer_span.noun_phrases import CONTRACTED, opened_place
from rag.answer_span.phrases import phrases
from rag.answer_span.reasons import stated_reasons
from rag.answer_span.tokens import Token
from rag.extraction.analysed_sentence import AnalysedSentence
from rag.schema.article import Span

# By how much likely spans count more than others, chosen on PIAF beside the weights (`benchmarks/LOG.md`).
SHARPNESS = 2.0
# How much a reader's word counts beside the rules', as exponents; and what a span without any reading has.
READING, RULES = 1.0, 0.5
_UNREAD = 0.02


@dataclass(frozen=True, slots=True)
class ReadSpan:
    """A span that a reader takes for the answer, in the sentence's offsets, with its probability."""

    span: Span
    probability: float


@dataclass(frozen=True, slots=True)
class ChosenSpan:
    """The words that answer, in the sentence's offsets.

    `sureness`: the share, in [0, 1], that they are estimated to have in common with the right ones.
    """

    span: Span
    sureness: float


def answer_span(
    focus: Focus, said: AnalysedSentence, published: date | None = None, readings: Sequence[ReadSpan] = ()
) -> ChosenSpan | None:
    """Return the words of a sentence that answer; None if none could.

    Args:
        focus: What the question wants to be told.
        said: The sentence.
        published: The day of its article, for dates like `hier`.
        readings: What a trained reader reads in it.
    """
    found = candidates(focus, said, published, [reading.span for reading in readings])
    if not found.spans:
        return None
    chances = _chances(found, readings)
    common = _common(found.spans) @ chances
    best = int(common.argmax())
    return ChosenSpan(_whole(focus, said, published, found.spans[best]), float(common[best]))


def states_reason(focus: Focus, said: AnalysedSentence) -> bool:
    """Return whether a sentence has a word of reason: `parce que`, `en raison de`, `met en avant`."""
    return next(stated_reasons(read_sentence(focus, said, None)), None) is not None


@cache
def weights() -> np.ndarray:
    """Return the weight of each of FEATURES.

    Raises:
        KeyError: The file lacks a feature.
    """
    stored = json.loads(files("rag.answer_span").joinpath("data/weights.json").read_text("utf-8"))
    return np.array([stored[name] for name in FEATURES])


def _chances(found: Candidates, readings: Sequence[ReadSpan]) -> np.ndarray:
    """Return each span's estimated chance of being the answer; they sum to 1."""
    scores = found.rows @ weights()
    if readings:
        read = _common(found.spans, [reading.span for reading in readings])
        read = read @ np.array([reading.probability for reading in readings])
        scores = RULES * scores + READING * np.log(read + _UNREAD)
    odds = np.exp(SHARPNESS * (scores - scores.max()))
    return odds / odds.sum()


def _common(spans: Sequence[Span], others: Sequence[Span] | None = None) -> np.ndarray:
    """Return for each pair of spans the share of characters that they have in common (Dice's coefficient)."""
    a = np.array([(span.start, span.end) for span in spans])
    b = a if others is None else np.array([(span.start, span.end) for span in others])
    shared = np.minimum(a[:, None, 1], b[None, :, 1]) - np.maximum(a[:, None, 0], b[None, :, 0])
    lengths = (a[:, 1] - a[:, 0])[:, None] + (b[:, 1] - b[:, 0])[None, :]
    return 2 * np.maximum(shared, 0) / lengths


def _whole(focus: Focus, said: AnalysedSentence, published: date | None, span: Span) -> Span:
    """Return a name with its role and those joined to it, a place with its preposition and the next one.

    Anything else as it is.
    """
    if focus.sort not in {"person", "place"}:
        return span
    read = read_sentence(focus, said, published)
    typed = phrases(read, focus.sort)
    if focus.sort == "person" and not any(phrase.holds(span) for phrase in typed):
        inside = [phrase for phrase in typed if span.holds(phrase)]  # `juge Cécile Aubrac`
        span = max(inside, key=lambda phrase: phrase.end - phrase.start, default=span)

    def fits(phrase: Span) -> bool:
        """Return whether it is named as it was asked: `dans quelle ville` by the name alone."""
        return focus.sort == "person" or not focus.noun or said.text[phrase.start].isupper()

    wider = [
        phrase
        for phrase in typed
        if phrase.holds(span) and not _adds_known(focus, said, phrase, span) and fits(phrase)
    ]
    whole = max(wider, key=lambda phrase: phrase.end - phrase.start, default=span)
    if focus.sort == "place":
        return opened_place(read.flat, whole)
    return _without_preposition(read.tokens, whole)


def _without_preposition(found: Sequence[Token], span: Span) -> Span:
    """Return who it is without the preposition of what stands before: `du président Trump`."""
    inside = [token for token in found if span.start <= token.start < span.end]
    contracted = len(inside) > 1 and inside[0].plain in CONTRACTED
    return Span(inside[1].start, span.end) if contracted else span


def _adds_known(focus: Focus, said: AnalysedSentence, phrase: Span, span: Span) -> bool:
    """Return whether a phrase adds a name to a span that the question has already."""
    return any(
        is_asked(focus, name.text) and not is_complement(said.flat, name.start)
        for name in said.names
        if phrase.start <= name.start < phrase.end and not span.start <= name.start < span.end
    )
