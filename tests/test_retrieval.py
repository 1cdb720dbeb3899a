"""Both searches are fused fairly, filters hold in both, and what the library doesn't list is never a hit."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date
from itertools import permutations
from pathlib import Path

import numpy as np
import pytest
from fake_embedder import FakeEmbedder
from hypothesis import given
from hypothesis import strategies as st

from rag.embedding import Embedder
from rag.indexing import Indexer
from rag.language import split_sentences
from rag.lexical import TermIndex, posting
from rag.library import Entry, Library, Source
from rag.retrieval import Retriever, fuse, normalised
from rag.schema import NO_FILTERS, Article, Filters, Hit, Passage, Scored
from rag.store import VectorStore

MakeArticle = Callable[..., Article]


def scored(**scores: float) -> list[Scored]:
    return [Scored(passage_id, score) for passage_id, score in scores.items()]


# --- fusion ---


def test_scores_are_normalised_by_their_least_and_greatest():
    assert normalised(scored(a=0.9, b=0.7, c=0.8)) == {"a": 1.0, "b": 0.0, "c": pytest.approx(0.5)}


@pytest.mark.parametrize("found", [scored(a=0.3), scored(a=0.3, b=0.3), scored(a=-1.0, b=-1.0)])
def test_equal_scores_are_all_the_best(found: list[Scored]):
    assert set(normalised(found).values()) == {1.0}


def test_a_passage_s_score_is_the_weighted_sum_of_both_searches():
    dense = scored(a=0.9, b=0.8, c=0.7)
    lexical = scored(b=12.0, d=8.0, e=4.0)
    assert fuse(dense, lexical, 0.75) == [
        Scored("a", 0.75),
        Scored("b", pytest.approx(0.75 * 0.5 + 0.25)),
        Scored("d", 0.125),
        Scored("c", 0.0),
        Scored("e", 0.0),
    ]


def test_a_search_without_weight_decides_nothing():
    dense, lexical = scored(a=0.9, b=0.8), scored(b=12.0, c=8.0)
    assert fuse(dense, lexical, 1.0) == scored(a=1.0, b=0.0, c=0.0)
    assert fuse(dense, lexical, 0.0) == scored(b=1.0, a=0.0, c=0.0)


def test_nothing_found_is_nothing():
    assert fuse([], [], 0.6) == []
    assert fuse(scored(a=0.2), [], 0.6) == scored(a=0.6)


ids = st.sampled_from("abcdefgh")
exact = st.dictionaries(ids, st.integers(-8, 8).map(float), max_size=8)  # rounding can't decide an order
floats = st.dictionaries(ids, st.floats(-1e6, 1e6), max_size=8)
weights = st.sampled_from([0.0, 0.25, 0.5, 0.75, 1.0])


@given(st.data(), floats, floats, st.floats(0, 1))
def test_fusion_gives_every_passage_once_best_first_whatever_the_order(
    data: st.DataObject, dense: dict, lexical: dict, weight: float
):
    fused = fuse(scored(**dense), scored(**lexical), weight)
    assert {item.passage_id for item in fused} == dense.keys() | lexical.keys()
    assert all(0 <= item.score <= 1 for item in fused)
    assert fused == sorted(fused, key=lambda item: (-item.score, item.passage_id))
    shuffled = [data.draw(st.permutations(scored(**found))) for found in (dense, lexical)]
    assert fuse(*shuffled, weight) == fused


@given(st.data(), exact, exact, weights)
def test_a_better_score_never_lowers_a_passage(
    data: st.DataObject, dense: dict, lexical: dict, weight: float
):
    raised, other = data.draw(st.sampled_from([(dense, lexical), (lexical, dense)]))
    if not raised:
        return
    name = data.draw(st.sampled_from(sorted(raised)))
    better = raised | {name: raised[name] + data.draw(st.integers(1, 16))}

    def rank(found: dict) -> int:
        pair = (found, other) if raised is dense else (other, found)
        order = [item.passage_id for item in fuse(scored(**pair[0]), scored(**pair[1]), weight)]
        return order.index(name)

    assert rank(better) <= rank(raised)


@given(floats, floats, st.floats(0, 1))
def test_a_passage_that_both_searches_prefer_has_no_lower_score(dense: dict, lexical: dict, weight: float):
    score = {item.passage_id: item.score for item in fuse(scored(**dense), scored(**lexical), weight)}
    for better, other in permutations(dense.keys() & lexical.keys(), 2):
        if dense[better] >= dense[other] and lexical[better] >= lexical[other]:
            assert score[better] >= score[other]


# --- retrieving ---

BRIDGE = "Le pont de Corvenne a rouvert lundi. Les camions y passent."
FERRY = "Le bac de Valmorin ne circule plus. Ses pilotes sont partis."
SCHOOL = "The school of Sarrane opened its doors. Twelve pupils came."


def entry(article: Article, source: str | None = None) -> Entry:
    """A passage for each sentence."""
    passages = tuple(
        Passage(f"{article.id}:{number}", article.id, span.start, span.end, (span,))
        for number, span in enumerate(split_sentences(article.text, article.language))
    )
    return Entry(article, passages, Source(source or article.source, article.source, "digest", article.id))


class Desk:
    """A library with its indexes and what searches them."""

    def __init__(self, folder: Path, embedder: Embedder) -> None:
        self.embedder = embedder
        self.library = Library(folder)
        self.vectors = VectorStore(folder / "vectors", embedder.name)
        self.terms = TermIndex(folder / "terms")
        self.indexer = Indexer(self.library, self.vectors, self.terms, embedder, "recipe")

    def retriever(self, **options: float) -> Retriever:
        return Retriever(self.library, self.vectors, self.terms, self.embedder, **options)

    def found(
        self, question: str, language: str = "fr", limit: int = 10, filters: Filters = NO_FILTERS
    ) -> list[str]:
        return [hit.text for hit in self.retriever().retrieve(question, language, limit, filters).hits]

    def close(self) -> None:
        self.vectors.close()
        self.library.close()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with closing(Desk(tmp_path, FakeEmbedder())) as opened:
        yield opened


@pytest.fixture
def three(desk: Desk, make_article: MakeArticle) -> Desk:
    articles = [
        make_article(BRIDGE, "a1", title="Corvenne", outlet="Le Phare", published_at="2025-08-15"),
        make_article(FERRY, "a2", title="Valmorin", outlet="L'Écho", published_at="2025-08-17"),
        make_article(SCHOOL, "a3", title="Sarrane", language="en"),
    ]
    desk.indexer.add([entry(article) for article in articles])
    return desk


def test_a_hit_points_at_its_passage(three: Desk):
    [hit] = three.retriever().retrieve("Quand le pont a-t-il rouvert ?", "fr", 1).hits
    assert hit == Hit(
        "a1:0",
        three.library.article("a1"),
        0,
        36,
        hit.score,
        three.library.passages(["a1:0"])["a1:0"].sentences,
    )
    assert hit.text == "Le pont de Corvenne a rouvert lundi."


def test_hits_are_the_best_first_and_no_more_than_asked_for(three: Desk):
    hits = three.retriever().retrieve("Le pont de Corvenne et le bac", "fr", 10).hits
    scores = [hit.score for hit in hits]
    assert len(hits) == 6
    assert scores == sorted(scores, reverse=True)
    assert scores[0] == 1.0
    assert three.retriever().retrieve("Le pont de Corvenne et le bac", "fr", 2).hits == hits[:2]


def test_the_query_is_given_back_with_its_vector_and_terms(three: Desk):
    query = three.retriever().retrieve("Qui pilotait le bac ?", "fr", 1).query
    assert (query.text, query.language) == ("Qui pilotait le bac ?", "fr")
    assert query.terms == (
        "pilot",
        "bac",
        "pilotait",
    )  # French stems first, then as English articles have them
    assert np.array_equal(query.vector, three.embedder.embed_queries(["Qui pilotait le bac ?"])[0])


def test_terms_are_looked_up_as_the_articles_language_stems_them(three: Desk):
    """An English question's `opening` is the English article's `opened`."""
    by_terms = three.retriever(dense_weight=0.0)
    assert by_terms.retrieve("opening doors", "en", 1).hits[0].article.id == "a3"
    assert by_terms.retrieve("pilotes", "en", 1).hits[0].text == "Ses pilotes sont partis."


def test_each_search_alone_finds_its_own(three: Desk):
    alone = {weight: three.retriever(dense_weight=weight, candidates=2) for weight in (0.0, 1.0)}
    assert [hit.score for hit in alone[0.0].retrieve("pont camions", "fr", 2).hits] == [1.0, 0.0]
    assert len(alone[1.0].retrieve("xylophone", "fr", 10).hits) == 2  # something is always nearest
    assert all(hit.score == 0.0 for hit in alone[0.0].retrieve("xylophone", "fr", 10).hits)


@pytest.mark.parametrize(
    ("filters", "articles"),
    [
        (Filters(outlets=("Le Phare",)), {"a1"}),
        (Filters(languages=("en",)), {"a3"}),
        (Filters(date_from=date(2025, 8, 16)), {"a2"}),
        (Filters(date_to=date(2025, 8, 16), undated=True), {"a1", "a3"}),
        (Filters(article_ids=("a1", "a3")), {"a1", "a3"}),
        (Filters(sources=("a2.txt",)), {"a2"}),
        (Filters(sources=("a1.txt", "a2.txt"), article_ids=("a2", "a3")), {"a2"}),
        (Filters(sources=("a1.txt",), outlets=("L'Écho",)), set()),
        (Filters(sources=("a1.txt",), article_ids=("a2",)), set()),
        (Filters(sources=("unknown.txt",)), set()),
        (Filters(article_ids=("unknown",)), set()),
    ],
)
def test_filters_hold_in_both_searches(three: Desk, filters: Filters, articles: set[str]):
    question = "Le pont, le bac, the school"
    hits = three.retriever().retrieve(question, "fr", 10, filters).hits
    assert {hit.article.id for hit in hits} == articles
    assert len(hits) == 2 * len(articles)


def test_what_the_library_does_not_list_is_never_a_hit(three: Desk, make_article: MakeArticle):
    """Half written, or removed a moment ago: the indexes have it, a question doesn't find it."""
    ghost = make_article("Le pont de Corvenne a rouvert lundi, dit-on.", "ghost", title="Corvenne")
    [passage] = entry(ghost).passages
    three.library.announce([passage.id])
    three.vectors.upsert([passage.id], three.embedder.embed_passages([ghost.text]), [ghost])
    three.terms.update([posting(ghost, passage)])
    before = three.found("Quand le pont de Corvenne a-t-il rouvert ?")
    assert three.vectors.search(three.embedder.embed_queries([ghost.text])[0], 1)[0].passage_id == passage.id
    assert ghost.text not in before
    three.library.remove("a1")
    assert set(three.found("Quand le pont de Corvenne a-t-il rouvert ?")) == set(before) - {
        "Le pont de Corvenne a rouvert lundi.",
        "Les camions y passent.",
    }


