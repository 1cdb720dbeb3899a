"""The library follows its folders: what is new and changed comes, and only what is surely gone goes."""

from __future__ import annotations

import os
import shutil

import pytest
from loopback import fetchers
from sources_desk import Desk, counts, desk_in, sentence

from ingest.pipeline.chunking import Chunker
from ingest.pipeline.ingestion import ingest
from ingest.pipeline.sync import LAST_SYNC, Synchronizer, is_surely_gone
from rag.config import SourceSettings


@pytest.fixture
def desk(tmp_path):
    with fetchers() as make, desk_in(tmp_path, make()) as desk:
        yield desk


# --- folders ---


def test_a_folder_is_followed(desk):
    for name in ("Pont", "Bac", "Lac"):
        desk.write(f"f/{name}.txt", sentence(name))
    assert counts(desk.bring(desk.folder / "f")) == (3, 0, 0, 0, 0)
    desk.write("f/Pont.txt", sentence("Musée"))
    desk.write("f/sous/Port.txt", sentence("Port"))
    (desk.folder / "f/Bac.txt").unlink()
    assert counts(desk.bring(desk.folder / "f")) == (1, 1, 1, 0, 1)
    assert desk.titles() == {"Musée", "Lac", "Port"}
    assert desk.parts.vectors.count() == desk.parts.terms.count() == 3
    assert desk.parts.library.facts.get(LAST_SYNC) is not None


def test_nothing_goes_unless_asked(desk):
    for name in ("Pont", "Bac"):
        desk.write(f"f/{name}.txt", sentence(name))
    desk.bring(desk.folder / "f")
    (desk.folder / "f/Bac.txt").unlink()
    assert counts(desk.bring(desk.folder / "f", prune=False)) == (0, 0, 1, 0, 0)
    assert desk.titles() == {"Pont", "Bac"}


def test_a_renamed_file_keeps_its_article(desk):
    desk.write("f/Pont.txt", sentence("Pont"))
    desk.write("f/Bac.txt", sentence("Bac"))
    desk.bring(desk.folder / "f")
    before = {article.id for article in desk.parts.library.articles()}
    (desk.folder / "f/Bac.txt").rename(desk.folder / "f/Bateau.txt")
    assert counts(desk.bring(desk.folder / "f")) == (0, 0, 2, 0, 0)
    assert {article.id for article in desk.parts.library.articles()} == before
    assert desk.parts.library.counts().sources == 2


def test_what_another_source_still_has_stays(desk):
    desk.write("f/Pont.txt", sentence("Pont"))
    desk.write("f/Bac.txt", sentence("Bac"))
    desk.write("g/Bac.txt", sentence("Bac"))
    desk.bring(desk.folder / "f")
    desk.bring(desk.folder / "g")
    (desk.folder / "f/Bac.txt").unlink()
    assert counts(desk.bring(desk.folder / "f")) == (0, 0, 1, 0, 0)
    assert desk.titles() == {"Pont", "Bac"}


@pytest.fixture
def two(desk):
    """A folder of two articles in subfolders that was brought in."""
    desk.write("f/a/Pont.txt", sentence("Pont"))
    desk.write("f/b/Bac.txt", sentence("Bac"))
    desk.bring(desk.folder / "f")
    return desk


def test_a_folder_that_is_gone_takes_nothing_along(two):
    shutil.rmtree(two.folder / "f")
    brought = two.bring(two.folder / "f")
    assert counts(brought) == (0, 0, 0, 1, 0)
    assert brought.summary.failed[0].reason.endswith("no such file or folder; check the path.")
    assert two.titles() == {"Pont", "Bac"}


def test_a_folder_that_is_suddenly_empty_takes_nothing_along(two):
    """As when what was mounted there isn't any more."""
    shutil.rmtree(two.folder / "f")
    (two.folder / "f").mkdir()
    assert two.bring(two.folder / "f").removed == ()
    assert two.titles() == {"Pont", "Bac"}


