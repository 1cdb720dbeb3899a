"""The table of articles: searched, narrowed, sorted, paged; in step with the catalogue whatever happens."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.library.library import Library
from rag.library.listing import PAGE, Chosen, ListingQuery, OutletCount
from rag.library.records import Entry
from rag.schema.article import Passage, Span
from rag.schema.question import Filters


@pytest.fixture
def put(library, make_article):
    """Acknowledge an article, with as many passages as are asked for."""

    def put(
        id_: str, title: str = "Un titre", passages: int = 1, text: str = "", **stated: str | None
    ) -> None:
        words = text or f"Un texte sur {id_}."
        fields = {"title": title, "outlet": None, "published_at": None, "source": f"{id_}.md"} | stated
        article = make_article(words, id_, **fields)
        made = tuple(
            Passage(f"{id_}:{article.content_hash[:4]}:{n}", id_, 0, len(words), (Span(0, len(words)),))
            for n in range(passages)
        )
        library.acknowledge([Entry(article, made)], "r")

    return put


def ids(library: Library, **asked: object) -> list[str]:
    return [row.article_id for row in library.listing.page(ListingQuery(**asked)).rows]


def test_all_words_must_be_there_whatever_their_accents_and_capitals(library, put):
    put("a", "L’Élection du maire", outlet="La Gazette")
    put("b", "Le maire de Valbrume", outlet="L'Écho", source="https://echo.example/election.html")
    put("c", "La crue")
    assert ids(library, words="ELECTION maire") == ["b", "a"]
    assert ids(library, words="l'élection") == ["a"]
    assert ids(library, words="gazette") == ["a"]
    assert ids(library, words="crue maire") == []
    assert ids(library, words="  ") == ["c", "b", "a"]


@pytest.mark.parametrize("words", ["%", "_", "' OR 1=1 --", '"', "\\", "\x00", "*"])
def test_words_are_data(library, put, words):
    put("a", "Un titre")
    assert ids(library, words=words) == []


def test_filters_narrow_together(library, put):
    put("a", outlet="L'Écho", language="fr", published_at="2025-11-03")
    put("b", outlet="L'Écho", language="en", published_at="2025-11-04T10:30:00+01:00")
    put("c", outlet="La Gazette", language="fr", published_at=None)
    assert ids(library, outlet="L'Écho") == ["b", "a"]
    assert ids(library, outlet="L'Écho", language="fr") == ["a"]
    assert ids(library, date_from=date(2025, 11, 4), date_to=date(2025, 11, 4)) == ["b"]
    assert ids(library, date_to=date.max) == ["b", "a"]
    assert ids(library, undated=True) == ["c"]
    assert library.listing.outlets() == ["L'Écho", "La Gazette"]


def test_every_column_sorts_both_ways(library, put):
    copied = (
        "La rivière est sortie de son lit dans la nuit de samedi à dimanche et a noyé trois rues du bourg. "
        * 6
    )
    put("a", "Zèbre", 1, outlet="La Gazette", language="en", published_at="2025-01-02", text=copied)
    put("b", "étable", 3, outlet="Écho", language="fr", published_at="2025-01-01", text=f"{copied} Fin.")
    put("c", "Arbre", 2)
    put("c", "Arbre", 2, text="Un autre texte.")
    expected = {
        "title": ["c", "b", "a"],
        "outlet": ["b", "a", "c"],
        "date": ["b", "a", "c"],
        "passages": ["a", "c", "b"],
        "language": ["a", "b", "c"],
        "reprints": ["c", "a", "b"],
        "revisions": ["a", "b", "c"],
    }
    for column, order in expected.items():
        assert ids(library, sort=column, descending=False) == order, column
    assert ids(library, sort="date", descending=True) == ["a", "b", "c"]
    assert ids(library, sort="title", descending=True) == ["a", "b", "c"]
    rows = {row.article_id: row for row in library.listing.page(ListingQuery()).rows}
    assert [(rows[i].passages, rows[i].reprints, rows[i].revisions) for i in "abc"] == [
        (1, 1, 0),
        (3, 1, 0),
        (2, 0, 1),
    ]


def test_pages_hold_each_article_once_and_end(library, put):
    for number in range(PAGE + 3):
        put(f"{number:03}", f"Titre {number % 5}")
    for column in ("title", "date", "passages", "revisions"):
        pages = [library.listing.page(ListingQuery(sort=column, page=page)) for page in (1, 2)]
        assert [len(page.rows) for page in pages] == [PAGE, 3]
        assert len({row.article_id for page in pages for row in page.rows}) == PAGE + 3
    beyond = library.listing.page(ListingQuery(page=99))
    assert (beyond.page, beyond.pages, beyond.total, len(beyond.rows)) == (2, 2, PAGE + 3, 3)


@pytest.mark.in_a_file
def test_a_change_shows_and_a_removal_leaves_nothing(library, put, tmp_path):
    put("a", "Le pangolinquartzite", outlet="Outletquartzite", source="sourcequartzite.md")
    put("a", "Un autre titre", text="Autre chose.")
    assert ids(library, words="pangolinquartzite") == []
    assert [row.title for row in library.listing.rows(["a", "nobody"])] == ["Un autre titre"]
    put("b", "Le pangolinquartzite", outlet="Outletquartzite", source="sourcequartzite.md")
    library.remove("a")
    library.remove("b")
    assert (ids(library), library.listing.outlets()) == ([], [])
    library.compact()
    library.close()
    assert not [file for file in tmp_path.iterdir() if b"quartzite" in file.read_bytes()]


@pytest.mark.in_a_file
def test_what_another_version_wrote_is_listed_at_recovery(library, put, tmp_path):
    put("a", "Avant")
    put("b", "Ailleurs")
    # As a version would write that doesn't know the table: one article changes, one is new to it.
    with closing(sqlite3.connect(tmp_path / "library.sqlite3", isolation_level=None)) as db:
        db.execute("UPDATE articles SET title = 'Après', content_hash = 'x' WHERE id = 'a'")
        db.execute("DELETE FROM listed WHERE article_id = 'b'")
    library.listing.list_waiting()
    found = library.listing.page(ListingQuery(sort="title", descending=False))
    assert [(row.title, row.passages) for row in found.rows] == [("Ailleurs", 1), ("Après", 1)]


@pytest.mark.in_a_file
def test_a_table_that_is_gone_is_made_anew(library, put, tmp_path):
    put("a", "Avant")
    library.close()
    with closing(sqlite3.connect(tmp_path / "library.sqlite3", isolation_level=None)) as db:
        db.execute("DROP TABLE listed")
    with closing(Library(tmp_path)) as again:
        again.listing.list_waiting()
        assert ids(again) == ["a"]


@given(words=st.text(max_size=20), page=st.integers(-5, 10**9))
def test_no_words_and_no_page_are_too_much(words, page):
    query = replace(ListingQuery(), words=words, page=page)
    assert SHELF.listing.page(query).total in (0, 1)


SHELF: Library


@pytest.fixture(scope="module", autouse=True)
def shelf(tmp_path_factory, make_article) -> Iterator[None]:
    global SHELF
    with closing(Library(tmp_path_factory.mktemp("shelf"))) as SHELF:
        SHELF.acknowledge([Entry(make_article("Un texte."), ())], "r")
        yield


def test_articles_are_chosen_newest_first_those_without_a_full_day_last(library, put):
    put("a", published_at="2025-05-03", outlet="Le Val")
    put("b", published_at="2025-06-01T08:00:00+02:00", outlet="Le Val", language="en")
    put("c", published_at="2025-05")
    put("d", outlet="La Gazette")
    chosen = library.listing.chosen
    assert chosen(Filters()).ids[:2] == ("b", "a")
    assert set(chosen(Filters()).ids[2:]) == {"c", "d"}
    assert chosen(Filters(), oldest_first=True).ids[:2] == ("a", "b")
    assert chosen(Filters(), limit=1) == Chosen(("b",), 4)
    assert chosen(Filters(), dated_only=True).ids == ("b", "a")
    assert chosen(Filters(), among={"a", "c"}) == Chosen(("a", "c"), 2)
    assert chosen(Filters(), among=()) == Chosen((), 0)
    assert chosen(Filters(outlets=("Le Val",), languages=("en",))).ids == ("b",)
    assert chosen(Filters(article_ids=("a", "d")), among={"d", "b"}).ids == ("d",)
    may = Filters(date_from=date(2025, 5, 1), date_to=date(2025, 5, 31))
    assert chosen(may).ids == ("a",)
    assert set(chosen(replace(may, undated=True)).ids) == {"a", "c", "d"}


def test_outlets_are_counted_among_what_filters_keep(library, put):
    for number, outlet in enumerate(["Le Val", "La Gazette", "Le Val", None]):
        put(f"a{number}", outlet=outlet, published_at=f"2025-05-0{number + 1}")
    counts = library.listing.outlet_counts
    assert counts(Filters()) == [OutletCount("Le Val", 2), OutletCount("La Gazette", 1), OutletCount(None, 1)]
    assert counts(Filters(), among={"a1", "a3"}) == [OutletCount("La Gazette", 1), OutletCount(None, 1)]
    assert counts(Filters(date_from=date(2025, 5, 3))) == [OutletCount("Le Val", 1), OutletCount(None, 1)]


def test_articles_are_found_by_their_passages_and_by_their_authors(library, put):
    put("a", passages=2, author="Jean Dupont")
    put("b", author="Marie Lenoir")
    passages = [passage.id for article_id in "ab" for passage in library.passages_of(article_id)]
    assert library.articles_of([*passages[:2], "unlisted"]) == {"a"}
    assert library.articles_of(passages) == {"a", "b"}
    assert library.ids_by(["Jean Dupont", "Nobody"]) == {"a"}
    assert library.ids_by([]) == set()
