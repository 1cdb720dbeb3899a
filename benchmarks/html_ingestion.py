"""How fast pages of HTML come in, beside another tree's code: conversion alone and whole ingestion, in turns.

    python benchmarks/html_ingestion.py FOLDER --base TREE [--pages 300] [--rounds 3]

Half of the measure is pages under FOLDER (saved ones; as often as needed for so many), half are made ones
(`synthetic`, 5 KB in a usual page's markup). Each tree has a process of its own that has its engine open, and
in each round both read the same part of the pages, each kind apart: by the converter alone, then by `ingest`
(converting, cutting, embedding, storing) into its library. Printed are articles a second of processor time of
either tree and their ratio: on a shared machine, seconds of the clock are its neighbours'. What another tree
needs that isn't installed can be on `PYTHONPATH`.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from itertools import cycle, islice
from pathlib import Path

_LARGEST = 400_000  # bytes of a saved page
_KINDS = ("saved", "made")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--base", type=Path)
    parser.add_argument("--pages", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        _serve(options.folder)
        return
    with tempfile.TemporaryDirectory() as folder:
        parts = _write(options.folder, Path(folder), options.pages, options.rounds)
        trees = [options.base or Path(__file__).parents[1], Path(__file__).parents[1]]
        processes = [_start(tree.resolve(), Path(folder) / f"library{i}") for i, tree in enumerate(trees)]
        took = {kind: [[0.0, 0.0] for _ in trees] for kind in _KINDS}
        for number, (kind, part) in enumerate(parts):
            for place in (0, 1) if number // 2 % 2 else (1, 0):
                seconds = _ask(processes[place], part)
                for measure, value in enumerate(seconds):
                    took[kind][place][measure] += value
        for process in processes:
            process.stdin.close()
            process.wait()
    for kind in _KINDS:
        for measure, name in enumerate(("converted", "ingested")):
            base, this = (took[kind][place][measure] for place in (0, 1))
            rates = f"{options.pages / base:6.1f} {options.pages / this:6.1f} articles/s"
            print(f"{kind:6} {name:10} {rates}  ratio {base / this:.3f}")


def _write(source: Path, folder: Path, pages: int, rounds: int) -> list[tuple[str, Path]]:
    """Write the parts of each kind of pages; return them with their kinds in the order of rounds."""
    saved = [path for path in sorted(source.rglob("*.html")) if path.stat().st_size < _LARGEST]
    texts = {
        "saved": (path.read_bytes() for path in cycle(saved)),
        "made": (page.encode() for page in _made()),
    }
    parts = []
    for number in range(rounds):
        for kind in _KINDS:
            part = folder / f"{kind}{number}"
            part.mkdir()
            for place, page in enumerate(islice(texts[kind], pages // rounds)):
                (part / f"{place}.html").write_bytes(page)
            parts.append((kind, part))
    return parts


def _made() -> Iterator[str]:
    from synthetic import Articles

    for entry in Articles().entries():
        article = entry.article
        paragraphs = "".join(f"<p>{line}</p>" for line in article.text.split("\n") if line.strip())
        menu = "".join(f'<li><a href="/{n}">Rubrique {n}</a></li>' for n in range(12))
        stated = {"@type": "NewsArticle", "headline": article.title, "datePublished": article.published_at}
        yield (
            f'<!doctype html><html lang="fr"><head><title>{article.title}</title>'
            f'<script type="application/ld+json">{json.dumps(stated)}</script></head><body>'
            f"<nav><ul>{menu}</ul></nav><main><article><h1>{article.title}</h1>{paragraphs}</article></main></body></html>"
        )


def _start(tree: Path, library: Path) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, __file__, str(library), "--serve"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=tree,
        env={**os.environ, "PYTHONPATH": f"{tree}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"},
    )


def _ask(process: subprocess.Popen, part: Path) -> list[float]:
    process.stdin.write(f"{part}\n")
    process.stdin.flush()
    while not (line := process.stdout.readline()).startswith("["):
        if not line:
            raise SystemExit("a tree's process has ended.")
    return json.loads(line)


def _serve(library: Path) -> None:
    from ingest.converters.registry import read_article
    from ingest.pipeline.chunking import Chunker
    from ingest.pipeline.ingestion import ingest
    from rag.config import Settings
    from rag.engine.engine import open_engine
    from rag.errors import UserError
    from rag.storage.write_lock import write_lock

    settings = Settings(data_dir=library)
    with closing(open_engine(settings)) as engine:
        engine.embedder.read_passages(["Une phrase."])
        for line in sys.stdin:
            part = Path(line.strip())
            begun = time.process_time()
            for path in sorted(part.iterdir()):
                with suppress(UserError):
                    read_article(path.read_bytes(), str(path))
            converted = time.process_time()
            with write_lock(settings.place):
                chunker = Chunker(engine.embedder, settings.chunking)
                ingest([str(part)], engine.indexer, chunker, lambda _: None)
            print(json.dumps([converted - begun, time.process_time() - converted]), flush=True)


if __name__ == "__main__":
    main()
