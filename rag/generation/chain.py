"""The pipeline from question to Answer as a LangChain Runnable: `invoke`, `stream`, `batch`, `|`, callbacks.

Knows how events are handed out, and the life of the parts; `rag.generation.pipeline` knows what is done.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import aclosing
from dataclasses import replace
from typing import Any

from anyio.from_thread import start_blocking_portal
from langchain_core.runnables import Runnable, RunnableConfig
from langchain_core.runnables.config import patch_config

from rag.generation import prompts
from rag.generation.pipeline import Components, Options, Pipeline
from rag.library.library import Library
from rag.observability.question_run import QuestionRun, RunSink, recorded
from rag.query import intent
from rag.schema.answer import Answer
from rag.schema.events import Event
from rag.schema.question import Question


class Chain(Runnable[str | Question, Event]):
    """Answers questions from the library. Input: a string, or a Question with history and filters.

    `stream` gives HitsFound, EvidenceChosen, TokenDrafted and ClaimChecked as they come, and last the
    Answer; `invoke` gives the Answer alone. RewritingNeeded comes first, before the model is asked to reword
    a follow-up that leans on an answer. Small talk gets its Answer at once and no other event.
    UserError for an empty question or an empty library.
    """

    def __init__(self, components: Components, options: Options, sinks: Sequence[RunSink] = ()) -> None:
        """Join the parts; `sinks` are told of each question when it has ended."""
        self._sinks = tuple(sinks)
        self._components = components
        self._pipeline = Pipeline(components, options)

    @property
    def library(self) -> Library:
        """The library that is asked."""
        return self._components.library

    @property
    def model_name(self) -> str:
        """The chat model's name, or `none` when evidence is quoted without one."""
        return self._components.model_name

    @property
    def is_loaded(self) -> bool:
        """Whether the chat model could begin at once; models that don't say so are taken to."""
        return getattr(self._components.chat_model, "is_loaded", True)

    @property
    def at_once(self) -> int | None:
        """How many requests the chat model works on at the same time; None if it doesn't say."""
        return getattr(self._components.chat_model, "at_once", None)

    def warm_up(self, language: str) -> None:
        """Load the models and read the fixed prompt of `language`, so that the first answer is quick."""
        intent.load()
        self._components.embedder.embed_queries(["?"])
        if self._components.reader is not None:
            self._components.reader.load()
        if hasattr(self._components.chat_model, "warm_up"):
            self._components.chat_model.warm_up(prompts.prefix(language))

    def forget(self) -> None:
        """Drop the answers that are kept for being asked again."""
        self._pipeline.forget()

    def stop(self) -> None:
        """Begin nothing more, and leave the library open, as whoever opened it is still at it."""
        self._pipeline.close()

    def close(self) -> None:
        """Stop the model and close the library; the chain can't be used afterwards."""
        if hasattr(self._components.chat_model, "close"):
            self._components.chat_model.close()
        self._pipeline.close()
        for sink in self._sinks:
            if hasattr(sink, "close"):
                sink.close()
        self._components.retriever.close()
        self.library.close()

    # --- every way in runs the one generator `Pipeline.events` ---

    def invoke(self, input: str | Question, config: RunnableConfig | None = None, **kwargs: Any) -> Answer:
        """Answer a question: the last event, the Answer."""
        *_, answer = self.stream(input, config, **kwargs)
        return answer

    async def ainvoke(
        self, input: str | Question, config: RunnableConfig | None = None, **kwargs: Any
    ) -> Answer:
        """Answer a question: the last event, the Answer."""
        async with aclosing(self.astream(input, config, **kwargs)) as events:
            async for event in events:
                last = event
        return last

    def stream(
        self, input: str | Question, config: RunnableConfig | None = None, **kwargs: Any
    ) -> Iterator[Event]:
        """Yield the events of answering a question, the Answer last."""
        yield from self._transform_stream_with_config(iter([input]), self._transform, config, **kwargs)

    async def astream(
        self, input: str | Question, config: RunnableConfig | None = None, **kwargs: Any
    ) -> AsyncIterator[Event]:
        """Yield the events of answering a question, the Answer last."""

        async def inputs() -> AsyncIterator[str | Question]:
            yield input

        run = self._atransform_stream_with_config(inputs(), self._atransform, config, **kwargs)
        async with aclosing(run) as events:
            async for event in events:
                yield event

    def _transform(
        self, inputs: Iterator[str | Question], run_manager: Any, config: RunnableConfig
    ) -> Iterator[Event]:
        """Run the pipeline on an event loop of its own, in a thread: works inside a notebook's loop too."""
        child = patch_config(config, callbacks=run_manager.get_child())
        # What runs here has a context of its own, which LangChain made.
        with start_blocking_portal() as portal, recorded(self._sinks) as run:
            for question in inputs:
                run.private["question"] = question if isinstance(question, str) else question.text
                events = self._pipeline.events(question, child, run)
                try:
                    while (event := portal.call(anext, events, None)) is not None:
                        yield _noted(event, run)
                finally:
                    portal.call(events.aclose)

    async def _atransform(
        self, inputs: AsyncIterator[str | Question], run_manager: Any, config: RunnableConfig
    ) -> AsyncIterator[Event]:
        child = patch_config(config, callbacks=run_manager.get_child())
        with recorded(self._sinks) as run:
            async for question in inputs:
                run.private["question"] = question if isinstance(question, str) else question.text
                async with aclosing(self._pipeline.events(question, child, run)) as events:
                    async for event in events:
                        yield _noted(event, run)


def _noted(event: Event, run: QuestionRun) -> Event:
    """Record what became of the question, once it is known; its Answer has the id of the run."""
    if not isinstance(event, Answer):
        return event
    run.outcome, run.is_cached = event.status, event.cached
    return replace(event, request_id=run.request_id)
