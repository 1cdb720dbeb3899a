"""Asks a chain the questions and measures its answers: right, cited, refused, and how fast.

Knows the chain's events and the gold answers; not how they are found or printed.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass

import numpy as np

from rag.answering import Chain
from rag.events import TokenDrafted
from rag.schema import NO_FILTERS, Answer, Question
from ui.evaluation.metrics import Figures, contains_gold, covers
from ui.evaluation.squad import GoldQuestion, Place


@dataclass(frozen=True, slots=True)
class Asked:
    """What a question got, and when: seconds from asking; no first token when no model wrote."""

    question: GoldQuestion
    answer: Answer
    first_token: float | None
    total: float

    @property
    def abstained(self) -> bool:
        return self.answer.status == "not_found"


def ask_all(chain: Chain, questions: Sequence[GoldQuestion], on_asked: Callable[[], None]) -> list[Asked]:
    """Ask one question after the other, each without history or filter."""
    asked = []
    for question in questions:
        asked.append(_ask(chain, question))
        on_asked()
    return asked


def _ask(chain: Chain, question: GoldQuestion) -> Asked:
    started, first_token = time.perf_counter(), None
    with closing(chain.stream(Question(question.text, filters=NO_FILTERS))) as events:
        for event in events:
            if first_token is None and isinstance(event, TokenDrafted):
                first_token = time.perf_counter() - started
    return Asked(question, event, first_token, time.perf_counter() - started)


def answerable_figures(asked: Sequence[Asked], texts: Mapping[str, str]) -> Figures:
    """Figures of questions that the articles answer; `texts` maps an article's id to its text."""
    return {
        "answer_contains_gold": _values(
            contains_gold(" ".join(claim.text for claim in item.answer.claims), item.question)
            for item in asked
        ),
        "citation_recall": _values(covers(_cited(item.answer), item.question, texts) for item in asked),
        "abstained_answerable": _values(item.abstained for item in asked),
    }


def unanswerable_figures(asked: Sequence[Asked]) -> Figures:
    """Figures of questions that they don't answer."""
    return {"abstained_unanswerable": _values(item.abstained for item in asked)}


def seconds(asked: Sequence[Asked]) -> Figures:
    """Of every question asked, whether it has an answer or not; NaN where no token was written."""
    return {
        "time_to_first_token": _values(
            np.nan if item.first_token is None else item.first_token for item in asked
        ),
        "time_to_answer": _values(item.total for item in asked),
    }


def _cited(answer: Answer) -> list[Place]:
    return [Place(item.article.id, item.start, item.end) for item in answer.citations]


def _values(values: Iterable[float]) -> np.ndarray:
    return np.array([float(value) for value in values])
