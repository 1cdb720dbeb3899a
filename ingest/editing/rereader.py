"""Reads corrected articles again in the background, a few at a time, while others may write in between.

Until it has, they are found by the words that they had before; all else of a correction counts at once.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from ingest.pipeline.chunking import chunker_of
from ingest.pipeline.reindexing import index_again
from rag.engine.engine import Engine
from rag.errors import LibraryBusyError, SourcierError
from rag.observability import request_id
from rag.storage.write_lock import write_lock

log = logging.getLogger(__name__)

_AT_ONCE = 8  # articles: whoever wants to write waits for so many


class Rereader:
    """One thread at most, that ends when nothing is left to read."""

    def __init__(self, engine: Engine, writing: threading.Lock, on_read: Callable[[], None]) -> None:
        """Prepare.

        Args:
            engine: The open library.
            writing: Held by whoever writes in this process.
            on_read: Called after some articles were read.

        """
        self._engine = engine
        self._writing = writing
        self._on_read = on_read
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._closed = False

    def begin(self) -> None:
        """Begin to read what waits for it, unless that is being done."""
        with self._lock:
            if self._closed or (self._thread is not None and self._thread.is_alive()):
                return
            work = request_id.in_context(self._work)
            self._thread = threading.Thread(target=work, name="rereader", daemon=True)
            self._thread.start()

    def wait(self) -> None:
        """Wait until what was begun has ended."""
        if self._thread is not None:
            self._thread.join()

    def close(self) -> None:
        """Read nothing more; what is left waits for the next start or ingestion."""
        with self._lock:
            self._closed = True
        self.wait()

    def _work(self) -> None:
        try:
            while not self._closed and self._read_some():
                pass
        except LibraryBusyError:  # whoever writes there reads them
            log.debug("%s is being written to", self._engine.settings.data_dir)
        except SourcierError as error:
            log.warning("corrected articles couldn't be read again: %s", error)

    def _read_some(self) -> bool:
        """Read some of the articles again; return whether there may be more that can be."""
        with self._writing, write_lock(self._engine.settings.place):
            waiting = self._engine.library.metadata.unread()
            if not waiting:
                return False
            indexer, chunker = self._engine.indexer, chunker_of(self._engine)
            # A damaged one stays: it waits for its source.
            damaged = self._engine.library.damaged(waiting)
            sound = [article_id for article_id in waiting if article_id not in damaged][:_AT_ONCE]
            done = index_again(sound, indexer, chunker, lambda _: None)
        self._on_read()
        return done > 0
