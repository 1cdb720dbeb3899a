"""What is kept of a passage so that a question can be held against each of its words.

A passage is read by the encoder in blocks of a few sentences, once, when it is indexed. Kept are the blocks'
vectors, the vectors of the words that carry meaning (one bit a dimension), and the terms. From these a
question's words find their best match among the passage's words: late interaction, after Khattab and
Zaharia, "ColBERT" (2020), on the encoder's own token vectors; signs of residuals, as in "ColBERTv2" (2022).
Pure numpy; knows no model, file or index.
"""

from __future__ import annotations

import math
import struct
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

# The first number of a packed sketch: a different layout has another.
FORMAT = 1
_HEADER = struct.Struct("<8I")
_SUM = struct.Struct("<I")  # behind the rest: what an earlier version packed has none
PREFIX_LETTERS = 5
_NO_LENGTH = 1e-4


@dataclass(frozen=True, slots=True)
class PassageVectors:
    """One passage. b blocks, s sentences, w words, each in the order of the text.

    `blocks`: unit vectors (b, dimension) float32. `block_of`: each sentence's block (s,). `centres`: mean of
    each block's word vectors (b, hidden). A word's unit vector is `scales · sign + inverses · centre`:
    `signs` holds the bits (w, hidden / 8), `scales` and `inverses` (w,) float32; `word_sentences` its
    sentence (w,), -1 for the words in front of the text; `word_blocks` its block. `stems` are hashed terms
    (m,) uint32 in order, `prefixes` hashed beginnings of words (p,) uint16.
    """

    blocks: np.ndarray
    block_of: np.ndarray
    centres: np.ndarray
    signs: np.ndarray
    scales: np.ndarray
    inverses: np.ndarray
    word_sentences: np.ndarray
    word_blocks: np.ndarray
    stems: np.ndarray
    prefixes: np.ndarray


@dataclass(frozen=True, slots=True)
class BlockWords:
    """The words of one block: vectors (w, hidden) in any length, and the sentence of each (-1: none)."""

    vectors: np.ndarray
    sentences: Sequence[int]


def make(
    blocks: np.ndarray,
    block_of: Sequence[int],
    words: Sequence[BlockWords],
    stems: Iterable[str],
    prefixes: Iterable[str],
) -> PassageVectors:
    """Return the token vectors of a passage; those of words lose all but their signs.

    Args:
        blocks: One vector for each block of sentences.
        block_of: The block of each word.
        words: The vectors of words.
        stems: The hash of each word's stem.
        prefixes: The hash of each word's first letters.
    """
    parts = [_signed(part.vectors) for part in words]
    return PassageVectors(
        blocks.astype(np.float32),
        np.asarray(block_of, dtype=np.uint16),
        np.stack([part[0] for part in parts]),
        np.concatenate([part[1] for part in parts]),
        np.concatenate([part[2] for part in parts]),
        np.concatenate([part[3] for part in parts]),
        np.concatenate([np.asarray(part.sentences, dtype=np.int16) for part in words]),
        np.repeat(np.arange(len(words), dtype=np.uint16), [len(part.sentences) for part in words]),
        np.array([term_hash(stem) for stem in stems], dtype=np.uint32),
        np.unique(np.array([prefix_hash(word) for word in prefixes], dtype=np.uint16)),
    )


def term_hash(term: str) -> int:
    """Return a 64-bit hash of a term, the same in every process."""
    return zlib.crc32(term.encode())


def prefix_hash(word: str) -> int:
    """Return a key of a word's first letters: `électoral` and `électeurs` begin alike, their stems don't."""
    return zlib.crc32(word[:PREFIX_LETTERS].encode()) & 0xFFFF


def unit(vectors: np.ndarray) -> np.ndarray:
    """Rows at length 1; rows of zeros stay."""
    return vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-9)


