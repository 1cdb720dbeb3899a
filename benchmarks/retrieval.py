"""How fast retrieval is, and how right, by size and by filter: made-up news through the product's classes.

    python benchmarks/retrieval.py [--sizes 10000,100000,1000000] [--json OUT] [--plot OUT.png]
        [--keep FOLDER] [--runs 3] [--where-up-to 100000]

For each number of passages: time to build, disk, peak memory, and milliseconds (p50/p95/p99) of the dense
search, the term search and the whole retrieval beyond embedding the question, without a filter and with
filters that keep from 0.1% to 50%; recall@10 of the dense search against exact search. The baseline is
Chroma's own `where`, on a collection of the same vectors with metadata (up to `--where-up-to` passages: it
has to be built too). `--keep` keeps what was built, and takes it from there the next time. `--runs`
repeats the measurements; the run with the median total is shown. A million passages take about an hour.
"""

from __future__ import annotations

import argparse
import json
import logging
import multiprocessing
import os
import re
import resource
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import chromadb
import numpy as np
from chromadb.config import Settings as ChromaSettings
from synthetic import DAYS, FIRST_DAY, Corpus, Question, pool
from tqdm import tqdm

from rag.config import EmbeddingSettings
from rag.embedding import Read, load_embedder
from rag.language import query_terms
from rag.lexical import TermIndex, posting
from rag.library import Entry, Library
from rag.retrieval import Retriever
from rag.schema import NO_FILTERS, Article, Filters, day_number
from rag.sketch import Sketch
from rag.sketch_store import SketchStore
from rag.store import VectorStore

NAME = "benchmark"
BATCH = 5_000  # passages
CLOCKS = ("build_library_s", "build_vectors_s", "build_terms_s", "build_sketches_s")
LIMIT = 8
CANDIDATES = 50
SINCE = FIRST_DAY + timedelta(days=1_000)


def period(share: float) -> Filters:
    """A range of days that keeps this share of the passages."""
    return Filters(date_from=SINCE, date_to=SINCE + timedelta(days=round(share * DAYS) - 1))


FILTERS = {
    "none": NO_FILTERS,
    "0.1%": period(0.001),
    "1%": period(0.01),
    "10%": period(0.1),
    "50%": period(0.5),
    # The same share, but mostly far from the questions, which are French: what is nearest is left out.
    "English, 10%": Filters(languages=("en",)),
    "nothing": Filters(outlets=("Nowhere",)),
}


class Given:
    """An embedder that gives the questions' vectors that it was given."""

    name = NAME
    max_tokens = 480

    def __init__(self, dimension: int) -> None:
        self.dimension = dimension
        self.queries: dict[str, np.ndarray] = {}

    def read_queries(self, texts: Sequence[str]) -> list[Read]:
        """Each word a token; its vector is made up, since what it costs to compare is measured, not what it
        says."""
        return [self._read(text) for text in texts]

    def _read(self, text: str) -> Read:
        spans = np.array([match.span() for match in re.finditer(r"\w+", text)])
        made_up = np.random.default_rng(len(text)).standard_normal((len(spans), self.dimension))
        return Read(self.queries[text], made_up.astype(np.float32), spans)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(text.split()) for text in texts]


class Cached:
    """Stands for the encoder in a process that needn't load it: what it embeds is in the cache."""

    def __init__(self, name: str) -> None:
        self.name = name

    def embed_passages(self, texts: Sequence[str]) -> np.ndarray:
        raise RuntimeError(f"{len(texts)} texts are not in the cache")

    embed_queries = embed_passages


class Timed:
    """A part whose calls are timed: `seconds` is the total."""

    def __init__(self, part: object) -> None:
        self._part = part
        self.seconds = 0.0

    def __getattr__(self, name: str) -> Callable:
        method = getattr(self._part, name)

        def call(*args: object, **kwargs: object) -> object:
            start = time.perf_counter()
            try:
                return method(*args, **kwargs)
            finally:
                self.seconds += time.perf_counter() - start

        return call


