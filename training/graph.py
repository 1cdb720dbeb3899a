"""Writes the graphs of the encoder and of the reader: operations whose weights are given at run time.

`python -m training.graph encoder|reader FILE` needs the package `onnx`, which nothing else does; `--size`
(layers, width, inner width, heads) is for encoders of tests. Knows the architecture that `training/model.py`
has.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

import onnx
from onnx import TensorProto, helper

from training.model import HEADS, INNER, LAYERS, WIDTH

_EPSILON = 1e-12
_NORM_EPSILON = 1e-5
_HIDDEN = 256
_FLOAT, _INTEGER = TensorProto.FLOAT, TensorProto.INT64


@dataclass(frozen=True)
class Size:
    """Of an encoder."""

    layers: int = LAYERS
    width: int = WIDTH
    inner: int = INNER
    heads: int = HEADS


class _Graph:
    """Nodes and the names of weights, as they are added."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.weights: list[onnx.TensorProto] = []
        self._number = 0

    def add(
        self, kind: str, *inputs: str, out: str | None = None, domain: str = "", **attributes: object
    ) -> str:
        """Add an operation, and return its output's name."""
        self._number += 1
        out = out or f"v{self._number}"
        self.nodes.append(helper.make_node(kind, list(inputs), [out], domain=domain, **attributes))
        return out

    def weight(self, name: str, *shape: int) -> str:
        """Declare a weight that is given at run time."""
        tensor = TensorProto(name=name, data_type=_FLOAT, dims=shape, data_location=TensorProto.EXTERNAL)
        size = 4
        for length in shape:
            size *= length
        for key, value in (("location", "given"), ("offset", "0"), ("length", str(size))):
            tensor.external_data.add(key=key, value=value)
        self.weights.append(tensor)
        return name

    def constant(self, *values: int) -> str:
        """Add whole numbers."""
        return self.add("Constant", value=helper.make_tensor("", _INTEGER, [len(values)], values))

    def real(self, value: float) -> str:
        """Add a number."""
        return self.add("Constant", value=helper.make_tensor("", _FLOAT, [], [value]))

    def linear(self, states: str, name: str, inputs: int, outputs: int) -> str:
        """Multiply by a weight (inputs, outputs), and add its bias."""
        product = self.add("MatMul", states, self.weight(f"{name}.weight", inputs, outputs))
        return self.add("Add", product, self.weight(f"{name}.bias", outputs))

    def mapped(self, states: str, name: str, inputs: int, outputs: int) -> str:
        """Multiply rows by a weight (outputs, inputs), and add its bias."""
        weight, bias = self.weight(f"{name}.weight", outputs, inputs), self.weight(f"{name}.bias", outputs)
        return self.add("Gemm", states, weight, bias, transB=1)

    def norm(self, states: str, name: str, epsilon: float, width: int = WIDTH) -> str:
        """Norm each token's vector."""
        scale, bias = self.weight(f"{name}.weight", width), self.weight(f"{name}.bias", width)
        return self.add("LayerNormalization", states, scale, bias, axis=-1, epsilon=epsilon)


def encoder(size: Size) -> onnx.ModelProto:
    """Return the encoder's graph: a text's embedded tokens in, their vectors of the last layer out.

    Weights are as a transformers folder has them, (outputs, inputs): they are given without being copied.
    """
    g, width = _Graph(), size.width
    first = g.constant(0)
    states = g.norm("embedded", "embeddings", _EPSILON, width)
    for number in range(size.layers):
        name = f"layer.{number}"
        parts = [
            g.add("Unsqueeze", g.mapped(states, f"{name}.{part}", width, width), first)
            for part in ("query", "key", "value")
        ]
        attended = g.add("MultiHeadAttention", *parts, num_heads=size.heads, domain="com.microsoft")
        attended = g.mapped(g.add("Squeeze", attended, first), f"{name}.out", width, width)
        states = g.norm(g.add("Add", states, attended), f"{name}.attention_norm", _EPSILON, width)
        inner = g.add("Gelu", g.mapped(states, f"{name}.inner", width, size.inner))
        outer = g.mapped(inner, f"{name}.outer", size.inner, width)
        states = g.norm(g.add("Add", states, outer), f"{name}.output_norm", _EPSILON, width)
    g.add("Identity", states, out="states")
    given, made = (
        helper.make_tensor_value_info(name, _FLOAT, ["tokens", width]) for name in ("embedded", "states")
    )
    return _model("encoder", g, [given], [made])


