"""Vectors of texts, kept on disk: an embedder that embeds each text once in a cache's life.

Knows texts and vectors; not whose they are. Measuring embeds the same passages, sentences and questions
run after run, and a run that is killed keeps what it has embedded.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from filelock import FileLock

from rag.config import EmbeddingSettings
from rag.models.embedder import Embedder

_KEY_BYTES = 16
# Texts embedded between two writes: enough to fill batches of one length, little to lose.
_BLOCK = 256


class CachedEmbedder:
    """`embedder`, with the vectors of earlier runs read from a file in `folder`.

    The file is a sequence of records: 16 bytes of the text's BLAKE2b, then the vector's float32 values.
    A torn last record, which a killed run may leave, is dropped. Several processes may share the folder.
    What isn't a vector of a text is the embedder's own affair.
    """

    def __init__(self, embedder: Embedder, settings: EmbeddingSettings, folder: Path) -> None:
        self.name, self.dimension, self.max_tokens = embedder.name, embedder.dimension, embedder.max_tokens
        self.count_tokens = embedder.count_tokens
        self._embedder = embedder
        folder.mkdir(parents=True, exist_ok=True)
        made_with = f"{embedder.name}\n{settings.query_prompt}\n{settings.passage_prompt}"
        self._file = folder / f"{hashlib.sha256(made_with.encode()).hexdigest()[:16]}.vectors"
        self._lock = FileLock(self._file.with_suffix(".lock"))
        self._record = _KEY_BYTES + 4 * self.dimension
        self._kept = self._read()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._embedder, name)

    def embed_queries(self, texts: Sequence[str]) -> np.ndarray:
        """As the embedder's own: (n, dimension) float32, unit length."""
        return self._vectors("embed_queries", texts)

    def embed_passages(self, texts: Sequence[str]) -> np.ndarray:
        """As the embedder's own: (n, dimension) float32, unit length."""
        return self._vectors("embed_passages", texts)

    def _vectors(self, method: str, texts: Sequence[str]) -> np.ndarray:
        keys = [_key(method, text) for text in texts]
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in self._kept}
        # Longest first, as the embedder sorts each block: blocks are then of texts of one length.
        waiting = sorted(missing.items(), key=lambda item: -len(item[1]))
        for start in range(0, len(waiting), _BLOCK):
            block = waiting[start : start + _BLOCK]
            made = getattr(self._embedder, method)([text for _, text in block])
            self._keep(dict(zip((key for key, _ in block), np.asarray(made, np.float32), strict=True)))
        if not keys:
            return np.empty((0, self.dimension), np.float32)
        return np.stack([self._kept[key] for key in keys])

    def _read(self) -> dict[bytes, np.ndarray]:
        with self._lock:
            data = self._file.read_bytes() if self._file.exists() else b""
        whole = len(data) - len(data) % self._record
        return {
            data[at : at + _KEY_BYTES]: np.frombuffer(data, np.float32, self.dimension, at + _KEY_BYTES)
            for at in range(0, whole, self._record)
        }

    def _keep(self, made: dict[bytes, np.ndarray]) -> None:
        with self._lock, self._file.open("ab") as file:
            file.truncate(file.tell() - file.tell() % self._record)
            file.write(b"".join(key + vector.tobytes() for key, vector in made.items()))
        self._kept |= made


def _key(method: str, text: str) -> bytes:
    return hashlib.blake2b(f"{method}\n{text}".encode("utf-8", "replace"), digest_size=_KEY_BYTES).digest()