class Exact:
    """The ten nearest of each question under each filter, kept up while passages come by."""

    def __init__(self, questions: np.ndarray) -> None:
        self._questions = questions
        nobody = np.full((len(questions), 10), -2.0), np.full((len(questions), 10), "", dtype=object)
        self._best = dict.fromkeys(FILTERS, nobody)

    def add(self, ids: Sequence[str], vectors: np.ndarray, articles: Sequence[Article]) -> None:
        scores = self._questions @ vectors.T
        for name, filters in FILTERS.items():
            kept = np.array([keeps(filters, article) for article in articles])
            if kept.any():
                names = np.broadcast_to(np.array(ids, dtype=object)[kept], (len(scores), kept.sum()))
                old_scores, old_names = self._best[name]
                both = np.hstack([old_scores, scores[:, kept]]), np.hstack([old_names, names])
                order = np.argpartition(-both[0], 9, axis=1)[:, :10]
                self._best[name] = tuple(np.take_along_axis(part, order, axis=1) for part in both)

    def ids(self) -> dict[str, list[list[str]]]:
        return {name: [[i for i in row if i] for row in names] for name, (_, names) in self._best.items()}


def keeps(filters: Filters, article: Article) -> bool:
    """What a filter says, said again here so that a mistake in the product shows."""
    day = day_number(article.published_at)
    dated = (
        day is not None and filters.date_from.toordinal() <= day <= filters.date_to.toordinal()
        if (filters.date_from)
        else True
    )
    return (
        dated
        and (not filters.languages or article.language in filters.languages)
        and (not filters.outlets or article.outlet in filters.outlets)
    )


# --- building ---


def build(folder: Path, size: int, with_where: bool, embedding: str) -> dict:
    """A library of at least `size` passages in `folder`, unless it is there; its figures."""
    done = folder / "built.json"
    if done.exists():
        return json.loads(done.read_text(encoding="utf-8"))
    corpus = Corpus(Cached(embedding))
    questions, vectors = corpus.questions(Cached(embedding))
    exact = Exact(vectors)
    parts = open_parts(folder)
    library, store = parts[:2]
    clocks = [Timed(part) for part in parts]
    drawn = pool()
    baseline = Where(folder / "where") if with_where else None
    start, making = time.perf_counter(), 0.0
    with closing(library), closing(store), tqdm(total=size, desc=f"{size} passages") as bar:
        count = 0
        entries = corpus.entries()
        while count < size:
            pause = time.perf_counter()
            batch = take(entries, min(BATCH, size - count))
            ids = [passage.id for entry in batch for passage in entry.passages]
            articles = [entry.article for entry in batch for _ in entry.passages]
            made = corpus.vectors(count, [article.language for article in articles])
            exact.add(ids, made, articles)
            sketched = [with_vector(drawn[(count + i) % len(drawn)], vector) for i, vector in enumerate(made)]
            making += time.perf_counter() - pause
            add(clocks, batch, made, sketched)
            pause = time.perf_counter()
            if baseline:
                baseline.add(ids, made, articles)
            making += time.perf_counter() - pause
            count += len(ids)
            bar.update(len(ids))
        articles_in_all = library.counts().articles
    figures = {
        "passages": count,
        "articles": articles_in_all,
        "build_s": time.perf_counter() - start - making,
        **dict(zip(CLOCKS, (clock.seconds for clock in clocks), strict=True)),
        "where_s": baseline.seconds if baseline else None,
        "disk_mb": {
            name: disk(folder / name)
            for name in ("library.sqlite3", "vectors/chroma", "vectors/rows", "terms", "sketches", "where")
        },
        "build_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "exact": exact.ids(),
        "questions": [(q.text, q.language) for q in questions],
    }
    np.save(folder / "questions.npy", vectors)
    done.write_text(json.dumps(figures), encoding="utf-8")
    return figures


def open_parts(folder: Path) -> tuple[Library, VectorStore, TermIndex, SketchStore]:
    vectors, terms = VectorStore(folder / "vectors", NAME), TermIndex(folder / "terms")
    return Library(folder), vectors, terms, SketchStore(folder / "sketches")


def with_vector(sketch: Sketch, vector: np.ndarray) -> Sketch:
    """A real sketch whose blocks have a made-up passage's vector."""
    return replace(sketch, blocks=np.repeat(vector[np.newaxis, :], len(sketch.blocks), axis=0))