def reader() -> onnx.ModelProto:
    """Return the reader's graph: embedded tokens and masks in, logits of tokens and of the pairs out."""
    g = _Graph()
    _heads(g, _encoded(g))
    given = [
        helper.make_tensor_value_info("embedded", _FLOAT, ["pairs", "tokens", WIDTH]),
        helper.make_tensor_value_info("mask", _FLOAT, ["pairs", "tokens"]),
        helper.make_tensor_value_info("passage", _FLOAT, ["pairs", "tokens"]),
        helper.make_tensor_value_info("lengths", TensorProto.INT32, ["pairs"]),
    ]
    made = [
        helper.make_tensor_value_info("tokens", _FLOAT, ["pairs", "tokens", 3]),
        helper.make_tensor_value_info("answerable", _FLOAT, ["pairs", 1]),
    ]
    return _model("reader", g, given, made)


def _model(
    name: str, g: _Graph, given: list[onnx.ValueInfoProto], out: list[onnx.ValueInfoProto]
) -> onnx.ModelProto:
    made = helper.make_graph(g.nodes, name, given, out, g.weights)
    opsets = [helper.make_opsetid("", 20), helper.make_opsetid("com.microsoft", 1)]
    return helper.make_model(made, opset_imports=opsets, ir_version=9, producer_name="sourcier")


def _encoded(g: _Graph) -> str:
    """Add the reader's encoder: texts are padded to the longest, their lengths are given."""
    states = g.norm("embedded", "embeddings", _EPSILON)
    for number in range(LAYERS):
        states = _layer(g, states, f"layer.{number}")
    return states


def _layer(g: _Graph, states: str, name: str) -> str:
    parts = [
        g.add("MatMul", states, g.weight(f"{name}.{part}.weight", WIDTH, WIDTH))
        for part in ("query", "key", "value")
    ]
    bias = g.weight(f"{name}.attention.bias", 3 * WIDTH)
    attended = g.add("MultiHeadAttention", *parts, bias, "lengths", num_heads=HEADS, domain="com.microsoft")
    attended = g.linear(attended, f"{name}.out", WIDTH, WIDTH)
    states = g.norm(g.add("Add", states, attended), f"{name}.attention_norm", _EPSILON)
    inner = g.add("Gelu", g.linear(states, f"{name}.inner", WIDTH, INNER))
    return g.norm(
        g.add("Add", states, g.linear(inner, f"{name}.outer", INNER, WIDTH)), f"{name}.output_norm", _EPSILON
    )


def _heads(g: _Graph, states: str) -> None:
    last, second = g.constant(-1), g.constant(1)
    real = g.add("Unsqueeze", "mask", last)
    states = g.add("Sub", states, _mean(g, states, real, keepdims=1))
    states = g.norm(states, "norm", _NORM_EPSILON)
    tokens = g.add("Identity", g.linear(states, "tokens", WIDTH, 3), out="tokens")
    sentence = g.add(
        "Gather", tokens, g.add("Constant", value=helper.make_tensor("", _INTEGER, [], [2])), axis=2
    )
    passage = g.add("Unsqueeze", "passage", last)
    hidden = g.add("Mul", g.add("Sub", "passage", g.real(1.0)), g.real(30_000.0))
    weight = g.add("Unsqueeze", g.add("Softmax", g.add("Add", sentence, hidden), axis=-1), last)
    pooled = g.add("ReduceSum", g.add("Mul", states, weight), second, keepdims=0)
    question = _mean(g, states, g.add("Sub", real, passage), keepdims=0)
    first = g.add(
        "Gather", states, g.add("Constant", value=helper.make_tensor("", _INTEGER, [], [0])), axis=1
    )
    features = g.add("Concat", first, pooled, question, axis=-1)
    inner = g.add("Gelu", g.linear(features, "hidden", 3 * WIDTH, _HIDDEN))
    g.add("Identity", g.linear(inner, "answerable", _HIDDEN, 1), out="answerable")


def _mean(g: _Graph, states: str, chosen: str, keepdims: int) -> str:
    axis = g.constant(1)
    total = g.add("ReduceSum", g.add("Mul", states, chosen), axis, keepdims=keepdims)
    return g.add("Div", total, g.add("ReduceSum", chosen, axis, keepdims=keepdims))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("which", choices=["encoder", "reader"])
    parser.add_argument("file", type=Path)
    parser.add_argument("--size", type=int, nargs=4, default=(LAYERS, WIDTH, INNER, HEADS))
    options = parser.parse_args()
    graph = encoder(Size(*options.size)) if options.which == "encoder" else reader()
    options.file.write_bytes(graph.SerializeToString())
