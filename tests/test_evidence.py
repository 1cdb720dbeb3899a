"""From passages to a few sentences: each once, the best within limits, in the order of the paper."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import groupby

import numpy as np
import pytest
from fake_embedder import FakeEmbedder
from hypothesis import given
from hypothesis import strategies as st

from rag.embedding import Embedder
from rag.evidence import Candidate, SentenceVectors, candidates, choose, covered
from rag.language import split_sentences, terms
from rag.retrieval import Query
from rag.schema import Article, Evidence, Hit, Reprint, Span

MakeArticle = Callable[..., Article]
TEXT = "Le pont de Corvenne rouvre lundi. Le bac s'arrête. Les camions y passeront. Fin."
BRIDGE, FERRY, LORRIES, END = split_sentences(TEXT, "fr")


class Counting(FakeEmbedder):
    """The fake encoder, and what it was given."""

    def __init__(self) -> None:
        super().__init__()
        self.embedded: list[str] = []

    def embed_passages(self, texts: Sequence[str]) -> np.ndarray:
        self.embedded += texts
        return super().embed_passages(texts)


def query(text: str) -> Query:
    return Query(text, "fr", FakeEmbedder().embed_queries([text])[0], tuple(terms(text, "fr")))


def hit(article: Article, *sentences: Span, score: float = 1.0) -> Hit:
    return Hit(
        f"{article.id}:{sentences[0].start}", article, sentences[0].start, sentences[-1].end, score, sentences
    )


def candidate(article: Article, span: Span, score: float) -> Candidate:
    """One whose three scores are the same."""
    return Candidate(article, span, score, score, score)


# --- how much of a question's terms is there ---


@pytest.mark.parametrize(
    ("present", "share"),
    [(set(), 0.0), ({"pont"}, 0.25), ({"pont", "rouvr"}, 1.0), ({"autre"}, 0.0), ({"rouvr", "autre"}, 0.75)],
)
def test_covered_is_the_share_of_term_weight(present: set[str], share: float):
    assert covered(present, {"pont": 1.0, "rouvr": 3.0}) == share


def test_a_question_without_terms_is_covered_by_nothing():
    assert covered({"pont"}, {}) == 0.0


# --- candidates ---


def test_each_sentence_is_a_candidate_with_its_three_scores(make_article: MakeArticle):
    article, asked = make_article(TEXT), query("Quand le pont rouvre-t-il ?")
    idf = {"pont": 3.0, "rouvr": 1.0}
    found = candidates(asked, [hit(article, BRIDGE, FERRY, score=0.8)], idf, SentenceVectors(FakeEmbedder()))
    assert [(item.span, item.text) for item in found] == [
        (BRIDGE, "Le pont de Corvenne rouvre lundi."),
        (FERRY, "Le bac s'arrête."),
    ]
    vectors = FakeEmbedder().embed_passages([f"{article.title}\n{item.text}" for item in found])
    assert [item.similarity for item in found] == pytest.approx(list(vectors @ asked.vector))
    assert [item.covered for item in found] == [1.0, 0.0]
    assert {item.passage_score for item in found} == {0.8}


def test_a_sentence_of_overlapping_passages_counts_once_with_the_better_one(make_article: MakeArticle):
    article = make_article(TEXT)
    hits = [hit(article, FERRY, LORRIES, score=0.9), hit(article, BRIDGE, FERRY, score=0.4)]
    found = candidates(query("Quand ?"), hits, {}, SentenceVectors(FakeEmbedder()))
    assert {(item.span, item.passage_score) for item in found} == {
        (BRIDGE, 0.4),
        (FERRY, 0.9),
        (LORRIES, 0.9),
    }
    assert len(found) == 3


def test_the_same_place_in_another_article_is_another_sentence(make_article: MakeArticle):
    hits = [hit(make_article(TEXT, name), BRIDGE) for name in ("a1", "a2")]
    found = candidates(query("Quand ?"), hits, {}, SentenceVectors(FakeEmbedder()))
    assert [item.article.id for item in found] == ["a1", "a2"]


def test_scraps_are_no_candidates(make_article: MakeArticle):
    article = make_article(TEXT)
    assert candidates(query("Quand ?"), [hit(article, END)], {}, SentenceVectors(FakeEmbedder())) == []
    assert candidates(query("Quand ?"), [], {}, SentenceVectors(FakeEmbedder())) == []


# --- vectors that are kept ---


def test_a_sentence_is_embedded_once_with_its_title():
    embedder = Counting()
    kept = SentenceVectors(embedder)
    first = kept.vectors([("Titre", "Un pont."), ("Titre", "Un bac."), ("Titre", "Un pont.")])
    again = kept.vectors([("Titre", "Un bac."), ("Autre", "Un pont.")])
    assert embedder.embedded == ["Titre\nUn pont.", "Titre\nUn bac.", "Autre\nUn pont."]
    assert first.shape == (3, embedder.dimension)
    assert np.array_equal(first[0], first[2])
    assert np.array_equal(first[1], again[0])


def test_kept_vectors_are_the_same_from_any_thread():
    sentences = [("Titre", f"Le pont {number} rouvre.") for number in range(30)]
    kept = SentenceVectors(FakeEmbedder())
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda start: kept.vectors(sentences[start:]), range(20)))
    expected = FakeEmbedder().embed_passages([f"{title}\n{text}" for title, text in sentences])
    assert all(np.array_equal(vectors, expected[start:]) for start, vectors in enumerate(found))


# --- choosing ---


def test_the_best_sentences_are_given_in_reading_order(make_article: MakeArticle):
    one, two = make_article(TEXT, "a1"), make_article(TEXT.replace("lundi", "à neuf heures mardi"), "a2")
    two_bridge = split_sentences(two.text, "fr")[0]
    found = [
        candidate(one, LORRIES, 0.6),
        candidate(one, FERRY, 0.1),
        candidate(one, BRIDGE, 0.5),
        candidate(two, two_bridge, 0.9),
    ]
    chosen = choose(found, 3, 1_000, FakeEmbedder())
    assert [(item.article.id, item.start) for item in chosen] == [("a2", 0), ("a1", 0), ("a1", LORRIES.start)]
    # Each score from the least, 0.1, to the greatest, 0.9, times the sum of the weights.
    assert [item.score for item in chosen] == pytest.approx([1.2, 0.4 / 0.8 * 1.2, 0.5 / 0.8 * 1.2])
    assert chosen[0].quote == "Le pont de Corvenne rouvre à neuf heures mardi."


def test_similarity_terms_and_passage_all_count(make_article: MakeArticle):
    article = make_article(TEXT)
    scores = {BRIDGE: (1.0, 0.0, 0.0), FERRY: (0.0, 1.0, 0.0), LORRIES: (0.0, 0.0, 1.0)}
    found = [Candidate(article, span, *parts) for span, parts in scores.items()]
    chosen = {item.start: item.score for item in choose(found, 3, 1_000, FakeEmbedder())}
    assert chosen == {BRIDGE.start: 0.5, FERRY.start: 0.25, LORRIES.start: 0.45}


def test_a_reprint_is_left_out_for_the_next_sentence(make_article: MakeArticle):
    one, two = make_article(TEXT, "a1"), make_article(TEXT.replace("Le pont", "Ce  pont"), "a2")
    reprinted = split_sentences(two.text, "fr")[0]
    found = [candidate(one, BRIDGE, 0.9), candidate(two, reprinted, 0.8), candidate(one, FERRY, 0.1)]
    chosen = choose(found, 2, 1_000, FakeEmbedder())
    assert [item.quote for item in chosen] == ["Le pont de Corvenne rouvre lundi.", "Le bac s'arrête."]


@pytest.mark.parametrize("figures", [("12", "14"), ("12", "12 000"), ("3,5", "3,6")])
def test_a_sentence_with_another_figure_is_no_reprint(make_article: MakeArticle, figures: tuple[str, str]):
    """Outlets that contradict each other must both be read."""
    said = "L'incendie de l'entrepôt de Malvoisy a fait {} blessés mardi à l'aube, selon la préfecture."
    articles = [make_article(said.format(figure), f"a{figure}") for figure in figures]
    found = [candidate(article, Span(0, len(article.text)), 0.5) for article in articles]
    assert len(choose(found, 5, 1_000, FakeEmbedder())) == 2


@pytest.mark.parametrize(
    "said",
    [
        "Le pont de Corvenne ne rouvre pas lundi.",
        "Le pont de Corvenne rouvre mardi.",
        "Le pont de Valmorin rouvre lundi.",
        "Le pont de Corvenne ferme lundi.",
    ],
)
def test_a_sentence_that_says_something_else_is_no_reprint(make_article: MakeArticle, said: str):
    one, other = make_article(TEXT, "a1"), make_article(said, "a2")
    found = [candidate(one, BRIDGE, 0.9), candidate(other, Span(0, len(said)), 0.8)]
    assert [item.quote for item in choose(found, 5, 1_000, FakeEmbedder())] == [
        "Le pont de Corvenne rouvre lundi.",
        said,
    ]


def test_evidence_names_only_those_that_carry_its_sentence(make_article: MakeArticle):
    article = make_article(TEXT)
    both = Reprint("a2", "Le pont", "L'Écho", None, "a2.txt", (BRIDGE, FERRY))
    one = Reprint("a3", "Le pont", "Le Phare", None, "a3.txt", (BRIDGE,))
    found = candidates(
        query("Quand ?"),
        [replace(hit(article, BRIDGE, FERRY), also_in=(both, one))],
        {},
        SentenceVectors(FakeEmbedder()),
    )
    assert {item.start: item.also_in for item in choose(found, 5, 1_000, FakeEmbedder())} == {
        BRIDGE.start: (both, one),
        FERRY.start: (both,),
    }


def test_a_sentence_over_the_budget_gives_way_to_shorter_ones(make_article: MakeArticle):
    article = make_article(TEXT)
    found = [
        candidate(article, FERRY, 0.9),
        candidate(article, BRIDGE, 0.5),
        candidate(article, LORRIES, 0.1),
    ]
    costs = dict(
        zip(
            (BRIDGE, FERRY, LORRIES),
            FakeEmbedder().count_tokens([TEXT[s.start : s.end] for s in (BRIDGE, FERRY, LORRIES)]),
            strict=True,
        )
    )
    budget = costs[FERRY] + costs[LORRIES]
    assert costs[BRIDGE] > costs[LORRIES]
    chosen = choose(found, 5, budget, FakeEmbedder())
    assert [(item.start, item.end) for item in chosen] == [
        (FERRY.start, FERRY.end),
        (LORRIES.start, LORRIES.end),
    ]


def test_the_best_sentence_is_given_even_when_it_is_over_the_budget(make_article: MakeArticle):
    article = make_article(TEXT)
    found = [candidate(article, BRIDGE, 0.9), candidate(article, FERRY, 0.5)]
    assert [item.start for item in choose(found, 5, 1, FakeEmbedder())] == [BRIDGE.start]


def test_nothing_to_choose_from_is_nothing():
    assert choose([], 5, 1_000, FakeEmbedder()) == []


word = st.sampled_from(["pont", "bac", "école", "foire", "maire", "train", "lundi", "mardi"])
sentence = st.lists(word, min_size=2, max_size=6)


@given(
    st.lists(st.lists(sentence, min_size=1, max_size=5), min_size=1, max_size=3),
    st.lists(st.floats(-1, 1), min_size=45, max_size=45),
    st.integers(1, 8),
    st.integers(1, 25),
)
def test_what_is_chosen_keeps_to_its_limits(
    make_article: MakeArticle, articles: list, scores: list[float], limit: int, budget: int
):
    found = []
    for number, sentences in enumerate(articles):
        text = " ".join(" ".join(said).capitalize() + "." for said in sentences)
        article = make_article(text, f"a{number}")
        for span in split_sentences(text, "fr"):
            at = 3 * len(found)
            found.append(Candidate(article, span, scores[at], scores[at + 1], scores[at + 2]))
    chosen = choose(found, limit, budget, FakeEmbedder())
    offered = {(item.article.id, item.span.start, item.span.end) for item in found}
    places = [(item.article.id, item.start, item.end) for item in chosen]
    assert 1 <= len(chosen) <= limit
    assert set(places) <= offered
    assert len(set(places)) == len(places)
    cost = sum(FakeEmbedder().count_tokens([item.quote for item in chosen]))
    assert cost <= budget or len(chosen) == 1
    assert len([name for name, _ in groupby(places, key=lambda place: place[0])]) == len(
        {p[0] for p in places}
    )
    for _, group in groupby(chosen, key=lambda item: item.article.id):
        starts = [item.start for item in group]
        assert starts == sorted(starts)
    assert choose(found[::-1], limit, budget, FakeEmbedder()) == chosen


def test_with_the_real_encoder_the_telling_sentence_is_first(embedder: Embedder, make_article: MakeArticle):
    article = make_article(
        "Le pont de Corvenne a rouvert lundi matin. La boulangerie vend des tartes aux pommes."
        " Les travaux ont coûté 2,4 millions d'euros à la commune. Le temps était couvert."
    )
    text = "Combien la réfection a-t-elle coûté ?"
    asked = Query(text, "fr", embedder.embed_queries([text])[0], tuple(terms(text, "fr")))
    spans = split_sentences(article.text, "fr")
    found = candidates(
        asked, [hit(article, *spans)], dict.fromkeys(asked.terms, 1.0), SentenceVectors(embedder)
    )
    [best] = choose(found, 1, 1_000, embedder)
    assert best == Evidence(article, spans[2].start, spans[2].end, best.score)
