"""Making what was written survive a power cut. Knows files and folders, not what is in them.

A file system may keep a rename and lose the bytes of what was renamed, or keep a removal and lose the rename
that came before it, until each was flushed.
"""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


def flush(path: Path) -> None:
    """Bring a file's bytes, or a folder's entries, to the disk.

    Where folders can't be flushed (Windows, some network file systems), their entries are left to the system.
    """
    folder = path.is_dir()
    try:
        descriptor = os.open(path, os.O_RDONLY if folder else os.O_RDWR)
    except PermissionError:
        if folder:
            return
        raise
    try:
        os.fsync(descriptor)
    except OSError as error:
        if not folder or error.errno not in (errno.EINVAL, errno.ENOTSUP):
            raise
    finally:
        os.close(descriptor)


def flush_all(path: Path) -> None:
    """Bring a file, or a folder with everything in it, to the disk."""
    for inside in path.rglob("*"):
        flush(inside)
    flush(path)


@contextmanager
def replacing(file: Path) -> Iterator[BinaryIO]:
    """Give a file to write, which has the name `file` once all is written, and else never was.

    Only its owner can read it.
    """
    handle, beside = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")  # made with mode 0600
    try:
        with os.fdopen(handle, "wb") as new:
            yield new
            new.flush()
            os.fsync(new.fileno())
        Path(beside).replace(file)
        flush(file.parent)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise
