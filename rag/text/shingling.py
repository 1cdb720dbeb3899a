"""Which articles are reprints of one another, by the runs of words that they share.

Pure. A reprint has another headline, a lead of its own, small edits, or its end cut off: so what counts is
how much of the shorter text is in the longer one. A sketch, a small sample of a text's shingles that is
taken in the same way from every text, finds the few articles worth comparing. Knows no storage.
"""

from __future__ import annotations

from collections.abc import Set
from hashlib import blake2b

from rag.text.normalization import words

# Part of what is stored with a sketch: sketches made in another way say nothing about these.
VERSION = 2
# Words in a shingle. An edited word spoils this many: with more, edits spoil all; with fewer, daily texts
# that fill in the same form (markets, weather) look alike.
_SHINGLE = 5
# One shingle in this many is in a sketch, in short texts more: at least (and at most) these numbers.
_SAMPLED, _LEAST, _MOST = 8, 48, 512
# Least share of the shorter text's shingles that the longer one has. Chosen on
# tests/support/reprint_texts.py.
CONTAINED = 0.4


def shingles(text: str) -> frozenset[int]:
    """Hashes (signed, 64 bits) of the runs of five words; of a shorter text, of all its words."""
    found = words(text)
    last = max(len(found) - _SHINGLE, 0)
    runs = {" ".join(found[i : i + _SHINGLE]) for i in range(last + 1)} if found else set()
    return frozenset(_hash(run) for run in runs)


def _hash(run: str) -> int:
    return int.from_bytes(blake2b(run.encode("utf-8"), digest_size=8).digest(), signed=True)


def sketch(found: Set[int]) -> tuple[int, ...]:
    """Return the least of these hashes, in order: two texts' sketches share what their texts share.

    Broder, "On the resemblance and containment of documents" (1997). A longer text has a larger sketch,
    so that one that was cut to its beginning is still found.
    """
    size = min(max(_LEAST, len(found) // _SAMPLED), _MOST)
    return tuple(sorted(found)[:size])


def contained(one: Set[int], other: Set[int]) -> float:
    """Share, in [0, 1], of the shorter text's shingles that the longer one has; 0 if one has none."""
    least = min(len(one), len(other))
    return len(one & other) / least if least else 0.0


def are_reprints(one: Set[int], other: Set[int]) -> bool:
    """Return whether one text is a reprint of the other, which way round doesn't matter."""
    return contained(one, other) >= CONTAINED
