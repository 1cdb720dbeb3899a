"""Questions that wait for the model: first come, first served, and everyone knows their place.

Knows no question and no model. All of it happens on one event loop.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

from ui.formatting.i18n import user_error


class ModelQueue:
    """`places` at once are served; `longest` more may wait."""

    def __init__(self, places: int, longest: int) -> None:
        self._places = places
        self._longest = longest
        # In order of arrival; the first `places` are being served. Each is woken when the line moves.
        self._line: list[asyncio.Event] = []

    async def turn(self) -> AsyncGenerator[int]:
        """Yield how many are before one, each time that this changes.

        0 when one is served, until this is closed.

        Raises:
            UserError: Too many wait already.
        """
        if len(self._line) >= self._places + self._longest:
            raise user_error("too_many_waiting", count=self._longest)
        moved = asyncio.Event()
        self._line.append(moved)
        try:
            while True:
                moved.clear()
                before = self._line.index(moved)
                if before < self._places:
                    break
                yield before
                await moved.wait()
            yield 0
        finally:
            self._line.remove(moved)
            for other in self._line:
                other.set()
