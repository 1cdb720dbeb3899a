"""What the catalogue holds is given as it was stored or not at all, and its source mends it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from desk import NOON, Desk

from ingest.fetch.fetcher import Fetcher
from ingest.pipeline.preview import preview
from ingest.pipeline.reindexing import reindex
from ingest.pipeline.repair import repair
from ingest.sources.discovery import find
from ingest.sources.web import Web
from rag.checksums.damaged import noting
from rag.embargo.store import EmbargoedArticle
from rag.library.library import FILE_NAME
from rag.schema.article import Imprint

TEXT = "Le pont de Corvenne a rouvert lundi. Il a coûté 486 000 euros. Le maire de Corvenne en est content."
OTHER = "Le bac de Valmorin reste à quai dimanche."


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with closing(Desk(tmp_path)) as desk:
        desk.write("pont.txt", TEXT)
        desk.write("bac.txt", OTHER)
        desk.ingest()
        yield desk


def sql(desk: Desk, statement: str, *values: object) -> None:
    """Change the library's file behind its back; nothing else about it changes."""
    with closing(sqlite3.connect(desk.data / FILE_NAME)) as db, db:
        assert db.execute(statement, values).rowcount == 1


def harm(desk: Desk, change: str = "text = replace(text, '486', '487')") -> str:
    article_id = desk.id_of("pont.txt")
    sql(desk, f"UPDATE articles SET {change} WHERE id = ?", article_id)
    return article_id


HARM = {
    "one digit": "text = replace(text, '486', '487')",
    "no letters": "text = CAST(x'4c65ff70' AS TEXT)",
    "no text": "text = ''",
    "title": "title = 'Autre'",
    "date": "published_at = '2026-01-01'",
    "outlet": "outlet = 'Le Phare'",
    "source": "source = '/etc/passwd'",
    "hash": "content_hash = 'x' || substr(content_hash, 2)",
    "no hash": "content_hash = ''",
}


@pytest.mark.parametrize("change", HARM.values(), ids=HARM)
def test_a_damaged_article_is_given_to_nobody_and_is_told(desk: Desk, change: str):
    before = desk.library.article(desk.id_of("pont.txt"))
    passages = [passage.id for passage in desk.library.passages_of(before.id)]
    article_id = harm(desk, change)
    library, [sound] = desk.library, desk.library.articles()
    assert sound.text == OTHER
    for read in (
        lambda: library.article(article_id),
        lambda: library.articles([article_id]),
        lambda: [one for one in library.each() if one.id == article_id],
        lambda: [one for one in library.newest(9) if one.id == article_id],
        lambda: library.whole([article_id]),
        lambda: library.located(passages),
    ):
        with noting() as met:
            assert not read()
        assert set(met) <= {article_id}
    with noting() as met:
        library.articles()
    assert met.keys() == {article_id} == library.damaged([article_id, sound.id]).keys()
    assert (library.is_damaged(article_id), library.is_damaged(sound.id)) == (True, False)
    assert {one.id for one in library.each_stored()} == {article_id, sound.id}


@pytest.mark.parametrize("part", ["page_starts", "excerpt", "imprint", "canonical_url"])
def test_so_is_one_of_which_a_property_is_damaged(desk: Desk, part: str):
    article = desk.library.article(desk.id_of("pont.txt"))
    url = "https://a.example/pont"
    imprint = Imprint("Région", "3")
    desk.library.put_properties(
        replace(article, page_starts=(0, 30), excerpt=True, imprint=imprint, canonical_url=url)
    )
    assert desk.library.article(article.id) is not None
    statement = {
        "page_starts": "UPDATE pages SET starts = '[0,31]' WHERE article_id = ?",
        "excerpt": "DELETE FROM excerpts WHERE article_id = ?",
        "canonical_url": "UPDATE canonical_urls SET url = 'https://b.example/' WHERE article_id = ?",
        "imprint": "UPDATE imprints SET stated = '[\"Rég' WHERE article_id = ?",
    }[part]
    sql(desk, statement, article.id)
    assert desk.library.article(article.id) is None


@pytest.mark.parametrize("checked", [False, True])
@pytest.mark.parametrize("change", HARM.values(), ids=HARM)
def test_its_source_mends_it_though_its_bytes_are_known(desk: Desk, change: str, checked: bool):
    before = desk.library.article(desk.id_of("pont.txt"))
    article_id = harm(desk, change)
    if checked:
        repair(desk.parts, lambda _: None)
    told = preview(find([str(desk.files)], Web(Fetcher(), desk.library)), desk.library)
    assert (told.counts["changed"], told.counts["unchanged"], told.counts["new"]) == (1, 1, 0)
    summary = desk.ingest()
    assert (summary.changed, summary.unchanged, summary.new) == (1, 1, 0)
    assert desk.library.article(article_id) == before
    assert desk.library.revisions.of(article_id) == []  # nobody ever published the damaged one
    assert repair(desk.parts, lambda _: None).repairs == ()
    desk.check()


