"""A question gets each passage of a story once, with who else carries it; contradictions are never hidden.

Real SQLite, Chroma, tantivy and chunking; the bundled encoder where ranking matters.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from random import Random

import pytest
from fake_embedder import FakeEmbedder
from hypothesis import example, given, settings
from hypothesis import strategies as st
from reprint_texts import FERRY, FIRE, FIRE_EDITED, LEAD, LOOKALIKES, cut

from ingest.pipeline.chunking import chunk
from rag.answering.subject import SubjectIndex
from rag.config import AnsweringSettings
from rag.extraction.analysed_sentence import SentenceAnalyses
from rag.generation.pipeline import Components, Options
from rag.grounding.library_names import LibraryNames
from rag.index.full_text_index import FullTextIndex
from rag.index.indexer import Indexer
from rag.index.multivector_store import MultivectorStore
from rag.index.term_index import TermIndex
from rag.index.vector_store import VectorStore
from rag.library.library import Library
from rag.library.records import Entry
from rag.models.embedder import Embedder
from rag.query.question_text import QuestionText
from rag.retrieval.collapse import collapse, enough
from rag.retrieval.retriever import Retriever
from rag.retrieval.scoring import rank
from rag.retrieval.sentence_selection import candidates, choose
from rag.runnable.chain import Chain
from rag.schema.article import Article, Passage
from rag.schema.hit import Hit
from rag.schema.question import NO_FILTERS, Filters

MakeArticle = Callable[..., Article]
HURT = "Combien de blessés l'incendie de Malvoisy a-t-il fait ?"


class Desk:
    """A library with its indexes and what searches them."""

    def __init__(self, folder: Path, embedder: Embedder, max_tokens: int = 256) -> None:
        self.embedder = embedder
        self.max_tokens = max_tokens
        self.library = Library(folder)
        self.vectors = VectorStore(folder / "vectors", embedder.name)
        self.terms = TermIndex(folder / "terms")
        self.sketches = MultivectorStore(folder / "sketches")
        full_text = FullTextIndex(folder / "full_text")
        stores = self.library, self.vectors, self.terms
        self.indexer = Indexer(*stores, full_text, self.sketches, embedder, "recipe")
        self.retriever = Retriever(*stores, self.sketches, embedder)

    def passages(self, article: Article) -> tuple[Passage, ...]:
        return tuple(chunk(article, self.embedder.count_tokens, self.max_tokens, 0))

    def add(self, *articles: Article) -> None:
        self.indexer.add([Entry(article, self.passages(article)) for article in articles])

    def hits(self, question: str, limit: int = 8, filters: Filters = NO_FILTERS) -> tuple[Hit, ...]:
        return self.retriever.retrieve(QuestionText(question, "fr"), limit, filters).hits

    def close(self) -> None:
        self.retriever.close()
        self.library.close()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with closing(Desk(tmp_path, FakeEmbedder())) as opened:
        yield opened


@pytest.fixture
def real(tmp_path: Path, embedder: Embedder) -> Iterator[Desk]:
    with closing(Desk(tmp_path, embedder)) as opened:
        yield opened


def version(make_article: MakeArticle, number: int, text: str = FIRE, **fields: str) -> Article:
    """The story as the outlet of this number ran it, on that day of March."""
    stated = {"title": f"Titre {number}", "outlet": f"Journal {number}"}
    stated["published_at"] = f"2026-03-{number:02}"
    return make_article(text, f"a{number}", **(stated | fields))


def also(hit: Hit) -> list[str]:
    return [reprint.article_id for reprint in hit.also_in]


# --- one of each ---


def test_five_outlets_with_one_story_are_one_hit_a_passage(real: Desk, make_article: MakeArticle):
    texts = [FIRE, "MALVOISY, 4 mars (AFP) - " + FIRE, FIRE_EDITED, LEAD + "\n\n" + FIRE, FIRE + " (AFP)"]
    real.add(*(version(make_article, i, text) for i, text in enumerate(texts, start=1)))
    hits = real.hits(HURT)
    [shown] = {hit.article.id for hit in hits}
    assert [also(hit) for hit in hits] == [[f"a{i}" for i in range(1, 6) if f"a{i}" != shown]] * len(hits)
    first = hits[0].also_in[0]
    number = first.article_id[1]
    assert (first.title, first.outlet, first.published_at, first.source) == (
        f"Titre {number}",
        f"Journal {number}",
        f"2026-03-0{number}",
        f"a{number}.txt",
    )
    # Nothing of the story is lost: the hits hold all of its sentences.
    assert {span for hit in hits for span in hit.sentences} == {
        span for passage in real.passages(real.library.article(shown)) for span in passage.sentences
    }


def test_reprints_leave_their_places_to_other_articles(desk: Desk, make_article: MakeArticle):
    desk.add(*(version(make_article, i, cut(FIRE, 0.4)) for i in range(1, 10)))
    desk.add(make_article("L'incendie de Malvoisy a coûté cher, selon la préfecture.", "other"))
    hits = desk.hits(HURT, limit=2)
    assert len(hits) == 2
    assert {hit.article.id for hit in hits} > {"other"}
    assert [len(hit.also_in) for hit in hits if hit.article.id != "other"] == [8]


def test_a_text_cut_short_gives_its_place_to_the_whole(real: Desk, make_article: MakeArticle):
    """The short one has the better score; what it leaves out may be the answer."""
    real.add(version(make_article, 1, cut(FIRE, 0.3)), version(make_article, 2, FIRE))
    alone = real.hits(HURT, filters=Filters(article_ids=("a1",)))
    assert [hit.article.id for hit in alone] == ["a1"]
    found = real.retriever.retrieve(QuestionText(HURT, "fr"), 8)
    hits = found.hits
    assert {hit.article.id for hit in hits} == {"a2"}
    assert hits[0].score == max(rank([measured.passage for measured in found.measured.values()]))
    assert also(hits[0]) == ["a1"]


def test_a_reprint_s_own_reporting_is_kept(desk: Desk, make_article: MakeArticle):
    """Passages that no other version has aren't repeats, whoever else carries the story."""
    own = (
        "\n\n"
        + " ".join(f"Le riverain {name} a perdu son atelier." for name in ("Adam", "Brac", "Cazes")) * 9
    )
    desk.add(version(make_article, 1), version(make_article, 2, FIRE + own))
    texts = "".join(hit.text for hit in desk.hits("Quel riverain a perdu son atelier ?", limit=20))
    assert "Le riverain Cazes a perdu son atelier." in texts
    assert texts.count("Les flammes atteignaient quinze mètres") == 1


