"""Links between reprints follow from the articles that are listed, and from nothing else."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Callable, Iterable
from contextlib import closing
from itertools import combinations
from pathlib import Path

import pytest
from fake_embedder import FakeEmbedder
from hypothesis import given, settings
from hypothesis import strategies as st
from reprint_texts import FERRY, FIRE, LEAD, LOOKALIKES, STORIES, cut

from rag.index.full_text_index import FullTextIndex
from rag.index.indexer import Indexer
from rag.index.multivector_store import MultivectorStore
from rag.index.term_index import TermIndex
from rag.index.vector_store import VectorStore
from rag.library.library import FILE_NAME, Library
from rag.library.records import Entry, Source
from rag.schema.article import Article
from rag.text.shingling import VERSION, are_reprints, shingles

MakeArticle = Callable[..., Article]
MEMORY = Path("/dev/shm")
TEXTS = {f"{story} {name}": text for story, texts in STORIES.items() for name, text in texts.items()}
# The tables as format 1 had them.
FORMAT_1 = """
CREATE TABLE articles (
    id TEXT PRIMARY KEY, text TEXT NOT NULL, title TEXT NOT NULL, source TEXT NOT NULL,
    content_hash TEXT NOT NULL, outlet TEXT, author TEXT, language TEXT, published_at TEXT,
    updated_at TEXT, ingested_at TEXT, indexed_with TEXT NOT NULL) STRICT;
CREATE INDEX articles_by_hash ON articles (content_hash);
CREATE TABLE sources (
    key TEXT PRIMARY KEY, article_id TEXT NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
    source TEXT NOT NULL, digest TEXT NOT NULL) STRICT;
CREATE INDEX sources_by_article ON sources (article_id);
CREATE TABLE passages (
    id TEXT PRIMARY KEY, article_id TEXT NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
    start INTEGER NOT NULL, "end" INTEGER NOT NULL, sentences TEXT NOT NULL) STRICT;
