"""An answer that is kept stays by itself, as pointers, whatever becomes of its conversation."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from rag.conversation import kept as kept_module
from rag.conversation.kept import KeptAnswers, origin_of
from rag.conversation.serialization import ArticleVersion
from rag.conversation.store import FILE_NAME, ConversationStore, Pointer, Record
from rag.errors import UserError
from rag.storage.database import Place

BODY = {"articles": [["a1", "h"]], "answer": None}
RECORD = Record(3, "Combien ?", BODY, (Pointer(ArticleVersion("a1", "h"), 2, 9),), "combien")
ORIGIN = origin_of("c1", 3)


@pytest.fixture
def store(place: Place) -> Iterator[ConversationStore]:
    with closing(ConversationStore(place)) as store:
        yield store


def test_a_kept_answer_outlives_its_conversation_and_is_in_no_list_of_them(store):
    begun = store.begin("ada", "Combien ?")
    assert store.put(begun.id, "ada", RECORD)
    kept_id = KeptAnswers(store).keep("ada", ORIGIN, RECORD)
    assert KeptAnswers(store).keep("ada", ORIGIN, RECORD) == kept_id
    assert [one.id for one in store.listed("ada")] == [begun.id]
    assert store.having("ada", "combien") == {begun.id}
    assert (store.count(), store.find(kept_id, "ada")) == (1, None)
    assert store.delete(begun.id, "ada")
    (one,) = KeptAnswers(store).listed("ada")
    assert (one.id, one.record.question, one.record.body, one.record.citations) == (
        kept_id,
        "Combien ?",
        BODY,
        RECORD.citations,
    )
    assert KeptAnswers(store).listed("bob") == []
    # What it cites is told in the reader, as of any answer.
    assert [cited.question for cited in store.citations_of("a1", "ada")] == ["Combien ?"]


def test_its_note_changes_and_a_deletion_is_undone(store):
    kept = KeptAnswers(store)
    kept_id = kept.keep("ada", ORIGIN, RECORD)
    kept.change(kept_id, "ada", "à relire")
    for act in (lambda: kept.change(kept_id, "bob", "x"), lambda: kept.delete(kept_id, "bob")):
        with pytest.raises(UserError):
            act()
    deleted = kept.delete(kept_id, "ada")
    assert kept.listed("ada") == []
    with pytest.raises(UserError):
        kept.delete(kept_id, "ada")
    kept.put_back(deleted, "ada")
    kept.put_back(deleted, "ada")
    (one,) = kept.listed("ada")
    assert (one.words, one.record.body, one.record.citations) == ("à relire", BODY, RECORD.citations)


def test_notes_are_found_by_what_was_kept_and_by_nobody_else(store):
    kept = KeptAnswers(store)
    kept.change(kept.keep("ada", ORIGIN, RECORD), "ada", "à relire")
    kept.keep("ada", origin_of("c1", 4), RECORD)  # without a note
    wanted = [ORIGIN, origin_of("c1", 4), origin_of("c2", 3)]
    assert kept.words_on("ada", wanted) == {ORIGIN: "à relire"}
    assert kept.words_on("bob", wanted) == kept.words_on("ada", []) == {}


def test_what_a_user_kept_goes_with_them_and_nothing_else(store, monkeypatch):
    kept = KeptAnswers(store)
    store.begin("ada", "reste")
    kept.keep("ada", ORIGIN, RECORD)
    kept.keep("bob", ORIGIN, RECORD)
    assert kept.forget_user("ada") == 1
    assert (len(kept.listed("ada")), len(kept.listed("bob")), len(store.listed("ada"))) == (0, 1, 1)
    monkeypatch.setattr(kept_module, "MOST", 1)
    with pytest.raises(UserError):
        kept.keep("bob", origin_of("c2", 1), RECORD)


@pytest.mark.in_a_file
def test_conversations_of_an_earlier_version_take_kept_answers(tmp_path):
    with closing(ConversationStore(tmp_path)) as store:
        store.begin("ada", "avant")
    with closing(sqlite3.connect(tmp_path / FILE_NAME)) as db:
        db.execute("DROP TABLE kept_answers")
    with closing(ConversationStore(tmp_path)) as store:
        KeptAnswers(store).keep("ada", ORIGIN, RECORD)
        assert [one.title for one in store.listed("ada")] == ["avant"]
