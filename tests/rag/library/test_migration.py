"""A library that an earlier version stored is brought to the present format, wherever that was stopped.

`tests/data/libraries` holds what the last version of each format wrote for two articles, as SQL;
`{folder}` stands for the folder that they were read from.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from desk import Desk

from ingest.pipeline.repair import repair
from rag.errors import LibraryError
from rag.library.library import FILE_NAME, Library
from rag.library.tables import STEPS
from rag.storage.migrations import migrate

STORED = Path(__file__).parents[2] / "data" / "libraries"
FORMATS = range(1, len(STEPS) + 1)
TEXTS = [
    "Le pont de Corvenne a rouvert lundi. La mairie attendait la fin du chantier depuis mars.\n",
    "Le bac de Valmorin reste à quai dimanche. Deux capitaines sont malades.\n",
]


@pytest.fixture(params=FORMATS)
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    """A closed desk whose catalogue an earlier version stored, and whose indexes are gone."""
    desk = Desk(tmp_path)
    for number, text in enumerate(TEXTS):
        desk.write(f"{number}.txt", text)
    desk.close()
    for file in desk.data.glob(f"{FILE_NAME}*"):
        file.unlink()
    stored = (STORED / f"format-{request.param}.sql").read_text(encoding="utf-8")
    with closing(sqlite3.connect(desk.data / FILE_NAME)) as db:
        db.executescript(stored.replace("{folder}", str(desk.files.resolve())))
        db.execute(f"PRAGMA user_version = {request.param}")
    yield desk
    desk.close()


def format_of(file: Path) -> int:
    with closing(sqlite3.connect(file)) as db:
        return db.execute("PRAGMA user_version").fetchone()[0]


def shape(file: Path) -> set[tuple[str, ...]]:
    """Every table, index and trigger, in the words that made it."""
    with closing(sqlite3.connect(file)) as db:
        rows = db.execute("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL")
        return {(kind, name, " ".join(sql.split())) for kind, name, sql in rows}


def check(desk: Desk) -> None:
    assert format_of(desk.data / FILE_NAME) == len(STEPS)
    assert sorted(article.text for article in desk.library.articles()) == sorted(TEXTS)
    repair(desk.parts, lambda _: None)
    desk.check()
    assert desk.ingest().unchanged == len(TEXTS)
    assert desk.library.origins.keys(str(desk.files.resolve())) == {
        str(file.resolve()) for file in desk.files.iterdir()
    }
    desk.write("0.txt", "Le pont de Corvenne a rouvert mardi.")
    desk.ingest()
    (revision,) = desk.library.revisions.of(desk.id_of("0.txt"))
    assert revision.text == TEXTS[0]
    desk.check()


def test_every_format_has_a_stored_library():
    assert sorted(file.name for file in STORED.iterdir()) == [f"format-{number}.sql" for number in FORMATS]


def test_a_stored_library_is_brought_to_the_present_format(old: Desk):
    old.open()
    check(old)


def test_a_migrated_library_has_what_a_new_one_has(old: Desk, tmp_path: Path):
    old.open()
    Library(tmp_path / "new").close()
    assert shape(old.data / FILE_NAME) == shape(tmp_path / "new" / FILE_NAME)


def test_each_step_makes_its_format_of_the_one_before(old: Desk):
    file = old.data / FILE_NAME
    for number in range(format_of(file), len(STEPS) + 1):
        with closing(sqlite3.connect(file)) as db, db:
            migrate(db, file, STEPS[:number])
        assert format_of(file) == number
    old.open()
    check(old)


def test_a_process_that_died_while_doing_so_has_changed_nothing(old: Desk):
    file = old.data / FILE_NAME
    before = (format_of(file), shape(file))
    db = sqlite3.connect(file, isolation_level=None)
    db.execute("BEGIN IMMEDIATE")
    migrate(db, file, STEPS)
    db.close()  # as a killed process leaves it: never committed
    assert (format_of(file), shape(file)) == before
    old.open()
    check(old)


def test_opening_a_present_library_writes_nothing(tmp_path: Path):
    with closing(Desk(tmp_path)) as desk, closing(sqlite3.connect(desk.data / FILE_NAME)) as watcher:
        version = watcher.execute("PRAGMA data_version").fetchone()
        with closing(Desk(tmp_path)):
            assert watcher.execute("PRAGMA data_version").fetchone() == version


def test_a_library_of_a_later_version_is_refused_and_left_as_it_is(tmp_path: Path):
    Library(tmp_path).close()
    with closing(sqlite3.connect(tmp_path / FILE_NAME)) as db:
        db.execute(f"PRAGMA user_version = {len(STEPS) + 1}")
    before = (tmp_path / FILE_NAME).read_bytes()
    with pytest.raises(LibraryError, match=f"format {len(STEPS) + 1}, this one reads {len(STEPS)}"):
        Library(tmp_path)
    assert (tmp_path / FILE_NAME).read_bytes() == before
