"""Questions that wait for the model: first come, first served, and everyone knows their place.

How many may wait is `ui.chat.admission`'s. Knows no question and no model. All of it happens on one event
loop.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncGenerator
from contextlib import suppress

SHORT = 8  # in line: so many are told at once that it has moved


class ModelQueue:
    """`places` at once are served; the others wait.

    In a line longer than `SHORT` everybody is told no more often than every so many seconds, `pause` for each
    who is more: a telling takes milliseconds of the loop, which are those of who comes.
    """

    def __init__(self, places: int, pause: float = 0.25) -> None:
        self._places = places
        self._pause = pause
        # In order of arrival; the first `places` are being served. Each is woken when the line moves.
        self._line: list[asyncio.Event] = []

    async def turn(self) -> AsyncGenerator[int]:
        """Yield how many are before one, when this has changed.

        0 when one is served, until this is closed.
        """
        moved, clock = asyncio.Event(), asyncio.get_running_loop().time
        self._line.append(moved)
        told, told_at = 0, -math.inf
        try:
            while True:
                moved.clear()
                before = self._line.index(moved)
                if before < self._places:
                    break
                due = told_at + self._pause * max(0, len(self._line) - SHORT)
                if before != told and clock() >= due:
                    yield before
                    told, told_at = before, clock()
                    continue
                with suppress(TimeoutError):
                    async with asyncio.timeout_at(None if before == told else due):
                        await moved.wait()
            yield 0
        finally:
            self._line.remove(moved)
            for other in self._line:
                other.set()
