"""What the server has measured, for Prometheus: counts and seconds, in a registry of its own.

No label has a word of a question, an article or a user: labels are the names of stages and outcomes alone.
What is measured is what questions and ingestions record of themselves.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from typing import Protocol

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from rag.errors import SourcierError
from rag.observability.question_run import QuestionRun

log = logging.getLogger(__name__)

_OUTCOMES = ("answered", "partial", "not_found", "conversation", "catalogue", "refused", "failed", "stopped")
_INGESTED = ("new", "changed", "unchanged", "embargoed", "failed")
_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0)
_LONG_SECONDS = (0.1, 1.0, 10.0, 60.0, 600.0, 3600.0)


class Line(Protocol):
    """Who waits for an answer, who is being answered, and how many were not let in."""

    waiting: int
    answering: int
    refused: int


class Metrics:
    """Counts what it is told, and looks at what it was shown when it is asked."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self._questions = Counter(
            "sourcier_questions", "Questions that have ended, by how.", ["outcome"], registry=self.registry
        )
        for outcome in _OUTCOMES:
            self._questions.labels(outcome)
        self._cached = Counter(
            "sourcier_cached_answers", "Answers that had been given before.", registry=self.registry
        )
        self._seconds = Histogram(
            "sourcier_question_seconds",
            "From a question to its end, once it was let in; the wait for the model included.",
            buckets=_SECONDS,
            registry=self.registry,
        )
        self._stages = Histogram(
            "sourcier_stage_seconds", "Each stage of an answer.", ["stage"], buckets=_SECONDS,
            registry=self.registry,
        )  # fmt: skip
        self._ingested = Counter(
            "sourcier_ingested_articles",
            "Articles that were brought in through the page, by what they were to the library.",
            ["outcome"],
            registry=self.registry,
        )
        for outcome in _INGESTED:
            self._ingested.labels(outcome)
        self._ingestions = Histogram(
            "sourcier_ingestion_seconds",
            "Each ingestion through the page.",
            buckets=_LONG_SECONDS,
            registry=self.registry,
        )
        self._requests = Counter(
            "sourcier_api_requests",
            "Requests of programs, by the route of the API and the status that was answered.",
            ["route", "status"],
            registry=self.registry,
        )
        self._lines = _Lines()
        self.registry.register(self._lines)

    def ended(self, run: QuestionRun) -> None:
        """Count a question that has ended."""
        self._questions.labels(run.outcome).inc()
        self._seconds.observe(run.seconds)
        if run.is_cached:
            self._cached.inc()
        for stage, seconds in run.seconds_by_stage().items():
            self._stages.labels(stage).observe(seconds)

    def ingested(self, articles: Mapping[str, int], seconds: float) -> None:
        """Count an ingestion: articles by what they were to the library, and how long it took."""
        for outcome in _INGESTED:
            self._ingested.labels(outcome).inc(articles.get(outcome, 0))
        self._ingestions.observe(seconds)

    def answered(self, route: str, status: int) -> None:
        """Count a program's request; `route` is one of the API's own, never what a program wrote."""
        self._requests.labels(route, str(status)).inc()

    def watch(self, line: Line) -> None:
        """Tell of this line, too."""
        self._lines.watched.append(line)

    def watch_library(self, counts: Callable[[], Mapping[str, int]]) -> None:
        """Tell what the library holds: whoever writes to it, it is counted."""
        self.registry.register(_Library(counts))


class _Lines(Collector):
    def __init__(self) -> None:
        self.watched: list[Line] = []

    def collect(self) -> Iterator[Metric]:
        lines = self.watched
        yield GaugeMetricFamily(
            "sourcier_questions_waiting", "Questions that wait for the model.",
            sum(line.waiting for line in lines),
        )  # fmt: skip
        yield GaugeMetricFamily(
            "sourcier_questions_answering", "Questions that are being answered.",
            sum(line.answering for line in lines),
        )  # fmt: skip
        yield CounterMetricFamily(
            "sourcier_questions_not_admitted", "Questions that were not let in: too many were waiting.",
            sum(line.refused for line in lines),
        )  # fmt: skip


class _Library(Collector):
    def __init__(self, counts: Callable[[], Mapping[str, int]]) -> None:
        self._counts = counts

    def describe(self) -> Iterator[Metric]:
        """Say nothing: the registry would read the library to know it."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        try:
            held = self._counts()
        except SourcierError as error:
            log.warning("the library cannot be counted: %s", error)
            return
        for what, count in held.items():
            yield GaugeMetricFamily(f"sourcier_library_{what}", f"{what.capitalize()} in the library.", count)