def _signed(vectors: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Centre, signs, scales and inverses of one block's words."""
    vectors = unit(vectors.astype(np.float32))
    centre = vectors.mean(axis=0) if len(vectors) else np.zeros(vectors.shape[1], dtype=np.float32)
    rest = vectors - centre
    scale = np.abs(rest).mean(axis=1)
    rebuilt = centre + scale[:, np.newaxis] * np.where(rest > 0, 1.0, -1.0)
    length = np.linalg.norm(rebuilt, axis=1)
    # A word without a direction, as a text without tokens has it, stays zeros: its inverse has no float16.
    inverse = np.where(length > _NO_LENGTH, 1.0 / np.maximum(length, _NO_LENGTH), 0.0)
    return (
        centre.astype(np.float32),
        np.packbits(rest > 0, axis=1),
        (scale * inverse).astype(np.float32),
        inverse.astype(np.float32),
    )


def pack(sketch: PassageVectors) -> bytes:
    """Return the sketch as bytes; block vectors at a byte a dimension, numbers at two bytes."""
    counts = (
        FORMAT,
        sketch.blocks.shape[1],
        sketch.centres.shape[1],
        len(sketch.blocks),
        len(sketch.block_of),
        len(sketch.scales),
        len(sketch.stems),
        len(sketch.prefixes),
    )
    arrays = (
        np.round(sketch.blocks * 127 / _peaks(sketch.blocks)).astype(np.int8),
        _peaks(sketch.blocks).astype(np.float16),
        sketch.block_of.astype(np.uint16),
        sketch.centres.astype(np.float16),
        sketch.signs,
        sketch.scales.astype(np.float16),
        sketch.inverses.astype(np.float16),
        sketch.word_sentences.astype(np.int16),
        sketch.word_blocks.astype(np.uint16),
        sketch.stems,
        sketch.prefixes,
    )
    parts = (np.ascontiguousarray(array).tobytes() for array in arrays)
    packed = b"".join([_HEADER.pack(*counts), *parts])
    return packed + _sum(packed)


def _sum(packed: bytes) -> bytes:
    return _SUM.pack(zlib.crc32(packed))


def _peaks(blocks: np.ndarray) -> np.ndarray:
    return np.maximum(np.abs(blocks).max(axis=1, keepdims=True), 1e-9)


def unpack(data: bytes) -> PassageVectors:
    """Return the sketch that `pack` made.

    Raises:
        ValueError: For bytes of another layout, or damaged ones.
    """
    if len(data) < _HEADER.size:
        raise ValueError(f"a sketch of {len(data)} bytes")
    found, dimension, hidden, blocks, sentences, words, stems, prefixes = _HEADER.unpack_from(data)
    if found != FORMAT:
        raise ValueError(f"a sketch of layout {found}, this version reads {FORMAT}")
    whole = _size(dimension, hidden, blocks, sentences, words, stems, prefixes)
    # What an earlier version packed has no checksum behind it.
    if len(data) not in (whole, whole + _SUM.size) or data[whole:] not in (b"", _sum(data[:whole])):
        raise ValueError("a damaged sketch")
    reader = _Unpacker(data)
    levels = reader.take(np.int8, blocks, dimension)
    vectors = levels * (reader.take(np.float16, blocks, 1).astype(np.float32) / 127)
    return PassageVectors(
        unit(vectors),
        reader.take(np.uint16, sentences),
        reader.take(np.float16, blocks, hidden).astype(np.float32),
        reader.take(np.uint8, words, (hidden + 7) // 8),
        reader.take(np.float16, words).astype(np.float32),
        reader.take(np.float16, words).astype(np.float32),
        reader.take(np.int16, words),
        reader.take(np.uint16, words),
        reader.take(np.uint32, stems),
        reader.take(np.uint16, prefixes),
    )


def _size(
    dimension: int, hidden: int, blocks: int, sentences: int, words: int, stems: int, prefixes: int
) -> int:
    """Return how many bytes a sketch has that counts so much of each."""
    of_blocks = blocks * (dimension + 2 + 2 * hidden)
    of_words = words * ((hidden + 7) // 8 + 2 + 2 + 2 + 2)
    return _HEADER.size + of_blocks + 2 * sentences + of_words + 4 * stems + 2 * prefixes


class _Unpacker:
    """Takes arrays out of bytes, one after the other."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = _HEADER.size

    def take(self, kind: type, *shape: int) -> np.ndarray:
        count = math.prod(shape)
        array = np.frombuffer(self._data, dtype=kind, count=count, offset=self._at).reshape(shape)
        self._at += array.nbytes
        return array
