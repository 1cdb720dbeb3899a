"""A folder that a new one replaces whole or not at all, wherever a crash or a power cut stops it.

A new folder is built under another name. Renaming it once more says that it is complete; from then on,
whoever opens the folder first puts it in its place. Knows nothing of what is in it. Whoever opens or
replaces a folder must keep others out meanwhile; building needs no such care.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from rag.storage.durability import flush, flush_all
from rag.storage.permissions import make_folder


def _beside(folder: Path, state: str) -> Path:
    return folder.with_name(f"{folder.name}.{state}")


def fresh(folder: Path) -> Path:
    """Return an empty folder in which to build what is to replace `folder`."""
    discard(folder)
    new = _beside(folder, "new")
    make_folder(new)
    return new


def discard(folder: Path) -> None:
    """Forget what was built and never completed."""
    new = _beside(folder, "new")
    if new.exists():
        shutil.rmtree(new)


def complete(folder: Path) -> None:
    """Declare that what was built is whole, and on the disk.

    The next `settle` puts it in place of `folder`.
    """
    new = _beside(folder, "new")
    flush_all(new)
    new.rename(_beside(folder, "complete"))
    flush(folder.parent)


def settle(folder: Path) -> None:
    """Put in its place what is complete, if anything is."""
    ready = _beside(folder, "complete")
    if ready.exists():
        if folder.exists():
            # Whoever completed it may have been stopped just before: its name must outlive what goes now.
            flush(folder.parent)
            shutil.rmtree(folder)
        ready.rename(folder)
        flush(folder.parent)
