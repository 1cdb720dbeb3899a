"""The library's version changes when what answers rest on changes, and never for anything else."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import psycopg
import pytest
from desk import Desk

from ingest.pipeline.reindexing import reindex
from rag.library.failures import FailedSource
from rag.library.feedback import Feedback, PassageRead
from rag.library.library import FILE_NAME, Library
from rag.library.map import CorpusMap, TypicalWord
from rag.library.records import Entry, Source
from rag.library.sources import Response
from rag.storage.database import Place

IntegrityErrors = (sqlite3.IntegrityError, psycopg.IntegrityError)
BRIDGE = "Le pont de Corvenne a rouvert lundi après trois mois de travaux. Il porte deux voies."
FERRY = "Le bac de Valmorin ne circulera plus le dimanche, faute de pilotes. Le maire proteste."


@pytest.fixture
def desk(place: Place) -> Iterator[Desk]:
    with closing(Desk(place.folder, url=place.url)) as desk:
        desk.write("pont.txt", BRIDGE)
        desk.write("bac.txt", FERRY)
        desk.ingest()
        yield desk


def write_and_ingest(desk: Desk, name: str, text: str) -> None:
    desk.write(name, text)
    desk.ingest()


def move(desk: Desk) -> None:
    (desk.files / "bac.txt").rename(desk.files / "autre.txt")
    desk.ingest()


def read_elsewhere(desk: Desk) -> None:
    desk.library.put_source(Source("elsewhere", "another place", "0", desk.id_of("bac.txt")))


def remove(desk: Desk) -> None:
    desk.indexer.remove(desk.id_of("bac.txt"))


def spoil(desk: Desk) -> None:
    desk.library.distrust(desk.id_of("bac.txt"))


def index_again(desk: Desk) -> None:
    desk.library.forget_indexing()
    reindex(desk.indexer, desk.chunker, lambda _: None)


def change_one_checksum(desk: Desk) -> None:
    article = desk.library.article(desk.id_of("bac.txt"))
    desk.library.put_checksums([replace(article, title="Un titre mis à jour")])


CHANGES: dict[str, Callable[[Desk], None]] = {
    "a new article": lambda desk: write_and_ingest(desk, "neuf.txt", "Un texte nouveau est là."),
    "a reprint": lambda desk: write_and_ingest(desk, "copie.txt", BRIDGE + " Dit l'agence."),
    "another text": lambda desk: write_and_ingest(desk, "bac.txt", FERRY + " Encore."),
    "a file renamed": move,
    "a second source": read_elsewhere,
    "an article removed": remove,
    "an article distrusted": spoil,
    "vectors made anew": index_again,
    "another checksum": change_one_checksum,
}


def rate(desk: Desk) -> None:
    article = desk.library.article(desk.id_of("bac.txt"))
    read = (PassageRead(article.id, article.content_hash, 0, 6, 1),)
    said = ("down", (), "Non.", "Quand ?", "answered", "fr", "none")
    desk.library.feedback.put(Feedback("r1", "", "2026-01-05T12:00:00+00:00", *said, read))
    desk.library.feedback.withdraw("r1")


def put_map(desk: Desk) -> None:
    ids = tuple(desk.library.map.states())
    words = ((TypicalWord("pont", ids[0]),),)
    desk.library.map.put(CorpusMap("now", ids, np.zeros((2, 2)), np.zeros(2, dtype=int), words))
    assert len(desk.library.map.stored().ids) == 2


def note(desk: Desk) -> None:
    desk.library.facts.put("last_sync", "2026-01-05")
    desk.library.failures.put([FailedSource("x", "why", "pourquoi", "2026-01-05T12:00:00+00:00")])
    desk.library.failures.clear(["x"])
    desk.library.responses.put(Response("http://a.example/", "0", "2026-01-05T12:00:00+00:00"))
    key = str((desk.files / "bac.txt").resolve())
    desk.library.origins.put(key, "a pattern")
    desk.library.origins.put_asked(key, "2026-01-05T12:00:00+00:00")


def reopen(desk: Desk) -> None:
    desk.indexer.recover()
    with closing(Library(desk.place)):
        pass


NOT_CHANGES: dict[str, Callable[[Desk], None]] = {
    "a thumb": rate,
    "a map": put_map,
    "facts, failures, origins": note,
    "the same files again": lambda desk: desk.ingest(),
    "opened and recovered": reopen,
    "compacted": lambda desk: desk.library.compact(),
}


@pytest.mark.parametrize("name", CHANGES)
def test_what_answers_rest_on_changes_the_version(desk: Desk, name: str):
    before = desk.library.version()
    CHANGES[name](desk)
    after = desk.library.version()
    assert after != before
    assert desk.library.version() == after


@pytest.mark.parametrize("name", NOT_CHANGES)
def test_nothing_else_does(desk: Desk, name: str):
    before = desk.library.version()
    NOT_CHANGES[name](desk)
    assert desk.library.version() == before


def test_the_version_outlives_the_process_that_changed_it(desk: Desk):
    """Killed right after its commit: whoever has the library open sees it nonetheless."""
    before = desk.library.version()
    script = (
        "import os, sys, signal; from pathlib import Path; from rag.library.library import Library;"
        "from rag.storage.database import Place;"
        "library = Library(Place(Path(sys.argv[1]), sys.argv[3] or None)); library.remove(sys.argv[2]);"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    arguments = [sys.executable, "-c", script, str(desk.data), desk.id_of("bac.txt"), desk.url or ""]
    ended = subprocess.run(arguments, env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[3])})
    assert ended.returncode == -9
    assert [article.text for article in desk.library.articles()] == [BRIDGE]
    assert desk.library.version() != before


def test_what_was_never_committed_has_not_changed_it(desk: Desk):
    before = desk.library.version()
    article = desk.library.article(desk.id_of("bac.txt"))
    broken = [Entry(replace(article, text="Autre."), ()), Entry(replace(article, id="b", title=None), ())]
    with pytest.raises(IntegrityErrors):
        desk.library.acknowledge(broken, "test")
    assert desk.library.article(article.id) == article
    assert desk.library.version() == before


@pytest.mark.in_a_file
def test_a_program_that_knows_nothing_of_it_changes_it_all_the_same(desk: Desk):
    before = desk.library.version()
    with closing(sqlite3.connect(desk.data / FILE_NAME)) as db, db:
        db.execute("UPDATE articles SET title = 'Autre'")
    assert desk.library.version() != before


@pytest.mark.in_a_file
def test_a_library_of_an_earlier_version_counts_from_when_it_is_opened(desk: Desk):
    desk.close()
    with closing(sqlite3.connect(desk.data / FILE_NAME)) as db, db:
        for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            db.execute(f"DROP TRIGGER {name}")
        db.execute("DROP TABLE changes")
    desk.open()
    before = desk.library.version()
    remove(desk)
    assert desk.library.version() != before
