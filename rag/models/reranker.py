"""A cross-encoder that reads question and passage together: better order, a model call for each passage.

Off unless `retrieval.reranker` names one. Knows texts; not where they come from.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np

from rag.errors import ConfigError, panics_as_errors

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


def load_reranker(name: str | None) -> Reranker | None:
    """Return the cross-encoder of this name or folder; None for None.

    Raises:
        ConfigError: It can't be loaded.
    """
    if name is None:
        return None
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
