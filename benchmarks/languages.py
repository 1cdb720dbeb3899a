"""Questions that people asked in German, Spanish, Italian and Portuguese, over the passages they asked of.

    python benchmarks/languages.py DATA [--questions 60] [--articles 120]

`DATA` is a folder with `xquad.de.json`, `xquad.es.json`, `squad_it-test.json.gz` and `faquad.json`, in
SQuAD's format. For each language a library is made of so many passages, in a temporary folder, and so many
of their questions are asked without a chat model. Prints how many got an answer, in how many the first
sentence holds what people marked, and in how many the words do. The reader's weights were trained on some
of these questions: the figures compare two states of the program, and say nothing of how well it does
elsewhere.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import tempfile
from collections import Counter
from contextlib import closing
from pathlib import Path

from ingest.pipeline.chunking import Chunker
from ingest.pipeline.ingestion import ingest
from rag.config import Settings
from rag.engine.engine import open_engine
from rag.engine.factory import build_chain
from rag.schema.answer import Answer

SETS = {"de": "xquad.de.json", "es": "xquad.es.json", "it": "squad_it-test.json.gz", "pt": "faquad.json"}
_SEED = 5


def main() -> None:
    """Ask in each language, and print a line for it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--questions", type=int, default=60)
    parser.add_argument("--articles", type=int, default=120)
    options = parser.parse_args()
    print("language", "asked", "answered", "sentence", "words", sep="\t")
    for language, name in SETS.items():
        with tempfile.TemporaryDirectory() as folder:
            found = measure(language, options.data / name, Path(folder), options.questions, options.articles)
        counts = (found[what] for what in ("asked", "answered", "sentence", "words"))
        print(language, *counts, sep="\t")


def measure(language: str, file: Path, folder: Path, questions: int, articles: int) -> Counter[str]:
    """Return how many questions were asked, answered, and answered by the right sentence and words."""
    opened = gzip.open if file.suffix == ".gz" else open
    with opened(file, "rt", encoding="utf-8") as stream:
        paragraphs = [
            (article.get("title", "").replace("_", " "), paragraph)
            for article in json.load(stream)["data"]
            for paragraph in article["paragraphs"]
        ]
    chosen = random.Random(_SEED)
    chosen.shuffle(paragraphs)
    asked = []
    texts = folder / "articles"
    texts.mkdir()
    for number, (title, paragraph) in enumerate(paragraphs[:articles]):
        head = json.dumps(f"{title} {number}", ensure_ascii=False)
        text = f"---\ntitle: {head}\nlanguage: {language}\n---\n\n{paragraph['context']}\n"
        (texts / f"{number:03}.md").write_text(text, encoding="utf-8")
        asked += [
            (one["question"], [answer["text"].lower() for answer in one["answers"]])
            for one in paragraph["qas"]
            if one.get("answers")
        ]
    chosen.shuffle(asked)
    found: Counter[str] = Counter()
    settings = Settings(data_dir=folder / "data")
    with closing(open_engine(settings)) as parts:
        ingest([str(texts)], parts.indexer, Chunker(parts.embedder, settings.chunking), lambda _: None)
        chain = build_chain(parts, None)
        for question, right in asked[:questions]:
            found.update(judged(chain.invoke(question), right))
    return found


def judged(answer: Answer, right: list[str]) -> list[str]:
    """Return what holds of an answer; `right` are the words that people marked, in lower case."""
    holds = ["asked"]
    if answer.status == "answered" and answer.claims:
        said = answer.claims[0].text.lower()
        words = " ".join(one.answer_words for one in answer.claims[0].evidence if one.answer_words).lower()
        holds.append("answered")
        holds += ["sentence"] * any(one in said for one in right)
        holds += ["words"] * any(one in words or (words and words in one) for one in right)
    return holds


if __name__ == "__main__":
    main()
