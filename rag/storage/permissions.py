"""Who may read a data folder: its owner alone, whatever the account's own rule for new files says.

Knows the names of what is kept there, not what is in it. Where a file system knows no permissions, or the
files are somebody else's, they stay as they are.
"""

from __future__ import annotations

import os
import re
import stat
from contextlib import suppress
from pathlib import Path

# What a data folder holds; it may be somewhere where there is more, which is nobody's business here.
_OURS = re.compile(
    r"(library|conversations|visits)\.sqlite3(-\w+)?|(vectors|terms|full_text|sketches)(\.\w+)?|writer\.\w+|users|keys(_used)?"
)
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def is_ours(name: str) -> bool:
    """Return whether a file or folder of this name in a data folder is Sourcier's own."""
    return _OURS.fullmatch(name) is not None


def make_folder(folder: Path) -> None:
    """Make a data folder, or one in it, unless it is there; only its owner may look into it."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.mkdir(mode=stat.S_IRWXU, exist_ok=True)


def make_file(file: Path) -> None:
    """Make an empty file that only its owner may read, unless it is there.

    What can't be made is left to whoever opens it next, who says why.
    """
    with suppress(OSError):
        os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, stat.S_IRUSR | stat.S_IWUSR))


def make_private(folder: Path) -> None:
    """Take what is in a data folder from everybody but its owner; the folder too if nothing else is there.

    Links are left alone: where they lead is somebody's own arrangement.
    """
    with suppress(OSError):
        entries = list(os.scandir(folder))
        ours = [entry for entry in entries if is_ours(entry.name)]
        for entry in ours:
            _close_to_others(Path(entry))
            if entry.is_dir(follow_symlinks=False):
                for inside, folders, files in os.walk(entry.path):
                    for name in (*folders, *files):
                        _close_to_others(Path(inside, name))
        if ours and len(ours) == len(entries):
            _close_to_others(folder)


def _close_to_others(path: Path) -> None:
    """Close a file or a folder, if others may do anything with it."""
    with suppress(OSError):  # gone by now, somebody else's, or on a disk that can't be written to
        mode = path.lstat().st_mode
        if mode & _OTHERS and not stat.S_ISLNK(mode):
            path.chmod(stat.S_IMODE(mode) & ~_OTHERS)
