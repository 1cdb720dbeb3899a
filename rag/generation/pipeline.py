"""The sequence from question to Answer: understand, find, choose, draft, check. Tells what it learns.

Knows the parts by what they do; `rag.engine.factory` chooses them.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Hashable
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import date

from langchain_core.language_models.chat_models import BaseChatModel
from langchain_core.runnables import RunnableConfig

from rag.config import AnsweringSettings
from rag.errors import UserError
from rag.generation import disagreement, extractive
from rag.generation.answer_builder import AnswerBuilder, small_talk_answer
from rag.generation.cache import AnswerCache
from rag.generation.claim_checker import ClaimChecker, made_up
from rag.generation.draft_parser import DraftPiece
from rag.generation.extractive import SentenceChoice
from rag.generation.generator import draft, point
from rag.library.library import Library
from rag.models.embedder import Embedder
from rag.query.parsed_question import ParsedQuestion
from rag.query.rewriting import asks_model, rewritten
from rag.query.understanding import normalised, understand
from rag.retrieval import answerability, sentence_selection
from rag.retrieval.retriever import Retriever
from rag.schema.answer import Claim, Evidence
from rag.schema.events import ClaimChecked, Event, EvidenceChosen, HitsFound, RewritingNeeded, TokenDrafted
from rag.schema.question import Question
from rag.verification.premise import EvidenceReader


@dataclass(frozen=True, slots=True)
class Components:
    """A library, what searches it, and the models that read and, unless it is None, write."""

    library: Library
    retriever: Retriever
    embedder: Embedder
    chat_model: BaseChatModel | None

    @property
    def model_name(self) -> str:
        """The chat model's name, or `none` without one."""
        model = self.chat_model
        return "none" if model is None else str(getattr(model, "model_name", model._llm_type))


@dataclass(frozen=True, slots=True)
class Options:
    """How questions are answered: the settings, how many passages are read, and the clock."""

    answering: AnsweringSettings
    hits: int
    today: Callable[[], date] = date.today


