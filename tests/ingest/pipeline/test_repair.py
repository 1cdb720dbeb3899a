"""Whatever is missing, left over or damaged is found; what is derived is derived again; nothing is lost."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from desk import Desk

from ingest.pipeline.repair import RepairReport, repair
from rag.errors import LibraryError
from rag.index.stores import posting
from rag.library.library import FILE_NAME
from rag.schema.article import Passage

LONG = " ".join(f"La phrase numéro {n} parle de la ville de Corvenne." for n in range(8))
QUESTION = "De quoi parle la phrase numéro 3 ?"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with closing(Desk(tmp_path)) as desk:
        desk.write("pont.txt", "Le pont de Corvenne a rouvert lundi.")
        desk.write("phrases.txt", LONG)
        desk.ingest()
        yield desk


def treated(desk: Desk) -> RepairReport:
    return repair(desk.parts, lambda _: None)


def kinds(report: RepairReport) -> dict[str, bool]:
    return {one.finding.check: one.repaired for one in report.repairs}


def sql(desk: Desk, statement: str, *values: object) -> None:
    """Change the library's file behind its back."""
    with closing(sqlite3.connect(desk.data / FILE_NAME)) as db, db:
        db.execute(statement, values)


def first(desk: Desk, name: str = "phrases.txt") -> Passage:
    return desk.library.passages_of(desk.id_of(name))[0]


def stray_vector(desk: Desk) -> None:
    article = desk.library.articles()[0]
    vector = np.eye(1, desk.embedder.dimension, dtype=np.float32)
    desk.parts.vectors.upsert(["stray:0:0"], vector, [article])


def stray_term(desk: Desk) -> None:
    passage = first(desk)
    article = desk.library.article(passage.article_id)
    other = Passage("stray:0:0", article.id, passage.start, passage.end, passage.sentences)
    desk.parts.terms.update([posting(article, other)])


def stray_sketch(desk: Desk) -> None:
    passage = first(desk)
    desk.parts.sketches.put(["stray:0:0"], [desk.parts.sketches.get([passage.id])[passage.id]])


def outcome(desk: Desk) -> tuple[list, set[str]]:
    """What is found. Scores of terms count what was taken out, too, until tantivy merges it away."""
    dense, sparse = desk.found(QUESTION, ["phras", "pont"])
    return dense, {hit.passage_id for hit in sparse}


def test_a_sound_library_is_found_sound(desk: Desk):
    report = treated(desk)
    counts = desk.library.counts()
    assert (report.articles, report.passages) == (counts.articles, counts.passages)
    assert (report.repairs, report.is_sound) == ((), True)


SABOTAGE: list[tuple[str, Callable[[Desk], object], set[str]]] = [
    (
        "a vector is gone",
        lambda d: d.parts.vectors.delete([first(d).id]),
        {"vectors_missing", "rows_missing"},
    ),
    ("the rows are gone", lambda d: d.parts.vectors.drop_rows(), {"rows_missing"}),
    ("a sketch is gone", lambda d: d.parts.sketches.delete([first(d).id]), {"sketches_missing"}),
    ("a posting is gone", lambda d: d.parts.terms.update([], delete=[first(d).id]), {"terms_missing"}),
    ("all terms are gone", lambda d: d.parts.terms.rebuild([]), {"terms_missing"}),
    ("a vector too many", stray_vector, {"vectors_stray", "rows_stray"}),
    ("a sketch too many", stray_sketch, {"sketches_stray"}),
    ("a posting too many", stray_term, {"terms_stray"}),
    ("an interruption", lambda d: d.library.announce(["left:0:0"]), {"leftovers"}),
    (
        "an end past the text",
        lambda d: sql(d, 'UPDATE passages SET "end" = 99999 WHERE id = ?', first(d).id),
        {"passages"},
    ),
    (
        "a sentence outside",
        lambda d: sql(d, "UPDATE passages SET sentences = '[[5,3]]' WHERE id = ?", first(d).id),
        {"passages"},
    ),
    (
        "a passage is gone",
        lambda d: sql(d, "DELETE FROM passages WHERE id = ?", first(d).id),
        {"passages", "vectors_stray", "rows_stray", "terms_stray", "sketches_stray"},
    ),
]


