"""The bundled encoder as an Embedder: questions are read on ONNX Runtime, what is ingested on PyTorch.

PyTorch and what it brings take seconds and a gigabyte to load, one question takes neither. The weights and
the tokens are the same, so vectors are too, but for rounding. Knows how much text is few; not what it says.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from rag.config import EmbeddingSettings
from rag.models.bert_encoder import BertEncoder
from rag.models.embedder import Embedder, TokenVectors
from rag.models.unigram_tokenizer import Encoded, UnigramTokenizer

# Characters that are read, or whose tokens are counted, before it is worth loading what does so faster.
_FEW_READ = 4_000
_FEW_COUNTED = 50_000
_SPECIAL_TOKENS = 2


class BundledEmbedder:
    """An Embedder of the bundled model; its methods may be called from several threads."""

    def __init__(
        self,
        folder: Path,
        vocabulary: Path,
        settings: EmbeddingSettings,
        identity: str,
        load: Callable[[], Embedder],
    ) -> None:
        """Open the model for questions; it is loaded whole when more is to be read.

        Args:
            folder: The model as a transformers folder.
            vocabulary: The folder of its `UnigramTokenizer`.
            settings: The prompts, of which the passages' is part of `name`.
            identity: Names the weights.
            load: Loads the same model for many texts.

        """
        self._encoder = BertEncoder(folder)
        self._tokenizer = UnigramTokenizer(vocabulary)
        self._settings = settings
        self._load = load
        self._whole: Embedder | None = None
        self._lock = threading.Lock()
        self.name = f"{identity} {settings.passage_prompt!r}"
        self.dimension = self._encoder.dimension
        self._window = self._encoder.window - _SPECIAL_TOKENS
        prompts = self._tokenizer.encode([settings.query_prompt, settings.passage_prompt])
        self.max_tokens = self._window - max(len(prompt.ids) for prompt in prompts)

    def embed_queries(self, texts: Sequence[str]) -> np.ndarray:
        """Return one vector for each question: (n, dimension) float32, unit length, in the order given."""
        if _characters(texts) > _FEW_READ:
            return self._loaded().embed_queries(texts)
        encoded = self._tokenizer.encode([self._settings.query_prompt + text for text in texts])
        vectors = [self._vector(one) for one in encoded]
        return np.stack(vectors) if vectors else np.empty((0, self.dimension), dtype=np.float32)

    def embed_passages(self, texts: Sequence[str]) -> np.ndarray:
        """Return one vector for each passage: (n, dimension) float32, unit length, in the order given."""
        return self._loaded().embed_passages(texts)

    def read_queries(self, texts: Sequence[str]) -> list[TokenVectors]:
        """Return each question with its tokens' vectors. What is over `max_tokens` isn't read."""
        if _characters(texts) > _FEW_READ:
            return self._loaded().read_queries(texts)
        prompt = self._settings.query_prompt
        return [self._read(one, len(prompt)) for one in self._tokenizer.encode([prompt + t for t in texts])]

    def read_passages(self, texts: Sequence[str]) -> list[TokenVectors]:
        """Return each text of an article with its tokens' vectors. What is over `max_tokens` isn't read."""
        return self._loaded().read_passages(texts)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text, however long, without special tokens and prompt."""
        if self._whole is not None or _characters(texts) > _FEW_COUNTED:
            return self._loaded().count_tokens(texts)
        return [len(one.ids) for one in self._tokenizer.encode(texts)]

    def _loaded(self) -> Embedder:
        with self._lock:
            if self._whole is None:
                self._whole = self._load()
            return self._whole

    def _read(self, encoded: Encoded, prompt: int) -> TokenVectors:
        """Return the text behind the `prompt` characters in front, up to the window."""
        ids, spans = encoded.ids[: self._window], encoded.spans[: self._window]
        states = self._states(ids)
        own = (spans[:, 1] > spans[:, 0]) & (spans[:, 1] > prompt)
        return TokenVectors(_unit(states.mean(axis=0)), states[1:-1][own], np.maximum(spans[own] - prompt, 0))

    def _vector(self, encoded: Encoded) -> np.ndarray:
        """Return a text's vector.

        Of one that is over the window, the windows' mean, weighted by their tokens.
        """
        windows = _windows(encoded.ids, self._window)
        weighted = (max(1, len(ids)) * _unit(self._states(ids).mean(axis=0)) for ids in windows)
        return _unit(np.sum(list(weighted), axis=0))

    def _states(self, ids: np.ndarray) -> np.ndarray:
        around = np.concatenate([[self._tokenizer.first], ids, [self._tokenizer.last]])
        return self._encoder.hidden_states(around)


def _characters(texts: Sequence[str]) -> int:
    return sum(map(len, texts))


def _windows(ids: np.ndarray, size: int) -> Iterator[np.ndarray]:
    for start in range(0, max(1, len(ids)), size):  # one for a text without tokens too
        yield ids[start : start + size]


def _unit(vector: np.ndarray) -> np.ndarray:
    return vector / max(float(np.linalg.norm(vector)), 1e-12)
