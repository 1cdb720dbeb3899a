"""Run in a mount namespace of its own: a library on a disk that fills up, at one point after the other.

`full_disk.py FOLDER`: mounts a small file system there and prints, for each amount of room, what became of
an ingestion, and of the same one once there was room again.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from desk import Desk

from rag.engine.integrity import inspect
from rag.errors import LibraryError
from rag.storage.write_lock import write_lock

SIZE = 48_000_000
FILES = 40


def main(folder: Path) -> None:
    articles = folder / "articles"
    articles.mkdir()
    for number in range(FILES):
        lines = [f"La phrase {line} de l'article {number} parle de Corvenne." for line in range(40)]
        (articles / f"{number:02}.txt").write_text("\n".join(lines), encoding="utf-8")
    for kilobytes in map(int, sys.argv[2:]):
        disk = folder / f"disk{kilobytes}"
        disk.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(disk)], check=True)
        (disk / "articles").symlink_to(articles)
        print(json.dumps(fill(disk, kilobytes)), flush=True)


def fill(disk: Path, kilobytes: int) -> dict:
    ballast = disk / "ballast"
    used = sum(os.statvfs(disk).f_frsize * n for n in (os.statvfs(disk).f_bavail,))
    with ballast.open("wb") as file:
        file.write(bytes(max(0, used - 1000 * kilobytes)))
    told = attempt(disk)
    ballast.unlink()
    with closing(Desk(disk)) as desk:
        # What a step left halfway is expected; nothing else may be wrong.
        wrong = sorted({finding.check for finding in inspect(desk.parts).findings} - {"leftovers"})
        kept = desk.library.counts().articles
    again = attempt(disk)
    with closing(Desk(disk)) as desk:
        desk.check()
        whole = desk.library.counts().articles
    return {"told": told, "wrong": wrong, "kept": kept, "again": again, "whole": whole}


def attempt(disk: Path) -> str | None:
    """What an ingestion says; None if it says nothing."""
    try:
        with write_lock(disk / "data"), closing(Desk(disk)) as desk:
            desk.ingest()
    except LibraryError as error:
        return str(error)
    return None


main(Path(sys.argv[1]))
