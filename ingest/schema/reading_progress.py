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
class _Ear:
    listener: Listener
    told: float


_ear: ContextVar[_Ear | None] = ContextVar("reading_progress", default=None)


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Have `listener` told how much of how much is read in the block, at most every `EVERY` seconds.

    What it raises ends the reading, and comes out where the reading was asked for.
    """
    token = _ear.set(_Ear(listener, time.monotonic()))
    try:
        yield
    finally:
        _ear.reset(token)


def tell(done: int, total: int, unit: Unit) -> None:
    """Tell whoever listens that `done` of `total` are read."""
    ear = _ear.get()
    if ear is None or (now := time.monotonic()) - ear.told < EVERY:
        return
    ear.told = now
    ear.listener(min(done, total), total, unit)


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
    ear = _ear.get()
    if ear is not None and time.monotonic() - ear.told >= EVERY and not file.closed:
        tell(file.tell(), size, "bytes")
