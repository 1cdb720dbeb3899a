"""An encoder of a few kilobytes in the layout of `e5-small-q4.bin`, and a package that carries it."""

from __future__ import annotations

import hashlib
import struct
from dataclasses import replace
from itertools import accumulate
from pathlib import Path

import numpy as np

from rag.models.bundled import EMBEDDING_MODEL, BundledModel

# `python -m training.graph encoder FILE --size 1 8 16 2`
GRAPH = Path(__file__).parents[1] / "data" / "tiny_encoder.onnx"
HIDDEN, LAYERS, HEADS, INNER, POSITIONS = 8, 1, 2, 16, 64
PIECES = (
    "<s>",
    "<pad>",
    "</s>",
    "<unk>",
    "▁",
    *"abcdefghijklmnopqrstuvwxyzé:.?",
    "▁le",
    "▁la",
    "▁pont",
    "▁query",
)


def encoder(seed: int) -> bytes:
    """The bytes of such an encoder; each seed gives another one of the same size."""
    made = np.random.default_rng(seed)
    shapes = {
        "emb.word": (len(PIECES), HIDDEN),
        "emb.pos": (POSITIONS, HIDDEN),
        "emb.type": (2, HIDDEN),
        "emb.ln.w": (HIDDEN,),
        "emb.ln.b": (HIDDEN,),
    }
    for part in ("q", "k", "v", "ao"):
        shapes |= {f"l0.{part}.w": (HIDDEN, HIDDEN), f"l0.{part}.b": (HIDDEN,)}
    shapes |= {
        "l0.fi.w": (INNER, HIDDEN),
        "l0.fi.b": (INNER,),
        "l0.fo.w": (HIDDEN, INNER),
        "l0.fo.b": (HIDDEN,),
    }
    for part in ("aln", "oln"):
        shapes |= {f"l0.{part}.w": (HIDDEN,), f"l0.{part}.b": (HIDDEN,)}
    tensors = {name: made.normal(size=shape).astype("<f4").tobytes() for name, shape in shapes.items()}
    raw = [piece.encode() for piece in PIECES]
    text = b"".join(raw)
    head = b"E5S1" + struct.pack(
        "<I7ifi", 1, HIDDEN, LAYERS, HEADS, INNER, len(PIECES), POSITIONS, 2, 1e-12, 32
    )
    head += struct.pack("<5iQ", len(PIECES), 0, 2, 1, 3, len(text))
    head += np.array([0, *accumulate(map(len, raw))], dtype="<u4").tobytes()
    head += np.array([-float(10 - len(piece)) for piece in PIECES], dtype="<f4").tobytes() + text
    head += struct.pack("<iI", 0, 0) + struct.pack("<i", len(tensors))
    size = len(head) + sum(2 + len(name) + struct.calcsize("<BIQQ") for name in tensors)
    for name, values in tensors.items():
        head += struct.pack("<H", len(name)) + name.encode()
        head += struct.pack("<BIQQ", 0, len(values) // 4, size, len(values))
        size += len(values)
    return head + b"".join(tensors.values())


def model_of(content: bytes) -> BundledModel:
    """The bundled encoder, as if its package carried this."""
    sha256 = hashlib.sha256(content).hexdigest()
    return replace(EMBEDDING_MODEL, size=len(content), sha256=sha256)


def package_in(site: Path, content: bytes) -> None:
    """Install the encoder's package in a folder, with this in it."""
    (part,) = EMBEDDING_MODEL.parts
    file = site / part.member
    file.parent.mkdir(parents=True)
    file.write_bytes(content)
    information = site / f"{part.package}-{part.version}.dist-info"
    information.mkdir()
    (information / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {part.package}\nVersion: {part.version}\n"
    )
    (information / "RECORD").write_text(f"{part.member},,\n")