CREATE INDEX passages_by_article ON passages (article_id);
CREATE TABLE unlisted (passage_id TEXT PRIMARY KEY) STRICT;
PRAGMA user_version = 1;
"""


def add(library: Library, *articles: Article) -> None:
    library.acknowledge([Entry(article, ()) for article in articles], "recipe")


def links(library: Library) -> dict[str, set[str]]:
    ids = [article.id for article in library.articles()]
    found = library.reprints.among(ids)
    assert library.reprints.of(ids) == {i: tuple(sorted(others)) for i, others in found.items()}
    return {i: set(others) for i, others in found.items()}


def all_linked(names: Iterable[str]) -> dict[str, set[str]]:
    names = set(names)
    return {name: names - {name} for name in names}


def rows(folder: Path, query: str) -> list[tuple]:
    with closing(sqlite3.connect(folder / FILE_NAME)) as db:
        return db.execute(query).fetchall()


# --- what is linked ---


def test_every_version_of_a_story_is_linked_to_every_other(library: Library, make_article: MakeArticle):
    """Other outlets, headlines, leads, edits, beginnings: in one batch, and with lookalikes around."""
    others = {f"{kind} {i}": text for kind, texts in LOOKALIKES.items() for i, text in enumerate(texts)}
    del others["one event 0"]  # the wire story itself
    articles = [
        make_article(text, name, title=f"Titre de {name}", outlet=f"Journal {i}")
        for i, (name, text) in enumerate((TEXTS | others).items())
    ]
    add(library, *articles)
    expected = {}
    for story in STORIES:
        expected |= all_linked(name for name in TEXTS if name.startswith(story))
    assert links(library) == expected


@given(st.data())
@settings(max_examples=25)
def test_neither_order_nor_batches_nor_what_came_and_went_change_links(
    make_article: MakeArticle, data: st.DataObject
):
    names = data.draw(st.lists(st.sampled_from(sorted(TEXTS)), unique=True, min_size=2, max_size=7))
    gone = data.draw(st.lists(st.sampled_from(sorted(TEXTS)), unique=True, max_size=3))
    steps = data.draw(st.permutations([*names, *(name for name in gone if name not in names)]))
    sizes = st.integers(1, 3)
    with (
        tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder,
        closing(Library(Path(folder))) as library,
    ):
        while steps:
            size = data.draw(sizes)
            batch, steps = steps[:size], steps[size:]
            add(library, *(make_article(TEXTS[name], name) for name in batch))
        for name in set(gone) - set(names):
            library.remove(name)
        expected: dict[str, set[str]] = {}
        for one, other in combinations(names, 2):
            if are_reprints(shingles(TEXTS[one]), shingles(TEXTS[other])):
                expected.setdefault(one, set()).add(other)
                expected.setdefault(other, set()).add(one)
        assert links(library) == expected


def test_texts_without_words_or_with_few_are_linked_to_nothing(library: Library, make_article: MakeArticle):
    texts = ["", "…", " \n", "Le pont rouvre.", "Le pont rouvre.", FIRE]
    add(library, *(make_article(text, f"a{i}") for i, text in enumerate(texts)))
    assert links(library) == {}


def test_what_every_article_has_is_compared_only_so_far(library: Library, make_article: MakeArticle):
    """Hundreds of notices that share nearly everything: each is compared with fifty, not with all."""
    notice = cut(FIRE, 0.3)
    articles = [make_article(f"{notice} Avis {i}.", f"a{i:03}") for i in range(300)]
    for start in range(0, 300, 60):
        add(library, *articles[start : start + 60])
    found = library.reprints.among(article.id for article in articles)
    assert found.keys() == {article.id for article in articles}
    assert sum(len(others) for others in found.values()) <= 2 * 50 * 300
    assert all(len(others) <= 20 for others in library.reprints.of(found).values())


# --- what changes them ---


@pytest.fixture
def three(library: Library, make_article: MakeArticle) -> Library:
    for name, text in (("a1", FIRE), ("a2", LEAD + "\n\n" + FIRE), ("a3", cut(FIRE, 0.5))):
        add(library, make_article(text, name))
    assert links(library) == all_linked(["a1", "a2", "a3"])
    return library


def test_the_others_stay_linked_when_the_first_goes(three: Library, make_article: MakeArticle):
    assert three.remove("a1")
    assert links(three) == all_linked(["a2", "a3"])
    add(three, make_article(FIRE, "a4"))
    assert links(three) == all_linked(["a2", "a3", "a4"])


@pytest.mark.in_a_file
def test_ingesting_again_changes_nothing(tmp_path: Path, three: Library, make_article: MakeArticle):
    tables = ("sketches", "sketched", "reprints")
    before = [rows(tmp_path, f"SELECT * FROM {table} ORDER BY 1, 2") for table in tables]
    add(three, make_article(FIRE, "a1"), make_article(cut(FIRE, 0.5), "a3"))
    add(three, make_article(FIRE, "a1", title="Un autre titre", outlet="L'Écho"))
    three.reprints.link_waiting()
    assert [rows(tmp_path, f"SELECT * FROM {table} ORDER BY 1, 2") for table in tables] == before


def test_an_article_that_becomes_another_story_leaves_and_can_come_back(
    three: Library, make_article: MakeArticle
):
    add(three, make_article(FERRY, "a1"))
    assert links(three) == all_linked(["a2", "a3"])
    add(three, make_article(cut(FERRY, 0.5), "a4"))
    assert links(three) == all_linked(["a2", "a3"]) | all_linked(["a1", "a4"])
    add(three, make_article(FIRE, "a1"))
    assert links(three) == all_linked(["a1", "a2", "a3"])


def test_an_article_that_loses_its_last_source_leaves(library: Library, make_article: MakeArticle):
    first, second = make_article(FIRE, "a1"), make_article(LEAD + FIRE, "a2")
    library.acknowledge([Entry(first, (), Source("k", "k", "d", "a1")), Entry(second, ())], "recipe")
    library.put_source(Source("k", "k", "other", "a2"))
    assert library.article("a1") is None
    assert links(library) == {}


@pytest.mark.in_a_file
def test_a_removed_article_leaves_no_trace(tmp_path: Path, three: Library):
    for name in ("a2", "a1", "a3"):
        three.remove(name)
    for table in ("sketches", "sketched", "reprints"):
        assert rows(tmp_path, f"SELECT * FROM {table}") == []


def test_a_batch_that_is_refused_links_nothing(three: Library, make_article: MakeArticle):
    with pytest.raises(UnicodeEncodeError):
        add(three, make_article(FIRE, "a4"), make_article("a\ud800b", "a5"))
    assert links(three) == all_linked(["a1", "a2", "a3"])


# --- libraries of earlier versions ---


def of_format_1(folder: Path, articles: Iterable[Article]) -> None:
    """A library as the first version wrote it."""
    columns = ("id", "text", "title", "source", "content_hash", "outlet", "author", "language")
    columns += ("published_at", "updated_at", "ingested_at")
    with closing(sqlite3.connect(folder / FILE_NAME)) as db:
        db.executescript(FORMAT_1)
        for article in articles:
            values = [getattr(article, name) for name in columns]
            db.execute(f"INSERT INTO articles VALUES ({', '.join('?' * 12)})", [*values, "recipe"])
            db.execute("INSERT INTO sources VALUES (?, ?, 'digest', ?)", (article.source, "s", article.id))
            passage = (f"{article.id}:0", article.id, 0, 10, "[[0,10]]")
            db.execute("INSERT INTO passages VALUES (?, ?, ?, ?, ?)", passage)
        db.commit()


@pytest.mark.in_a_file
def test_a_library_of_format_1_opens_whole_and_is_compared_at_the_next_ingestion(
    tmp_path: Path, make_article: MakeArticle
):
    stories = [
        make_article(text, name, outlet="Le Phare", published_at="2026-03-04") for name, text in TEXTS.items()
    ]
    articles = [*stories, *(make_article(f"Brève numéro {i}.", f"b{i:03}") for i in range(250))]
    of_format_1(tmp_path, articles)
    with closing(Library(tmp_path)) as library:
        assert {a.id: a for a in library.articles()} == {a.id: a for a in articles}
        assert len(library.passages([f"{a.id}:0" for a in articles])) == len(articles)
        assert library.counts().sources == len(articles)
        assert library.not_indexed() == []
        assert links(library) == {}
        add(library, make_article(FIRE, "new"))  # before the others have been compared
        vectors = VectorStore(tmp_path / "vectors", "fake")
        terms, full_text = TermIndex(tmp_path / "terms"), FullTextIndex(tmp_path / "full_text")
        kept = MultivectorStore(tmp_path / "sketches")
        indexer = Indexer(library, vectors, terms, full_text, kept, FakeEmbedder(), "recipe")
        indexer.recover()
        vectors.close()
        kept.close()
        fire = [name for name in TEXTS if name.startswith("fire")]
        ferry = [name for name in TEXTS if name.startswith("ferry")]
        assert links(library) == all_linked([*fire, "new"]) | all_linked(ferry)
    assert rows(tmp_path, "PRAGMA user_version") == [(3,)]
    assert rows(tmp_path, "SELECT count(*) FROM sketches") == [(len(articles) + 1,)]
    with closing(Library(tmp_path)) as library:
        assert {a.id for a in library.articles()} == {a.id for a in articles} | {"new"}


@pytest.mark.in_a_file
def test_sketches_of_another_version_are_made_again(tmp_path: Path, three: Library):
    three.close()
    with closing(sqlite3.connect(tmp_path / FILE_NAME)) as db:
        db.execute("UPDATE sketches SET version = 0")
        db.execute("DELETE FROM reprints")
        db.commit()
    three.reprints.link_waiting()
    assert links(three) == all_linked(["a1", "a2", "a3"])
    assert rows(tmp_path, "SELECT DISTINCT version FROM sketches") == [(VERSION,)]
