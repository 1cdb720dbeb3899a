"""Questions on their way through the chain: let in, searched at once, answered as the model can.

One line for whoever asks, on the page or by a program. Knows the chain's events; no page and no session. The
chain must be a Runnable whose `astream` does nothing while nobody asks it for more, and can be closed at any
time.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import AsyncExitStack, aclosing
from dataclasses import dataclass

from rag.runnable.chain import Chain
from rag.schema.events import Event, EvidenceChosen, RewritingNeeded
from rag.schema.question import Question
from ui.chat.admission import Admission
from ui.chat.queue import ModelQueue

CONCURRENT_ANSWERS = 2  # that a model writes at once, if it doesn't say how many; more wait


@dataclass(frozen=True, slots=True)
class QuestionsAhead:
    """How many questions are before this one; with none its answer begins."""

    questions: int


Step = Event | QuestionsAhead


class QuestionLine:
    """Who waits for the model. `admission` says who is let in, and is entered by whoever asks."""

    def __init__(self, chain: Chain) -> None:
        self._chain = chain
        places = chain.at_once or CONCURRENT_ANSWERS
        self._queue = ModelQueue(places)
        self.admission = Admission(places)
        self._programs: set[asyncio.Task] = set()

    def runs(self, task: asyncio.Task) -> None:
        """Take note of what a program's question runs in; the pages' sessions know theirs."""
        self._programs.add(task)
        task.add_done_callback(self._programs.discard)

    def end(self) -> None:
        """Let nobody in any more, and give up what programs have asked."""
        self.admission.close()
        for task in tuple(self._programs):
            task.cancel()

    async def steps(self, question: Question) -> AsyncGenerator[Step]:
        """Yield the chain's events.

        What is found comes at once: only the model has to be waited for, to answer or, before anything is
        searched, to put a follow-up into other words. It has its turn once, for both.
        """
        turns = None
        async with AsyncExitStack() as open_:
            events = await open_.enter_async_context(aclosing(self._chain.astream(question)))
            async for event in events:
                yield event
                if turns is None and isinstance(event, RewritingNeeded | EvidenceChosen):
                    # The chain has not asked the model yet: it does nothing until it is asked for more.
                    turns = await open_.enter_async_context(aclosing(self._queue.turn()))
                    async for before in turns:
                        yield QuestionsAhead(before)
                        if before == 0:
                            break


async def with_pauses(
    steps: AsyncGenerator[Step], pause: float, runs: Callable[[asyncio.Task], None] = lambda _: None
) -> AsyncIterator[Step | None]:
    """Yield the steps, and None after every `pause` seconds without one.

    Closing this closes them; `runs` is given the task that they run in, which may be cancelled too.

    Whoever has gone is only noticed when they are sent something, and a model may read for long before its
    first word: without the pauses it would go on reading for nobody.
    """
    ready: asyncio.Queue[Step | None] = asyncio.Queue()

    async def pump() -> None:
        async with aclosing(steps):
            async for step in steps:
                ready.put_nowait(step)

    pumping = asyncio.create_task(pump())
    runs(pumping)
    pumping.add_done_callback(lambda _: ready.put_nowait(None))
    try:
        while not (pumping.done() and ready.empty()):
            try:
                step = await asyncio.wait_for(ready.get(), pause)
            except TimeoutError:
                yield None
                continue
            if step is not None:
                yield step
        if not pumping.cancelled():
            pumping.result()
    finally:
        pumping.cancel()
        await asyncio.wait([pumping])
