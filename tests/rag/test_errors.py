"""Native code that panics is an error like any other, whoever called it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest
import tantivy
from desk import Desk

from rag.engine.factory import build_chain
from rag.errors import LibraryError, NativePanicError, panics_as_errors
from rag.index.term_index import TermIndex
from rag.schema.events import Event
from rag.schema.question import Question
from ui.chat.chat import Chat
from ui.session.session import Session


def panic(*_: object, **__: object) -> None:
    """Have tantivy panic: it takes no limit of 0."""
    index = tantivy.Index(tantivy.SchemaBuilder().build())
    index.searcher().search(tantivy.Query.all_query(), limit=0)


def test_a_panic_is_no_exception_and_becomes_one():
    with pytest.raises(BaseException) as raised:
        panic()
    assert not isinstance(raised.value, Exception)
    with pytest.raises(NativePanicError, match="Limit must be greater than 0"), panics_as_errors():
        panic()
    for stop in (KeyboardInterrupt, asyncio.CancelledError, GeneratorExit, SystemExit):
        with pytest.raises(stop), panics_as_errors():
            raise stop


def test_the_term_index_tells_a_panic_in_one_sentence(tmp_path: Path):
    with pytest.raises(LibraryError, match=r"the term index can't be read \(.*greater than 0.*\)"):
        TermIndex(tmp_path).search(["pont"], 0)


async def test_a_question_ends_when_native_code_panics(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """It stayed under way for ever."""
    with closing(Desk(tmp_path)) as desk:
        desk.write("pont.txt", "Le pont de Corvenne a rouvert lundi.")
        desk.ingest()
        monkeypatch.setattr(type(desk.parts.terms), "search", panic)
        session = Session("fr", "")
        chat = Chat(build_chain(desk.parts, None))
        assert [update async for update in chat.ask("Quand rouvre le pont ?", session)]
        assert session.last.stage == "failed"
        assert session.last.error.startswith("Une erreur inattendue")


class Panicking:
    """A chain whose own code panics."""

    at_once, is_loaded = 1, True

    async def astream(self, _question: Question) -> AsyncIterator[Event]:
        panic()
        yield


async def test_so_it_does_wherever_that_happens():
    session = Session("fr", "")
    assert [update async for update in Chat(Panicking()).ask("Quand ?", session)]
    assert session.last.stage == "failed"
