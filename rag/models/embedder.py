"""Texts → unit vectors: sentence-transformers behind two methods, one for queries, one for passages.

Knows nothing of articles, stores or questions, nor where models come from. torch is imported when a model is
there, not before: `sourcier --help` shouldn't wait for it.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from rag.config import EmbeddingSettings
from rag.errors import ConfigError

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer
    from torch import Tensor

# What machines call computing bfloat16 themselves; without it, it is many times slower than float32.
_NATIVE = ("avx512_bf16", "amx_bf16", "avx10_2", "bf16")
_MOST_COUNTED = 5_000  # texts whose tokens are remembered
_SENTENCE = 1_000  # characters: a longer text isn't remembered


@dataclass(frozen=True, slots=True)
class TokenVectors:
    """One text as the encoder read it.

    `vector` is its unit vector, shape `(dimension,)`; `tokens` its tokens' vectors as they come out of the
    last layer, shape `(n, hidden size)`; `spans[i]` the characters `[start, end)` of the text that token i
    stands for. Tokens of the prompt and special tokens are left out; n may be 0.
    """

    vector: np.ndarray
    tokens: np.ndarray
    spans: np.ndarray


class Embedder(Protocol):
    """What makes vectors.

    `name` identifies whatever decides a passage's vector, so that a library can refuse another encoder.
    `max_tokens` is the most tokens of a text, as `count_tokens` counts them, that the model reads at
    once: its window less its special tokens and the longer prompt. Nothing is ever cut off: a longer text
    is read window by window, and its vector is the windows' mean, weighted by their tokens. That blurs
    it, so passages are best kept within `max_tokens`.
    """

    name: str
    dimension: int
    max_tokens: int

    def embed_queries(self, texts: Sequence[str]) -> np.ndarray:
        """Return one vector for each question: (n, dimension) float32, unit length, in the order given."""
        ...

    def embed_passages(self, texts: Sequence[str]) -> np.ndarray:
        """Return one vector for each passage: (n, dimension) float32, unit length, in the order given."""
        ...

    def read_queries(self, texts: Sequence[str]) -> list[TokenVectors]:
        """Return each question with its tokens' vectors. What is over `max_tokens` isn't read."""
        ...

    def read_passages(self, texts: Sequence[str]) -> list[TokenVectors]:
        """Return each text of an article with its tokens' vectors. What is over `max_tokens` isn't read."""
        ...

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text, however long, without special tokens and prompt."""
        ...


