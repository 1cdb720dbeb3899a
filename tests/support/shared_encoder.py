"""The bundled encoder, loaded whole once in a test process, whoever opens it anew: every command does.

Loading it takes two seconds of processor. What is shared is the loaded model alone, among those who open it
with the same settings; it has its own lock. A test with a model cache of its own gets what is in that.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from threading import Lock

from rag.config import EmbeddingSettings
from rag.models.bundled_embedder import BundledEmbedder
from rag.models.embedder import Embedder

_CACHE = os.environ.get("XDG_CACHE_HOME")  # as it is before any test


def loaded_once(
    opened: Callable[[EmbeddingSettings], BundledEmbedder],
) -> Callable[[EmbeddingSettings], BundledEmbedder]:
    """Return what opens the bundled encoder as `opened` does, and loads it once."""
    whole: dict[str, Embedder] = {}
    lock = Lock()

    def open_sharing(settings: EmbeddingSettings) -> BundledEmbedder:
        embedder = opened(settings)
        if os.environ.get("XDG_CACHE_HOME") != _CACHE:
            return embedder
        load, key = embedder._load, settings.model_dump_json()

        def load_once() -> Embedder:
            with lock:
                if key not in whole:
                    whole[key] = load()
                return whole[key]

        embedder._load = load_once
        return embedder

    return open_sharing
