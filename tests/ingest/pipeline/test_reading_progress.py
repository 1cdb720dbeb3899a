"""How far what takes long has been read, told while it is; and a stop in the middle of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import pytest
from desk import Desk
from documents import pdf_pages

from ingest.pipeline.ingestion import ingest
from ingest.schema import reading_progress
from ingest.schema.events import Event, Reading, Summary, seconds_left
from ingest.schema.reading_progress import listening, size_of, tell, tell_position

PAGES = 250


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with closing(Desk(tmp_path)) as desk:
        yield desk


def read(desk: Desk, stop_at: int | None = None) -> tuple[Summary, list[Reading]]:
    """Ingest; what was told of what takes long. Stops once that many of these have been told."""
    told: list[Reading] = []

    def take(event: Event) -> None:
        if isinstance(event, Reading):
            told.append(event)

    def stop() -> bool:
        return stop_at is not None and len(told) >= stop_at

    return ingest([str(desk.files)], desk.indexer, desk.chunker, take, stop=stop), told


def test_pages_of_a_long_document_are_told_as_they_are_read(desk: Desk):
    data = pdf_pages(*(f"La page {number} parle de la crue. " * 60 for number in range(PAGES)))
    file = desk.write("revue.pdf", "")
    file.write_bytes(data)
    summary, told = read(desk)
    assert summary.new == 1
    assert told
    assert {(one.source, one.total, one.unit) for one in told} == {(str(file), PAGES, "pages")}
    assert all(0 < one.done < PAGES for one in told)
    assert all(before.done < after.done for before, after in pairwise(told))


def test_bytes_of_a_table_are_told_and_a_stop_keeps_what_was_read(desk: Desk, monkeypatch):
    monkeypatch.setattr(reading_progress, "EVERY", 0.0)
    rows = (f'{{"id": {n}, "title": "Titre {n}", "text": "Le pont {n} a fermé."}}' for n in range(300))
    file = desk.write("a.jsonl", "\n".join(rows))
    summary, told = read(desk, stop_at=5)
    assert (summary.stopped, summary.sources) == (True, 0)
    assert summary.new == len(list(desk.library.articles())) < 300
    assert {(one.source, one.total, one.unit) for one in told} == {(str(file), file.stat().st_size, "bytes")}
    summary, told = read(desk)
    assert (summary.stopped, summary.read, summary.sources, summary.total) == (False, 300, 1, 1)
    assert told[-1].share == 1.0
    assert all(before.done <= after.done for before, after in pairwise(told))


def test_nobody_is_told_where_nobody_listens(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(reading_progress, "EVERY", 0.0)
    told: list[tuple[int, int, str]] = []
    file = tmp_path / "a"
    file.write_bytes(b"0123456789")
    with file.open("rb") as opened:
        assert size_of(opened) == 10
        tell_position(opened, 10)
        with listening(lambda *said: told.append(said)):
            opened.read(4)
            tell_position(opened, 10)
            tell(12, 10, "pages")
        tell(1, 10, "pages")
    assert told == [(4, 10, "bytes"), (10, 10, "pages")]


def test_a_listener_is_told_only_now_and_then():
    told: list[int] = []
    with listening(lambda done, *_: told.append(done)):
        for page in range(1000):
            tell(page, 1000, "pages")
    assert len(told) <= 1


@pytest.mark.parametrize(
    ("seconds", "done", "total", "left"),
    [(10.0, 1.0, 5.0, 40.0), (4.0, 1.0, 5.0, None), (10.0, 0.05, 5.0, None), (10.0, 5.0, 5.0, 0.0)],
)
def test_what_is_left_is_told_only_once_it_can_be_known(seconds, done, total, left):
    assert seconds_left(seconds, done, total) == left
