"""The visible sequence from question to Answer: find, choose, draft, check. Streams what it learns.

`Chain` is a LangChain Runnable over one generator of typed events; `invoke` gives the last, the Answer.
Knows the parts by what they do; `rag.engine.factory` chooses them.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Hashable, Iterator
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from anyio.from_thread import start_blocking_portal
from langchain_core.language_models.chat_models import BaseChatModel
from langchain_core.runnables import Runnable, RunnableConfig
from langchain_core.runnables.config import patch_config

from rag.config import AnsweringSettings
from rag.errors import UserError
from rag.generation import disagreement, extractive, prompts
from rag.generation.cache import AnswerCache
from rag.generation.claim_checker import Checker, made_up
from rag.generation.draft_parser import Piece
from rag.generation.extractive import Pointed
from rag.generation.generator import draft, point
from rag.library.library import Library
from rag.models.embedder import Embedder
from rag.query import answer_type, small_talk
from rag.query.rewriting import asks_model, rewritten
from rag.query.understanding import Understood, normalised, understand
from rag.retrieval import answerability, sentence_selection
from rag.retrieval.retriever import Retrieved, Retriever
from rag.schema.answer import Answer, Claim, Evidence
from rag.schema.events import ClaimChecked, Event, EvidenceChosen, HitsFound, RewritingNeeded, TokenDrafted
from rag.schema.question import Question


@dataclass(frozen=True, slots=True)
class Chosen:
    """The sentences on offer, and the probability that the articles answer at all."""

    evidence: tuple[Evidence, ...]
    answerable: float


@dataclass
class _Progress:
    """One question on its way: what is known so far, and the seconds that each stage took."""

    understood: Understood
    started: float = field(default_factory=time.perf_counter)
    timings: dict[str, float] = field(default_factory=dict)
    claims: list[Claim] = field(default_factory=list)
    withdrawn: list[Claim] = field(default_factory=list)

    @property
    def language(self) -> str:
        return self.understood.language

    @property
    def standalone(self) -> str:
        return self.understood.standalone

    def mark(self, stage: str) -> None:
        """The seconds from the question to the end of this stage."""
        self.timings.setdefault(stage, round(time.perf_counter() - self.started, 4))


class Chain(Runnable[str | Question, Event]):
    """Answers questions from the library. Input: a string, or a Question with history and filters.

    `stream` gives HitsFound, EvidenceChosen, TokenDrafted and ClaimChecked as they come, and last the
    Answer; `invoke` gives the Answer alone. RewritingNeeded comes first, before the model is asked to reword
    a follow-up that leans on an answer. Small talk gets its Answer at once and no other event.
    UserError for an empty question or an empty library.
    """

    def __init__(
        self,
        library: Library,
        retriever: Retriever,
        embedder: Embedder,
        chat_model: BaseChatModel | None,
        settings: AnsweringSettings,
        hits: int,
        today: Callable[[], date] = date.today,
    ) -> None:
        self.library = library
        self._retriever = retriever
        self._embedder = embedder
        self._chat_model = chat_model
        self._settings = settings
        self._hits = hits
        self._today = today
        self._answers = AnswerCache()

    @property
    def model_name(self) -> str:
        """The chat model's name, or `none` when evidence is quoted without one."""
        model = self._chat_model
        return "none" if model is None else str(getattr(model, "model_name", model._llm_type))

    @property
    def is_loaded(self) -> bool:
        """Whether the chat model could begin at once; models that don't say so are taken to."""
        return getattr(self._chat_model, "is_loaded", True)

    @property
    def at_once(self) -> int | None:
        """How many requests the chat model works on at the same time; None if it doesn't say."""
        return getattr(self._chat_model, "at_once", None)

    def warm_up(self, language: str) -> None:
        """Load the models and read the fixed prompt of `language`, so that the first answer is quick."""
        self._embedder.embed_queries(["?"])
        if hasattr(self._chat_model, "warm_up"):
            self._chat_model.warm_up(prompts.prefix(language))

    def forget(self) -> None:
        """Drop the answers that are kept for being asked again."""
        self._answers = AnswerCache()

    def close(self) -> None:
        """Stop the model and close the library; the chain can't be used afterwards."""
        if hasattr(self._chat_model, "close"):
            self._chat_model.close()
        self._retriever.close()
        self.library.close()

    # --- the Runnable: every way in runs the one generator `_events` ---

    def invoke(self, input: str | Question, config: RunnableConfig | None = None, **kwargs: Any) -> Answer:
        *_, answer = self.stream(input, config, **kwargs)
        return answer

    async def ainvoke(
        self, input: str | Question, config: RunnableConfig | None = None, **kwargs: Any
    ) -> Answer:
        async with aclosing(self.astream(input, config, **kwargs)) as events:
            async for event in events:
                last = event
        return last

    def stream(
        self, input: str | Question, config: RunnableConfig | None = None, **kwargs: Any
    ) -> Iterator[Event]:
        yield from self._transform_stream_with_config(iter([input]), self._transform, config, **kwargs)

    async def astream(
        self, input: str | Question, config: RunnableConfig | None = None, **kwargs: Any
    ) -> AsyncIterator[Event]:
        async def inputs() -> AsyncIterator[str | Question]:
            yield input

        run = self._atransform_stream_with_config(inputs(), self._atransform, config, **kwargs)
        async with aclosing(run) as events:
            async for event in events:
                yield event

    def _transform(
        self, inputs: Iterator[str | Question], run_manager: Any, config: RunnableConfig
    ) -> Iterator[Event]:
        """Runs `_events` on an event loop of its own, in a thread: works inside a notebook's loop too."""
        child = patch_config(config, callbacks=run_manager.get_child())
        with start_blocking_portal() as portal:
            for question in inputs:
                events = self._events(question, child)
                try:
                    while (event := portal.call(anext, events, None)) is not None:
                        yield event
                finally:
                    portal.call(events.aclose)

    async def _atransform(
        self, inputs: AsyncIterator[str | Question], run_manager: Any, config: RunnableConfig
    ) -> AsyncIterator[Event]:
        child = patch_config(config, callbacks=run_manager.get_child())
        async for question in inputs:
            async with aclosing(self._events(question, child)) as events:
                async for event in events:
                    yield event

    # --- the sequence ---

    async def _events(self, asked: str | Question, config: RunnableConfig) -> AsyncIterator[Event]:
        question = normalised(asked)
        if (reply := small_talk.reply(question.text)) is not None:
            yield self._conversation(question, reply)
            return
        progress = await asyncio.to_thread(self._begin, question)
        if asks_model(self._chat_model, progress.understood):
            yield RewritingNeeded()
        progress.understood = asked = await rewritten(self._chat_model, progress.understood, config)
        filters, period = asked.filters, asked.period
        # Settings, models and prompts are the same for as long as this chain lives.
        wanted = (progress.standalone, progress.language, asked.searched, asked.searched_in, filters, period)
        key = (self.library.version(), *wanted)
        if not question.fresh and (known := self._answers.get(key)) is not None:
            yield HitsFound(known.hits, progress.standalone, filters, period)
            yield replace(known, question=question.text)
            return
        retrieved = await asyncio.to_thread(
            self._retriever.retrieve, asked.searched, asked.searched_in, self._hits, filters
        )
        progress.mark("retrieval")
        yield HitsFound(retrieved.hits, progress.standalone, filters, period)

        chosen = await asyncio.to_thread(self._choose, retrieved)
        progress.mark("evidence")
        if not chosen.evidence or chosen.answerable < self._settings.min_answerable:
            yield self._answer(progress, retrieved, key)
            return
        yield EvidenceChosen(chosen.evidence)

        checker = Checker(
            asked.standalone,
            asked.language,
            asked.searched_in,
            chosen.evidence,
            retrieved.query.idf,
            self._embedder,
        )
        async with aclosing(self._worded(progress, checker, config)) as events:
            async for event in events:
                yield event
        for claim in self._disputing(progress, checker):
            progress.claims.append(claim)
            yield ClaimChecked(len(progress.claims) + len(progress.withdrawn) - 1, claim, kept=True)
        yield self._answer(progress, retrieved, key)

    async def _worded(
        self, progress: _Progress, checker: Checker, config: RunnableConfig
    ) -> AsyncIterator[Event]:
        """In the articles' words when that is asked for and they speak the question's language, or when
        there is no model; else in the model's own."""
        if self._chat_model is None or self._settings.wording == "quoted":
            offered = extractive.likeliest(checker.offered)
            pointed = await self._pointed(replace(checker, offered=offered), config)
            share = extractive.shares(offered, pointed.digits)
            likeliest = offered[share.index(max(share))].article
            if self._chat_model is None or likeliest.language in (None, progress.language):
                progress.mark("first_token")
                able = [not pointed.denies and checker.answers(item) for item in offered]
                best = [offered[place] for place in extractive.best(share, progress.standalone, able)]
                for index, item in enumerate(extractive.in_order(best, progress.standalone)):
                    progress.claims.append(Claim.quoting(extractive.readable(item)))
                    yield ClaimChecked(index, progress.claims[-1], kept=True)
                return
        async with aclosing(self._draft(progress, checker, config)) as events:
            async for event in events:
                yield event

    def _disputing(self, progress: _Progress, checker: Checker) -> list[Claim]:
        """What other articles say instead of what the answer says: readers are shown both."""
        cited = [item for claim in progress.claims for item in claim.evidence]
        disputing = disagreement.others(cited, checker.offered, progress.standalone) if cited else []
        return [Claim.quoting(item) for item in disputing]

    async def _pointed(self, checker: Checker, config: RunnableConfig) -> Pointed:
        return Pointed({}) if self._chat_model is None else await point(self._chat_model, checker, config)

    def _begin(self, question: Question) -> _Progress:
        if self.library.is_empty():
            raise UserError(
                "The library is empty; add articles with `sourcier ingest PATH` first.",
                "La bibliothèque est vide ; ajoutez d'abord des articles avec `sourcier ingest CHEMIN`.",
            )
        known = dict.fromkeys(["fr", "en", *self.library.languages()])
        return _Progress(understand(question, known, self._today(), self.library.has_published))

    def _conversation(self, question: Question, reply: small_talk.Reply) -> Answer:
        """The answer to a greeting and the like: no article is looked at, and none need be there."""
        return Answer(
            question=question.text,
            standalone_question=question.text,
            language=reply.language,
            status="conversation",
            model=self.model_name,
            plain_text=reply.text,
            filters=question.filters,
        )

    def _choose(self, retrieved: Retrieved) -> Chosen:
        offered = sentence_selection.select(retrieved, self._embedder, self._settings)
        return Chosen(offered, answerability.answerable(answerability.signals(retrieved)))

    async def _draft(
        self, progress: _Progress, checker: Checker, config: RunnableConfig
    ) -> AsyncIterator[Event]:
        """Let the model write, let through what is led by valid numbers, check each claim as it ends.

        When no claim stands, the sentence that the first one pointed at may answer in its own words.
        """
        pointed: tuple[Evidence, ...] = ()
        async with aclosing(draft(self._chat_model, checker, config)) as pieces:
            async for piece in pieces:
                progress.mark("first_token")
                if isinstance(piece, Piece):
                    yield TokenDrafted(piece.claim, piece.numbers, piece.text)
                    continue
                claim = await asyncio.to_thread(checker.check, piece)
                pointed = pointed or claim.evidence
                kept = claim.status == "supported" or (
                    claim.status == "unsupported" and self._settings.unsupported == "mark"
                )
                (progress.claims if kept else progress.withdrawn).append(claim)
                yield ClaimChecked(piece.claim, claim, kept)
        progress.mark("draft")
        if not progress.claims and not made_up(progress.withdrawn):
            self._quote(progress, [item for item in pointed if checker.answers(item)][:1])

    def _quote(self, progress: _Progress, quoted: list[Evidence]) -> None:
        """Let evidence speak for itself: a claim whose words are its quote's."""
        for item in quoted:
            progress.claims.append(Claim.quoting(item))

    def _answer(self, progress: _Progress, retrieved: Retrieved, key: Hashable) -> Answer:
        progress.mark("total")
        said = [(claim.text, progress.language) for claim in progress.claims]
        missing = answer_type.unanswered(progress.standalone, said) if said else ()
        found = "partial" if progress.withdrawn or missing else "answered"
        answer = Answer(
            question=progress.understood.question.text,
            standalone_question=progress.standalone,
            language=progress.language,
            status=found if progress.claims else "not_found",
            claims=tuple(progress.claims),
            hits=retrieved.hits,
            withdrawn=tuple(progress.withdrawn),
            timings=progress.timings,
            model=self.model_name,
            plain_text=prompts.not_found(progress.language),
            filters=progress.understood.filters,
            period=progress.understood.period,
            missing=missing,
            disagreements=disagreement.disagreements(
                [item for claim in progress.claims for item in claim.evidence], progress.standalone
            ),
        )
        self._answers.put(key, answer)
        return answer
