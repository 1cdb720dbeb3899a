"""Which sources are followed, which may be, and what a reading of each leaves behind."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import loopback
import pytest
from fake_embedder import FakeEmbedder
from sources_desk import Desk, desk_in, sentence

from ingest.following.opml import Subscription, read_opml
from ingest.following.sources import (
    due_sources,
    export_opml,
    follow_moved,
    import_opml,
    listed_sources,
    new_source,
    sources_to_read,
)
from ingest.pipeline.chunking import Chunker
from ingest.pipeline.sync import Synchronizer
from rag.config import Settings, SourceSettings
from rag.engine.engine import open_engine
from rag.errors import LibraryError, UserError
from rag.followed.readings import Reading
from rag.followed.store import FollowedSource

RSS = "https://a.example/rss"
ENVIRONMENT = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}


@pytest.fixture
def site():
    with loopback.serving() as site:
        yield site


@pytest.fixture
def desk(tmp_path):
    with loopback.fetchers() as make, desk_in(tmp_path, make()) as desk:
        yield desk


def read(desk: Desk, place: str) -> Reading:
    """Read a source as `sync` does; return what is noted of it."""
    kind = "url" if "://" in place else "path"
    with closing(
        iter(replace(desk.syncing(), notes=True).each([SourceSettings(**{kind: place})]))
    ) as brought:
        list(brought)
    return desk.parts.library.readings.of(place)[0]


def feed(site: loopback.Site, *names: str) -> str:
    items = ""
    for name in names:
        site.put(f"/{name}", f"<html><body><article><p>{sentence(name)}</p></article></body></html>")
        items += f"<item><title>{name}</title><link>{site.url(f'/{name}')}</link></item>"
    return f'<rss version="2.0"><channel>{items}</channel></rss>'


# --- what may be followed ---


@pytest.mark.parametrize(
    ("written", "place"),
    [
        (RSS, RSS),
        ("  a.example/rss ", RSS),
        ("HTTPS://A.EXAMPLE:443/rss#x", RSS),
        ("http://8.8.8.8/rss", "http://8.8.8.8/rss"),
    ],
)
def test_an_address_is_followed_in_its_one_spelling(written, place):
    source = new_source(written, Settings(), may_read_paths=False, name=" Le\nPhare ")
    assert (source.place, source.name, source.every) == (place, "Le Phare", "1h")


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("", "write the address"),
        ("a\0b", "write the address"),
        ("https://a.example/" + "x" * 5_000, "write the address"),
        ("file:///etc/passwd", "only http and https"),
        ("http://a:b@c.example/", "name or password"),
        ("http://127.0.0.1/rss", "isn't a public address"),
        ("http://[::1]:80/rss", "isn't a public address"),
        ("http://169.254.169.254/latest", "isn't a public address"),
        ("/etc", "folders of the server"),
        ("~/articles", "folders of the server"),
        ("../articles", "folders of the server"),
        ("articles", "folders of the server"),
        ("articles/*.html", "folders of the server"),
    ],
)
def test_what_cant_be_followed_says_why(written, said):
    with pytest.raises(UserError, match=said):
        new_source(written, Settings(), may_read_paths=False)


def test_a_folder_is_followed_by_its_full_path_where_it_may_be(tmp_path, monkeypatch):
    (tmp_path / "f").mkdir()
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UserError, match="holds nothing that can be read"):
        new_source("f", Settings(), may_read_paths=True)
    (tmp_path / "f" / "a.txt").write_text(sentence("Pont"))
    assert new_source("f", Settings(), may_read_paths=True) == FollowedSource(str(tmp_path / "f"))
    assert new_source("f/*.txt", Settings(), may_read_paths=True).place == str(tmp_path / "f" / "*.txt")
    for missing in ("g", "nothing.txt", "/nowhere"):
        with pytest.raises(UserError, match="no such file or folder"):
            new_source(missing, Settings(), may_read_paths=True)


def test_an_interval_is_one_or_says_so():
    assert new_source(RSS, Settings(), False, every="15m").every == "15m"
    with pytest.raises(UserError, match="3w: not an interval"):
        new_source(RSS, Settings(), False, every="3w")


def test_what_the_configuration_lists_is_the_configurations(library, tmp_path):
    settings = Settings(data_dir=tmp_path, sources=(SourceSettings(url=RSS, every="2h"),))
    with pytest.raises(UserError, match=r"config\.yaml lists this source already"):
        new_source("a.example/rss", settings, False)
    library.followed.add(FollowedSource(RSS, every="1d"))  # before it was listed there
    library.followed.add(FollowedSource("https://b.example/rss", paused_at="2026-01-05T12:00:00+00:00"))
    listed = listed_sources(settings, library)
    assert [(one.place, one.in_config, one.settings.every, one.is_paused) for one in listed] == [
        (RSS, True, "2h", False),
        ("https://b.example/rss", False, None, True),
    ]
    assert sources_to_read(settings) == [settings.sources[0]]


def test_a_source_is_due_when_its_interval_is_over_since_it_was_last_begun(library, tmp_path):
    settings, begun = Settings(data_dir=tmp_path), datetime(2026, 1, 5, 12, tzinfo=UTC)
    for place, paused_at in (
        ("https://a.example/", None),
        ("https://b.example/", "2026-01-05T12:00:00+00:00"),
    ):
        library.followed.add(FollowedSource(place, every="2h", paused_at=paused_at))
    library.followed.add(FollowedSource("/articles"))  # without an interval: when it changes, or is asked for

    def due(hours: float) -> list[str]:
        found = due_sources(listed_sources(settings, library), lambda: begun + timedelta(hours=hours))
        return [one.place for one in found]

    assert due(0) == ["https://a.example/"]
    library.readings.begin("https://a.example/", begun.isoformat())
    assert (due(1.9), due(2)) == ([], ["https://a.example/"])


# --- what a reading leaves behind ---


def test_what_came_of_a_feed_is_noted(desk, site):
    site.put("/rss", feed(site, "Pont", "Bac"), "application/rss+xml", ETag='"1"')
    first = read(desk, site.url("/rss"))
    assert (first.outcome, first.new, first.failed) == ("read", 2, 0)
    assert first.begun_at == first.ended_at == "2026-01-05T12:00:00+00:00"
    again = read(desk, site.url("/rss"))
    assert (again.outcome, again.new, again.unchanged) == ("unmodified", 0, 0)
    site.put("/rss", feed(site, "Pont", "Bac", "Lac"), "application/rss+xml", ETag='"2"')
    site.put("/Bac", "", status=403)
    third = read(desk, site.url("/rss"))
    assert (third.outcome, third.new, third.unchanged, third.failed) == ("read", 1, 1, 1)
    assert third.failures[0].text("fr") == f"{site.url('/Bac')} : le serveur refuse qu'on la lise (403)."


@pytest.mark.parametrize(
    ("path", "said"),
    [("/gone", "the server has no such page (404)"), ("/closed", "robots.txt doesn't allow it to be read")],
)
def test_why_a_feed_fails_is_noted(desk, site, path, said):
    site.put("/robots.txt", "User-agent: *\nDisallow: /closed", "text/plain")
    reading = read(desk, site.url(path))
    assert (reading.outcome, reading.failed) == ("failed", 1)
    assert said in reading.failures[0].reason


@pytest.mark.parametrize(
    ("steps", "moved_to"),
    [
        ([(301, "/b")], "/b"),
        ([(308, "/b"), (301, "/c")], "/c"),
        ([(301, "/b"), (302, "/c")], "/b"),
        ([(302, "/b"), (301, "/c")], ""),
    ],
)
def test_where_a_feed_has_moved_for_good_is_noted_also_when_it_is_unmodified(desk, site, steps, moved_to):
    path = "/a"
    for status, target in steps:
        site.put(path, "", status=status, Location=target)
        path = target
    site.put(path, feed(site, "Pont"), "application/rss+xml", ETag='"1"')
    for outcome in ("read", "unmodified"):
        reading = read(desk, site.url("/a"))
        assert (reading.outcome, reading.moved_to) == (outcome, moved_to and site.url(moved_to))


def test_a_source_that_moved_is_followed_there_with_what_it_brought(desk, site):
    site.put("/a", "", status=301, Location="/b")
    site.put("/b", feed(site, "Pont"), "application/rss+xml")
    library = desk.parts.library
    library.followed.add(FollowedSource(site.url("/a")))
    moved_to = read(desk, site.url("/a")).moved_to
    follow_moved(library, site.url("/a"), moved_to)
    assert [one.place for one in library.followed.listed()] == [site.url("/b")]
    assert library.origins.keys(site.url("/b")) == {site.url("/Pont")}
    site.put("/b", feed(site, "Bac"), "application/rss+xml")
    site.put("/Pont", "", status=410)
    desk.clock += timedelta(hours=2)
    reading = read(desk, site.url("/b"))
    assert (reading.new, reading.removed, reading.moved_to) == (1, 1, "")


def test_what_fails_while_it_is_read_stays_open_and_nothing_is_lost(desk, site, monkeypatch):
    """As a process that is killed between reading and noting: the next reading says what is there."""
    site.put("/rss", feed(site, "Pont", "Bac"), "application/rss+xml")
    readings = desk.parts.library.readings

    def killed(*_: object) -> None:
        raise LibraryError("the disk is full", "le disque est plein")

    monkeypatch.setattr(readings, "end", killed)
    with pytest.raises(LibraryError):
        read(desk, site.url("/rss"))
    monkeypatch.undo()
    assert readings.of(site.url("/rss"))[0].outcome == "open"
    assert desk.titles() == {"Pont", "Bac"}
    after = read(desk, site.url("/rss"))
    assert (after.outcome, after.new, after.unchanged) == ("read", 0, 2)


KILLED = """
import os, sys
from pathlib import Path
from fake_embedder import FakeEmbedder
from ingest.fetch.fetcher import Fetcher
from ingest.pipeline.chunking import Chunker
from ingest.pipeline.sync import Synchronizer
from rag.config import Settings, SourceSettings
from rag.engine.engine import open_engine
from rag.followed.readings import ReadingTable

