"""Indexing again can be stopped and goes on where it was; what it tells is what is stored."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing

import pytest
from desk import Desk

from ingest.pipeline.reindexing import reindex
from ingest.schema.events import Progress
from rag.config import ChunkingSettings

ARTICLES = 150  # of one passage each: two whole batches and a part


@pytest.fixture
def desk(tmp_path):
    with closing(Desk(tmp_path)) as desk:
        for number in range(ARTICLES):
            desk.write(f"{number:03}.txt", f"Le pont numéro {number} a rouvert lundi.\n")
        desk.ingest()
        desk.close()
        desk.chunking = ChunkingSettings(max_tokens=64, overlap_tokens=0)
        desk.open()
        yield desk


def after(calls: int) -> Callable[[], bool]:
    """Says to stop at the `calls`-th time that it is asked."""
    asked = iter(range(1, calls))
    return lambda: next(asked, None) is None


def waiting(desk: Desk) -> int:
    return len(desk.library.not_indexed(desk.indexer.recipe))


def test_indexing_again_stops_with_what_was_read_stored_and_goes_on(desk):
    assert waiting(desk) == ARTICLES
    assert reindex(desk.indexer, desk.chunker, lambda _: None, after(100)) == 100
    assert waiting(desk) == ARTICLES - 100
    assert reindex(desk.indexer, desk.chunker, lambda _: None) == ARTICLES - 100
    assert waiting(desk) == 0
    assert reindex(desk.indexer, desk.chunker, lambda _: None) == 0
    desk.check()


def test_what_is_told_is_stored(desk):
    told: list[int] = []

    def on_progress(progress: Progress) -> None:
        assert progress.total == ARTICLES
        assert ARTICLES - waiting(desk) >= progress.done
        told.append(progress.done)

    reindex(desk.indexer, desk.chunker, on_progress)
    assert len(told) == ARTICLES
    assert told == sorted(told)
    assert told[-1] == ARTICLES
