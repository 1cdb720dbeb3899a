"""A cross-encoder that reads question and passage together: better order, a model call for each passage.

Off unless `retrieval.reranker` names one, of this process or of a server. Knows texts; not where they come
from.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from rag.config import SERVED, RetrievalSettings
from rag.errors import ConfigError, panics_as_errors
from rag.model_servers.client import ServerClient
from rag.model_servers.failures import RERANKER, explained
from rag.model_servers.server import ServerError

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder


class Reranker(Protocol):
    """What orders passages for a question."""

    def scores(self, question: str, passages: Sequence[str]) -> np.ndarray:
        """Return one score for each passage, on the model's own scale, greater is better.

        `(len(passages),)`.
        """
        ...


class CrossEncoderReranker:
    """A Reranker over a loaded sentence-transformers CrossEncoder; may be called from several threads."""

    def __init__(self, model: CrossEncoder) -> None:
        self._model = model
        self._lock = threading.Lock()

    def scores(self, question: str, passages: Sequence[str]) -> np.ndarray:
        """Return one score for each passage, on the model's own scale, greater is better.

        `(len(passages),)`.
        """
        if not passages:
            return np.zeros(0)
        with self._lock:
            raw = self._model.predict([(question, text) for text in passages], show_progress_bar=False)
        return np.asarray(raw, dtype=float).reshape(len(passages), -1)[:, -1]


class ServerReranker:
    """A Reranker that a server has: the `rerank` request of vLLM, llama-server and others, as Jina has it."""

    def __init__(self, client: ServerClient, name: str) -> None:
        self._client = client
        self._name = name

    def scores(self, question: str, passages: Sequence[str]) -> np.ndarray:
        """Return one score for each passage, on the model's own scale, greater is better.

        `(len(passages),)`.

        Raises:
            ModelUnavailableError: The server is down.
            ConfigError: It doesn't take the request.
        """
        if not passages:
            return np.zeros(0)
        body = {"model": self._name, "query": question, "documents": list(passages), "top_n": len(passages)}
        try:
            return _scores(self._client.post("/rerank", body), len(passages))
        except ServerError as error:
            raise explained(error, RERANKER, self._client.server.address) from None


def _scores(reply: dict[str, Any], count: int) -> np.ndarray:
    """Return the scores of an answer in the order of the passages.

    Raises:
        ServerError: There isn't a finite one for each.
    """
    found = np.full(count, np.nan)
    rows = reply.get("results")
    for row in rows if isinstance(rows, list) else []:
        match row:
            case {"index": int(place), "relevance_score": int() | float() as score} if 0 <= place < count:
                found[place] = score
    if not np.isfinite(found).all():
        raise ServerError("failed", "results")
    return found


def load_reranker(settings: RetrievalSettings) -> Reranker | None:
    """Return the cross-encoder that the settings name: a name, a folder, a server's, or none.

    Raises:
        ConfigError: It can't be loaded.
    """
    name = settings.reranker
    if name is None:
        return None
    if name.startswith(SERVED):
        return _served(name.removeprefix(SERVED).strip(), settings)
    from sentence_transformers import CrossEncoder

    folder = Path(name).expanduser()
    local = folder.is_dir()
    try:
        with panics_as_errors():
            where = str(folder) if local else name
            model = CrossEncoder(where, local_files_only=local, trust_remote_code=False)
    # Loading runs through three libraries and whatever a model's files make them do: it fails in many ways.
    except Exception as error:
        reason = f"{type(error).__name__}: {' '.join(str(error).split())}"
        raise ConfigError(
            f"retrieval.reranker: {name} can't be loaded ({reason}); give the folder or the name of a"
            " sentence-transformers cross-encoder, or leave the key out.",
            f"retrieval.reranker : {name} ne peut pas être chargé ({reason}) ; donnez le dossier ou le"
            " nom d'un cross-encoder de sentence-transformers, ou retirez la clé.",
        ) from error
    return CrossEncoderReranker(model)


def _served(name: str, settings: RetrievalSettings) -> Reranker:
    server = settings.reranker_server
    if not name or server is None or not server.base_url:
        raise ConfigError(
            "retrieval.reranker: openai: is followed by the name of a model, and"
            " retrieval.reranker_server.base_url is the address of its server.",
            "retrieval.reranker : openai: est suivi du nom d'un modèle, et"
            " retrieval.reranker_server.base_url est l'adresse de son serveur.",
        )
    return ServerReranker(ServerClient(server.base_url, server), name)
