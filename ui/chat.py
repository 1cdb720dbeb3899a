"""What happens when the reader asks: the chain's events become updates of the page.

Knows the chain's events and sessions; knows no widget. The chain must be a Runnable whose `astream`
can be closed at any time.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from dataclasses import replace

from langchain_core.runnables import Runnable

from rag.errors import SourcierError
from rag.events import Event
from rag.question import Question
from ui.exchange import Exchange, Stage, advance, fail
from ui.i18n import text
from ui.session import Session, Update

log = logging.getLogger(__name__)

# Answers in progress at once. On two cores a second one only makes the first slower; more wait.
CONCURRENT_ANSWERS = 2
PAUSE = 1.0  # seconds


class Chat:
    """Answers the questions of every session with one chain, a few at a time."""

    def __init__(self, chain: Runnable[Question, Event]) -> None:
        self._chain = chain
        self._places = asyncio.Semaphore(CONCURRENT_ANSWERS)

    async def ask(self, words: str, session: Session) -> AsyncIterator[Update]:
        """The page's updates from the question to its answer. Closing this closes the chain's stream.

        What is being answered is asked only once, however often Enter is pressed.
        """
        question, last = words.strip(), session.last
        if not question or (last is not None and last.unfinished and last.question == question):
            yield Update()  # Gradio empties every widget after a generator that gave nothing
            return
        exchange = session.begin(question, self._first_stage())
        yield replace(session.page(), asked=True)
        async with aclosing(self._answer(exchange, session)) as updates:
            async for update in updates:
                yield update

    async def ask_again(
        self, number: int, session: Session, unfiltered: bool = False
    ) -> AsyncIterator[Update]:
        """The same for the last question, of all dates now, or (`unfiltered`) without the filters; nothing
        if it isn't turn `number` any more."""
        exchange = session.begin_again(number, self._first_stage(), unfiltered)
        if exchange is None:
            yield Update()
            return
        yield session.page()
        async with aclosing(self._answer(exchange, session)) as updates:
            async for update in updates:
                yield update

    def _first_stage(self) -> Stage:
        return "waiting" if self._places.locked() else "searching"

    async def _answer(self, exchange: Exchange, session: Session) -> AsyncIterator[Update]:
        try:
            async with aclosing(self._steps(exchange, session)) as steps:
                async for update in steps:
                    yield update
        except SourcierError as error:
            self._fail(session, exchange.number, error.text(session.language))
        except Exception:
            log.exception("the question could not be answered")
            self._fail(session, exchange.number, text("failed_unexpectedly", session.language))
        # What was stopped, cleared or asked anew has been drawn by what did it.
        if session.last is not None and session.last.number == exchange.number:
            yield session.page()

    async def _steps(self, exchange: Exchange, session: Session) -> AsyncIterator[Update]:
        question = Question(
            exchange.question, session.history, exchange.filters, infer_dates=exchange.infer_dates
        )
        async with aclosing(_with_pauses(self._events(question), session)) as events:
            async for event in events:
                if event is None:
                    yield Update()
                    continue
                before = exchange
                if isinstance(event, _Begun):
                    exchange = replace(before, stage="searching")
                else:
                    exchange = advance(before, event)
                if not session.put(before, exchange):
                    return
                yield session.progress(before, exchange)
        if session.last is exchange and exchange.answer is None:
            raise RuntimeError("the chain ended without an answer")

    async def _events(self, question: Question) -> AsyncGenerator[Event | _Begun]:
        """The chain's events, once there is a place."""
        async with self._places:
            yield _Begun()
            async with aclosing(self._chain.astream(question)) as events:
                async for event in events:
                    yield event

    def _fail(self, session: Session, number: int, error: str) -> None:
        last = session.last
        if last is not None and last.number == number and last.unfinished:
            session.put(last, fail(last, error))


class _Begun:
    """The question has its place: the chain has begun."""


async def _with_pauses(
    events: AsyncGenerator[Event | _Begun], session: Session
) -> AsyncIterator[Event | _Begun | None]:
    """The events, and None after every second without one. Closing this closes them; `session.stop` too.

    A page that was closed is only noticed when it is sent something, and a model may read for long before
    its first word: without the pauses it would go on reading for nobody.
    """
    ready: asyncio.Queue[Event | _Begun | None] = asyncio.Queue()

    async def pump() -> None:
        async with aclosing(events):
            async for event in events:
                ready.put_nowait(event)

    pumping = asyncio.create_task(pump())
    session.runs(pumping)
    pumping.add_done_callback(lambda _: ready.put_nowait(None))
    try:
        while not (pumping.done() and ready.empty()):
            try:
                event = await asyncio.wait_for(ready.get(), PAUSE)
            except TimeoutError:
                yield None
                continue
            if event is not None:
                yield event
        if not pumping.cancelled():
            pumping.result()
    finally:
        pumping.cancel()
        await asyncio.wait([pumping])
