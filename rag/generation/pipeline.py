"""The sequence from question to Answer: understand, find, choose, draft, check. Tells what it learns.

Knows the parts by what they do; `rag.engine.factory` chooses them.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Hashable, Set
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import date
from typing import ParamSpec, TypeVar

from langchain_core.language_models.chat_models import BaseChatModel
from langchain_core.runnables import RunnableConfig

from rag.answering import route
from rag.answering.outcome import Sources
from rag.answering.subject import SubjectIndex
from rag.answering.unfound import no_articles
from rag.checksums.damaged import Met, context_noting
from rag.config import AnsweringSettings
from rag.consistency import disagreement
from rag.consistency.matter import Matter
from rag.errors import EmptyReplyError, ModelUnavailableError, UserError, panics_as_errors
from rag.generation import composition, prompts
from rag.generation.answer_builder import AnswerBuilder, small_talk_answer
from rag.generation.cache import AnswerCache
from rag.generation.claim_checker import ClaimChecker, made_up
from rag.generation.draft_parser import DraftPiece
from rag.generation.generator import draft
from rag.generation.later import newest_first, said_instead
from rag.generation.parts import answered_in_parts, questions_in
from rag.grounding.grounding import Grounding, ground
from rag.grounding.library_names import LibraryNames
from rag.library.library import Library
from rag.models.embedder import Embedder
from rag.observability.question_run import QuestionRun
from rag.query.parsed_question import ParsedQuestion
from rag.query.rewriting import asks_model, rewritten
from rag.query.understanding import normalised, understand
from rag.reading.network import processors, questions_at_once
from rag.reading.schema import PassageReader
from rag.retrieval import answerability, sentence_selection
from rag.retrieval.documents import traced
from rag.retrieval.insistence import insistent
from rag.retrieval.passage_reading import read_hits
from rag.retrieval.retriever import Retrieved, Retriever
from rag.schema.answer import Answer
from rag.schema.events import ClaimChecked, Event, EvidenceChosen, HitsFound, RewritingNeeded, TokenDrafted
from rag.schema.evidence import Claim, Evidence
from rag.schema.hit import Hit
from rag.schema.question import NO_FILTERS, Filters, Question
from rag.verification.premise import EvidenceReader

log = logging.getLogger(__name__)

# So many articles that insist are heard and then left aside, to hear what others say.
_MOST_INSISTING = 4

_Given = ParamSpec("_Given")
_Made = TypeVar("_Made")


@dataclass(frozen=True, slots=True)
class Components:
    """A library, its names, what searches it, and the models that read and that write, unless they are None.

    Without a chat model answers are the articles' own words; without a reader they are whole sentences.
    """

    library: Library
    names: LibraryNames
    subjects: SubjectIndex
    retriever: Retriever
    embedder: Embedder
    chat_model: BaseChatModel | None
    reader: PassageReader | None = None

    @property
    def sources(self) -> Sources:
        """What answers of other kinds than fact are made from."""
        return Sources(
            self.library,
            self.subjects,
            self.retriever,
            self.embedder,
            lambda question, hits: read_hits(question, hits, self.reader),
        )

    @property
    def model_name(self) -> str:
        """The chat model's name, or `none` without one."""
        model = self.chat_model
        return "none" if model is None else str(getattr(model, "model_name", model._llm_type))


@dataclass(frozen=True, slots=True)
class Options:
    """How questions are answered: the settings, how many passages are read, and the clock.

    `refresh` is called before each question, with its filters: it lets in what may be answered from by now.
    """

    answering: AnsweringSettings
    hits: int
    today: Callable[[], date] = date.today
    refresh: Callable[[Filters], None] = lambda _: None


@dataclass(frozen=True, slots=True)
class _Besides:
    """What other articles answer than those that insist, where it was found, and which of them insist too."""

    composed: composition.Composed
    hits: tuple[Hit, ...] = ()
    insisting: frozenset[str] = frozenset()


_NOTHING_BESIDES = _Besides(composition.Composed(()))


