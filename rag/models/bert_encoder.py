"""BERT on numpy, its weights mapped from model.safetensors: reads a question without loading PyTorch.

A few short texts take tens of milliseconds, and nothing is loaded but the pages that are read. Many texts
are PyTorch's business. Knows the files of a transformers folder; no tokens' texts, no prompts.

What several threads ask for at the same time is read at once: going through the weights takes most of the
time, and is done for all of them together.
"""

from __future__ import annotations

import json
import struct
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from threadpoolctl import ThreadpoolController

from rag.models import weight_sums

_LENGTH = struct.Struct("<Q")
_ROOT_HALF = np.float32(0.5**0.5)
# Tokens that are read at once: more are hardly faster.
_AT_ONCE = 256
# A matrix product adds the same numbers in the same order for every row of whole blocks, in another for the
# rows left over; by most of OpenBLAS 0.3.31's products wherever in its block a row is, by others (AVX2) only
# for rows at the same place. 12 is a multiple of the blocks of those for SSE3, AVX, AVX2 and AVX-512.
_BLOCK = 12
_ANYWHERE = {"Prescott", "Katmai", "Nehalem", "Sandybridge", "SkylakeX", "Cooperlake", "Sapphirerapids"}
_ROWS = 32


@dataclass(eq=False, slots=True)
class _Text:
    """A text that waits to be read: its tokens' first vectors, and in the end those of the last layer."""

    embedded: np.ndarray
    states: np.ndarray | None = None


class BertEncoder:
    """The encoder in a folder of transformers' BertModel, float32; may be used by several threads."""

    def __init__(self, folder: Path) -> None:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        self.window: int = config["max_position_embeddings"]
        self.dimension: int = config["hidden_size"]
        self._heads: int = config["num_attention_heads"]
        self._layers: int = config["num_hidden_layers"]
        self._epsilon: float = config["layer_norm_eps"]
        self._weights = mapped_weights(folder / "model.safetensors")
        # Matrices this small are multiplied faster by one thread: several wait for each other, on a busy
        # machine for many times as long as the work takes.
        self._threads = ThreadpoolController()
        products = {library["architecture"] for library in self._threads.select(user_api="blas").info()}
        # Each text begins at such a row of what is read at once: what a text's vectors are doesn't hang on
        # those that are read along with it, to the last bit.
        self._apart = 1 if products <= _ANYWHERE else _BLOCK
        self._lock = threading.Lock()
        self._waiting: list[_Text] = []
        self._line = threading.Lock()  # of what waits

    def hidden_states(self, ids: np.ndarray) -> np.ndarray:
        """Return the last layer's vectors of one text's tokens, special ones included.

        (n, dimension) float32.
        """
        words, positions, types = (
            self._weights[f"embeddings.{name}_embeddings.weight"]
            for name in ("word", "position", "token_type")
        )
        text = _Text(words[ids] + positions[: len(ids)] + types[0])
        with self._line:
            self._waiting.append(text)
        with self._lock:
            if text.states is None:  # else another thread has read it along with its own
                texts = self._taken_with(text)
                with self._threads.limit(limits=1, user_api="blas"):
                    self._read(texts)
        return text.states

    def _taken_with(self, text: _Text) -> list[_Text]:
        """Return the text, and of those that wait, in their order, what is read at once with it."""
        taken, tokens = [text], len(text.embedded)
        with self._line:
            for other in self._waiting:
                if other is not text:
                    tokens += len(other.embedded)
                    if tokens > _AT_ONCE:
                        break
                    taken.append(other)
            self._waiting = [other for other in self._waiting if other not in taken]
        return taken

    def _read(self, texts: Sequence[_Text]) -> None:
        places, end = [], 0
        for text in texts:
            start = _up(end, self._apart)
            end = start + len(text.embedded)
            places.append(slice(start, end))
        states = np.zeros((_up(end, _BLOCK), self.dimension), np.float32)
        for text, place in zip(texts, places, strict=True):
            states[place] = text.embedded
        states = self._normed(states, "embeddings.LayerNorm")
        for layer in range(self._layers):
            states = self._layer(states, places, f"encoder.layer.{layer}")
        for text, place in zip(texts, places, strict=True):
            text.states = states[place]

    def _layer(self, states: np.ndarray, places: Sequence[slice], name: str) -> np.ndarray:
        attended = self._linear(self._attention(states, places, name), f"{name}.attention.output.dense")
        states = self._normed(states + attended, f"{name}.attention.output.LayerNorm")
        inner = _gelu(self._linear(states, f"{name}.intermediate.dense"))
        return self._normed(states + self._linear(inner, f"{name}.output.dense"), f"{name}.output.LayerNorm")

    def _attention(self, states: np.ndarray, places: Sequence[slice], name: str) -> np.ndarray:
        """Let each text's tokens look at one another; `places` are the texts' rows."""
        parts = [self._linear(states, f"{name}.attention.self.{part}") for part in ("query", "key", "value")]
        attended = np.zeros_like(states)
        for place in places:
            attended[place] = self._attended(*(part[place] for part in parts))
        return attended

    def _attended(self, query: np.ndarray, key: np.ndarray, value: np.ndarray) -> np.ndarray:
        count, width = query.shape
        size = width // self._heads
        query, key, value = (
            part.reshape(count, self._heads, size).transpose(1, 0, 2) for part in (query, key, value)
        )
        scores = query @ key.transpose(0, 2, 1) / np.float32(size**0.5)
        odds = np.exp(scores - scores.max(axis=-1, keepdims=True))
        odds /= odds.sum(axis=-1, keepdims=True)
        return (odds @ value).transpose(1, 0, 2).reshape(count, width)

    def _linear(self, states: np.ndarray, name: str) -> np.ndarray:
        made = states @ self._weights[f"{name}.weight"].T
        made += self._weights[f"{name}.bias"]
        return made

    def _normed(self, states: np.ndarray, name: str) -> np.ndarray:
        states = states - states.mean(axis=-1, keepdims=True)
        states /= np.sqrt((states * states).mean(axis=-1, keepdims=True) + np.float32(self._epsilon))
        states *= self._weights[f"{name}.weight"]
        states += self._weights[f"{name}.bias"]
        return states


