"""What every part of the page stands on: the open library, the chain over it, the settings.

Knows no widget. One is made for a server, and shared by all who use it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field

from ingest.editing.rereader import Rereader
from ingest.fetch.fetcher import Fetcher
from rag.config import Settings
from rag.conversation.store import ConversationStore
from rag.engine.engine import Engine
from rag.library.library import Library
from rag.runnable.chain import Chain
from rag.storage.write_lock import write_lock
from rag.topic_map.map_maker import MapMaker
from ui.formatting.i18n import user_error
from ui.page.standing_worker import StandingWorker
from ui.server.operations.metrics import Metrics

_PATIENCE = 3.0  # seconds that a reader's change waits for what is being written


@dataclass(frozen=True, slots=True)
class AppContext:
    """`engine` is what writing needs (with `rag.storage.write_lock`), `chain` answers questions over it.

    `fetcher` makes what fetches pages from the Internet. `metrics` are the server's. `writing` is held by
    whoever writes to the library here: within this process it comes before `write_lock`. `may_read_paths`
    says whether who uses the page may have folders of this machine read.
    """

    engine: Engine
    chain: Chain
    fetcher: Callable[[], Fetcher] = Fetcher
    metrics: Metrics = field(default_factory=Metrics)
    writing: threading.Lock = field(default_factory=threading.Lock)
    may_read_paths: Callable[[], bool] = lambda: False
    conversations: ConversationStore = field(init=False)
    maps: MapMaker = field(init=False)
    rereader: Rereader = field(init=False)
    standing: StandingWorker = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "conversations", ConversationStore(self.settings.place))
        self.metrics.watch_library(lambda: asdict(self.library.counts()))
        engine = self.engine
        object.__setattr__(self, "maps", MapMaker(engine.library, engine.vectors, engine.indexer.recipe))
        object.__setattr__(self, "standing", StandingWorker(engine))
        object.__setattr__(self, "rereader", Rereader(engine, self.writing, self.chain.forget))

    @contextmanager
    def held_for_writing(self) -> Iterator[None]:
        """Hold the library for a change that a reader asks for.

        Raises:
            UserError: Articles are being brought in here.
            LibraryBusyError: Another process writes.
        """
        if not self.writing.acquire(timeout=_PATIENCE):
            raise user_error("removal_busy")
        try:
            with write_lock(self.settings.place):
                yield
        finally:
            self.writing.release()

    def close(self) -> None:
        """End what goes on in the background, and close what was opened here; `engine` is the caller's."""
        self.rereader.close()
        self.standing.close()
        self.maps.close()
        self.conversations.close()

    @property
    def library(self) -> Library:
        """Return the catalogue."""
        return self.engine.library

    @property
    def settings(self) -> Settings:
        """Return the settings."""
        return self.engine.settings
