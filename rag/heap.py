"""How this process asks the system for memory, where that is for it to say: Linux with the GNU C library.

Knows mallopt(3) and what the libraries do with memory; nothing of articles.
"""

from __future__ import annotations

import ctypes
import os
import sys

_M_MMAP_THRESHOLD = -3
_M_ARENA_MAX = -8
_LARGE = 64 * 1024  # bytes
# What PyTorch and oneDNN keep for each shape of batch that was read. Of 1,024, as they would have it, several
# hundred megabytes come together, and hardly one is used again: texts have all lengths.
_SHAPES = "8"


def keep_small() -> None:
    """Have the encoder keep little for later. Its libraries ask when they are loaded: call it before.

    glibc would let each thread keep what it has freed, which is 100 MB and more of an encoder's pieces.
    """
    for name in ("LRU_CACHE_CAPACITY", "ONEDNN_PRIMITIVE_CACHE_CAPACITY"):
        os.environ.setdefault(name, _SHAPES)
    _mallopt(_M_ARENA_MAX, 1)


def take_large_pieces_fresh() -> None:
    """From now on large pieces of memory come from the system, which hands them out as zeros.

    A vector index is written to disk with the room that it has left, as it was in memory: without this,
    whatever had been there before, such as an article's text.
    """
    _mallopt(_M_MMAP_THRESHOLD, _LARGE)


def _mallopt(parameter: int, value: int) -> None:
    found = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if found is not None:
        found(parameter, value)
