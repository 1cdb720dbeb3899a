"""A chat model's reply as a stream, and its provider's failures as one sentence for the user.

Knows LangChain's classes of failures; no provider, prompt or article. What a server says is hostile text:
it is shortened, and never shows a key. A server's model has its limits: nothing is waited for without end, a
request is made again where that may help and nothing of a reply has come, and a server that keeps failing is
left alone for a while.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from langchain_core import exceptions as langchain
from langchain_core.messages import AIMessageChunk, BaseMessage
from langchain_core.runnables import Runnable, RunnableConfig
from pydantic import SecretStr
from tenacity import AsyncRetrying

from rag.config import ServedSettings
from rag.errors import (
    ContextOverflowError,
    ModelError,
    ModelUnavailableError,
    RequestRefusedError,
    SourcierError,
)
from rag.model_servers.client import on_one_line, seconds_asked
from rag.model_servers.failures import CHAT, explained
from rag.model_servers.server import PASSING_STATUSES, Kind, ModelServer, ServerError, server_at
from rag.observability.redaction import redacted

# How clients name what happens before a connection stands.
_NOT_CONNECTED = ("ConnectError", "ConnectTimeout")


@dataclass(frozen=True, slots=True)
class _Failure:
    """A kind of failure: what happened and what to do about it, around the server's own reason.

    `down`: what it says of the server, if that is down or as good as.
    """

    kinds: tuple[type[Exception], ...]
    english: tuple[str, str]
    french: tuple[str, str]
    down: Kind | None = None


# The first that fits is told.
_FAILURES = (
    _Failure(
        (langchain.ModelTimeoutError, TimeoutError),
        ("The chat model's server doesn't answer in time", "try again later, or with less load on it"),
        ("Le serveur du modèle de langage tarde trop", "réessayez plus tard, ou soulagez-le"),
        "timeout",
    ),
    _Failure(
        (langchain.ModelConnectionError, OSError),
        (
            "The chat model's server can't be reached",
            "check chat_model.base_url, and that the server is running",
        ),
        (
            "Le serveur du modèle de langage est injoignable",
            "vérifiez chat_model.base_url, et que le serveur est lancé",
        ),
        "unreachable",
    ),
    _Failure(
        (langchain.ModelAuthenticationError, langchain.ModelPermissionDeniedError),
        ("The chat model's server refuses the key", "correct chat_model.api_key"),
        ("Le serveur du modèle de langage refuse la clé", "corrigez chat_model.api_key"),
    ),
    _Failure(
        (langchain.ModelNotFoundError,),
        (
            "The chat model's server doesn't know this model or address",
            "correct chat_model.model or chat_model.base_url",
        ),
        (
            "Le serveur du modèle de langage ne connaît pas ce modèle ou cette adresse",
            "corrigez chat_model.model ou chat_model.base_url",
        ),
    ),
    _Failure(
        (langchain.ModelRateLimitError,),
        ("The chat model's server takes no more requests now", "wait, or raise the limit with the provider"),
        (
            "Le serveur du modèle de langage n'accepte plus de demandes pour l'instant",
            "attendez, ou relevez la limite chez le fournisseur",
        ),
        "busy",
    ),
    _Failure(
        (langchain.ContextOverflowError,),
        ("The prompt is longer than the chat model reads", "lower answering.evidence_tokens"),
        (
            "La demande est plus longue que ce que lit le modèle de langage",
            "baissez answering.evidence_tokens",
        ),
    ),
    _Failure(
        (langchain.ModelInvalidRequestError,),
        ("The chat model's server refused the request", "correct the section chat_model"),
        ("Le serveur du modèle de langage a refusé la demande", "corrigez la section chat_model"),
    ),
    _Failure(
        (Exception,),
        ("The chat model's server failed", "try again later, or look into its log"),
        ("Le serveur du modèle de langage a échoué", "réessayez plus tard, ou lisez son journal"),
        "failed",
    ),
)


# Characters of a reply: a model that goes on and on is stopped.
_LONGEST_REPLY = 100_000
# Under this name a model says which server it is of: its address, without a name and password.
SERVER = "model_server"

_servers: dict[str, ModelServer] = {}


def chat_server(base_url: str, settings: ServedSettings) -> ModelServer:
    """Return the server of a chat model, which `reply` knows by the model's metadata from now on."""
    server = server_at(base_url, settings)
    _servers[server.address] = server
    return server


