"""What happens when the reader asks: the chain's events become updates of the page.

Knows the chain's events and sessions; knows no widget.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import replace

from rag.errors import SourcierError, panics_as_errors
from rag.observability import request_id
from rag.runnable.chain import Chain
from rag.schema.question import Question
from ui.chat.admission import Admission
from ui.chat.line import QuestionLine, QuestionsAhead, Step, with_pauses
from ui.formatting.i18n import text
from ui.rendering.updates import Update, page_update, step_update
from ui.session import exchange as exchanges
from ui.session.exchange import Exchange, advance, fail
from ui.session.session import Session

log = logging.getLogger(__name__)

PAUSE = 1.0  # seconds
SLOW = 4  # pauses without anything new before the page says why


class Chat:
    """Answers the questions of every session with one chain: searches at once, answers as the model can."""

    def __init__(self, chain: Chain) -> None:
        self._chain = chain
        self.questions = QuestionLine(chain)
        self._admission = self.questions.admission

    @property
    def line(self) -> Admission:
        """Who waits, and who is being answered."""
        return self._admission

    @property
    def is_crowded(self) -> bool:
        """Whether somebody waits for an answer to another question."""
        return self._admission.is_crowded

    async def ask(self, words: str, session: Session) -> AsyncIterator[Update]:
        """Yield the page's updates from the question to its answer. Closing this closes the chain's stream.

        What is being answered is asked only once, however often Enter is pressed.
        """
        question, last = words.strip(), session.last
        if not question or (last is not None and last.unfinished and last.question == question):
            yield Update()  # Gradio empties every widget after a generator that gave nothing
            return
        exchange = session.begin(question)
        async with aclosing(self._answered(exchange, session, emptied=True)) as updates:
            async for update in updates:
                yield update

    async def ask_again(
        self, number: int, session: Session, unfiltered: bool = False
    ) -> AsyncIterator[Update]:
        """Yield the same for the last question, of all dates now, or (`unfiltered`) without the filters.

        Nothing if it isn't turn `number` any more.
        """
        exchange = session.begin_again(number, unfiltered=unfiltered)
        async with aclosing(self._answered(exchange, session)) as updates:
            async for update in updates:
                yield update

    async def retry(self, number: int, session: Session) -> AsyncIterator[Update]:
        """Yield the same for the last question, for an answer made anew."""
        async with aclosing(self._answered(session.retry(number), session)) as updates:
            async for update in updates:
                yield update

    async def _answered(
        self, exchange: Exchange | None, session: Session, emptied: bool = False
    ) -> AsyncIterator[Update]:
        if exchange is None:
            yield Update()
            return
        box = "" if emptied else None  # until the page was told, as the reader may write on
        try:
            # Before anything is drawn or searched: what is refused costs nothing, and is told at once.
            with panics_as_errors(), self._admission.entered():
                yield replace(page_update(session), box=box)
                box = None
                async with aclosing(self._steps(exchange, session)) as steps:
                    async for update in steps:
                        yield update
        except SourcierError as error:
            self._fail(session, exchange.number, error.text(session.language))
        except Exception:
            log.exception("the question could not be answered")
            said = text("failed_unexpectedly", session.language, reference=request_id.current())
            self._fail(session, exchange.number, said)
        # What was stopped, cleared or asked anew has been drawn by what did it.
        if session.last is not None and session.last.number == exchange.number:
            yield replace(page_update(session), box=box)

    async def _steps(self, exchange: Exchange, session: Session) -> AsyncIterator[Update]:
        question = Question(
            exchange.question,
            session.history,
            exchange.filters,
            exchange.infer_dates,
            exchange.fresh,
            session.language,
        )
        silent = 0
        async with aclosing(with_pauses(self.questions.steps(question), PAUSE, session.runs)) as events:
            async for event in events:
                silent = silent + 1 if event is None else 0
                before, exchange = exchange, self._after(exchange, event, silent)
                if exchange is before:
                    # Said again: what a page is told while it loads may come late, and switch stopping off.
                    yield Update(busy=True)
                    continue
                if not session.put(before, exchange):
                    return
                yield step_update(session, before, exchange)
        if session.last is exchange and exchange.answer is None:
            raise RuntimeError("the chain ended without an answer")

    def _after(self, before: Exchange, event: Step | None, silent: int) -> Exchange:
        """Return the exchange after an event, or after `silent` pauses without one."""
        if isinstance(event, QuestionsAhead):
            return exchanges.waiting(before, event.questions)
        if event is not None:
            return advance(before, event)
        why = self._why(before) if silent >= SLOW else before.why
        return before if why == before.why else replace(before, why=why)

    def _why(self, exchange: Exchange) -> str:
        """Return the word for what takes so long; a place in the line says it by itself."""
        if exchange.stage == "waiting":
            return exchange.why
        return f"why_{exchange.stage}" if self._chain.is_loaded else "why_loading"

    def _fail(self, session: Session, number: int, error: str) -> None:
        last = session.last
        if last is not None and last.number == number and last.unfinished:
            session.put(last, fail(last, error))
