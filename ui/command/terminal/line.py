"""For people: one line on a terminal that is rewritten, each failure above it, and what came of it all.

Knows words and terminals. Where standard error is no terminal nothing is rewritten: only sentences are said.
"""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

from ui.command.standing.manage import told_of
from ui.command.terminal import columns_lines, printable
from ui.formatting.i18n import text
from ui.formatting.library_status import reading_text, remaining_text

if TYPE_CHECKING:
    from ingest.schema.events import Event, Progress, Reading, Summary
    from rag.monitoring.asker import AskedAgain

_EVERY = 0.1  # seconds between two times that the line is rewritten
_LONGEST_NAME = 48


class ProgressLine:
    """How many of how many are read, how long the rest takes, and what is read now."""

    def __init__(self, language: str) -> None:
        from tqdm import tqdm

        self._language = language
        self._line = tqdm(bar_format="{desc}", file=sys.stderr, disable=None, leave=False, dynamic_ncols=True)
        self._begun = time.monotonic()
        self._written = 0.0
        self._progress: Progress | None = None
        self._reading: Reading | None = None

    def __enter__(self) -> ProgressLine:
        return self

    def __exit__(self, *_: object) -> None:
        self._line.close()

    def say(self, sentence: str) -> None:
        """Print a sentence above the line."""
        self._line.write(sentence, file=sys.stderr)

    def take(self, event: Event) -> None:
        """Show what happened."""
        from ingest.schema.document import Failure, Notice
        from ingest.schema.events import Progress, Reading, Started
        from ingest.schema.failure_groups import FailureGroup, table_of

        match event:
            case FailureGroup() | Failure():
                if isinstance(event, FailureGroup) or table_of(event.source) is None:
                    self._say_failure(event)
            case Notice():
                said = printable(event.text(self._language))
                self.say(text("ingest_notice", self._language, said=said))
            case Started(total):  # of several sources, each is counted by itself
                self._begun, self._progress, self._reading = time.monotonic(), Progress(0, total, ""), None
            case Progress():
                self._progress, self._reading = event, None
                self._write()
            case Reading():
                self._reading = event
                self._write()

    def _say_failure(self, event: Event) -> None:
        reason = printable(event.text(self._language))
        self.say(text("ingest_failure", self._language, reason=reason))
        for line in columns_lines(event, self._language):
            self.say(printable(line))

    def _write(self) -> None:
        now = time.monotonic()
        if self._line.disable or now - self._written < _EVERY:
            return
        self._written = now
        self._line.set_description_str(
            line_text(self._progress, self._reading, now - self._begun, self._language)
        )

    def sum_up(self, summary: Summary) -> None:
        """Print what came of it all; once stopped, what is in and what isn't."""
        self._line.close()
        counts = summary.to_dict() | {"failed": len(summary.failed)}
        print(text("ingest_summary", self._language, **counts))
        if summary.reread:
            print(text("ingest_reread", self._language, count=summary.reread))
        if summary.embargoed:
            print(text("ingest_embargoed", self._language, count=summary.embargoed))
        if summary.unreadable:
            damaged = text("ingest_damaged", self._language, count=summary.damaged)
            print(text("ingest_unreadable", self._language, count=summary.unreadable, articles=damaged))
        if summary.stopped:
            print(stopped_text(summary, self._language), file=sys.stderr)

    def changed(self, asked: AskedAgain) -> None:
        """Print what changed in what is followed."""
        for line in told_of(asked, self._language)[1]:
            print(printable(line))


def line_text(progress: Progress | None, reading: Reading | None, seconds: float, language: str) -> str:
    """Return the line: `3 sur 40 lus · encore 2 minutes environ · revue.pdf, page 12 sur 340`.

    Args:
        progress: What is done in all; None before anything is.
        reading: How far what is read now is; None if it takes no time.
        seconds: Since it began.
        language: That of the words.
    """
    from ingest.schema.events import seconds_left

    done, total = (progress.done, progress.total) if progress else (0, None)
    key = "progress_of" if total else "progress_done"
    parts = [text(key, language, done=done, total=total)]
    left = seconds_left(seconds, done + (reading.share if reading else 0.0), total) if total else None
    if left:
        parts.append(remaining_text(left, language))
    if reading:
        parts.append(f"{_name(reading.source)}, {reading_text(reading, language)}")
    elif progress and progress.source:
        parts.append(_name(progress.source))
    return " · ".join(parts)


def stopped_text(summary: Summary, language: str) -> str:
    """Return what of what was asked for is in the library, and what isn't."""
    key = "ingest_stopped_of" if summary.total else "ingest_stopped"
    return text(key, language, done=summary.sources, total=summary.total)


def _name(source: str) -> str:
    name = printable(source)
    return name if len(name) <= _LONGEST_NAME else "…" + name[1 - _LONGEST_NAME :]
