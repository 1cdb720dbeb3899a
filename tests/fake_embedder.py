"""An encoder for tests: the Embedder protocol over hashed words; near texts share words."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np

from rag.language import words


class FakeEmbedder:
    """Unit vectors of word counts; the same text always has the same vector."""

    max_tokens = 480

    def __init__(self, name: str = "fake", dimension: int = 64) -> None:
        self.name = name
        self.dimension = dimension

    def embed_queries(self, texts: Sequence[str]) -> np.ndarray:
        return self._embed(texts)

    def embed_passages(self, texts: Sequence[str]) -> np.ndarray:
        return self._embed(texts)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(words(text)) for text in texts]

    def _embed(self, texts: Sequence[str]) -> np.ndarray:
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for vector, text in zip(vectors, texts, strict=True):
            for word in words(text):
                vector[zlib.crc32(word.encode()) % self.dimension] += 1
            vector[0] += 0.01  # a text without words has a direction too
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
