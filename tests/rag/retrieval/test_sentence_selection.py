"""From passages to a few sentences: each once, the best within limits, in the order of the paper."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import groupby

import numpy as np
import pytest
from fake_embedder import FakeEmbedder
from hypothesis import given
from hypothesis import strategies as st

from rag.extraction.analysed_sentence import SentenceAnalyses
from rag.index.encoding import read_query, sketches
from rag.models.embedder import Embedder
from rag.query.question_text import QuestionText
from rag.retrieval.passage_reading import ReadSentence
from rag.retrieval.retriever import Query, Retrieved
from rag.retrieval.scoring import EncodedQuery, PassageScores, PassageSignals, SentenceSignals, measure
from rag.retrieval.sentence_selection import (
    READ_WEIGHTS,
    UNREAD_WEIGHTS,
    Candidate,
    candidates,
    choose,
    features,
    fitted,
    passage_read,
    probabilities,
)
from rag.schema.article import Article, Passage, Span
from rag.schema.evidence import Evidence
from rag.schema.hit import Hit, Reprint
from rag.text.analyzer import terms
from rag.text.sentences import split_sentences

MakeArticle = Callable[..., Article]
TEXT = "Le pont de Corvenne rouvre lundi. Le bac s'arrête. Les camions y passeront. Fin."
BRIDGE, FERRY, LORRIES, END = split_sentences(TEXT, "fr")


def query(text: str) -> Query:
    read = read_query(text, "fr", FakeEmbedder())
    asked = EncodedQuery(read.vector, read.vectors, np.ones(len(read.words), dtype=np.float32), ())
    return Query(QuestionText(text, "fr"), tuple(terms(text, "fr")), asked)


def hit(article: Article, *sentences: Span, score: float = 1.0) -> Hit:
    return Hit(
        f"{article.id}:{sentences[0].start}", article, sentences[0].start, sentences[-1].end, score, sentences
    )


def measured(*sentences: tuple[float, float]) -> PassageScores:
    """`late` and `block` of each sentence; the passage has the best of each."""
    late, block = (max((pair[i] for pair in sentences), default=0.0) for i in (0, 1))
    signals = PassageSignals(block=block, late=late, sentence=late, terms=0.0, phrases=0.0, prefixes=0.0)
    return PassageScores(signals, tuple(SentenceSignals(*pair) for pair in sentences))


def retrieved(asked: str, *hits: Hit) -> Retrieved:
    """The hits, with sentences that say 0.5, 0.4, … to the question, in blocks that say 0.8."""
    found = {
        item.passage_id: measured(*((0.5 - n / 10, 0.8) for n in range(len(item.sentences)))) for item in hits
    }
    return Retrieved(query(asked), hits, found)


def candidate(article: Article, span: Span, score: float, gives: bool = False) -> Candidate:
    """One whose scores are all the same, at a token a word."""
    tokens = FakeEmbedder().count_tokens([article.text[span.start : span.end]])[0]
    return Candidate(article, span, SentenceSignals(score, score), score, score, gives, tokens)


# --- candidates ---


def test_each_sentence_is_a_candidate_with_its_scores(make_article: MakeArticle):
    article = make_article(TEXT)
    asked = replace(query("Quand le pont rouvre-t-il ?"), idf={"pont": 3.0, "rouvr": 1.0})
    found = Retrieved(
        asked, (hit(article, BRIDGE, FERRY, score=0.8),), {"a1:0": measured((0.7, 0.9), (0.2, 0.9))}
    )
    assert candidates(found, FakeEmbedder()) == [
        Candidate(article, BRIDGE, SentenceSignals(0.7, 0.9), 1.0, 0.8, True, 6, after=(FERRY,)),
        Candidate(article, FERRY, SentenceSignals(0.2, 0.9), 0.0, 0.8, False, 3, before=(BRIDGE,)),
    ]
    assert [item.text for item in candidates(found, FakeEmbedder())] == [
        "Le pont de Corvenne rouvre lundi.",
        "Le bac s'arrête.",
    ]


def test_a_sentence_of_overlapping_passages_counts_once_with_the_better_one(make_article: MakeArticle):
    article = make_article(TEXT)
    hits = [hit(article, FERRY, LORRIES, score=0.9), hit(article, BRIDGE, FERRY, score=0.4)]
    found = candidates(retrieved("Quand ?", *hits), FakeEmbedder())
    assert [(item.span, item.passage_score, item.signals.late) for item in found] == [
        (FERRY, 0.9, 0.5),
        (LORRIES, 0.9, 0.4),
        (BRIDGE, 0.4, 0.5),
    ]


def test_the_same_place_in_another_article_is_another_sentence(make_article: MakeArticle):
    hits = [hit(make_article(TEXT, name), BRIDGE) for name in ("a1", "a2")]
    found = candidates(retrieved("Quand ?", *hits), FakeEmbedder())
    assert [item.article.id for item in found] == ["a1", "a2"]


def test_scraps_are_no_candidates(make_article: MakeArticle):
    article = make_article(TEXT)
    assert candidates(retrieved("Quand ?", hit(article, END)), FakeEmbedder()) == []
    assert candidates(retrieved("Quand ?"), FakeEmbedder()) == []


@pytest.mark.parametrize("cut", [(), ((0.3, 0.9),), ((0.1, 0.9), (0.3, 0.2), (0.2, 0.1))])
def test_a_sketch_with_other_sentences_gives_each_what_the_passage_says(
    make_article: MakeArticle, cut: tuple[tuple[float, float], ...]
):
    """An article is being cut anew: its old passages are still listed, one's id has a new sketch."""
    article = make_article(TEXT)
    found = Retrieved(query("Quand ?"), (hit(article, BRIDGE, FERRY),), {"a1:0": measured(*cut)})
    said = SentenceSignals(0.3, 0.9) if cut else SentenceSignals(0.0, 0.0)
    assert [item.signals for item in candidates(found, FakeEmbedder())] == [said, said]


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
    chosen = choose(found, 3, 1_000, 1.0, SentenceAnalyses())
    assert [(item.article.id, item.start) for item in chosen] == [("a2", 0), ("a1", 0), ("a1", LORRIES.start)]
    # A softmax of each score from the least, 0.1, to the greatest, 0.9, times the weights.
    odds = np.exp(np.array([0.9, 0.5, 0.6, 0.1]) / 0.8 * sum(UNREAD_WEIGHTS[:4]))
    assert [item.score for item in chosen] == pytest.approx((odds / odds.sum())[:3])
    assert chosen[0].quote == "Le pont de Corvenne rouvre à neuf heures mardi."


