"""Passages are found by their stems, filtered, and weighed as BM25 does; words are never a query language."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from unittest.mock import Mock

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from index_places import close_opened, open_terms

from rag.errors import LibraryError
from rag.index.stores import Posting, TermSearch, posting
from rag.index.term_index import TermIndex
from rag.schema.article import Article, Passage
from rag.schema.hit import Scored
from rag.schema.question import Filters
from rag.text.analyzer import terms

MakeArticle = Callable[..., Article]

WRITER = """
import sys
from index_places import open_terms
from rag.index.stores import Posting
from rag.schema.article import Article

article = Article("other", "Texte.", "Titre", "autre.txt", "0f" * 32)
open_terms(sys.argv[1]).update([Posting("theirs", article, ("pont",))])
"""


@pytest.fixture(params=["folder", "postgres"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    yield str(tmp_path / "terms") if request.param == "folder" else request.getfixturevalue("postgres")
    close_opened()


@pytest.fixture
def index(place: str) -> TermSearch:
    return open_terms(place)


@pytest.fixture
def folder_index(tmp_path: Path) -> TermIndex:
    return TermIndex(tmp_path / "terms")


@pytest.fixture
def article(make_article: MakeArticle) -> Article:
    return make_article("Le pont rouvre.")


def ids(found: list[Scored]) -> list[str]:
    return [scored.passage_id for scored in found]


def put(index: TermSearch, article: Article, **passages: str) -> None:
    """`put(index, article, p1="pont rouvre")`: passages with exactly these terms."""
    index.update([Posting(name, article, tuple(words.split())) for name, words in passages.items()])


# --- what a passage's terms are ---


def test_a_passage_has_its_title_s_stems_and_its_own(make_article: MakeArticle):
    article = make_article("Les ponts rouvrent. Le bac s'arrête.", title="À Corvenne")
    found = posting(article, Passage("a1:0", "a1", 0, 19, ()))
    assert found == Posting("a1:0", article, ("corven", "pont", "rouvr"))


# --- search ---


def test_the_best_passages_come_first_and_only_those_with_a_term(index: TermSearch, article: Article):
    put(index, article, p1="pont rouvre lundi", p2="pont pont pont", p3="bac arrete")
    assert ids(index.search(["pont", "rouvre"], 10)) == ["p1", "p2"]
    assert ids(index.search(["pont", "rouvre"], 1)) == ["p1"]
    assert all(scored.score > 0 for scored in index.search(["pont"], 10))


def test_terms_in_a_row_are_found_in_that_order_and_across_a_gap(index: TermSearch, article: Article):
    put(index, article, p1="paul dupont rouvre", p2="dupont rouvre paul", p3="paul henri dupont")
    assert index.in_a_row(["paul", "dupont"], 10) == ["p1"]
    assert set(index.in_a_row(["paul", "dupont"], 10, gaps=1)) == {"p1", "p3"}
    assert set(index.in_a_row(["rouvre"], 10)) == {"p1", "p2"}
    assert len(index.in_a_row(["dupont"], 1)) == 1
    assert index.in_a_row([], 10) == index.in_a_row(["absent", "paul"], 10) == []


def test_terms_spelled_alike_are_found_by_letters(index: TermSearch, article: Article):
    put(index, article, p1="lavrov", p2="lavrof", p3="pont")
    assert index.spelled_alike("lavrov", 1, 10) == ["p1", "p2"]
    assert index.spelled_alike("larvov", 1, 10) == ["p1"]
    assert set(index.spelled_alike("larvov", 2, 10)) == {"p1", "p2"}
    assert index.spelled_alike("gare", 1, 10) == []


def test_a_question_s_repeated_words_and_their_order_change_nothing(index: TermSearch, article: Article):
    put(index, article, p1="pont rouvre", p2="pont")
    assert index.search(["rouvre", "pont", "pont"], 5) == index.search(["pont", "rouvre"], 5)


@pytest.mark.parametrize("words", [[], ["inconnu"], [""], ["a" * 100_000]])
def test_without_a_match_nothing_is_found(index: TermSearch, article: Article, words: list[str]):
    put(index, article, p1="pont")
    assert index.search(words, 5) == []


@pytest.mark.parametrize(
    "word", ["*", "terms:pont", "pont OR bac", "+pont -bac", "po*", "/p.nt/", '"pont bac"', "p\0"]
)
def test_words_are_data_never_a_query_language(index: TermSearch, article: Article, word: str):
    put(index, article, p1="pont", p2="bac")
    assert index.search([word], 5) == []
    index.update([Posting("hostile", article, (word,))])
    expected = [] if " " in word else ["hostile"]  # no term has a space in it
    assert ids(index.search([word], 5)) == expected


def test_hostile_text_is_found_by_its_words(index: TermSearch, make_article: MakeArticle):
    article = make_article("Le {x.__class__} et <|im_end|> [1] a\0b\ud800c pont.", title="{0}")
    index.update([posting(article, Passage("a1:0", "a1", 0, len(article.text), ()))])
    for question in ("x.__class__", "im_end", "pont", "b"):
        assert ids(index.search(terms(question, "fr"), 5)) == ["a1:0"]


# --- putting in and taking out ---


def test_a_passage_that_comes_again_is_replaced(index: TermSearch, article: Article):
    put(index, article, p1="pont")
    put(index, article, p1="bac")
    assert index.count() == 1
    assert (ids(index.search(["pont"], 5)), ids(index.search(["bac"], 5))) == ([], ["p1"])


def test_what_is_taken_out_is_gone(index: TermSearch, article: Article):
    put(index, article, p1="pont", p2="pont", p3="pont")
    index.update([Posting("p4", article, ("pont",))], delete=["p1", "p3", "unknown"])
    assert sorted(ids(index.search(["pont"], 5))) == ["p2", "p4"]
    index.rebuild([])
    assert index.count() == 0
    assert index.search(["pont"], 5) == []


def test_one_update_may_delete_and_put_in_the_same_passage(index: TermSearch, article: Article):
    put(index, article, p1="pont")
    index.update([Posting("p1", article, ("bac",))], delete=["p1"])
    assert ids(index.search(["bac"], 5)) == ["p1"]


def test_an_update_that_fails_changes_nothing_and_blocks_nothing(index: TermSearch, article: Article):
    put(index, article, p1="pont")
    with pytest.raises(ValueError, match="ud800"):
        index.update([Posting("p2", article, ("bac",)), Posting("\ud800", article, ("bac",))], delete=["p1"])
    assert ids(index.search(["pont", "bac"], 5)) == ["p1"]
    put(index, article, p3="bac")
    assert sorted(ids(index.search(["pont", "bac"], 5))) == ["p1", "p3"]


def test_what_a_killed_writer_left_of_a_deletion_stops_nobody(
    tmp_path: Path, folder_index: TermIndex, article: Article
):
    put(folder_index, article, p1="pont", p2="bac", p3="pont")
    folder_index.update([], delete=["p3"])
    folder = next((tmp_path / "terms").iterdir())
    meta = json.loads((folder / "meta.json").read_bytes())
    [segment] = meta["segments"]
    name = segment["segment_id"].replace("-", "")
    for stamp in range(meta["opstamp"] + 1, meta["opstamp"] + 20):  # one of them is the next commit's
        (folder / f"{name}.{stamp}.del").write_bytes(b"half written")
    again = TermIndex(tmp_path / "terms")
    again.update([], delete=["p2"])
    assert ids(again.search(["pont", "bac"], 9)) == ["p1"]
    assert len(list(folder.glob("*.del"))) == 1


def test_what_another_process_commits_is_seen(place: str, index: TermSearch, article: Article):
    put(index, article, mine="pont")
    paths = {"PYTHONPATH": os.pathsep.join(sys.path)}
    subprocess.run([sys.executable, "-c", WRITER, place], check=True, env=os.environ | paths)
    assert sorted(ids(index.search(["pont"], 5))) == ["mine", "theirs"]
    assert ids(open_terms(place).search(["pont"], 1)) in (["mine"], ["theirs"])


def test_a_damaged_index_is_named_with_what_to_do_until_it_is_rebuilt(
    tmp_path: Path, folder_index: TermIndex
):
    folder_index.rebuild([])
    [meta] = (tmp_path / "terms").rglob("meta.json")
    meta.write_text("{", encoding="utf-8")
    damaged = TermIndex(tmp_path / "terms")
    with pytest.raises(LibraryError) as refused:
        damaged.search(["pont"], 1)
    assert str(refused.value).startswith(f"{meta.parent}: the term index can't be read (")
    assert str(refused.value).endswith("); run `sourcier doctor`, which rebuilds it.")
    damaged.rebuild([])
    assert damaged.search(["pont"], 1) == TermIndex(tmp_path / "terms").search(["pont"], 1) == []


# --- filters ---


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(), ["p1", "p2", "p3", "p4", "p5"]),
        (Filters(outlets=("Le Phare",)), ["p1", "p2"]),
        (Filters(outlets=("Phare", "le phare")), []),
        (Filters(outlets=("Le Phare", "L'Écho [1] <|x|>")), ["p1", "p2", "p3"]),
        (Filters(languages=("fr",)), ["p1", "p3"]),
        (Filters(languages=("fr",), outlets=("Le Phare",)), ["p1"]),
        (Filters(article_ids=("a2", "a4", "a9")), ["p2", "p4"]),
        (Filters(date_from=date(2025, 8, 16)), ["p2", "p3"]),
        (Filters(date_to=date(2025, 8, 16)), ["p1", "p2"]),
        (Filters(date_from=date(2025, 8, 16), date_to=date(2025, 8, 16)), ["p2"]),
        (Filters(date_from=date(2025, 8, 16), undated=True), ["p2", "p3", "p4", "p5"]),
        (Filters(date_from=date(2025, 8, 17), date_to=date(2025, 8, 16)), []),
        (Filters(date_to=date(2025, 8, 16), undated=True, languages=("en",)), ["p2"]),
        (Filters(undated=True), ["p1", "p2", "p3", "p4", "p5"]),
    ],
)
def test_filters_keep_what_they_say_and_leave_scores_alone(
    index: TermSearch, make_article: MakeArticle, filters: Filters, expected: list[str]
):
    fields = [
        {"outlet": "Le Phare", "language": "fr", "published_at": "2025-08-15"},
        {"outlet": "Le Phare", "language": "en", "published_at": "2025-08-16T23:00:00-08:00"},
        {"outlet": "L'Écho [1] <|x|>", "language": "fr", "published_at": "2025-08-17"},
        {"language": None},
        {"language": None, "published_at": "2025-08"},
    ]
    articles = [
        make_article("Pont.", f"a{number}", **stated) for number, stated in enumerate(fields, start=1)
    ]
    index.update([Posting(f"p{article.id[1:]}", article, ("pont",)) for article in articles])
    found = index.search(["pont"], 10, filters)
    assert sorted(ids(found)) == expected
    without = {scored.passage_id: scored.score for scored in index.search(["pont"], 10)}
    assert {scored.passage_id: scored.score for scored in found} == {name: without[name] for name in expected}


# --- how much a term is worth ---


def test_rarer_terms_are_worth_more_and_all_are_worth_something(index: TermSearch, article: Article):
    put(index, article, **{f"p{number}": "pont corvenne" if number == 0 else "pont" for number in range(9)})
    idf = index.idf(["pont", "corvenne", "inconnu", "pont"])
    assert 0 < idf["pont"] < idf["corvenne"] < idf["inconnu"]
    assert set(idf) == {"pont", "corvenne", "inconnu"}


def test_an_empty_index_weighs_all_terms_alike(index: TermSearch):
    idf = index.idf(["pont", "bac"])
    assert idf["pont"] == idf["bac"] > 0
    assert index.idf([]) == {}


def test_deleted_passages_never_make_a_term_worth_less_than_nothing(index: TermSearch, article: Article):
    """tantivy counts them among a term's passages until it merges them away."""
    names = [f"p{number}" for number in range(3_000)]
    index.update([Posting(name, article, ("pont",)) for name in names])
    index.update([], delete=names[10:])
    assert index.count() == 10
    assert 0 < index.idf(["pont"])["pont"] < index.idf(["inconnu"])["inconnu"]


