"""What every part of the page stands on: the open library, the chain over it, the settings.

Knows no widget. One is made for a server, and shared by all who use it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field

from ingest.fetch.fetcher import Fetcher
from rag.config import Settings
from rag.conversation.store import ConversationStore
from rag.engine.engine import Engine
from rag.generation.chain import Chain
from rag.library.library import Library
from rag.topic_map.map_maker import MapMaker
from ui.server.operations.metrics import Metrics


@dataclass(frozen=True, slots=True)
class AppContext:
    """`engine` is what writing needs (with `rag.storage.write_lock`), `chain` answers questions over it.

    `fetcher` makes what fetches pages from the Internet. `metrics` are the server's.
    """

    engine: Engine
    chain: Chain
    fetcher: Callable[[], Fetcher] = Fetcher
    metrics: Metrics = field(default_factory=Metrics)
    conversations: ConversationStore = field(init=False)
    maps: MapMaker = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "conversations", ConversationStore(self.settings.data_dir))
        self.metrics.watch_library(lambda: asdict(self.library.counts()))
        engine = self.engine
        object.__setattr__(self, "maps", MapMaker(engine.library, engine.vectors, engine.indexer.recipe))

    def close(self) -> None:
        """End what goes on in the background, and close what was opened here; `engine` is the caller's."""
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