async def reply(
    model: Runnable, messages: Sequence[BaseMessage], config: RunnableConfig, **options: Any
) -> AsyncGenerator[AIMessageChunk]:
    """Yield the chunks of the model's reply; closing this stops the model.

    Raises:
        ModelError: Whatever its provider or the way there fails with; or one of its classes:
            ModelUnavailableError if its server is down.
    """
    server = _servers.get((getattr(model, "metadata", None) or {}).get(SERVER, ""))

    def begun() -> AsyncGenerator[AIMessageChunk]:
        return model.astream(list(messages), config, **options)

    try:
        # Closing this stream is what stops the model: LCEL would let it run to its end.
        async with aclosing(begun() if server is None else _within_limits(server, begun)) as chunks:
            async for chunk in chunks:
                yield chunk
    except _Failed as failed:
        raise _told(failed.error, _secrets(model)) from None
    except ServerError as error:
        raise explained(error, CHAT, server.address if server else "") from None
    except Exception as error:
        if isinstance(error, SourcierError) or not _theirs(error):
            raise
        # Without its cause: that may hold the request, and the request the key.
        raise _told(error, _secrets(model)) from None


async def _within_limits(
    server: ModelServer, begun: Callable[[], AsyncGenerator[AIMessageChunk]]
) -> AsyncGenerator[AIMessageChunk]:
    """Yield the chunks of a stream that a server sends, within its limits.

    It is begun again where that may help, as long as nothing of it has come.
    """
    ends, size = time.monotonic() + server.limits.whole, 0
    async for attempt in AsyncRetrying(**server.retrying):
        with attempt, server.asked():
            chunks = begun()
            try:
                first = await _next(chunks, server, ends)
            except Exception as error:
                await chunks.aclose()
                raise _classified(error) from error
            except BaseException:
                await chunks.aclose()
                raise
    async with aclosing(chunks):
        while first is not None:
            size += len(first.text)
            if size > _LONGEST_REPLY:
                raise ServerError("failed", f"more than {_LONGEST_REPLY} characters")
            yield first
            first = await _next(chunks, server, ends)


async def _next(
    chunks: AsyncGenerator[AIMessageChunk], server: ModelServer, ends: float
) -> AIMessageChunk | None:
    """Return the next chunk, None after the last; TimeoutError when it takes too long."""
    left = min(server.limits.read, ends - time.monotonic())
    try:
        async with asyncio.timeout(max(left, 0.001)):
            return await anext(chunks, None)
    except TimeoutError as error:
        raise TimeoutError(str(error) or f"{min(server.limits.read, server.limits.whole):g} s") from error


class _Failed(ServerError):
    """A provider's failure, by what it says of its server."""

    def __init__(self, kind: Kind, error: Exception, passes: bool, wait: float | None) -> None:
        super().__init__(kind, type(error).__name__, passes, wait)
        self.error = error


def _classified(error: Exception) -> Exception:
    """Return a provider's failure as one of a server that is down; any other as it is."""
    failure = _failure(error)
    if isinstance(error, SourcierError) or not _theirs(error) or failure.down is None:
        return error
    response = getattr(error, "response", None)
    status = getattr(error, "status_code", None) or getattr(response, "status_code", None)
    headers = getattr(response, "headers", None) or {}
    passes = status in PASSING_STATUSES or _was_refused(error)
    return _Failed(failure.down, error, passes, seconds_asked(headers.get("retry-after")))


def _was_refused(error: BaseException | None) -> bool:
    """Return whether no connection was made: the model was asked nothing."""
    while error is not None:
        if isinstance(error, ConnectionRefusedError) or type(error).__name__ in _NOT_CONNECTED:
            return True
        error = error.__cause__ or error.__context__
    return False


def _theirs(error: Exception) -> bool:
    """Return whether something failed outside.

    Python's own classes are mistakes in the code, except those for what the system refuses and for what can't
    be parsed.
    """
    return type(error).__module__ != "builtins" or isinstance(error, OSError | ValueError)


def _failure(error: Exception) -> _Failure:
    return next(failure for failure in _FAILURES if isinstance(error, failure.kinds))


def _told(error: Exception, secrets: Sequence[str]) -> ModelError:
    failure = _failure(error)
    reason = _reason(error, secrets)
    (what, advice), (quoi, conseil) = failure.english, failure.french
    special = {
        langchain.ContextOverflowError: ContextOverflowError,
        langchain.ModelInvalidRequestError: RequestRefusedError,
    }
    kind = special.get(failure.kinds[0], ModelUnavailableError if failure.down else ModelError)
    return kind(f"{what} ({reason}); {advice}.", f"{quoi} ({reason}) ; {conseil}.")


def _reason(error: Exception, secrets: Sequence[str]) -> str:
    """Return what the server says, on one line, short, without the secrets that it may repeat."""
    body = getattr(error, "body", None)
    said = body.get("message") if isinstance(body, dict) else None
    return on_one_line(redacted(str(said or error or type(error).__name__), secrets))


def _secrets(model: Runnable) -> list[str]:
    """Return the keys that the model was made with: every provider's are fields of this type."""
    # All at once: the model is everyone's, and another thread may make one of its cached properties now.
    held = list(vars(model).values())
    found = [value for value in held if isinstance(value, SecretStr)]
    return [secret.get_secret_value() for secret in found if secret]
