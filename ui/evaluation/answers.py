"""Asks a chain the questions and measures its answers: right, cited, refused, and how fast.

Knows the chain's events and the gold answers; not how they are found or printed.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass

import numpy as np
from langchain_core.callbacks import UsageMetadataCallbackHandler

from rag.answering import Chain
from rag.events import TokenDrafted
from rag.question import NO_FILTERS, Question
from rag.schema import Answer
from ui.evaluation.metrics import Figures, contains_gold, covers, in_paragraph, token_f1
from ui.evaluation.squad import GoldQuestion, Place


@dataclass(frozen=True, slots=True)
class Asked:
    """What a question got, and when: seconds from asking; no first token when no model wrote. The tokens that
    the chat model read and wrote, where it tells them."""

    question: GoldQuestion
    answer: Answer
    first_token: float | None
    total: float
    prompt_tokens: int = 0
    output_tokens: int = 0

    @property
    def said(self) -> str:
        return " ".join(claim.text for claim in self.answer.claims)

    @property
    def abstained(self) -> bool:
        return not self.answer.claims


def ask_all(chain: Chain, questions: Sequence[GoldQuestion], on_asked: Callable[[], None]) -> list[Asked]:
    """Ask one question after the other, each without history or filter."""
    asked = []
    for question in questions:
        asked.append(_ask(chain, question))
        on_asked()
    return asked


def _ask(chain: Chain, question: GoldQuestion) -> Asked:
    started, first_token, usage = time.perf_counter(), None, UsageMetadataCallbackHandler()
    asked = Question(question.text, filters=NO_FILTERS)
    with closing(chain.stream(asked, {"callbacks": [usage]})) as events:
        for event in events:
            if first_token is None and isinstance(event, TokenDrafted):
                first_token = time.perf_counter() - started
    total = time.perf_counter() - started
    read, written = (
        sum(counts[side] for counts in usage.usage_metadata.values())
        for side in ("input_tokens", "output_tokens")
    )
    return Asked(question, event, first_token, total, read, written)


def answerable_figures(asked: Sequence[Asked], texts: Mapping[str, str]) -> Figures:
    """Figures of questions that the articles answer; `texts` maps an article's id to its text."""
    return {
        "answer_contains_gold": _values(contains_gold(item.said, item.question) for item in asked),
        "token_f1": _values(token_f1(item.said, item.question) for item in asked),
        "citation_recall": _values(covers(_cited(item.answer), item.question, texts) for item in asked),
        "citation_precision": _values(in_paragraph(_cited(item.answer), item.question) for item in asked),
        "abstained_answerable": _values(item.abstained for item in asked),
    }


def unanswerable_figures(asked: Sequence[Asked]) -> Figures:
    """Figures of questions that they don't answer."""
    return {"abstained_unanswerable": _values(item.abstained for item in asked)}


def tokens(asked: Sequence[Asked]) -> Figures:
    """What the chat model read and wrote for a question; NaN where it wasn't asked or doesn't tell."""
    return {
        "prompt_tokens": _values(item.prompt_tokens or np.nan for item in asked),
        "output_tokens": _values(item.output_tokens or np.nan for item in asked),
    }


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
