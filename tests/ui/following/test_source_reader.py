"""Reading sources from the page: what is asked for, what is due, stopping, and never by itself unasked."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import loopback
import pytest
from desk import Desk

from ingest.pipeline.sync import LAST_SYNC
from rag.config import SourceSettings
from rag.engine.factory import build_chain
from rag.followed.store import FollowedSource
from rag.storage.write_lock import write_lock
from ui.following.reader import ReadingView, SourceReader
from ui.page.context import AppContext


@pytest.fixture
def site() -> Iterator[loopback.Site]:
    with loopback.serving() as site:
        for name in ("pont", "bac", "lac"):
            page = f"<html><body><article><p>Le {name} a rouvert lundi matin.</p></article></body></html>"
            site.put(f"/{name}", page)
        yield site


@pytest.fixture
def newsroom(tmp_path: Path, site: loopback.Site) -> Iterator[AppContext]:
    with closing(Desk(tmp_path)) as desk, loopback.fetchers() as fetcher:
        listed = (SourceSettings(url=site.url("/pont")),)
        parts = replace(desk.parts, settings=desk.parts.settings.model_copy(update={"sources": listed}))
        yield AppContext(parts, build_chain(parts, None), fetcher=fetcher)


@pytest.fixture
def make_reader(newsroom: AppContext) -> Iterator[Callable[..., SourceReader]]:
    made: list[SourceReader] = []

    def make(**options: float) -> SourceReader:
        made.append(SourceReader(newsroom, **options))
        return made[-1]

    yield make
    for reader in made:
        reader.close()
        assert over(reader) is not None


def over(reader: SourceReader) -> ReadingView:
    deadline = time.monotonic() + 60
    while (view := reader.view()).busy:
        assert time.monotonic() < deadline, view
        time.sleep(0.01)
    return view


def outcomes(newsroom: AppContext) -> dict[str, str]:
    return {
        place.rpartition("/")[2]: one.outcome for place, one in newsroom.library.readings.latest().items()
    }


def test_all_are_read_but_those_that_are_paused(newsroom, make_reader, site):
    newsroom.library.followed.add(FollowedSource(site.url("/bac")))
    newsroom.library.followed.add(FollowedSource(site.url("/lac"), paused_at="2026-01-05T12:00:00+00:00"))
    newsroom.library.followed.add(FollowedSource(site.url("/nowhere")))
    reader = make_reader()
    assert reader.view() == ReadingView()
    reader.read()
    view = over(reader)
    assert (view.done, view.total, view.error, view.stopped) == (3, 3, None, False)
    assert (view.brought.new, view.brought.failed) == (2, 1)
    assert outcomes(newsroom) == {"pont": "read", "bac": "read", "nowhere": "failed"}
    assert newsroom.library.facts.get(LAST_SYNC) is not None


def test_one_is_read_when_it_is_asked_for(newsroom, make_reader, site):
    newsroom.library.followed.add(FollowedSource(site.url("/bac")))
    reader = make_reader()
    reader.read([site.url("/bac"), "https://unknown.example/"])
    assert over(reader).total == 1
    assert outcomes(newsroom) == {"bac": "read"}
    assert newsroom.library.facts.get(LAST_SYNC) is None


def test_nothing_is_asked_for_before_somebody_says_so_and_then_what_is_due_is(newsroom, make_reader, site):
    make_reader(look=0.01)
    time.sleep(0.1)
    assert site.asked == []
    reader = make_reader(look=0.01)
    reader.set_automatic(True)
    wait_for(lambda: outcomes(newsroom) == {"pont": "read"})
    over(reader)
    asked = len(site.asked)
    time.sleep(0.1)
    assert len(site.asked) == asked  # not due again
    reader.set_automatic(False)
    assert not make_reader().is_automatic


def test_a_page_that_starts_again_goes_on_reading_by_itself(newsroom, make_reader):
    make_reader(look=60).set_automatic(True)
    make_reader(look=0.01)
    wait_for(lambda: outcomes(newsroom) == {"pont": "read"})


def test_while_another_process_writes_who_asks_is_told_and_what_is_due_waits(newsroom, make_reader):
    reader = make_reader()
    with write_lock(newsroom.settings.data_dir):
        reader.read()
        assert "is writing to this library" in str(over(reader).error)
        reader.read_due()
        assert over(reader).error is None
    assert outcomes(newsroom) == {}
    reader.read_due()
    over(reader)
    assert outcomes(newsroom) == {"pont": "read"}


def test_a_stop_keeps_what_was_read_and_says_so(newsroom, make_reader, tmp_path, site):
    """The first source is a folder: of two pages of one host either may be asked for first."""
    held, asked = threading.Event(), threading.Event()
    answer = site.pages["/lac"]

    def slowly(request: object) -> None:
        asked.set()
        held.wait(20)
        answer(request)

    site.pages["/lac"] = slowly
    folder = tmp_path / "aaa"
    folder.mkdir()
    (folder / "pont.txt").write_text("Le pont a rouvert lundi matin.", encoding="utf-8")
    places = [str(folder), site.url("/lac")]
    for place in places:
        newsroom.library.followed.add(FollowedSource(place))
    reader = make_reader()
    reader.read(places)
    assert asked.wait(20)
    wait_for(lambda: reader.view().done == 1)
    reader.stop()
    assert reader.view().stopping
    view = over(reader)  # whoever waits for a page asks twice a second whether to stop
    held.set()
    assert (view.stopped, view.brought.new) == (True, 1)
    assert outcomes(newsroom)["aaa"] == "read"
    assert newsroom.library.facts.get(LAST_SYNC) is None


def test_what_is_asked_for_after_a_stop_is_read(newsroom, make_reader, site):
    newsroom.library.followed.add(FollowedSource(site.url("/bac")))
    reader = make_reader()
    with newsroom.writing:  # the worker waits for the library
        reader.read([site.url("/pont")])
        reader.stop()
        reader.read([site.url("/bac")])
    assert not over(reader).stopped
    assert outcomes(newsroom).get("bac") == "read"


def test_a_source_that_is_removed_while_it_waits_isnt_read(newsroom, make_reader, site):
    newsroom.library.followed.add(FollowedSource(site.url("/bac")))
    reader = make_reader()
    with newsroom.writing:
        reader.read()
        newsroom.library.followed.remove(site.url("/bac"))
    view = over(reader)
    assert not view.error
    assert newsroom.library.readings.latest().keys() >= {site.url("/pont")}


def wait_for(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)
