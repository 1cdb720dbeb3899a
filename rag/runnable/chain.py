"""The pipeline from question to Answer as a LangChain Runnable: `invoke`, `stream`, `batch`, `|`, callbacks.

Knows how events are handed out, and the life of the parts; `rag.generation.pipeline` knows what is done, and
`rag.runnable.inputs` what may be asked.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import aclosing
from dataclasses import replace
from typing import Any

from anyio.from_thread import start_blocking_portal
from langchain_core.messages import AIMessage
from langchain_core.output_parsers import BaseOutputParser
from langchain_core.runnables import (
    Runnable,
    RunnableConfig,
    RunnableLambda,
    RunnableSequence,
    RunnableSerializable,
)
from langchain_core.runnables.base import coerce_to_runnable
from langchain_core.runnables.config import patch_config
from langchain_core.tools import BaseTool
from pydantic import BaseModel

from rag.errors import LibraryError, UserError
from rag.generation import prompts
from rag.generation.pipeline import Components, Options, Pipeline
from rag.library.library import Library
from rag.observability.question_run import QuestionRun, RunSink, recorded
from rag.query import intent
from rag.runnable.inputs import Asked, question_of
from rag.runnable.messages import message_of
from rag.runnable.retriever import ArticleRetriever
from rag.runnable.tool import tool_of
from rag.schema.answer import Answer
from rag.schema.events import Event
from rag.schema.hit import Hit
from rag.schema.question import NO_FILTERS, Filters, Question


class Chain(Runnable[Asked, Event]):
    """Answers questions from the library: a string, a Question with history and filters, a dict, messages.

    `stream` gives HitsFound, EvidenceChosen, TokenDrafted and ClaimChecked as they come, and last the
    Answer; `invoke` gives the Answer alone. RewritingNeeded comes first, before the model is asked to reword
    a follow-up that leans on an answer. Small talk gets its Answer at once and no other event.
    UserError for an empty question or an empty library. It is closed where a `with` that it begins ends.
    """

    def __init__(self, components: Components, options: Options, sinks: Sequence[RunSink] = ()) -> None:
        """Join the parts; `sinks` are told of each question when it has ended."""
        self._sinks = tuple(sinks)
        self._components = components
        self._pipeline = Pipeline(components, options)
        self._hits = options.hits
        self._is_closed = False

    def __enter__(self) -> Chain:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    async def __aenter__(self) -> Chain:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.close()

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
        if self._is_closed:
            return
        self._is_closed = True
        if hasattr(self._components.chat_model, "close"):
            self._components.chat_model.close()
        self._pipeline.close()
        for sink in self._sinks:
            if hasattr(sink, "close"):
                sink.close()
        self._components.retriever.close()
        self.library.close()

    # --- other forms that LangChain knows ---

    def as_messages(self) -> Runnable[Asked, AIMessage]:
        """Return the chain that answers with a message, whose citations are LangChain's standard blocks."""
        return RunnableSequence(self, _AS_MESSAGE)

    def as_retriever(
        self, hits: int | None = None, filters: Filters = NO_FILTERS, infer_dates: bool = True
    ) -> ArticleRetriever:
        """Return what finds passages as LangChain's Documents; without `hits`, as many as are read."""
        if hits is not None and hits < 1:
            raise UserError(
                f"A retriever gives at least one Document; {hits} are asked for.",
                f"Un retriever donne au moins un Document ; il en est demandé {hits}.",
            )
        return ArticleRetriever(
            find=self.find, hits=hits or self._hits, filters=filters, infer_dates=infer_dates
        )

    def as_tool(
        self,
        args_schema: type[BaseModel] | None = None,
        *,
        name: str | None = None,
        description: str | None = None,
        arg_types: dict[str, type] | None = None,
    ) -> BaseTool:
        """Return a tool that asks one question; with arguments of one's own, LangChain's for any Runnable."""
        if args_schema is not None or arg_types is not None:
            return super().as_tool(args_schema, name=name, description=description, arg_types=arg_types)
        return tool_of(self.invoke, self.ainvoke, name, description)

    def __or__(self, other: Any) -> RunnableSerializable[Asked, Any]:
        """Return the chain with what comes after it; a parser of messages is given one."""
        if isinstance(other, BaseOutputParser):
            return self.as_messages() | other
        return super().__or__(other)

    def __ror__(self, other: Any) -> RunnableSerializable[Any, Any]:
        """Return the chain with what comes before it, such as a dict of what makes its question."""
        return _Answering(coerce_to_runnable(other), self)

    def pipe(self, *others: Any, name: str | None = None) -> RunnableSerializable[Asked, Any]:
        """Return the same as `|` with each of them."""
        if others and isinstance(others[0], BaseOutputParser):
            return self.as_messages().pipe(*others, name=name)
        return super().pipe(*others, name=name)

    def find(self, question: Question, limit: int) -> tuple[Hit, ...]:
        """Return at most `limit` hits for a question, best first, as they are found to answer it.

        Raises:
            UserError: The question or the library is empty.
        """
        self._check_open()
        return self._pipeline.find(question, limit)

    def _check_open(self) -> None:
        if self._is_closed:
            raise LibraryError(
                "The chain is closed; make another with load_chain.",
                "La chaîne est fermée ; faites-en une autre avec load_chain.",
            )

    # --- every way in runs the one generator `Pipeline.events` ---

    def invoke(self, input: Asked, config: RunnableConfig | None = None, **kwargs: Any) -> Answer:
        """Answer a question: the last event, the Answer."""
        *_, answer = self.stream(input, config, **kwargs)
        return answer

    async def ainvoke(self, input: Asked, config: RunnableConfig | None = None, **kwargs: Any) -> Answer:
        """Answer a question: the last event, the Answer."""
        async with aclosing(self.astream(input, config, **kwargs)) as events:
            async for event in events:
                last = event
        return last

    def stream(self, input: Asked, config: RunnableConfig | None = None, **kwargs: Any) -> Iterator[Event]:
        """Yield the events of answering a question, the Answer last."""
        yield from self._transform_stream_with_config(iter([input]), self._transform, config, **kwargs)

    async def astream(
        self, input: Asked, config: RunnableConfig | None = None, **kwargs: Any
    ) -> AsyncIterator[Event]:
        """Yield the events of answering a question, the Answer last."""

        async def inputs() -> AsyncIterator[Asked]:
            yield input

        run = self._atransform_stream_with_config(inputs(), self._atransform, config, **kwargs)
        async with aclosing(run) as events:
            async for event in events:
                yield event

    def _transform(
        self, inputs: Iterator[Asked], run_manager: Any, config: RunnableConfig
    ) -> Iterator[Event]:
        """Run the pipeline on an event loop of its own, in a thread: works inside a notebook's loop too."""
        child = patch_config(config, callbacks=run_manager.get_child())
        # What runs here has a context of its own, which LangChain made.
        with start_blocking_portal() as portal, recorded(self._sinks) as run:
            for question in inputs:
                self._check_open()
                asked = question_of(question)
                run.private["question"] = asked.text
                events = self._pipeline.events(asked, child, run)
                try:
                    while (event := portal.call(anext, events, None)) is not None:
                        yield _noted(event, run)
                finally:
                    portal.call(events.aclose)

    async def _atransform(
        self, inputs: AsyncIterator[Asked], run_manager: Any, config: RunnableConfig
    ) -> AsyncIterator[Event]:
        child = patch_config(config, callbacks=run_manager.get_child())
        with recorded(self._sinks) as run:
            async for question in inputs:
                self._check_open()
                asked = question_of(question)
                run.private["question"] = asked.text
                async with aclosing(self._pipeline.events(asked, child, run)) as events:
                    async for event in events:
                        yield _noted(event, run)


_AS_MESSAGE = RunnableLambda(message_of, name="AnswerMessage")


class _Answering(RunnableSequence):
    """What ends with the chain; a parser of messages that follows is given one."""

    def __or__(self, other: Any) -> RunnableSerializable[Any, Any]:
        between = [_AS_MESSAGE] if isinstance(other, BaseOutputParser) else []
        return RunnableSequence(*self.steps, *between, coerce_to_runnable(other))


def _noted(event: Event, run: QuestionRun) -> Event:
    """Record what became of the question, once it is known; its Answer has the id of the run."""
    if not isinstance(event, Answer):
        return event
    run.outcome, run.is_cached = event.status, event.cached
    return replace(event, request_id=run.request_id)