def test_a_second_source_of_the_same_words_mends_it_too(desk: Desk):
    article_id = desk.id_of("pont.txt")
    desk.write("copie.txt", TEXT)
    desk.ingest()
    assert desk.id_of("copie.txt") == article_id
    harm(desk)
    (desk.files / "pont.txt").unlink()
    desk.ingest()
    assert desk.library.article(article_id).text == TEXT
    desk.check()


@pytest.mark.parametrize("checked", [False, True])
def test_a_delivery_mends_it(desk: Desk, checked: bool):
    item = {"uri": "urn:agence.example:bac", "type": "text", "body_text": OTHER.replace("quai", "flot")}
    desk.write("un.json", json.dumps(item | {"versioncreated": "2026-01-04T10:00:00Z"}))
    desk.ingest()
    (before,) = (one for one in desk.library.articles() if one.source.endswith("un.json"))
    sql(desk, "UPDATE articles SET text = text || ' Non.' WHERE id = ?", before.id)
    if checked:
        repair(desk.parts, lambda _: None)
    assert desk.ingest().changed == 1
    assert desk.library.article(before.id) == before


def test_indexing_again_gives_a_damaged_text_no_checksum_of_its_own(desk: Desk):
    article_id = harm(desk)
    desk.library.forget_indexing()
    assert reindex(desk.indexer, desk.chunker, lambda _: None) == 1
    assert desk.library.article(article_id) is None
    assert desk.library.is_damaged(article_id)


@pytest.mark.parametrize(
    "change",
    ["start = start + 1", '"end" = "end" - 1', "sentences = '[[0,36],[38,62]]'", "sentences = '[[0'"],
)
def test_a_damaged_passage_is_left_out_told_and_cut_again(desk: Desk, change: str):
    article_id = desk.id_of("pont.txt")
    first, *others = before = desk.library.passages_of(article_id)
    sql(desk, f"UPDATE passages SET {change} WHERE id = ?", first.id)
    for read in (
        lambda: desk.library.passages([first.id]),
        lambda: desk.library.located([first.id]),
        lambda: desk.library.whole([article_id]),
    ):
        with noting() as met:
            assert read() == {}
        assert met.keys() == {article_id}
    assert desk.library.passages_of(article_id) == others
    report = repair(desk.parts, lambda _: None)
    assert [(one.finding.check, one.repaired) for one in report.repairs] == [("passages", True)]
    assert desk.library.passages_of(article_id) == before
    assert repair(desk.parts, lambda _: None).repairs == ()


def test_passages_of_an_earlier_version_get_their_checksums_from_a_check(desk: Desk):
    first = desk.library.passages_of(desk.id_of("pont.txt"))[0]
    with closing(sqlite3.connect(desk.data / FILE_NAME)) as db, db:
        db.execute("DELETE FROM passage_checksums")
    assert desk.library.passages([first.id])
    assert repair(desk.parts, lambda _: None).repairs == ()
    sql(desk, 'UPDATE passages SET "end" = "end" - 1 WHERE id = ?', first.id)
    assert desk.library.passages([first.id]) == {}


def test_a_damaged_earlier_text_is_not_shown_and_is_told(desk: Desk):
    desk.write("pont.txt", TEXT.replace("lundi", "mardi"))
    desk.ingest()
    article_id = desk.id_of("pont.txt")
    (revision,) = desk.library.revisions.of(article_id)
    assert revision.text == TEXT
    sql(desk, "UPDATE revisions SET text = replace(text, '486', '487')")
    assert desk.library.revisions.of(article_id) == []
    report = repair(desk.parts, lambda _: None)
    assert [(one.finding.check, one.repaired) for one in report.repairs] == [("revisions", False)]
    assert report.repairs[0].finding.about == (article_id,)


def test_a_damaged_article_that_waits_is_never_listed_and_its_source_mends_it(desk: Desk):
    waiting = EmbargoedArticle(
        replace(desk.library.article(desk.id_of("pont.txt")), id="held"),
        (), "recipe", "/k", "s", "d", "/o", NOON,
    )  # fmt: skip
    desk.library.embargoes.put(waiting)
    sql(desk, "UPDATE embargoed SET article = replace(article, '486', '487')")
    later = NOON + timedelta(days=1)
    with noting() as met:
        assert desk.library.embargoes.due(later) == []
    assert met.keys() == {"held"}
    desk.indexer.release(later)
    assert desk.library.article("held") is None
    report = repair(desk.parts, lambda _: None)
    assert [(one.finding.check, one.finding.about) for one in report.repairs] == [("held", ("held",))]
    desk.library.embargoes.put(waiting)
    assert desk.library.embargoes.due(later) == [waiting]
    assert repair(desk.parts, lambda _: None).repairs == ()
