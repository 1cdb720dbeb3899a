"""Several write to one library at once: each article is brought once, and what has to be alone is."""

from __future__ import annotations

import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest
from desk import Desk

from ingest.pipeline.ingestion import ingest, ingest_found
from ingest.schema.document import SourceDocument
from ingest.schema.events import Summary
from rag.errors import LibraryBusyError
from rag.library.library import Library
from rag.schema.question import Filters
from rag.storage.database import Place
from rag.storage.write_lock import write_lock

ROOT = Path(__file__).parents[3]
# Holds a lock until it is killed: as one of several, alone, or a lease.
HOLDER = """
import sys, time
from pathlib import Path
from rag.library.library import Library
from rag.schema.question import Filters
from rag.storage.database import Place
from rag.storage.write_lock import write_lock
place = Place(Path(sys.argv[1]), sys.argv[2], has_own_indexes=False)
library = Library(place)
with write_lock(place, alone=sys.argv[3] == "alone"):
    library.leases.take(["article a"])
    print("held", flush=True)
    time.sleep(1000)
"""


class Holder:
    """Another process that writes to the library."""

    def __init__(self, place: Place, how: str, folder: Path) -> None:
        command = [sys.executable, "-c", HOLDER, str(folder), place.url, how]
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout.readline() == "held\n"

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()


@pytest.fixture
def shared(postgres_place: Place) -> Place:
    return Place(postgres_place.folder, postgres_place.url, has_own_indexes=False)


def bring(desk: Desk, files: Path, summaries: list[Summary]) -> None:
    summaries.append(ingest([str(files)], desk.indexer, desk.chunker, lambda _: None))


def test_two_that_bring_the_same_files_at_once_bring_each_article_once(tmp_path: Path, postgres_place: Place):
    files = tmp_path / "files"
    files.mkdir()
    for number in range(60):  # two files of each article
        words = f"Le pont numéro {number // 2} de Corvenne a rouvert lundi. " + "Il porte deux voies. " * 40
        (files / f"{number}.txt").write_text(words, encoding="utf-8")
    with (
        closing(Desk(tmp_path / "one", url=postgres_place.url)) as one,
        closing(Desk(tmp_path / "two", url=postgres_place.url)) as two,
    ):
        summaries: list[Summary] = []
        threads = [threading.Thread(target=bring, args=(desk, files, summaries)) for desk in (one, two)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(summaries) == 2
        assert [summary.failed for summary in summaries] == [(), ()]
        assert sum(summary.new for summary in summaries) == 30
        counts = one.library.counts()
        assert (counts.articles, counts.sources) == (30, 60)
        assert one.library.unlisted() == []
        assert len({article.content_hash for article in two.library.articles()}) == 30
        # Whatever one of them has put in is in its indexes.
        listed = {p.id for a in one.library.articles() for p in one.library.passages_of(a.id)}
        held = [desk.parts.sketches.present(sorted(listed)) for desk in (one, two)]
        assert held[0] | held[1] == listed


def test_several_write_and_whoever_has_to_be_alone_is(shared: Place, tmp_path: Path):
    other = Holder(shared, "one of several", tmp_path / "other")
    try:
        with write_lock(shared):
            pass
        said = rf"process {other.process.pid}@.* is writing"
        with pytest.raises(LibraryBusyError, match=said) as told, write_lock(shared, alone=True):
            pass
        assert "écrit dans cette bibliothèque" in told.value.text("fr")
    finally:
        other.kill()
    with write_lock(shared, alone=True):
        pass
    other = Holder(shared, "alone", tmp_path / "other")
    try:
        with pytest.raises(LibraryBusyError, match=f"process {other.process.pid}@"), write_lock(shared):
            pass
    finally:
        other.kill()
    with write_lock(shared):
        pass


def test_a_lease_ends_with_whoever_holds_it_and_what_it_left_is_cleared_then(shared: Place, tmp_path: Path):
    other = Holder(shared, "one of several", tmp_path / "other")
    with closing(Desk(tmp_path / "mine", url=shared.url)) as desk:
        try:
            desk.library.announce(["a:1:0", "b:1:0"])
            with desk.library.leases.free(["article a", "article b"]) as free:
                assert free == {"article b"}
            with desk.library.leases.alone() as alone:
                assert not alone
            desk.indexer.recover_passages()
            assert desk.library.unlisted() == ["a:1:0"]  # about to be listed, for all that anybody knows
        finally:
            other.kill()
        desk.library.leases.take(["article a"])
        desk.library.leases.give_back(["article a"])
        with desk.library.leases.alone() as alone:
            assert alone
        desk.indexer.recover_passages()
        assert desk.library.unlisted() == []


def test_what_is_held_twice_is_given_back_twice(shared: Place):
    with closing(Library(shared)) as one, closing(Library(shared)) as two:
        with one.leases.held(["x"]), one.leases.held(["x", "y"]):
            pass
        with one.leases.held(["x"]):
            with one.leases.held(["x"]):
                pass
            with two.leases.free(["x", "y"]) as free:
                assert free == {"y"}
        with two.leases.free(["x", "y"]) as free:
            assert free == {"x", "y"}


def test_a_process_writes_once_at_a_time(shared: Place):
    with write_lock(shared), pytest.raises(LibraryBusyError, match="is writing"), write_lock(shared):
        pass


def test_an_address_that_no_index_holds_is_told_and_loses_nothing_else(shared: Place, tmp_path: Path):
    documents = [
        SourceDocument(name, name, "text", lambda _: b"Le pont de Corvenne a rouvert lundi.")
        for name in ("https://news.test/" + "x" * 3_000, "https://news.test/short")
    ]
    with closing(Desk(tmp_path / "mine", url=shared.url)) as desk:
        summary = ingest_found(documents, desk.indexer, desk.chunker, lambda _: None)
        assert [failure.reason for failure in summary.failed] == [
            "its address is too long for a library in PostgreSQL"
        ]
        assert summary.new == 1
        ids = tuple(f"{number:064}" for number in range(1_000))
        among = Filters(article_ids=ids)
        follow = [desk.library.standing.add("", "search", "pont", "fr", among) for _ in "ab"]
        assert follow[0] == follow[1]
