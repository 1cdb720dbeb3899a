"""A folder of files with a library beside it, for tests of plumbing: real stores, a quick encoder."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from fake_embedder import FakeEmbedder

from ingest.pipeline.chunking import Chunker
from ingest.pipeline.ingestion import ingest
from ingest.schema.events import Summary
from rag.config import ChunkingSettings, LibrarySettings, Settings, StoreSettings
from rag.engine.engine import Engine, open_engine
from rag.engine.integrity import inspect
from rag.index.indexer import Indexer
from rag.library.library import Library
from rag.models.embedder import Embedder
from rag.schema.hit import Scored
from rag.storage.database import Place

NOON = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
SMALL = ChunkingSettings(max_tokens=32, overlap_tokens=0)


@dataclass
class Desk:
    """`files` are ingested into `data`; `parts` are the open library."""

    folder: Path
    chunking: ChunkingSettings = SMALL
    embedder: Embedder = field(default_factory=FakeEmbedder)
    now: datetime = NOON
    check_at_opening: bool = True
    url: str | None = None
    store: StoreSettings = field(default_factory=StoreSettings)
    parts: Engine = field(init=False)

    def __post_init__(self) -> None:
        self.files.mkdir(parents=True, exist_ok=True)
        self.open()

    @property
    def files(self) -> Path:
        return self.folder / "articles"

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def place(self) -> Place:
        return Place(self.data, self.url)

    @property
    def library(self) -> Library:
        return self.parts.library

    @property
    def indexer(self) -> Indexer:
        return self.parts.indexer

    @property
    def chunker(self) -> Chunker:
        return Chunker(self.embedder, self.chunking)

    def open(self) -> None:
        library = LibrarySettings(url=self.url)
        settings = Settings(data_dir=self.data, chunking=self.chunking, library=library, store=self.store)
        self.parts = open_engine(settings, self.embedder, self.check_at_opening)

    def close(self) -> None:
        self.parts.close()

    def write(self, name: str, text: str) -> Path:
        file = self.files / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return file

    def ingest(self, keep_embargoed: bool = False) -> Summary:
        return ingest(
            [str(self.files)],
            self.indexer,
            self.chunker,
            lambda _: None,
            now=lambda: self.now,
            keep_embargoed=keep_embargoed,
        )

    def id_of(self, name: str) -> str:
        return self.library.source(str((self.files / name).resolve())).article_id

    def found(self, text: str, words: list[str]) -> tuple[list[Scored], list[Scored]]:
        """What both searches find, with scores; those of one score in the order of their ids."""
        vector = self.embedder.embed_queries([text])[0]
        both = self.parts.vectors.search(vector, 50), self.parts.terms.search(words, 50)
        dense, sparse = (sorted(hits, key=lambda hit: (-hit.score, hit.passage_id)) for hits in both)
        return dense, sparse

    def check(self) -> None:
        """Every promise is kept."""
        assert inspect(self.parts).findings == ()

    def containing(self, canary: bytes) -> list[str]:
        """The files of the library, by name, that contain these bytes."""
        found = []
        for file in sorted(self.data.rglob("*")):
            with suppress(IsADirectoryError):
                if canary in file.read_bytes() or canary in file.name.encode():
                    found.append(file.relative_to(self.data).as_posix())
        return found
