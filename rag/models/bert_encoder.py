"""BERT on numpy, its weights mapped from model.safetensors: reads a question without loading PyTorch.

A few short texts take tens of milliseconds, and nothing is loaded but the pages that are read. Many texts
are PyTorch's business. Knows the files of a transformers folder; no tokens' texts, no prompts.
"""

from __future__ import annotations

import json
import struct
import threading
from pathlib import Path

import numpy as np
from threadpoolctl import ThreadpoolController

_LENGTH = struct.Struct("<Q")
_ROOT_HALF = np.float32(0.5**0.5)


class BertEncoder:
    """The encoder in a folder of transformers' BertModel, float32; may be used by several threads."""

    def __init__(self, folder: Path) -> None:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        self.window: int = config["max_position_embeddings"]
        self.dimension: int = config["hidden_size"]
        self._heads: int = config["num_attention_heads"]
        self._layers: int = config["num_hidden_layers"]
        self._epsilon: float = config["layer_norm_eps"]
        self._weights = _mapped(folder / "model.safetensors")
        # Matrices this small are multiplied faster by one thread: several wait for each other, on a busy
        # machine for many times as long as the work takes.
        self._threads = ThreadpoolController()
        self._lock = threading.Lock()

    def hidden_states(self, ids: np.ndarray) -> np.ndarray:
        """Return the last layer's vectors of one text's tokens, special ones included.

        (n, dimension) float32.
        """
        with self._lock, self._threads.limit(limits=1, user_api="blas"):
            words, positions, types = (
                self._weights[f"embeddings.{name}_embeddings.weight"]
                for name in ("word", "position", "token_type")
            )
            states = self._normed(words[ids] + positions[: len(ids)] + types[0], "embeddings.LayerNorm")
            for layer in range(self._layers):
                states = self._layer(states, f"encoder.layer.{layer}")
        return states

    def _layer(self, states: np.ndarray, name: str) -> np.ndarray:
        attended = self._linear(self._attention(states, name), f"{name}.attention.output.dense")
        states = self._normed(states + attended, f"{name}.attention.output.LayerNorm")
        inner = _gelu(self._linear(states, f"{name}.intermediate.dense"))
        return self._normed(states + self._linear(inner, f"{name}.output.dense"), f"{name}.output.LayerNorm")

    def _attention(self, states: np.ndarray, name: str) -> np.ndarray:
        count, width = states.shape
        size = width // self._heads
        query, key, value = (
            self._linear(states, f"{name}.attention.self.{part}")
            .reshape(count, self._heads, size)
            .transpose(1, 0, 2)
            for part in ("query", "key", "value")
        )
        scores = query @ key.transpose(0, 2, 1) / np.float32(size**0.5)
        odds = np.exp(scores - scores.max(axis=-1, keepdims=True))
        odds /= odds.sum(axis=-1, keepdims=True)
        return (odds @ value).transpose(1, 0, 2).reshape(count, width)

    def _linear(self, states: np.ndarray, name: str) -> np.ndarray:
        return states @ self._weights[f"{name}.weight"].T + self._weights[f"{name}.bias"]

    def _normed(self, states: np.ndarray, name: str) -> np.ndarray:
        states = states - states.mean(axis=-1, keepdims=True)
        states /= np.sqrt((states * states).mean(axis=-1, keepdims=True) + np.float32(self._epsilon))
        return states * self._weights[f"{name}.weight"] + self._weights[f"{name}.bias"]


def _gelu(values: np.ndarray) -> np.ndarray:
    return values * np.float32(0.5) * (1 + _erf(values * _ROOT_HALF))


def _erf(values: np.ndarray) -> np.ndarray:
    """Return the error function, which numpy has not: Abramowitz and Stegun, 7.1.26, right to 2e-7."""
    size = np.abs(values)
    t = 1 / (1 + np.float32(0.3275911) * size)
    sum_ = np.zeros_like(t)
    for factor in (1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592):
        sum_ = (sum_ + np.float32(factor)) * t
    return np.copysign(1 - sum_ * np.exp(-size * size), values)


def _mapped(file: Path) -> dict[str, np.ndarray]:
    """Return the tensors of a safetensors file, none of them read yet.

    Float32, as `e5_format` writes them.
    """
    with file.open("rb") as opened:
        (length,) = _LENGTH.unpack(opened.read(_LENGTH.size))
        header = json.loads(opened.read(length))
    # A plain array: a memmap's own class makes each of many small operations slower.
    data = np.memmap(file, dtype=np.uint8, mode="r", offset=0).view(np.ndarray)[_LENGTH.size + length :]
    header.pop("__metadata__", None)
    return {
        name: data[slice(*entry["data_offsets"])].view("<f4").reshape(entry["shape"])
        for name, entry in header.items()
    }
