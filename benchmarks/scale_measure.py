"""Times what `benchmarks/retrieval.py` has built, one run after the other."""

from __future__ import annotations

import os
import re
import resource
import statistics
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

import numpy as np
from scale_build import FILTERS, NAME, Where, open_library
from synthetic import Question

from rag.models.embedder import TokenVectors
from rag.query.question_text import QuestionText
from rag.retrieval.retriever import Retriever
from rag.schema.question import NO_FILTERS
from rag.text.analyzer import query_terms

LIMIT = 8
CANDIDATES = 50


class Given:
    """An embedder that gives the questions' vectors that it was given."""

    name = NAME
    max_tokens = 480

    def __init__(self, dimension: int) -> None:
        self.dimension = dimension
        self.queries: dict[str, np.ndarray] = {}

    def read_queries(self, texts: Sequence[str]) -> list[TokenVectors]:
        """Each word a token; its vector is made up, since what it costs to compare is measured, not what it
        says."""
        return [self._read(text) for text in texts]

    def _read(self, text: str) -> TokenVectors:
        spans = np.array([match.span() for match in re.finditer(r"\w+", text)])
        made_up = np.random.default_rng(len(text)).standard_normal((len(spans), self.dimension))
        return TokenVectors(self.queries[text], made_up.astype(np.float32), spans)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(text.split()) for text in texts]


def read(question: Question) -> QuestionText:
    return QuestionText(question.text, question.language)


def measure(folder: Path, built: dict) -> dict:
    """One run over a library that is built: by filter, milliseconds of each part and recall."""
    vectors = np.load(folder / "questions.npy")
    questions = [Question(*asked) for asked in built["questions"]]
    library, store, terms, sketches = open_library(folder)
    given = Given(vectors.shape[1])
    given.queries = {question.text: vector for question, vector in zip(questions, vectors, strict=True)}
    retriever = Retriever(library, store, terms, sketches, given, CANDIDATES)
    start = time.perf_counter()
    retriever.retrieve(read(questions[0]), LIMIT)
    run = {"open_s": time.perf_counter() - start, "load_average": os.getloadavg()[0], "filters": {}}
    for question in questions:  # what is timed is a server that has been asked before, not the disk
        retriever.retrieve(read(question), LIMIT)
    languages = library.languages()[:3]
    stems = [tuple(query_terms(read(q).content_words, [q.language, *languages])) for q in questions]
    baseline = Where(folder / "where") if (folder / "where").exists() else None
    with closing(library), closing(store):
        for name, filters in FILTERS.items():
            active = None if filters == NO_FILTERS else filters
            asked = list(zip(questions, vectors, stems, built["exact"][name], strict=True))
            figures = {
                "dense": timed(asked, lambda a, f=active: store.search(a[1], CANDIDATES, f)),
                "terms": timed(asked, lambda a, f=active: terms.search(a[2], CANDIDATES, f)),
                "whole": timed(
                    asked,
                    lambda a, f=filters: retriever.retrieve(read(a[0]), LIMIT, f),
                ),
                "recall@10": recall(
                    [[s.passage_id for s in store.search(a[1], CANDIDATES, active)] for a in asked],
                    built["exact"][name],
                ),
            }
            if baseline:
                few = asked[:60]
                figures["where"] = timed(few, lambda a, f=filters: baseline.search(a[1], CANDIDATES, f))
                figures["where recall@10"] = recall(
                    [baseline.search(a[1], CANDIDATES, filters) for a in few], built["exact"][name][:60]
                )
                figures["where / dense"] = figures["where"]["p50"] / figures["dense"]["p50"]
            run["filters"][name] = figures
    run["languages_ms"] = timed([None] * 20, lambda _: library.languages())["p50"]
    run["memory_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return run


def timed(asked: Sequence, call: Callable) -> dict[str, float]:
    """Milliseconds: p50, p95 and p99."""
    seen = []
    for one in asked:
        start = time.perf_counter()
        call(one)
        seen.append((time.perf_counter() - start) * 1_000)
    return {f"p{p}": float(np.percentile(seen, p)) for p in (50, 95, 99)}


def recall(found: Sequence[Sequence[str]], exact: Sequence[Sequence[str]]) -> float | None:
    """Mean share of the exact ten that are among the first ten found; None where there are none."""
    shares = [len(set(f[:10]) & set(e)) / len(e) for f, e in zip(found, exact, strict=True) if e]
    return statistics.mean(shares) if shares else None
