"""Transactions of one file: those inside another are part of it, those of another thread are not."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from rag.storage.sqlite import SqliteFile


@pytest.fixture
def file(tmp_path: Path) -> Iterator[SqliteFile]:
    with closing(SqliteFile(tmp_path / "some.sqlite3")) as file:
        with file.transaction() as db:
            db.execute("CREATE TABLE numbers (number INTEGER)")
        yield file


def put(file: SqliteFile, number: int) -> None:
    with file.transaction() as db:
        db.execute("INSERT INTO numbers VALUES (?)", (number,))


def numbers(file: SqliteFile) -> list[int]:
    with file.connection() as db:
        return [row[0] for row in db.execute("SELECT number FROM numbers ORDER BY number")]


def test_after_an_error_nothing_stays_of_what_was_done_inside(file: SqliteFile):
    with pytest.raises(KeyError), file.transaction():
        put(file, 1)
        put(file, 2)
        raise KeyError
    assert numbers(file) == []


def test_an_error_inside_that_is_handled_leaves_the_rest(file: SqliteFile):
    with file.transaction():
        put(file, 1)
        with pytest.raises(sqlite3.OperationalError), file.transaction() as db:
            db.execute("INSERT INTO nowhere VALUES (1)")
        put(file, 2)
    assert numbers(file) == [1, 2]


def test_what_is_done_is_read_inside_and_by_other_threads_once_it_is_committed(file: SqliteFile):
    with ThreadPoolExecutor() as pool:
        with file.transaction():
            put(file, 1)
            assert numbers(file) == [1]
            assert pool.submit(numbers, file).result() == []
        assert pool.submit(numbers, file).result() == [1]


def test_threads_do_not_take_part_in_each_other_s_transactions(file: SqliteFile):
    with ThreadPoolExecutor(max_workers=4) as pool:
        list(pool.map(lambda number: put(file, number), range(40)))
    assert numbers(file) == list(range(40))
