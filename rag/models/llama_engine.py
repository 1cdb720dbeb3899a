"""One thread that loads a GGUF model, answers requests in turn, and ends cleanly.

The thread makes, uses and destroys the native server, so that nothing is destroyed beside a running request
and the interpreter never goes away under one (both crash). Knows nothing of LangChain, prompts or settings.
"""

from __future__ import annotations

import logging
import queue
import threading
import weakref
from collections.abc import Callable
from pathlib import Path

from rag.errors import ModelError
from rag.models.llama_server import LlamaServer

logger = logging.getLogger(__name__)

Put = Callable[[dict | BaseException | None], None]


class Job:
    """One request. `put` receives, on the engine's thread, its events, then None or an exception."""

    def __init__(self, body: dict | None, put: Put) -> None:
        self.body = body
        self.put = put
        self._cancelled = threading.Event()

    @property
    def cancelled(self) -> bool:
        """Return whether the request was given up."""
        return self._cancelled.is_set()

    def cancel(self) -> None:
        """Stop the model at its next token or batch; nothing more is put. Idempotent, never waits."""
        self._cancelled.set()


class LlamaEngine:
    """A GGUF model that is loaded at first use and closed by `close`, garbage collection or exit."""

    def __init__(self, locate: Callable[[], Path], context_tokens: int, threads: int | None) -> None:
        self._worker = _Worker(lambda: LlamaServer(locate(), context_tokens, threads))
        # The thread holds the worker, never the engine, so that a forgotten engine can be collected. At exit
        # this runs while threads still can, before the interpreter is torn down.
        self._finalizer = weakref.finalize(self, self._worker.close)

    @property
    def is_loaded(self) -> bool:
        """Whether the weights are in memory: the first request waits for them."""
        return self._worker.server is not None

    def submit(self, body: dict | None, put: Put) -> Job:
        """Queue a chat completion body (None: only load the weights).

        Raises:
            ModelError: Once closed.
        """
        job = Job(body, put)
        self._worker.submit(job)
        return job

    def run(self, body: dict | None) -> None:
        """Submit, wait for the end and drop what the model says."""
        items: queue.SimpleQueue = queue.SimpleQueue()
        job = self.submit(body, items.put)
        try:
            while (item := items.get()) is not None:
                if isinstance(item, BaseException):
                    raise item
        finally:
            job.cancel()

    def post(self, path: str, body: dict) -> dict:
        """Ask one of the server's own endpoints (such as `/tokenize`), beside any running request."""
        server = self._worker.server
        if server is None:
            self.run(None)
            server = self._worker.server
        if server is None:  # closed between the two lines
            raise _closed()
        return server.post(path, body)

    def close(self) -> None:
        """Stop what runs, give queued requests a ModelError, free the weights. Idempotent."""
        self._finalizer()


class _Worker:
    """What the thread and the engine share: the queue, the server, and whether it is over."""

    def __init__(self, load: Callable[[], LlamaServer]) -> None:
        self._load = load
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        # Reentrant: the garbage collector may call `close` in a thread that is in here.
        self._lock = threading.RLock()
        self._closing = False
        self._thread: threading.Thread | None = None
        self.server: LlamaServer | None = None

    def submit(self, job: Job) -> None:
        with self._lock:
            if self._closing:
                raise _closed()
            self._jobs.put(job)
            if self._thread is None:
                # Daemon: a thread that isn't would hold up the exit until its generation ends by itself.
                self._thread = threading.Thread(target=self._work, name="sourcier-llama", daemon=True)
                self._thread.start()

    def close(self) -> None:
        with self._lock:
            if not self._closing:
                self._closing = True
                self._jobs.put(None)
            thread = self._thread
        if thread is not None and thread is not threading.current_thread():
            thread.join()

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            if job.cancelled:
                continue
            end = None
            try:
                self._serve(job)
            except BaseException as error:  # whatever it is belongs to the caller, not to this thread
                end = error
            if not job.cancelled:
                _deliver(job, end)
        server, self.server = self.server, None
        if server is not None:
            server.close()

    def _serve(self, job: Job) -> None:
        if self._closing:
            raise _closed()
        if self.server is None:
            self.server = self._load()

        def receive(event: dict) -> bool:
            if self._closing:
                raise _closed()
            if not job.cancelled:
                job.put(event)
            return job.cancelled

        if job.body is not None:
            self.server.chat(job.body, receive)


def _closed() -> ModelError:
    return ModelError(
        "The chat model has been closed; load it again to ask.",
        "Le modèle de langage a été fermé ; rechargez-le pour poser une question.",
    )


def _deliver(job: Job, end: BaseException | None) -> None:
    try:
        job.put(end)
    except RuntimeError as error:
        logger.debug("nobody waits for the end of a chat request: %s", error)  # its event loop is closed
