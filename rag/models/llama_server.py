"""llama.cpp's own server inside this process: opened on a GGUF file, asked, closed.

The only module that imports xllamacpp. Requests and events are plain OpenAI-style dicts. Knows nothing of
threads, LangChain, prompts or settings.
"""

from __future__ import annotations

import logging
import secrets
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from rag.errors import ContextOverflowError, ModelError

if TYPE_CHECKING:
    import httpx2
    import xllamacpp

logger = logging.getLogger(__name__)

# Tokens read between two chances to stop. Measured on two cores: 64 reads as fast as 128 or 256
# (71, 72 and 73 tokens/s) and stops within a second; 32 reads at 28 tokens/s.
BATCH_TOKENS = 64
# Prompts that other requests pushed out of the slot are kept here (28 KiB a token with the bundled model).
CACHE_MIB = 256
# A Unix socket's path has room for 104 bytes on macOS, 108 on Linux.
_SOCKET_PATH_BYTES = 100


class LlamaServer:
    """A loaded model. `chat` takes one request at a time; `post` may be called beside it.

    The constructor blocks, with Python's lock held by the binding, for the seconds that loading takes.
    Raises ModelError when the file can't be loaded.
    """

    def __init__(self, weights: Path, context_tokens: int, threads: int | None) -> None:
        import xllamacpp

        self._folder = tempfile.TemporaryDirectory(prefix="sourcier-")
        socket, key = Path(self._folder.name) / "llama.sock", secrets.token_urlsafe(32)
        params = _params(weights, context_tokens, threads or _cores(), socket, key)
        logger.info("loading the chat model %s", weights.name)
        try:
            if len(bytes(socket)) > _SOCKET_PATH_BYTES:
                raise ModelError(
                    f"{socket}: the path is too long for a socket; set TMPDIR to a shorter one.",
                    f"{socket} : ce chemin est trop long pour un socket ; donnez-en un plus court à TMPDIR.",
                )
            # Only in this attribute, never in a local variable: the traceback of an exception that somebody
            # keeps would keep the native server too, past `close`.
            self._native: xllamacpp.Server | None = xllamacpp.Server(params)
        except (RuntimeError, ValueError):
            raise ModelError(
                f"{weights}: can't be loaded as a chat model; the file is damaged, isn't GGUF, or is too"
                " large for the free memory.",
                f"{weights} : impossible à charger comme modèle de langage ; le fichier est abîmé, n'est pas"
                " au format GGUF, ou ne tient pas dans la mémoire libre.",
            ) from None
        finally:
            if not hasattr(self, "_native"):
                self._folder.cleanup()
        # Answered by the server's own loop: destroying a server whose loop hasn't begun waits forever.
        self._native.handle_metrics()
        self._endpoints = _client(socket, key)

    def chat(self, body: dict, receive: Callable[[dict], bool]) -> None:
        """Run a chat completion; `receive` gets each event and returns True to stop the model.

        Control tokens in the messages are broken up first. What `receive` raises is raised here,
        KeyboardInterrupt included: the binding would swallow it.

        Raises:
            ModelError: The model refuses the request.
            ContextOverflowError: The prompt is too long.
        """
        failures: list[BaseException] = []

        def guarded(event: dict) -> bool:
            try:
                if "error" in event:
                    raise _refusal(event["error"])
                return receive(event)
            except BaseException as error:
                failures.append(error)
                return True

        messages = [m | {"content": self._broken_up(m["content"])} for m in body["messages"]]
        try:
            self._native.handle_chat_completions(body | {"messages": messages}, guarded)
        except (ValueError, RuntimeError) as error:
            raise _refusal({"message": str(error)}) from None
        if failures:
            raise failures[0]

    def post(self, path: str, body: dict) -> dict:
        """Ask one of the server's own endpoints, such as `/tokenize`; these don't wait for the model.

        Raises:
            ModelError: The server refuses, or doesn't answer.
        """
        import httpx2

        try:
            answer = self._endpoints.post(path, json=body).json()
        except (httpx2.HTTPError, RuntimeError) as error:  # RuntimeError: closed meanwhile
            raise ModelError(
                f"The chat model doesn't answer ({error}); load it again.",
                f"Le modèle de langage ne répond pas ({error}) ; rechargez-le.",
            ) from None
        if "error" in answer:
            raise _refusal(answer["error"])
        return answer

    def close(self) -> None:
        """Free the weights, once no `chat` runs: the native server aborts the process otherwise."""
        self._endpoints.close()
        self._native = None
        self._folder.cleanup()

    def _broken_up(self, text: str) -> str:
        """Return the text, free of the model's control tokens: each gets a space after its first character.

        llama.cpp reads `<|im_end|>` in an article as the end of the turn, after which the article could go
        on as the system.
        """
        special = self._pieces(text, special=True)
        for token in special.keys() - self._pieces(text, special=False).keys():
            piece = special[token]
            if isinstance(piece, str) and len(piece) > 1 and token not in self._pieces(piece, special=False):
                text = text.replace(piece, f"{piece[0]} {piece[1:]}")
        return text

    def _pieces(self, text: str, special: bool) -> dict[int, str | list[int]]:
        """Token id → its text (bytes where it is no whole character)."""
        body = {"content": text, "parse_special": special, "with_pieces": True}
        return {token["id"]: token["piece"] for token in self.post("/tokenize", body)["tokens"]}