def add(parts: Sequence[Timed], batch: Sequence[Entry], vectors: np.ndarray, sketched: list[Sketch]) -> None:
    """As `Indexer.add` does it, with vectors and sketches that are there already."""
    library, store, terms, sketches = parts
    pairs = [(entry.article, passage) for entry in batch for passage in entry.passages]
    ids = [passage.id for _, passage in pairs]
    library.announce(ids)
    sketches.put(ids, sketched)
    store.upsert(ids, vectors, [article for article, _ in pairs])
    terms.update([posting(*pair) for pair in pairs])
    library.acknowledge(batch, "recipe")


def take(entries, passages: int) -> list[Entry]:
    batch: list[Entry] = []
    while passages > 0:
        batch.append(next(entries))
        passages -= len(batch[-1].passages)
    return batch


def disk(path: Path) -> int:
    """Megabytes."""
    files = path.rglob("*") if path.is_dir() else path.parent.glob(f"{path.name}*")
    return round(sum(file.stat().st_size for file in files if file.is_file()) / 1e6)


class Where:
    """The baseline: a Chroma collection with metadata, filtered by Chroma."""

    def __init__(self, folder: Path) -> None:
        self.seconds = 0.0
        client = chromadb.PersistentClient(str(folder), ChromaSettings(anonymized_telemetry=False))
        self._collection = client.get_or_create_collection(
            NAME, embedding_function=None, configuration={"hnsw": {"space": "cosine"}}
        )

    def add(self, ids: Sequence[str], vectors: np.ndarray, articles: Sequence[Article]) -> None:
        start = time.perf_counter()
        metadatas = [
            {"outlet": a.outlet, "language": a.language, "day": day_number(a.published_at) or -1}
            for a in articles
        ]
        self._collection.upsert(ids=list(ids), embeddings=vectors, metadatas=metadatas)
        self.seconds += time.perf_counter() - start

    def search(self, vector: np.ndarray, limit: int, filters: Filters) -> list[str]:
        conditions = [
            {key: {"$in": list(values)}}
            for key, values in (("outlet", filters.outlets), ("language", filters.languages))
            if values
        ]
        if filters.date_from:
            days = filters.date_from.toordinal(), filters.date_to.toordinal()
            conditions += [{"$and": [{"day": {"$gte": days[0]}}, {"day": {"$lte": days[1]}}]}]
        [where] = conditions or [None]
        found = self._collection.query(
            query_embeddings=vector[np.newaxis, :], n_results=limit, where=where, include=["distances"]
        )
        return found["ids"][0]


# --- measuring ---


