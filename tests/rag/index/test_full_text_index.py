"""The full-text index finds exactly the articles in whose texts what is sought stands."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from index_places import close_opened, open_articles

from rag.errors import LibraryError
from rag.full_text.occurrences import occurrences
from rag.full_text.query import And, Named, Near, Node, Not, Or, Published, Words
from rag.full_text.syntax import parse
from rag.full_text.tokens import tokens
from rag.index.full_text_index import FullTextIndex
from rag.index.stores import ArticleSearch, Matches
from rag.schema.article import Article, stated_day

Make = Callable[..., Article]


@pytest.fixture(params=["folder", "postgres"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    yield str(tmp_path / "full_text") if request.param == "folder" else request.getfixturevalue("postgres")
    close_opened()


@pytest.fixture
def index(place: str) -> ArticleSearch:
    return open_articles(place)


def article(name: str, text: str, title: str = "Titre", **known: str | None) -> Article:
    return Article(name, text, title, f"{name}.txt", "0f" * 32, **{"language": "fr"} | known)


def found(index: ArticleSearch, query: str, order: str = "relevance", **page: int) -> Matches:
    return index.search(parse(query).node, order, **page)


def holds(node: Node, one: Article) -> bool:
    """Whether an article is as a query says, told by reading it from beginning to end."""
    match node:
        case Words() | Near():
            return any(occurrences(part, one.language, [node]) for part in (one.title, one.text))
        case Named(field="language"):
            return (one.language or "-") == " ".join(node.words)
        case Named():
            name = [token.word for token in tokens(getattr(one, node.field) or "")]
            rows = [tuple(name[at : at + len(node.words)]) for at in range(len(name))]
            return tuple(name) == node.words if node.is_whole else node.words in rows
        case Published():
            day = stated_day(one.published_at)
            return day is not None and (node.first or date.min) <= day <= (node.last or date.max)
        case Not():
            return not holds(node.node, one)
        case And():
            return all(holds(part, one) for part in node.nodes)
        case Or():
            return any(holds(part, one) for part in node.nodes)


# --- what is found is what reading finds ---

WORD = st.sampled_from(
    ["pont", "ponts", "Ponté", "maire", "l'école", "porte-avions", "12 000", "run", "O.N.U."]
)
TEXT = st.lists(WORD, max_size=8).map(" ".join)
ARTICLE = st.builds(
    lambda text, title, language, outlet, author, day: article(
        "", text, title, language=language, outlet=outlet, author=author, published_at=day
    ),
    TEXT,
    TEXT,
    st.sampled_from(["fr", "en", None]),
    st.sampled_from(["Le Monde", "Le Monde des livres", "Écho", None]),
    st.sampled_from(["Anne Dupont", "Dupont", None]),
    st.sampled_from(["2025-08-16", "2025-09-01T10:00:00+02:00", "2025-08", None]),
)
LEAF = st.one_of(
    WORD,
    TEXT.map('"{}"'.format),
    st.sampled_from(["pon*", "por*", "12000", "onu"]),
    st.tuples(WORD, st.integers(0, 3), WORD).map(lambda one: f"{one[0]} NEAR/{one[1]} {one[2]}"),
    st.tuples(TEXT, st.integers(0, 2), TEXT).map(lambda one: f'"{one[0]}" NEAR/{one[1]} "{one[2]}"'),
    st.sampled_from(
        ['outlet:"Le Monde"', "outlet:monde", "author:dupont", "lang:fr", "after:2025-09", "before:2025-09"]
    ),
)
QUERY = st.recursive(
    LEAF,
    lambda part: st.one_of(
        st.lists(part, min_size=2, max_size=3).map(lambda some: f"({' '.join(some)})"),
        st.lists(part, min_size=2, max_size=3).map(lambda some: f"({' OR '.join(some)})"),
        part.map(lambda one: f"NOT ({one})"),
    ),
    max_leaves=5,
)


@given(st.lists(ARTICLE, min_size=1, max_size=6), st.lists(QUERY, min_size=4, max_size=8))
@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
def test_an_article_is_found_if_reading_it_finds_what_is_sought(
    index: ArticleSearch, articles: list[Article], queries: list[str]
):
    named = [
        article(
            f"a{number}", one.text, one.title, language=one.language, outlet=one.outlet, author=one.author,
            published_at=one.published_at,
        )
        for number, one in enumerate(articles)
    ]  # fmt: skip
    index.rebuild(named)
    for query in queries:
        node = parse(query).node
        if node is not None:
            expected = {one.id for one in named if holds(node, one)}
            matches = index.search(node)
            assert (set(matches.ids), matches.total) == (expected, len(expected)), (query, node)


def test_a_phrase_does_not_begin_in_the_title_and_end_in_the_text(index: ArticleSearch):
    index.update([article("a", "maire de Corvenne", title="Le pont du")])
    assert found(index, '"pont du maire"').total == 0
    assert found(index, "pont NEAR/20 maire").total == 0
    assert found(index, "pont maire").ids == ("a",)


# --- order, pages, counts ---

THREE = [
    article("a", "Le pont.", outlet="Le Monde", published_at="2025-08-16"),
    article("b", "Un pont, deux ponts, trois ponts.", outlet="Écho", published_at="2025-10-01"),
    article("c", "Le pont et le bac et la foire et tout le reste.", outlet="Le Monde"),
]


def test_they_come_by_date_or_by_relevance_and_a_page_at_a_time(index: ArticleSearch):
    index.update(THREE)
    assert found(index, "pont", "newest").ids == ("b", "a", "c")
    assert found(index, "pont", "oldest").ids == ("a", "b", "c")
    assert found(index, "pont").ids[0] == "b"
    assert found(index, "pont", "newest", offset=1, limit=1) == Matches(
        ("a",), 3, (("Le Monde", 2), ("Écho", 1)), (((2025, 8), 1), ((2025, 10), 1))
    )
    assert found(index, "pont", "newest", offset=9).ids == ()


def test_nothing_found_is_nothing_counted(index: ArticleSearch):
    assert found(index, "pont") == Matches((), 0)
    index.update(THREE)
    assert found(index, "viaduc") == Matches((), 0)


# --- kept ---


def test_an_article_is_replaced_and_taken_out(index: ArticleSearch, place: str):
    index.update(THREE)
    index.update([article("a", "Le viaduc.")], delete=["b", "unknown"])
    assert (found(index, "viaduc").ids, set(found(index, "pont").ids), index.count()) == (("a",), {"c"}, 2)
    again = open_articles(place)
    assert (found(again, "viaduc").ids, again.present(["a", "b"])) == (("a",), {"a"})
    again.rebuild(THREE)
    assert (found(index, "viaduc").ids, index.count()) == ((), 3)


def test_a_damaged_index_says_so_and_is_made_anew(tmp_path: Path):
    FullTextIndex(tmp_path / "full_text").update(THREE)
    file = max((tmp_path / "full_text").rglob("*.store"))
    file.write_bytes(file.read_bytes()[:-9])
    damaged = FullTextIndex(tmp_path / "full_text")
    assert (damaged.is_damaged, damaged.count()) == (True, 0)
    with pytest.raises(LibraryError, match=r"the full-text index can't be read .*; run `sourcier doctor`"):
        found(damaged, "pont")
    damaged.rebuild(THREE)
    assert found(damaged, "pont").total == 3


def test_what_tantivy_would_parse_is_nothing_but_words(index: ArticleSearch):
    index.update([article("a", "a:b [x TO y] +c ^2 \\ /.*/ pont")])
    for query in ("pont^2", "pont~1", "[a TO z]", "/.*/", "article_id:a", "*:*", "pont\\"):
        node = parse(query).node
        assert node is None or set(found(index, query).ids) <= {"a"}
    assert found(index, "zzz/.*/").total == 0
    assert found(index, "p.n*").total == 0
