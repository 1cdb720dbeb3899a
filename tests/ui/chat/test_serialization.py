"""What is kept of an exchange shows the same exchange again, whatever is in it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from contextlib import closing
from dataclasses import fields, replace
from datetime import date
from pathlib import Path
from typing import get_args

import pytest
from desk import Desk
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.conversation.serialization import ArticleVersion, versions, without
from rag.conversation.store import ConversationStore, resolve
from rag.schema.answer import Answer
from rag.schema.article import Article, Span
from rag.schema.evidence import Claim, Disagreement, Evidence, StatedValue
from rag.schema.hit import Hit, Reprint
from rag.schema.listing import ArticleListing, CatalogueEntry
from rag.schema.question import Filters, NamedDossier, Period
from ui.chat import serialization
from ui.chat.conversations import TITLE, title_of
from ui.session.exchange import UNFINISHED, Draft, Exchange, Stage

WORDS = st.text(max_size=40)  # any Unicode but halves of surrogate pairs; those are tested below
ARTICLES = tuple(
    Article(f"a{n}", text, f"Titre {n}", f"https://exemple.test/{n}", f"{n}" * 64, "Le Courrier")
    for n, text in enumerate(
        ["Le pont a rouvert lundi. Il porte deux voies.", "Ça — «\u202f😀\u202f» dit-on.", "x"]
    )
)
SPANS = st.lists(st.builds(Span, st.integers(0, 99), st.integers(0, 99)), max_size=2).map(tuple)
REPRINTS = st.lists(
    st.builds(Reprint.of, st.sampled_from(ARTICLES), SPANS), max_size=2, unique_by=lambda one: one.article_id
).map(tuple)


@st.composite
def evidence(draw: st.DrawFn) -> Evidence:
    article = draw(st.sampled_from(ARTICLES))
    start = draw(st.integers(0, len(article.text)))
    end = draw(st.integers(start, len(article.text)))
    score = draw(st.floats(0, 1))
    found = Evidence(article, start, end, score, draw(REPRINTS), draw(SPANS), draw(SPANS))
    if start == end or draw(st.booleans()):
        return found
    first = draw(st.integers(start, end - 1))
    return found.answered_by(Span(first, draw(st.integers(first + 1, end))))


EVIDENCE = st.lists(evidence(), min_size=1, max_size=3).map(tuple)
REASONS = st.lists(WORDS, max_size=2).map(tuple)
CLAIMS = st.builds(
    Claim, WORDS, EVIDENCE, st.sampled_from(["supported", "unsupported"]), REASONS, WORDS, REASONS
) | st.builds(Claim.quoting, evidence())
HITS = st.builds(
    Hit,
    WORDS,
    st.sampled_from(ARTICLES),
    st.integers(0, 9),
    st.integers(0, 9),
    st.floats(0, 1),
    SPANS,
    REPRINTS,
)
DAYS = st.none() | st.dates(date(1900, 1, 1), date(2100, 1, 1))
PERIODS = st.none() | st.builds(Period, DAYS, DAYS, st.integers(0, 9), st.integers(0, 9), WORDS)
NAMES = st.lists(WORDS, max_size=2).map(tuple)
IDS = st.lists(st.sampled_from([one.id for one in ARTICLES]), max_size=2, unique=True).map(tuple)
DOSSIERS = st.lists(st.builds(NamedDossier, WORDS, WORDS), max_size=2).map(tuple)
FILTERS = st.builds(Filters, DAYS, DAYS, st.booleans(), NAMES, NAMES, NAMES, IDS, DOSSIERS)
SIDES = st.lists(st.builds(StatedValue, WORDS, evidence()), max_size=2).map(tuple)
DISAGREEMENTS = st.builds(Disagreement, SIDES, st.none() | evidence())
LISTINGS = st.builds(
    ArticleListing,
    st.lists(st.sampled_from(ARTICLES).map(CatalogueEntry.of), max_size=3, unique=True).map(tuple),
    st.integers(0, 99),
    WORDS,
)
ANSWERS = st.builds(
    Answer,
    WORDS,
    WORDS,
    WORDS,
    st.sampled_from(["answered", "partial", "not_found", "conversation", "catalogue"]),
    st.lists(CLAIMS, max_size=3).map(tuple),
    st.lists(HITS, max_size=2).map(tuple),
    st.lists(CLAIMS, max_size=2).map(tuple),
    st.dictionaries(WORDS, st.floats(0, 1e9), max_size=2),
    WORDS,
    WORDS,
    FILTERS,
    PERIODS,
    st.booleans(),
    st.lists(DISAGREEMENTS, max_size=2).map(tuple),
    NAMES,
    st.sampled_from(["yes", "no", "disputed", None]),
    st.booleans(),
    st.none() | LISTINGS,
    notice=WORDS,
)
DRAFTS = st.builds(Draft, st.integers(0, 9), WORDS, EVIDENCE, st.none() | CLAIMS, st.booleans())
ENDED = st.sampled_from([stage for stage in get_args(Stage) if stage not in UNFINISHED])
WITHOUT_ANSWER = st.builds(
    Exchange,
    number=st.integers(1, 99),
    question=WORDS,
    stage=ENDED,
    standalone_question=WORDS,
    hits=st.lists(HITS, max_size=2).map(tuple),
    evidence=st.lists(evidence(), max_size=2).map(tuple),
    drafts=st.lists(DRAFTS, max_size=2).map(tuple),
    error=WORDS,
    infer_dates=st.booleans(),
    period=PERIODS,
    filters=FILTERS,
    lost=st.booleans(),
)


def with_answer(exchange: Exchange, answer: Answer) -> Exchange:
    return replace(exchange, answer=answer, hits=answer.hits, evidence=(), drafts=())


EXCHANGES = WITHOUT_ANSWER | st.builds(with_answer, WITHOUT_ANSWER, ANSWERS)


class Shelf:
    """A library of ARTICLES, as much of it as is asked for here."""

    def articles(self, ids: list[str]) -> list[Article]:
        return [one for wanted in dict.fromkeys(ids) for one in ARTICLES if one.id == wanted]

    def versions(self, wanted: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Article]:
        held = {(one.id, one.content_hash): one for one in ARTICLES}
        return {version: held[version] for version in wanted if version in held}


def restored(exchange: Exchange, earlier: tuple[Exchange, ...] = ()) -> Exchange:
    record = serialization.record(exchange, earlier)
    written = replace(record, body=json.loads(json.dumps(record.body)))
    return serialization.exchanges([written], Shelf())[0]


@given(EXCHANGES, st.lists(EXCHANGES, max_size=1).map(tuple))
@settings(max_examples=150)
def test_every_exchange_comes_back(exchange: Exchange, earlier: tuple[Exchange, ...]):
    assert restored(exchange, earlier) == exchange


def test_nothing_of_an_exchange_is_forgotten():
    """A new field has to be kept, and to be among those above: but what only an answer in progress has, and
    what the reader says of it, which is kept elsewhere."""
    passing = {"fresh", "ahead", "why", "rating"}
    assert [field.name for field in fields(Exchange) if field.name not in passing] == [
        "number", "question", "stage", "standalone_question", "hits", "evidence", "drafts", "answer", "error",
        "infer_dates", "period", "filters", "lost",
    ]  # fmt: skip
    # Which articles were found damaged when it was asked, and by which id, is kept by no conversation.
    assert len(fields(Answer)) - len(["left_out", "request_id"]) == 19
    assert [len(fields(one)) for one in (Claim, Evidence, Hit, Filters, Period, Disagreement, Draft)] == [
        6, 9, 7, 8, 5, 2, 5,
    ]  # fmt: skip


@pytest.mark.long
@given(EXCHANGES, st.sampled_from(ARTICLES))
@settings(max_examples=150)
def test_nothing_that_rests_on_a_removed_article_is_left(exchange: Exchange, gone: Article):
    record = serialization.record(exchange, ())
    removed = [one for one in versions(record.body) if one.article_id == gone.id]
    left = without(record.body, removed)
    assert gone.id not in {one.article_id for one in versions(left)}
    shown = serialization.exchanges([replace(record, body=left)], Shelf())[0]
    rest = [*shown.evidence, *shown.shown.citations, *(hit for hit in shown.shown.hits)]
    assert gone.id not in {one.article.id for one in rest}
    assert gone.id not in {also.article_id for one in rest for also in one.also_in}
    before = exchange.answer.claims if exchange.answer else ()
    stand = tuple(c for c in before if all(one.article.id != gone.id for one in c.evidence))
    if len(stand) < len(before) and stand:
        assert (shown.answer.status, shown.lost, len(shown.answer.claims)) == ("partial", True, len(stand))
    if before and not stand:
        assert (shown.answer, shown.stage, shown.lost) == (None, "article_removed", True)


@pytest.mark.parametrize("stage", UNFINISHED)
def test_what_was_never_finished_was_interrupted(stage: Stage):
    assert restored(Exchange(1, "Qui ?", stage)) == Exchange(1, "Qui ?", "interrupted")


def test_no_words_of_an_article_are_kept():
    """Neither those of a quotation nor those that a draft or a disagreement took from its quote."""
    article = replace(ARTICLES[0], text="Le nombre zqxj est\ndit par wvyk. Fin.")
    quote = Evidence(article, 0, len(article.text), 0.5, (Reprint.of(article),))
    answer = Answer(
        "Q ?",
        "Q ?",
        "fr",
        "answered",
        (Claim.quoting(quote), Claim("Le nombre zqxj est dit", (quote,))),
        (Hit("p1", article, 0, 20, 0.5),),
        disagreements=(Disagreement((StatedValue("zqxj", quote), StatedValue("wvyk", quote))),),
    )
    drafted = Exchange(1, "Q ?", "stopped", drafts=(Draft(0, "est dit par wvyk", (quote,)),))
    for exchange in (Exchange(1, "Q ?", "answered", answer=answer), drafted):
        written = json.dumps(serialization.record(exchange, ()).body)
        assert [word for word in ("zqxj", "wvyk", "Fin", "Titre") if word in written] == []


def test_a_question_is_understood_from_articles_that_may_go(tmp_path: Path):
    """`Où habite-t-elle ?` → `Où habite Lise Ombrard ?`: that name was an article's."""
    with closing(Desk(tmp_path)) as desk, closing(ConversationStore(desk.data)) as store:
        desk.write("un.txt", "Lise Ombrard a gagné.")
        desk.ingest()
        article = desk.library.article(desk.id_of("un.txt"))
        claims = (Claim("Lise Ombrard.", (Evidence(article, 0, 21),)),)
        first = Exchange(1, "Qui ?", "answered", answer=Answer("Qui ?", "Qui ?", "fr", "answered", claims))
        period = Period(date(2025, 1, 1), None, 0, 12, "Lise Ombrard")
        empty = Answer("Où ?", "Où, Lise Ombrard ?", "fr", "not_found", plain_text="Rien.", period=period)
        second = Exchange(2, "Où ?", "answered", "Où, Lise Ombrard ?", answer=empty, period=period)
        begun = store.begin("", "Qui ?")
        for record in (serialization.record(first, ()), serialization.record(second, (first,))):
            store.put(begun.id, "", record)
        assert serialization.exchanges(store.records(begun.id, ""), desk.library) == (first, second)
        desk.indexer.remove(article.id)
        shown = serialization.exchanges(store.records(begun.id, ""), desk.library)
        assert (shown[0].stage, shown[0].answer, shown[1].standalone_question) == (
            "article_removed",
            None,
            "",
        )
        assert shown[1].answer.standalone_question == "Où ?"
        assert shown[1].period == Period(date(2025, 1, 1), None, 0, 0, "")
        store.erase_removed(desk.library)
        store.compact()
        held = b"".join(file.read_bytes() for file in desk.data.glob("conversations*"))
        assert b"Ombrard" not in held


