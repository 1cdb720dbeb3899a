"""Every occurrence is a pointer into what was published, of articles that are there."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from desk import NOON, Desk

from rag.engine.integrity import inspect
from rag.errors import LibraryError
from rag.library.records import Entry
from rag.search.result import SearchResult
from rag.storage.write_lock import write_lock

TEXTS = {
    "pont.txt": "Le pont de Corvenne a rouvert lundi. Le maire, Yves Brel, a dit : « Ce pont est sûr. »",
    "bac.txt": "Le bac ne circulera plus. Les ponts suffisent, dit le maire de Sarrane.",
    "foire.txt": "La foire aux courges a lieu dimanche.",
}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with closing(Desk(tmp_path)) as desk:
        for name, text in TEXTS.items():
            desk.write(name, text)
        desk.ingest()
        yield desk


def search(desk: Desk, query: str, **options: object) -> SearchResult:
    return desk.parts.search.search(query, **options)


def names(desk: Desk, query: str) -> set[str]:
    return {Path(hit.article.source).name for hit in search(desk, query).hits}


def test_each_occurrence_is_a_pointer(desk: Desk):
    result = search(desk, "pont maire")
    assert result.total == 2
    for hit in result.hits:
        assert hit.article == desk.library.article(hit.article.id)
        marked = [
            hit.article.text[mark.start : mark.end].casefold()
            for snippet in hit.snippets
            for mark in snippet.marks
        ]
        assert sorted(set(marked)) in (["maire", "pont"], ["maire", "ponts"])
        assert hit.occurrences == len(marked)
        for snippet in hit.to_dict()["snippets"]:
            assert hit.article.text[snippet["start"] : snippet["end"]] == snippet["quote"]
    (quoted,) = search(desk, '"ce pont"').hits
    assert [quoted.article.text[one.span.start : one.span.end] for one in quoted.snippets] == [
        "Le maire, Yves Brel, a dit : « Ce pont est sûr. »"
    ]


def test_the_result_as_json(desk: Desk):
    told = search(desk, '"pont').to_dict()
    assert json.loads(json.dumps(told)) == told
    assert (told["query"], told["repairs"]) == ('"pont', [{"kind": "quote_closed", "about": "pont"}])
    assert (told["total"], told["offset"], told["order"]) == (1, 0, "relevance")
    (hit,) = told["hits"]
    assert (hit["article_id"], hit["occurrences"]) == (desk.id_of("pont.txt"), 2)


@pytest.mark.parametrize("query", ["", "   ", "-", "(", "author:"])
def test_nothing_that_is_sought_finds_nothing(desk: Desk, query: str):
    result = search(desk, query)
    assert (result.query.node, result.hits, result.total) == (None, (), 0)


def test_only_what_is_excluded_finds_all_the_others(desk: Desk):
    assert names(desk, "-pont") == {"foire.txt"}
    assert all(hit.snippets == () for hit in search(desk, "-pont").hits)


# --- what was acknowledged is found, what was removed isn't ---


def test_what_is_brought_in_changed_and_taken_out(desk: Desk):
    desk.write("bac.txt", "Le bac a coulé.")
    desk.write("neuf.txt", "Un pont neuf.")
    desk.ingest()
    assert names(desk, "pont") == {"pont.txt", "neuf.txt"}
    assert names(desk, "coulé") == {"bac.txt"}
    desk.indexer.remove(desk.id_of("pont.txt"))
    assert names(desk, "pont") == {"neuf.txt"}
    desk.indexer.compact()
    desk.close()
    desk.open()
    assert names(desk, "pont") == {"neuf.txt"}
    desk.check()


def test_an_article_that_the_library_lost_meanwhile_is_not_shown(desk: Desk):
    desk.library.remove(desk.id_of("pont.txt"))  # as a crash leaves it: the index has it still
    assert names(desk, "pont") == {"bac.txt"}
    assert "full_text_stray" not in {finding.check for finding in inspect(desk.parts).findings}
    desk.indexer.recover()
    assert search(desk, "pont").total == 1
    desk.check()


def test_a_change_of_what_is_stated_that_stops_halfway_is_undone(desk: Desk):
    """The passages are the same: nothing else would tell that the index has another title."""
    article = desk.library.article(desk.id_of("pont.txt"))
    passages = tuple(desk.library.passages_of(article.id))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(desk.library, "acknowledge", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            desk.indexer.add([Entry(replace(article, title="Zorglub", outlet="Autre"), passages)])
    desk.close()
    desk.open()
    desk.indexer.recover()
    assert search(desk, "zorglub OR outlet:autre").total == 0
    desk.indexer.add([Entry(replace(article, title="Zorglub", outlet="Autre"), passages)])
    assert search(desk, "zorglub outlet:autre").total == 1
    desk.check()


def test_a_page_beyond_the_last_one_is_the_last(desk: Desk):
    beyond = search(desk, "pont", offset=40, limit=1)
    assert (beyond.offset, beyond.total, len(beyond.hits)) == (1, 2, 1)


def test_a_library_of_before_gets_its_index(desk: Desk):
    desk.parts.full_text.rebuild([])
    assert {finding.check for finding in inspect(desk.parts).findings} == {"full_text_missing"}
    with pytest.raises(LibraryError, match=r"isn't complete yet; .* run `sourcier doctor`"):
        search(desk, "pont")
    desk.parts.full_text.update([desk.library.article(desk.id_of("bac.txt"))])
    with pytest.raises(LibraryError, match="isn't complete yet"):  # not all would be found
        search(desk, "pont")
    desk.indexer.recover_passages()
    with write_lock(desk.data):
        desk.parts.complete_full_text()
        assert desk.indexer.lacks_full_text
    desk.parts.complete_full_text()
    assert names(desk, "pont") == {"pont.txt", "bac.txt"}
    desk.check()


def test_what_is_there_too_many_times_is_found_by_inspection(desk: Desk):
    articles = list(desk.library.each_stored())
    desk.library.remove(articles[0].id)
    desk.library.cleared(desk.library.unlisted())
    assert "full_text_stray" in {finding.check for finding in inspect(desk.parts).findings}


def test_what_is_under_embargo_is_found_when_its_time_has_come(desk: Desk):
    until = NOON + timedelta(hours=5)
    item = {"uri": "urn:a:1", "type": "text", "headline": "Secret", "body_text": "Le pont secret.",
            "versioncreated": "2026-01-05T08:00:00Z", "embargoed": until.isoformat()}  # fmt: skip
    desk.write("a.json", json.dumps(item))
    desk.ingest(keep_embargoed=True)
    assert search(desk, "secret").total == 0
    desk.parts.release_due(until)
    assert search(desk, "secret").total == 1
    desk.check()
