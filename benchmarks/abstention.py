"""Fits the weights of `rag/retrieval/answerability.py`: does the library hold an answer to this question
at all?

    python benchmarks/abstention.py FILE.json [--english benchmarks/data/piaf_english.yaml]

FILE is SQuAD-format JSON. Its articles are dealt into libraries of several sizes; questions about articles
that were left out have no answer there. Prints the area under the ROC curve and, by library size, the
shares refused among answerable and unanswerable questions, cross-validated by article; then the weights.
Needs about five minutes on two cores.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import yaml
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold, cross_val_predict

from ingest.pipeline.chunking import Chunker
from rag.config import load_settings
from rag.engine.engine import open_engine
from rag.library.records import Entry
from rag.models.embedder import Embedder, TokenVectors
from rag.query.question_text import QuestionText
from rag.retrieval import answerability
from rag.schema.article import Article

# Articles in a library → how many such libraries, and questions asked of each, of both kinds.
SIZES = {47: (2, 250), 16: (5, 100), 5: (12, 40), 2: (20, 25)}


@dataclass(frozen=True)
class LabelledQuestion:
    text: str
    language: str
    article: int


@dataclass(frozen=True)
class Row:
    size: int
    answerable: bool
    article: int
    signals: answerability.AnswerabilitySignals


class Remembering:
    """An embedder that reads each text once: the same articles are in many libraries."""

    def __init__(self, embedder: Embedder) -> None:
        self.name, self.dimension, self.max_tokens = embedder.name, embedder.dimension, embedder.max_tokens
        self.count_tokens = embedder.count_tokens
        self._embedder = embedder
        self._kept: dict[tuple[str, str], TokenVectors] = {}

    def read_queries(self, texts: Sequence[str]) -> list[TokenVectors]:
        return self._remembered("read_queries", texts)

    def read_passages(self, texts: Sequence[str]) -> list[TokenVectors]:
        return self._remembered("read_passages", texts)

    def _remembered(self, method: str, texts: Sequence[str]) -> list[TokenVectors]:
        missing = [text for text in dict.fromkeys(texts) if (method, text) not in self._kept]
        made = getattr(self._embedder, method)(missing)
        self._kept.update(((method, text), read) for text, read in zip(missing, made, strict=True))
        return [self._kept[method, text] for text in texts]


def read(file: Path, english: Path | None) -> tuple[list[Article], list[LabelledQuestion]]:
    """The articles of a SQuAD file and its questions, with English versions of some (id → question)."""
    translated = yaml.safe_load(english.read_text(encoding="utf-8")) if english else {}
    articles, asked = [], []
    for number, data in enumerate(json.loads(file.read_text(encoding="utf-8"))["data"]):
        text = "\n\n".join(paragraph["context"] for paragraph in data["paragraphs"])
        title = data["title"].replace("_", " ")
        articles.append(Article(f"a{number:04}", text, title, title, f"h{number:04}", language="fr"))
        for question in (q for paragraph in data["paragraphs"] for q in paragraph["qas"]):
            asked.append(LabelledQuestion(question["question"], "fr", number))
            if str(question["id"]) in translated:
                asked.append(LabelledQuestion(translated[str(question["id"])], "en", number))
    return articles, asked


def rows(articles: list[Article], asked: list[LabelledQuestion], seed: int) -> Iterator[Row]:
    """Signals of answerable and unanswerable questions, library by library."""
    chooser = random.Random(seed)
    order = list(range(len(articles)))
    chooser.shuffle(order)
    with tempfile.TemporaryDirectory() as first:
        embedder = Remembering(open_engine(load_settings(environ={"SOURCIER_DATA_DIR": first})).embedder)
    for size, (libraries, questions) in SIZES.items():
        for start in range(0, min(libraries * size, len(order)), size):
            members = set(order[start : start + size])
            with tempfile.TemporaryDirectory() as folder:
                ask = library([articles[i] for i in sorted(members)], embedder, Path(folder))
                for answerable in (True, False):
                    pool = [q for q in asked if (q.article in members) == answerable]
                    for question in chooser.sample(pool, min(questions, len(pool))):
                        yield Row(size, answerable, question.article, ask(question))


def library(articles: list[Article], embedder: Remembering, folder: Path):
    """A library of these articles in `folder`; returns what gives a question's signals."""
    settings = load_settings(environ={"SOURCIER_DATA_DIR": str(folder)})
    opened = open_engine(settings)
    parts = replace(opened, embedder=embedder)
    chunker = Chunker(embedder, settings.chunking)
    parts.indexer.add([Entry(article, tuple(chunker(article))) for article in articles])
    retriever = parts.retriever

    def ask(question: LabelledQuestion) -> answerability.AnswerabilitySignals:
        return answerability.signals(
            retriever.retrieve(QuestionText(question.text, question.language), settings.retrieval.hits)
        )

    return ask


def fit(name: str, found: list[Row]) -> None:
    inputs = np.array([row.signals.values for row in found])
    answerable = np.array([row.answerable for row in found])
    articles = np.array([row.article for row in found])
    sizes = np.array([row.size for row in found])
    model = LogisticRegression(C=100, max_iter=5000)
    estimated = cross_val_predict(
        model, inputs, answerable, groups=articles, cv=GroupKFold(5), method="predict_proba"
    )[:, 1]
    print(f"{name}: {len(found)} questions, AUC {roc_auc_score(answerable, estimated):.3f}")
    for threshold in (0.2, 0.35, 0.5):
        for size in SIZES:
            refused = [
                (estimated[(sizes == size) & (answerable == kind)] < threshold).mean()
                for kind in (True, False)
            ]
            print(f"  p < {threshold}, {size:2} articles: refused {refused[0]:.2f} of the answerable,"
                  f" {refused[1]:.2f} of the others")  # fmt: skip
    model.fit(inputs, answerable)
    weights = ", ".join(f"{weight:.1f}" for weight in (*model.intercept_, *model.coef_[0]))
    print(f"  bias, then the signals: {weights}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--english", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    articles, asked = read(options.file, options.english)
    for language in sorted({question.language for question in asked}):
        of_language = [question for question in asked if question.language == language]
        fit(language, list(rows(articles, of_language, options.seed)))


if __name__ == "__main__":
    main()