def measure(folder: Path, built: dict) -> dict:
    """One run over a library that is built: by filter, milliseconds of each part and recall."""
    vectors = np.load(folder / "questions.npy")
    questions = [Question(*asked) for asked in built["questions"]]
    library, store, terms, sketches = open_parts(folder)
    given = Given(vectors.shape[1])
    given.queries = {question.text: vector for question, vector in zip(questions, vectors, strict=True)}
    retriever = Retriever(library, store, terms, sketches, given, CANDIDATES)
    start = time.perf_counter()
    retriever.retrieve(questions[0].text, questions[0].language, LIMIT)
    run = {"open_s": time.perf_counter() - start, "load_average": os.getloadavg()[0], "filters": {}}
    languages = library.languages()[:3]
    stems = [tuple(query_terms(q.text, q.language, languages)) for q in questions]
    baseline = Where(folder / "where") if (folder / "where").exists() else None
    with closing(library), closing(store):
        for name, filters in FILTERS.items():
            active = None if filters == NO_FILTERS else filters
            asked = list(zip(questions, vectors, stems, built["exact"][name], strict=True))
            figures = {
                "dense": timed(asked, lambda a, f=active: store.search(a[1], CANDIDATES, f)),
                "terms": timed(asked, lambda a, f=active: terms.search(a[2], CANDIDATES, f)),
                "whole": timed(
                    asked, lambda a, f=filters: retriever.retrieve(a[0].text, a[0].language, LIMIT, f)
                ),
                "recall@10": recall(
                    [[s.passage_id for s in store.search(a[1], CANDIDATES, active)] for a in asked],
                    built["exact"][name],
                ),
            }
            if baseline:
                few = asked[:60]
                figures["where"] = timed(few, lambda a, f=filters: baseline.search(a[1], CANDIDATES, f))
                figures["where recall@10"] = recall(
                    [baseline.search(a[1], CANDIDATES, filters) for a in few], built["exact"][name][:60]
                )
                figures["where / dense"] = figures["where"]["p50"] / figures["dense"]["p50"]
            run["filters"][name] = figures
    run["languages_ms"] = timed([None] * 20, lambda _: library.languages())["p50"]
    run["memory_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return run


def timed(asked: Sequence, call: Callable) -> dict[str, float]:
    """Milliseconds: p50, p95 and p99."""
    seen = []
    for one in asked:
        start = time.perf_counter()
        call(one)
        seen.append((time.perf_counter() - start) * 1_000)
    return {f"p{p}": float(np.percentile(seen, p)) for p in (50, 95, 99)}


def recall(found: Sequence[Sequence[str]], exact: Sequence[Sequence[str]]) -> float | None:
    """Mean share of the exact ten that are among the first ten found; None where there are none."""
    shares = [len(set(f[:10]) & set(e)) / len(e) for f, e in zip(found, exact, strict=True) if e]
    return statistics.mean(shares) if shares else None


# --- showing ---


def in_a_process(call: Callable, *args: object) -> dict:
    """Each build and each run has a process of its own: peak memory is then its own too."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(call, *args).result()


def total(run: dict) -> float:
    return sum(figures["whole"]["p95"] for figures in run["filters"].values())


def show(size: int, built: dict, runs: Sequence[dict]) -> None:
    run = sorted(runs, key=total)[len(runs) // 2]
    print(f"\n{size:,} passages, {built['articles']:,} articles: built in {built['build_s']:.0f} s", end="")
    parts = ", ".join(
        f"{name} {built[f'build_{name}_s']:.0f}" for name in ("vectors", "terms", "sketches", "library")
    )
    print(f" ({parts}); disk {sum(built['disk_mb'].values()) - built['disk_mb']['where']} MB", end="")
    print(f" {built['disk_mb']}; peak memory {built['build_memory_mb']} MB")
    print(
        f"opened in {run['open_s']:.2f} s; peak memory {run['memory_mb']} MB;"
        f" load {run['load_average']:.1f}; languages {run['languages_ms']:.1f} ms"
    )
    for name, figures in run["filters"].items():
        parts = "  ".join(
            f"{part} " + "/".join(f"{v:.1f}" for v in figures[part].values())
            for part in ("dense", "terms", "whole", "where")
            if part in figures
        )
        found = "" if figures["recall@10"] is None else f"  recall {figures['recall@10']:.3f}"
        ratio = f"  where/dense {figures['where / dense']:.1f}" if "where" in figures else ""
        print(f"{name:>13}: {parts}{found}{ratio}")
    print(
        "whole p95 without a filter, each run: "
        + ", ".join(
            f"{r['filters']['none']['whole']['p95']:.1f} (load {r['load_average']:.1f})" for r in runs
        )
    )


def plot(results: dict[int, dict], file: Path) -> None:
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(7, 4.5), layout="constrained")
    sizes = sorted(results)
    for name in FILTERS:
        runs = [sorted(results[size]["runs"], key=total) for size in sizes]
        middle = [r[len(r) // 2]["filters"][name]["whole"]["p95"] for r in runs]
        axes.plot(sizes, middle, marker="o", label={"none": "no filter"}.get(name, f"keeps {name}"))
    axes.set(xscale="log", yscale="log", xlabel="passages", ylabel="ms, p95 of the whole retrieval")
    axes.grid(alpha=0.3, which="both")
    axes.legend()
    figure.savefig(file, dpi=120)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--sizes", default="10000,100000,1000000")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--plot", type=Path)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--where-up-to", type=int, default=100_000)
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    embedder = load_embedder(EmbeddingSettings())
    Corpus(embedder).questions(embedder)
    pool(embedder)
    results = {}
    with tempfile.TemporaryDirectory() as scratch:
        for size in map(int, options.sizes.split(",")):
            folder = (options.keep or Path(scratch)) / str(size)
            built = in_a_process(build, folder, size, size <= options.where_up_to, embedder.name)
            runs = [in_a_process(measure, folder, built) for _ in range(options.runs)]
            show(size, built, runs)
            figures = {key: value for key, value in built.items() if key not in ("exact", "questions")}
            results[size] = {"built": figures, "runs": runs}
    if options.json:
        options.json.write_text(json.dumps(results, indent=1), encoding="utf-8")
    if options.plot:
        plot(results, options.plot)


if __name__ == "__main__":
    main()
