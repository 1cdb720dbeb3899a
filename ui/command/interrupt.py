"""Ctrl-C and SIGTERM as a wish: work ends at its next good moment; a second one ends it at once."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def stopping(on_wish: Callable[[], None]) -> Iterator[Callable[[], bool]]:
    """Yield what tells whether a stop is wished; `on_wish` is called when it is. In the main thread only."""
    wished = False

    def wish(_number: int, _frame: FrameType | None) -> None:
        nonlocal wished
        if wished:
            raise KeyboardInterrupt
        wished = True
        on_wish()

    before = {number: signal.signal(number, wish) for number in _SIGNALS}
    try:
        yield lambda: wished
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
