"""The library knows where its sources were found, and lets go of what an origin no longer has."""

import pytest

from rag.library.records import Entry, Source
from rag.library.sources import Response, Visits


@pytest.fixture
def put(library, make_article):
    def put(article_id: str, *keys: str) -> None:
        article = make_article(f"Le texte de {article_id}.", article_id)
        library.acknowledge([Entry(article, ())], "recipe")
        for key in keys:
            library.put_source(Source(key, key, "d", article_id))

    return put


def ids(library) -> list[str]:
    return sorted(article.id for article in library.articles())


def test_an_origin_lists_what_was_found_in_it(library, put):
    put("a", "/f/a.txt")
    put("b", "/f/b.txt", "/g/b.txt")
    for key, origin in [("/f/a.txt", "/f"), ("/f/b.txt", "/f"), ("/g/b.txt", "/g"), ("/f/a.txt", "/f")]:
        library.origins.put(key, origin)
    assert library.origins.keys("/f") == {"/f/a.txt", "/f/b.txt"}
    assert library.origins.keys("/g") == {"/g/b.txt"}
    assert library.origins.keys("/h") == frozenset()


def test_a_source_that_is_not_listed_is_found_nowhere(library):
    library.origins.put("/f/a.txt", "/f")
    assert library.origins.keys("/f") == frozenset()


def test_an_article_goes_with_its_last_source(library, put):
    put("a", "/f/a.txt", "/g/a.txt")
    library.origins.put("/f/a.txt", "/f")
    library.origins.put("/g/a.txt", "/g")
    assert library.leave_origin("/f", ["/f/a.txt"]) == []
    assert [source.key for source in library.sources_of("a")] == ["/g/a.txt"]
    assert library.leave_origin("/g", ["/g/a.txt"]) == ["a"]
    assert ids(library) == []


def test_a_source_that_another_origin_has_stays(library, put):
    put("a", "/f/a.txt")
    library.origins.put("/f/a.txt", "/f")
    library.origins.put("/f/a.txt", "/f/*.txt")
    assert library.leave_origin("/f", ["/f/a.txt"]) == []
    assert library.origins.keys("/f") == frozenset()
    assert library.origins.keys("/f/*.txt") == {"/f/a.txt"}
    assert ids(library) == ["a"]


def test_only_what_was_found_in_an_origin_can_leave_it(library, put):
    put("a", "/f/a.txt")
    put("b", "/f/b.txt")
    library.origins.put("/f/a.txt", "/f")
    assert library.leave_origin("/g", ["/f/a.txt"]) == []
    assert library.leave_origin("/f", ["/f/b.txt", "/nowhere"]) == []
    assert ids(library) == ["a", "b"]


def test_what_a_server_said_is_kept_until_its_page_goes(library, put):
    put("a", "https://example.org/a")
    library.origins.put("https://example.org/a", "https://example.org/feed")
    first = Response("https://example.org/a", "d1", "2025-08-16T10:00:00+00:00", '"e1"', None)
    second = Response("https://example.org/a", "d2", "2025-08-17T10:00:00+00:00", None, "Sun, 17 Aug 2025")
    library.responses.put(first)
    assert library.responses.get(first.url) == first
    library.responses.put(second)
    assert library.responses.get(first.url) == second
    library.leave_origin("https://example.org/feed", [first.url])
    assert library.responses.get(first.url) is None


def test_when_a_page_was_read_and_asked_for_is_kept_until_it_goes(library, put):
    page, feed = "https://example.org/a", "https://example.org/feed"
    put("a", page)
    library.origins.put(page, feed)
    assert library.origins.visits(feed) == {page: Visits(None, None)}
    library.responses.put(Response(page, "d1", "2025-08-16T10:00:00+00:00"))
    for moment in ("2025-08-17T10:00:00+00:00", "2025-08-18T10:00:00+00:00"):
        library.origins.put_asked(page, moment)
    library.origins.put_asked("https://example.org/not-listed", "2025-08-17T10:00:00+00:00")
    read = {page: Visits("2025-08-16T10:00:00+00:00", "2025-08-18T10:00:00+00:00")}
    assert library.origins.visits(feed) == read
    put("a", page)  # read again
    assert library.origins.visits(feed) == read
    library.leave_origin(feed, [page])
    put("a", page)
    library.origins.put(page, feed)
    assert library.origins.visits(feed) == {page: Visits(None, None)}


def test_a_fact_is_what_was_noted_last(library):
    assert library.facts.get("last_sync") is None
    library.facts.put("last_sync", "2025-08-16")
    library.facts.put("last_sync", "2025-08-17")
    assert library.facts.get("last_sync") == "2025-08-17"
