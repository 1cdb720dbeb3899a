"""Asks a system the questions and measures its answers: right, cited, refused, and how fast.

Knows our chain's events, what any chain streams, and the gold answers; not how they are found or printed.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from langchain_core.callbacks import UsageMetadataCallbackHandler
from langchain_core.runnables import Runnable

from rag.runnable.chain import Chain
from rag.schema.events import ClaimChecked, TokenDrafted
from rag.schema.question import NO_FILTERS, Question
from ui.evaluation.answer_metrics import (
    contains_gold,
    covers,
    exact_match,
    in_paragraph,
    short_answer_f1,
    token_f1,
)
from ui.evaluation.metrics import Figures
from ui.evaluation.questions.dataset import GoldQuestion, Place


@dataclass(frozen=True, slots=True)
class Streamed:
    """What a chain streamed, and when: seconds from asking; no first token when no model wrote.

    The tokens that the chat model read and wrote, where it tells them.
    """

    pieces: tuple[Any, ...]
    first_token: float | None
    total: float
    prompt_tokens: int = 0
    output_tokens: int = 0


@dataclass(frozen=True, slots=True)
class AnsweredQuestion:
    """What a question got.

    The words, whether they refuse to answer, the places that they cite, in the order shown, and the short
    answer, empty when none is marked. Both are None for a system that can't cite.
    """

    question: GoldQuestion
    said: str
    abstained: bool
    cited: tuple[Place, ...] | None
    short: str | None
    streamed: Streamed


Ask = Callable[[GoldQuestion], AnsweredQuestion]


def ask_all(
    ask: Ask, questions: Sequence[GoldQuestion], on_asked: Callable[[], None]
) -> list[AnsweredQuestion]:
    """Ask one question after the other."""
    asked = []
    for question in questions:
        asked.append(ask(question))
        on_asked()
    return asked


def ask_ours(chain: Chain, question: GoldQuestion) -> AnsweredQuestion:
    """Ask our chain, without history or filter. A question that it has had before isn't timed again."""
    asked = Question(question.text, filters=NO_FILTERS)
    streamed = stream(chain, asked, lambda event: isinstance(event, TokenDrafted | ClaimChecked))
    answer = streamed.pieces[-1]
    if answer.cached:
        streamed = replace(streamed, total=np.nan)
    return AnsweredQuestion(
        question,
        said=" ".join(claim.text for claim in answer.claims),
        abstained=answer.status == "not_found",
        cited=tuple(Place(item.article.id, item.start, item.end) for item in answer.citations),
        short=answer.short_answer,
        streamed=streamed,
    )


def stream(chain: Runnable, asked: Any, is_token: Callable[[Any], bool]) -> Streamed:
    """Return all that `chain` streams for one input; `is_token` tells the pieces that show a word."""
    started, first_token, usage = time.perf_counter(), None, UsageMetadataCallbackHandler()
    pieces = []
    with closing(chain.stream(asked, {"callbacks": [usage]})) as streaming:
        for piece in streaming:
            if first_token is None and is_token(piece):
                first_token = time.perf_counter() - started
            pieces.append(piece)
    total = time.perf_counter() - started
    read, written = (
        sum(counts[side] for counts in usage.usage_metadata.values())
        for side in ("input_tokens", "output_tokens")
    )
    return Streamed(tuple(pieces), first_token, total, read, written)


def answerable_figures(asked: Sequence[AnsweredQuestion], texts: Mapping[str, str]) -> Figures:
    """Figures of questions that the articles answer; `texts` maps an article's id to its text.

    Those of citations and of short answers are NaN for a system that can't cite.
    """
    contains = [contains_gold(item.said, item.question) for item in asked]
    cites = [covers(item.cited or (), item.question, texts) for item in asked]
    return {
        "answer_contains_gold": _values(contains),
        "token_f1": _values(token_f1(item.said, item.question) for item in asked),
        "short_answer_em": _of_short(exact_match, asked),
        "short_answer_f1": _of_short(short_answer_f1, asked),
        "answer_first": _values(
            np.nan if item.cited is None else covers(item.cited[:1], item.question, texts) for item in asked
        ),
        "citation_recall": _values(
            np.nan if item.cited is None else found for item, found in zip(asked, cites, strict=True)
        ),
        "citation_precision": _values(in_paragraph(item.cited or (), item.question) for item in asked),
        "wrong": _values(
            not (item.abstained or said or cited)
            for item, said, cited in zip(asked, contains, cites, strict=True)
        ),
        "abstained_answerable": _values(item.abstained for item in asked),
    }


def _of_short(measure: Callable[[str, GoldQuestion], float], asked: Sequence[AnsweredQuestion]) -> np.ndarray:
    return _values(np.nan if item.short is None else measure(item.short, item.question) for item in asked)


def abstained(asked: Sequence[AnsweredQuestion]) -> np.ndarray:
    """Return which of the questions were refused."""
    return _values(item.abstained for item in asked)


def tokens(asked: Sequence[AnsweredQuestion]) -> Figures:
    """Return what the chat model read and wrote for a question; NaN where it wasn't asked or doesn't tell."""
    return {
        "prompt_tokens": _values(item.streamed.prompt_tokens or np.nan for item in asked),
        "output_tokens": _values(item.streamed.output_tokens or np.nan for item in asked),
    }


def seconds(asked: Sequence[AnsweredQuestion]) -> Figures:
    """Return figures over every question asked, whether it has an answer or not.

    NaN where no token was written, and where the answer was that of the same question before.
    """
    return {
        "time_to_first_token": _values(
            np.nan if item.streamed.first_token is None else item.streamed.first_token for item in asked
        ),
        "time_to_answer": _values(item.streamed.total for item in asked),
    }


def _values(values: Iterable[float]) -> np.ndarray:
    return np.array([float(value) for value in values])
