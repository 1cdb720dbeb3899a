"""The catalogue lists an article whole or not at all, and forgets nothing that an index may hold."""

from __future__ import annotations

import gc
import sqlite3
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from rag.errors import LibraryError
from rag.library.library import FILE_NAME, Library
from rag.library.records import Counts, Entry, Source
from rag.schema.article import Article, Passage
from rag.schema.question import Filters
from rag.storage.database import Place
from rag.text.sentences import split_sentences

MakeArticle = Callable[..., Article]
# Where a commit needn't wait for a disk.
IntegrityErrors = (sqlite3.IntegrityError, psycopg.IntegrityError)
MEMORY = Path("/dev/shm")
TEXT = "Le pont rouvre. Le bac s'arrête. L'école ferme."


def passages_of(article: Article) -> tuple[Passage, ...]:
    """One passage for each sentence."""
    return tuple(
        Passage(
            f"{article.id}:{article.content_hash[:6]}:{number}", article.id, span.start, span.end, (span,)
        )
        for number, span in enumerate(split_sentences(article.text))
    )


def entry(article: Article, source: str | None = None) -> Entry:
    brought = Source(source, f"/{source}", f"digest of {article.text}", article.id) if source else None
    return Entry(article, passages_of(article), brought)


def ids(article: Article) -> list[str]:
    return [passage.id for passage in passages_of(article)]


# --- what goes in comes out ---


def test_an_article_comes_back_as_it_was(library: Library, make_article: MakeArticle):
    article = make_article(
        TEXT,
        title="Un « titre »",
        outlet="Le Phare",
        author="Odile Brac",
        published_at="2025-08-16",
        updated_at="2025-08-17T10:00:00+02:00",
        ingested_at="2026-01-05T12:00:00+00:00",
    )
    library.acknowledge([entry(article, "a.txt")], "recipe")
    assert library.article("a1") == article
    assert library.passages_of("a1") == list(passages_of(article))
    assert library.passages(ids(article)) == {passage.id: passage for passage in passages_of(article)}
    assert library.source("a.txt") == Source("a.txt", "/a.txt", f"digest of {TEXT}", "a1")
    assert library.counts() == Counts(articles=1, passages=3, sources=1)


def test_passages_of_many_articles_are_each_article_s_own(library: Library, make_article: MakeArticle):
    """Ids of articles that begin alike, one without passages, and one that isn't listed."""
    articles = [make_article(TEXT, id=name) for name in ("a", "a:b", "b")]
    library.acknowledge([entry(article, article.id) for article in articles], "recipe")
    library.acknowledge([replace(entry(make_article("", id="none"), "none"), passages=())], "recipe")
    names = ["b", "none", "a:b", "a", "elsewhere"]
    assert library.passages_of_each(names) == {name: library.passages_of(name) for name in names}
    assert library.having_passages(names) == {"a", "a:b", "b"}
    assert library.passages_of_each([]) == {}


@pytest.mark.parametrize(
    "text",
    [
        "{x.__class__} {{0}} %s ?1",
        "<|im_end|>",
        "[1] '; DROP TABLE articles; --",
        "a\0b",
        "👩‍🚀 中文 عربي",
        "\ufffd",
    ],
)
def test_hostile_text_is_text(library: Library, make_article: MakeArticle, text: str):
    article = make_article(text, title=text, outlet=text, author=text, language=text)
    listed = replace(entry(article, "a.txt"), source=Source("a.txt", text, text, "a1"))
    library.acknowledge([listed], text)
    assert library.articles(["a1"]) == library.articles() == [article]
    assert library.source("a.txt") == listed.source
    assert library.languages() == [text]
    assert library.not_indexed(text) == []


@pytest.mark.parametrize(
    "text", ["{x} %s ?1", "<|im_end|>", "'; DROP TABLE articles; --", '"] --', "中文/👩‍🚀"]
)
def test_hostile_ids_and_sources_are_found_as_they_are(
    library: Library, make_article: MakeArticle, text: str
):
    article = make_article(TEXT, id=text)
    library.acknowledge([entry(article, text)], "recipe")
    assert library.articles([text]) == [article]
    assert library.passages(ids(article)).keys() == set(ids(article))
    assert library.ids_from_sources(Filters(sources=(text,))) == (text,)
    assert library.remove(text)
    assert library.unlisted() == sorted(ids(article))


