"""SQLite finds nothing wrong with a library that has rows in all its tables, compacted or not."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from desk import Desk

from rag.dossiers.rule import Rule
from rag.embargo.store import EmbargoedArticle
from rag.encoders.store import BegunIndex, UsedEncoder
from rag.entities.making import find_entities
from rag.followed.store import FollowedSource
from rag.library.feedback import Feedback, PassageRead
from rag.library.library import FILE_NAME, Library
from rag.library.map import CorpusMap, TypicalWord
from rag.library.sources import Response
from rag.schema.article import Article, Imprint, Span
from rag.schema.evidence import Evidence
from rag.standing.state import Found, State

STORY = (
    "Le pont de Corvenne a rouvert lundi après trois mois de travaux."
    " Il porte deux voies, dit le maire, Paul Roux. "
)
FILES = 40


@pytest.fixture
def full(tmp_path: Path) -> Iterator[Desk]:
    """A library with rows in every table: reprints of one story, a map, feedback, a failure, some gone."""
    with closing(Desk(tmp_path)) as desk:
        for number in range(FILES):
            desk.write(
                f"{number:02}.txt", f"{STORY * 3}{'Ajout.' * (number % 2)} Édition du quartier {number}."
            )
        desk.ingest()
        desk.write("00.txt", f"{STORY * 3} Corrigé.")
        (desk.files / "broken.md").write_bytes(b"\0\1\2\0")
        desk.ingest()
        desk.indexer.remove(desk.id_of("01.txt"))
        library, ids = desk.library, tuple(desk.library.map.states())
        read = tuple(PassageRead(i, "0", 3, 9, number) for number, i in enumerate(ids))
        said = ("down", ("wrong",), "Non.", "Quand ?", "answered", "fr", "none")
        library.feedback.put(Feedback("r1", "", "2026-01-05T12:00:00+00:00", *said, read))
        for article in map(library.article, ids):
            library.put_properties(
                replace(
                    article,
                    page_starts=(0, 9),
                    excerpt=True,
                    imprint=Imprint("Région"),
                    canonical_url=f"https://val.example/{article.id}",
                )
            )
        library.metadata.merge("Le Phare.fr", "Le Phare", "2026-01-05T12:00:00+00:00")
        corrected = desk.id_of("03.txt")
        moment = "2026-01-05T12:00:00+00:00"
        library.file_anew(
            [corrected], lambda stated: library.metadata.correct(stated, {"title": "Autre"}, moment)
        )
        library.responses.put(Response("http://a.example/", "0", "2026-01-05T12:00:00+00:00"))
        library.origins.put_asked(str((desk.files / "00.txt").resolve()), "2026-01-05T12:00:00+00:00")
        find_entities(library)
        held = replace(library.article(ids[0]), id="held")
        library.embargoes.put(EmbargoedArticle(held, (), "r", "k", "s", "d", "o", None))
        dossier = library.dossiers.create("", "Le pont")
        library.dossiers.add_rule(dossier.id, "", Rule("pont"))
        desk.parts.filling.fill([dossier.id])
        library.dossiers.take_out(dossier.id, "", [desk.id_of("00.txt"), desk.id_of("02.txt")])
        fill_desk(library, library.article(desk.id_of("03.txt")), moment)
        library.announce(["left by a crash"])
        staying = [desk.id_of(f"{number:02}.txt") for number in (0, 3, 4)]
        words = tuple(tuple(TypicalWord(f"mot{c}{r}", staying[c]) for r in range(6)) for c in range(3))
        places = np.linspace(0, 1, 2 * len(ids)).reshape(-1, 2)
        library.map.put(CorpusMap("now", ids, places, np.arange(len(ids)) % 3, words))
        yield desk


def fill_desk(library: Library, article: Article, now: str) -> None:
    """Follow a source, note something, ask again, and have it told; note the encoder; begin an index."""
    used = UsedEncoder(1, "fake", {"model": "fake"})
    library.encoders.begin(BegunIndex("a", 1, "fake"))
    likeness = np.ones((1, 2), dtype=np.float32)
    assert library.encoders.put_in_use(BegunIndex("a", 1, "fake"), used, "no such cut", "", likeness)
    library.encoders.begin(BegunIndex("b", 2, "other"))
    assert library.encoders.note_done(BegunIndex("b", 2, "other"), [(article.id, "digest")])
    library.followed.add(FollowedSource("https://a.example/feed.xml"))
    library.readings.begin("https://a.example/feed.xml", now)
    library.notes.add("", article, Span(0, 7), words="à garder")
    library.standing.add("", "question", "Quand le pont a-t-il rouvert ?", "fr")
    (turn,) = library.standing.turns()
    change = Found("source", after=(Evidence(article, 0, 7),))
    told = library.standing.put(turn, turn.arrival, State(), [change], {article.id})
    channel = library.notifications.channel("email", "")
    assert told
    assert library.notifications.put(channel, told)
    library.notifications.feed_token("")


def everything(desk: Desk) -> dict[str, list[tuple]]:
    """Every row of every table but SQLite's own."""
    with closing(sqlite3.connect(desk.data / FILE_NAME)) as db:
        query = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        tables = [name for (name,) in db.execute(query)]
        return {name: sorted(db.execute(f"SELECT * FROM {name}"), key=repr) for name in tables}


def test_a_library_with_rows_everywhere_is_sound_before_and_after_it_is_compacted(full: Desk):
    before = everything(full)
    assert [name for name, rows in before.items() if not rows] == []
    assert full.library.problems() == []
    full.library.compact()
    assert everything(full) == before
    assert full.library.problems() == []


def test_it_stays_sound_when_articles_go_after_that_and_it_is_compacted_again(full: Desk):
    full.library.compact()
    for number in range(2, FILES, 3):
        full.indexer.remove(full.id_of(f"{number:02}.txt"))
    assert full.library.problems() == []
    full.library.compact()
    assert full.library.problems() == []
    assert [name for name, rows in everything(full).items() if not rows] == ["unlisted"]


def test_no_table_without_a_rowid_has_a_column_before_one_of_its_key(full: Desk):
    """Of such a table SQLite 3.40's integrity check reads the wrong column, and calls sound rows damaged."""
    with closing(sqlite3.connect(full.data / FILE_NAME)) as db:
        tables = db.execute("SELECT name FROM pragma_table_list WHERE wr = 1").fetchall()
        assert tables != []
        for (name,) in tables:
            keys = [row[0] for row in db.execute("SELECT pk FROM pragma_table_info(?)", (name,))]
            assert keys == [*range(1, max(keys) + 1), *[0] * keys.count(0)], name
