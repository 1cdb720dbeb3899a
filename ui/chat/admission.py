"""Who is let in: a question that would wait for too long is told so at once, and when to come back.

Knows no question and no model: only how many are being answered, and how fast. All of it happens on one
event loop.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rag.errors import UserError
from ui.formatting.i18n import LANGUAGES, text

LONGEST_WAIT = 60.0  # seconds that whoever is let in is expected to wait for their turn
FIRST_PACE = 7.5  # seconds between two answers, as long as none has been given
MOST = 200  # questions at once, however fast they are answered
_WEIGHT = 0.2  # of the latest answer in the pace
_STEP = 5  # seconds: a time to come back is no more exact


class CrowdedError(UserError):
    """Too many wait: `seconds` until one more is let in, as far as can be told."""

    def __init__(self, english: str, french: str, seconds: float) -> None:
        super().__init__(english, french)
        self.seconds = seconds


class StoppingError(UserError):
    """Nobody is let in any more."""


class Admission:
    """Lets in as many as are answered in `LONGEST_WAIT`, beside the `places` that are served at once."""

    def __init__(self, places: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._places = places
        self._clock = clock
        self._pace = FIRST_PACE
        self._inside = 0
        self.refused = 0
        self._is_closed = False
        self._moved = 0.0  # when the last one was answered, or the first came in

    @property
    def pace(self) -> float:
        """Seconds between two answers, as last measured; more if none has come for longer than that."""
        still = self._clock() - self._moved if self._inside else 0.0
        return max(self._pace, still / self._places, LONGEST_WAIT / MOST)

    @property
    def answering(self) -> int:
        """How many have a place."""
        return min(self._inside, self._places)

    @property
    def waiting(self) -> int:
        """How many wait for one."""
        return self._inside - self.answering

    @property
    def is_crowded(self) -> bool:
        """Whether somebody waits for a place."""
        return self._inside > self._places

    def close(self) -> None:
        """Let nobody in any more."""
        self._is_closed = True

    @contextmanager
    def entered(self) -> Iterator[None]:
        """Count as one who is being answered, as long as the context is open.

        Raises:
            CrowdedError: The wait would be too long.
            StoppingError: The server is stopping.
        """
        if self._is_closed:
            raise stopping()
        waiting = self._inside - self._places  # without the one who comes
        wait = (waiting + 1) * self.pace
        if waiting >= 0 and wait > LONGEST_WAIT:
            self.refused += 1
            raise _refusal(waiting, wait - LONGEST_WAIT)
        begun = self._clock()
        if not self._inside:
            self._moved = begun
        self._inside += 1
        try:
            yield
            self._measure(begun)
        finally:
            self._inside -= 1

    def _measure(self, begun: float) -> None:
        """Note an answer: the time since the one before if every place was taken, else its share of one."""
        now = self._clock()
        took = (now - begun) / self._places if self._inside <= self._places else now - self._moved
        self._pace += _WEIGHT * (took - self._pace)
        self._moved = now


def stopping() -> StoppingError:
    """Return the error that questions are not answered any more."""
    return StoppingError(text("server_stopping", "en"), text("server_stopping", "fr"))


def _refusal(waiting: int, seconds: float) -> CrowdedError:
    english, french = (
        text("too_many_waiting", language, count=waiting, delay=_delay(seconds, language))
        for language in sorted(LANGUAGES)
    )
    return CrowdedError(english, french, seconds)


def _delay(seconds: float, language: str) -> str:
    rounded = max(_STEP, math.ceil(seconds / _STEP) * _STEP)
    if rounded < 90:
        return text("delay_seconds", language, count=rounded)
    return text("delay_minutes", language, count=math.ceil(rounded / 60))