class SentenceTransformerEmbedder:
    """An Embedder over a loaded SentenceTransformer; its methods may be called from several threads."""

    def __init__(self, model: SentenceTransformer, settings: EmbeddingSettings, identity: str) -> None:
        """Wrap a loaded model.

        `identity` names the weights; the passage prompt decides vectors too, so `name` has both. Raises
        ConfigError when the model has no window of tokens to speak of.
        """
        if model.max_seq_length is None or not callable(model.tokenizer):
            raise ConfigError(
                f"embedding.model: {settings.model} doesn't say how many tokens it reads; "
                "choose a sentence-transformers model that is built on a transformer.",
                f"embedding.model : {settings.model} ne dit pas combien de jetons il lit ; "
                "choisissez un modèle sentence-transformers fait d'un transformer.",
            )
        self._model = _quickest(model.eval())
        self._settings = settings
        # Fast tokenizers keep truncation and padding as state: one thread at a time. The model itself has
        # none: what is being cut into passages needn't wait for what is being read.
        self._lock = threading.Lock()
        self._counted: dict[str, int] = {}  # sentences are counted for passages, then for their blocks
        self._streams = _streams()
        self._window = model.max_seq_length - model.tokenizer.num_special_tokens_to_add()
        self.name = f"{identity} {settings.passage_prompt!r}"
        self.dimension: int = model.get_embedding_dimension()
        self.max_tokens = self._window - max(
            self.count_tokens([settings.query_prompt, settings.passage_prompt])
        )

    def embed_queries(self, texts: Sequence[str]) -> np.ndarray:
        """Return one vector for each question: (n, dimension) float32, unit length, in the order given."""
        return self._embed(texts, self._settings.query_prompt)

    def embed_passages(self, texts: Sequence[str]) -> np.ndarray:
        """Return one vector for each passage: (n, dimension) float32, unit length, in the order given."""
        return self._embed(texts, self._settings.passage_prompt)

    def read_queries(self, texts: Sequence[str]) -> list[TokenVectors]:
        """Return each question with its tokens' vectors. What is over `max_tokens` isn't read."""
        return self._read(texts, self._settings.query_prompt)

    def read_passages(self, texts: Sequence[str]) -> list[TokenVectors]:
        """Return each text of an article with its tokens' vectors. What is over `max_tokens` isn't read."""
        return self._read(texts, self._settings.passage_prompt)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text, however long, without special tokens and prompt."""
        with self._lock:
            unknown = [text for text in dict.fromkeys(texts) if text not in self._counted]
            counts = dict(zip(unknown, self._count(unknown), strict=True))
            found = [counts[text] if text in counts else self._counted[text] for text in texts]
            if len(self._counted) > _MOST_COUNTED:
                self._counted.clear()
            self._counted.update({text: count for text, count in counts.items() if len(text) <= _SENTENCE})
        return found

    def _count(self, texts: list[str]) -> list[int]:
        if not texts:
            return []
        encoded = self._model.tokenizer(
            texts, add_special_tokens=False, truncation=False, padding=False, verbose=False
        )
        return [len(ids) for ids in encoded["input_ids"]]

    def _embed(self, texts: Sequence[str], prompt: str) -> np.ndarray:
        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)
        lengths = self.count_tokens([prompt + text for text in texts])
        # Texts of one length share a batch: little is spent on padding.
        order = sorted(range(len(texts)), key=lengths.__getitem__, reverse=True)
        for index in order:
            if lengths[index] > self._window:
                vectors[index] = self._embed_by_windows(prompt + texts[index])
        short = [index for index in order if lengths[index] <= self._window]
        for batch in _batches(short, self._settings.batch_size):
            with self._lock:
                encoded = self._model.encode(
                    [texts[index] for index in batch],
                    prompt=prompt,  # even when empty: None would let the model add a default of its own
                    batch_size=len(batch),
                    show_progress_bar=False,
                    convert_to_numpy=False,
                    convert_to_tensor=True,
                )
            vectors[batch] = _unit(encoded).cpu().numpy()
        return vectors

    def _read(self, texts: Sequence[str], prompt: str) -> list[TokenVectors]:
        order = sorted(range(len(texts)), key=lambda index: len(texts[index]), reverse=True)
        batches = list(_batches(order, self._settings.batch_size))
        parts = [[prompt + texts[index] for index in batch] for batch in batches]
        # One batch has all threads; of several, each is one thread's, which never waits for another thread
        # that the machine has given to somebody else.
        made = map(self._forward, parts) if len(parts) == 1 else self._streams.map(self._forward, parts)
        found: list[TokenVectors | None] = [None] * len(texts)
        for batch, reads in zip(batches, made, strict=True):
            for index, read in zip(batch, reads, strict=True):
                own = (read.spans[:, 1] > read.spans[:, 0]) & (read.spans[:, 1] > len(prompt))
                spans = np.maximum(read.spans[own] - len(prompt), 0)
                found[index] = TokenVectors(read.vector, read.tokens[own], spans)
        return found

    def _forward(self, batch: list[str]) -> list[TokenVectors]:
        """Run one batch through the model, with prompts and special tokens."""
        import torch

        with self._lock:
            features = self._model.tokenizer(
                batch,
                truncation=True,
                max_length=self._model.max_seq_length,
                padding=True,
                return_offsets_mapping=True,
                return_tensors="pt",
            )
        spans = features.pop("offset_mapping").numpy()
        with torch.inference_mode():
            made = self._model({k: v.to(self._model.device) for k, v in features.items()})
            vectors = _unit(made["sentence_embedding"]).cpu().numpy()
            tokens = made["token_embeddings"].float().cpu().numpy()
        return [TokenVectors(*row) for row in zip(vectors, tokens, spans, strict=True)]

    def _embed_by_windows(self, text: str) -> np.ndarray:
        """Return the unit mean of the windows' unit vectors, weighted by tokens; the prompt leads the first.

        As `e5.c` does it, but for the windows' vectors, which it leaves at their own lengths (nearly
        equal: the cosine between the two results is above 0.9999).
        """
        import torch

        with self._lock:
            features = self._model.tokenizer(
                text,
                truncation=True,
                max_length=self._model.max_seq_length,
                return_overflowing_tokens=True,
                padding=True,
                return_tensors="pt",
            )
        features.pop("overflow_to_sample_mapping")
        weights = features["attention_mask"].sum(1) - (self._model.max_seq_length - self._window)
        total = torch.zeros(self.dimension)
        for batch in _batches(range(len(weights)), self._settings.batch_size):
            with self._lock, torch.inference_mode():
                part = {name: values[batch].to(self._model.device) for name, values in features.items()}
                windows = self._model(part)["sentence_embedding"]
            total += weights[batch].float() @ _unit(windows).cpu()
        return torch.nn.functional.normalize(total, dim=0).numpy()


def _quickest(model: SentenceTransformer) -> SentenceTransformer:
    """Return the encoder in bfloat16 where this machine computes it, which nearly halves the time.

    Rounding only: the vectors' cosine to those of float32 is above .9999. Tokens are added up in float32.
    Attention is plain matrix products then, which bfloat16 has faster than torch's fused kernel.
    """
    import torch

    capabilities = torch.cpu.get_capabilities()
    native = any(capabilities.get(name) for name in _NATIVE)
    weights = next(model.parameters())
    whole = weights.device.type == "cpu" and weights.dtype == torch.float32
    if native and whole:
        model[0].to(torch.bfloat16)
        model[0].auto_model.set_attn_implementation("eager")
        model[0].register_forward_hook(_in_float32)
    return model


def _streams() -> ThreadPoolExecutor:
    """As many threads as the model may use, each of which computes alone. They begin when they are needed."""
    import torch

    return ThreadPoolExecutor(
        torch.get_num_threads(), "read", initializer=torch.set_num_threads, initargs=(1,)
    )


def _in_float32(_: object, __: object, made: dict) -> dict:
    return made | {"token_embeddings": made["token_embeddings"].float()}


def _unit(vectors: Tensor) -> Tensor:
    """Return the same in float32, of length 1."""
    import torch

    return torch.nn.functional.normalize(vectors.float())


def _batches(indexes: Sequence[int], size: int) -> Iterator[list[int]]:
    for start in range(0, len(indexes), size):
        yield list(indexes[start : start + size])