def test_every_signal_counts_by_its_weight(make_article: MakeArticle):
    article = make_article(TEXT)
    nothing, best = SentenceSignals(0.0, 0.0), SentenceSignals(1.0, 1.0)
    answering, answered = ReadSentence(1.0, 1.0, None, 0.0), ReadSentence(0.0, 1.0, Span(6, 7), 0.0)
    found = [
        Candidate(article, Span(0, 1), SentenceSignals(1.0, 0.0), 0.0, 0.0, False, 1),
        Candidate(article, Span(1, 2), SentenceSignals(0.0, 1.0), 0.0, 0.0, False, 1),
        Candidate(article, Span(2, 3), nothing, 1.0, 0.0, False, 1),
        Candidate(article, Span(3, 4), nothing, 0.0, 1.0, False, 1),
        Candidate(article, Span(4, 5), nothing, 0.0, 0.0, True, 1),
        Candidate(article, Span(5, 6), nothing, 0.0, 0.0, False, 1, read=answering),
        Candidate(article, Span(6, 7), nothing, 0.0, 0.0, False, 1, read=answered),
        Candidate(article, Span(7, 8), best, 1.0, 1.0, True, 1, read=replace(answered, probability=1.0)),
    ]
    rows = features(found)
    assert rows.tolist() == [*np.eye(7).tolist(), [1.0] * 7]
    assert fitted(found) == READ_WEIGHTS
    assert fitted([replace(one, read=None) for one in found]) == UNREAD_WEIGHTS
    for weights in (READ_WEIGHTS, UNREAD_WEIGHTS):
        shares = probabilities(rows, weights)
        assert shares.sum() == pytest.approx(1.0)
        assert np.log(shares / shares[7]) == pytest.approx([*(w - sum(weights) for w in weights), 0.0])


