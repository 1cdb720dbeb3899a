"""A chat model's reply as a stream, and its provider's failures as one sentence for the user.

Knows LangChain's classes of failures; no provider, prompt or article. What a server says is hostile text:
it is shortened, and never shows a key.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from langchain_core import exceptions as langchain
from langchain_core.messages import AIMessageChunk, BaseMessage
from langchain_core.runnables import Runnable, RunnableConfig
from pydantic import SecretStr

from rag.errors import ContextOverflowError, ModelError, RequestRefusedError, SourcierError
from rag.observability.redaction import redacted

_REASON_LENGTH = 200


@dataclass(frozen=True, slots=True)
class _Failure:
    """A kind of failure: what happened and what to do about it, around the server's own reason."""

    kinds: tuple[type[Exception], ...]
    english: tuple[str, str]
    french: tuple[str, str]


# The first that fits is told.
_FAILURES = (
    _Failure(
        (langchain.ModelTimeoutError, TimeoutError),
        ("The chat model's server doesn't answer in time", "try again later, or with less load on it"),
        ("Le serveur du modèle de langage tarde trop", "réessayez plus tard, ou soulagez-le"),
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
    ),
)


async def reply(
    model: Runnable, messages: Sequence[BaseMessage], config: RunnableConfig, **options: Any
) -> AsyncGenerator[AIMessageChunk]:
    """Yield the chunks of the model's reply; closing this stops the model.

    Raises:
        ModelError: Whatever its provider or the way there fails with; or one of its classes.
    """
    try:
        # Closing this stream is what stops the model: LCEL would let it run to its end.
        async with aclosing(model.astream(list(messages), config, **options)) as chunks:
            async for chunk in chunks:
                yield chunk
    except Exception as error:
        if isinstance(error, SourcierError) or not _theirs(error):
            raise
        # Without its cause: that may hold the request, and the request the key.
        raise _told(error, _secrets(model)) from None


def _theirs(error: Exception) -> bool:
    """Return whether something failed outside.

    Python's own classes are mistakes in the code, except those for what the system refuses and for what can't
    be parsed.
    """
    return type(error).__module__ != "builtins" or isinstance(error, OSError | ValueError)


def _told(error: Exception, secrets: Sequence[str]) -> ModelError:
    failure = next(failure for failure in _FAILURES if isinstance(error, failure.kinds))
    reason = _reason(error, secrets)
    (what, advice), (quoi, conseil) = failure.english, failure.french
    special = {
        langchain.ContextOverflowError: ContextOverflowError,
        langchain.ModelInvalidRequestError: RequestRefusedError,
    }
    kind = special.get(failure.kinds[0], ModelError)
    return kind(f"{what} ({reason}); {advice}.", f"{quoi} ({reason}) ; {conseil}.")


def _reason(error: Exception, secrets: Sequence[str]) -> str:
    """Return what the server says, on one line, short, without the secrets that it may repeat."""
    body = getattr(error, "body", None)
    said = body.get("message") if isinstance(body, dict) else None
    text = redacted(str(said or error or type(error).__name__), secrets)
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split()).rstrip(". ")
    return line if len(line) <= _REASON_LENGTH else line[: _REASON_LENGTH - 1] + "…"


def _secrets(model: Runnable) -> list[str]:
    """Return the keys that the model was made with: every provider's are fields of this type."""
    # All at once: the model is everyone's, and another thread may make one of its cached properties now.
    held = list(vars(model).values())
    found = [value for value in held if isinstance(value, SecretStr)]
    return [secret.get_secret_value() for secret in found if secret]
