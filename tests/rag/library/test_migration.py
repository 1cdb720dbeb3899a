"""A library of an earlier format is brought up to the present one, wherever that was stopped before."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from desk import Desk

from ingest.pipeline.repair import treat
from rag.library.library import FILE_NAME
from rag.library.tables import FORMAT, prepare

ADDED = {
    1: ("found_in", "responses", "revisions", "failures", "facts", "checksums"),
    2: ("found_in", "responses", "revisions", "failures", "facts", "checksums"),
}
REPRINTS = ("sketched", "sketches", "reprints")  # added by format 2
TEXTS = ["Le pont de Corvenne a rouvert lundi.", "Le bac de Valmorin reste à quai dimanche."]


@pytest.fixture(params=sorted(ADDED))
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    """A closed library of an earlier format, with two articles."""
    desk = Desk(tmp_path)
    for number, text in enumerate(TEXTS):
        desk.write(f"{number}.txt", text)
    desk.ingest()
    desk.close()
    with closing(sqlite3.connect(desk.data / FILE_NAME)) as db, db:
        for table in ADDED[request.param] + (REPRINTS if request.param == 1 else ()):
            db.execute(f"DROP TABLE {table}")
        db.execute(f"PRAGMA user_version = {request.param}")
    yield desk
    desk.close()


def format_of(desk: Desk) -> int:
    with closing(sqlite3.connect(desk.data / FILE_NAME)) as db:
        return db.execute("PRAGMA user_version").fetchone()[0]


def check(desk: Desk) -> None:
    assert format_of(desk) == FORMAT
    assert sorted(article.text for article in desk.library.articles()) == sorted(TEXTS)
    assert treat(desk.parts, lambda _: None).treated == ()
    assert desk.ingest().unchanged == len(TEXTS)
    assert desk.library.keys_in(str(desk.files.resolve())) == {
        str(file.resolve()) for file in desk.files.iterdir()
    }
    desk.write("0.txt", "Le pont de Corvenne a rouvert mardi.")
    desk.ingest()
    (revision,) = desk.library.revisions_of(desk.id_of("0.txt"))
    assert revision.text == TEXTS[0]
    desk.check()


def test_an_earlier_format_is_brought_up_to_the_present_one(old: Desk):
    old.open()
    check(old)


def test_a_process_that_died_while_doing_so_has_changed_nothing(old: Desk):
    before = format_of(old)
    db = sqlite3.connect(old.data / FILE_NAME, isolation_level=None)
    db.execute("BEGIN IMMEDIATE")
    prepare(db, old.data / FILE_NAME)
    db.close()  # as a killed process leaves it: never committed
    assert format_of(old) == before
    old.open()
    check(old)


def test_opening_a_present_library_writes_nothing(tmp_path: Path):
    with closing(Desk(tmp_path)) as desk, closing(sqlite3.connect(desk.data / FILE_NAME)) as watcher:
        version = watcher.execute("PRAGMA data_version").fetchone()
        with closing(Desk(tmp_path)):
            assert watcher.execute("PRAGMA data_version").fetchone() == version
