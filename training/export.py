"""Writes what was learnt as the reader's weights: safetensors of float16, and their SHA-256 beside them."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import torch
from safetensors.torch import save

from training.model import TrainedReader


def export(model: TrainedReader, folder: Path) -> None:
    """Write `reader.safetensors` and `reader.json` into the folder.

    The JSON names the adapters' shape and the weights' hash.
    """
    tensors = {name: value.to(torch.float16).contiguous() for name, value in model.learnt().items()}
    content = save(tensors)
    (folder / "reader.safetensors").write_bytes(content)
    about = {
        "rank": model.shape.rank,
        "first_layer": model.shape.first_layer,
        "scale": model.shape.scale,
        "sha256": hashlib.sha256(content).hexdigest(),
    }
    (folder / "reader.json").write_text(json.dumps(about, indent=1) + "\n", encoding="utf-8")
