"""PostgreSQL finds and ranks what tantivy does, in texts of any length, and keeps nothing of what is gone."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from index_places import close_opened, open_articles, open_sketches, open_terms

from rag.full_text.syntax import parse
from rag.index.shared import lexemes
from rag.index.shared.postgres_articles import PostgresFullTextIndex
from rag.index.shared.postgres_terms import PostgresTermIndex
from rag.index.stores import Posting
from rag.index.term_index import TermIndex
from rag.schema.article import Article

quickly = settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def place(postgres: str) -> Iterator[str]:
    yield postgres
    close_opened()


@pytest.fixture
def terms(place: str) -> PostgresTermIndex:
    return open_terms(place)


@pytest.fixture
def articles(place: str) -> PostgresFullTextIndex:
    return open_articles(place)


def article(name: str, text: str, **known: str | None) -> Article:
    return Article(name, text, "Titre", f"{name}.txt", "0f" * 32, **{"language": "fr"} | known)


# --- the same as tantivy ---

WORD = st.text("abc", min_size=1, max_size=3)
PASSAGES = st.lists(st.lists(WORD, max_size=12), min_size=1, max_size=12)


@quickly
@given(PASSAGES, st.lists(WORD, min_size=1, max_size=4), st.integers(0, 2))
@example([["a"] * 12, ["a", "b"], ["b", "a"]], ["a", "b"], 1)
def test_what_is_found_and_how_well_it_fits_is_the_same_in_files(
    terms: PostgresTermIndex,
    tmp_path_factory: pytest.TempPathFactory,
    passages: list[list[str]],
    words: list[str],
    gaps: int,
):
    files = TermIndex(tmp_path_factory.mktemp("terms"))
    postings = [Posting(f"p{n:02}", article("a", ""), tuple(said)) for n, said in enumerate(passages)]
    for index in (terms, files):
        index.rebuild(postings)
    here, there = ({one.passage_id: one.score for one in index.search(words, 50)} for index in (terms, files))
    assert here == pytest.approx(there, rel=0.05)
    assert terms.idf(words) == pytest.approx(files.idf(words))
    assert set(terms.everywhere([words])) == set(files.everywhere([words]))
    assert set(terms.in_a_row(words, 50)) == set(files.in_a_row(words, 50))
    assert set(terms.in_a_row(words[:2], 50, gaps)) >= set(terms.in_a_row(words[:2], 50))
    for edits in (1, 2):
        long = words[0] * 2
        assert set(terms.spelled_alike(long, edits, 50)) == set(files.spelled_alike(long, edits, 50))


def test_the_best_are_found_though_commoner_words_are_passed_over(terms: PostgresTermIndex):
    """The first are those with the rare word; then those that have all others, many times over."""
    about = article("a", "")
    common = [Posting(f"c{n:04}", about, ("pont", "maire", "ville", f"mot{n}")) for n in range(2_500)]
    rare = [Posting(f"r{n}", about, ("viaduc", *(f"loin{n}{k}" for k in range(40)))) for n in range(3)]
    best = Posting("best", about, ("pont", "maire", "ville") * 3)
    terms.rebuild([*common, *rare, best])
    found = [one.passage_id for one in terms.search(["viaduc", "pont", "maire", "ville"], 10)]
    assert {"r0", "r1", "r2", "best"} <= set(found)
    assert len(found) == 10


# --- long texts, long words ---


def test_a_phrase_is_found_wherever_it_stands_in_a_long_text(articles: PostgresFullTextIndex):
    """A vector of PostgreSQL's knows 16,383 positions, and 255 of one word."""
    words = [f"mot{n}" if n % 7 else "de" for n in range(40_000)]
    articles.update([article("long", " ".join(words)), article("short", "mot1 mot2")])
    for start in (*range(1, 39_000, 1_237), 16_380, 16_384, 39_990):
        phrase = " ".join(words[start : start + 9])
        assert articles.search(parse(f'"{phrase}"').node).ids == ("long",), start
    assert articles.search(parse('"mot1 mot3"').node).total == 0
    assert set(articles.search(parse("mot1 mot2").node).ids) == {"long", "short"}
    assert articles.search(parse("mot1 -mot39999").node).ids == ("short",)


@quickly
@given(st.lists(st.sampled_from(["a", "b", ""]), max_size=1_500), st.integers(0, 1_400), st.integers(1, 100))
def test_any_row_of_a_text_is_in_one_of_its_vectors(standing: list[str], start: int, length: int):
    """However often it repeats itself; and no vector holds a word that the text hasn't."""
    wanted = [(at, word) for at, word in enumerate(standing[start : start + length]) if word]
    made = [positions(vector) for vector in lexemes.vectors(standing)]
    assert all(len(at) <= 255 for vector in made for at in vector.values())
    assert {word for vector in made for word in vector} == set(standing) - {""}
    if wanted:
        assert any(
            all(first + at in vector.get(word, ()) for at, word in wanted)
            for vector in made
            for first in range(1, len(standing) + 1)
        )


def positions(vector: str) -> dict[str, set[int]]:
    pairs = (part.split(":") for part in vector.split())
    return {word.strip("'"): {int(number) for number in at.split(",")} for word, at in pairs}


def test_words_longer_than_a_lexeme_may_be_are_words(
    terms: PostgresTermIndex, articles: PostgresFullTextIndex
):
    long = "é" * 5_000
    terms.update([Posting("p1", article("a", ""), (long, "pont"))])
    articles.update([article("a", f"{long} pont")])
    assert [one.passage_id for one in terms.search([long], 5)] == ["p1"]
    assert articles.search(parse("pont").node).ids == ("a",)


@pytest.mark.parametrize(
    "name", ["'; DROP TABLE totals; --", "a\\'b", "a\0b", "%s", "\U0010ffff", "a:1A | b"]
)
def test_whatever_is_in_names_and_words_is_data(
    terms: PostgresTermIndex, articles: PostgresFullTextIndex, name: str
):
    one = article("a", f"{name} pont", outlet=name, author=name)
    terms.update([Posting(name, one, (name.replace(" ", ""), "pont"))])
    articles.update([one])
    assert [found.passage_id for found in terms.search([name.replace(" ", "")], 5)] == [name]
    assert articles.search(parse("pont").node).outlets == ((name, 1),)
    assert articles.search(parse(f'"{name}"').node or parse("pont").node).ids == ("a",)


# --- nothing stays ---


def test_of_what_is_taken_out_no_word_stays(
    place: str, terms: PostgresTermIndex, articles: PostgresFullTextIndex
):
    secret = article("a", "Un secretissime pont.", outlet="Secretissime", author="Secretissime")
    terms.update(
        [Posting("p1", secret, ("secretissime", "pont")), Posting("p2", article("b", ""), ("pont",))]
    )
    articles.update([secret, article("b", "Un pont.")])
    terms.update([], delete=["p1"])
    articles.update([], delete=["a"])
    tables = ("passage_terms", "term_frequencies", "searched_articles", "searched_words", "totals")
    with psycopg.connect(place) as db:
        held = {
            table: str(db.execute(f"SELECT * FROM sourcier_index.{table}").fetchall()) for table in tables
        }
    assert "secretissime" not in "".join(held.values()).lower()
    assert "pont" in held["term_frequencies"] and "pont" in held["searched_words"]
    assert "('passages', 1, 1)" in held["totals"]
    open_sketches(place).compact()
    assert terms.count() == articles.count() == 1
