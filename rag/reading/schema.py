"""What the reader is given and what it says. Offsets count characters of the window's own text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

from rag.schema.article import Span


@dataclass(frozen=True, slots=True)
class PassageWindow:
    """A text with its sentences, in order and not overlapping."""

    text: str
    sentences: tuple[Span, ...]

    def __post_init__(self) -> None:
        inside = all(0 <= one.start < one.end <= len(self.text) for one in self.sentences)
        ordered = all(one.end <= other.start for one, other in pairwise(self.sentences))
        if not (inside and ordered):
            raise ValueError(
                f"sentences out of a text of {len(self.text)} characters or of order: {self.sentences}"
            )


@dataclass(frozen=True, slots=True)
class AnswerSpan:
    """Words that may answer: whole words of one sentence, without the punctuation and quotes around them.

    `score` is the logarithm of how probable they are among all spans of their passage, given that it answers,
    and of how probable their sentence is: greater is better, 0 the most.
    """

    start: int
    end: int
    score: float


@dataclass(frozen=True, slots=True)
class SentenceReading:
    """How probable it is that this sentence answers, from 0 to 1; its likeliest answer, if it has words."""

    span: Span
    probability: float
    answer: AnswerSpan | None


@dataclass(frozen=True, slots=True)
class Reading:
    """What the reader says of one passage.

    `answerable` is how probable it is that the passage answers the question, from 0 to 1. `answers` are the
    likeliest, best first; they don't overlap. `sentences` are the window's, in its order.
    """

    answerable: float
    answers: tuple[AnswerSpan, ...]
    sentences: tuple[SentenceReading, ...]


class PassageReader(Protocol):
    """What reads passages for answers; may be used by several threads, and loads nothing before it reads."""

    def load(self) -> None:
        """Load what reading needs, if it isn't yet."""
        ...

    def read(self, question: str, passages: Sequence[PassageWindow]) -> list[Reading]:
        """Return what each passage says to the question, in the order given."""
        ...