def test_a_roundup_of_two_stories_does_not_make_them_one(desk: Desk, make_article: MakeArticle):
    desk.add(
        version(make_article, 1, cut(FIRE, 0.5)),
        version(make_article, 2, cut(FERRY, 0.5)),
        version(make_article, 3, cut(FIRE, 0.5) + "\n\n" + cut(FERRY, 0.5)),
    )
    text = " ".join(hit.text for hit in desk.hits("Malvoisy incendie ferry Dunmarrow", limit=20))
    assert text.count("Malvoisy, faisant") == text.count("that links Dunmarrow") == 1


@pytest.mark.parametrize("kind", LOOKALIKES)
def test_texts_that_only_look_like_reprints_are_all_found(desk: Desk, make_article: MakeArticle, kind: str):
    texts = LOOKALIKES[kind]
    desk.add(*(version(make_article, i, text) for i, text in enumerate(texts, start=1)))
    hits = desk.hits(texts[0][:60], limit=20)
    assert {hit.article.id for hit in hits} == {f"a{i}" for i in range(1, len(texts) + 1)}
    assert all(hit.also_in == () for hit in hits)


# --- contradictions ---


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("douze blessés", "quatorze blessés"),
        ("douze blessés", "14 blessés"),
        ("a annoncé la préfecture", "n'a pas annoncé la préfecture"),
        ("un entrepôt de textile à Malvoisy", "un entrepôt de textile à Sarrane"),
        ("de lundi à mardi", "de mardi à mercredi"),
    ],
)
def test_a_version_that_says_something_else_is_shown_beside(
    desk: Desk, make_article: MakeArticle, before: str, after: str
):
    assert before in FIRE
    other = FIRE.replace(before, after)
    desk.add(version(make_article, 1), version(make_article, 2, other), version(make_article, 3))
    hits = [hit for hit in desk.hits(HURT, limit=20) if hit.start == 0]
    said = {hit.article.id: also(hit) for hit in hits}
    assert said in ({"a1": ["a3"], "a2": []}, {"a3": ["a1"], "a2": []})