def test_an_outlet_that_is_gone_is_no_filter_any_more(tmp_path: Path):
    with closing(Desk(tmp_path)) as desk, closing(ConversationStore(desk.data)) as store:
        desk.write("un.md", "---\nsite: Le Zqxj\n---\nUn mot est dit.")
        desk.write("deux.md", "---\nsite: La Gazette\n---\nUn autre mot est dit.")
        desk.ingest()
        filters = Filters(outlets=("Le Zqxj", "La Gazette"), sources=(str(desk.files / "un.md"),))
        answer = Answer("Q ?", "Q ?", "fr", "not_found", plain_text="Rien.", filters=filters)
        begun = store.begin("", "Q ?")
        store.put(begun.id, "", serialization.record(Exchange(1, "Q ?", "answered", answer=answer), ()))
        desk.indexer.remove(desk.id_of("un.md"))
        assert store.erase_removed(desk.library) == 1
        (shown,) = serialization.exchanges(store.records(begun.id, ""), desk.library)
        assert shown.answer.filters == Filters(outlets=("La Gazette",))


def test_half_a_surrogate_pair_is_kept_as_a_question_mark(tmp_path: Path):
    with closing(ConversationStore(tmp_path)) as store:
        exchange = Exchange(1, "Qui \ud83d ?", "stopped", standalone_question="Qui \ud83d ?")
        begun = store.begin("", title_of(exchange.question))
        assert store.put(begun.id, "", serialization.record(exchange, ()))
        assert store.records(begun.id, "")[0].question == "Qui ? ?"
        assert store.listed("")[0].title == "Qui ? ?"
        assert store.find("\ud83d", "") is None


@given(st.text(max_size=300))
def test_titles_are_short_and_on_one_line(question: str):
    title = title_of(question)
    assert len(title) <= TITLE
    assert len(title.splitlines()) <= 1
    line = " ".join(question.split())
    assert title == line or (title.endswith("…") and line.startswith(title[:-1]))


def test_versions_are_resolved_among_revisions(tmp_path: Path):
    with closing(Desk(tmp_path)) as desk:
        desk.write("un.txt", "Avant.")
        desk.ingest()
        before = desk.library.article(desk.id_of("un.txt"))
        desk.write("un.txt", "Après.")
        desk.ingest()
        now = desk.library.article(before.id)
        wanted = [
            ArticleVersion(before.id, before.content_hash),
            ArticleVersion(now.id, now.content_hash),
            ArticleVersion(now.id, ""),
        ]
        found = resolve([*wanted, ArticleVersion(now.id, "0" * 64)], desk.library)
        assert [found[one].text for one in wanted] == ["Avant.", "Après.", "Après."]
        assert len(found) == 3
