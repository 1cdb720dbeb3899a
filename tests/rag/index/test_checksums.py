"""What an index holds is held against its checksums: a small one at its opening, a large one's hits."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from damaged_files import damage
from desk import Desk

from ingest.pipeline.repair import repair
from rag.errors import LibraryError
from rag.index import flat_index, tantivy_folder
from rag.index.multivector import pack, unpack
from rag.index.tantivy_files import IndexFiles

QUESTION = "Quand le pont a-t-il rouvert ?"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with closing(Desk(tmp_path)) as desk:
        for number in range(6):
            desk.write(f"{number}.txt", f"Le pont numéro {number} a rouvert lundi. La mairie le dit.")
        desk.ingest()
        yield desk


def found(desk: Desk) -> list[str]:
    dense, sparse = desk.found(QUESTION, ["pont"])
    return sorted(hit.passage_id for hit in (*dense, *sparse))


def reopened(desk: Desk) -> None:
    desk.close()
    desk.open()
    desk.indexer.recover()


def checks(desk: Desk) -> set[str]:
    report = repair(desk.parts, lambda _: None)
    assert report.is_sound
    return {one.finding.check for one in report.repairs}


def flip(file: Path, place: int) -> None:
    content = bytearray(file.read_bytes())
    content[place] ^= 0x10
    file.write_bytes(content)


# --- vectors in rows ---


@pytest.mark.parametrize("name", ["vectors.f32", "records", "ids", "sums"])
def test_a_damaged_row_of_a_small_index_is_made_anew_when_it_is_opened(desk: Desk, name: str):
    before, file = found(desk), desk.data / "vectors" / "rows" / name
    rows = file.read_bytes()
    flip(file, len(rows) // 2)
    reopened(desk)
    assert found(desk) == before
    desk.check()
    if name != "ids":  # where ids stand is of no account
        assert file.read_bytes() == rows


def test_a_damaged_row_of_a_large_index_is_refused_when_it_is_found_and_repaired(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
):
    before = found(desk)
    monkeypatch.setattr(flat_index, "_LOOKED_AT_WHOLE", 0)
    flip(desk.data / "vectors" / "rows" / "vectors.f32", 100)
    reopened(desk)
    with pytest.raises(LibraryError, match="the vectors are damaged; run `sourcier doctor`"):
        found(desk)
    assert checks(desk) == {"rows_missing"}
    assert found(desk) == before


def test_rows_of_an_earlier_version_are_taken_as_they_are_and_get_their_checksums(desk: Desk):
    before, sums = found(desk), desk.data / "vectors" / "rows" / "sums"
    written = sums.read_bytes()
    desk.close()
    sums.unlink()
    desk.open()
    assert found(desk) == before
    desk.indexer.recover()
    assert sums.read_bytes() == written


def test_a_vector_that_chroma_has_lost_is_no_row_s_and_is_computed_again(desk: Desk):
    first = desk.library.passages_of(desk.id_of("0.txt"))[0].id
    with desk.parts.vectors._open(writing=True) as collection:
        wrong = np.eye(1, desk.embedder.dimension, dtype=np.float32)
        collection.upsert(ids=[first], embeddings=wrong)
    desk.parts.vectors.drop_rows()
    desk.indexer.recover()
    assert desk.parts.vectors.rows_present([first]) == set()
    with pytest.raises(LibraryError, match="a file of it is missing or damaged; run `sourcier doctor`"):
        desk.indexer.check_complete()
    assert checks(desk) == {"vectors_missing", "rows_missing"}
    desk.indexer.check_complete()
    desk.check()


# --- terms ---


def test_a_large_term_index_is_looked_at_whole_by_a_check(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    before = found(desk)
    monkeypatch.setattr(tantivy_folder, "_LOOKED_AT_WHOLE", 0)
    file = max((desk.data / "terms").rglob("*.store"), key=lambda file: file.stat().st_size)
    flip(file, 3)
    desk.close()
    desk.open()
    assert not desk.parts.terms.is_damaged  # by its footers alone
    assert "terms_missing" in checks(desk)
    assert found(desk) == before


def test_a_damaged_term_index_finds_nothing_rather_than_something_else(desk: Desk):
    desk.close()
    file = next((desk.data / "terms").rglob("*.term"))
    flip(file, 3)
    desk.open()
    terms = desk.parts.terms
    assert (terms.is_damaged, terms.count(), terms.present(["a"])) == (True, 0, set())
    for read in (
        lambda: terms.search(["pont"], 5),
        lambda: terms.in_a_row(["pont"], 5),
        lambda: terms.idf(["pont"]),
        lambda: terms.update([], delete=["a"]),
    ):
        with pytest.raises(LibraryError, match="has another checksum\\); run `sourcier doctor`"):
            read()
    desk.indexer.recover()
    desk.check()


def test_a_note_that_is_older_than_the_index_is_right_about_what_it_names(desk: Desk):
    note = next((desk.data / "terms").rglob("checksums.json"))
    before = note.read_bytes()
    desk.write("7.txt", "Le bac de Valmorin reste à quai.")
    desk.ingest()
    files = IndexFiles(next(one for one in (desk.data / "terms").iterdir() if one.is_dir()))
    for content in (before, b"", b"[1", b"[]"):
        note.write_bytes(content)  # as a stop between both, or an earlier version, leaves it
        assert files.damage() == ""


# --- sketches ---


def test_a_sketch_is_its_bytes_or_damaged_and_an_earlier_version_s_has_no_checksum(desk: Desk):
    first = desk.library.passages_of(desk.id_of("0.txt"))[0].id
    sketch = desk.parts.sketches.get([first])[first]
    packed = pack(sketch)
    assert pack(unpack(packed)) == pack(unpack(packed[:-4])) == packed
    for place in range(0, len(packed), 7):
        broken = bytearray(packed)
        broken[place] ^= 1
        with pytest.raises(ValueError, match="sketch"):
            unpack(bytes(broken))
    for length in (0, 3, 40, len(packed) - 5, len(packed) - 3, len(packed) - 1):
        with pytest.raises(ValueError, match="sketch"):
            unpack(packed[:length])
    with pytest.raises(ValueError, match="sketch"):
        unpack(packed + b"0")


def test_a_damaged_sketch_is_refused_and_repaired(desk: Desk):
    first = desk.library.passages_of(desk.id_of("0.txt"))[0].id
    (file,) = (desk.data / "sketches").glob("*.sqlite3")
    with closing(sqlite3.connect(file)) as db, db:
        db.execute(
            "UPDATE sketches SET sketch = CAST(sketch || x'00' AS BLOB) WHERE passage_id = ?", (first,)
        )
    assert desk.parts.sketches.get([first]) == {}
    assert checks(desk) == {"sketches_missing"}
    assert desk.parts.sketches.get([first]).keys() == {first}


@pytest.mark.parametrize("how", ["truncated", "emptied"])
def test_a_file_that_is_no_file_of_sketches_is_made_anew_by_a_check(desk: Desk, how: str):
    desk.close()
    (file,) = (desk.data / "sketches").glob("*.sqlite3")
    for beside in file.parent.glob("*-*"):
        assert beside == file or beside.unlink() is None
    damage(file, how, None)
    desk.check_at_opening = False
    desk.open()
    checks(desk)
    desk.check()
