"""How this process asks the system for memory, where that is for it to say: Linux with the GNU C library.

Knows mallopt(3) and what the libraries do with memory; nothing of articles.
"""

from __future__ import annotations

import ctypes
import os
import sys

_M_ARENA_MAX = -8
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


def _mallopt(parameter: int, value: int) -> None:
    found = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if found is not None:
        found(parameter, value)
