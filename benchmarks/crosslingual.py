"""English questions on French articles: is the answer among the first five passages of all articles?

    python benchmarks/crosslingual.py

Asks `examples/questions.en.yaml` of all of `examples/articles`, with the bundled embedding model. A
hit is a passage that holds a whole gold quote. Prints the questions without one among the first five, then
the means. Needs about a minute.
"""

from __future__ import annotations

import tempfile
from contextlib import closing
from pathlib import Path

import yaml

from ingest.pipeline.chunking import Chunker
from ingest.pipeline.ingestion import ingest
from rag.config import Settings
from rag.engine.engine import Engine, open_engine
from rag.schema.article import Article
from ui.evaluation.metrics import DEPTH, ranking
from ui.evaluation.questions.dataset import GoldQuestion, Place
from ui.evaluation.sourcier import SourcierSystem

EXAMPLES = Path(__file__).parent.parent / "examples"


def main() -> None:
    asked = yaml.safe_load((EXAMPLES / "questions.en.yaml").read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder))
        with closing(open_engine(settings)) as parts:
            chunker = Chunker(parts.embedder, settings.chunking)
            ingest([str(EXAMPLES / "articles")], parts.indexer, chunker, lambda _: None)
            questions = gold_questions(asked, parts)
            ours = SourcierSystem(parts, DEPTH)
            figures = ranking([ours.rank(question.text) for question in questions], questions)
    for number, found in enumerate(figures["recall@5"]):
        if not found:
            print("missed:", asked[number]["id"], asked[number]["question"])
    for name, values in figures.items():
        print(f"{name}: {values.mean():.3f}")


def gold_questions(asked: list[dict], parts: Engine) -> list[GoldQuestion]:
    """The questions, each with the places of its gold quotes."""
    articles = {Path(article.source).name: article for article in parts.library.articles()}
    return [
        GoldQuestion(
            question["question"],
            tuple(place(articles[gold["file"]], gold["quote"]) for gold in question["gold"]),
        )
        for question in asked
    ]


def place(article: Article, quote: str) -> Place:
    start = article.text.index(quote)
    return Place(article.id, start, start + len(quote))


if __name__ == "__main__":
    main()