def _up(number: int, block: int) -> int:
    """Return the number, or the next one that is a whole number of blocks."""
    return -(-number // block) * block


def _gelu(values: np.ndarray) -> np.ndarray:
    """Return `values` in place of themselves, a few rows at a time: those stay in the processor's cache."""
    for start in range(0, len(values), _ROWS):
        rows = values[start : start + _ROWS]
        made = _erf(rows * _ROOT_HALF)
        made += 1
        rows *= np.float32(0.5)
        rows *= made
    return values


def _erf(values: np.ndarray) -> np.ndarray:
    """Return the error function, which numpy has not: Abramowitz and Stegun, 7.1.26, right to 2e-7."""
    size = np.abs(values)
    t = np.float32(0.3275911) * size
    t += 1
    np.divide(1, t, out=t)
    sum_ = np.float32(1.061405429) * t
    for factor in (-1.453152027, 1.421413741, -0.284496736, 0.254829592):
        sum_ += np.float32(factor)
        sum_ *= t
    size *= -size
    sum_ *= np.exp(size, out=size)
    np.subtract(1, sum_, out=sum_)
    return np.copysign(sum_, values, out=sum_)


def mapped_weights(file: Path) -> dict[str, np.ndarray]:
    """Return the tensors of a safetensors file, none of them read yet.

    Float32, as `e5_format` writes them.
    """
    with file.open("rb") as opened:
        (length,) = _LENGTH.unpack(opened.read(_LENGTH.size))
        header = json.loads(opened.read(length))
    # A plain array: a memmap's own class makes each of many small operations slower.
    data = np.memmap(file, dtype=np.uint8, mode="r", offset=0).view(np.ndarray)[_LENGTH.size + length :]
    header.pop("__metadata__", None)
    tensors = {
        name: data[slice(*entry["data_offsets"])].view("<f4").reshape(entry["shape"])
        for name, entry in header.items()
    }
    return {name: weight_sums.mapped(file, name, tensor) for name, tensor in tensors.items()}