def _params(
    weights: Path, context_tokens: int, threads: int, socket: Path, key: str
) -> xllamacpp.CommonParams:
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = str(weights)
    params.n_ctx = context_tokens
    # One slot: on a few cores two requests at once gain nothing in total, and batching them together would
    # let one change the rounding, hence the words, of the other.
    params.n_parallel = 1
    params.n_batch = params.n_ubatch = BATCH_TOKENS
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = threads
    params.cache_ram_mib = CACHE_MIB
    params.fit_params = False
    params.enable_reasoning = 0  # thoughts would use up the tokens that the answer needs
    params.verbosity = -1
    # The server insists on listening: on a socket in a folder of this user alone, behind a secret.
    params.hostnames = [str(socket)]
    params.api_keys = [key]
    params.ui = False
    params.endpoint_slots = False
    params.endpoint_metrics = True
    return params


def _cores() -> int:
    """Physical cores that this process may use. llama.cpp's default of four took 40 times longer on two."""
    import joblib

    return joblib.cpu_count(only_physical_cores=True)


def _client(socket: Path, key: str) -> httpx2.Client:
    import httpx2

    # A connection for each call: one kept open would hold up the server's end.
    return httpx2.Client(
        transport=httpx2.HTTPTransport(uds=str(socket), limits=httpx2.Limits(max_keepalive_connections=0)),
        base_url="http://llama",
        headers={"Authorization": f"Bearer {key}"},
        timeout=60,
        trust_env=False,
    )


def _refusal(error: dict) -> ModelError:
    if error.get("type") == "exceed_context_size_error":
        length, limit = error.get("n_prompt_tokens"), error.get("n_ctx")
        return ContextOverflowError(
            f"The prompt is {length} tokens long and the chat model reads at most {limit};"
            " ask with less text or raise chat_model.context_tokens.",
            f"La demande fait {length} jetons et le modèle de langage en lit au plus {limit} ;"
            " raccourcissez-la ou augmentez chat_model.context_tokens.",
        )
    reason = str(error.get("message", error)).strip().rstrip(".")
    return ModelError(
        f"The chat model refused the request ({reason});"
        " check the grammar, the response format and the messages that it was given.",
        f"Le modèle de langage a refusé la demande ({reason}) ;"
        " vérifiez la grammaire, le format de réponse et les messages qui lui sont donnés.",
    )