def test_a_contradiction_in_a_short_sentence_is_seen(desk: Desk, make_article: MakeArticle):
    """Of `Bilan : 12 blessés` half the words are the figure."""
    one, other = (FIRE.replace("Le feu s'est", f"Bilan : {n} blessés. Le feu s'est") for n in (12, 14))
    desk.add(version(make_article, 1, one), version(make_article, 2, other))
    assert {hit.article.id for hit in desk.hits(HURT, limit=20) if hit.start == 0} == {"a1", "a2"}


# --- the rest of retrieval ---


def test_filters_narrow_hits_but_not_who_else_carries_them(desk: Desk, make_article: MakeArticle):
    desk.add(*(version(make_article, i) for i in (1, 2, 3)))
    hits = desk.hits(HURT, filters=Filters(outlets=("Journal 2",)))
    assert {hit.article.id for hit in hits} == {"a2"}
    assert also(hits[0]) == ["a1", "a3"]


def test_a_removed_reprint_is_named_no_more_and_the_others_stay(desk: Desk, make_article: MakeArticle):
    desk.add(*(version(make_article, i) for i in (1, 2, 3)))
    desk.indexer.remove("a1")
    hits = desk.hits(HURT)
    assert len({hit.article.id for hit in hits}) == 1
    assert {hits[0].article.id, *also(hits[0])} == {"a2", "a3"}


def test_without_reprints_hits_are_as_they_were_ranked(desk: Desk, make_article: MakeArticle):
    desk.add(make_article(FIRE, "a1"), make_article(FERRY, "a2"))
    all_hits = desk.hits("incendie ferry", limit=20)
    assert desk.hits("incendie ferry", limit=2) == all_hits[:2]
    assert collapse(all_hits, 20, desk.library, SentenceAnalyses()) == all_hits
    assert collapse([], 5, desk.library, SentenceAnalyses()) == ()


def test_no_more_is_read_than_it_takes(desk: Desk, make_article: MakeArticle):
    """Texts can be long: passages beyond those that may be shown aren't read."""
    desk.add(version(make_article, 1), version(make_article, 2), make_article(FERRY, "b1"))
    assert enough(["a1", "b1", "a2", "b1"], 2, desk.library) == 2
    assert enough(["a1", "a2", "a2", "b1", "b1"], 2, desk.library) == 4
    assert enough(["a1", "a2"], 2, desk.library) == 2
    assert enough(["a1", "gone", "b1"], 5, desk.library) == 3
    assert enough([], 5, desk.library) == 0


sentences = [f"{s}." for s in FIRE.replace("\n\n", " ").split(". ") if "«" not in s and "»" not in s]
versions = st.lists(st.sampled_from(range(len(sentences))), unique=True, min_size=4).map(sorted)
# A passage was left out for a second one, which was left out for a third that has none of the first.
HALF_OF_HALF = [[0, 3, 10, 11], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]]
# A passage was left out for a reprint's, and that for one of a version that only the reprint resembles.
BY_A_THIRD = [[0, 1, 2, 3, 6, 14], [0, 1, 2, 3], [2, 4, 5, 7, 14], [*range(15)]]


