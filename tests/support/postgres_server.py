"""A PostgreSQL server of the tests' own, started once in a test process, with a database for each test."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
from ports import free_port

NOT_INSTALLED = "PostgreSQL's server isn't installed (initdb is neither on PATH nor in /usr/lib/postgresql)"
PASSWORD = "not-to-be-told"
_PREFIX = "sourcier-pg-"


def programs() -> Path | None:
    """The folder of PostgreSQL's programs, the newest; None: it isn't installed."""
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda one: float(one.parts[-3]), reverse=True
    )
    if found:
        return found[0].parent
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else None


class Server:
    """A running server."""

    def __init__(self, port: int, folder: Path, bin: Path) -> None:
        self.port, self.folder, self._bin = port, folder, bin

    def url(self, database: str = "postgres", password: str = PASSWORD) -> str:
        """The address of a database of it."""
        return f"postgresql://tester:{password}@127.0.0.1:{self.port}/{database}"

    def make_database(self, like: str = "") -> str:
        """An empty database, or one like that at another address (nobody is connected to it); its address."""
        name, template = f"t{secrets.token_hex(6)}", like.rpartition("/")[2] or "template1"
        with psycopg.connect(self.url(), autocommit=True) as db:
            db.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self.url(name)

    def drop_database(self, url: str) -> None:
        """Take a database away, whoever is connected to it."""
        with psycopg.connect(self.url(), autocommit=True) as db:
            db.execute(f"DROP DATABASE IF EXISTS {url.rpartition('/')[2]} WITH (FORCE)")

    def control(self, *words: str) -> None:
        """Have `pg_ctl` do something: `stop`, `start`."""
        _run(self._bin / "pg_ctl", "-D", self.folder / "data", "-l", self.folder / "log", "-w", *words)


@contextmanager
def started() -> Iterator[Server]:
    """Start a server in a folder of its own, on a free port; its files are gone after."""
    bin = programs()
    assert bin is not None, NOT_INSTALLED
    _clear_abandoned(bin)
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir="/tmp"))  # a socket's path is short
    (folder / "owner").write_text(str(os.getpid()))
    if os.geteuid() == 0:
        shutil.chown(folder, "nobody")
    (folder / "password").write_text(PASSWORD)
    (folder / "password").chmod(0o644)
    try:
        _run(
            bin / "initdb", "-D", folder / "data", "-U", "tester", "-A", "scram-sha-256", "-E", "UTF8",
            "--locale=C.UTF-8", "--no-sync", "--no-instructions", f"--pwfile={folder / 'password'}",
        )  # fmt: skip
        server = Server(free_port(), folder, bin)
        with (folder / "data" / "postgresql.conf").open("a") as settings:
            settings.write(
                f"port = {server.port}\nlisten_addresses = '127.0.0.1'\n"
                f"unix_socket_directories = '{folder}'\n"
                "fsync = off\nsynchronous_commit = off\nfull_page_writes = off\nmax_connections = 200\n"
                "shared_buffers = 32MB\n"
            )
        server.control("start")
        try:
            yield server
        finally:
            server.control("stop", "-m", "immediate")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _clear_abandoned(bin: Path) -> None:
    """Stop the servers of test processes that were killed."""
    for folder in Path("/tmp").glob(f"{_PREFIX}*"):
        try:
            os.kill(int((folder / "owner").read_text()), 0)
        except ProcessLookupError:
            with suppress(AssertionError):  # it has ended by itself
                _run(bin / "pg_ctl", "-D", folder / "data", "-m", "immediate", "stop")
            shutil.rmtree(folder, ignore_errors=True)
        except (OSError, ValueError):  # another user's, or being made or taken away
            continue


def _run(*command: str | Path) -> None:
    """Run a program of PostgreSQL, which refuses to be root."""
    words = [str(word) for word in command]
    if os.geteuid() == 0:
        words = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", *words]
    done = subprocess.run(words, capture_output=True, text=True, cwd="/", check=False)
    assert done.returncode == 0, done.stdout + done.stderr
