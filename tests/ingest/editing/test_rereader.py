"""Corrected articles are read again in the background, and nobody who writes meanwhile is in the way."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from desk import Desk

from ingest.editing.editor import edit_articles
from ingest.editing.rereader import Rereader
from rag.storage.write_lock import write_lock


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with closing(Desk(tmp_path)) as desk:
        for number in range(10):
            desk.write(f"{number}.txt", f"Le pont numéro {number} a rouvert lundi.")
        desk.ingest()
        yield desk


def corrected(desk: Desk) -> list[str]:
    ids = [desk.id_of(f"{number}.txt") for number in range(10)]
    edit_articles(desk.indexer, ids, {"language": "en"})
    return ids


def test_everything_is_read_again(desk: Desk):
    ids, read = corrected(desk), []
    assert desk.library.metadata.unread() == sorted(ids)
    with closing(Rereader(desk.parts, threading.Lock(), lambda: read.append(1))) as rereader:
        rereader.begin()
        rereader.begin()
        rereader.wait()
    assert desk.library.metadata.unread() == []
    assert len(read) == 2
    desk.check()


def test_who_writes_in_this_process_goes_first(desk: Desk):
    ids, writing = corrected(desk), threading.Lock()
    with closing(Rereader(desk.parts, writing, lambda: None)) as rereader:
        with writing:
            rereader.begin()
            assert desk.library.metadata.unread() == sorted(ids)
        rereader.wait()
        assert desk.library.metadata.unread() == []


def test_while_another_process_writes_they_wait(desk: Desk):
    ids = corrected(desk)
    with closing(Rereader(desk.parts, threading.Lock(), lambda: None)) as rereader:
        with write_lock(desk.data):
            rereader.begin()
            rereader.wait()
        assert desk.library.metadata.unread() == sorted(ids)
        rereader.begin()
        rereader.wait()
        assert desk.library.metadata.unread() == []


def test_a_damaged_article_waits_for_its_source_and_holds_nothing_up(desk: Desk):
    ids = corrected(desk)
    with desk.library._db.transaction() as db:
        db.execute("UPDATE articles SET text = 'X' || text WHERE id = ?", (ids[0],))
    with closing(Rereader(desk.parts, threading.Lock(), lambda: None)) as rereader:
        rereader.begin()
        rereader.wait()
    assert desk.library.metadata.unread() == [ids[0]]


def test_closed_it_reads_nothing_more(desk: Desk):
    ids = corrected(desk)
    rereader = Rereader(desk.parts, threading.Lock(), lambda: None)
    rereader.close()
    rereader.begin()
    rereader.wait()
    assert desk.library.metadata.unread() == sorted(ids)
