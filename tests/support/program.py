"""The `sourcier` command in processes of their own, forked from one that has imported everything already.

A test that starts the command is rarely about the start, whose imports take seconds. `sourcier()` is what
stands for the command's name before its arguments: a small program that asks the preloaded one for a fork
with its own files, folder and environment, hands its signals on, and ends as the fork has ended. It knows
nothing of tests, and loads nothing that it doesn't need.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import sys

PRELOADED = (
    "chromadb", "gradio", "sentence_transformers", "tantivy", "torch", "trafilatura",
    "ingest.pipeline.ingestion", "ingest.pipeline.repair", "ingest.sources.watcher", "rag.engine.factory",
    "rag.models.embedder_factory",
    "ui.app", "ui.command.main",
)  # fmt: skip
_PROGRAM: list[str] = []  # once it has been asked for


def sourcier() -> list[str]:
    """Return what to start instead of `sourcier`; its arguments follow."""
    if not _PROGRAM:
        _PROGRAM.extend(_started())
    return _PROGRAM


def _started() -> list[str]:
    import atexit
    import subprocess
    import tempfile
    from pathlib import Path

    folder = tempfile.TemporaryDirectory(prefix="sourcier-")
    address = f"{folder.name}/socket"
    root = str(Path(__file__).parents[2])
    preloaded = subprocess.Popen(
        [sys.executable, __file__, "--preload", address],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": os.pathsep.join([root, os.environ.get("PYTHONPATH", "")])},
        start_new_session=True,  # a Ctrl-C at the terminal is for the forks alone, through who asked for them
    )

    def end() -> None:
        preloaded.kill()
        with preloaded:
            folder.cleanup()

    atexit.register(end)
    assert preloaded.stdout.readline() == b"ready\n"
    return [sys.executable, "-I", "-S", __file__, "--ask", address]


# --- who asks ---


def _ask(address: str, arguments: list[str]) -> int:
    """Have a fork run the command, and end as it does: with its exit code, or by the signal that ended it."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(address)
        folder = os.getcwd()  # noqa: PTH109 (pathlib takes longer to import than all the rest)
        asked = {"arguments": arguments, "folder": folder, "environ": dict(os.environ)}
        socket.send_fds(connection, [b"."], [0, 1, 2])
        with connection.makefile("rw") as talk:
            talk.write(json.dumps(asked) + "\n")
            talk.flush()
            process = int(talk.readline())
            for number in (signal.SIGINT, signal.SIGTERM):
                signal.signal(number, lambda number, _: os.kill(process, number))
            for stream in (0, 1, 2):  # the fork alone reads and writes: when it ends, so do they
                os.close(stream)
            code = int(talk.readline())
    if code < 0:
        signal.signal(-code, signal.SIG_DFL)
        os.kill(os.getpid(), -code)
    return code


# --- who has imported everything ---


def _preload(address: str) -> None:
    """Import everything, then fork for each who asks. Returns in each fork, once it is as a new process."""
    import gc
    import importlib

    for name in PRELOADED:
        importlib.import_module(name)
    gc.freeze()  # no fork looks through, and thereby copies, what all of them share
    server = socket.socket(socket.AF_UNIX)
    server.bind(address)
    server.listen()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    print("ready", flush=True)
    while True:
        connection, _ = server.accept()
        if os.fork() == 0:
            server.close()
            return _attend(connection)
        connection.close()


def _attend(connection: socket.socket) -> None:
    """Fork for one who asks, say how that ended, and end. Returns in the fork."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    _, streams, *_ = socket.recv_fds(connection, 1, 3)
    talk = connection.makefile("rw")
    asked = json.loads(talk.readline())
    process = os.fork()
    if process == 0:
        talk.close()
        connection.close()
        return _become(asked, streams)
    for stream in streams:
        os.close(stream)
    talk.write(f"{process}\n")
    talk.flush()
    _kill_when_left(connection, process)
    _, status = os.waitpid(process, 0)
    talk.write(f"{os.waitstatus_to_exitcode(status)}\n")
    talk.flush()
    os._exit(0)


def _kill_when_left(connection: socket.socket, process: int) -> None:
    """Kill the fork when who asked for it is gone."""
    import threading
    from contextlib import suppress

    def watch() -> None:
        if connection.recv(1) == b"":
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)

    threading.Thread(target=watch, daemon=True).start()


def _become(asked: dict, streams: list[int]) -> None:
    """Make this fork what a new process would be that was started with these arguments and streams."""
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    for name, number, mode in (("stdin", 0, "r"), ("stdout", 1, "w"), ("stderr", 2, "w")):
        setattr(sys, name, open(number, mode, encoding="utf-8", closefd=False))  # noqa: SIM115
    sys.stderr.reconfigure(line_buffering=True)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.environ.clear()
    os.environ.update(asked["environ"])
    os.chdir(asked["folder"])
    sys.argv = ["sourcier", *asked["arguments"]]


def _run() -> None:
    """Run the command and end, without taking apart what was imported: that takes two seconds."""
    import atexit
    import threading

    from ui.command.main import main

    try:
        code = main()
    except SystemExit as leaving:
        code = leaving.code
    threading._shutdown()
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    if sys.argv[1] == "--ask":
        sys.exit(_ask(sys.argv[2], sys.argv[3:]))
    _preload(sys.argv[2])
    _run()
