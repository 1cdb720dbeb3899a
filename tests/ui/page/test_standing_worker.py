"""What is followed is asked again in the background: readers go first, nothing is asked twice at once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from desk import Desk

from rag.schema.standing import StandingQuery
from ui.page.standing_worker import StandingWorker


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path)
    desk.write("a.md", "Le recensement de Malvoisy est publié.")
    desk.ingest()
    yield desk
    desk.close()


@pytest.fixture
def worker(desk: Desk) -> Iterator[StandingWorker]:
    with closing(StandingWorker(desk.parts)) as worker:
        yield worker


def follow(desk: Desk, words: str) -> StandingQuery:
    return desk.library.standing.add("", "search", words, "fr")


def asked(desk: Desk) -> list[bool]:
    return [one.asked_at is not None for one in desk.library.standing.all("")]


def test_one_is_asked_alone_and_then_all(desk: Desk, worker: StandingWorker):
    first = follow(desk, "recensement")
    follow(desk, "piscine")
    worker.ask(first.id)
    worker.wait()
    assert asked(desk) == [True, False]
    desk.write("b.md", "Un autre recensement est annoncé à Valbrume.")
    desk.ingest()
    worker.ask_all()
    worker.wait()
    assert asked(desk) == [True, True]
    assert [one.kind for one in desk.library.standing.changes("")] == ["match"]
    assert worker.asking == frozenset()


def test_it_waits_for_who_is_being_answered_and_says_what_is_to_come(desk: Desk, worker: StandingWorker):
    query = follow(desk, "recensement")
    answering, looked = threading.Event(), threading.Event()
    answering.set()

    def is_busy() -> bool:
        looked.set()
        return answering.is_set()

    worker.is_busy = is_busy
    worker.ask(query.id)
    assert looked.wait(10)
    assert (asked(desk), worker.asking) == ([False], frozenset({query.id}))
    answering.clear()
    worker.wait()
    assert asked(desk) == [True]


def test_a_server_that_stops_leaves_the_rest_to_its_next_start(desk: Desk):
    follow(desk, "recensement")
    worker = StandingWorker(desk.parts)
    worker.is_busy = lambda: True
    worker.ask_all()
    worker.close()
    assert asked(desk) == [False]
    worker.ask_all()
    worker.wait()
    assert asked(desk) == [False]
    with closing(StandingWorker(desk.parts)) as started:
        started.ask_all()
        started.wait()
    assert asked(desk) == [True]


def test_what_fails_is_no_end(desk: Desk, worker: StandingWorker, caplog: pytest.LogCaptureFixture):
    query = follow(desk, "recensement")

    def fails() -> bool:
        raise RuntimeError("no")

    worker.is_busy = fails
    worker.ask(query.id)
    worker.wait()
    assert "standing queries could not be asked" in caplog.text
    worker.is_busy = lambda: False
    worker.ask(query.id)
    worker.wait()
    assert asked(desk) == [True]
