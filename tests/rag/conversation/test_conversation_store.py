"""Conversations are kept as pointers, apart for each user, and forget what was removed."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from desk import Desk

from rag.conversation.serialization import AnswerDecoder, AnswerEncoder, ArticleVersion, versions, without
from rag.conversation.store import STEPS, Cited, ConversationStore, Pointer, Record, resolve
from rag.errors import LibraryError
from rag.schema.article import Article
from rag.schema.evidence import Claim, Evidence
from rag.storage.database import Place

QUESTION = "Quand le pont a-t-il rouvert ?"
FORMATS = Path(__file__).parents[2] / "data" / "conversations"


@pytest.fixture
def desk(place: Place) -> Iterator[Desk]:
    with closing(Desk(place.folder, url=place.url)) as desk:
        desk.write("pont.txt", "Le pont de Corvenne a rouvert lundi. Il porte deux voies.")
        desk.write("bac.txt", "Le bac de Valmorin ne circulera plus le dimanche.")
        desk.ingest()
        yield desk


@pytest.fixture
def store(desk: Desk) -> Iterator[ConversationStore]:
    with closing(ConversationStore(desk.place)) as store:
        yield store


def record(number: int, question: str, *claims: Claim) -> Record:
    writer = AnswerEncoder()
    body = {"claims": [writer.claim(claim) for claim in claims], "articles": writer.articles}
    cited = tuple(
        Pointer(ArticleVersion(one.article.id, one.article.content_hash), one.start, one.end)
        for claim in claims
        for one in claim.evidence
    )
    return Record(number, question, body, cited)


def claims_of(record: Record, desk: Desk) -> list[Claim]:
    found = resolve(versions(record.body), desk.library)
    articles = [found.get(ArticleVersion(*entry)) if entry else None for entry in record.body["articles"]]
    return [AnswerDecoder(articles).claim(value) for value in record.body["claims"]]


def claim_about(desk: Desk, name: str, words: str) -> Claim:
    article = desk.library.article(desk.id_of(name))
    return Claim(words, (Evidence(article, 0, article.text.index(".") + 1),))


def test_an_exchange_comes_back_as_it_was(desk: Desk, store: ConversationStore):
    claim = claim_about(desk, "pont.txt", "Il a rouvert lundi.")
    begun = store.begin("", QUESTION)
    assert store.put(begun.id, "", record(1, QUESTION, claim))
    with closing(ConversationStore(desk.place)) as later:
        (kept,) = later.records(begun.id, "")
        assert (kept.number, kept.question) == (1, QUESTION)
        assert claims_of(kept, desk) == [claim]
        assert [one.id for one in later.listed("")] == [begun.id]


def test_a_quote_is_a_pointer_and_a_changed_article_is_read_as_it_was(desk: Desk, store: ConversationStore):
    article = desk.library.article(desk.id_of("pont.txt"))
    quoting = Claim.quoting(Evidence(article, 0, len(article.text)))
    begun = store.begin("", QUESTION)
    store.put(begun.id, "", record(1, QUESTION, quoting))
    assert b"Corvenne" not in b"".join(file.read_bytes() for file in desk.data.glob("conversations*"))
    desk.write("pont.txt", "Le pont de Corvenne est fermé.")
    desk.ingest()
    assert claims_of(store.records(begun.id, "")[0], desk) == [quoting]
    assert store.erase_removed(desk.library) == 0


def test_what_answers_cited_an_article_for(desk: Desk, store: ConversationStore):
    claim = claim_about(desk, "pont.txt", "Il a rouvert lundi.")
    for user in ("ada", "bob"):
        begun = store.begin(user, QUESTION)
        store.put(begun.id, user, record(1, f"{user} ?", claim, replace(claim, text="Lundi, donc.")))
    article = claim.evidence[0].article
    assert store.citations_of(article.id, "ada") == (
        Cited(0, len("Le pont de Corvenne a rouvert lundi."), article.content_hash, "ada ?"),
    )
    assert store.citations_of(article.id, "eve") == store.citations_of("nothing", "ada") == ()


def test_no_user_reaches_another_s_conversation(desk: Desk, store: ConversationStore):
    begun = store.begin("ada", QUESTION)
    kept = record(1, QUESTION, claim_about(desk, "pont.txt", "Il a rouvert lundi."))
    store.put(begun.id, "ada", kept)
    assert (store.listed("bob"), store.find(begun.id, "bob"), store.records(begun.id, "bob")) == (
        [],
        None,
        [],
    )
    assert not store.put(begun.id, "bob", record(1, "Autre ?"))
    assert not store.rename(begun.id, "bob", "Volé")
    assert not store.delete(begun.id, "bob")
    store.keep_only(begun.id, "bob", [])
    assert store.find(begun.id, "ada").title == QUESTION
    assert [one.question for one in store.records(begun.id, "ada")] == [QUESTION]


def test_ids_cannot_be_guessed(store: ConversationStore):
    ids = {store.begin("", QUESTION).id for _ in range(20)}
    assert len(ids) == 20
    assert {len(one) for one in ids} == {32}  # 24 random bytes


@pytest.mark.in_a_file
def test_renamed_deleted_and_asked_anew(desk: Desk, store: ConversationStore):
    begun = store.begin("", QUESTION)
    for number in (1, 2, 3):
        store.put(begun.id, "", record(number, f"{number} ?"))
    store.keep_only(begun.id, "", [1, 3])
    assert [one.number for one in store.records(begun.id, "")] == [1, 3]
    assert store.rename(begun.id, "", "Le pont")
    assert [one.title for one in store.listed("")] == ["Le pont"]
    assert store.delete(begun.id, "")
    assert (store.listed(""), store.records(begun.id, "")) == ([], [])
    assert not store.put(begun.id, "", record(4, "4 ?"))
    with closing(sqlite3.connect(desk.data / "conversations.sqlite3")) as db:
        tables = ("conversations", "exchanges", "resting", "citations")
        assert [db.execute(f"SELECT count(*) FROM {name}").fetchone() for name in tables] == [(0,)] * 4


def test_the_one_that_changed_last_comes_first(store: ConversationStore):
    first, second = store.begin("", "Première"), store.begin("", "Seconde")
    assert [one.id for one in store.listed("")] == [second.id, first.id]
    store.put(first.id, "", record(1, QUESTION))
    assert [one.id for one in store.listed("")] == [first.id, second.id]


def test_what_rests_on_a_removed_article_goes(desk: Desk, store: ConversationStore):
    pont = claim_about(desk, "pont.txt", "Canari zqxjkvwyp : il a rouvert.")
    bac = claim_about(desk, "bac.txt", "Pas le dimanche.")
    begun = store.begin("", QUESTION)
    store.put(begun.id, "", record(1, QUESTION, pont, bac))
    article_id = desk.id_of("pont.txt")
    desk.indexer.remove(article_id)
    assert store.erase_removed(desk.library) == 1
    assert store.erase_removed(desk.library) == 0
    assert claims_of(store.records(begun.id, "")[0], desk) == [bac]
    assert store.citations_of(article_id, "") == ()
    desk.indexer.compact()
    store.compact()
    for trace in (b"zqxjkvwyp", article_id.encode()):
        assert desk.containing(trace) == []


def test_a_damaged_article_is_not_a_removed_one(desk: Desk, store: ConversationStore):
    claim = claim_about(desk, "pont.txt", "Il a rouvert.")
    begun = store.begin("", QUESTION)
    store.put(begun.id, "", record(1, QUESTION, claim))
    desk.library.distrust(desk.id_of("pont.txt"))
    assert store.erase_removed(desk.library) == 0
    desk.ingest()  # brings it again
    assert claims_of(store.records(begun.id, "")[0], desk) == [claim]


def test_only_whole_exchanges_are_kept(store: ConversationStore):
    begun = store.begin("", QUESTION)
    store.put(begun.id, "", record(1, "Avant ?"))
    bad = Record(1, "Après ?", {"articles": [["a", None]]})  # fails after the exchange's own row
    with pytest.raises(LibraryError):
        store.put(begun.id, "", bad)
    assert [one.question for one in store.records(begun.id, "")] == ["Avant ?"]


def test_without_leaves_the_rest_as_it_is(make_article: Callable[..., Article]):
    one, two = make_article("Un mot."), make_article("Deux mots.", id="a2")
    writer = AnswerEncoder()
    claims = [
        Claim("Un.", (Evidence(one, 0, 7),)),
        Claim("Deux.", (Evidence(one, 0, 7), Evidence(two, 0, 10))),
    ]
    body = {"claims": [writer.claim(claim) for claim in claims], "articles": writer.articles}
    assert json.loads(json.dumps(body)) == body
    assert without(body, [ArticleVersion("a3", "")]) == body
    left = without(body, [ArticleVersion("a2", two.content_hash)])
    assert left == {"claims": body["claims"][:1], "articles": [["a1", one.content_hash], None]}


@pytest.mark.in_a_file
@pytest.mark.parametrize("number", [0, 2])
def test_a_file_of_an_earlier_format_is_brought_to_the_present_one(desk: Desk, number: int):
    """0: from before formats were numbered; 1 was written by no version, 2 by the one that kept words first.

    `{conversation}` and `{article}` stand for ids; the text that was cited has changed since.
    """
    stored = (FORMATS / f"format-{number}.sql").read_text("utf-8")
    article_id = desk.id_of("pont.txt")
    file = desk.data / "conversations.sqlite3"
    with closing(sqlite3.connect(file)) as db:
        db.executescript(stored.replace("{conversation}", "c1").replace("{article}", article_id))
        assert db.execute("PRAGMA user_version").fetchone() == (number,)
    with closing(ConversationStore(desk.data)) as store:
        assert [(one.id, one.title) for one in store.listed("ada")] == [("c1", "Le pont est-il ouvert ?")]
        first, second = store.records("c1", "ada")
        assert (first.question, second.question) == (
            "Le pont est-il ouvert ?",
            "Depuis quand était-il fermé ?",
        )
        assert first.body["claims"][0]["text"]["words"] == "Il a rouvert lundi."
        assert [cited.start for cited in store.citations_of(article_id, "ada")] == [0]
        wanting = [1, 2] if number == 0 else [2]
        assert [one.number for one in store.without_words("ada")["c1"]] == wanting
        store.put("c1", "ada", record(3, "Et ensuite ?"))
        assert [one.number for one in store.records("c1", "ada")] == [1, 2, 3]
    with closing(sqlite3.connect(file)) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (len(STEPS),)


@pytest.mark.in_a_file
def test_a_file_of_a_later_version_is_refused(desk: Desk):
    ConversationStore(desk.data).close()
    with closing(sqlite3.connect(desk.data / "conversations.sqlite3")) as db:
        db.execute(f"PRAGMA user_version = {len(STEPS) + 1}")
    with pytest.raises(LibraryError, match="made by another version"):
        ConversationStore(desk.data)
