"""The map of a library: every article is on it once, removed ones never, whatever comes and goes."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from desk import Desk
from processes import child, children, endless

from rag.topic_map.map_maker import MapMaker

FLOOD = "La crue de la rivière a noyé la digue et le moulin."
STRIKE = "La grève de la verrerie a éteint le four et la fusion."
CANARY = "abracadabrion"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path)
    yield desk
    desk.close()


def maker(desk: Desk, recipe: str = "") -> MapMaker:
    return MapMaker(desk.library, desk.parts.vectors, recipe or desk.indexer.recipe)


def make(made: MapMaker) -> list[str]:
    """The ids on the map once it has been made."""
    made.ensure()
    made.wait()
    assert not made.has_failed()
    assert made.is_current()
    return list(made.map().ids)


def fill(desk: Desk, count: int) -> None:
    praise = f"Les {CANARY}s ! " * 20
    for number in range(count):
        desk.write(f"crue-{number}.txt", f"{FLOOD} On parle {number}. {praise}")
        desk.write(f"greve-{number}.txt", f"{STRIKE} Le patron {number} parle.")
    desk.ingest()


def listed(desk: Desk) -> list[str]:
    return sorted(article.id for article in desk.library.articles())


def test_every_article_is_on_the_map_once_and_no_other(desk: Desk):
    fill(desk, 4)
    with closing(maker(desk)) as made:
        assert make(made) == listed(desk)
        gone = desk.id_of("crue-1.txt")
        desk.indexer.remove(gone)
        # At once, before anything is computed anew.
        assert list(made.map().ids) == listed(desk)
        assert gone not in made.map().ids
        (desk.files / "crue-1.txt").unlink()
        desk.write("crue-2.txt", STRIKE)
        desk.write("neuf.txt", FLOOD)
        desk.ingest()
        assert not made.is_current()
        assert make(made) == listed(desk)
        places = dict(zip(made.map().ids, made.map().places.tolist(), strict=True))
        assert len(places) == 8


def test_the_map_is_kept_and_made_again_only_when_something_has_changed(desk: Desk):
    fill(desk, 2)
    with closing(maker(desk)) as made:
        make(made)
        kept = made.map()
        assert made.ensure() is False
    desk.close()
    desk.open()
    with closing(maker(desk)) as again:
        assert again.ensure() is False
        assert again.map().places.tolist() == kept.places.tolist()
        assert again.map().words == kept.words
    with closing(maker(desk, "vectors of another model")) as other:
        assert not other.is_current()


def test_a_map_that_another_made_is_seen(desk: Desk):
    """A map changes no article, so the library's version says nothing of it."""
    fill(desk, 2)
    with closing(maker(desk)) as one, closing(maker(desk)) as other:
        assert list(one.map().ids) == []
        make(other)
        assert one.is_current()
        assert list(one.map().ids) == listed(desk)


def test_an_empty_library_has_an_empty_map(desk: Desk):
    with closing(maker(desk)) as made:
        assert make(made) == []
        assert made.map().words == ()


def test_what_was_removed_is_in_no_file(desk: Desk):
    fill(desk, 1)
    with closing(maker(desk)) as made:
        make(made)
        words = [typical.word for cluster in made.map().words for typical in cluster]
        assert f"{CANARY}s" in words  # else what follows would prove nothing
        assert desk.containing(CANARY.encode()) != []
        desk.indexer.remove(desk.id_of("crue-0.txt"))
        assert [
            typical.word for cluster in made.map().words for typical in cluster if CANARY in typical.word
        ] == []
    desk.indexer.compact()
    desk.close()
    assert desk.containing(CANARY.encode()) == []


def test_a_map_that_cannot_be_made_is_not_tried_again_until_something_changes(
    desk: Desk, monkeypatch, caplog
):
    fill(desk, 1)
    with closing(maker(desk)) as made:
        monkeypatch.setattr("rag.topic_map.map_maker.sys.executable", str(desk.folder / "no-such-program"))
        assert made.ensure()
        made.wait()
        assert made.has_failed()
        assert made.ensure() is False
        assert "the map of the corpus could not be made" in caplog.text
        monkeypatch.undo()
        desk.write("neuf.txt", FLOOD)
        desk.ingest()
        assert make(made) == listed(desk)


def test_a_maker_that_is_closed_leaves_no_process_and_says_nothing(desk: Desk, monkeypatch, caplog):
    fill(desk, 2)
    monkeypatch.setattr("rag.topic_map.map_maker.sys.executable", str(endless(desk.folder)))
    made = maker(desk)
    made.ensure()
    program = child(os.getpid(), "sleep")
    made.close()
    assert children(os.getpid(), "sleep") == []
    assert not Path(f"/proc/{program}").exists()
    assert caplog.text == ""
    assert made.ensure() is False
    assert list(made.map().ids) == []


def test_a_maker_that_is_closed_before_it_has_begun_begins_nothing(desk: Desk, monkeypatch, caplog):
    fill(desk, 2)
    made = maker(desk)
    gate, means, wait = threading.Event(), desk.parts.vectors.means, made.wait

    def late(ids: Sequence[str]) -> np.ndarray:
        assert gate.wait(60)
        return means(ids)

    def opening_the_gate() -> None:  # the last that `close` does
        gate.set()
        wait()

    monkeypatch.setattr(desk.parts.vectors, "means", late)
    monkeypatch.setattr(made, "wait", opening_the_gate)
    made.ensure()
    made.close()
    assert children(os.getpid(), "rag.topic_map.projection") == []
    assert (list(made.map().ids), caplog.text) == ([], "")


def test_the_program_ends_with_a_server_that_is_killed():
    program = (
        "import time; from rag.topic_map import projection;"
        "projection.project = lambda _: time.sleep(10**6); projection.main()"
    )
    server = (
        "import numpy, subprocess, sys; from rag.topic_map.projection import packed;"
        f"program = subprocess.Popen([sys.executable, '-c', {program!r}], stdin=subprocess.PIPE);"
        "print(program.pid, flush=True); program.communicate(packed(numpy.zeros((2, 2))))"
    )
    arguments = [sys.executable, "-c", server]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as process:
        begun = Path(f"/proc/{int(process.stdout.readline())}/stat")
        while begun.read_text().rpartition(")")[2].split()[0] != "S":  # asleep: reading, or as if at work
            time.sleep(0.05)
        process.kill()
    for _ in range(600):
        if not begun.exists():
            return
        time.sleep(0.1)
    pytest.fail("the program outlived who had started it by a minute")