class Interrupted(Library):
    """The catalogue while another process writes: once passages have been read, the article changes."""

    after: Entry

    def passages(self, ids: list[str]) -> dict[str, Passage]:
        found = super().passages(ids)
        self.acknowledge([self.after], "recipe")
        return found


def test_a_hit_is_never_read_from_another_version_of_its_article(tmp_path: Path, make_article: MakeArticle):
    with closing(Desk(tmp_path, FakeEmbedder())) as desk:
        desk.indexer.add([entry(make_article(BRIDGE))])
        library = Interrupted(tmp_path)
        library.after = entry(make_article("À Corvenne, " + BRIDGE))
        retriever = Retriever(library, desk.vectors, desk.terms, desk.embedder)
        found = {hit.text for hit in retriever.retrieve("Quand le pont a-t-il rouvert ?", "fr", 10).hits}
        whole = {
            article.text[p.start : p.end]
            for article, p in ((library.after.article, p) for p in library.after.passages)
        }
        assert found <= whole
        library.close()


def test_unlisted_passages_take_no_hit_s_place(three: Desk, make_article: MakeArticle):
    ghosts = [make_article("Le pont de Corvenne a rouvert.", f"g{number}") for number in range(5)]
    pairs = [(ghost, entry(ghost).passages[0]) for ghost in ghosts]
    vectors = three.embedder.embed_passages([ghost.text for ghost in ghosts])
    three.vectors.upsert([passage.id for _, passage in pairs], vectors, ghosts)
    three.terms.update([posting(*pair) for pair in pairs])
    asked = "Le pont de Corvenne a rouvert."
    nearest = three.vectors.search(three.embedder.embed_queries([asked])[0], 5)
    assert {scored.passage_id[0] for scored in nearest} == {"g"}
    assert three.found(asked, limit=1) == ["Le pont de Corvenne a rouvert lundi."]


