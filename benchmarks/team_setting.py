"""A team's setting on this machine: a library on servers of its own, who serves it, and who asks.

Knows `sourcier serve` and keys; no figures.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from load_client import Server, serving
from load_library import HERE, environment
from shared_store import servers
from team_askers import Asked, Askers

from rag.config import Settings
from ui.api import keys

WORKERS = 2  # on Ray


@dataclass
class Shared:
    """A library on servers that run meanwhile."""

    settings: Settings
    folder: Path

    @property
    def variables(self) -> dict[str, str]:
        """What tells a process of Sourcier where the library is."""
        return {
            "SOURCIER_LIBRARY__URL": str(self.settings.place.url),
            "SOURCIER_STORE__URL": str(self.settings.store.url),
        }

    def environment(self, name: str) -> dict[str, str]:
        """Return the variables of a process whose own folder has this name."""
        return environment(HERE, self.data(name)) | self.variables

    def data(self, name: str) -> Path:
        """Return a data folder: each machine has one."""
        (self.folder / name).mkdir(exist_ok=True)
        return self.folder / name

    def serving(self, name: str) -> AbstractContextManager[Server]:
        """Serve the library, as a machine of this name would."""
        return serving(self.data(name), self.folder / f"{name}-temporary", more=self.variables)


@contextmanager
def shared_setting(folder: Path) -> Iterator[Shared]:
    with servers(folder) as settings:
        yield Shared(settings, folder)


def keys_for(settings: Settings, askers: int) -> list[str]:
    """Let so many programs ask, and return their keys."""
    made = [keys.new_key(f"asker{number}", per_minute=1_000) for number in range(askers)]
    keys.write(keys.keys_file(settings), {key.name: key for key, _ in made})
    return [said for _, said in made]


def asked_for(
    seconds: float, some: Sequence[Server], said: Sequence[str], asked: Iterator[str]
) -> list[Asked]:
    """Ask for so long, each at least once; return what became of it, once all of it is answered."""
    left, until = [len(said)], time.monotonic() + seconds

    def goes_on() -> bool:
        left[0] -= 1
        return left[0] >= 0 or time.monotonic() < until

    return asyncio.run(Askers(some, said, asked, goes_on).ask())