def test_the_likeliest_sentences_passages_are_asked_for(make_article: MakeArticle):
    article = make_article(TEXT)
    likely, other = candidate(article, LORRIES, 0.9), candidate(article, BRIDGE, 0.1)
    assert passage_read([likely, other]) is None
    surely, hardly = ReadSentence(0.5, 1.0, None, 0.0), ReadSentence(0.5, 0.0, None, 0.0)
    first, second = probabilities(features([likely, other]), UNREAD_WEIGHTS).tolist()
    assert passage_read([replace(likely, read=surely), replace(other, read=hardly)]) == pytest.approx(first)
    assert passage_read([replace(likely, read=hardly), replace(other, read=surely)]) == pytest.approx(second)
    assert passage_read([]) is None


def test_the_words_that_answer_go_with_their_sentence(make_article: MakeArticle):
    article = make_article(TEXT)
    answer = Span(LORRIES.start, LORRIES.start + 3)
    found = [
        replace(candidate(article, LORRIES, 0.6), read=ReadSentence(0.9, 0.9, answer, -0.1)),
        replace(candidate(article, BRIDGE, 0.5), read=ReadSentence(0.1, 0.9, None, 0.0)),
    ]
    chosen = {item.start: item for item in choose(found, 3, 1_000, 1.0, SentenceAnalyses())}
    assert chosen[LORRIES.start].answer_span == answer
    assert chosen[BRIDGE.start].answer_span is None


def test_as_many_are_given_as_it_takes_to_be_certain(make_article: MakeArticle):
    article = make_article(TEXT)
    found = [candidate(article, span, score) for span, score in ((BRIDGE, 0.9), (FERRY, 0.8), (LORRIES, 0.7))]
    first, second, third = probabilities(features(found), UNREAD_WEIGHTS).tolist()
    assert first > second > third > 0.0
    chosen = {
        certainty: [item.start for item in choose(found, 5, 1_000, certainty, SentenceAnalyses())]
        for certainty in (first / 2, first, first + second / 2, first + second + third / 2)
    }
    every = [BRIDGE.start, FERRY.start, LORRIES.start]
    assert list(chosen.values()) == [every[:1], every[:1], every[:2], every]


def test_equal_candidates_share_the_probability(make_article: MakeArticle):
    article = make_article(TEXT)
    found = [candidate(article, span, 0.4) for span in (LORRIES, BRIDGE, FERRY)]
    chosen = choose(found, 2, 1_000, 1.0, SentenceAnalyses())
    assert [(item.start, item.score) for item in chosen] == [
        (BRIDGE.start, pytest.approx(1 / 3)),
        (FERRY.start, pytest.approx(1 / 3)),
    ]


def test_a_reprint_is_left_out_for_the_next_sentence(make_article: MakeArticle):
    one, two = make_article(TEXT, "a1"), make_article(TEXT.replace("Le pont", "Ce  pont"), "a2")
    reprinted = split_sentences(two.text, "fr")[0]
    found = [candidate(one, BRIDGE, 0.9), candidate(two, reprinted, 0.8), candidate(one, FERRY, 0.1)]
    chosen = choose(found, 2, 1_000, 1.0, SentenceAnalyses())
    assert [item.quote for item in chosen] == ["Le pont de Corvenne rouvre lundi.", "Le bac s'arrête."]


@pytest.mark.parametrize("figures", [("12", "14"), ("12", "12 000"), ("3,5", "3,6")])
def test_a_sentence_with_another_figure_is_no_reprint(make_article: MakeArticle, figures: tuple[str, str]):
    """Outlets that contradict each other must both be read."""
    said = "L'incendie de l'entrepôt de Malvoisy a fait {} blessés mardi à l'aube, selon la préfecture."
    articles = [make_article(said.format(figure), f"a{figure}") for figure in figures]
    found = [candidate(article, Span(0, len(article.text)), 0.5) for article in articles]
    assert len(choose(found, 5, 1_000, 1.0, SentenceAnalyses())) == 2


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
    assert [item.quote for item in choose(found, 5, 1_000, 1.0, SentenceAnalyses())] == [
        "Le pont de Corvenne rouvre lundi.",
        said,
    ]


