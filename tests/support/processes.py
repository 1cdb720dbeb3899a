"""The processes that a process has started, as Linux tells them, and a program that never ends."""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path


def endless(folder: Path) -> Path:
    """A program in `folder` that reads and writes nothing until it is killed."""
    program = folder / "endless"
    program.write_text("#!/bin/sh\nexec sleep 1000000\n")
    program.chmod(0o755)
    return program


def children(process: int, wanted: str) -> list[int]:
    """The processes that `process` has started and that run `wanted`."""
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it has ended meanwhile
            parent = place.joinpath("stat").read_text().rpartition(")")[2].split()[1]
            if int(parent) == process and wanted in place.joinpath("cmdline").read_text():
                found.append(int(place.name))
    return found


def child(process: int, wanted: str) -> int:
    """The process that `process` starts, as soon as it is there."""
    while not (found := children(process, wanted)):
        time.sleep(0.02)
    return found[0]
