"""The library follows its sources: what is new and changed comes, and only what is surely gone goes."""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from fake_embedder import FakeEmbedder
from loopback import fetchers, serving

from ingest.pipeline import Chunker, ingest
from ingest.syncing import LAST_SYNC, Brought, Syncing, is_surely_gone
from rag.assembly import Parts
from rag.config import ChunkingSettings, Settings, SourceSettings
from rag.lexical import TermIndex
from rag.library import Library
from rag.sketch_store import SketchStore
from rag.store import VectorStore

PAGE = (
    "<html><head><title>{0}</title></head><body><article><p>{0} a rouvert lundi matin.</p></article></body>"
)
FEED = '<rss version="2.0"><channel><title>Le Courrier</title>{}</channel></rss>'


@dataclass
class Desk:
    """A library and folders beside it."""

    folder: Path
    parts: Parts
    fetcher: object
    events: list = field(default_factory=list)

    def write(self, name: str, text: str) -> Path:
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return file

    def syncing(self, prune: bool = True) -> Syncing:
        chunker = Chunker(self.parts.embedder, self.parts.settings.chunking)
        return Syncing(self.parts.indexer, chunker, self.fetcher, self.events.append, prune=prune)

    def bring(self, place: str | Path, prune: bool = True) -> Brought:
        kind = "url" if "://" in str(place) else "path"
        (brought,) = self.syncing(prune).all([SourceSettings(**{kind: str(place)})])
        return brought

    def titles(self) -> set[str]:
        return {
            article.title.removesuffix(" a rouvert lundi matin.") for article in self.parts.library.articles()
        }


@contextmanager
def desk_in(folder: Path, fetcher: object):
    data = folder / "data"
    chunking = ChunkingSettings(max_tokens=32, overlap_tokens=0)
    embedder = FakeEmbedder()
    parts = Parts(
        Settings(data_dir=data, chunking=chunking),
        Library(data),
        VectorStore(data / "vectors", embedder.name),
        TermIndex(data / "terms"),
        SketchStore(data / "sketches"),
        embedder,
    )
    try:
        yield Desk(folder, parts, fetcher)
    finally:
        parts.close()


@pytest.fixture
def site():
    with serving() as site:
        yield site


@pytest.fixture
def desk(tmp_path):
    with fetchers() as make, desk_in(tmp_path, make()) as desk:
        yield desk


def sentence(name: str) -> str:
    return f"{name} a rouvert lundi matin."


def counts(brought: Brought) -> tuple[int, int, int, int, int]:
    summary = brought.summary
    return summary.new, summary.changed, summary.unchanged, len(summary.failed), len(brought.removed)


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
    assert desk.parts.library.fact(LAST_SYNC) is not None


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
    stopped = Syncing(
        syncing.indexer, syncing.chunker, syncing.fetcher, two.events.append,
        stop=lambda: len(asked) > 0 or bool(two.events and asked.append(1)), prune=True,
    )  # fmt: skip
    brought = stopped.one(SourceSettings(path=str(two.folder / "f")))
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
    assert two.parts.library.keys_in(str(pattern)) == {
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
    assert two.parts.library.keys_in(str(two.folder / "f")) == {
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


# --- feeds ---


def feed_of(*names: str) -> str:
    return FEED.format("".join(f"<item><title>{n}</title><link>/{n}</link></item>" for n in names))


@pytest.fixture
def feed(site, desk):
    """A feed of two pages that was brought in."""
    for name in ("Pont", "Bac"):
        site.put(f"/{name}", PAGE.format(name), ETag=f'"{name}"')
    site.put("/flux", feed_of("Pont", "Bac"), "application/rss+xml")
    assert counts(desk.bring(site.url("/flux"))) == (2, 0, 0, 0, 0)
    return site.url("/flux")


def test_pages_of_a_feed_are_asked_whether_they_changed(site, desk, feed):
    site.put("/Pont", PAGE.format("Musée"), ETag='"2"')
    assert counts(desk.bring(feed)) == (0, 1, 1, 0, 0)
    assert desk.titles() == {"Musée", "Bac"}


def test_an_article_that_a_feed_no_longer_lists_stays(site, desk, feed):
    site.put("/Lac", PAGE.format("Lac"))
    site.put("/flux", feed_of("Lac"), "application/rss+xml")
    assert counts(desk.bring(feed)) == (1, 0, 0, 0, 0)
    assert desk.titles() == {"Pont", "Bac", "Lac"}


def test_an_article_goes_when_its_server_says_so(site, desk, feed):
    site.put("/Lac", PAGE.format("Lac"))
    site.put("/flux", feed_of("Lac", "Bac"), "application/rss+xml")
    site.put("/Pont", "", status=410)
    site.put("/Bac", "", status=404)
    assert counts(desk.bring(feed, prune=False)) == (1, 0, 0, 1, 0)
    assert counts(desk.bring(feed)) == (0, 0, 1, 1, 2)
    assert desk.titles() == {"Lac"}


@pytest.mark.parametrize("status", [500, 403, 429, 302])
def test_a_page_that_fails_is_not_gone(site, desk, feed, status):
    site.put("/flux", feed_of("Bac"), "application/rss+xml")
    for name in ("Pont", "Bac"):
        site.put(f"/{name}", "", status=status)
    assert desk.bring(feed).removed == ()
    assert desk.titles() == {"Pont", "Bac"}


@pytest.mark.parametrize(
    ("status", "body"), [(500, ""), (404, ""), (410, ""), (200, "<p>Une page.</p>"), (200, "<rss><channel>")]
)
def test_a_feed_that_fails_takes_nothing_along(site, desk, feed, status, body):
    """Even a feed that is gone: its articles are where they were."""
    site.put("/flux", body, "text/html", status=status)
    assert desk.bring(feed).removed == ()
    assert {"Pont", "Bac"} <= desk.titles()


def test_a_server_that_is_down_takes_nothing_along(site, desk, feed):
    desk.fetcher.close()
    down = feed.replace(str(site.port), "9")
    desk.parts.library.put_origin(site.url("/Pont"), down)
    brought = desk.bring(down)
    assert (len(brought.summary.failed), brought.removed) == (1, ())
    assert desk.titles() == {"Pont", "Bac"}


def test_a_page_by_its_url_goes_when_it_is_gone(site, desk):
    site.put("/a", PAGE.format("Pont"))
    assert counts(desk.bring(site.url("/a"))) == (1, 0, 0, 0, 0)
    site.put("/a", "", status=500)
    assert desk.bring(site.url("/a")).removed == ()
    site.put("/a", "", status=410)
    assert len(desk.bring(site.url("/a")).removed) == 1
    assert desk.titles() == set()


def test_an_unchanged_feed_costs_one_request_once_it_was_read_whole(site, desk):
    site.put("/flux", feed_of("Pont", "Bac"), "application/rss+xml", ETag='"f"')
    site.put("/Pont", PAGE.format("Pont"))
    desk.bring(site.url("/flux"))  # one page is missing: it isn't done
    site.put("/Bac", PAGE.format("Bac"))
    assert counts(desk.bring(site.url("/flux"))) == (1, 0, 1, 0, 0)
    before = len(site.asked)
    assert counts(desk.bring(site.url("/flux"), prune=False)) == (0, 0, 0, 0, 0)
    assert [asked.path for asked in site.asked[before:]] == ["/flux"]


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