@given(st.lists(versions, min_size=2, max_size=4), st.integers(1, 12), st.randoms(use_true_random=False))
@example(HALF_OF_HALF, 1, Random(0))
@example(BY_A_THIRD, 1, Random(1))
@settings(max_examples=25)
def test_what_is_left_out_stands_in_what_is_shown(
    tmp_path_factory: pytest.TempPathFactory,
    make_article: MakeArticle,
    texts: list,
    limit: int,
    random: Random,
):
    """Versions of a story with any of its sentences left out, and hits in any order."""
    articles = [
        make_article(" ".join(sentences[i] for i in chosen), f"a{number}")
        for number, chosen in enumerate(texts)
    ]
    with closing(Library(tmp_path_factory.mktemp("library"))) as library:
        entries = [
            Entry(article, tuple(chunk(article, FakeEmbedder().count_tokens, 60, 0))) for article in articles
        ]
        library.acknowledge(entries, "recipe")
        pairs = [(entry.article, passage) for entry in entries for passage in entry.passages]
        random.shuffle(pairs)
        hits = [
            Hit(p.id, article, p.start, p.end, 1 - i / len(pairs), p.sentences)
            for i, (article, p) in enumerate(pairs)
        ]
        shown = collapse(hits, limit, library, SentenceAnalyses())
        everything = collapse(hits, len(hits), library, SentenceAnalyses())
        linked = library.reprints.among(article.id for article in articles)
    assert shown == everything[:limit]
    assert {hit.passage_id for hit in shown} <= {hit.passage_id for hit in hits}
    assert len({hit.passage_id for hit in shown}) == len(shown)
    assert [hit.score for hit in shown] == sorted((hit.score for hit in shown), reverse=True)
    for hit in everything:
        carried = {r.article_id for r in hit.also_in}
        assert carried <= linked.get(hit.article.id, frozenset())
        assert all(span in hit.sentences for r in hit.also_in for span in r.repeats)
    for hit in hits:
        # What is gone is mostly elsewhere: a reprint shows it, or what was put in the reprint's place.
        if hit.passage_id not in {other.passage_id for other in everything}:
            own = [hit.article.text[s.start : s.end] for s in hit.sentences]
            others = " ".join(o.text for o in everything)
            assert any(text in others for text in own)


# --- reprints are no confirmations ---


def test_a_reprinted_sentence_is_offered_once_with_those_that_carry_it(real: Desk, make_article: MakeArticle):
    texts = [FIRE, FIRE_EDITED, cut(FIRE, 0.3), LEAD + "\n\n" + FIRE, FIRE.replace("douze", "quatorze")]
    real.add(*(version(make_article, i, text) for i, text in enumerate(texts, start=1)))
    retrieved = real.retriever.retrieve(QuestionText(HURT, "fr"), 8)
    found = candidates(retrieved, real.embedder)
    chosen = choose(found, 30, 4_000, 1.0, retrieved.analyses)
    told = {item.quote: item for item in chosen if "blessés légers" in item.quote}
    assert sorted("quatorze" in quote for quote in told) == [False, True]
    [twelve] = [item for quote, item in told.items() if "douze" in quote]
    [fourteen] = [item for quote, item in told.items() if "quatorze" in quote]
    assert {twelve.article.id, *(r.article_id for r in twelve.also_in)} == {"a1", "a2", "a3", "a4"}
    assert fourteen.also_in == ()
    [insurer] = [item for item in chosen if item.quote.startswith("L'assureur de la société")]
    # The one that was cut before this sentence doesn't carry it.
    assert "a3" not in {insurer.article.id, *(r.article_id for r in insurer.also_in)}


def test_an_answer_cites_a_reprinted_sentence_once(real: Desk, make_article: MakeArticle):
    real.add(*(version(make_article, i) for i in range(1, 6)))
    names = LibraryNames(real.library, real.terms)
    subjects = SubjectIndex(real.library, real.terms, names)
    chain = Chain(
        Components(real.library, names, subjects, real.retriever, real.embedder, None),
        Options(AnsweringSettings(), 8),
    )
    answer = chain.invoke(HURT)
    assert answer.citations[0].quote.startswith("Un incendie a ravagé")
    assert len({cited.quote for cited in answer.citations}) == len(answer.citations)
    [evidence] = answer.to_dict()["claims"][0]["evidence"]
    outlets = [reprint["outlet"] for reprint in evidence["also_in"]]
    assert sorted([*outlets, evidence["outlet"]]) == [f"Journal {i}" for i in range(1, 6)]