def test_a_subfolder_that_is_suddenly_empty_takes_nothing_along(two):
    (two.folder / "f/b/Bac.txt").unlink()
    brought = two.bring(two.folder / "f")
    assert (counts(brought), brought.unsure) == ((0, 0, 1, 0, 0), True)
    assert two.titles() == {"Pont", "Bac"}
    (two.folder / "f/b").rmdir()
    brought = two.bring(two.folder / "f")
    assert (counts(brought), brought.unsure) == ((0, 0, 1, 0, 1), False)
    assert two.titles() == {"Pont"}


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every folder")
def test_a_folder_that_cannot_be_read_takes_nothing_along(two):
    (two.folder / "f/b").chmod(0)
    try:
        brought = two.bring(two.folder / "f")
    finally:
        (two.folder / "f/b").chmod(0o700)
    assert (brought.removed, brought.unsure) == ((), True)


def test_a_listing_that_failed_somewhere_takes_nothing_along(two, monkeypatch):
    """A folder whose reading fails (an unplugged disk): what else is missing may be behind it."""
    real = os.scandir

    def failing(path):
        if str(path).endswith("/b"):
            raise OSError(5, "Input/output error", str(path))
        return real(path)

    two.write("f/c/Lac.txt", sentence("Lac"))
    two.bring(two.folder / "f")
    (two.folder / "f/c/Lac.txt").unlink()
    (two.folder / "f/c").rmdir()
    monkeypatch.setattr(os, "scandir", failing)
    brought = two.bring(two.folder / "f")
    assert (len(brought.summary.failed), brought.removed, brought.unsure) == (1, (), True)
    monkeypatch.undo()
    assert len(two.bring(two.folder / "f").removed) == 1
    assert two.titles() == {"Pont", "Bac"}


def test_a_file_that_became_unreadable_is_not_gone(two):
    (two.folder / "f/b/Bac.txt").write_bytes(b"\x00\x01\x02\x00")
    brought = two.bring(two.folder / "f")
    assert counts(brought) == (0, 0, 1, 1, 0)
    assert two.titles() == {"Pont", "Bac"}


def test_a_run_that_was_stopped_takes_nothing_along(two):
    (two.folder / "f/b/Bac.txt").unlink()
    (two.folder / "f/b").rmdir()
    two.write("f/a/Lac.txt", sentence("Lac"))
    asked = []
    syncing = two.syncing()
    stopped = Synchronizer(
        syncing.indexer, syncing.chunker, syncing.fetcher, two.events.append,
        stop=lambda: len(asked) > 0 or bool(two.events and asked.append(1)), prune=True,
    )  # fmt: skip
    (brought,) = stopped.each([SourceSettings(path=str(two.folder / "f"))])
    assert (brought.summary.stopped, brought.removed) == (True, ())
    assert two.titles() >= {"Pont", "Bac"}


def test_one_source_that_fails_stops_no_other(two):
    sources = [SourceSettings(path=str(two.folder / name)) for name in ("nowhere", "f")]
    first, second = two.syncing().all(sources)
    assert len(first.summary.failed) == 1
    assert second.summary.unchanged == 2


def test_a_pattern_and_a_file_are_followed(two):
    two.write("f/a/Note.md", "# Note\n\n" + sentence("Note"))
    pattern = two.folder / "f/*/*.txt"
    assert two.bring(pattern).summary.unchanged == 2
    assert two.bring(two.folder / "f/a/Note.md").summary.new == 1
    assert two.parts.library.origins.keys(str(pattern)) == {
        str(two.folder / "f/a/Pont.txt"),
        str(two.folder / "f/b/Bac.txt"),
    }


