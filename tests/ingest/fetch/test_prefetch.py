"""Streams are read at once and given in order, and no more waits than there is room for."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.fetch.prefetch import Prefetcher, StoppedError

SECONDS = 20  # after which a thread that should go on is taken to hang


def ahead(size: int = 1, stop=lambda: False) -> Prefetcher[int]:
    return Prefetcher(lambda _: size, stop)


@given(st.lists(st.lists(st.integers(), max_size=5), max_size=40), st.sampled_from([0, 1, 60_000_000, 10**9]))
def test_every_stream_is_given_whole_and_in_its_order(streams, size):
    with closing(ahead(size)) as reading:
        started = [reading.start(stream) for stream in streams]
        assert [list(items) for items in started] == streams


def test_streams_are_read_at_the_same_time():
    met = threading.Barrier(2)

    def meeting(number: int) -> Iterator[int]:
        met.wait(SECONDS)
        yield number

    with closing(ahead()) as reading:
        first, second = reading.start(meeting(1)), reading.start(meeting(2))
        assert [*first, *second] == [1, 2]


def test_streams_may_begin_when_others_have_ended():
    with closing(ahead()) as reading:
        assert [list(reading.start([number])) for number in range(50)] == [[number] for number in range(50)]


def test_what_ends_a_stream_early_is_raised_after_what_it_brought():
    def broken() -> Iterator[int]:
        yield 1
        raise ValueError("damaged")

    with closing(ahead()) as reading:
        first, second = reading.start(broken()), reading.start([2, 3])
        assert next(first) == 1
        with pytest.raises(ValueError, match="damaged"):
            next(first)
        assert list(second) == [2, 3]


@pytest.mark.parametrize(("size", "most"), [(1, 1_000), (40_000_000, 3), (10**9, 1)])
def test_no_more_waits_than_there_is_room_for(size, most):
    full, too_much = threading.Event(), threading.Event()

    def stream() -> Iterator[int]:
        for number in range(most + 3):
            # One that finds no room waits for it; what comes after it isn't read.
            if number == most:
                full.set()
            elif number > most:
                too_much.set()
            yield number

    with closing(ahead(size)) as reading:
        items = reading.start(stream())
        assert full.wait(SECONDS)
        assert not too_much.wait(0.1)
        assert list(items) == list(range(most + 3))


def test_closing_ends_streams_without_end():
    def endless() -> Iterator[int]:
        while True:
            yield 1

    reading = ahead()
    for _ in range(20):
        reading.start(endless())
    reading.close()
    assert [thread.name for thread in threading.enumerate() if thread.name == "ahead"] == []


def test_closing_waits_little_for_what_cannot_be_interrupted(monkeypatch):
    monkeypatch.setattr("ingest.fetch.prefetch._PATIENCE", 0.1)
    over, begun, ended = threading.Event(), threading.Event(), threading.Event()

    def stubborn() -> Iterator[int]:
        begun.set()
        over.wait(SECONDS)
        yield 1
        ended.set()

    reading = ahead()
    reading.start(stubborn())
    assert begun.wait(SECONDS)
    reading.close()
    (thread,) = (thread for thread in threading.enumerate() if thread.name == "ahead")
    over.set()
    thread.join(SECONDS)
    assert not thread.is_alive()
    assert not ended.is_set()


def test_closing_tells_streams_that_nobody_wants_what_they_wait_for():
    begun, found = threading.Event(), []
    reading = ahead()

    def waiting() -> Iterator[int]:
        begun.set()
        found.append(reading.closed.wait(SECONDS))
        yield 1

    reading.start(waiting())
    assert begun.wait(SECONDS)
    assert not reading.closed.is_set()
    reading.close()
    assert found == [True]


def test_whoever_waits_for_an_item_is_let_go_when_it_is_time_to_stop():
    begun = threading.Event()

    def waiting() -> Iterator[int]:
        yield 1
        begun.set()
        reading.closed.wait(SECONDS)

    with closing(ahead(stop=begun.is_set)) as reading:
        items = reading.start(waiting())
        assert next(items) == 1
        with pytest.raises(StoppedError):
            next(items)


def test_many_small_streams_have_no_more_room_than_one():
    """Fifty streams of one large item each: what is behind the first waits, and its readers with it."""
    read = threading.Semaphore(0)

    def stream(number: int) -> Iterator[int]:
        read.release()
        yield number

    with closing(ahead(60_000_000)) as reading:
        started = [reading.start(stream(number)) for number in range(50)]
        # Two fill the room, and the first has room in any case; each of the 16 threads then holds one.
        assert all(read.acquire(timeout=SECONDS) for _ in range(2 + 16))
        assert sum(read.acquire(timeout=0.2) for _ in range(3)) <= 1
        assert [list(items) for items in started] == [[number] for number in range(50)]
