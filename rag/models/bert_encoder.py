"""BERT on ONNX Runtime, its weights those of model.safetensors: reads a question without loading PyTorch.

A question takes about ten milliseconds of one processor, and none of Python's lock. Many texts are PyTorch's
business. The graph is a file of the package, without weights; these are given to it. Knows the files of a
transformers folder; no tokens' texts, no prompts.
"""

from __future__ import annotations

import json
import struct
import threading
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from rag.models import weight_sums

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

GRAPH = Path(__file__).with_name("data") / "encoder.onnx"
_LENGTH = struct.Struct("<Q")
# A layer's maps, by their names in a graph.
MAPS = {
    "query": "attention.self.query",
    "key": "attention.self.key",
    "value": "attention.self.value",
    "out": "attention.output.dense",
    "inner": "intermediate.dense",
    "outer": "output.dense",
}
_NORMS = {"attention_norm": "attention.output.LayerNorm", "output_norm": "output.LayerNorm"}


class BertEncoder:
    """The encoder in a folder of transformers' BertModel, float32; may be used by several threads."""

    def __init__(self, folder: Path) -> None:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        self.window: int = config["max_position_embeddings"]
        self.dimension: int = config["hidden_size"]
        self._layers: int = config["num_hidden_layers"]
        self._weights = mapped_weights(folder / "model.safetensors")
        self._words, self._places = token_embeddings(self._weights)
        self._lock = threading.Lock()

    def hidden_states(self, ids: np.ndarray) -> np.ndarray:
        """Return the last layer's vectors of one text's tokens, special ones included.

        (n, dimension) float32. They are the same to the last bit, whatever else is read at the time.
        """
        with self._lock:
            session = self._session
        (states,) = session.run(["states"], {"embedded": self._words[ids] + self._places[: len(ids)]})
        return states

    @cached_property
    def _session(self) -> InferenceSession:
        tensors = layer_tensors(self._weights, self._layers)
        # One thread: of several each waits for the others, on a busy machine for many times the work.
        return opened_graph(GRAPH, tensors, threads=1)


def opened_graph(graph: Path, tensors: dict[str, np.ndarray], threads: int) -> InferenceSession:
    """Open a graph without weights, to which `tensors` are given by name."""
    import onnxruntime

    onnxruntime.disable_telemetry_events()  # where a variable doesn't do it (`rag/__init__.py`)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    # Threads that wait by spinning take the processor from everything else.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    given = [onnxruntime.OrtValue.ortvalue_from_numpy(value) for value in tensors.values()]
    options.add_external_initializers(list(tensors), given)
    return onnxruntime.InferenceSession(graph.read_bytes(), options, providers=["CPUExecutionProvider"])


def token_embeddings(weights: dict[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Return what a token's first vector is the sum of: (vocabulary, width), and (positions, width)."""
    words, positions, types = (
        weights[f"embeddings.{name}_embeddings.weight"] for name in ("word", "position", "token_type")
    )
    return words, positions + types[0]


def layer_tensors(weights: dict[str, np.ndarray], layers: int) -> dict[str, np.ndarray]:
    """Return the encoder's weights by their names in a graph, as they are: maps are (outputs, inputs).

    Raises:
        KeyError: One of them isn't in `weights`.
    """
    names = {"embeddings": "embeddings.LayerNorm"}
    for number in range(layers):
        for ours, theirs in (MAPS | _NORMS).items():
            names[f"layer.{number}.{ours}"] = f"encoder.layer.{number}.{theirs}"
    return {
        f"{ours}.{kind}": weights[f"{theirs}.{kind}"]
        for ours, theirs in names.items()
        for kind in ("weight", "bias")
    }


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
