"""Runs the systems on the questions and measures what each found.

Knows the systems, the order of work and what they share; neither files nor words for people.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np
from langchain_core.language_models.chat_models import BaseChatModel

from rag.engine.factory import build_chain
from rag.models.embedder import Embedder
from ui.evaluation import answer_metrics, answers, baselines, metrics
from ui.evaluation.baseline_chain import CHUNKS, BaselineChain
from ui.evaluation.bench_library import Bench
from ui.evaluation.cases import ANSWERABLE, Case
from ui.evaluation.progress import bar
from ui.evaluation.questions.dataset import Corpus, GoldQuestion, Place
from ui.evaluation.questions.near_miss import KINDS, NearMiss
from ui.evaluation.report import OURS, STOCK, Result
from ui.evaluation.sourcier import SourcierSystem

Ranked = list[list[Place]]


@dataclass(frozen=True, slots=True)
class AlsoAsked:
    """What answers are asked for beside the runner's own questions.

    Questions and near misses that its articles don't answer, and variants of its questions by name.
    """

    unanswerable: Sequence[GoldQuestion] = ()
    near_misses: Sequence[NearMiss] = ()
    variants: Mapping[str, Sequence[GoldQuestion]] = field(default_factory=dict)


class Runner:
    """One evaluation over an open bench. What several systems need is made once."""

    def __init__(
        self, corpus: Corpus, questions: Sequence[GoldQuestion], opened: Bench, language: str
    ) -> None:
        self._questions = questions
        self._bench = opened
        self._language = language
        self._articles = corpus.articles
        self._texts = {article.id: article.text for article in corpus.articles}
        self._chunks: list[baselines.Chunk] = []
        self._ranked: dict[str, Ranked] = {}

    def retrieval(self, system: str) -> Result:
        """Return how well `system` ranks passages for the questions.

        For ours also the evidence it chooses, for stock nothing: its retrieval is that of dense.
        """
        if system == STOCK:
            return Result(system, len(self._questions), {}, [])
        ranked = self._rank(system)
        figures = dict(metrics.ranking(ranked, self._questions))
        if system == OURS:
            figures |= self._evidence()
        return Result(system, len(self._questions), figures, metrics.recall_curve(ranked, self._questions))

    def _rank(self, system: str) -> Ranked:
        if system not in self._ranked:
            ways = {"dense": self._dense, "bm25": self._bm25, "rrf": self._fused, OURS: self._own}
            self._ranked[system] = ways[system]()
        return self._ranked[system]

    def _dense(self) -> Ranked:
        return self._each("dense", self._collection(self._bench.kept.embedder).rank)

    def _collection(self, embedder: Embedder) -> baselines.Dense:
        return baselines.Dense(self._stock_chunks(), embedder, self._bench.folder / "stock", self._language)

    def _bm25(self) -> Ranked:
        bm25 = baselines.Bm25(self._stock_chunks(), baselines.main_language(self._articles))
        return self._each("bm25", bm25.rank)

    def _fused(self) -> Ranked:
        pairs = zip(self._rank("dense"), self._rank("bm25"), strict=True)
        return [baselines.fuse(pair) for pair in pairs]

    def _own(self) -> Ranked:
        return self._each(OURS, SourcierSystem(self._bench.kept, metrics.DEPTH).rank)

    def _evidence(self) -> metrics.Figures:
        chosen = self._each("evidence", SourcierSystem(self._bench.kept, metrics.DEPTH).choose)
        pairs = list(zip(chosen, self._questions, strict=True))
        return {
            "evidence_recall": np.array([answer_metrics.covers(*pair, self._texts) for pair in pairs], float),
            "evidence_tokens": np.array([sum(self._tokens(places)) for places in chosen], float),
        }

    def _tokens(self, places: Sequence[Place]) -> list[int]:
        quotes = [self._texts[place.article_id][place.start : place.end] for place in places]
        return self._bench.engine.embedder.count_tokens(quotes)

    def _each(self, name: str, find: Callable[[str], list[Place]]) -> Ranked:
        # All at once: the questions are embedded in full batches.
        asked = [question.text for question in self._questions]
        self._bench.kept.embedder.embed_queries(asked)
        with bar("eval_asking", self._language, len(asked), name=name) as progress:
            found = []
            for question in asked:
                found.append(find(question))
                progress.update()
        return found

    def _stock_chunks(self) -> list[baselines.Chunk]:
        self._chunks = self._chunks or baselines.split(self._articles)
        return self._chunks

    def answers(
        self, results: Sequence[Result], also: AlsoAsked, chat_model: BaseChatModel | None
    ) -> list[Result]:
        """Return `results` with what the chains of stock and ours answer, added to what they have.

        The same questions, one system after the other, with the one chat model. Nothing comes from the
        bench's cache: it is timed.
        """
        writer = chat_model if self._bench.engine.settings.model_writes else None
        chain = build_chain(self._bench.engine, writer)
        ways = {OURS: partial(answers.ask_ours, chain)}
        if any(result.system == STOCK for result in results):
            ways[STOCK] = self._stock(chat_model).ask
        done = []
        for result in results:
            if result.system in ways:
                # Here, not once: what the system before has asked has taken our prompt's place.
                chain.warm_up("fr" if baselines.main_language(self._articles) == "fr" else "en")
                # A variant may read as the question did before: it is answered anew.
                result = self._answered(result, ways[result.system], also, chain.forget)
            done.append(result)
        return done

    def _stock(self, chat_model: BaseChatModel) -> BaselineChain:
        # The chunks' vectors may come from the cache, those of the questions may not.
        self._collection(self._bench.kept.embedder)
        return BaselineChain(self._collection(self._bench.engine.embedder).retriever(CHUNKS), chat_model)

    def _answered(
        self, result: Result, ask: answers.Ask, also: AlsoAsked, forget: Callable[[], None]
    ) -> Result:
        asking = partial(self._ask, ask, result.system)
        cases = [Case(ANSWERABLE, asked) for asked in asking("answers", self._questions)]
        figures = answers.answerable_figures([case.asked for case in cases], self._texts) if cases else {}
        cases += [Case("unanswerable", asked) for asked in asking("unanswerable", also.unanswerable)]
        for kind in KINDS:
            misses = [miss for miss in also.near_misses if miss.kind == kind]
            asked = asking(kind, [miss.question for miss in misses])
            cases += [Case(kind, *pair) for pair in zip(asked, misses, strict=True)]
        lost = {}
        for name, questions in also.variants.items():
            forget()
            varied = answers.answerable_figures(asking(name, questions), self._texts)
            lost[name] = metrics.lost(figures, varied)
        return result.with_answers(cases, figures, lost)

    def _ask(
        self, ask: answers.Ask, system: str, name: str, questions: Sequence[GoldQuestion]
    ) -> list[answers.AnsweredQuestion]:
        with bar("eval_asking", self._language, len(questions), name=f"{system}, {name}") as progress:
            return answers.ask_all(ask, questions, progress.update)
