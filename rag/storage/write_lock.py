"""One process at a time writes to a library in a folder; whoever comes second is told who has it.

To one in a database several write at a time, each what it has leased, unless one has to be alone.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from rag.errors import LibraryBusyError
from rag.storage.database import Place, place_of
from rag.storage.errors import translate_storage_errors
from rag.storage.permissions import make_file, make_folder, make_private

_SOMEBODY = ("another process", "un autre processus")


@contextmanager
def write_lock(place: Path | Place, alone: bool = False) -> Iterator[None]:
    """Hold the library at a place for writing; in a database as one of several, unless `alone`.

    Raises:
        LibraryBusyError: Another process has it; the sentence names it.
    """
    place = place_of(place)
    with ExitStack() as held:
        if place.url is None or place.has_own_indexes:
            held.enter_context(_folder_lock(place.folder))
        if place.url is not None:
            held.enter_context(_shared_lock(place, alone))
        yield


@contextmanager
def _shared_lock(place: Place, alone: bool) -> Iterator[None]:
    from rag.storage.postgres import PostgresDatabase  # an extra, which whoever opened the library has
    from rag.storage.postgres_leases import writing

    assert place.url is not None
    with closing(PostgresDatabase(place.url, folder=place.folder)) as database, writing(database, alone):
        yield


@contextmanager
def _folder_lock(folder: Path) -> Iterator[None]:
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
