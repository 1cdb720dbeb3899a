"""A library with folders and feeds beside it, for tests of what follows them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from fake_embedder import FakeEmbedder

from ingest.fetch.fetcher import Fetcher
from ingest.pipeline.chunking import Chunker
from ingest.pipeline.sync import Synchronizer, SyncResult
from rag.config import ChunkingSettings, Settings, SourceSettings
from rag.engine.engine import Engine, open_engine


@dataclass
class Desk:
    """A library and folders beside it. `clock` stands still unless it is moved."""

    folder: Path
    parts: Engine
    fetcher: Fetcher
    events: list = field(default_factory=list)
    clock: datetime = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)

    def write(self, name: str, text: str) -> Path:
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return file

    def syncing(self, prune: bool = True) -> Synchronizer:
        chunker = Chunker(self.parts.embedder, self.parts.settings.chunking)
        return Synchronizer(
            self.parts.indexer,
            chunker,
            self.fetcher,
            self.events.append,
            prune=prune,
            now=lambda: self.clock,
        )

    def bring(self, place: str | Path, prune: bool = True) -> SyncResult:
        kind = "url" if "://" in str(place) else "path"
        (brought,) = self.syncing(prune).all([SourceSettings(**{kind: str(place)})])
        return brought

    def titles(self) -> set[str]:
        return {
            article.title.removesuffix(" a rouvert lundi matin.") for article in self.parts.library.articles()
        }


@contextmanager
def desk_in(folder: Path, fetcher: Fetcher) -> Iterator[Desk]:
    data = folder / "data"
    chunking = ChunkingSettings(max_tokens=32, overlap_tokens=0)
    parts = open_engine(Settings(data_dir=data, chunking=chunking), FakeEmbedder())
    try:
        yield Desk(folder, parts, fetcher)
    finally:
        parts.close()


def sentence(name: str) -> str:
    return f"{name} a rouvert lundi matin."


def counts(brought: SyncResult) -> tuple[int, int, int, int, int]:
    summary = brought.summary
    return summary.new, summary.changed, summary.unchanged, len(summary.failed), len(brought.removed)
