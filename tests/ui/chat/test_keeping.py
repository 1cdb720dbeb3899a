"""A conversation that can't be kept is kept as soon as it can be, and until then its reader is told."""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from desk import Desk

from rag.conversation.store import ConversationStore
from rag.schema.answer import Answer
from rag.schema.events import Event, HitsFound
from rag.schema.evidence import Claim, Evidence
from rag.schema.question import Question
from ui.chat import conversations as keeping
from ui.chat.chat import Chat
from ui.chat.conversations import Conversations
from ui.rendering.updates import Update
from ui.session.session import Session

UNKEPT = "n'a pas encore pu être enregistrée".replace("'", "&#39;")


class Quoting:
    """A chain that quotes one article, whatever it is asked."""

    at_once, is_loaded = 1, True

    def __init__(self, desk: Desk) -> None:
        self.article = desk.library.article(desk.id_of("pont.txt"))

    async def astream(self, question: Question) -> AsyncIterator[Event]:
        yield HitsFound((), question.text)
        claim = Claim.quoting(Evidence(self.article, 0, 10))
        yield Answer(question.text, question.text, "fr", "answered", (claim,))


class House:
    def __init__(self, folder: Path) -> None:
        self.desk = Desk(folder)
        self.desk.write("pont.txt", "Le pont de Corvenne a rouvert lundi.")
        self.desk.ingest()
        self.store = ConversationStore(self.desk.data)
        self.conversations = Conversations(self.store, self.desk.library)
        self.chat = Chat(Quoting(self.desk))

    def close(self) -> None:
        self.store.close()
        self.desk.close()

    async def ask(self, words: str, session: Session) -> list[Update]:
        updates = self.chat.ask(words, session)
        return [update async for update in self.conversations.run(updates, session, "page")]

    def kept(self) -> list[str]:
        """The questions on the disk, of all conversations."""
        return [record.question for one in self.store.listed("") for record in self.store.records(one.id, "")]

    @contextmanager
    def full(self) -> Iterator[None]:
        """The file takes nothing for as long as this lasts, as on a disk that is full or protected."""
        for on in (True, False):
            with self.store._db.connection() as db:
                db.execute(f"PRAGMA query_only = {on}")
            if on:
                yield


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with closing(House(tmp_path)) as house:
        yield house


async def test_a_conversation_begun_on_a_full_disk_is_kept_with_the_next_question(house: House):
    session = Session("fr", "")
    with house.full():
        updates = await house.ask("Quand ?", session)
        assert house.kept() == []
        assert session.unkept
        assert UNKEPT in updates[-1].current
        assert session.last.answer is not None  # which matters more
    updates = await house.ask("Et qui ?", session)
    assert house.kept() == ["Quand ?", "Et qui ?"]
    assert not session.unkept
    assert UNKEPT not in updates[-1].current


async def test_it_is_kept_by_itself_once_there_is_room(house: House, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(keeping, "AGAIN", 0.01)
    session = Session("fr", "")
    with house.full():
        await house.ask("Quand ?", session)
        await asyncio.sleep(0.1)
        assert house.kept() == []
    while session.unkept:
        await asyncio.sleep(0.01)
    assert house.kept() == ["Quand ?"]


async def test_one_that_was_kept_before_the_disk_was_full_gets_what_it_lacks(house: House):
    session = Session("fr", "")
    await house.ask("Quand ?", session)
    with house.full():
        await house.ask("Et qui ?", session)
        await house.ask("Et où ?", session)
        assert house.kept() == ["Quand ?"]
    await house.ask("Et pourquoi ?", session)
    assert house.kept() == ["Quand ?", "Et qui ?", "Et où ?", "Et pourquoi ?"]


async def test_one_that_was_deleted_meanwhile_is_not_begun_again(house: House):
    session = Session("fr", "")
    await house.ask("Quand ?", session)
    house.store.delete(session.conversation, "")
    await house.ask("Et qui ?", session)
    assert house.kept() == []


async def test_nobody_tries_for_a_conversation_that_nobody_has_open(
    house: House, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(keeping, "AGAIN", 0.01)
    monkeypatch.setattr(keeping, "AGAIN_AT_MOST", 0.01)
    before = asyncio.all_tasks()
    with house.full():
        await house.ask("Quand ?", Session("fr", ""))
        for _ in range(300):
            if asyncio.all_tasks() <= before:
                break
            gc.collect()
            await asyncio.sleep(0.01)
        assert asyncio.all_tasks() <= before


async def test_one_that_could_just_begin_before_the_disk_was_full_goes_on(house: House):
    session, begin = Session("fr", ""), house.store.begin

    def begin_and_fill(*said: str) -> object:
        begun = begin(*said)
        with house.store._db.connection() as db:
            db.execute("PRAGMA query_only = True")
        return begun

    house.store.begin = begin_and_fill
    await house.ask("Quand ?", session)
    assert (session.unkept, house.kept()) == (True, [])
    with house.store._db.connection() as db:
        db.execute("PRAGMA query_only = False")
    house.store.begin = begin
    await house.ask("Et qui ?", session)
    assert (session.unkept, house.kept()) == (False, ["Quand ?", "Et qui ?"])


async def test_who_is_refused_is_told_before_anything_is_written_and_finds_it_kept(
    house: House, monkeypatch: pytest.MonkeyPatch
):
    """What is written takes its time on a busy disk, and the refusal doesn't wait for it."""
    house.chat.line.close()
    session, done, written = Session("fr", ""), [], house.conversations._write

    def slow(*given: object) -> None:
        time.sleep(0.2)
        written(*given)
        done.append("kept")

    monkeypatch.setattr(house.conversations, "_write", slow)
    updates = house.conversations.run(house.chat.ask("Quand ?", session), session, "page")
    async for update in updates:
        done.append(update)
    first, *between, last = [one for one in done if one != "kept"]
    assert done.index("kept") > done.index(first)
    assert "s&#39;arrête" in first.current
    assert first.busy is False
    assert [update.box for update in (first, *between, last)] == ["", *(None for _ in (*between, last))]
    assert last.past is not None  # drawn whole once more: the list has it now
    assert (house.kept(), bool(session.conversation)) == (["Quand ?"], True)


async def test_a_refusal_in_the_middle_is_told_at_once_and_kept_too(house: House):
    session = Session("fr", "")
    await house.ask("Quand ?", session)
    house.chat.line.close()
    first, *_ = await house.ask("Et qui ?", session)
    assert "s&#39;arrête" in first.current
    assert house.kept() == ["Quand ?", "Et qui ?"]
