"""Builds the libraries of `benchmarks/retrieval.py`: made-up news through the product's classes."""

from __future__ import annotations

import json
import resource
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import chromadb
import numpy as np
from chromadb.config import Settings as ChromaSettings
from synthetic import DAYS, FIRST_DAY, Corpus, pool
from tqdm import tqdm

from rag.index.multivector import PassageVectors
from rag.index.multivector_store import MultivectorStore
from rag.index.stores import posting
from rag.index.term_index import TermIndex
from rag.index.vector_store import VectorStore
from rag.library.library import Library
from rag.library.records import Entry
from rag.schema.article import Article, day_number
from rag.schema.question import NO_FILTERS, Filters

NAME = "benchmark"
BATCH = 5_000  # passages
CLOCKS = ("build_library_s", "build_vectors_s", "build_terms_s", "build_sketches_s")
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


def build(folder: Path, size: int, with_where: bool, embedding: str) -> dict:
    """A library of at least `size` passages in `folder`, unless it is there; its figures."""
    done = folder / "built.json"
    if done.exists():
        return json.loads(done.read_text(encoding="utf-8"))
    corpus = Corpus(Cached(embedding))
    questions, vectors = corpus.questions(Cached(embedding))
    exact = Exact(vectors)
    parts = open_library(folder)
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


def open_library(folder: Path) -> tuple[Library, VectorStore, TermIndex, MultivectorStore]:
    library = Library(folder)  # first: indexes without a library are a library that has lost its file
    vectors, terms = VectorStore(folder / "vectors", NAME), TermIndex(folder / "terms")
    return library, vectors, terms, MultivectorStore(folder / "sketches")


def with_vector(sketch: PassageVectors, vector: np.ndarray) -> PassageVectors:
    """A real sketch whose blocks have a made-up passage's vector."""
    return replace(sketch, blocks=np.repeat(vector[np.newaxis, :], len(sketch.blocks), axis=0))


def add(
    parts: Sequence[Timed], batch: Sequence[Entry], vectors: np.ndarray, sketched: list[PassageVectors]
) -> None:
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
