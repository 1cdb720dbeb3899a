"""What is recorded of one question while it is answered, for whoever runs this: handed on once, at its end.

Knows no question, no answer and nobody who is told.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol

from rag.errors import UserError
from rag.observability import request_id

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Stage:
    """A part of the work, between two readings of `time.perf_counter`; perhaps `within` another."""

    name: str
    begun: float
    ended: float
    within: str = ""

    @property
    def seconds(self) -> float:
        """How long it took."""
        return self.ended - self.begun


@dataclass(slots=True)
class QuestionRun:
    """One question: `begun` and `ended` are readings of `time.perf_counter`, `at` is when it came.

    `outcome` is the answer's status, or how it ended without one: `refused` for a mistake of who asks.
    `private` is what is logged of it only if the settings ask for questions.
    """

    request_id: str
    stages: list[Stage] = field(default_factory=list)
    outcome: str = "stopped"
    is_cached: bool = False
    private: dict[str, str] = field(default_factory=dict)
    at: float = field(default_factory=time.time)
    begun: float = field(default_factory=time.perf_counter)
    ended: float = 0.0

    def mark(self, name: str) -> None:
        """Record a stage that ends now; it began when the one before ended."""
        begun = next((stage.ended for stage in reversed(self.stages) if not stage.within), self.begun)
        self.stages.append(Stage(name, begun, time.perf_counter()))

    @contextmanager
    def during(self, name: str, within: str) -> Iterator[None]:
        """Record what is done inside as a part of a stage that hasn't ended yet."""
        begun = time.perf_counter()
        try:
            yield
        finally:
            self.stages.append(Stage(name, begun, time.perf_counter(), within))

    @property
    def seconds(self) -> float:
        """How long it took."""
        return self.ended - self.begun

    def seconds_by_stage(self) -> dict[str, float]:
        """Return how long each stage took in all."""
        found: dict[str, float] = {}
        for stage in self.stages:
            found[stage.name] = found.get(stage.name, 0.0) + stage.seconds
        return found


class RunSink(Protocol):
    """Who is told of questions that have ended."""

    def ended(self, run: QuestionRun) -> None:
        """Take note. It must neither wait nor fail: somebody waits for the answer."""
        ...


@contextmanager
def recorded(sinks: Sequence[RunSink]) -> Iterator[QuestionRun]:
    """Record a question that is answered inside, and hand it on however it ends.

    The context must be the caller's alone: it has an id from here on.
    """
    run = QuestionRun(request_id.begin(private=True))
    try:
        yield run
    except UserError:
        run.outcome = "refused"
        raise
    except (GeneratorExit, asyncio.CancelledError, KeyboardInterrupt):
        raise
    except BaseException:
        run.outcome = "failed"
        raise
    finally:
        run.ended = time.perf_counter()
        _log(run)
        for sink in sinks:
            sink.ended(run)


def _log(run: QuestionRun) -> None:
    by_stage = {name: round(seconds, 4) for name, seconds in run.seconds_by_stage().items()}
    fields = {"outcome": run.outcome, "cached": run.is_cached, "seconds": round(run.seconds, 4)}
    fields |= {"stages": by_stage, "request_id": run.request_id}
    log.info("a question has ended", extra={"fields": fields, "private": run.private})