def test_evidence_names_only_those_that_carry_its_sentence(make_article: MakeArticle):
    article = make_article(TEXT)
    both = Reprint("a2", "Le pont", "L'Écho", None, "a2.txt", (BRIDGE, FERRY))
    one = Reprint("a3", "Le pont", "Le Phare", None, "a3.txt", (BRIDGE,))
    shown = replace(hit(article, BRIDGE, FERRY), also_in=(both, one))
    found = candidates(retrieved("Quand ?", shown), FakeEmbedder())
    assert {item.start: item.also_in for item in choose(found, 5, 1_000, 1.0, SentenceAnalyses())} == {
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
    chosen = choose(found, 5, budget, 1.0, SentenceAnalyses())
    assert [(item.start, item.end) for item in chosen] == [
        (FERRY.start, FERRY.end),
        (LORRIES.start, LORRIES.end),
    ]


def test_the_best_sentence_is_given_even_when_it_is_over_the_budget(make_article: MakeArticle):
    article = make_article(TEXT)
    found = [candidate(article, BRIDGE, 0.9), candidate(article, FERRY, 0.5)]
    assert [item.start for item in choose(found, 5, 1, 1.0, SentenceAnalyses())] == [BRIDGE.start]


def test_nothing_to_choose_from_is_nothing():
    assert choose([], 5, 1_000, 1.0, SentenceAnalyses()) == []


word = st.sampled_from(["pont", "bac", "école", "foire", "maire", "train", "lundi", "mardi"])
sentence = st.lists(word, min_size=2, max_size=6)


@given(
    st.lists(st.lists(sentence, min_size=1, max_size=5), min_size=1, max_size=3),
    st.lists(st.floats(-1, 1), min_size=45, max_size=45),
    st.integers(1, 8),
    st.integers(1, 25),
    st.floats(0.01, 1),
)
def test_what_is_chosen_keeps_to_its_limits(
    make_article: MakeArticle,
    articles: list,
    scores: list[float],
    limit: int,
    budget: int,
    certainty: float,
):
    found = []
    for number, sentences in enumerate(articles):
        text = " ".join(" ".join(said).capitalize() + "." for said in sentences)
        article = make_article(text, f"a{number}")
        for span in split_sentences(text, "fr"):
            at = 3 * len(found)
            signals = SentenceSignals(scores[at], scores[at + 1])
            tokens = FakeEmbedder().count_tokens([text[span.start : span.end]])[0]
            found.append(Candidate(article, span, signals, 0.5, scores[at + 2], at % 2 == 0, tokens))
    chosen = choose(found, limit, budget, certainty, SentenceAnalyses())
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
    backwards = choose(found[::-1], limit, budget, certainty, SentenceAnalyses())
    assert [(item.article.id, item.start, item.end) for item in backwards] == places
    assert [item.score for item in backwards] == pytest.approx([item.score for item in chosen])


def test_with_the_real_encoder_the_telling_sentence_is_first(embedder: Embedder, make_article: MakeArticle):
    article = make_article(
        "Le pont de Corvenne a rouvert lundi matin. La boulangerie vend des tartes aux pommes."
        " Les travaux ont coûté 2,4 millions d'euros à la commune. Le temps était couvert."
    )
    text = "Combien la réfection a-t-elle coûté ?"
    spans = tuple(split_sentences(article.text, "fr"))
    passage = Passage("p1", article.id, 0, len(article.text), spans)
    read = read_query(text, "fr", embedder)
    asked = EncodedQuery(read.vector, read.vectors, np.ones(len(read.words), dtype=np.float32), ())
    stems = terms(text, "fr")
    found = Retrieved(
        Query(QuestionText(text, "fr"), tuple(stems), asked, dict.fromkeys(stems, 1.0)),
        (Hit("p1", article, passage.start, passage.end, 1.0, spans),),
        dict(zip(["p1"], measure(asked, sketches([(article, passage)], embedder)), strict=True)),
    )
    offered = candidates(found, embedder)
    assert [item.span for item in offered] == list(spans)
    [best] = choose(offered, 1, 1_000, 0.9, SentenceAnalyses())
    around = {"before": (spans[1], spans[0]), "after": spans[3:4]}
    assert best == Evidence(article, spans[2].start, spans[2].end, best.score, **around)