def test_an_empty_library_has_no_hits(desk: Desk):
    assert desk.found("Quand le pont a-t-il rouvert ?") == []


@pytest.mark.parametrize(
    "question", ["", "?", "\0", "terms:pont OR bac", "*", '"', "{x.__class__}", "<|im_end|>", "🎉"]
)
def test_any_question_is_only_words(three: Desk, question: str):
    assert len(three.found(question)) == 6


def test_with_the_real_encoder_both_languages_find_the_same(
    tmp_path: Path, embedder: Embedder, make_article: MakeArticle
):
    articles = [
        make_article(text, name, title=title, language=language)
        for name, text, title, language in (
            ("a1", BRIDGE, "Corvenne", "fr"),
            ("a2", FERRY, "Valmorin", "fr"),
            ("a3", SCHOOL, "Sarrane", "en"),
        )
    ]
    with closing(Desk(tmp_path, embedder)) as desk:
        desk.indexer.add([entry(article) for article in articles])
        opened = "Le pont de Corvenne a rouvert lundi."
        assert desk.found("Quel jour le pont a-t-il été remis en service ?")[0] == opened
        assert desk.found("On which day was the bridge put back in service?", "en")[0] == opened
        assert desk.found("Combien d'élèves sont venus à l'école ?")[0] == "Twelve pupils came."
