"""An article keeps its id while its text changes; what it said before is kept, only the present is read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from desk import NOON, Desk

from ingest.pipeline.ingestion import ingest_found
from ingest.pipeline.reindexing import reindex
from ingest.schema.document import Failure, NotModified, SourceDocument
from ingest.schema.events import Acknowledged, Progress, Started
from rag.errors import UserError
from rag.library.revisions import Revision

FIRST = "Le pont de Corvenne rouvre lundi."
SECOND = "Le pont de Corvenne rouvre mardi."


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with closing(Desk(tmp_path)) as desk:
        yield desk


def readable(key: str, text: str, origin: str = "") -> SourceDocument:
    return SourceDocument(key, key, "text", lambda _limit: text.encode(), origin)


# --- revisions ---


def test_what_an_article_said_before_is_kept_oldest_first(desk: Desk):
    desk.write("pont.txt", FIRST)
    desk.ingest()
    article_id, hashes = desk.id_of("pont.txt"), []
    for hours, text in enumerate((SECOND, FIRST), start=1):
        hashes.append(desk.library.article(article_id).content_hash)
        desk.now = NOON + timedelta(hours=hours)
        desk.write("pont.txt", text)
        assert desk.ingest().changed == 1
    assert desk.id_of("pont.txt") == article_id
    assert desk.library.article(article_id).text == FIRST
    moments = [(NOON + timedelta(hours=hours)).isoformat() for hours in range(3)]
    assert desk.library.revisions.of(article_id) == [
        Revision(article_id, 1, FIRST, FIRST, hashes[0], None, None, moments[0], moments[1]),
        Revision(article_id, 2, SECOND, SECOND, hashes[1], None, None, moments[1], moments[2]),
    ]
    assert desk.library.revisions.counts() == {article_id: 2}


def test_nothing_is_a_revision_that_was_not_replaced(desk: Desk):
    desk.write("pont.md", f"---\ntitle: Le pont\n---\n{FIRST}")
    desk.ingest()
    desk.write("pont.md", f"---\ntitle: Le pont\nauthor: A. Nonyme\n---\n{FIRST}")
    assert desk.ingest().changed == 1
    desk.library.forget_indexing()
    assert reindex(desk.indexer, desk.chunker, lambda _: None) == 1
    assert desk.library.revisions.of(desk.id_of("pont.md")) == []
    desk.write("pont.md", f"---\ntitle: Le pont rouvre\nauthor: A. Nonyme\n---\n{FIRST}")
    desk.ingest()
    (revision,) = desk.library.revisions.of(desk.id_of("pont.md"))
    assert (revision.title, revision.text) == ("Le pont", FIRST)


def test_what_was_said_before_is_found_no_more_and_goes_with_its_article(desk: Desk):
    desk.write("pont.txt", FIRST)
    desk.ingest()
    desk.write("pont.txt", SECOND)
    desk.ingest()
    (hit,) = desk.found(FIRST, ["lund", "mard"])[1]
    assert desk.library.located([hit.passage_id])[hit.passage_id].article.text == SECOND
    article_id = desk.id_of("pont.txt")
    desk.indexer.remove(article_id)
    assert desk.library.revisions.of(article_id) == []
    desk.check()


# --- identity, seen from where sources were found ---


def test_a_renamed_file_stays_when_its_old_name_is_let_go(desk: Desk):
    file = desk.write("pont.txt", FIRST)
    desk.write("autre.txt", SECOND)
    desk.ingest()
    article_id, origin = desk.id_of("pont.txt"), str(desk.files.resolve())
    old, new = str(file.resolve()), str((desk.files / "viaduc.txt").resolve())
    file.rename(new)
    assert desk.ingest().unchanged == 2
    assert desk.library.origins.keys(origin) == {old, new, str((desk.files / "autre.txt").resolve())}
    assert {source.key for source in desk.library.sources_of(article_id)} == {old, new}
    assert desk.library.leave_origin(origin, [old]) == []
    desk.indexer.clear_unlisted()
    assert [source.key for source in desk.library.sources_of(article_id)] == [new]
    assert desk.library.leave_origin(origin, [new]) == [article_id]
    desk.indexer.clear_unlisted()
    assert desk.library.article(article_id) is None
    desk.check()


def test_files_of_one_name_in_two_folders_change_apart(desk: Desk):
    desk.write("a/index.html", f"<title>A</title><p>{FIRST}</p>")
    desk.write("b/index.html", f"<title>B</title><p>{SECOND}</p>")
    assert desk.ingest().new == 2
    ids = desk.id_of("a/index.html"), desk.id_of("b/index.html")
    desk.write("a/index.html", f"<title>A</title><p>{FIRST} Enfin.</p>")
    assert desk.ingest().changed == 1
    assert (desk.id_of("a/index.html"), desk.id_of("b/index.html")) == ids
    assert [desk.library.revisions.counts().get(i, 0) for i in ids] == [1, 0]


# --- what cannot be read ---


def test_a_failure_is_kept_with_its_reason_until_its_source_is_read_well(desk: Desk):
    file = desk.write("pont.txt", FIRST)
    desk.ingest()
    file.write_bytes(b"\0\1\2\0")
    (failure,) = desk.ingest().failed
    (kept,) = desk.library.failures.all()
    assert (kept.source, kept.failed_at) == (str(file.resolve()), NOON.isoformat())
    assert (kept.text("en"), kept.text("fr")) == (failure.reason, failure.reason_fr)
    file.write_text(FIRST, encoding="utf-8")
    assert desk.ingest().unchanged == 1
    assert desk.library.failures.all() == []


# --- a stream ---


def test_a_stream_without_end_is_read_as_it_comes_until_it_is_to_stop(desk: Desk):
    events, given = [], 0

    def stream():
        nonlocal given
        while True:
            given += 1
            yield readable(f"https://exemple.fr/{given}", f"Le pont numéro {given} rouvre.", "feed")

    def stop() -> bool:
        return given == 70

    summary = ingest_found(stream(), desk.indexer, desk.chunker, events.append, lambda: NOON, stop)
    assert (summary.read, summary.new, summary.stopped, given) == (70, 70, True, 70)
    assert desk.library.counts().articles == 70  # the batch in hand was finished
    assert events[0] == Started(None)
    assert {event.total for event in events if isinstance(event, Progress)} == {None}
    told = [event.source for event in events if isinstance(event, Acknowledged)]
    assert told == [f"https://exemple.fr/{n}" for n in range(1, 71)]
    assert desk.library.origins.keys("feed") == set(told)
    assert desk.library.facts.get("last_ingested") is None
    desk.check()


def test_each_article_is_told_once_it_is_acknowledged(desk: Desk):
    seen = []

    def on_event(event: object) -> None:
        if isinstance(event, Acknowledged):
            seen.append((event.outcome, event.passages, desk.library.article(event.article_id).text))

    found = [readable("a", FIRST), readable("b", SECOND)]
    ingest_found(found, desk.indexer, desk.chunker, on_event, lambda: NOON)
    assert seen == [("new", 1, FIRST), ("new", 1, SECOND)]
    assert desk.library.facts.get("last_ingested") == NOON.isoformat()


def test_a_source_that_has_not_changed_need_not_be_read(desk: Desk):
    ingest_found([readable("a", FIRST)], desk.indexer, desk.chunker, lambda _: None, lambda: NOON)

    def load(_limit: int) -> bytes:
        raise NotModified

    item = replace(readable("a", FIRST, "feed"), load=load)
    summary = ingest_found([item], desk.indexer, desk.chunker, lambda _: None, lambda: NOON)
    assert (summary.read, summary.unchanged, summary.failed) == (1, 1, ())
    assert desk.library.origins.keys("feed") == {"a"}


def test_failures_in_the_stream_are_told_and_kept(desk: Desk):
    def load(_limit: int) -> bytes:
        raise UserError("b: no answer.", "b : pas de réponse.")

    found = [Failure("a", "a: gone.", "a : parti."), replace(readable("b", ""), load=load)]
    summary = ingest_found(found, desk.indexer, desk.chunker, lambda _: None, lambda: NOON)
    assert summary.failed == (found[0], Failure("b", "b: no answer.", "b : pas de réponse."))
    assert {kept.source for kept in desk.library.failures.all()} == {"a", "b"}


def test_the_time_left_is_told_once_it_can_be():
    assert Progress(0, 10, "a").remaining(5.0) is None
    assert Progress(3, None, "a").remaining(5.0) is None
    assert Progress(4, 10, "a").remaining(8.0) == 12.0
    assert Progress(10, 10, "a").remaining(8.0) == 0.0
