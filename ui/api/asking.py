"""A program's question in the line that it shares with the page, answered unless the program hangs up."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Coroutine
from contextlib import aclosing
from typing import Any, TypeVar

from starlette.requests import Request

from rag.errors import panics_as_errors
from rag.schema.answer import Answer
from rag.schema.question import Question
from ui.api.access import Caller
from ui.api.errors import GoneError
from ui.chat.admission import stopping
from ui.chat.line import QuestionLine, Step, with_pauses

PAUSE = 10.0  # seconds without anything new after which a stream says that it goes on
_Made = TypeVar("_Made")


async def steps_of(line: QuestionLine, caller: Caller, question: Question) -> AsyncGenerator[Step | None]:
    """Yield what becomes of a question, and None after each pause. Closing this stops the model.

    Raises:
        UserError: The question can't be asked, too many wait, or the server is stopping.
    """
    is_answered = False
    async with caller.turns:
        with panics_as_errors(), line.admission.entered():
            async with aclosing(with_pauses(line.steps(question), PAUSE, line.runs)) as steps:
                async for step in steps:
                    is_answered = is_answered or isinstance(step, Answer)
                    yield step
            if not is_answered:
                raise stopping()


async def answer_of(line: QuestionLine, caller: Caller, question: Question, request: Request) -> Answer:
    """Return the answer to a question, unless whoever asked hangs up.

    Raises:
        UserError: The question can't be asked, or too many wait.
        GoneError: Whoever asked has hung up; the model was stopped.
    """

    async def last() -> Answer:
        async with aclosing(steps_of(line, caller, question)) as steps:
            async for step in steps:
                if isinstance(step, Answer):
                    return step
        raise RuntimeError("the chain ended without an answer")

    return await unless_gone(request, last())


async def unless_gone(request: Request, work: Coroutine[Any, Any, _Made]) -> _Made:
    """Return what work gives; it is cancelled once whoever asked has hung up, or this is.

    The request's body has to have been read.

    Raises:
        GoneError: They have.
    """
    working, leaving = asyncio.create_task(work), asyncio.create_task(_left(request))
    try:
        await asyncio.wait({working, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            return working.result()
        raise GoneError
    finally:
        for task in (working, leaving):
            task.cancel()
        await asyncio.wait({working, leaving})


async def _left(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        continue