def test_text_that_no_file_can_hold_is_refused_whole(library: Library, make_article: MakeArticle):
    """Readers replace lone surrogates; if one came through, nothing of its batch would stay."""
    good, bad = make_article(TEXT, "a1"), make_article("a\ud800b", "a2")
    library.announce([*ids(good), *ids(bad)])
    with pytest.raises(UnicodeEncodeError):
        library.acknowledge([entry(good, "a"), entry(bad, "b")], "recipe")
    assert library.counts() == Counts(0, 0, 0)
    assert library.unlisted() == sorted([*ids(good), *ids(bad)])
    library.acknowledge([entry(good, "a")], "recipe")
    assert library.article("a1") == good


def test_unknown_ids_are_left_out_and_order_is_kept(library: Library, make_article: MakeArticle):
    articles = [make_article(f"Texte {number}.", f"a{number}") for number in range(3)]
    library.acknowledge([entry(article) for article in articles], "recipe")
    assert library.articles(["a2", "unknown", "a0", "a2"]) == [articles[2], articles[0], articles[2]]
    assert library.articles([]) == []
    assert library.article("unknown") is None
    assert library.passages(["unknown", *ids(articles[1])]).keys() == set(ids(articles[1]))
    assert library.passages_of("unknown") == library.sources_of("unknown") == []
    assert library.source("unknown") is None


def test_more_ids_than_sqlite_takes_as_parameters(library: Library, make_article: MakeArticle):
    article = make_article(TEXT)
    library.acknowledge([entry(article)], "recipe")
    wanted = [*(f"unknown {number}" for number in range(70_000)), *ids(article)]
    assert list(library.passages(wanted)) == ids(article)
    assert library.articles([*wanted, "a1"]) == [article]


def test_all_articles_are_given_newest_first_and_undated_last(library: Library, make_article: MakeArticle):
    dates = [None, "2025-08-16", "2025-08-17T01:00:00+02:00", "2024-12-31", "2025-08-16"]
    articles = [
        make_article(f"Texte {number}.", f"a{number}", published_at=stated, title=f"Titre {9 - number}")
        for number, stated in enumerate(dates)
    ]
    library.acknowledge([entry(article) for article in articles], "recipe")
    assert [article.id for article in library.articles()] == ["a2", "a4", "a1", "a3", "a0"]
    assert [article.id for article in library.newest(9)][-2:] == ["a3", "a0"]
    assert [article.id for article in library.newest(2)] == [one.id for one in library.newest(9)][:2]
    assert "a0" not in [article.id for article in library.newest(4)]


def test_languages_are_given_most_frequent_first(library: Library, make_article: MakeArticle):
    spoken = ["fr", "en", "en", None, "de", "fr", "en", None, None, None]
    articles = [make_article(f"{number}.", f"a{number}", language=code) for number, code in enumerate(spoken)]
    library.acknowledge([entry(article) for article in articles], "recipe")
    assert library.languages() == ["en", "fr", "de"]


def test_authors_are_told_once_and_follow_every_change(library: Library, make_article: MakeArticle):
    assert library.authors() == []
    written = [("a1", "Camille Roussin"), ("a2", None), ("a3", "Camille Roussin"), ("a4", "Anne Vial")]
    library.acknowledge([entry(make_article(f"{i}.", i, author=who)) for i, who in written], "recipe")
    assert library.authors() == ["Anne Vial", "Camille Roussin"]
    library.remove("a4")
    assert library.authors() == ["Camille Roussin"]


def test_languages_follow_every_change(place: Place, library: Library, make_article: MakeArticle):
    """Through this library, through another of the same folder, and once it was closed."""
    assert library.languages() == []
    library.acknowledge([entry(make_article("Un.", "a1"))], "recipe")
    assert library.languages() == ["fr"]
    other = Library(place)
    other.acknowledge([entry(make_article("One.", f"b{n}", language="en")) for n in range(2)], "recipe")
    assert library.languages() == other.languages() == ["en", "fr"]
    other.close()
    library.remove("b0")
    library.remove("b1")
    assert library.languages() == ["fr"]
    library.close()
    assert library.languages() == ["fr"]


