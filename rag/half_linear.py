"""An encoder whose linear layers compute in bfloat16: quicker for a single question.

For so few tokens a layer mostly waits for its weights, which are half as many bytes then. Norms, softmax
and what is added up stay in float32; the vectors' cosine to those of the whole encoder is above .9999.
Knows torch modules only.
"""

from __future__ import annotations

import copy

import torch
from torch import nn

_NATIVE = ("avx512_bf16", "amx_bf16", "avx10_2", "bf16")


def computes_half(model: nn.Module) -> bool:
    """Whether this machine computes bfloat16 itself, and the encoder is a float32 one on it."""
    weights = next(model.parameters())
    capabilities = torch.cpu.get_capabilities()
    native = any(capabilities.get(name) for name in _NATIVE)
    return native and weights.device.type == "cpu" and weights.dtype == torch.float32


def with_half_linears(model: nn.Module, *shared: object) -> nn.Module:
    """A copy for reading only with linear layers of its own; other weights, and `shared`, are the model's."""
    kept = [*model.parameters(), *model.buffers(), *shared]
    made = copy.deepcopy(model, {id(one): one for one in kept})
    _replace_linears(made)
    return made.eval()


def _replace_linears(module: nn.Module) -> None:
    for name, child in module.named_children():
        if type(child) is nn.Linear:
            setattr(module, name, _HalfLinear(child))
        else:
            _replace_linears(child)


class _HalfLinear(nn.Module):
    def __init__(self, linear: nn.Linear) -> None:
        super().__init__()
        self.register_buffer("weight", linear.weight.detach().bfloat16())
        bias = None if linear.bias is None else linear.bias.detach().bfloat16()
        self.register_buffer("bias", bias)

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        return nn.functional.linear(values.bfloat16(), self.weight, self.bias).float()
