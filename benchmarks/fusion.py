"""Fits the weights of `rag/retrieval/scoring.py` and `rag/retrieval/sentence_selection.py`: which
passage, and which sentence, answers?

    python benchmarks/fusion.py FILE.json [--folder FOLDER]

FILE is SQuAD-format JSON. Its articles become one library (kept in FOLDER for the next run); each question's
candidates and their signals are those of the product. Prints recall and MRR of the passages and the recall
of the chosen sentences at their cost in tokens, cross-validated by article, with and without each signal;
then the weights, fitted on everything. Needs about five minutes on two cores.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.optimize import minimize
from scipy.special import log_softmax, logsumexp
from sklearn.model_selection import GroupKFold

from ingest.pipeline.chunking import Chunker
from rag.config import AnsweringSettings, load_settings
from rag.engine.engine import Engine, open_engine
from rag.extraction.analysed_sentence import SentenceAnalyses
from rag.library.records import Entry
from rag.query.question_text import QuestionText
from rag.retrieval import scoring, sentence_selection
from rag.retrieval.retriever import Query
from ui.evaluation.questions.dataset import GoldQuestion, Place, read_squad

L2 = 1e-3
_FOLDS = 5


@dataclass(frozen=True)
class Group:
    """One question's candidates: their features (n, f) and which of them hold the answer (n,)."""

    rows: np.ndarray
    right: np.ndarray
    article: str


def fit(groups: Sequence[Group], columns: Sequence[int]) -> np.ndarray:
    """Weights that make the right candidates likeliest: a listwise softmax, with a little L2."""
    useful = [(group.rows[:, columns], group.right) for group in groups if group.right.any()]

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        total, slope = 0.0, np.zeros_like(weights)
        for rows, right in useful:
            logs = log_softmax(rows @ weights)
            total -= logsumexp(logs[right])
            share = np.exp(logs)
            target = np.where(right, share, 0.0) / share[right].sum()
            slope += rows.T @ (share - target)
        return total / len(useful) + L2 * weights @ weights, slope / len(useful) + 2 * L2 * weights

    return minimize(loss, np.full(len(columns), 2.0), jac=True, method="L-BFGS-B").x


def held_out(groups: Sequence[Group], columns: Sequence[int]) -> list[np.ndarray]:
    """For each group, the weights fitted without its article; 0 for columns left out."""
    found = [np.zeros(groups[0].rows.shape[1])] * len(groups)
    for train, test in GroupKFold(_FOLDS).split(groups, groups=[group.article for group in groups]):
        weights = np.zeros(groups[0].rows.shape[1])
        weights[columns] = fit([groups[i] for i in train], columns)
        for i in test:
            found[i] = weights
    return found


def passage_figures(groups: Sequence[Group], weights: Sequence[np.ndarray]) -> str:
    ranks = []
    for group, by in zip(groups, weights, strict=True):
        places = np.nonzero(group.right[np.argsort(-(group.rows @ by), kind="stable")])[0]
        ranks.append(places[0] + 1 if len(places) else 1_000)
    found = np.array(ranks)
    recall = " ".join(f"R@{k} {(found <= k).mean():.4f}" for k in (1, 5, 10))
    return f"{recall} MRR@10 {np.where(found <= 10, 1 / found, 0).mean():.4f}"


def report(
    name: str, groups: Sequence[Group], names: Sequence[str], figures: Callable[[list[np.ndarray]], str]
) -> np.ndarray:
    every = list(range(len(names)))
    print(f"{name}: {len(groups)} questions, {np.mean([g.right.any() for g in groups]):.4f} among candidates")
    print(f"  all signals           {figures(held_out(groups, every))}")
    for left_out in every:
        columns = [column for column in every if column != left_out]
        print(f"  without {names[left_out]:12}  {figures(held_out(groups, columns))}")
    weights = fit(groups, every)
    print("  weights", ", ".join(f"{n} {w:.2f}" for n, w in zip(names, weights, strict=True)))
    return weights


