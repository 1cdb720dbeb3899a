"""For programs: one JSON object a line on standard output, the last of them the summary."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

from ui.command.standing.manage import standing_events
from ui.command.terminal import failure_values, group_values, json_text

if TYPE_CHECKING:
    from ingest.schema.events import Event, Progress, Reading, Summary
    from rag.monitoring.asker import AskedAgain

_TOLD_EVERY = 0.5  # seconds between two events that tell of progress


class EventLines:
    """What happens, as it happens, and how far it has come, now and then."""

    def __init__(self) -> None:
        self._begun = time.monotonic()
        self._told = self._told_reading = 0.0

    def __enter__(self) -> EventLines:
        return self

    def __exit__(self, *_: object) -> None:
        return

    def say(self, sentence: str) -> None:
        """Print a sentence where it disturbs no program."""
        print(sentence, file=sys.stderr)

    def take(self, event: Event) -> None:
        """Print what happened."""
        from ingest.schema.document import Notice
        from ingest.schema.events import Acknowledged, Progress, Reading, Started
        from ingest.schema.failure_groups import FailureGroup

        match event:
            case Started(total):
                _emit("start", total=total)
            case Acknowledged(article_id, source, title, outcome, passages, unreadable):
                _emit(
                    "article",
                    id=article_id,
                    source=source,
                    title=title,
                    outcome=outcome,
                    passages=passages,
                    unreadable=unreadable,
                )
            case Progress():
                self._tell(event)
            case Reading():
                self._tell_reading(event)
            case Notice():
                _emit("notice", source=event.source, said=event.said, said_fr=event.said_fr)
            case FailureGroup():
                _emit("failures", **group_values(event))
            case failure:
                _emit("failure", **failure_values(failure))

    def _tell(self, progress: Progress) -> None:
        seconds = time.monotonic() - self._begun
        if progress.done != progress.total and seconds - self._told < _TOLD_EVERY:
            return
        self._told = seconds
        remaining = progress.remaining(seconds)
        _emit(
            "progress",
            done=progress.done,
            total=progress.total,
            source=progress.source,
            articles=progress.articles,
            passages=progress.passages,
            seconds=round(seconds, 2),
            passages_per_second=round(progress.passages / seconds, 1) if seconds else 0.0,
            remaining_seconds=None if remaining is None else round(remaining, 1),
        )

    def _tell_reading(self, reading: Reading) -> None:
        seconds = time.monotonic() - self._begun
        if seconds - self._told_reading < _TOLD_EVERY:
            return
        self._told_reading = seconds
        _emit("reading", source=reading.source, done=reading.done, total=reading.total, unit=reading.unit)

    def sum_up(self, summary: Summary) -> None:
        """Print what came of it all."""
        counts = summary.to_dict() | {"failed": len(summary.failed)}
        _emit("summary", **counts)

    def changed(self, asked: AskedAgain) -> None:
        """Print what changed in what is followed: an event each."""
        for event, values in standing_events(asked):
            _emit(event, **values)


def _emit(event: str, **values: object) -> None:
    print(json_text({"event": event} | values), flush=True)
