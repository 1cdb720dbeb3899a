"""The reader's own weights (adapters and heads), checked, and laid upon the bundled encoder's.

A folder holds `reader.safetensors` and `reader.json`, as `training/export.py` writes them. Knows no text.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from rag.errors import ConfigError, ModelError
from rag.models.bert_encoder import MAPS, layer_tensors, mapped_weights, token_embeddings

BUNDLED = Path(__file__).with_name("data")
_LAYERS, _WIDTH = 12, 384
_WEIGHTS, _ABOUT = "reader.safetensors", "reader.json"


class _About(BaseModel):
    """`reader.json`: the adapters' scale, the weights' hash, and how logits become probabilities."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    rank: Annotated[int, Field(ge=1, le=_WIDTH)]
    first_layer: Annotated[int, Field(ge=0, lt=_LAYERS)]
    scale: Annotated[float, Field(gt=0, le=100)]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    # A logit is divided by the temperature after the bias is added.
    answerable_bias: float = 0.0
    answerable_temperature: Annotated[float, Field(gt=0)] = 1.0
    sentence_bias: float = 0.0
    sentence_temperature: Annotated[float, Field(gt=0)] = 1.0


@dataclass(frozen=True, slots=True)
class ReaderWeights:
    """What the graph is given.

    `tensors` by name, those of maps (inputs, outputs); `words` (vocabulary, width) and `places` (positions,
    width) are what a token's first vector is made of.
    """

    tensors: dict[str, np.ndarray]
    words: np.ndarray
    places: np.ndarray
    about: _About


def load_weights(folder: Path, encoder: Path) -> ReaderWeights:
    """Load the weights in `folder` for the encoder in the folder `encoder`.

    Raises:
        ModelError: The bundled ones are missing or damaged.
        ConfigError: `folder` isn't the bundled one, and holds no such weights, or damaged ones.
    """
    about, learnt = _checked(folder)
    base = mapped_weights(encoder / "model.safetensors")
    try:
        tensors = layer_tensors(base, _LAYERS)
        for number in range(_LAYERS):
            tensors |= _laid_upon(tensors, learnt, number, about)
        for head in ("tokens", "hidden", "answerable"):
            tensors[f"{head}.weight"] = np.ascontiguousarray(learnt[f"{head}.weight"].T)
            tensors[f"{head}.bias"] = learnt[f"{head}.bias"]
        for kind in ("weight", "bias"):
            tensors[f"norm.{kind}"] = learnt[f"norm.{kind}"]
    except (KeyError, ValueError) as error:  # a map is missing or has another shape
        raise _damaged(folder) from error
    return ReaderWeights(tensors, *token_embeddings(base), about)


def _checked(folder: Path) -> tuple[_About, dict[str, np.ndarray]]:
    from safetensors import SafetensorError
    from safetensors.numpy import load

    try:
        about = _About.model_validate(json.loads((folder / _ABOUT).read_text(encoding="utf-8")))
        content = (folder / _WEIGHTS).read_bytes()
        if hashlib.sha256(content).hexdigest() != about.sha256:
            raise ValueError("another hash")
        learnt = {name: value.astype(np.float32) for name, value in load(content).items()}
    except OSError as error:
        raise _missing(folder) from error
    except (ValueError, ValidationError, SafetensorError) as error:
        raise _damaged(folder) from error
    return about, learnt


def _laid_upon(
    tensors: dict[str, np.ndarray], learnt: dict[str, np.ndarray], number: int, about: _About
) -> dict[str, np.ndarray]:
    """Return a layer's maps as the reader's graph has them: adapted, and (inputs, outputs)."""
    ours, made = f"layer.{number}", {}
    for part in MAPS:
        weight = tensors[f"{ours}.{part}.weight"]
        if number >= about.first_layer:
            up, down = (learnt[f"layers.{number}.{part}.{side}"] for side in ("up", "down"))
            weight = weight + np.float32(about.scale) * (up @ down)
        made[f"{ours}.{part}.weight"] = np.ascontiguousarray(weight.T)
    biases = [tensors.pop(f"{ours}.{part}.bias") for part in ("query", "key", "value")]
    return made | {f"{ours}.attention.bias": np.concatenate(biases)}


def _missing(folder: Path) -> ModelError | ConfigError:
    if folder == BUNDLED:
        return ModelError(
            "The reader's weights are missing; install Sourcier again, or set reader.model to none.",
            "Les poids du lecteur manquent ; réinstallez Sourcier, ou mettez reader.model à none.",
        )
    return ConfigError(
        f"reader.model: {folder} holds no {_WEIGHTS} with its {_ABOUT}.",
        f"reader.model : {folder} ne contient pas {_WEIGHTS} avec son {_ABOUT}.",
    )


def _damaged(folder: Path) -> ModelError | ConfigError:
    if folder == BUNDLED:
        return ModelError(
            "The reader's weights are damaged; install Sourcier again, or set reader.model to none.",
            "Les poids du lecteur sont endommagés ; réinstallez Sourcier, ou mettez reader.model à none.",
        )
    return ConfigError(
        f"reader.model: the weights in {folder} are damaged or not a reader's.",
        f"reader.model : les poids dans {folder} sont endommagés ou ne sont pas ceux d'un lecteur.",
    )