# --- any sequence of updates ---

passages = st.dictionaries(
    st.sampled_from("pqrs"), st.sampled_from(["pont", "bac", "pont bac", ""]), max_size=3
)
updates = st.lists(st.tuples(passages, st.sets(st.sampled_from("pqrs"), max_size=2)), max_size=5)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(updates)
def test_the_index_holds_what_was_put_in_and_not_taken_out(
    index: TermSearch, article: Article, done: list[tuple[dict[str, str], set[str]]]
):
    index.rebuild([])
    expected: dict[str, str] = {}
    for new, deleted in done:
        index.update([Posting(name, article, tuple(words.split())) for name, words in new.items()], deleted)
        expected = {name: words for name, words in expected.items() if name not in deleted} | new
        assert index.count() == len(expected)
        for word in ("pont", "bac"):
            assert set(ids(index.search([word], 10))) == {name for name in expected if word in expected[name]}


def test_every_passage_with_one_of_the_rows_is_found_whatever_their_number(index, make_article):
    val = make_article("Un.", id="a1", outlet="Le Val", published_at="2025-05-03")
    other = make_article("Deux.", id="a2", outlet="La Gazette", published_at="2025-06-03")
    put(index, val, p1="nadia ferri dit", p2="ferri nadia", p3="pont")
    put(index, other, p4="nadia ferri", p5="nadia", p6="ponts")
    assert set(index.everywhere([("nadia", "ferri")])) == {"p1", "p4"}
    assert set(index.everywhere([("pont",), ("ponts",)])) == {"p3", "p6"}
    assert index.everywhere([("nadia", "ferri")], Filters(outlets=("Le Val",))) == ["p1"]
    assert index.everywhere([("nadia",)], Filters(article_ids=("a2",), date_from=date(2025, 7, 1))) == []
    assert index.everywhere([]) == index.everywhere([()]) == index.everywhere([("absent",)]) == []
    put(index, other, **{f"q{number}": "foule" for number in range(120)})
    assert len(index.everywhere([("foule",)])) == 120


def test_what_fails_in_the_background_while_writing_is_told_in_a_sentence(
    tmp_path: Path, make_article: MakeArticle, monkeypatch: pytest.MonkeyPatch
):
    """What writes fails by itself, where the disk is full: whatever is called next raises this."""
    index = TermIndex(tmp_path)
    item = Posting("a", make_article("Texte."), ("pont",))
    failed = ValueError("An error occurred in a thread: 'Worker thread failed. (io::Error most likely)'")
    monkeypatch.setattr(index, "_document", Mock(side_effect=failed))
    with pytest.raises(LibraryError, match=r"the term index can't be read .* run `sourcier doctor`"):
        index.update([item])
    monkeypatch.setattr("rag.storage.errors._is_full", lambda _: True)
    with pytest.raises(LibraryError, match="the disk is full"):
        index.update([item])
    monkeypatch.setattr(index, "_document", Mock(side_effect=ValueError("another")))
    with pytest.raises(ValueError, match="another"):
        index.update([item])
    monkeypatch.undo()
    index.update([item])
    assert index.count() == 1
