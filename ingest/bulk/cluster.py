"""Where Ray runs: on this machine, for as long as an ingestion takes, or a cluster that runs already.

Ray prints nothing, tells nobody that it is used, and has no dashboard. Knows no documents.
"""

from __future__ import annotations

import logging
import os
import re
import secrets
import shutil
import socket
import sys
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from rag.errors import UserError, reason_of

LOCAL = "local"
# Bytes of memory for blocks on their way on this machine, and the least that Ray takes.
_STORE = 500_000_000
_SMALLEST_STORE = 80_000_000
_PREFIX = "sourcier-ray-"
# Before `import ray`: nothing is sent to its makers, and its log lines go to its files.
_SILENT = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_BACKEND_LOG_LEVEL": "fatal",
    "RAY_ENABLE_UV_RUN_RUNTIME_ENV": "0",
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",
}
_ADDRESS = re.compile(r"(?P<host>[\w.-]+|\[[0-9A-Fa-f:]+\]):(?P<port>\d{1,5})")
_ANSWERS_WITHIN = 5.0  # seconds


@dataclass(frozen=True, slots=True)
class Cluster:
    """A cluster that this process is connected to, and how many workers are to be on it."""

    workers: int

    @property
    def processors(self) -> int:
        """How many processors it has now."""
        import ray

        return int(ray.cluster_resources().get("CPU", 0))


def check(address: str) -> None:
    """Raise UserError if Ray isn't installed, or the address is none of a cluster."""
    if find_spec("ray") is None or find_spec("pyarrow") is None:
        raise UserError(
            "--ray needs Ray: pip install 'sourcier[ray]'.",
            "--ray demande Ray : pip install 'sourcier[ray]'.",
        )
    if address not in (LOCAL, "auto") and not _ADDRESS.fullmatch(address):
        raise UserError(
            f"--ray {address}: not the address of a Ray cluster (HOST:PORT or auto); name files and folders"
            " before --ray.",
            f"--ray {address} : ce n'est pas l'adresse d'une grappe Ray (HÔTE:PORT ou auto) ; nommez les"
            " fichiers et dossiers avant --ray.",
        )


@contextmanager
def connected(address: str, workers: int | None = None) -> Iterator[Cluster]:
    """Start Ray on this machine, or connect to a cluster that this machine is part of; leave it after.

    One that is started here takes work from nobody else: it asks for a token that only this process knows.

    Args:
        address: `local`, `auto` (the cluster that runs on this machine) or HOST:PORT.
        workers: How many workers; by default one for each processor, at most as many as a cluster has.

    Raises:
        UserError: There is no cluster at this address, or none with a processor.
    """
    check(address)
    changed = {name: os.environ.get(name) for name in (*_SILENT, "RAY_AUTH_MODE", "RAY_AUTH_TOKEN")}
    os.environ.update(_SILENT)
    if address == LOCAL and not _has_own_token():
        os.environ.update({"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": _token()})
    elif not _has_own_token() and (Path.home() / ".ray" / "auth_token").is_file():
        os.environ["RAY_AUTH_MODE"] = "token"  # as `ray start` does, where that file is
    try:
        with _here(workers) if address == LOCAL else _there(address, workers) as cluster:
            yield cluster
    finally:
        for name, value in changed.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


@cache
def _token() -> str:
    """Return what this process's own cluster is asked with; Ray keeps the first that it sees."""
    return secrets.token_hex(32)


@contextmanager
def _without_warnings() -> Iterator[None]:
    """Drop Ray's warnings to programmers, of what is asked of it too. Importing it would undo this."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", module=r"ray(\.|$)|ingest\.bulk\.")
        yield


def _has_own_token() -> bool:
    return any(name in os.environ for name in ("RAY_AUTH_MODE", "RAY_AUTH_TOKEN", "RAY_AUTH_TOKEN_PATH"))


@contextmanager
def _here(workers: int | None) -> Iterator[Cluster]:
    count = workers or _own_processors()
    with (
        _folder() as folder,
        _initialised(
            address=LOCAL,
            num_cpus=count,
            include_dashboard=False,
            object_store_memory=_store(),
            _temp_dir=str(folder),
        ),
    ):
        yield Cluster(count)


@contextmanager
def _there(address: str, workers: int | None) -> Iterator[Cluster]:
    if address != "auto":
        _check_answers(address)
    with _initialised(address=address):
        found = Cluster(0).processors
        if not found:
            raise _no_cluster(address, "no processor", "aucun processeur")
        yield Cluster(min(workers or found, found))


@contextmanager
def _initialised(address: str, **options: object) -> Iterator[None]:
    quiet = {"log_to_driver": False, "configure_logging": False, "logging_level": logging.CRITICAL}
    try:
        with _hushed():
            import ray
            import ray.data

            # Which workers have died would stand between articles: Ray has no other switch for it.
            ray._private.worker._worker_logs_enabled = False
            for name in ("ray", "ray.data"):
                logging.getLogger(name).setLevel(logging.CRITICAL)
            ray.init(address=address, **quiet, **options)
    except (ConnectionError, RuntimeError, ValueError, OSError) as error:
        why = " ".join(str(error).split())[:200]
        raise _no_cluster(address, why, why) from error
    try:
        with _without_warnings():
            yield
    finally:
        ray.shutdown()


@contextmanager
def _hushed() -> Iterator[None]:
    """Drop what native code writes to the standard error: Ray begins with lines that nobody asked for."""
    sys.stderr.flush()
    kept = os.dup(2)
    try:
        with Path(os.devnull).open("wb") as nowhere:
            os.dup2(nowhere.fileno(), 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


def _check_answers(address: str) -> None:
    """Raise UserError unless somebody listens there: Ray itself would ask for a minute."""
    found = _ADDRESS.fullmatch(address)
    assert found is not None
    try:
        where = (found["host"].strip("[]"), int(found["port"]))
        socket.create_connection(where, timeout=_ANSWERS_WITHIN).close()
    except (OSError, OverflowError) as error:
        why = reason_of(error)
        raise _no_cluster(address, why.english, why.french) from error


def _no_cluster(address: str, why: str, why_fr: str) -> UserError:
    return UserError(
        f"--ray {address}: no Ray cluster to work on ({why}); start it (`ray start --head`), or leave the"
        " address out.",
        f"--ray {address} : pas de grappe Ray utilisable ({why_fr}) ; démarrez-la (`ray start --head`), ou"
        " omettez l'adresse.",
    )


def _own_processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _store() -> int:
    """Return how much shared memory blocks may take: what doesn't fit is written to Ray's folder."""
    with suppress(OSError):
        return max(_SMALLEST_STORE, min(_STORE, shutil.disk_usage("/dev/shm").free // 2))
    return _STORE


@contextmanager
def _folder() -> Iterator[Path]:
    """Return a folder of the user's alone for what Ray keeps, gone after; those of killed runs go too.

    Its path is short: Ray puts sockets there.
    """
    top = Path(tempfile.gettempdir())
    if len(str(top)) > 20 and Path("/tmp").is_dir():
        top = Path("/tmp")
    for left in top.glob(f"{_PREFIX}*"):
        _remove_left(left)
    folder = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-", dir=top))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _remove_left(folder: Path) -> None:
    pid = folder.name.removeprefix(_PREFIX).partition("-")[0]
    with suppress(OSError):
        if not pid.isdigit() or folder.stat().st_uid != os.getuid():
            return
        try:
            os.kill(int(pid), 0)
        except ProcessLookupError:
            shutil.rmtree(folder, ignore_errors=True)