class Pipeline:
    """Answers one question at a time or several; keeps the answers given last."""

    def __init__(self, components: Components, options: Options) -> None:
        self._parts = components
        self._options = options
        self._answers = AnswerCache()

    def forget(self) -> None:
        """Drop the answers that are kept for being asked again."""
        self._answers = AnswerCache()

    async def events(self, asked: str | Question, config: RunnableConfig) -> AsyncIterator[Event]:
        """Answer a question: what is learnt on the way, and last the Answer.

        Raises:
            UserError: The question or the library is empty.

        """
        model = self._parts.chat_model
        question = await asyncio.to_thread(self._understood, normalised(asked))
        if question.small_talk is not None:
            yield small_talk_answer(question, self._parts.model_name)
            return
        answer = AnswerBuilder(question, self._parts.model_name)
        if asks_model(model, question):
            yield RewritingNeeded()
            answer.question = question = await rewritten(model, question, config)

        key = self._key(question)
        if not question.question.fresh and (known := self._answers.get(key)) is not None:
            yield HitsFound(known.hits, question.standalone, question.filters, question.period)
            yield replace(known, question=question.question.text)
            return

        retrieved = await asyncio.to_thread(
            self._parts.retriever.retrieve, question.search, self._options.hits, question.filters
        )
        answer.mark("retrieval")
        yield HitsFound(retrieved.hits, question.standalone, question.filters, question.period)

        offered = await asyncio.to_thread(
            sentence_selection.select, retrieved, self._parts.embedder, self._options.answering
        )
        answer.mark("evidence")
        chance = answerability.answerable(answerability.signals(retrieved))
        if offered and chance >= self._options.answering.min_answerable:
            yield EvidenceChosen(offered)
            reader = EvidenceReader(retrieved.analyses)
            checker = ClaimChecker(question, offered, retrieved.query.idf, self._parts.embedder, reader)
            async with aclosing(self._claims(answer, checker, config)) as events:
                async for event in events:
                    yield event

        finished = answer.build(retrieved.hits, retrieved.analyses)
        self._answers.put(key, finished)
        yield finished

    def _understood(self, question: Question) -> ParsedQuestion:
        library = self._parts.library
        known = dict.fromkeys(["fr", "en", *library.languages()])
        parsed = understand(question, known, self._options.today(), library.has_published)
        if parsed.small_talk is None and library.is_empty():
            raise UserError(
                "The library is empty; add articles with `sourcier ingest PATH` first.",
                "La bibliothèque est vide ; ajoutez d'abord des articles avec `sourcier ingest CHEMIN`.",
            )
        return parsed

    def _key(self, question: ParsedQuestion) -> Hashable:
        """Return what an answer depends on.

        Settings, models and prompts are the same for as long as this lives.
        """
        version = self._parts.library.version()
        return (version, question.full, question.search, question.filters, question.period)

    async def _claims(
        self, answer: AnswerBuilder, checker: ClaimChecker, config: RunnableConfig
    ) -> AsyncIterator[Event]:
        """Yield what the sentences on offer answer, and what other articles say instead.

        Readers are shown both.
        """
        quoted = await self._quoted(checker, config)
        if quoted is not None:
            answer.mark("first_token")
            for item in quoted:
                yield self._quote(answer, item)
        else:
            async with aclosing(self._drafted(answer, checker, config)) as events:
                async for event in events:
                    yield event
        expected, analyses = checker.question.expected_answer, checker.reader.analyses
        if answer.claims:
            for item in disagreement.others(answer.cited, checker.offered, expected, analyses):
                yield self._quote(answer, item)

    def _quote(self, answer: AnswerBuilder, item: Evidence) -> ClaimChecked:
        """Let evidence speak for itself: a claim whose words are its quote's."""
        claim = Claim.quoting(item)
        answer.add(claim, kept=True)
        return ClaimChecked(len(answer.claims) + len(answer.withdrawn) - 1, claim, kept=True)

    async def _quoted(self, checker: ClaimChecker, config: RunnableConfig) -> list[Evidence] | None:
        """Return the sentences that answer in their own words.

        None where a model is to put it in its own: when the settings want it, or when the articles speak
        another language than the question.
        """
        model, question = self._parts.chat_model, checker.question
        if model is not None and self._options.answering.wording != "quoted":
            return None
        offered = extractive.likeliest(checker.offered)
        choice = SentenceChoice({})
        if model is not None:
            check = replace(checker, offered=offered).check
            choice = await point(model, question.full, offered, check, config)
        share = extractive.shares(offered, choice.digits)
        likeliest = offered[share.index(max(share))].article
        if model is not None and likeliest.language not in (None, question.language):
            return None
        expected = question.expected_answer
        able = [not choice.denies and checker.answers(item) for item in offered]
        best = [offered[place] for place in extractive.best(share, expected.several, able)]
        return [extractive.readable(item) for item in extractive.in_order(best, expected.in_time)]

    async def _drafted(
        self, answer: AnswerBuilder, checker: ClaimChecker, config: RunnableConfig
    ) -> AsyncIterator[Event]:
        """Let the model write, let through what is led by valid numbers, check each claim as it ends.

        When no claim stands, the sentence that the first one pointed at may answer in its own words.
        """
        pointed: tuple[Evidence, ...] = ()
        pieces = draft(self._parts.chat_model, checker.question.full, checker.offered, config)
        async with aclosing(pieces):
            async for piece in pieces:
                answer.mark("first_token")
                if isinstance(piece, DraftPiece):
                    yield TokenDrafted(piece.claim, piece.numbers, piece.text)
                    continue
                claim = await asyncio.to_thread(checker.check, piece)
                pointed = pointed or claim.evidence
                kept = claim.status == "supported" or (
                    claim.status == "unsupported" and self._options.answering.unsupported == "mark"
                )
                answer.add(claim, kept)
                yield ClaimChecked(piece.claim, claim, kept)
        answer.mark("draft")
        if not answer.claims and not made_up(answer.withdrawn):
            for item in [item for item in pointed if checker.answers(item)][:1]:
                answer.add(Claim.quoting(item), kept=True)
