"""Conversations are searched in words that are kept with them: no article is read for it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from desk import Desk
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from rag.conversation.store import ConversationStore
from rag.library.library import Library
from rag.schema.answer import Answer
from rag.schema.article import Article
from rag.schema.evidence import Claim, Evidence
from rag.text.normalization import fold
from ui.chat import serialization
from ui.chat.conversations import Conversations, title_of
from ui.session.exchange import Exchange

FERRY = "Le bac de Valmorin ne circulera plus le dimanche."


class CountingLibrary(Library):
    """A library that counts how often articles are read out of it."""

    reads = 0

    def articles(self, ids: Sequence[str] | None = None) -> list[Article]:
        self.reads += 1
        return super().articles(ids)


class House:
    """A library of two articles, and conversations about them."""

    def __init__(self, folder: Path) -> None:
        self.desk = Desk(folder)
        self.desk.write("pont.txt", "Le pont de Corvenne a rouvert lundi.")
        self.desk.write("bac.txt", FERRY)
        self.desk.ingest()
        self.library = CountingLibrary(self.desk.data)
        self.store = ConversationStore(self.desk.data)
        self.conversations = Conversations(self.store, self.library)

    def close(self) -> None:
        for one in (self.store, self.library, self.desk):
            one.close()

    def begin(self, question: str, user: str = "") -> str:
        return self.store.begin(user, title_of(question)).id

    def keep(self, conversation: str, number: int, question: str, words: str, user: str = "") -> None:
        """Keep an exchange that answers `words`, and rests on the article about the ferry."""
        article = self.desk.library.article(self.desk.id_of("bac.txt"))
        claim = Claim(words, (Evidence(article, 0, len(article.text)),))
        answer = Answer(question, question, "fr", "answered", (claim,))
        exchange = Exchange(number, question, "answered", answer=answer)
        self.store.put(conversation, user, serialization.record(exchange, ()))

    def found(self, words: str, user: str = "") -> tuple[list[str], int]:
        """What a search lists, and how often it read articles."""
        before = self.library.reads
        listed = [one.id for one in self.conversations.listed(user, words)]
        return listed, self.library.reads - before

    def forget(self) -> None:
        """The store as a version left it that kept no words."""
        with self.store.transaction() as db:
            db.execute("DROP TABLE said")
            db.execute("PRAGMA user_version = 1")
        self.store.close()
        self.store = ConversationStore(self.desk.data)
        self.conversations = Conversations(self.store, self.library)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with closing(House(tmp_path)) as house:
        yield house


def test_a_search_reads_no_article(house: House):
    ids = [house.begin(f"Question {n} ?") for n in range(3)]
    for conversation in ids:
        house.keep(conversation, 1, "Le bac circule-t-il ?", "Il ne circule plus : FERMÉ.")
    found, reads = house.found("ferme circule")
    assert (sorted(found), reads) == (sorted(ids), 0)
    assert house.found("introuvable") == ([], 0)


def test_conversations_of_a_version_that_kept_no_words_are_read_once(house: House):
    first, second = house.begin("Un ?"), house.begin("Deux ?")
    house.keep(first, 1, "Le bac circule-t-il ?", "Il ne circule plus.")
    house.keep(second, 1, "Et le dimanche ?", "Le dimanche non plus.")
    house.forget()
    found, reads = house.found("CIRCULE")
    assert (found, reads > 0) == ([first], True)
    assert house.found("dimanche non") == ([second], 0)


def test_words_may_stand_in_the_title_and_in_several_exchanges(house: House):
    conversation = house.begin("Le pont ?")
    house.keep(conversation, 1, "Qui ?", "Personne.")
    house.keep(conversation, 2, "Quand ?", "Jamais.")
    assert house.found("pont personne jamais quand") == ([conversation], 0)
    house.store.keep_only(conversation, "", [1])
    assert house.found("jamais") == ([], 0)
    house.store.rename(conversation, "", "Élections")
    assert house.found("elections qui") == ([conversation], 0)


def test_nobody_searches_another_s_conversations(house: House):
    conversation = house.begin("Le bac ?", "ada")
    house.keep(conversation, 1, "Le bac circule-t-il ?", "Il ne circule plus.", "ada")
    assert house.found("circule", "ada") == ([conversation], 0)
    assert house.found("circule", "bob") == house.found("circule") == ([], 0)
    house.forget()
    assert house.found("circule", "bob") == ([], 0)
    assert house.found("circule", "ada")[0] == [conversation]


def test_words_that_rest_on_a_removed_article_are_not_found_and_go_from_the_disk(house: House):
    conversation = house.begin("Le bac ?")
    house.keep(conversation, 1, "Circule-t-il ?", "Canari zqxjkvwyp.")
    assert house.found("zqxjkvwyp") == ([conversation], 0)
    house.desk.indexer.remove(house.desk.id_of("bac.txt"))
    assert house.found("zqxjkvwyp")[0] == []
    assert house.found("circule-t-il")[0] == [conversation]
    house.store.erase_removed(house.library)
    house.store.compact()
    assert house.desk.containing(b"zqxjkvwyp") == []
    assert house.found("circule-t-il")[0] == [conversation]
    assert house.found("circule-t-il") == ([conversation], 0)


def test_words_come_back_with_an_article_that_was_damaged(house: House):
    conversation = house.begin("Le bac ?")
    house.keep(conversation, 1, "Circule-t-il ?", "Canari.")
    house.desk.library.distrust(house.desk.id_of("bac.txt"))
    assert house.found("canari")[0] == []
    house.desk.ingest()  # brings it again
    assert house.found("canari")[0] == [conversation]
    assert house.found("canari") == ([conversation], 0)


WORDS = st.text(st.sampled_from("abÉé'’ -ß\0%_\u0301 \ud800"), max_size=8)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@example(said=[("\ud800", "")], title="", asked="\ud800", old=False)
@example(said=[("", "\ud800")], title="\ud800", asked="\ud800", old=True)
@given(said=st.lists(st.tuples(WORDS, WORDS), max_size=3), title=WORDS, asked=WORDS, old=st.booleans())
def test_a_search_finds_what_reading_everything_would(
    house: House, said: list[tuple[str, str]], title: str, asked: str, old: bool
):
    for one in house.store.listed(""):
        house.store.delete(one.id, "")
    conversation = house.store.begin("", title)
    for number, (question, answer) in enumerate(said, start=1):
        house.keep(conversation.id, number, question, answer)
    if old:
        house.forget()
    exchanges = house.conversations.exchanges_of(conversation.id, "")
    # Half a surrogate pair is kept as a question mark, in what is said and in what is asked.
    shown = " ".join([conversation.title, *(f"{e.question} {e.shown.text}" for e in exchanges)])
    whole, wanted = (fold(words.encode("utf-8", "replace").decode()) for words in (shown, asked))
    assert house.found(asked)[0] == [conversation.id] * all(word in whole for word in wanted.split())


def test_an_unfinished_exchange_is_found_by_what_stands_of_it(house: House):
    conversation = house.begin("Le bac ?")
    house.store.put(conversation, "", serialization.record(Exchange(1, "Circule-t-il ?"), ()))
    assert house.found("circule-t-il") == ([conversation], 0)
    other = replace(Exchange(1, "Vogue-t-il ?"), stage="stopped")
    house.store.put(conversation, "", serialization.record(other, ()))
    assert house.found("circule-t-il") == ([], 0)
