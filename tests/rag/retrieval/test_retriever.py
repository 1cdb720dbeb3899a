"""Both searches bring candidates, filters hold in both, and what the library doesn't list is never a hit."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from fake_embedder import FakeEmbedder

from rag.errors import LibraryError
from rag.index.encoding import sketches
from rag.index.full_text_index import FullTextIndex
from rag.index.indexer import Indexer
from rag.index.multivector_store import MultivectorStore
from rag.index.stores import posting
from rag.index.term_index import TermIndex
from rag.index.vector_store import VectorStore
from rag.library.library import Library
from rag.library.records import Entry, Source
from rag.models.embedder import Embedder
from rag.query.question_text import QuestionText
from rag.retrieval.retriever import Retriever
from rag.retrieval.scoring import rank
from rag.schema.article import Article, Passage
from rag.schema.hit import Hit
from rag.schema.question import NO_FILTERS, Filters
from rag.text.sentences import split_sentences

MakeArticle = Callable[..., Article]


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
        self.sketches = MultivectorStore(folder / "sketches")
        full_text = FullTextIndex(folder / "full_text")
        stores = self.library, self.vectors, self.terms, full_text, self.sketches
        self.indexer = Indexer(*stores, embedder, "recipe")

    @property
    def indexes(self) -> tuple[Library, VectorStore, TermIndex, MultivectorStore]:
        return self.library, self.vectors, self.terms, self.sketches

    def retriever(self, candidates: int = 50) -> Retriever:
        return Retriever(*self.indexes, self.embedder, candidates)

    def found(
        self, question: str, language: str = "fr", limit: int = 10, filters: Filters = NO_FILTERS
    ) -> list[str]:
        return [
            hit.text
            for hit in self.retriever().retrieve(QuestionText(question, language), limit, filters).hits
        ]

    def close(self) -> None:
        self.retriever().close()
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
    [hit] = three.retriever().retrieve(QuestionText("Quand le pont a-t-il rouvert ?", "fr"), 1).hits
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
    hits = three.retriever().retrieve(QuestionText("Le pont de Corvenne et le bac", "fr"), 10).hits
    scores = [hit.score for hit in hits]
    assert len(hits) == 6
    assert scores == sorted(scores, reverse=True)
    assert scores[0] > scores[-1]
    assert all(0 <= score <= 1 for score in scores)
    assert three.retriever().retrieve(QuestionText("Le pont de Corvenne et le bac", "fr"), 2).hits == hits[:2]


def test_the_query_is_given_back_with_its_vector_and_terms(three: Desk):
    query = three.retriever().retrieve(QuestionText("Qui pilotait le bac ?", "fr"), 1).query
    assert (query.question.text, query.language) == ("Qui pilotait le bac ?", "fr")
    assert query.terms == (
        "pilot",
        "bac",
        "pilotait",
    )  # French stems first, then as English articles have them
    assert np.array_equal(query.vector, three.embedder.embed_queries(["Qui pilotait le bac ?"])[0])


def test_scores_are_the_ranking_of_what_was_measured(three: Desk):
    found = three.retriever().retrieve(QuestionText("Le pont de Corvenne et le bac", "fr"), 10)
    ids = list(found.measured)
    scores = dict(zip(ids, rank([found.measured[i].passage for i in ids]), strict=True))
    assert {hit.passage_id: hit.score for hit in found.hits} == scores
    assert all(len(found.measured[hit.passage_id].sentences) == len(hit.sentences) == 1 for hit in found.hits)


class ByLength:
    """A reranker that prefers long passages, on a scale of its own."""

    def scores(self, question: str, passages: Sequence[str]) -> np.ndarray:
        return np.array([100.0 * len(passage) - 100 * len(question) for passage in passages])


def test_a_reranker_s_own_scale_is_spread_over_the_hits(three: Desk):
    retriever = Retriever(*three.indexes, three.embedder, 50, ByLength())
    hits = retriever.retrieve(QuestionText("Le pont de Corvenne et le bac", "fr"), 10).hits
    lengths = [len(f"{hit.article.title}\n{hit.text}") for hit in hits]
    assert lengths == sorted(lengths, reverse=True)
    assert (hits[0].score, hits[-1].score) == (1.0, 0.5)


def test_a_reranker_with_nothing_to_read_is_no_fault(desk: Desk):
    assert (
        Retriever(*desk.indexes, desk.embedder, 50, ByLength())
        .retrieve(QuestionText("le pont", "fr"), 10)
        .hits
        == ()
    )


def test_equal_scores_are_in_the_order_of_ids(desk: Desk, make_article: MakeArticle):
    same = [make_article("Le pont rouvre.", name, title="Le pont") for name in ("b", "c", "a")]
    desk.indexer.add([entry(article) for article in same])
    scored = desk.retriever().candidates(
        desk.retriever().query(QuestionText("Quand le pont rouvre-t-il ?", "fr"))
    )
    assert len(set(scored.values())) == 1
    hits = desk.retriever().retrieve(QuestionText("Quand le pont rouvre-t-il ?", "fr"), 3).hits
    # Nothing sets any of them apart: none is better than the least.
    assert [(hit.passage_id, hit.score) for hit in hits] == [("a:0", 0.0), ("b:0", 0.0), ("c:0", 0.0)]


def test_terms_are_looked_up_as_the_articles_language_stems_them(three: Desk):
    """An English question's `opening` is the English article's `opened`."""
    retriever = three.retriever()
    first = retriever.retrieve(QuestionText("opening doors", "en"), 1)
    assert first.hits[0].text == "The school of Sarrane opened its doors."
    assert first.measured["a3:0"].passage.terms == 1.0
    assert retriever.retrieve(QuestionText("pilotes", "en"), 1).hits[0].text == "Ses pilotes sont partis."
    second = retriever.retrieve(QuestionText("pilotait", "en"), 1)
    assert [i for i, found in second.measured.items() if found.passage.terms > 0] == ["a2:1"]


def test_each_search_brings_its_own_candidates(three: Desk):
    """`pilotait` is no word of any passage, but a stem of one: the dense search alone is blind to it."""
    retriever = three.retriever(candidates=1)
    query = retriever.query(QuestionText("Pilotait-il le pont ? Le pont, le pont de pilotage ?", "fr"))
    [dense] = three.vectors.search(query.vector, 1)
    [lexical] = three.terms.search(query.terms, 1)
    assert (dense.passage_id, lexical.passage_id) == ("a1:0", "a2:1")
    assert set(retriever.candidates(query)) == {"a1:0", "a2:1"}


def test_when_no_word_is_known_the_nearest_are_candidates(three: Desk):
    retriever = three.retriever(candidates=2)
    hits = retriever.retrieve(QuestionText("xylophone", "fr"), 10)
    assert len(hits.hits) == 2  # something is always nearest
    assert {found.passage.terms for found in hits.measured.values()} == {0.0}


@pytest.mark.parametrize("question", ["Est-ce que ce sont elles ?", "où ?"])
def test_a_question_of_small_words_only_is_read_by_all_its_words(three: Desk, question: str):
    query = three.retriever().query(QuestionText(question, "fr"))
    assert query.terms == ()
    assert len(query.asked.word_weights) == len(query.asked.word_vectors) == len(re.findall(r"\w+", question))
    assert all(query.asked.word_weights > 0)
    assert len(three.found(question)) == 6


def test_a_question_s_words_weigh_what_they_are_worth(three: Desk):
    """Rare words more than frequent ones; a word in the form that is most frequent in the library."""
    asked = three.retriever().query(QuestionText("Le pont de Sarrane pilotait", "fr")).asked
    assert [word.text for word in asked.terms] == ["pont", "sarrane", "pilotait"]
    idf = three.terms.idf(["pont", "sarran", "pilot"])
    assert [word.weight for word in asked.terms] == [idf["pont"], idf["sarran"], idf["pilot"]]
    assert asked.word_weights.tolist() == pytest.approx([word.weight for word in asked.terms])
    assert asked.terms[2].stems == {"pilot", "pilotait"}  # as French and as English articles have it


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
    hits = three.retriever().retrieve(QuestionText(question, "fr"), 10, filters).hits
    assert {hit.article.id for hit in hits} == articles
    assert len(hits) == 2 * len(articles)


@pytest.mark.parametrize("sketched", [True, False], ids=["with its sketch", "before its sketch"])
def test_what_the_library_does_not_list_is_never_a_hit(
    three: Desk, make_article: MakeArticle, sketched: bool
):
    """Half written, or removed a moment ago: the indexes have it, a question doesn't find it."""
    ghost = make_article("Le pont de Corvenne a rouvert lundi, dit-on.", "ghost", title="Corvenne")
    [passage] = entry(ghost).passages
    three.library.announce([passage.id])
    if sketched:
        three.sketches.put([passage.id], sketches([(ghost, passage)], three.embedder))
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
        retriever = Retriever(library, *desk.indexes[1:], desk.embedder)
        found = {
            hit.text
            for hit in retriever.retrieve(QuestionText("Quand le pont a-t-il rouvert ?", "fr"), 10).hits
        }
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
    three.sketches.put([passage.id for _, passage in pairs], sketches(pairs, three.embedder))
    three.vectors.upsert([passage.id for _, passage in pairs], vectors, ghosts)
    three.terms.update([posting(*pair) for pair in pairs])
    asked = "Le pont de Corvenne a rouvert."
    nearest = three.vectors.search(three.embedder.embed_queries([asked])[0], 5)
    assert {scored.passage_id[0] for scored in nearest} == {"g"}
    assert three.found(asked, limit=1) == ["Le pont de Corvenne a rouvert lundi."]


def test_a_listed_passage_without_a_sketch_is_said(three: Desk):
    three.sketches.delete(["a1:1"])
    with pytest.raises(LibraryError) as error:
        three.found("Les camions passent")
    assert str(error.value) == (
        "This library was made by an earlier version, or a file of it is missing or damaged; run"
        " `sourcier doctor`."
    )


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
