"""A library that an earlier version stored is brought to the present format, wherever that was stopped.

`tests/data/libraries` holds what the last version of each format wrote for two articles, as SQL;
`{folder}` stands for the folder that they were read from.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from desk import Desk

from ingest.editing.editor import edit_articles
from ingest.pipeline.reindexing import read_corrected, reindex
from ingest.pipeline.repair import repair
from rag.dossiers.rule import Rule
from rag.errors import LibraryError
from rag.library.library import FILE_NAME, Library
from rag.library.tables import STEPS
from rag.storage.database import Place
from rag.storage.migrations import migrate

STORED = Path(__file__).parents[2] / "data" / "libraries"
FORMATS = range(1, len(STEPS) + 1)
TEXTS = [
    "Le pont de Corvenne a rouvert lundi. La mairie attendait la fin du chantier depuis mars.\n",
    "Le bac de Valmorin reste à quai dimanche. Deux capitaines sont malades.\n",
]


@pytest.fixture(params=FORMATS)
def old(request: pytest.FixtureRequest, place: Place) -> Iterator[Desk]:
    """A closed desk whose catalogue an earlier version stored, and whose indexes are gone."""
    desk = Desk(place.folder, url=place.url)
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


# What an earlier version stored of this file: its URL only made the article's id and hash.
STATES_URL = "---\ntitle: Le bac de Querville\nurl: {url}\n---\n{text}\n"
ITS_TEXT = "Le bac de Querville reprend mardi. Le pilote est rétabli."
ITS_URL = "https://www.lecourrier.example/2026/bac"
ITS_ID = "20232fda9aba4659"
ITS_HASH = "89128b072532a4cdc2b419b3163b654a6d1e5ee7a7c8f73c9aaecb55d087a16a"
ITS_DIGEST = "9ef2a406d750e756132b83c576c6e816f7a028f8d5cc7f12303bf62d70bf0fff"


def store_what_states_its_url(old: Desk) -> None:
    file = old.write("2.md", STATES_URL.format(url=ITS_URL, text=ITS_TEXT))
    with closing(sqlite3.connect(old.data / FILE_NAME)) as db, db:
        db.execute(
            "INSERT INTO articles (id, text, title, source, content_hash, language, indexed_with)"
            " VALUES (?, ?, 'Le bac de Querville', 'in/2.md', ?, 'fr', 'earlier')",
            (ITS_ID, ITS_TEXT, ITS_HASH),
        )
        passage = (f"{ITS_ID}:{ITS_HASH[:12]}:0000", ITS_ID, 0, len(ITS_TEXT), "[[0,34],[35,57]]")
        db.execute("INSERT INTO passages VALUES (?, ?, ?, ?, ?)", passage)
        source = (str(file.resolve()), ITS_ID, "in/2.md", ITS_DIGEST)
        db.execute("INSERT INTO sources (key, article_id, source, digest) VALUES (?, ?, ?, ?)", source)


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
    dossier = desk.library.dossiers.create("", "Le pont")
    desk.library.dossiers.add_rule(dossier.id, "", Rule("pont mardi"))
    desk.parts.filling.fill([dossier.id])
    assert desk.library.dossiers.members([dossier.id]) == (desk.id_of("0.txt"),)
    desk.check()


def test_every_format_has_a_stored_library():
    assert sorted(file.name for file in STORED.iterdir()) == [f"format-{number}.sql" for number in FORMATS]


@pytest.mark.in_a_file
def test_a_stored_library_is_brought_to_the_present_format(old: Desk):
    old.open()
    check(old)


@pytest.mark.in_a_file
def test_a_migrated_library_has_what_a_new_one_has(old: Desk, tmp_path: Path):
    old.open()
    Library(tmp_path / "new").close()
    assert shape(old.data / FILE_NAME) == shape(tmp_path / "new" / FILE_NAME)


@pytest.mark.in_a_file
def test_each_step_makes_its_format_of_the_one_before(old: Desk):
    file = old.data / FILE_NAME
    for number in range(format_of(file), len(STEPS) + 1):
        with closing(sqlite3.connect(file)) as db, db:
            migrate(db, file, STEPS[:number])
        assert format_of(file) == number
    old.open()
    check(old)


@pytest.mark.in_a_file
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


@pytest.mark.in_a_file
def test_a_stored_article_learns_its_url_when_its_file_is_read_again(old: Desk):
    store_what_states_its_url(old)
    old.open()
    repair(old.parts, lambda _: None)
    before = old.library.article(ITS_ID)
    assert (before.text, before.canonical_url) == (ITS_TEXT, None)
    indexed, version = vectors_of(old), old.library.version()
    done = old.ingest()
    assert (done.unchanged, done.changed, done.new, done.reread) == (3, 0, 0, 0)
    assert old.library.article(ITS_ID) == replace(before, canonical_url=ITS_URL)
    assert vectors_of(old) == indexed
    assert old.library.version() > version
    assert old.library.revisions.counts() == {}
    old.check()
    version = old.library.version()
    assert old.ingest().unchanged == 3
    assert old.library.version() == version


def vectors_of(desk: Desk) -> dict[str, list[float]]:
    held = desk.parts.vectors._collection.get(include=["embeddings"])
    return {i: list(map(float, v)) for i, v in zip(held["ids"], held["embeddings"], strict=True)}


@pytest.mark.in_a_file
def test_opening_a_present_library_writes_nothing(tmp_path: Path):
    with closing(Desk(tmp_path)) as desk, closing(sqlite3.connect(desk.data / FILE_NAME)) as watcher:
        version = watcher.execute("PRAGMA data_version").fetchone()
        with closing(Desk(tmp_path)):
            assert watcher.execute("PRAGMA data_version").fetchone() == version


@pytest.mark.in_a_file
def test_a_library_of_a_later_version_is_refused_and_left_as_it_is(tmp_path: Path):
    Library(tmp_path).close()
    with closing(sqlite3.connect(tmp_path / FILE_NAME)) as db:
        db.execute(f"PRAGMA user_version = {len(STEPS) + 1}")
    before = (tmp_path / FILE_NAME).read_bytes()
    with pytest.raises(LibraryError, match=f"format {len(STEPS) + 1}, this one reads {len(STEPS)}"):
        Library(tmp_path)
    assert (tmp_path / FILE_NAME).read_bytes() == before


@pytest.mark.in_a_file
def test_an_old_library_can_be_corrected(old: Desk):
    old.open()
    reindex(old.indexer, old.chunker, lambda _: None)
    name = old.id_of("0.txt")
    before = old.library.article(name)
    edit_articles(old.indexer, [name], {"outlet": "Le Phare", "title": "Corrigé"})
    read_corrected(old.indexer, old.chunker)
    assert old.library.article(name) == replace(before, outlet="Le Phare", title="Corrigé")
    old.ingest()
    assert old.library.article(name).outlet == "Le Phare"
    old.check()
