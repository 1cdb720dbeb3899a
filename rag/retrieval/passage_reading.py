"""Hits → what the trained reader says of each of their sentences, in the offsets of their articles.

Knows passages and the reader; no ranking.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rag.reading.schema import PassageReader, PassageWindow
from rag.schema.article import Span
from rag.schema.hit import Hit


@dataclass(frozen=True, slots=True)
class ReadSentence:
    """What the reader says of one sentence beside a question.

    Attributes:
        probability: That the sentence answers, in [0, 1].
        answerable: That its passage answers, in [0, 1].
        answer: The words of it that answer best, in the article's offsets; None if it has no words.
        score: The logarithm of how probable these are among all words of the passage, if that answers.

    """

    probability: float
    answerable: float
    answer: Span | None
    score: float


Readings = Mapping[tuple[str, Span], ReadSentence]


def read_hits(question: str, hits: Sequence[Hit], reader: PassageReader | None) -> Readings:
    """Return article id and sentence → what the reader says of it; nothing without a reader.

    A sentence of two passages has what the one says that answers more probably.

    Raises:
        ModelError, ConfigError: The reader's weights are missing or damaged, or its server refuses.
    """
    if reader is None or not hits:
        return {}
    read: dict[tuple[str, Span], ReadSentence] = {}
    for hit, reading in zip(hits, reader.read(question, [_window(hit) for hit in hits]), strict=True):
        for span, sentence in zip(hit.sentences, reading.sentences, strict=True):
            answer = sentence.answer
            found = ReadSentence(
                sentence.probability,
                reading.answerable,
                Span(hit.start + answer.start, hit.start + answer.end) if answer else None,
                answer.score if answer else 0.0,
            )
            known = read.get((hit.article.id, span))
            if known is None or known.answerable < found.answerable:
                read[hit.article.id, span] = found
    return read


def _window(hit: Hit) -> PassageWindow:
    return PassageWindow(
        hit.article.text[hit.start : hit.end],
        tuple(Span(one.start - hit.start, one.end - hit.start) for one in hit.sentences),
    )
