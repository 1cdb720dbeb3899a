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
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from scale_build import FILTERS, build
from scale_measure import measure
from synthetic import Corpus, pool

from rag.config import EmbeddingSettings
from rag.models.embedder_factory import load_embedder


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
    figure.legend(loc="outside right center")
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