class Bench:
    """A library of the files' articles, and what the product sees of each question in it."""

    def __init__(self, parts: Engine, asked: Sequence[GoldQuestion]) -> None:
        self._parts = parts
        self._retriever = parts.retriever
        self._asked = asked
        self._queries = [self._retriever.query(QuestionText(question.text, "fr")) for question in asked]
        self._measured = [self._retriever.candidates(query) for query in self._queries]

    def passages(self) -> list[Group]:
        groups = []
        for question, measured in zip(self._asked, self._measured, strict=True):
            found = self._parts.library.passages(list(measured))
            rows = np.array([_values(item.passage) for item in measured.values()])
            right = np.array(
                [_holds(question, found[i].article_id, found[i].start, found[i].end) for i in measured]
            )
            groups.append(Group(scoring.spread(rows), right, question.gold[0].article_id))
        return groups

    def sentences(self) -> tuple[list[Group], list[list[sentence_selection.Candidate]]]:
        groups, offered = [], []
        for question, query in zip(self._asked, self._queries, strict=True):
            found = self._candidates(query)
            right = [_holds(question, c.article.id, c.span.start, c.span.end) for c in found]
            groups.append(
                Group(sentence_selection.features(found), np.array(right), question.gold[0].article_id)
            )
            offered.append(found)
        return groups, offered

    def _candidates(self, query: Query) -> list[sentence_selection.Candidate]:
        settings = self._parts.settings.retrieval
        retrieved = self._retriever.retrieve(query.question, settings.hits)
        return sentence_selection.candidates(retrieved, self._parts.embedder)


def _values(signals: scoring.PassageSignals) -> list[float]:
    return [getattr(signals, name) for name in scoring.SIGNALS]


def _holds(question: GoldQuestion, article_id: str, start: int, end: int) -> bool:
    return any(Place(article_id, start, end).holds(gold) for gold in question.gold)


def evidence_figures(
    asked: Sequence[GoldQuestion],
    offered: Sequence[list[sentence_selection.Candidate]],
    weights: Sequence[np.ndarray],
    limits: AnsweringSettings,
) -> str:
    """Recall of the chosen sentences at their mean cost, for several certainties."""
    figures = []
    for certainty in (0.88, 0.90, 0.92, 0.94):
        kept, cost = 0, 0
        for question, found, by in zip(asked, offered, weights, strict=True):
            chosen = sentence_selection.choose(
                found,
                limits.evidence_sentences,
                limits.evidence_tokens,
                certainty,
                SentenceAnalyses(),
                by.tolist(),
            )
            kept += any(_holds(question, item.article.id, item.start, item.end) for item in chosen)
            places = {(item.article.id, item.start) for item in chosen}
            cost += sum(c.tokens for c in found if (c.article.id, c.span.start) in places)
        figures.append(f"{certainty}: {kept / len(asked):.3f} at {cost / len(asked):.0f}")
    return ", ".join(figures)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--folder", type=Path)
    options = parser.parse_args()
    folder = options.folder or Path(tempfile.mkdtemp())
    settings = load_settings(environ={"SOURCIER_DATA_DIR": str(folder)})
    parts = open_engine(settings)
    corpus = read_squad([options.file])
    asked = corpus.questions
    if parts.library.is_empty():
        chunker = Chunker(parts.embedder, settings.chunking)
        parts.indexer.add([Entry(article, tuple(chunker(article))) for article in corpus.articles])
    bench = Bench(parts, asked)
    groups = bench.passages()
    report("passages", groups, scoring.SIGNALS, lambda weights: passage_figures(groups, weights))
    chosen, offered = bench.sentences()
    report(
        "sentences",
        chosen,
        sentence_selection.FEATURES,
        lambda w: evidence_figures(asked, offered, w, settings.answering),
    )


if __name__ == "__main__":
    main()
