"""llama.cpp in this process: one thread that loads a GGUF file, answers requests in turn, and ends cleanly.

Requests and events are plain OpenAI-style dicts. Knows nothing of LangChain, prompts or settings.

One thread makes, uses and destroys the native server, because of what the binding does otherwise: destroying
it beside a running request aborts the process, and leaving Python while it generates is a segfault. Requests
queue in the order they came: on a few cores two at once gain nothing in total, and batching them together
would let one request change the rounding, hence the words, of the other.
"""

from __future__ import annotations

import logging
import queue
import secrets
import tempfile
import threading
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from rag.errors import ContextOverflowError, ModelError

if TYPE_CHECKING:
    import httpx
    import xllamacpp

logger = logging.getLogger(__name__)

# Tokens read between two chances to stop. Measured on two cores: 64 reads as fast as 128 or 256
# (71, 72 and 73 tokens/s) and stops within a second; 32 reads at 28 tokens/s.
BATCH_TOKENS = 64
# Prompts that other requests pushed out of the slot are kept here (28 KiB a token with the bundled model).
CACHE_MIB = 256
# A Unix socket's path has room for 104 bytes on macOS, 108 on Linux.
_SOCKET_PATH_BYTES = 100
_CLOSED = "The chat model has been closed; load it again to ask."

Event = dict
Put = Callable[[Event | BaseException | None], None]


class Job:
    """One request. `put` receives, on the engine's thread, its events, then None or an exception."""

    def __init__(self, body: dict | None, put: Put) -> None:
        self.body = body
        self.put = put
        self._cancelled = threading.Event()

    @property
    def cancelled(self) -> bool:
        return self._cancelled.is_set()

    def cancel(self) -> None:
        """Stop the model at its next token or batch; nothing more is put. Idempotent, never waits."""
        self._cancelled.set()


class LlamaEngine:
    """A GGUF model that is loaded at first use and closed by `close`, garbage collection or exit."""

    def __init__(self, locate: Callable[[], Path], context_tokens: int, threads: int | None) -> None:
        self._worker = _Worker(locate, context_tokens, threads)
        # The thread holds the worker, never the engine: a forgotten engine can be collected. At exit this
        # runs while threads still can, before the interpreter is torn down.
        self._finalizer = weakref.finalize(self, self._worker.close)

    def submit(self, body: dict | None, put: Put) -> Job:
        """Queue a chat completion body (None: only load the weights)."""
        return self._worker.submit(Job(body, put))

    def run(self, body: dict | None) -> list[Event]:
        """Submit and wait for all events. Raises ModelError as `put` would receive it."""
        items: queue.SimpleQueue = queue.SimpleQueue()
        job = self.submit(body, items.put)
        events = []
        try:
            while (item := items.get()) is not None:
                if isinstance(item, BaseException):
                    raise item
                events.append(item)
        finally:
            job.cancel()
        return events

    def post(self, path: str, body: dict) -> dict:
        """Ask one of the server's own endpoints (such as `/tokenize`), beside any running request."""
        if self._worker.endpoint is None:
            self.run(None)
        return _post(self._worker.endpoint, path, body)

    def close(self) -> None:
        """Stop what runs, give queued requests a ModelError, free the weights. Idempotent."""
        self._finalizer()