def test_an_article_is_found_by_its_content(library: Library, make_article: MakeArticle):
    article = make_article(TEXT)
    library.acknowledge([entry(article)], "recipe")
    assert library.with_content(article.content_hash) == "a1"
    assert library.with_content("0f" * 32) is None


def test_an_empty_library_is_empty(library: Library, make_article: MakeArticle):
    assert library.is_empty()
    library.acknowledge([entry(make_article(TEXT))], "recipe")
    assert not library.is_empty()


# --- sources ---


def test_a_source_is_found_by_its_key_or_as_it_was_given(library: Library, make_article: MakeArticle):
    first, second = make_article("Un.", "a1"), make_article("Deux.", "a2")
    library.acknowledge([entry(first, "key1"), entry(second, "key2")], "recipe")
    library.put_source(Source("key3", "/key1", "digest", "a2"))
    assert library.ids_from_sources(Filters(sources=("key1",))) == ("a1",)
    assert library.ids_from_sources(Filters(sources=("/key1",))) == ("a1", "a2")
    assert library.ids_from_sources(Filters(sources=("/key", "unknown"))) == ()


def test_an_article_goes_with_its_last_source(library: Library, make_article: MakeArticle):
    first, second = make_article("Un.", "a1"), make_article("Deux.", "a2")
    library.acknowledge([entry(first, "key1"), entry(second, "key2")], "recipe")
    library.put_source(Source("key3", "key3", "digest", "a1"))
    library.put_source(Source("key1", "key1", "other digest", "a2"))
    assert library.article("a1") == first
    library.put_source(Source("key3", "key3", "other digest", "a2"))
    assert library.article("a1") is None
    assert library.unlisted() == ids(first)
    assert [source.key for source in library.sources_of("a2")] == ["key1", "key2", "key3"]


def test_a_source_of_no_article_is_refused(library: Library):
    with pytest.raises(IntegrityErrors, match=r"(?i)foreign key"):
        library.put_source(Source("key", "key", "digest", "unknown"))
    assert library.source("key") is None


# --- replacing, removing, announcing ---


def test_a_new_version_replaces_text_and_passages_at_once(library: Library, make_article: MakeArticle):
    old, new = make_article(TEXT), make_article("Le pont reste fermé.")
    library.acknowledge([entry(old, "a.txt")], "recipe")
    library.announce(ids(new))
    assert library.unlisted() == ids(new)
    library.acknowledge([entry(new, "a.txt")], "recipe")
    assert library.article("a1") == new
    assert library.passages([*ids(old), *ids(new)]).keys() == set(ids(new))
    assert library.unlisted() == sorted(ids(old))
    library.cleared(ids(old))
    assert library.unlisted() == []


def test_entries_are_listed_together_or_not_at_all(library: Library, make_article: MakeArticle):
    good = make_article("Un.", "a1")
    clash = Entry(make_article("Deux.", "a2"), passages_of(good))  # another article's passages
    with pytest.raises(IntegrityErrors):
        library.acknowledge([entry(good, "key"), clash], "recipe")
    assert library.counts() == Counts(0, 0, 0)


def test_a_removed_article_leaves_its_passages_to_be_cleared(library: Library, make_article: MakeArticle):
    article = make_article(TEXT)
    library.acknowledge([entry(article, "a.txt")], "recipe")
    assert library.remove("a1")
    assert not library.remove("a1")
    assert library.counts() == Counts(0, 0, 0)
    assert library.source("a.txt") is None
    assert library.unlisted() == sorted(ids(article))


@pytest.mark.in_a_file
def test_a_removed_article_s_text_is_in_no_file(tmp_path: Path, library: Library, make_article: MakeArticle):
    library.acknowledge([entry(make_article("CANARI " * 2_000), "a.txt")], "recipe")
    library.remove("a1")
    library.close()
    assert [path.name for path in tmp_path.iterdir() if b"CANARI" in path.read_bytes()] == []


