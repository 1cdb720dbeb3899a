"""One process at a time writes to a library; whoever comes second is told who has it."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from rag.errors import LibraryBusyError
from rag.storage.database import Place, place_of
from rag.storage.errors import translate_storage_errors
from rag.storage.permissions import make_file, make_folder, make_private

_SOMEBODY = ("another process", "un autre processus")


@contextmanager
def write_lock(place: Path | Place) -> Iterator[None]:
    """Hold the library in `folder` for writing.

    Raises:
        LibraryBusyError: Another process has it; the sentence names it.
    """
    folder = place_of(place).folder
    holder = folder / "writer.json"
    lock = FileLock(folder / "writer.lock", timeout=0, mode=0o600)
    try:
        with translate_storage_errors(folder):
            make_folder(folder)
            lock.acquire()
    except Timeout:
        who, qui = _holder(holder)
        raise LibraryBusyError(
            f"{folder}: {who} is writing to this library; wait until it has finished.",
            f"{folder} : {qui} écrit dans cette bibliothèque ; attendez qu'il ait fini.",
        ) from None
    try:
        with translate_storage_errors(folder):
            make_file(holder)
            holder.write_text(json.dumps({"pid": os.getpid(), "command": Path(sys.argv[0]).name}))
            yield
    finally:
        holder.unlink(missing_ok=True)
        make_private(folder)  # the indexes' own files are as open as the account's rule for new files
        lock.release()


def _holder(file: Path) -> tuple[str, str]:
    """Return who writes, in English and in French."""
    try:
        holder = json.loads(file.read_text())
        name = f"{holder['pid']} ({holder['command']})"
        if not _lives(int(holder["pid"])):  # it was killed, and who writes now hasn't said its name yet
            return _SOMEBODY
        return f"process {name}", f"le processus {name}"
    except (OSError, ValueError, KeyError):  # not written yet, or being removed: only its name is missing
        return _SOMEBODY


def _lives(pid: int) -> bool:
    """Return whether there is such a process; on Windows, where asking would end it, there always is."""
    if sys.platform == "win32":
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # another user's
        return True
    return True