class Pipeline:
    """Answers one question at a time or several; keeps the answers given last."""

    def __init__(self, components: Components, options: Options) -> None:
        self._parts = components
        self._options = options
        self._answers = AnswerCache()
        # Not in the event loop's own threads: what is done there for others must not wait for searches.
        # Reading takes most of an answer's time: in threads of its own, no search waits for it.
        # More than there are processors would only take turns with Python's lock: a third fewer searches.
        self._working = ThreadPoolExecutor(max(2, processors()), "answer")
        self._reading = ThreadPoolExecutor(questions_at_once(), "read")

    def close(self) -> None:
        """Begin nothing more."""
        for threads in (self._working, self._reading):
            threads.shutdown(wait=False, cancel_futures=True)

    def find(self, asked: Question, limit: int) -> tuple[Hit, ...]:
        """Return at most `limit` hits for a question, as they are found to answer it; none for a greeting.

        Raises:
            UserError: The question or the library is empty.
        """
        self._options.refresh(asked.filters)
        question = self._understood(normalised(asked))
        if question.small_talk is not None:
            return ()
        searched = ground(question, self._parts.names).searched()
        return self._parts.retriever.retrieve(searched, limit, question.filters).hits

    def forget(self) -> None:
        """Drop the answers that are kept for being asked again."""
        self._answers = AnswerCache()

    async def events(
        self, asked: str | Question, config: RunnableConfig, run: QuestionRun
    ) -> AsyncIterator[Event]:
        """Answer a question: what is learnt on the way, and last the Answer. Stages are recorded in `run`.

        Raises:
            UserError: The question or the library is empty.

        """
        model = self._parts.chat_model
        met: Met = {}
        wanted = normalised(asked)
        await self._aside(met, self._options.refresh, wanted.filters)
        question = await self._aside(met, self._understood, wanted)
        run.mark("understanding")
        if question.small_talk is not None:
            yield small_talk_answer(question, self._parts.model_name)
            return
        answer = AnswerBuilder(question, run, self._parts.model_name, met=met)
        if asks_model(model, question):
            yield RewritingNeeded()
            try:
                answer.question = question = await rewritten(model, question, config)
            except ModelUnavailableError as error:
                log.warning("%s The question stays as it is.", error)
                answer.notice = prompts.without_model(question.language)
            run.mark("rewriting")

        # Of other kinds than fact: from the catalogue, or of several sentences.
        outcome = await self._aside(met, route.outcome, question, self._parts.sources)
        run.mark("routing")
        if outcome is not None:
            for event in answer.events_of(outcome):
                yield event
            return

        key = self._key(question)
        if not question.question.fresh and (known := self._answers.get(key)) is not None:
            yield HitsFound(known.hits, question.standalone, question.filters, question.period)
            yield replace(known, question=question.question.text)
            return

        if questions_in(question):
            parts = answered_in_parts(question, answer, lambda one: self.events(one, config, run))
            async with aclosing(parts) as events:
                async for event in events:
                    if isinstance(event, Answer) and not event.notice:
                        self._answers.put(key, event)
                    yield event
            return

        grounding = await self._aside(met, ground, question, self._parts.names)
        searched = grounding.searched()
        retrieved = await traced(
            searched.text,
            config,
            lambda: self._aside(
                met,
                self._parts.retriever.retrieve,
                searched,
                self._options.hits,
                question.filters,
                run.during,
            ),
        )
        answer.mark("retrieval")
        yield HitsFound(retrieved.hits, question.standalone, question.filters, question.period)

        if not retrieved.hits and question.filters != NO_FILTERS:
            said = await self._aside(met, no_articles, question, question.filters, None, self._parts.sources)
            answer.refusal = said.plain_text
            yield answer.build((), retrieved.analyses)
            return

        unknown = await self._aside(met, grounding.unknown, retrieved.hits, retrieved.analyses)
        if unknown:
            answer.refusal = grounding.unknown_text(
                unknown, retrieved.hits, retrieved.analyses, question.language
            )
            yield answer.build(retrieved.hits, retrieved.analyses)
            return

        answer.taken_for = grounding.taken_for(question.language)
        answer.longer = grounding.longer(retrieved.hits).heading
        retrieved = await self._in(self._reading, met, self._read, retrieved)
        answer.mark("reading")
        selection = await self._aside(
            met, sentence_selection.select, retrieved, self._parts.embedder, self._options.answering
        )
        answer.mark("evidence")
        chance = answerability.answerable(answerability.signals(retrieved, selection.read))
        likely = chance >= self._options.answering.min_answerable
        reader = EvidenceReader(retrieved.analyses)
        if not likely:  # by its few words such a question resembles no passage
            likely = await self._aside(met, composition.is_told, question, retrieved.hits, reader)
        offered = selection.offered if likely else selection.stated
        if offered:
            yield EvidenceChosen(offered)
            bearing = grounding.bearing(retrieved.analyses, retrieved.hits)
            checker = ClaimChecker(
                question, offered, retrieved.query.idf, self._parts.embedder, reader, bearing
            )
            async with aclosing(self._claims(answer, checker, retrieved, config)) as events:
                async for event in events:
                    yield event
            if not answer.claims:
                answer.refusal = bearing.refusal(offered, question.language) or answer.refusal

        hits = retrieved.hits
        insisting = await self._aside(met, insistent, (item.article for item in answer.cited), retrieved)
        silenced: Set[str] = frozenset()
        while insisting and len(silenced) < _MOST_INSISTING:
            silenced |= insisting
            told = await self._aside(met, self._told_besides, question, grounding, silenced)
            for claim in answer.take_besides(told.composed):
                place = len(answer.claims) + len(answer.withdrawn) - 1
                yield ClaimChecked(place, answer.headed(claim), kept=True)
            cited, known = {item.article.id for item in answer.cited}, {hit.passage_id for hit in hits}
            besides = [hit for hit in told.hits if hit.article.id in cited and hit.passage_id not in known]
            hits, insisting = (*hits, *besides), told.insisting
        finished = answer.build(hits, retrieved.analyses)
        if not finished.notice:
            self._answers.put(key, finished)
        yield finished

    def _told_besides(self, question: ParsedQuestion, grounding: Grounding, articles: Set[str]) -> _Besides:
        """Return what the library answers in the articles' own words without these articles."""
        searched, filters = grounding.searched(), question.filters
        found = self._parts.retriever.retrieve(searched, self._options.hits, filters, besides=articles)
        if not found.hits or grounding.unknown(found.hits, found.analyses):
            return _NOTHING_BESIDES
        found = self._read(found)
        selection = sentence_selection.select(found, self._parts.embedder, self._options.answering)
        chance = answerability.answerable(answerability.signals(found, selection.read))
        if chance < self._options.answering.min_answerable:
            return _NOTHING_BESIDES
        checker = ClaimChecker(
            question,
            selection.offered,
            found.query.idf,
            self._parts.embedder,
            EvidenceReader(found.analyses),
            grounding.bearing(found.analyses, found.hits),
        )
        composed = composition.composed(checker, found.hits, found.readings)
        cited = (item.article for claim in composed.claims for item in claim.evidence)
        return _Besides(composed, found.hits, insistent(cited, found))

    def _read(self, retrieved: Retrieved) -> Retrieved:
        """Have the trained reader read what was found."""
        readings = read_hits(retrieved.query.question.text, retrieved.hits, self._parts.reader)
        return replace(retrieved, readings=readings)

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
        """Return what an answer depends on: its own words too, which what it is about is read in first.

        Settings, models and prompts are the same for as long as this lives.
        """
        library = self._parts.library
        version = library.version(), library.dossiers.version() if question.filters.dossiers else 0
        return (version, question.own, question.full, question.search, question.filters, question.period)

    async def _claims(
        self, answer: AnswerBuilder, checker: ClaimChecker, retrieved: Retrieved, config: RunnableConfig
    ) -> AsyncIterator[Event]:
        """Yield what the sentences on offer answer, and what other articles say instead.

        Readers are shown both.
        """
        is_written = self._parts.chat_model is not None and not answer.notice
        if is_written:
            try:
                async with aclosing(self._drafted(answer, checker, config)) as events:
                    async for event in events:
                        yield event
            except EmptyReplyError as error:
                log.warning("%s The articles' own words answer.", error)
                is_written = False
            except ModelUnavailableError as error:
                log.warning("%s", error)
                # What it had stated is whole and was checked; else the articles' own words answer.
                is_written = bool(answer.claims)
                tell = prompts.broken_off if is_written else prompts.without_model
                answer.notice, answer.withdrawn = tell(checker.question.language), []
        if not is_written:
            said = await self._aside(answer.met, self._composed, checker, retrieved)
            answer.take(said)
            answer.mark("first_token")
            for number, claim in enumerate(said.claims):
                yield ClaimChecked(number, answer.headed(claim), kept=True)
        expected, analyses = checker.question.expected_answer, checker.reader.analyses
        if answer.claims and answer.verdict is None and not answer.incomplete:
            offered = [item for item in checker.offered if checker.is_of_the_subject(item)]
            matter, first = Matter.of(checker.question.full, analyses), answer.cited[0]
            for item in disagreement.others(
                answer.cited, offered, expected, analyses, lambda one: matter.may_be_in(one, first, analyses)
            ):
                yield self._quote(answer, composition.marked(item, checker, retrieved.readings))
            if is_written:
                for item in await self._aside(
                    answer.met, said_instead, answer.cited, checker, retrieved.hits, retrieved.readings
                ):
                    if all(item.article.id != one.article.id for one in answer.cited):
                        yield self._quote(answer, item)

    def _composed(self, checker: ClaimChecker, retrieved: Retrieved) -> composition.Composed:
        """Return what the sentences answer, before it what was said later in its place: the newest first."""
        said = composition.composed(checker, retrieved.hits, retrieved.readings)
        if said.verdict is not None or said.incomplete:
            return said
        return replace(said, claims=newest_first(said.claims, checker, retrieved.hits, retrieved.readings))

    def _quote(self, answer: AnswerBuilder, item: Evidence) -> ClaimChecked:
        """Let evidence speak for itself: a claim whose words are its quote's."""
        claim = Claim.quoting(item)
        answer.add(claim, kept=True)
        place = len(answer.claims) + len(answer.withdrawn) - 1
        return ClaimChecked(place, answer.headed(claim), kept=True)

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
                with answer.run.during("check", within="draft"):
                    claim = await self._aside(answer.met, checker.check, piece)
                pointed = pointed or claim.evidence
                kept = claim.status == "supported" or (
                    claim.status == "unsupported" and self._options.answering.unsupported == "mark"
                )
                answer.add(claim, kept)
                yield ClaimChecked(piece.claim, answer.headed(claim), kept)
        answer.mark("draft")
        if not answer.claims and not made_up(answer.withdrawn):
            for item in [item for item in pointed if checker.answers(item)][:1]:
                answer.add(Claim.quoting(item), kept=True)

    async def _aside(
        self, met: Met, function: Callable[_Given, _Made], *args: _Given.args, **kwargs: _Given.kwargs
    ) -> _Made:
        """Run a function in a thread; the damaged articles that it meets are put into `met`."""
        return await self._in(self._working, met, function, *args, **kwargs)

    async def _in(
        self,
        threads: Executor,
        met: Met,
        function: Callable[_Given, _Made],
        *args: _Given.args,
        **kwargs: _Given.kwargs,
    ) -> _Made:
        """Do the same in one of these threads."""

        def run() -> _Made:
            with panics_as_errors():  # of whatever it calls: a thread's future doesn't tell them well
                return function(*args, **kwargs)

        return await asyncio.get_running_loop().run_in_executor(threads, context_noting(met).run, run)
