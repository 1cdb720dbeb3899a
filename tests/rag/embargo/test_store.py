"""Articles that wait come back as they were put, and are due from their moment on, whatever its offset."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

from rag.embargo.store import EmbargoedArticle
from rag.library.library import Library
from rag.schema.article import Article, Imprint, Passage, Span
from rag.storage.database import Place

NOON = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
ARTICLE = Article(
    "a", "Un. Deux.", "Un", "a.json#1", "hash", "L'Agence", "Zoé", "fr", "2026-01-05", None, "2026-01-05",
    (0, 4), True, Imprint("Région", "3", None, "urn:1"), "https://val.example/un",
)  # fmt: skip
PASSAGES = (Passage("a:0", "a", 0, 9, (Span(0, 3), Span(4, 9))),)
WAITING = EmbargoedArticle(
    ARTICLE, PASSAGES, "recipe", "/k#1", "a.json#1", "d", "/k", NOON.astimezone(timezone(timedelta(hours=2)))
)


def test_what_waits_comes_back_whole(place: Place):
    with closing(Library(place)) as library:
        library.embargoes.put(WAITING)
    with closing(Library(place)) as library:
        assert library.embargoes.get("a") == WAITING
        assert library.embargoes.with_key("/k#1") == WAITING
        assert library.embargoes.keys("/k") == {"/k#1"}
        assert library.is_empty()


def test_it_is_due_from_its_moment_on(place: Place):
    with closing(Library(place)) as library:
        library.embargoes.put(WAITING)
        library.embargoes.put(replace(WAITING, article=replace(ARTICLE, id="b"), key="/k#2", until=None))
        before, there = NOON - timedelta(seconds=1), NOON.astimezone(timezone(timedelta(hours=-5)))
        assert (library.embargoes.has_due(before), library.embargoes.due(before)) == (False, [])
        assert library.embargoes.has_due(there)
        assert [one.article.id for one in library.embargoes.due(there)] == ["a"]
        assert [one.article.id for one in library.embargoes.all()] == ["a", "b"]


def test_a_later_version_and_another_article_of_the_same_source_take_its_place(place: Place):
    with closing(Library(place)) as library:
        library.embargoes.put(WAITING)
        library.embargoes.put(replace(WAITING, article=replace(ARTICLE, id="c")))
        assert [one.article.id for one in library.embargoes.all()] == ["c"]
        assert library.embargoes.leave("/k", ["/k#1"]) == ["c"]
        assert library.embargoes.count() == 0
