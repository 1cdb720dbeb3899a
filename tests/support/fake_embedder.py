"""An encoder for tests: the Embedder protocol over hashed words; near texts share words."""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from functools import cache

import numpy as np

from rag.models.embedder import TokenVectors
from rag.text.normalization import fold, words


class FakeEmbedder:
    """Unit vectors of word counts; the same text always has the same vector. A word is a token."""

    max_tokens = 480

    def __init__(self, name: str = "fake", dimension: int = 64) -> None:
        self.name = name
        self.dimension = dimension

    def embed_queries(self, texts: Sequence[str]) -> np.ndarray:
        return self._embed(texts)

    def embed_passages(self, texts: Sequence[str]) -> np.ndarray:
        return self._embed(texts)

    def read_queries(self, texts: Sequence[str]) -> list[TokenVectors]:
        return [self._read(text) for text in texts]

    def read_passages(self, texts: Sequence[str]) -> list[TokenVectors]:
        return [self._read(text) for text in texts]

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(words(text)) for text in texts]

    def _read(self, text: str) -> TokenVectors:
        found = list(re.finditer(r"\w+", text))[: self.max_tokens]
        tokens = [word_vector(fold(match[0]), self.dimension) for match in found]
        return TokenVectors(
            self._embed([text])[0],
            np.array(tokens, dtype=np.float32).reshape(-1, self.dimension),
            np.array([match.span() for match in found], dtype=int).reshape(-1, 2),
        )

    def _embed(self, texts: Sequence[str]) -> np.ndarray:
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for vector, text in zip(vectors, texts, strict=True):
            for word in words(text):
                vector[zlib.crc32(word.encode()) % self.dimension] += 1
            vector[0] += 0.01  # a text without words has a direction too
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


@cache
def word_vector(word: str, size: int) -> np.ndarray:
    """The same word always has the same direction; two words are nearly orthogonal."""
    return np.random.default_rng(zlib.crc32(word.encode())).standard_normal(size, dtype=np.float32)
