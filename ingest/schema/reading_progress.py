"""How far something that takes long to read has been read: readers tell, whoever ingests listens.

Knows no reader. Who listens belongs to the context that reads (`contextvars`): readers need not be handed
anything, and tell nobody where nobody listens.
"""

from __future__ import annotations

import io
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import BinaryIO, Literal

Unit = Literal["pages", "bytes"]
Listener = Callable[[int, int, Unit], None]

EVERY = 0.2  # seconds between two times that a listener is told


@dataclass(slots=True)
class _Hearer:
    listener: Listener
    told_at: float


_hearer: ContextVar[_Hearer | None] = ContextVar("reading_progress", default=None)


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Have `listener` told how much of how much is read in the block, at most every `EVERY` seconds.

    What it raises ends the reading, and comes out where the reading was asked for.
    """
    token = _hearer.set(_Hearer(listener, time.monotonic()))
    try:
        yield
    finally:
        _hearer.reset(token)


def tell(done: int, total: int, unit: Unit) -> None:
    """Tell whoever listens that `done` of `total` are read."""
    hearer = _hearer.get()
    if hearer is None or (now := time.monotonic()) - hearer.told_at < EVERY:
        return
    hearer.told_at = now
    hearer.listener(min(done, total), total, unit)


def size_of(file: BinaryIO) -> int:
    """Return how many bytes a seekable file has; it stays where it is."""
    try:
        return os.fstat(file.fileno()).st_size
    except (OSError, io.UnsupportedOperation):
        here = file.tell()
        size = file.seek(0, os.SEEK_END)
        file.seek(here)
        return size


def tell_position(file: BinaryIO, size: int) -> None:
    """Tell whoever listens how far a file of `size` bytes has been read."""
    hearer = _hearer.get()
    if hearer is not None and time.monotonic() - hearer.told_at >= EVERY and not file.closed:
        tell(file.tell(), size, "bytes")
