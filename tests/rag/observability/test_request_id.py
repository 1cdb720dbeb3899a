"""The id of what is done for somebody goes wherever the work goes, and no further."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

from rag.observability import request_id


def test_an_id_is_in_force_inside_alone():
    assert request_id.current() == ""
    with request_id.bound("a", private=True):
        assert (request_id.current(), request_id.is_private()) == ("a", True)
        with request_id.bound("b"):
            assert (request_id.current(), request_id.is_private()) == ("b", False)
        assert (request_id.current(), request_id.is_private()) == ("a", True)
    assert (request_id.current(), request_id.is_private()) == ("", False)


def test_ids_are_short_and_differ():
    ids = {request_id.new() for _ in range(1000)}
    assert len(ids) == 1000
    assert {len(one) for one in ids} == {12}


async def test_tasks_and_threads_that_are_started_for_it_have_it():
    with request_id.bound("a"):
        task = asyncio.create_task(asyncio.to_thread(request_id.current))
        given = request_id.in_context(request_id.current)
    assert await task == "a"
    with ThreadPoolExecutor(1) as others:
        assert others.submit(request_id.current).result() == ""
        assert others.submit(given).result() == "a"


def test_a_context_of_its_own_begins_with_one():
    found = []

    def begin() -> None:
        found.append((request_id.begin(), request_id.begin(private=True), request_id.is_private()))

    thread = threading.Thread(target=begin)
    thread.start()
    thread.join()
    ((first, again, private),) = found
    assert first == again != ""
    assert private
    assert request_id.current() == ""
