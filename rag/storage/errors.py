"""What a disk that is full or can't be written to makes the stores say → one sentence for the user.

SQLite, Chroma, tantivy and the system each say it in their own way. Knows none of them.
"""

from __future__ import annotations

import errno
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rag.errors import LibraryBusyError, LibraryError, SourcierError, panics_as_errors

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_REFUSED = {errno.EROFS, errno.EACCES, errno.EPERM}
_SAYS_FULL = ("no space left on device", "disk is full", "disk quota exceeded", "file too large")
_SAYS_REFUSED = ("readonly database", "read-only file system", "permission denied", "operation not permitted")
_SAYS_BUSY = ("database is locked", "database table is locked")
# SQLite's memory beside its log, Chroma's log, what writes for tantivy: where these have no room, this is all
# that is said.
_SAYS_FULL_TOO = ("disk i/o error", "failed to apply logs", "io::error most likely")


def storage_error(folder: Path, error: Exception) -> SourcierError | None:
    """Return the sentence for an error of the library's disk; None if the error is of another kind."""
    said, number = str(error).lower(), getattr(error, "errno", None)
    if number in _FULL or _says(said, _SAYS_FULL):
        return _full(folder)
    if number in _REFUSED or _says(said, _SAYS_REFUSED):
        return LibraryError(
            f"{folder}: this folder can't be written to; allow it, or set data_dir to another one.",
            f"{folder} : ce dossier n'est pas accessible en écriture ; autorisez-la, ou changez data_dir.",
        )
    if _says(said, _SAYS_BUSY):
        return LibraryBusyError(
            f"{folder}: another process has been using the library for long; try again later.",
            f"{folder} : un autre processus occupe la bibliothèque depuis longtemps ; réessayez plus tard.",
        )
    return _full(folder) if _says(said, _SAYS_FULL_TOO) and _is_full(folder) else None


@contextmanager
def translate_storage_errors(folder: Path) -> Iterator[None]:
    """Tell the errors of the disk that holds `folder` in one sentence for the user.

    Raises:
        LibraryError: The disk is full, read-only or fails.
    """
    try:
        with panics_as_errors():
            yield
    except SourcierError:
        raise
    except Exception as error:
        if (sentence := storage_error(folder, error)) is None:
            raise
        raise sentence from error


def _says(said: str, phrases: tuple[str, ...]) -> bool:
    return any(phrase in said for phrase in phrases)


def _full(folder: Path) -> LibraryError:
    return LibraryError(
        f"{folder}: the disk is full; make room and run the same command again. The library is intact.",
        f"{folder} : le disque est plein ; libérez de la place et relancez la même commande."
        " La bibliothèque est intacte.",
    )


def _is_full(folder: Path) -> bool:
    return shutil.disk_usage(folder).free < 1_000_000
