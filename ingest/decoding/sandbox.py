"""Parsers of large formats in a process of their own, which can be given up: time, memory and crashes.

Knows how to run a worker module and what becomes of it, not what it reads. A worker reads a file from its
standard input and writes JSON to its standard output.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import BinaryIO

from rag.errors import UserError

SECONDS = 60  # of computing: a busy machine or a sleeping one makes no file slow
_MOST_WAITING = 10 * SECONDS
MEMORY = 2_000_000_000
_LONGEST_ANSWER = 200_000_000
_ROOT = Path(__file__).parents[2]


def limit_worker(memory: int = MEMORY) -> None:
    """Limit the memory of this worker, which calls it before it reads anything; no core file is written."""
    try:
        import resource
    except ImportError:  # Windows: the time limit alone holds
        return
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def still_working(seconds: int = SECONDS) -> None:
    """Let this worker be ended if its next step computes for longer; 0: never."""
    if hasattr(signal, "setitimer"):
        # What the signal does by default is to end the process, even within a C library.
        signal.setitimer(signal.ITIMER_PROF, seconds)


def parsed(worker: str, data: bytes, on_read: Callable[[int, int], None] = lambda _, __: None) -> dict:
    """Return the JSON object that a worker module makes of `data`.

    Args:
        worker: The module. On lines before its answer it may say how much it has `read` of how much.
        data: The file.
        on_read: Is told that.

    Raises:
        UserError: It doesn't end well.
    """
    value = None
    with _file_of(data) as file, _running(worker, file) as process, _ended_late(process) as is_late:
        assert process.stdout is not None
        while line := process.stdout.readline(_LONGEST_ANSWER + 1):
            try:
                value = json.loads(line) if len(line) <= _LONGEST_ANSWER else None
            except (ValueError, RecursionError):
                value = None
            if not isinstance(value, dict):
                break
            if "read" in value:
                on_read(*value["read"])
        else:
            process.wait()
    if is_late():
        raise _too_slow()
    if not isinstance(value, dict) or process.returncode:
        raise _failed(process.returncode)
    return value


def streamed(worker: str, file: BinaryIO, longest: int) -> Iterator[dict]:
    """Yield the JSON objects that a worker module writes, one a line, while they are asked for.

    Raises:
        UserError: The worker doesn't end well.
    """
    with _file_of(file) as given, _running(worker, given) as process:
        assert process.stdout is not None
        while line := process.stdout.readline(longest + 1):
            try:
                yield json.loads(line)
            except (ValueError, RecursionError) as error:
                raise _failed(0) from error
        if process.wait():
            raise _failed(process.returncode)


@contextmanager
def _ended_late(process: subprocess.Popen[bytes]) -> Iterator[Callable[[], bool]]:
    """End a worker that only waits, after a while; yields what tells whether that was done."""
    late = threading.Event()

    def end() -> None:
        late.set()
        process.kill()

    timer = threading.Timer(_MOST_WAITING, end)
    timer.daemon = True
    timer.start()
    try:
        yield late.is_set
    finally:
        timer.cancel()


@contextmanager
def _running(worker: str, file: BinaryIO) -> Iterator[subprocess.Popen[bytes]]:
    """Return a worker that is ended with its block, however that ends."""
    path = os.pathsep.join(filter(None, (str(_ROOT), os.environ.get("PYTHONPATH"))))
    process = subprocess.Popen(
        # -P: no module of the current folder, which may be the one that is read.
        [sys.executable, "-P", "-m", worker],
        stdin=file,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": path, "PYTHONIOENCODING": "utf-8"},
        # Ctrl-C in a terminal goes to all of a group: it would end the worker, and its file would be damaged.
        process_group=None if sys.platform == "win32" else 0,
    )
    try:
        with process:
            try:
                yield process
            finally:
                process.kill()  # does nothing to one that has ended
    finally:
        process.kill()


@contextmanager
def _file_of(data: bytes | BinaryIO) -> Iterator[BinaryIO]:
    """Return a real file, which another process can read and seek in."""
    if not isinstance(data, bytes):
        try:
            data.fileno()
        except OSError:
            data = data.read()
        else:
            yield data
            return
    with TemporaryFile() as file:
        file.write(data)
        file.seek(0)
        yield file


def _too_slow() -> UserError:
    return UserError(
        f"reading it takes longer than {SECONDS} seconds; it is damaged or made to stall readers.",
        f"sa lecture dure plus de {SECONDS} secondes ; il est endommagé ou fait pour bloquer les lecteurs.",
    )


def _failed(code: int) -> UserError:
    if hasattr(signal, "SIGPROF") and code == -signal.SIGPROF:
        return _too_slow()
    return UserError(
        "it can't be parsed: damaged, or too complicated for the memory that is allowed.",
        "il ne peut pas être analysé : endommagé, ou trop compliqué pour la mémoire permise.",
    )