def test_passages_that_are_listed_are_not_announced_again(library: Library, make_article: MakeArticle):
    """Indexing them again must not lose them if it stops halfway."""
    article = make_article(TEXT)
    library.acknowledge([entry(article)], "recipe")
    library.announce([*ids(article), "a1:new"])
    assert library.unlisted() == ["a1:new"]


def test_articles_wait_until_they_are_indexed_by_the_recipe(library: Library, make_article: MakeArticle):
    articles = [make_article(TEXT, "a1"), make_article("Deux.", "a2")]
    library.acknowledge([entry(articles[0])], "old recipe")
    library.acknowledge([entry(articles[1])], "recipe")
    assert (library.not_indexed(), library.not_indexed("recipe")) == ([], ["a1"])
    assert library.passages_indexed() == 4
    library.forget_indexing()
    assert library.not_indexed() == library.not_indexed("recipe") == ["a1", "a2"]
    assert library.passages_indexed() == 0
    library.acknowledge([entry(articles[0])], "recipe")
    assert library.not_indexed() == library.not_indexed("recipe") == ["a2"]
    assert library.passages_indexed() == 3


# --- files, threads, processes ---


def open_files() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


def test_a_library_is_there_when_opened_again(place: Place, library: Library, make_article: MakeArticle):
    article = make_article(TEXT)
    library.acknowledge([entry(article)], "recipe")
    library.close()
    with closing(Library(place)) as again:
        assert again.articles() == library.articles() == [article]


@pytest.mark.in_a_file
def test_another_format_is_refused_with_what_to_do(tmp_path: Path):
    with sqlite3.connect(tmp_path / FILE_NAME) as db:
        db.execute("PRAGMA user_version = 99")
    db.close()
    with pytest.raises(LibraryError) as refused:
        Library(tmp_path)
    assert str(refused.value) == (
        f"{tmp_path / FILE_NAME}: made by another version of Sourcier (format 99, this one reads 3);"
        " use that version or another data folder."
    )


@pytest.mark.in_a_file
def test_a_file_that_is_no_library_is_refused(tmp_path: Path):
    (tmp_path / FILE_NAME).write_bytes(b"no database" * 1_000)
    with pytest.raises(LibraryError) as refused:
        Library(tmp_path)
    remedy = (
        "run `sourcier doctor`, which repairs what can be, else move the folder away and `sourcier restore`"
    )
    remedy += " a backup"
    assert str(refused.value) == f"{tmp_path / FILE_NAME} is damaged (file is not a database); {remedy}."


def test_threads_that_have_ended_leave_nothing_open(library: Library):
    """A question is answered in a thread of its own: a thousand questions must not use up the files."""
    library.counts()
    gc.collect()  # what earlier tests left would be closed meanwhile
    before = open_files()
    for _ in range(20):
        thread = threading.Thread(target=library.counts)
        thread.start()
        thread.join()
    assert open_files() == before


def test_readers_see_whole_versions_while_another_thread_writes(library: Library, make_article: MakeArticle):
    versions = [make_article(f"Version {number}. Suite {number}.") for number in range(20)]
    library.acknowledge([entry(versions[0])], "recipe")
    done = threading.Event()

    def read() -> list[list[str]]:
        seen = []
        while not done.is_set():
            seen.append([passage.id for passage in library.passages_of("a1")])
        return seen

    with ThreadPoolExecutor(3) as pool:
        readers = [pool.submit(read) for _ in range(3)]
        for version in versions[1:]:
            library.acknowledge([entry(version)], "recipe")
        done.set()
    whole = [ids(version) for version in versions]
    assert all(seen in whole for reader in readers for seen in reader.result())
    assert library.unlisted() == sorted(name for version in versions[:-1] for name in ids(version))


@pytest.mark.in_a_file
def test_another_process_reads_what_was_acknowledged(
    tmp_path: Path, library: Library, make_article: MakeArticle
):
    library.acknowledge([entry(make_article(TEXT))], "recipe")
    source = "import sys; from pathlib import Path; from rag.library.library import Library\n"
    source += "print(Library(Path(sys.argv[1])).article('a1').text)"
    run = subprocess.run(
        [sys.executable, "-c", source, str(tmp_path)], capture_output=True, text=True, check=True
    )
    assert run.stdout == f"{TEXT}\n"