class _Worker:
    """What the thread and the engine share."""

    def __init__(self, locate: Callable[[], Path], context_tokens: int, threads: int | None) -> None:
        self._locate = locate
        self._context_tokens = context_tokens
        self._threads = threads
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        # Reentrant: the garbage collector may call `close` in a thread that is in here.
        self._lock = threading.RLock()
        self._closing = False
        self._thread: threading.Thread | None = None
        # Only here, never in a local variable: the traceback of an exception that a caller keeps would keep
        # the server alive, and destroy it in whatever thread drops that exception.
        self._server: xllamacpp.Server | None = None
        self.endpoint: httpx.Client | None = None

    def submit(self, job: Job) -> Job:
        with self._lock:
            if self._closing:
                raise ModelError(_CLOSED)
            self._jobs.put(job)
            if self._thread is None:
                # Daemon: a thread that isn't would hold up the exit until its generation ends by itself.
                self._thread = threading.Thread(target=self._work, name="sourcier-llama", daemon=True)
                self._thread.start()
        return job

    def close(self) -> None:
        with self._lock:
            if not self._closing:
                self._closing = True
                self._jobs.put(None)
            thread = self._thread
        if thread is not None and thread is not threading.current_thread():
            thread.join()

    def _work(self) -> None:
        with tempfile.TemporaryDirectory(prefix="sourcier-") as folder:
            while (job := self._jobs.get()) is not None:
                if job.cancelled:
                    continue
                try:
                    if self._closing:
                        raise ModelError(_CLOSED)
                    if self._server is None:
                        self._open(Path(folder))
                    if job.body is not None:
                        self._serve(job)
                except BaseException as error:  # whatever it is belongs to the caller, not to this thread
                    _deliver(job, error)
                else:
                    _deliver(job, None)
            if self.endpoint is not None:
                self.endpoint.close()
            self._server = None  # destroys it: waits until its threads have ended

    def _open(self, folder: Path) -> None:
        import xllamacpp

        weights = self._locate()
        socket, key = folder / "llama.sock", secrets.token_urlsafe(32)
        if len(bytes(socket)) > _SOCKET_PATH_BYTES:
            raise ModelError(
                f"{folder}: this temporary folder's path is too long; set TMPDIR to a shorter one."
            )
        params = self._params(weights, socket, key)
        logger.info("loading the chat model %s", weights.name)
        try:
            self._server = xllamacpp.Server(params)
        except (RuntimeError, ValueError):
            raise ModelError(
                f"{weights}: can't be loaded as a chat model; the file is damaged or no GGUF model, or there is"
                " too little memory for it."
            ) from None
        # Answered by the server's own loop: destroying a server whose loop hasn't begun waits forever.
        self._server.handle_metrics()
        self.endpoint = _client(socket, key)

    def _params(self, weights: Path, socket: Path, key: str) -> xllamacpp.CommonParams:
        import xllamacpp

        params = xllamacpp.CommonParams()
        params.model.path = str(weights)
        params.n_ctx = self._context_tokens
        params.n_parallel = 1
        params.n_batch = params.n_ubatch = BATCH_TOKENS
        params.cpuparams.n_threads = params.cpuparams_batch.n_threads = self._threads or _cores()
        params.cache_ram_mib = CACHE_MIB
        params.fit_params = False
        params.verbosity = -1
        # The server insists on listening: a socket in a folder of this user alone, behind a secret.
        params.hostnames = [str(socket)]
        params.api_keys = [key]
        params.ui = False
        params.endpoint_slots = False
        params.endpoint_metrics = True
        return params

    def _serve(self, job: Job) -> None:
        failures: list[BaseException] = []

        def receive(event: Event) -> bool:
            """True stops the model. The binding swallows exceptions, KeyboardInterrupt included."""
            try:
                if job.cancelled:
                    return True
                if self._closing:
                    raise ModelError(_CLOSED)
                if "error" in event:
                    raise _refusal(event["error"])
                job.put(event)
            except BaseException as error:
                failures.append(error)
                return True
            return False

        try:
            self._server.handle_chat_completions(_inert(self.endpoint, job.body), receive)
        except (ValueError, RuntimeError) as error:
            failures.append(_refusal({"message": str(error)}))
        if failures:
            raise failures[0]


def _deliver(job: Job, end: BaseException | None) -> None:
    if job.cancelled:
        return
    try:
        job.put(end)
    except RuntimeError as error:  # the caller's event loop is closed: nobody waits for this end
        logger.debug("a chat request ended after its caller: %s", error)


def _refusal(error: dict) -> ModelError:
    if error.get("type") == "exceed_context_size_error":
        return ContextOverflowError(
            f"The prompt is {error.get('n_prompt_tokens')} tokens long and the chat model reads at most"
            f" {error.get('n_ctx')}; ask with less text or raise chat_model.context_tokens."
        )
    return ModelError(
        f"The chat model refused the request ({str(error.get('message', error)).strip().rstrip('.')});"
        " check the grammar, the response format and the messages that it was given."
    )


def _cores() -> int:
    """Physical cores that this process may use. llama.cpp's own default ran 40 times slower on two cores."""
    import joblib

    return joblib.cpu_count(only_physical_cores=True)


# --- the server's own endpoints, and text that must stay text ---


def _client(socket: Path, key: str) -> httpx.Client:
    import httpx

    return httpx.Client(
        transport=httpx.HTTPTransport(uds=str(socket), limits=httpx.Limits(max_keepalive_connections=0)),
        base_url="http://llama",
        headers={"Authorization": f"Bearer {key}"},
        timeout=60,
        trust_env=False,
    )


def _post(client: httpx.Client, path: str, body: dict) -> dict:
    import httpx

    try:
        answer = client.post(path, json=body).json()
    except (httpx.HTTPError, RuntimeError) as error:  # RuntimeError: closed meanwhile
        raise ModelError(f"The chat model doesn't answer ({error}); load it again.") from None
    if "error" in answer:
        raise _refusal(answer["error"])
    return answer


def _inert(client: httpx.Client, body: dict) -> dict:
    """The body, its message texts free of the model's control tokens.

    llama.cpp reads `<|im_end|>` in an article as the end of the turn, so that the article could go on as
    the system. Each such token gets a space after its first character and is read as ordinary text.
    """
    messages = [
        {**message, "content": _broken_up(client, message["content"])} for message in body["messages"]
    ]
    return {**body, "messages": messages}


def _broken_up(client: httpx.Client, text: str) -> str:
    def pieces(text: str, special: bool) -> dict[int, str | list]:
        body = {"content": text, "parse_special": special, "with_pieces": True}
        return {token["id"]: token["piece"] for token in _post(client, "/tokenize", body)["tokens"]}

    special = pieces(text, special=True)
    for token in special.keys() - pieces(text, special=False).keys():
        piece = special[token]
        if isinstance(piece, str) and len(piece) > 1 and token not in pieces(piece, special=False):
            text = text.replace(piece, f"{piece[0]} {piece[1:]}")
    return text
