"""The reader while it is trained: adapters on the bundled encoder's upper layers, and heads.

Weights that are frozen are bfloat16; what is learnt is float32. Knows tokens; no texts and no files but the
encoder's.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional as F

from rag.models.bundled import embedding_folder

WIDTH, HEADS, LAYERS, INNER = 384, 12, 12, 1536
_SIZE = WIDTH // HEADS
_EPSILON = 1e-12
_HIDDEN = 256
_MASKED = -30_000.0


@dataclass(frozen=True, slots=True)
class Shape:
    """How the adapters are made: their rank, the first layer that has them, and what they are scaled by.

    With `whole` the layers' own weights are learnt instead, and made adapters of that rank at the end.
    `dropout` is the share of a layer's outputs that are left out while it learns.
    """

    rank: int = 32
    first_layer: int = 2
    scale: float = 2.0
    whole: bool = False
    dropout: float = 0.0


class _Adapted(nn.Module):
    """A frozen linear map with a low-rank one beside it, which is nothing at first."""

    def __init__(self, weight: Tensor, bias: Tensor, shape: Shape) -> None:
        super().__init__()
        self.register_buffer("weight", weight.to(torch.bfloat16), persistent=False)
        self.register_buffer("bias", bias.to(torch.bfloat16), persistent=False)
        outputs, inputs = weight.shape
        self.down = nn.Parameter(torch.randn(shape.rank, inputs) / math.sqrt(inputs))
        self.up = nn.Parameter(torch.zeros(outputs, shape.rank))
        self._scale = shape.scale

    def forward(self, states: Tensor) -> Tensor:
        low = F.linear(states, self.down.to(states.dtype))
        return F.linear(states, self.weight, self.bias) + F.linear(
            low, (self.up * self._scale).to(states.dtype)
        )


class _Whole(nn.Module):
    """A linear map all of whose weights are learnt; `began` is what they were in the encoder."""

    def __init__(self, weight: Tensor, bias: Tensor) -> None:
        super().__init__()
        self.began = weight
        self.weight = nn.Parameter(weight.clone())
        self.register_buffer("bias", bias.to(torch.bfloat16), persistent=False)

    def forward(self, states: Tensor) -> Tensor:
        return F.linear(states, self.weight.to(states.dtype), self.bias)


class _Frozen(nn.Module):
    """A linear map that isn't learnt."""

    def __init__(self, weight: Tensor, bias: Tensor) -> None:
        super().__init__()
        self.register_buffer("weight", weight.to(torch.bfloat16), persistent=False)
        self.register_buffer("bias", bias.to(torch.bfloat16), persistent=False)

    def forward(self, states: Tensor) -> Tensor:
        return F.linear(states, self.weight, self.bias)


class _Layer(nn.Module):
    """A layer of BERT on (batch * length, width) states."""

    def __init__(self, weights: dict[str, Tensor], number: int, shape: Shape) -> None:
        super().__init__()
        name = f"encoder.layer.{number}"

        def linear(part: str) -> nn.Module:
            weight, bias = weights[f"{name}.{part}.weight"], weights[f"{name}.{part}.bias"]
            if number < shape.first_layer:
                return _Frozen(weight, bias)
            return _Whole(weight, bias) if shape.whole else _Adapted(weight, bias, shape)

        self._dropout = shape.dropout if number >= shape.first_layer else 0.0

        self.query, self.key, self.value = (
            linear(f"attention.self.{part}") for part in ("query", "key", "value")
        )
        self.out = linear("attention.output.dense")
        self.inner = linear("intermediate.dense")
        self.outer = linear("output.dense")
        for part, norm in (("attention.output", "attention_norm"), ("output", "output_norm")):
            for kind in ("weight", "bias"):
                value = weights[f"{name}.{part}.LayerNorm.{kind}"].to(torch.bfloat16)
                self.register_buffer(f"{norm}_{kind}", value, persistent=False)

    def forward(self, states: Tensor, mask: Tensor, batch: int, length: int) -> Tensor:
        heads = (
            part(states)
            .view(batch, length, HEADS, _SIZE)
            .transpose(1, 2)
            .reshape(batch * HEADS, length, _SIZE)
            for part in (self.query, self.key, self.value)
        )
        query, key, value = heads
        # PyTorch's fused attention has a backward pass several times slower than this, in bfloat16 on a CPU.
        scores = torch.baddbmm(mask, query, key.transpose(1, 2), alpha=_SIZE**-0.5)
        attended = torch.bmm(torch.softmax(scores, dim=-1), value)
        attended = attended.view(batch, HEADS, length, _SIZE).transpose(1, 2).reshape(batch * length, WIDTH)
        states = self._normed(states + self._thinned(self.out(attended)), "attention_norm")
        return self._normed(states + self._thinned(self.outer(F.gelu(self.inner(states)))), "output_norm")

    def _thinned(self, states: Tensor) -> Tensor:
        if not self._dropout or not self.training:
            return states
        return F.dropout(states, self._dropout)

    def _normed(self, states: Tensor, name: str) -> Tensor:
        weight, bias = getattr(self, f"{name}_weight"), getattr(self, f"{name}_bias")
        return F.layer_norm(states, (WIDTH,), weight, bias, _EPSILON)


