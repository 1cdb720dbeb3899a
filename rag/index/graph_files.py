"""The files of Chroma's graph, hnswlib's: the memory that they were made from isn't kept in them.

Chroma 1.5 makes a graph's files at its first vector, with room for a hundred: what is written of that room is
what stood in the process's memory before, such as the text of an article that was removed since or that is
under embargo. At the first thousand vectors the graph itself is written, with no room to spare.
"""

from __future__ import annotations

import struct
from contextlib import suppress
from pathlib import Path

_HEADER = "header.bin"
_ROOM = ("data_level0.bin", "length.bin")
# hnswlib's header: a version (int32), then as uint64 an offset, the places there are, and those in use.
_IN_USE = struct.Struct("<4xQQQ")
_PIECE = 1 << 20  # bytes


def clear_unused(folder: Path) -> None:
    """Put zeros in the room of each graph in Chroma's `folder` of which no place is written yet.

    Nobody may write to the folder meanwhile. Raises OSError.
    """
    for header in folder.glob(f"*/{_HEADER}"):
        head = header.read_bytes()
        if len(head) >= _IN_USE.size and _IN_USE.unpack_from(head)[2] == 0:
            for name in _ROOM:
                _clear(header.with_name(name))


def _clear(file: Path) -> None:
    """Put zeros in one file; what isn't there is for Chroma to tell."""
    with suppress(FileNotFoundError), file.open("rb") as written, file.open("r+b") as cleared:
        while piece := written.read(_PIECE):
            if any(piece):
                cleared.seek(written.tell() - len(piece))
                cleared.write(bytes(len(piece)))
