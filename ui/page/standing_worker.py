"""Asks what readers follow again in the background: one thread at most, that ends when nothing is left.

Whoever asks a question goes first. What isn't asked when the server stops is asked at its next start.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from rag.engine.engine import Engine
from rag.errors import SourcierError, panics_as_errors
from rag.monitoring.asker import ask_again
from rag.observability import request_id

log = logging.getLogger(__name__)

_PATIENCE = 30.0  # seconds that one query waits for readers' questions at most
_LOOKED = 0.1  # seconds between two looks whether anybody is being answered


def _nobody() -> bool:
    return False


class StandingWorker:
    """`is_busy` says whether a reader is being answered: then it waits."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.is_busy: Callable[[], bool] = _nobody
        self._lock = threading.Lock()  # of all below
        self._wanted: set[str] = set()  # ids of queries
        self._all = False
        self._asking: frozenset[str] = frozenset()
        self._thread: threading.Thread | None = None
        self._closed = threading.Event()

    def ask_all(self) -> None:
        """Ask all queries soon, since articles have come or gone."""
        with self._lock:
            self._all = True
            self._begin()

    def ask(self, query_id: str) -> None:
        """Ask one query soon."""
        with self._lock:
            self._wanted.add(query_id)
            self._begin()

    @property
    def asking(self) -> frozenset[str]:
        """The ids of the queries that are asked one by one, or wait for it."""
        with self._lock:
            return self._asking | self._wanted

    def wait(self) -> None:
        """Wait until what was begun has ended."""
        if self._thread is not None:
            self._thread.join()

    def close(self) -> None:
        """End after the query that is being asked."""
        self._closed.set()
        self.wait()

    def _begin(self) -> None:
        if self._closed.is_set() or self._thread is not None:
            return
        work = request_id.in_context(self._work)
        self._thread = threading.Thread(target=work, name="standing", daemon=True)
        self._thread.start()

    def _next(self) -> frozenset[str] | None:
        """Return what to ask: some queries, or all if there are none; None: nothing, and the thread ends."""
        with self._lock:
            self._asking = frozenset(self._wanted)
            if self._closed.is_set() or not (self._wanted or self._all):
                self._asking, self._thread = frozenset(), None
                return None
            if self._wanted:
                self._wanted.clear()
            else:
                self._all = False
            return self._asking

    def _work(self) -> None:
        while (ids := self._next()) is not None:
            try:
                with panics_as_errors():
                    ask_again(self._engine, ids or None, stop=self._held_up)
            except SourcierError as error:
                log.warning("standing queries can't be asked now: %s", error)
            except Exception:
                log.exception("standing queries could not be asked")

    def _held_up(self) -> bool:
        """Wait for readers' questions; return whether to stop."""
        until = time.monotonic() + _PATIENCE
        while self.is_busy() and time.monotonic() < until and not self._closed.wait(_LOOKED):
            pass
        return self._closed.is_set()
