"""Watched folders: what changes is due once it has stopped changing; URLs are due when their time comes."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Queue

import pytest

from ingest.sources.watcher import AGAIN, DueSource, SourceWatcher
from rag.config import SourceSettings

_PATIENCE = 60.0  # seconds that a slow machine may take for what must happen


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "f"
    folder.mkdir()
    return folder


@contextmanager
def watching(*sources: SourceSettings, settle: float = 0.3) -> Iterator[Queue[DueSource]]:
    """What becomes due while the block runs, in order."""
    due: Queue[DueSource] = Queue()
    over = threading.Event()
    watch = SourceWatcher(sources, over.is_set, settle=settle)

    def follow() -> None:
        for together in watch.due():
            for one in together:
                due.put(one)

    thread = threading.Thread(target=follow)
    thread.start()
    try:
        yield due
    finally:
        over.set()
        thread.join()


def files_due(due: Queue[DueSource], wanted: set[str]) -> set[str]:
    """The names of the files that became due, until all that are wanted have."""
    found: set[str] = set()
    while not wanted <= found:
        found |= {Path(path).name for path in due.get(timeout=_PATIENCE).paths or ()}
    return found


def test_every_source_is_due_at_first(folder):
    sources = [SourceSettings(path=str(folder)), SourceSettings(url="http://news.test/flux")]
    with watching(*sources) as due:
        assert [due.get(timeout=_PATIENCE) for _ in sources] == [DueSource(source) for source in sources]


def test_files_that_come_change_and_go_are_due(folder):
    source = SourceSettings(path=str(folder))
    with watching(source) as due:
        assert due.get(timeout=_PATIENCE) == DueSource(source)
        (folder / "a.txt").write_text("Un.")
        assert files_due(due, {"a.txt"}) == {"a.txt"}
        (folder / "a.txt").write_text("Deux.")
        assert files_due(due, {"a.txt"}) == {"a.txt"}
        (folder / "a.txt").rename(folder / "b.txt")
        assert files_due(due, {"a.txt", "b.txt"}) == {"a.txt", "b.txt"}


def test_a_folder_that_comes_is_due_with_all_in_it(folder, tmp_path):
    (tmp_path / "apart").mkdir()
    (tmp_path / "apart/a.txt").write_text("Un.")
    source = SourceSettings(path=str(folder))
    with watching(source) as due:
        assert due.get(timeout=_PATIENCE) == DueSource(source)
        (tmp_path / "apart").rename(folder / "apart")
        assert due.get(timeout=_PATIENCE) == DueSource(source)


def test_a_pattern_is_due_as_a_whole(folder):
    source = SourceSettings(path=str(folder / "*.txt"))
    with watching(source) as due:
        assert due.get(timeout=_PATIENCE) == DueSource(source)
        (folder / "a.txt").write_text("Un.")
        assert due.get(timeout=_PATIENCE) == DueSource(source)


def test_a_folder_that_is_not_there_yet_is_watched_once_it_is(tmp_path):
    source = SourceSettings(path=str(tmp_path / "later/f"))
    with watching(source) as due:
        assert due.get(timeout=_PATIENCE) == DueSource(source)
        (tmp_path / "later/f").mkdir(parents=True)
        (tmp_path / "later/f/a.txt").write_text("Un.")
        assert due.get(timeout=_PATIENCE) == DueSource(source)


def test_a_folder_that_is_made_anew_is_watched_again(folder):
    source = SourceSettings(path=str(folder))
    with watching(source) as due:
        assert due.get(timeout=_PATIENCE) == DueSource(source)
        shutil.rmtree(folder)
        folder.mkdir()
        (folder / "a.txt").write_text("Un.")
        while due.get(timeout=_PATIENCE) != DueSource(source):
            pass


class Clock:
    """Time that only passes when it is told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def ready(watch: SourceWatcher) -> list[DueSource]:
    return list(watch.ready())


def steps(watch: SourceWatcher, clock: Clock, file: Path, contents: list[str]) -> list[list[DueSource]]:
    """What is due a second after each writing of the file."""
    watch.note({str(file)})
    found = []
    for content in contents:
        file.write_text(content)
        clock.now += 1.0
        found.append(ready(watch))
    return found


def test_a_file_that_is_being_written_waits(folder):
    source = SourceSettings(path=str(folder))
    clock = Clock()
    watch = SourceWatcher([source], lambda: False, settle=2.0, clock=clock)
    assert ready(watch) == [DueSource(source)]
    file = folder.resolve() / "a.txt"
    assert steps(watch, clock, file, ["a" * size for size in range(1, 6)]) == [[]] * 5
    clock.now += 2.0
    assert ready(watch) == [DueSource(source, frozenset({str(file)}))]
    assert ready(watch) == []


@pytest.mark.parametrize(("every", "seconds"), [(None, 900), ("5m", 300), ("2h", 7200), ("1d", 86400)])
def test_a_url_is_due_at_its_interval(every, seconds):
    source = SourceSettings(url="http://news.test/flux", every=every)
    clock = Clock()
    watch = SourceWatcher([source], lambda: False, clock=clock)
    assert ready(watch) == [DueSource(source)]
    clock.now += seconds - 1
    assert ready(watch) == []
    clock.now += 1
    assert ready(watch) == [DueSource(source)]


def test_what_could_not_be_brought_in_is_due_again(folder):
    source = SourceSettings(path=str(folder))
    clock = Clock()
    watch = SourceWatcher([source], lambda: False, clock=clock)
    watch.again(ready(watch))
    assert ready(watch) == []
    clock.now += AGAIN
    assert ready(watch) == [DueSource(source)]


def due_now(watch: SourceWatcher) -> list[str]:
    return [one.source.place for one in watch.ready()]


def test_sources_that_come_and_go_are_followed_as_they_are():
    moment = [0.0]
    hourly, other = (SourceSettings(url=f"http://{name}.test/", every="1h") for name in "ab")
    watch = SourceWatcher([hourly], lambda: False, clock=lambda: moment[0])
    assert due_now(watch) == [hourly.place]
    watch.follow([hourly, other])
    assert due_now(watch) == [other.place]  # the first isn't due again for having been listed again
    moment[0] = 120.0
    watch.follow([SourceSettings(url=hourly.place, every="1m")])
    assert due_now(watch) == []
    moment[0] = 180.0
    assert due_now(watch) == [hourly.place]  # as often as it is said now; the other one is gone
    watch.again([DueSource(other)])  # what is gone isn't tried again


def test_a_watch_learns_of_sources_that_come_while_it_waits(folder):
    listed = [SourceSettings(path=str(folder))]
    added = SourceSettings(url="http://news.test/flux")
    moment = [0.0]

    def clock() -> float:
        moment[0] += 3.0
        return moment[0]

    over = threading.Event()
    watch = SourceWatcher(listed, over.is_set, settle=0.3, clock=clock, current=lambda: [*listed, added])
    for together in watch.due():
        if added in [one.source for one in together]:
            over.set()
    assert over.is_set()