@pytest.mark.parametrize(
    ("damage", "expected"), [case[1:] for case in SABOTAGE], ids=[case[0] for case in SABOTAGE]
)
def test_what_is_derived_is_repaired(desk: Desk, damage: Callable[[Desk], object], expected: set[str]):
    articles, found = desk.library.articles(), outcome(desk)
    damage(desk)
    report = treated(desk)
    assert kinds(report) == dict.fromkeys(expected, True)
    assert report.is_sound
    desk.check()
    assert (desk.library.articles(), outcome(desk)) == (articles, found)
    assert treated(desk).repairs == ()


def test_one_thing_missing_and_another_too_many_are_both_found(desk: Desk):
    """As many as there should be: counting alone wouldn't tell."""
    desk.parts.terms.update([], delete=[first(desk).id])
    stray_term(desk)
    desk.parts.vectors.delete([first(desk).id])
    stray_vector(desk)
    report = treated(desk)
    assert kinds(report).keys() >= {"terms_missing", "terms_stray", "vectors_missing", "vectors_stray"}
    assert report.is_sound
    desk.check()


def test_a_text_that_was_altered_is_told_and_read_anew_from_its_source(desk: Desk):
    article_id = desk.id_of("pont.txt")
    sql(desk, "UPDATE articles SET text = replace(text, 'lundi', 'mardi') WHERE id = ?", article_id)
    for _ in range(2):  # told until it is put right
        report = treated(desk)
        assert kinds(report) == {"articles": False}
        assert report.repairs[0].finding.about == (article_id,)
        assert not report.is_sound
    summary = desk.ingest()
    assert (summary.changed, summary.unchanged) == (1, 1)
    assert desk.library.article(article_id).text == "Le pont de Corvenne a rouvert lundi."
    assert desk.library.revisions.of(article_id) == []  # nobody ever published the altered one
    assert treated(desk).repairs == ()


def test_an_altered_text_stays_told_when_its_passages_are_cut_again(desk: Desk):
    article_id = desk.id_of("pont.txt")
    sql(desk, "UPDATE articles SET text = 'Le pont.' WHERE id = ?", article_id)
    assert kinds(treated(desk)) == {"articles": False, "passages": True}
    assert kinds(treated(desk)) == {"articles": False}


def test_articles_of_an_earlier_format_get_their_checksums(desk: Desk):
    sql(desk, "DELETE FROM checksums")
    assert treated(desk).repairs == ()
    sql(desk, "UPDATE articles SET title = 'Autre' WHERE id = ?", desk.id_of("pont.txt"))
    assert kinds(treated(desk)) == {"articles": False}


def test_a_damaged_file_of_sketches_is_made_anew(desk: Desk):
    desk.close()
    (file,) = (desk.data / "sketches").glob("*.sqlite3")
    with file.open("r+b") as opened:
        opened.seek(4096)  # past the table's definition
        opened.write(b"\xff" * (file.stat().st_size - 4096))
    with pytest.raises(LibraryError, match=r"is damaged .*; run `sourcier doctor`, which makes it anew"):
        desk.open()
    desk.check_at_opening = False  # as doctor opens it
    desk.open()
    report = treated(desk)
    assert kinds(report)["sketch_file"]
    assert report.is_sound
    desk.check()


@pytest.mark.parametrize(("damaged", "repaired"), [("articles_by_date", True), ("articles", False)])
def test_a_damaged_library_is_told_and_its_indexes_made_anew(desk: Desk, damaged: str, repaired: bool):
    """What a table held is nowhere else: only a backup has it."""
    desk.close()
    before = (desk.data / FILE_NAME).read_bytes()
    root = sqlite3.connect(desk.data / FILE_NAME)
    with closing(root) as db:
        query = "SELECT rootpage FROM sqlite_master WHERE name = ?"
        (page,) = db.execute(query, (damaged,)).fetchone()
    size = int.from_bytes(before[16:18], "big")
    with (desk.data / FILE_NAME).open("r+b") as opened:
        opened.seek((page - 1) * size + 8)
        opened.write(b"\xff" * 64)
    with pytest.raises(LibraryError, match=r"library.sqlite3 is damaged \(.*\); run `sourcier doctor`"):
        desk.open()
    desk.check_at_opening = False  # as doctor opens it
    desk.open()
    report = treated(desk)
    assert kinds(report) == {"library_file": repaired}
    assert report.is_sound == repaired