ReadingTable.end = lambda *_: os._exit(9)
parts = open_engine(Settings(data_dir=Path(sys.argv[1])), FakeEmbedder())
chunker = Chunker(parts.embedder, parts.settings.chunking)
syncing = Synchronizer(parts.indexer, chunker, Fetcher(), lambda _: None, notes=True)
list(syncing.each([SourceSettings(path=sys.argv[2])]))
"""


def test_a_process_that_is_killed_between_reading_and_noting_loses_nothing(tmp_path):
    (tmp_path / "f").mkdir()
    (tmp_path / "f" / "a.txt").write_text(sentence("Pont"))
    done = subprocess.run([sys.executable, "-c", KILLED, tmp_path / "data", tmp_path / "f"], env=ENVIRONMENT)
    assert done.returncode == 9
    with loopback.fetchers() as make, desk_in(tmp_path, make()) as desk:
        folder = str(tmp_path / "f")
        (open_,) = desk.parts.library.readings.of(folder)
        assert (open_.outcome, open_.ended_at) == ("open", None)
        assert desk.titles() == {"Pont"}
        assert (read(desk, folder).unchanged, read(desk, folder).outcome) == (1, "read")


def test_folders_that_are_watched_note_what_changed_and_what_is_named_once_notes_nothing(desk):
    desk.write("f/a.txt", sentence("Pont"))
    folder = str(desk.folder / "f")
    assert read(desk, folder).new == 1
    file = desk.write("f/b.txt", sentence("Bac"))
    replace(desk.syncing(), notes=True).changed(SourceSettings(path=folder), [str(file)])
    assert [one.new for one in desk.parts.library.readings.of(folder)] == [1, 1]
    desk.bring(desk.folder / "f")
    assert len(desk.parts.library.readings.of(folder)) == 2


def test_a_stopped_reading_says_so(desk, site):
    site.put("/rss", feed(site, "Pont", "Bac"), "application/rss+xml")
    stop = iter([False, True, True, True, True, True])
    syncing = replace(desk.syncing(), notes=True, stop=lambda: next(stop, True))
    list(syncing.each([SourceSettings(url=site.url("/rss"))]))
    assert desk.parts.library.readings.of(site.url("/rss"))[0].outcome == "stopped"


# --- lists of feeds ---


def test_a_list_is_followed_and_each_outline_that_isnt_says_why(library, tmp_path):
    settings = Settings(data_dir=tmp_path, sources=(SourceSettings(url="https://listed.example/rss"),))
    library.followed.add(FollowedSource(RSS))
    outlines = "".join(
        f'<outline text="{name}" xmlUrl="{url}"/>'
        for name, url in (
            ("new", "https://n.example/rss"),
            ("here", RSS),
            ("config", "https://listed.example/rss"),
            ("inside", "http://10.0.0.1/rss"),
        )
    )
    imported = import_opml(f"<opml><body>{outlines}</body></opml>".encode(), settings, library)
    assert [one.place for one in imported.added] == ["https://n.example/rss"]
    assert [one.text("en") for one in imported.refused] == [
        "here: it is followed already.",
        "config: it is followed already.",
        "inside: http://10.0.0.1/rss: this isn't a public address, and is never connected to.",
    ]
    assert [one.every for one in library.followed.listed()] == ["", "1h"]


def test_an_exported_list_has_the_addresses_and_no_path(library, tmp_path):
    settings = Settings(data_dir=tmp_path, sources=(SourceSettings(path="/home/ada/secret"),))
    library.followed.add(
        FollowedSource(RSS, "Le Phare", "Presse", "2h", paused_at="2026-01-05T12:00:00+00:00")
    )
    written = export_opml(listed_sources(settings, library), "Mes flux")
    assert b"ada" not in written
    assert read_opml(written) == [Subscription(RSS, "Le Phare", "Presse", "2h", True)]


def test_what_was_imported_is_exported_as_it_was(tmp_path):
    given = [Subscription(f"https://a.example/{n}", f"n{n}", "Presse" * (n % 2), "15m") for n in range(5)]
    settings = Settings(data_dir=tmp_path)
    with closing(open_engine(settings, FakeEmbedder())) as engine:
        import_opml(export_of(given), settings, engine.library)
        listed = listed_sources(settings, engine.library)
        assert sorted(read_opml(export_opml(listed, "x")), key=str) == sorted(given, key=str)


def export_of(given: list[Subscription]) -> bytes:
    from ingest.following.opml import write_opml

    return write_opml(given, "x")


def test_a_synchronizer_without_notes_leaves_none(desk, site):
    site.put("/rss", feed(site, "Pont"), "application/rss+xml")
    chunker = Chunker(desk.parts.embedder, desk.parts.settings.chunking)
    syncing = Synchronizer(desk.parts.indexer, chunker, desk.fetcher, desk.events.append)
    list(syncing.each([SourceSettings(url=site.url("/rss"))]))
    assert desk.parts.library.readings.latest() == {}