# --- any sequence of steps ---

names = st.sampled_from(["a1", "a2", "a3"])
texts = st.lists(
    st.sampled_from(["Le pont rouvre.", "Le bac s'arrête.", "Fin.", "« Oui. »"]), max_size=4
).map(" ".join)
keys = st.sampled_from(["k1", "k2", "k3"])


class Steps(RuleBasedStateMachine):
    """Steps in any order, against what they should leave behind."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None)
        self.library = Library(Path(self.folder.name))
        self.articles: dict[str, Article] = {}
        self.sources: dict[str, str] = {}
        self.indexed: set[str] = set()  # what an index may hold

    def teardown(self) -> None:
        self.library.close()
        self.folder.cleanup()

    def article(self, name: str, text: str) -> Article:
        digest = text.encode().hex()[:64].ljust(64, "0")
        return Article(name, text, "Titre", f"{name}.txt", f"{len(text):06d}{digest}"[:64], language="fr")

    @rule(name=names, text=texts)
    def announce(self, name: str, text: str) -> None:
        announced = ids(self.article(name, text))
        self.library.announce(announced)
        self.indexed |= set(announced)

    @rule(names=st.lists(names, unique=True, max_size=3), text=texts, key=st.none() | keys)
    def acknowledge(self, names: list[str], text: str, key: str | None) -> None:
        articles = [self.article(name, f"{text} {name}.") for name in names]
        self.announce_all(articles)
        self.library.acknowledge([entry(article, key) for article in articles], "recipe")
        for article in articles:
            self.articles[article.id] = article
            self.bring(key, article.id)

    def announce_all(self, articles: list[Article]) -> None:
        announced = [name for article in articles for name in ids(article)]
        self.library.announce(announced)
        self.indexed |= set(announced)

    def bring(self, key: str | None, name: str) -> None:
        if key is None:
            return
        before = self.sources.get(key)
        self.sources[key] = name
        if before not in (None, name) and before not in self.sources.values():
            del self.articles[before]

    @precondition(lambda self: self.articles)
    @rule(key=keys, data=st.data())
    def put_source(self, key: str, data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(sorted(self.articles)))
        self.library.put_source(Source(key, f"/{key}", "digest", name))
        self.bring(key, name)

    @rule(name=names)
    def remove(self, name: str) -> None:
        assert self.library.remove(name) == (name in self.articles)
        self.articles.pop(name, None)
        self.sources = {key: brought for key, brought in self.sources.items() if brought != name}

    @rule()
    def clear(self) -> None:
        unlisted = self.library.unlisted()
        self.library.cleared(unlisted)
        self.indexed -= set(unlisted)

    @rule()
    def forget(self) -> None:
        self.library.forget_indexing()
        assert self.library.not_indexed() == sorted(self.articles)

    @invariant()
    def an_article_is_listed_with_all_its_passages_or_not_at_all(self) -> None:
        assert {article.id: article for article in self.library.articles()} == self.articles
        for name in ("a1", "a2", "a3"):
            expected = ids(self.articles[name]) if name in self.articles else []
            assert [passage.id for passage in self.library.passages_of(name)] == expected

    @invariant()
    def offsets_resolve(self) -> None:
        for article in self.library.articles():
            for passage in self.library.passages_of(article.id):
                assert passage == next(p for p in passages_of(article) if p.id == passage.id)
                assert article.text[passage.start : passage.end].strip() != ""

    @invariant()
    def unlisted_is_all_that_an_index_may_hold_and_the_catalogue_does_not_list(self) -> None:
        listed = {name for article in self.articles.values() for name in ids(article)}
        assert self.library.unlisted() == sorted(self.indexed - listed)

    @invariant()
    def sources_lead_to_listed_articles(self) -> None:
        found = {key: self.library.source(key) for key in ("k1", "k2", "k3")}
        assert {key: source.article_id for key, source in found.items() if source} == self.sources
        assert set(self.sources.values()) <= set(self.articles)


TestSteps = Steps.TestCase
TestSteps.settings = settings(max_examples=60, stateful_step_count=25)
