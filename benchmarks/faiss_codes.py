"""Compares codes of vectors: which rows to read for a question.

    python benchmarks/faiss_codes.py [--count 100000] [--questions 40] [--former FILE]

`FILE` is a `quantization.py` of before the codes were faiss's, whose `BinaryCodes` has `estimates`.

Each way chooses 1,000 rows, of all and of a random tenth; the ten best by exact cosine among those are
compared with the ten best of all. One thread each, interleaved; medians in milliseconds. The vectors are made
like those of news: a common mean, topics, and stories inside them.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import faiss
import numpy as np

from rag.index.quantization import SEGMENT, BinaryCodes

DIMENSION, READ, BEST = 384, 1_000, 10


def made(count: int, rng: np.random.Generator) -> np.ndarray:
    """Make unit vectors (count, 384) float32 whose neighbourhoods are as crowded as those of an encoder."""
    mean = rng.standard_normal(DIMENSION)
    topics = rng.standard_normal((400, DIMENSION)) * 0.3
    stories = rng.standard_normal((max(count // 40, 1), DIMENSION)) * 0.2
    of = rng.integers(len(stories), size=count)
    topic = rng.integers(len(topics), size=len(stories))
    vectors = np.empty((count, DIMENSION), dtype=np.float32)
    for start in range(0, count, 50_000):
        part = of[start : start + 50_000]
        noise = rng.standard_normal((len(part), DIMENSION)) * 0.3
        found = mean + topics[topic[part]] + stories[part] + noise
        vectors[start : start + 50_000] = found / np.linalg.norm(found, axis=1, keepdims=True)
    return vectors


def measure(count: int, asked: int, kinds: dict[str, type]) -> dict:
    """Build every index over the same vectors and ask them in turn."""
    rng = np.random.default_rng(1)
    vectors = made(count // SEGMENT * SEGMENT, rng)
    count = len(vectors)
    near = vectors[rng.integers(count, size=asked)] + rng.standard_normal((asked, DIMENSION)) * 0.06
    questions = (near / np.linalg.norm(near, axis=1, keepdims=True)).astype(np.float32)
    everything, tenth = np.arange(count), np.sort(rng.choice(count, count // 10, replace=False))
    faiss.omp_set_num_threads(1)
    with tempfile.TemporaryDirectory() as folder:
        built, ways, sizes = {}, {}, {}
        for name, kind in kinds.items():
            place = Path(folder) / name.replace(" ", "_")
            place.mkdir()
            clock = time.perf_counter()
            codes = kind(place, DIMENSION)
            for start in range(0, count, SEGMENT):
                codes.append(vectors[start : start + SEGMENT])
                codes = kind(place, DIMENSION)
            built[name] = time.perf_counter() - clock
            sizes[name] = sum(file.stat().st_size for file in place.iterdir()) / count
            ways[name] = _nearest(codes) if hasattr(codes, "nearest") else _estimating(codes)
        for bits in (1, 2):
            name = f"IndexRaBitQ, {bits} bit{'s' * (bits > 1)}"
            clock = time.perf_counter()
            index = faiss.IndexRaBitQ(DIMENSION, faiss.METRIC_INNER_PRODUCT, bits)
            turned = faiss.IndexPreTransform(faiss.RandomRotationMatrix(DIMENSION, DIMENSION), index)
            turned.train(vectors[:100_000])
            turned.add(vectors)
            built[name] = time.perf_counter() - clock
            sizes[name] = index.code_size
            ways[name] = _searching(turned, lambda q: q, count, faiss.RaBitQSearchParameters)
        clock = time.perf_counter()
        centre = vectors.mean(axis=0)
        turns = np.linalg.qr(rng.standard_normal((2 * DIMENSION, DIMENSION)))[0].astype(np.float32)
        signs = np.packbits((vectors - centre) @ turns.T > 0, axis=-1)
        binary = faiss.IndexBinaryFlat(signs.shape[1] * 8)
        binary.add(signs)
        built["IndexBinaryFlat, 768 signs"] = time.perf_counter() - clock
        sizes["IndexBinaryFlat, 768 signs"] = signs.shape[1]

        def asked_signs(question: np.ndarray) -> np.ndarray:
            return np.packbits((question - centre) @ turns.T > 0, axis=-1)

        ways["IndexBinaryFlat, 768 signs"] = _searching(binary, asked_signs, count, faiss.SearchParameters)
        report = {"rows": count}
        for label, rows in (("all", everything), ("a tenth", tenth)):
            report[label] = _ask(ways, questions, rows, vectors)
        report["build_s"] = {name: round(seconds, 1) for name, seconds in built.items()}
        report["bytes_a_row"] = {name: round(size, 1) for name, size in sizes.items()}
        return report


def _nearest(codes: BinaryCodes) -> Callable:
    return lambda question, rows: codes.nearest(question, rows, READ)


def _estimating(codes: object) -> Callable:
    """The best by the estimates of the former codes, kept as they kept them."""

    def search(question: np.ndarray, rows: np.ndarray) -> np.ndarray:
        best, scores = np.empty(0, np.int64), np.empty(0, np.float32)
        for part, estimates in codes.estimates(question, rows):
            better = estimates > scores.min() if len(best) >= READ else slice(None)
            best = np.concatenate([best, part[better]])
            scores = np.concatenate([scores, estimates[better]])
            if len(best) > READ:
                first = np.argpartition(-scores, READ)[:READ]
                best, scores = best[first], scores[first]
        return best

    return search


def _kinds(former: str | None) -> dict[str, type]:
    kinds = {"ours": BinaryCodes}
    if former:
        spec = importlib.util.spec_from_file_location("former_quantization", former)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        kinds["former"] = module.Codes
    return kinds


def _searching(index: object, prepare: Callable, count: int, parameters: type) -> Callable:
    def search(question: np.ndarray, rows: np.ndarray) -> np.ndarray:
        chosen = parameters()
        if len(rows) < count:
            marks = np.zeros(count, dtype=bool)
            marks[rows] = True
            bitmap = np.packbits(marks, bitorder="little")
            chosen.sel = faiss.IDSelectorBitmap(bitmap)
        return index.search(prepare(question)[None], READ, params=chosen)[1][0]

    return search


def _ask(
    ways: dict[str, Callable], questions: np.ndarray, rows: np.ndarray, vectors: np.ndarray
) -> dict[str, dict]:
    times: dict[str, list[float]] = {name: [] for name in ways}
    recalls: dict[str, list[float]] = {name: [] for name in ways}
    for question in questions:
        exact = rows[np.argsort(-(vectors[rows] @ question))[:BEST]]
        for name, search in ways.items():
            clock = time.perf_counter()
            found = search(question, rows)
            best = found[np.argsort(-np.einsum("ij,j->i", vectors[found], question))[:BEST]]
            times[name].append(1000 * (time.perf_counter() - clock))
            recalls[name].append(len(set(best) & set(exact)) / BEST)
    return {
        name: {"median_ms": round(median(times[name]), 2), "recall": round(float(np.mean(recalls[name])), 4)}
        for name in ways
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--questions", type=int, default=40)
    parser.add_argument("--former")
    options = parser.parse_args()
    print(json.dumps(measure(options.count, options.questions, _kinds(options.former)), indent=1))
