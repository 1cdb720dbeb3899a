"""A dossier of 10,000 articles: how soon it opens, and what a question that is limited to it costs.

    python benchmarks/dossiers.py [--articles 20000] [--questions 40] [--rounds 7] [--seed 1] [--keep FOLDER]

Every second article is as the dossier's search says, and from one of two outlets. Opening is what the page
does: what came in since is looked for, counted, and a page of the table is made; once after the library has
changed, and again. The baseline of a question is the same question, in the same run, limited to that outlet:
as many articles by a filter that every index knows. The encoder is made up, so that what is measured is not
the model; a question of the bundled one takes longer, and the ratio would be nearer to one. The exit code is
1 unless a dossier opens in 300 ms (p95) and a limited search takes at most twice as long as the baseline.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np
from load_report import Report, p95

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "support"))
from fake_embedder import FakeEmbedder

from rag.config import Settings
from rag.dossiers.rule import Rule
from rag.engine.engine import Engine, open_engine
from rag.library.listing import ListingQuery
from rag.library.records import Entry, Source
from rag.query.question_text import QuestionText
from rag.schema.article import Article, Passage, Span
from rag.schema.question import Filters

WORDS, VOCABULARY, BATCH = 16, 6_000, 2_000
OPENS, TIMES = 0.300, 2.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--articles", type=int, default=20_000)
    parser.add_argument("--questions", type=int, default=40)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="where the library is kept for the next time")
    options, report = parser.parse_args(), Report()
    with tempfile.TemporaryDirectory(prefix="sourcier-dossiers-") as passing:
        folder = options.keep or Path(passing)
        settings = Settings(data_dir=folder)
        with closing(open_engine(settings, FakeEmbedder())) as engine:
            draw = np.random.default_rng(options.seed)
            names = [f"mot{number}" for number in range(VOCABULARY)]
            fill(engine, options.articles, names, draw)
            measure_opening(engine, options.rounds, report)
            measure_questions(engine, names, draw, options, report)
    sys.exit(1 if report.broken else 0)


def entry(number: int, words: list[str]) -> Entry:
    text = f"{'Commun' if number % 2 else 'Autre'} {' '.join(words)}."
    name = f"{number:016x}"
    article = Article(
        name, text, f"Titre {number}", f"/{number}.txt", f"{number:064x}",
        outlet=("Le Phare", "La Gazette")[number % 2], language="fr",
        published_at=f"{2015 + number % 11}-{1 + number // 11 % 12:02}-{1 + number // 132 % 28:02}",
    )  # fmt: skip
    span = Span(0, len(text))
    source = Source(f"/{number}", article.source, article.content_hash, name)
    return Entry(article, (Passage(f"{name}:0:0", name, 0, len(text), (span,)),), source)


def fill(engine: Engine, count: int, names: list[str], draw: np.random.Generator) -> None:
    for first in range(engine.library.counts().articles, count, BATCH):
        numbers = range(first, min(count, first + BATCH))
        engine.indexer.add(
            [entry(n, [names[i] for i in draw.integers(0, VOCABULARY, WORDS)]) for n in numbers]
        )


def measure_opening(engine: Engine, rounds: int, report: Report) -> None:
    table = engine.library.dossiers
    for old in table.listed(""):
        table.delete(old.id, "")
    dossier = table.create("", "Commun")
    table.add_rule(dossier.id, "", Rule("commun"))

    def opened() -> int:
        engine.filling.fill([dossier.id])
        found = table.get(dossier.id, "")
        counted = table.counts(found)
        page = engine.library.listing.page(ListingQuery(dossier=found.id))
        table.rules([found.id])
        table.mark_opened(found.id, "")
        assert page.total == counted.articles
        return counted.articles

    first = timed(opened)
    changed, again = [], []
    for number in range(rounds):
        engine.indexer.add([entry(engine.library.counts().articles, [f"neuf{number}"])])
        changed.append(timed(opened))
        again.append(timed(opened))
    report.say(f"a dossier of {opened()} of {engine.library.counts().articles} articles")
    report.say(f"  filled for the first time and opened: {first * 1000:.0f} ms")
    said = f"{statistics.median(changed) * 1000:.0f} ms, p95 {p95(changed) * 1000:.0f} ms"
    report.promise("opened after the library has changed", p95(changed) <= OPENS, said)
    said = f"{statistics.median(again) * 1000:.0f} ms, p95 {p95(again) * 1000:.0f} ms"
    report.promise("opened again", p95(again) <= OPENS, said)


def measure_questions(
    engine: Engine, names: list[str], draw: np.random.Generator, options: argparse.Namespace, report: Report
) -> None:
    (dossier,) = engine.library.dossiers.listed("")
    limited, outlet = Filters(dossiers=(dossier.as_filter,)), Filters(outlets=("La Gazette",))
    retriever = engine.retriever
    taken: dict[str, list[float]] = {"no filter": [], "outlet": [], "dossier": []}
    for _ in range(options.questions):
        asked = QuestionText(" ".join(names[i] for i in draw.integers(0, VOCABULARY, 4)), "fr")
        found = {}
        for name, filters in (("no filter", Filters()), ("outlet", outlet), ("dossier", limited)):
            begun = time.perf_counter()
            engine.refresh(filters)
            hits = retriever.retrieve(asked, 8, filters).hits
            taken[name].append(time.perf_counter() - begun)
            found[name] = [hit.passage_id for hit in hits]
        assert found["outlet"] == found["dossier"], "the same articles"
    medians = {name: statistics.median(seconds) for name, seconds in taken.items()}
    for name, seconds in taken.items():
        report.say(f"  a search, {name}: {medians[name] * 1000:.1f} ms, p95 {p95(seconds) * 1000:.1f} ms")
    times = medians["dossier"] / medians["outlet"]
    report.promise("limited to a dossier beside limited to an outlet", times <= TIMES, f"{times:.2f} times")


def timed(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


if __name__ == "__main__":
    main()
