"""Matrix products in the thread that asks for them, while questions are answered.

numpy's have as many threads as there are processors. The products of a search are small: those threads wait
for each other for longer than the work takes, and where several questions are answered take from one another
what they wait with.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from threadpoolctl import ThreadpoolController


class MatrixThreads:
    """Holds numpy to one thread as long as somebody is `alone`; what it had before is given back then."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._controller: ThreadpoolController | None = None
        self._limit: Any = None
        self._inside = 0

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Hold numpy to one thread as long as the context, or another one, is open."""
        with self._lock:
            if not self._inside:
                self._controller = self._controller or ThreadpoolController()
                self._limit = self._controller.limit(limits=1, user_api="blas")
            self._inside += 1
        try:
            yield
        finally:
            with self._lock:
                self._inside -= 1
                if not self._inside:
                    self._limit.restore_original_limits()


MATRIX_THREADS = MatrixThreads()  # numpy's threads are the process's
