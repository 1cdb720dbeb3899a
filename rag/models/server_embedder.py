"""An encoder behind OpenAI's embeddings API (vLLM, TGI, llama-server, Ollama, a provider) as an Embedder.

Such an API gives one vector for a text, and no vectors of its tokens. So the sentences of a text are asked
for beside it, and each stands for its words: what a question is held against is then a passage's sentences,
where an encoder in this process has its words. Knows what an answer must look like; nothing of HTTP.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from rag.config import EmbeddingSettings
from rag.errors import ConfigError
from rag.model_servers.client import ServerClient, on_one_line
from rag.model_servers.failures import EMBEDDING, explained
from rag.model_servers.server import ServerError
from rag.models.embedder import TokenVectors
from rag.text.sanitization import storable
from rag.text.sentences import split_sentences

# Bytes of UTF-8 that are a token, at least: of French, English and German it is 4 and more with vocabularies
# of many languages, 3.5 with English ones; of Chinese and Japanese about 4, of Hindi or Thai more.
_BYTES_PER_TOKEN = 3
_SPECIAL_TOKENS = 2
_PIECE = re.compile(r"\S+\s*")
_LEAST_LENGTH = 1e-6


class ServerEmbedder:
    """An Embedder whose vectors a server makes; its methods may be called from several threads.

    Nothing is asked before it is used; its `dimension` is known once something was.
    """

    def __init__(self, client: ServerClient, settings: EmbeddingSettings) -> None:
        self._client = client
        self._settings = settings
        self._dimension = settings.dimensions or 0
        self._lock = threading.Lock()
        # The address isn't part of it: a server may move. Whether it is the same model, its vectors tell.
        size = f" {settings.dimensions}" if settings.dimensions else ""
        self.name = f"{settings.model}{size} {settings.passage_prompt!r}"
        prompts = self.count_tokens([settings.query_prompt, settings.passage_prompt])
        self.max_tokens = settings.max_tokens - _SPECIAL_TOKENS - max(prompts)

    @property
    def address(self) -> str:
        """Where the server is, without a name and password."""
        return self._client.server.address

    @property
    def dimension(self) -> int:
        """Numbers of a vector. Asks the server, if nobody has yet.

        Raises:
            ModelError, ConfigError: It can't be asked.
        """
        if not self._dimension:
            self.embed_queries(["?"])
        return self._dimension

    def embed_queries(self, texts: Sequence[str]) -> np.ndarray:
        """Return one vector for each question: (n, dimension) float32, unit length, in the order given."""
        return self._embed(texts, self._settings.query_prompt)

    def embed_passages(self, texts: Sequence[str]) -> np.ndarray:
        """Return one vector for each passage: (n, dimension) float32, unit length, in the order given."""
        return self._embed(texts, self._settings.passage_prompt)

    def read_queries(self, texts: Sequence[str]) -> list[TokenVectors]:
        """Return each question; its vector stands for its words. What is over `max_tokens` isn't read."""
        read = [self._start_of(text) for text in texts]
        vectors = self._asked([self._settings.query_prompt + text for text in read])
        return [
            TokenVectors(vector, vector[np.newaxis], np.array([[0, len(text)]], dtype=int))
            for vector, text in zip(vectors, read, strict=True)
        ]

    def read_passages(self, texts: Sequence[str]) -> list[TokenVectors]:
        """Return each text; its sentences' vectors stand for their words.

        What is over `max_tokens` isn't read.
        """
        read = [self._start_of(text) for text in texts]
        spans = [_sentences(text) for text in read]
        parts = [text[start:end] for text, own in zip(read, spans, strict=True) for start, end in own]
        prompt = self._settings.passage_prompt
        # A text of one sentence, and a title that many passages share, are asked for once.
        wanted = list(dict.fromkeys([*read, *parts]))
        made = dict(zip(wanted, self._asked([prompt + text for text in wanted]), strict=True))
        return [
            TokenVectors(
                made[text],
                np.stack([made[text[start:end]] for start, end in own])
                if own
                else made[text][np.newaxis][:0],
                np.array(own, dtype=int).reshape(-1, 2),
            )
            for text, own in zip(read, spans, strict=True)
        ]

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text by a careful estimate: the server's own aren't known here."""
        return [-(-len(text.encode("utf-8", "replace")) // _BYTES_PER_TOKEN) for text in texts]

    def _embed(self, texts: Sequence[str], prompt: str) -> np.ndarray:
        """Return the vectors; that of a text that is too long is its windows' mean, weighted by tokens."""
        windows = [list(self._windows(text)) for text in texts]
        vectors = self._asked([prompt + window for own in windows for window in own])
        weights = self.count_tokens([window for own in windows for window in own])
        found, at = np.empty((len(texts), vectors.shape[1]), dtype=np.float32), 0
        for row, own in enumerate(windows):
            part = slice(at, at + len(own))
            share = np.maximum(np.array(weights[part], dtype=np.float32), 1.0)
            found[row] = _unit((share @ vectors[part])[np.newaxis])[0]
            at += len(own)
        return found

    def _start_of(self, text: str) -> str:
        return next(self._windows(text))

    def _windows(self, text: str) -> Iterator[str]:
        """Yield the text, in pieces of at most `max_tokens`, cut at white space where there is any."""
        most = self.max_tokens * _BYTES_PER_TOKEN
        if len(text.encode("utf-8", "replace")) <= most:
            yield text
            return
        held, size = "", 0
        for piece in _pieces(text, most):
            length = len(piece.encode("utf-8", "replace"))
            if held and size + length > most:
                yield held
                held, size = "", 0
            held, size = held + piece, size + length
        yield held

    def _asked(self, texts: Sequence[str]) -> np.ndarray:
        """Return the server's vectors, at unit length: (n, dimension)."""
        order = sorted(range(len(texts)), key=lambda index: len(texts[index]))
        size = self._settings.batch_size
        made: list[np.ndarray | None] = [None] * len(texts)
        try:
            for start in range(0, len(order), size):
                batch = order[start : start + size]
                vectors = self._batch([storable(texts[index]) for index in batch])
                for index, vector in zip(batch, vectors, strict=True):
                    made[index] = vector
        except ServerError as error:
            raise explained(error, EMBEDDING, self.address) from None
        return np.stack(made) if made else np.empty((0, self.dimension), dtype=np.float32)

    def _batch(self, texts: list[str]) -> np.ndarray:
        body: dict[str, Any] = {
            "model": self._settings.served,
            # An empty text is refused by some, and by none stands for anything.
            "input": [text if text.strip() else "." for text in texts],
            "encoding_format": "float",
        }
        if self._settings.dimensions:
            body["dimensions"] = self._settings.dimensions
        vectors = vectors_of(self._client.post("/embeddings", body), len(texts))
        self._check(vectors.shape[1])
        return _unit(vectors)

    def _check(self, dimension: int) -> None:
        """Hold what comes against what was asked for, and against what came before.

        Raises:
            ConfigError: It has another dimension.
        """
        with self._lock:
            self._dimension = self._dimension or dimension
        if dimension != self._dimension:
            raise ConfigError(
                f"The embedding model's server, {self.address}, gives vectors of {dimension} numbers, not"
                f" {self._dimension}; correct embedding.model or embedding.dimensions.",
                f"Le serveur du modèle d'embedding, {self.address}, donne des vecteurs de {dimension}"
                f" nombres, et non de {self._dimension} ; corrigez embedding.model ou embedding.dimensions.",
            )


