"""A library on servers beside the same library in files: what is found, how fast, and how fast it comes in.

    python benchmarks/shared_store.py quality piaf-dev.json
    python benchmarks/shared_store.py scale [--passages 100000] [--questions 200]
    python benchmarks/shared_store.py ingestion [--articles 5000] [--read 200]

Starts a Chroma server and a PostgreSQL server of its own (durable, 256 MB of shared buffers), fills both
libraries with the very same readings of the encoder, and asks both the same in turns.

`quality`: recall at 5 and MRR of the product's retrieval over a SQuAD-format file's questions. `scale`:
made-up news (`synthetic`) with made-up vectors; milliseconds (p50/p95) of each search alone, of a full-text
search and of the whole retrieval, and recall@10 of the vectors' search against exact search. `ingestion`:
seconds that articles of one passage take to be read by the real encoder (of `--read` articles, scaled) and
to be stored in either.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from itertools import islice
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "support"), str(ROOT / "benchmarks")]

import postgres_server  # noqa: E402
import psycopg  # noqa: E402
from chroma_process import ChromaProcess  # noqa: E402
from fake_embedder import FakeEmbedder  # noqa: E402
from scale_measure import Given  # noqa: E402
from synthetic import Articles  # noqa: E402

from ingest.pipeline.chunking import Chunker  # noqa: E402
from rag.config import LibrarySettings, Settings, StoreSettings  # noqa: E402
from rag.engine.engine import Engine, open_engine  # noqa: E402
from rag.full_text.syntax import parse  # noqa: E402
from rag.index.encoding import sketches as sketches_of  # noqa: E402
from rag.index.multivector import BlockWords, PassageVectors, make  # noqa: E402
from rag.index.stores import posting  # noqa: E402
from rag.library.records import Entry  # noqa: E402
from rag.models.embedder import Embedder  # noqa: E402
from rag.models.embedder_factory import load_embedder  # noqa: E402
from rag.query.question_text import QuestionText  # noqa: E402
from rag.schema.question import NO_FILTERS, Filters  # noqa: E402
from rag.text.analyzer import query_terms  # noqa: E402
from ui.evaluation.questions.dataset import GoldQuestion, Place, read_squad  # noqa: E402

SETTINGS = ("files", "servers")
DIMENSION, TOPICS = 384, 2_000
CANDIDATES, DEEP = 50, 20
BATCH = 64  # articles


@contextmanager
def servers(folder: Path) -> Iterator[Settings]:
    """Settings of a library on servers that run meanwhile."""
    chroma = ChromaProcess(folder)
    with postgres_server.started() as postgres:
        with psycopg.connect(postgres.url(), autocommit=True) as db:
            for setting in ("fsync = on", "synchronous_commit = on", "shared_buffers = '256MB'"):
                db.execute(f"ALTER SYSTEM SET {setting}")
        postgres.control("restart")
        chroma.start()
        try:
            library = LibrarySettings(url=postgres.make_database())
            store = StoreSettings(url=chroma.url)
            yield Settings(data_dir=folder / "local", library=library, store=store)
        finally:
            chroma.stop()


@contextmanager
def both(embedder: Embedder) -> Iterator[dict[str, Engine]]:
    """An empty library in files, and one on servers."""
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        shared = stack.enter_context(servers(folder))
        opened = zip(SETTINGS, (Settings(data_dir=folder / "files"), shared), strict=True)
        yield {n: stack.enter_context(closing(open_engine(s, embedder))) for n, s in opened}


def timed(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


# --- quality ---


def quality(file: Path) -> None:
    embedder = load_embedder(Settings().embedding)
    corpus = read_squad([file])
    with both(embedder) as engines:
        chunker = Chunker(embedder, Settings().chunking)
        articles = iter(corpus.articles)
        while batch := [Entry(article, tuple(chunker(article))) for article in islice(articles, BATCH)]:
            reading = engines["files"].indexer.read(batch)
            for engine in engines.values():
                engine.indexer.store(batch, reading)
        asked = [question for question in corpus.questions if question.gold]
        ranks = {name: [rank(engine, question) for question in asked] for name, engine in engines.items()}
    for name, found in ranks.items():
        hits = np.array(found, dtype=float)
        print(f"{name}: {len(asked)} questions, R@5 {np.mean(hits <= 5):.4f}, MRR {np.mean(1 / hits):.4f}")
    same = np.mean(np.array(ranks["files"]) == np.array(ranks["servers"]))
    print(f"the same rank in both: {same:.4f}")


def rank(engine: Engine, question: GoldQuestion) -> float:
    """The place of the first hit that holds an answer; infinite if none of twenty does."""
    hits = engine.retriever.retrieve(QuestionText(question.text, "fr"), DEEP).hits
    for number, hit in enumerate(hits, start=1):
        place = Place(hit.article.id, hit.start, hit.end)
        if any(place.holds(gold) for gold in question.gold):
            return number
    return float("inf")


# --- scale ---

FILTERS = {
    "none": NO_FILTERS,
    "one outlet": Filters(outlets=("Journal 3",)),
    "500 articles": NO_FILTERS,  # filled in once they are known
}


def scale(passages: int, questions: int) -> None:
    given = Given(DIMENSION)
    rng = np.random.default_rng(7)
    topics = unit(rng.standard_normal((TOPICS, DIMENSION)))
    drawn = [sketch(rng) for _ in range(50)]
    vectors, ids, firsts, listed = [], [], [], []
    seconds = {name: np.zeros(len(PARTS)) for name in SETTINGS}
    with both(given) as engines:
        entries, count = Articles().entries(), 0
        while count < passages:
            batch = list(islice(entries, 500))
            some = [passage.id for entry in batch for passage in entry.passages]
            topic = topics[rng.integers(TOPICS, size=len(batch))]
            of = np.repeat(np.arange(len(batch)), [len(entry.passages) for entry in batch])
            made = unit(topic[of] + 1.2 * rng.standard_normal((len(some), DIMENSION)) / DIMENSION**0.5)
            made = made.astype(np.float32)
            sketches = [replace(drawn[n % 50], blocks=made[n : n + 1]) for n in range(len(some))]
            for name, engine in engines.items():
                seconds[name] += fill(engine, batch, some, made, sketches)
            vectors.append(made)
            ids += some
            firsts += [entry.article.text.split(". ")[0] for entry in batch[:20]]
            listed += [entry.article.id for entry in batch[:40]]
            count += len(some)
        for name, taken in seconds.items():
            told = ", ".join(f"{part} {took:.0f}" for part, took in zip(PARTS, taken, strict=True))
            print(f"{count} passages in {name}: stored in {taken.sum():.0f} s ({told})", flush=True)
        analyse(engines["servers"])
        compare(engines, given, np.concatenate(vectors), ids, firsts[:questions], listed[:500])


PARTS = ("sketches", "vectors", "terms", "full texts", "catalogue")


def fill(
    engine: Engine,
    batch: Sequence[Entry],
    ids: Sequence[str],
    vectors: np.ndarray,
    made: Sequence[PassageVectors],
) -> np.ndarray:
    """Store a batch as the indexer does; the seconds of each part."""
    pairs = [(entry.article, passage) for entry in batch for passage in entry.passages]
    postings = [posting(*pair) for pair in pairs]
    return np.array(
        [
            timed(lambda: engine.sketches.put(ids, made)),
            timed(lambda: engine.vectors.upsert(ids, vectors, [article for article, _ in pairs])),
            timed(lambda: engine.terms.update(postings)),
            timed(lambda: engine.full_text.update([entry.article for entry in batch])),
            timed(lambda: engine.library.acknowledge(batch, "made up", [])),
        ]
    )


def analyse(engine: Engine) -> None:
    """What the server does by itself within minutes."""
    with psycopg.connect(engine.settings.place.url, autocommit=True) as db:
        db.execute("VACUUM ANALYZE")


def compare(
    engines: dict[str, Engine],
    given: Given,
    vectors: np.ndarray,
    ids: Sequence[str],
    asked: Sequence[str],
    listed: Sequence[str],
) -> None:
    rng = np.random.default_rng(11)
    near = vectors[rng.integers(len(vectors), size=len(asked))]
    queries = unit(near + 0.6 * rng.standard_normal(near.shape) / DIMENSION**0.5).astype(np.float32)
    given.queries = dict(zip(asked, queries, strict=True))
    filters = FILTERS | {"500 articles": Filters(article_ids=tuple(listed))}
    for engine in engines.values():
        for text in asked[:40]:  # what is timed is a server that has been asked before
            engine.retriever.retrieve(QuestionText(text, "fr"), 8)
    for what, kept in filters.items():
        active = None if kept == NO_FILTERS else kept
        calls = {
            "vectors": lambda e, t, k=active: e.vectors.search(given.queries[t], CANDIDATES, k),
            "terms": lambda e, t, k=active: e.terms.search(words(e, t), CANDIDATES, k),
            "whole": lambda e, t, k=kept: e.retriever.retrieve(QuestionText(t, "fr"), 8, k),
        }
        show(what, engines, asked, calls)
    phrases = [" ".join(text.split()[:3]) for text in asked]
    search = {
        "words": lambda e, t: e.full_text.search(parse(t).node),
        "phrase": lambda e, t: e.full_text.search(parse(f'"{t}"').node, "newest"),
    }
    show("full text", engines, phrases, search)
    exact = [{ids[i] for i in np.argpartition(-(vectors @ query), 10)[:10]} for query in queries]
    for name, engine in engines.items():
        found = [{s.passage_id for s in engine.vectors.search(query, CANDIDATES)} for query in queries]
        recall = np.mean([len(a & b) / 10 for a, b in zip(exact, found, strict=True)])
        print(f"{name}: recall@10 of the vectors' search {recall:.4f}")
    same = [
        len(a & b) / max(1, len(a))
        for text in asked
        for a, b in [[{s.passage_id for s in e.terms.search(words(e, text), 10)} for e in engines.values()]]
    ]
    print(f"of the ten best by terms the same in both: {np.mean(same):.4f}")


def words(engine: Engine, text: str) -> list[str]:
    return query_terms(QuestionText(text, "fr").content_words, engine.library.languages()[:3])


def show(what: str, engines: dict[str, Engine], asked: Sequence[str], calls: dict[str, Callable]) -> None:
    for part, call in calls.items():
        taken: dict[str, list[float]] = {name: [] for name in engines}
        for text in asked:  # in turns: both have the machine as it is
            for name, engine in engines.items():
                taken[name].append(1_000 * timed(lambda e=engine, t=text: call(e, t)))  # noqa: B023
        figures = {name: np.percentile(found, [50, 95]) for name, found in taken.items()}
        told = ", ".join(f"{name} {p50:.1f}/{p95:.1f}" for name, (p50, p95) in figures.items())
        print(f"{what}, {part}: p50/p95 ms {told}", flush=True)


def unit(vectors: np.ndarray) -> np.ndarray:
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def sketch(rng: np.random.Generator) -> PassageVectors:
    """One of a usual size: a block, four sentences, 45 words that carry meaning."""
    numbers = rng.standard_normal((45, DIMENSION)).astype(np.float32)
    said = [f"mot{n}" for n in rng.integers(5_000, size=45)]
    block = BlockWords(numbers, [n // 12 for n in range(45)])
    return make(np.ones((1, DIMENSION)), [0, 0, 0, 0], [block], said, said)


# --- ingestion ---


def ingestion(articles: int, read: int) -> None:
    embedder = load_embedder(Settings().embedding)
    every = [replace(e, passages=e.passages[:1]) for e in islice(Articles().entries(), articles)]
    with both(embedder) as engines:
        indexer = engines["files"].indexer
        reads, seconds = 0.0, dict.fromkeys(SETTINGS, 0.0)
        for start in range(0, read, BATCH):
            reads += timed(lambda at=start: indexer.read(every[at : min(at + BATCH, read)]))
        reads *= articles / read
        stand_in = FakeEmbedder(embedder.name, embedder.dimension)  # as large, and read at once
        for start in range(0, articles, BATCH):
            batch = every[start : start + BATCH]
            made = sketches_of([(e.article, e.passages[0]) for e in batch], stand_in)
            for name, engine in engines.items():
                seconds[name] += timed(lambda e=engine, b=batch, m=made: e.indexer.store(b, m))
    total = {name: reads + took for name, took in seconds.items()}
    told = ", ".join(f"{name} {took:.0f} s" for name, took in seconds.items())
    print(f"{articles} articles: read in {reads:.0f} s; stored in {told}")
    print(f"reading and storing, servers to files: {total['servers'] / total['files']:.3f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("quality").add_argument("file", type=Path)
    sized = commands.add_parser("scale")
    sized.add_argument("--passages", type=int, default=100_000)
    sized.add_argument("--questions", type=int, default=200)
    taken = commands.add_parser("ingestion")
    taken.add_argument("--articles", type=int, default=5_000)
    taken.add_argument("--read", type=int, default=200)
    options = parser.parse_args()
    match options.command:
        case "quality":
            quality(options.file)
        case "scale":
            scale(options.passages, options.questions)
        case "ingestion":
            ingestion(options.articles, options.read)


if __name__ == "__main__":
    main()