@dataclass(frozen=True, slots=True)
class Scores:
    """Of a batch of pairs: logits of each token (batch, length) and of the pair's being answered (batch,)."""

    start: Tensor
    end: Tensor
    sentence: Tensor
    answerable: Tensor


class TrainedReader(nn.Module):
    """Encoder, adapters and heads. Only adapters and heads are parameters."""

    def __init__(self, shape: Shape, folder: Path | None = None) -> None:
        super().__init__()
        weights = load_file((folder or embedding_folder()) / "model.safetensors")
        self.shape = shape
        self._words = weights["embeddings.word_embeddings.weight"]
        self._places = (
            weights["embeddings.position_embeddings.weight"]
            + weights["embeddings.token_type_embeddings.weight"][0]
        )
        self._opening = (weights["embeddings.LayerNorm.weight"], weights["embeddings.LayerNorm.bias"])
        self.layers = nn.ModuleList(_Layer(weights, number, shape) for number in range(LAYERS))
        self.norm = nn.LayerNorm(WIDTH)
        self.tokens = nn.Linear(WIDTH, 3)
        self.hidden = nn.Linear(3 * WIDTH, _HIDDEN)
        self.answerable = nn.Linear(_HIDDEN, 1)
        nn.init.normal_(self.tokens.weight, std=0.02)

    def forward(self, ids: Tensor, mask: Tensor, passage: Tensor) -> Scores:
        """Read pairs.

        Args:
            ids: Tokens (batch, length) int64.
            mask: Which of them are no padding, bool.
            passage: Which of them are the passage's, bool.

        """
        batch, length = ids.shape
        states = F.embedding(ids, self._words) + self._places[:length]
        states = F.layer_norm(states, (WIDTH,), *self._opening, _EPSILON).to(torch.bfloat16).view(-1, WIDTH)
        hidden = torch.zeros(batch, 1, 1, length, dtype=torch.bfloat16).masked_fill(
            ~mask[:, None, None], _MASKED
        )
        hidden = hidden.expand(batch, HEADS, 1, length).reshape(batch * HEADS, 1, length)
        with torch.no_grad():
            for layer in self.layers[: self.shape.first_layer]:
                states = layer(states, hidden, batch, length)
        for layer in self.layers[self.shape.first_layer :]:
            states = layer(states, hidden, batch, length)
        return self._heads(states.view(batch, length, WIDTH).float(), mask, passage)

    def _heads(self, states: Tensor, mask: Tensor, passage: Tensor) -> Scores:
        real = mask.unsqueeze(-1).float()
        mean = (states * real).sum(1, keepdim=True) / real.sum(1, keepdim=True)
        # The encoder's tokens are nearly alike in the last layer: what they share is taken off.
        states = self.norm(states - mean)
        tokens = self.tokens(states)
        start, end, sentence = tokens.unbind(-1)
        weight = torch.softmax(sentence.masked_fill(~passage, _MASKED), dim=-1).unsqueeze(-1)
        asked = (mask & ~passage).unsqueeze(-1).float()
        question = (states * asked).sum(1) / asked.sum(1)
        pooled = torch.cat([states[:, 0], (weight * states).sum(1), question], dim=-1)
        answerable = self.answerable(F.gelu(self.hidden(pooled))).squeeze(-1)
        return Scores(start, end, sentence, answerable)

    def learnt(self) -> dict[str, Tensor]:
        """Return the adapters and heads by name; of whole weights the adapters nearest to what changed."""
        made = {}
        for name, value in self.named_parameters():
            part = name.removesuffix(".weight")
            module = self.get_submodule(part) if part != name else None
            if isinstance(module, _Whole):
                up, down = low_rank(value.detach() - module.began, self.shape.rank)
                made |= {f"{part}.up": up / self.shape.scale, f"{part}.down": down}
            else:
                made[name] = value.detach().clone()
        return made

    def take(self, learnt: dict[str, Tensor]) -> None:
        """Go on from adapters and heads, as `learnt` returns them."""
        given = {name: value.float() for name, value in learnt.items()}
        for name, module in self.named_modules():
            if isinstance(module, _Whole):
                up, down = given.pop(f"{name}.up"), given.pop(f"{name}.down")
                module.weight.data = module.began + self.shape.scale * (up @ down)
                given[f"{name}.weight"] = module.weight.data
        self.load_state_dict(given)

    def groups(self) -> tuple[list[nn.Parameter], list[nn.Parameter]]:
        """Return the adapters' parameters and the heads'."""
        named = list(self.named_parameters())
        return [p for n, p in named if n.startswith("layers.")], [
            p for n, p in named if not n.startswith("layers.")
        ]


def count(parameters: Iterator[nn.Parameter]) -> int:
    """Return how many numbers are learnt."""
    return sum(parameter.numel() for parameter in parameters if parameter.requires_grad)


def low_rank(change: Tensor, rank: int) -> tuple[Tensor, Tensor]:
    """Return the two maps of the rank whose product is nearest to the change (Eckart and Young, 1936)."""
    left, sizes, right = torch.linalg.svd(change, full_matrices=False)
    root = sizes[:rank].sqrt()
    return left[:, :rank] * root, root[:, None] * right[:rank]
