"""Sentences on offer with the words of them that answer, by rules and by what the trained reader says.

Pure but for that. Says nothing of which sentences answer.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date

from rag.answer_span.focus import Focus
from rag.answer_span.short_answer import ChosenSpan, ReadSpan, answer_span
from rag.extraction.analysed_sentence import AnalysedSentence
from rag.generation.claim_checker import ClaimChecker
from rag.retrieval.passage_reading import Readings
from rag.schema.article import Span, stated_day
from rag.schema.evidence import Evidence
from rag.schema.hit import Hit

# Words are marked as the answer if they are estimated to share this much with the right ones, in [0, 1].
LEAST_SURE = 0.25
UNREAD: Readings = {}
# How many neighbours may say whom a sentence is about, as of the sentences on offer.
_BEFORE, _AFTER = 3, 1


def said(item: Evidence, checker: ClaimChecker) -> AnalysedSentence:
    """Return a sentence's analysis."""
    return checker.reader.analyses.of(item.quote, item.article.language)


def published(item: Evidence) -> date | None:
    """Return the day of a sentence's article."""
    return stated_day(item.article.published_at)


def chosen_words(
    focus: Focus, item: Evidence, checker: ClaimChecker, readings: Readings = UNREAD
) -> ChosenSpan | None:
    """Return the likeliest words of a sentence, in its own offsets; None if none could answer."""
    return answer_span(focus, said(item, checker), published(item), read(item, readings))


def marked_as(item: Evidence, chosen: ChosenSpan) -> Evidence:
    """Return a sentence with these of its words marked."""
    return item.answered_by(Span(item.start + chosen.span.start, item.start + chosen.span.end))


def marked(item: Evidence, checker: ClaimChecker, readings: Readings = UNREAD) -> Evidence:
    """Return a sentence with the words that answer; without, where nothing is sure enough to be marked.

    Args:
        item: One sentence.
        checker: Knows the question and what has been read for it.
        readings: What the trained reader says of sentences.
    """
    chosen = chosen_words(Focus(checker.question.full), item, checker, readings)
    if chosen is None or chosen.sureness < LEAST_SURE:
        return item.answered_by(None)
    return marked_as(item, chosen)


def read(item: Evidence, readings: Readings) -> list[ReadSpan]:
    """Return the words that the reader takes for the answer, in the sentence's offsets."""
    found = readings.get((item.article.id, Span(item.start, item.end)))
    if found is None or found.answer is None:
        return []
    span = Span(found.answer.start - item.start, found.answer.end - item.start)
    return [ReadSpan(span, math.exp(min(found.score, 0.0)))]


def sentences(hits: Sequence[Hit]) -> list[Evidence]:
    """Return every sentence of the hits once, with its passage's score and its neighbours."""
    found: dict[tuple[str, Span], Evidence] = {}
    for hit in hits:
        for place, span in enumerate(hit.sentences):
            before = tuple(reversed(hit.sentences[max(0, place - _BEFORE) : place]))
            after = hit.sentences[place + 1 : place + 1 + _AFTER]
            also = tuple(reprint for reprint in hit.also_in if span in reprint.repeats)
            item = Evidence(hit.article, span.start, span.end, hit.score, also, before, tuple(after))
            found.setdefault((hit.article.id, span), item)
    return list(found.values())