def test_a_table_row_that_is_gone_goes(desk):
    table = desk.write("t.csv", "id,Corps\n1,Le pont a rouvert lundi.\n2,Le bac a fermé mardi.\n")
    source = SourceSettings(path=str(table), columns={"text": "Corps"})
    (brought,) = desk.syncing().all([source])
    assert brought.summary.new == 2
    desk.write("t.csv", "id,Corps\n2,Le bac a fermé mardi.\n")
    (brought,) = desk.syncing().all([source])
    assert counts(brought) == (0, 0, 1, 0, 1)
    (brought,) = desk.syncing().all([SourceSettings(path=str(table), columns={"texte": "Corps"})])
    assert brought.summary.failed[0].reason.startswith("columns: unknown field texte")
    assert len(desk.titles()) == 1


def test_what_changed_in_a_folder_is_brought_in_alone(two):
    two.write("f/a/Lac.txt", sentence("Lac"))
    two.write("f/a/.Caché.txt", sentence("Caché"))
    pont = two.folder / "f/a/Pont.txt"
    pont.unlink()
    paths = [str(two.folder / "f/a" / name) for name in ("Lac.txt", ".Caché.txt", "Pont.txt")]
    source = SourceSettings(path=str(two.folder / "f"))
    assert counts(two.syncing().changed(source, paths)) == (1, 0, 0, 0, 1)
    assert two.titles() == {"Lac", "Bac"}
    assert two.parts.library.origins.keys(str(two.folder / "f")) == {
        str(two.folder / "f/a/Lac.txt"),
        str(two.folder / "f/b/Bac.txt"),
    }


def test_what_changed_is_found_by_a_relative_path_too(two, monkeypatch):
    monkeypatch.chdir(two.folder)
    source = SourceSettings(path="f")
    lac = two.write("f/a/Lac.txt", sentence("Lac"))
    assert counts(two.syncing().changed(source, [str(lac)])) == (1, 0, 0, 0, 0)
    (article,) = [one for one in two.parts.library.articles() if one.title.startswith("Lac")]
    assert article.source == "f/a/Lac.txt"
    lac.unlink()
    assert counts(two.syncing().changed(source, [str(lac)])) == (0, 0, 0, 0, 1)
    assert two.titles() == {"Pont", "Bac"}


def test_what_is_surely_gone(tmp_path):
    (tmp_path / "f").mkdir()
    (tmp_path / "f/here.txt").write_text("x")
    (tmp_path / "empty").mkdir()
    assert is_surely_gone(str(tmp_path / "f/gone.txt"))
    assert is_surely_gone(str(tmp_path / "f/gone/too/x.txt"))
    assert is_surely_gone(str(tmp_path / "f/here.txt#3"))
    assert not is_surely_gone(str(tmp_path / "f/here.txt/x"))
    assert not is_surely_gone(str(tmp_path / "f/here.txt"))
    assert not is_surely_gone(str(tmp_path / "empty/gone.txt"))
    assert not is_surely_gone(str(tmp_path / "f" / ("x" * 300)))


def test_what_was_removed_by_hand_is_not_brought_back_until_it_is_asked_for(desk: Desk):
    desk.write("press/a.txt", "Le musée de Sarrane a rouvert lundi matin.\n")
    desk.write("press/b.txt", "Le pont de Valbrume a rouvert lundi matin.\n")
    place = desk.folder / "press"
    desk.bring(place)
    (museum,) = (a for a in desk.parts.library.articles() if "musée" in a.text)
    desk.parts.indexer.remove(museum.id)
    assert desk.bring(place).summary.read == 1
    desk.write("press/a.txt", "Le musée de Sarrane a rouvert mardi matin.\n")
    assert desk.bring(place, prune=False).summary.read == 1
    assert desk.titles() == {"Le pont de Valbrume"}
    chunker = Chunker(desk.parts.embedder, desk.parts.settings.chunking)
    ingest([str(place / "a.txt")], desk.parts.indexer, chunker, lambda _: None)
    assert desk.bring(place).summary.read == 2
    assert {"musée" in a.text for a in desk.parts.library.articles()} == {True, False}