def vectors_of(reply: dict[str, Any], count: int) -> np.ndarray:
    """Return the vectors of an answer in the order of the texts: (count, dimension) float32.

    Raises:
        ServerError: It isn't one vector for each text, all of one length, of finite numbers, none of them
            without a direction.
    """
    rows = reply.get("data")
    if not isinstance(rows, list) or len(rows) != count or not all(isinstance(row, dict) for row in rows):
        said = f"{len(rows)} ≠ {count}" if isinstance(rows, list) else on_one_line(str(reply)[:80])
        raise ServerError("failed", said)
    places = [row.get("index", place) for place, row in enumerate(rows)]
    if sorted(map(str, places)) != sorted(map(str, range(count))):
        raise ServerError("failed", "index")
    found: list[np.ndarray] = [np.empty(0)] * count
    for place, row in zip(places, rows, strict=True):
        try:
            found[int(place)] = np.asarray(row.get("embedding"), dtype=np.float32)
        except (TypeError, ValueError):
            raise ServerError("failed", "embedding") from None
    sizes = {vector.shape for vector in found}
    if len(sizes) != 1 or len(found[0].shape) != 1 or not len(found[0]):
        raise ServerError("failed", f"dimensions {sorted(sizes)}")
    vectors = np.stack(found)
    if not np.isfinite(vectors).all():
        raise ServerError("failed", "NaN")
    if (np.linalg.norm(vectors, axis=1) < _LEAST_LENGTH).any():
        raise ServerError("failed", "0")
    return vectors


def _sentences(text: str) -> list[tuple[int, int]]:
    return [(span.start, span.end) for span in split_sentences(text)]


def _pieces(text: str, most: int) -> Iterator[str]:
    """Yield words with the white space behind them; one that is over `most` bytes in parts."""
    lead = len(text) - len(text.lstrip())
    if lead:
        yield text[:lead][: most // 4]
    for match in _PIECE.finditer(text):
        for start in range(0, len(match[0]), max(1, most // 4)):
            yield match[0][start : start + max(1, most // 4)]


def _unit(vectors: np.ndarray) -> np.ndarray:
    length = np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), _LEAST_LENGTH)
    return (vectors / length).astype(np.float32)
