"""What `sourcier ingest --ray` gains and costs on this machine, beside `sourcier ingest` in the same run.

    python benchmarks/ray_ingestion.py [--articles 2000] [--workers 1 2]

Made-up short articles in one table go through the pipeline, then through it with so many workers on Ray.
Seconds are of the clock; those until the first article is stored (Ray's start, the encoder's) are told apart.
Processor seconds are of the process that stores: they say how many articles it can take at most. Then, of a
hundred articles, what a worker's processor needs for one, and what goes over the network.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from ingest.bulk.documents import Document, Prepared, Reply
from ingest.bulk.ingestion import Workers, ingest_in_bulk
from ingest.bulk.wire import documents_to_bytes, reply_to_bytes
from ingest.bulk.worker import prepared
from ingest.pipeline.chunking import Chunker, chunker_of
from ingest.pipeline.ingestion import ingest
from ingest.schema.events import Acknowledged, Event, Summary
from ingest.schema.metadata import NOTHING_STATED
from rag.config import Settings
from rag.engine.engine import Engine, open_engine
from rag.models.embedder import Embedder
from rag.models.embedder_factory import load_embedder
from rag.storage.write_lock import write_lock

_SAMPLE = 100
_PLACES = ("Corvenne", "Valmorin", "Sarrane", "Lézan", "Tornac", "Bessac", "Norvans", "Malvoisy")
_SENTENCES = (
    "Le conseil municipal de {place} a voté {n} mesures pour l'eau et les écoles.",
    "Les travaux du pont de {place} ont coûté {n} 000 euros à la commune.",
    "« Nous attendions cela depuis {n} ans », a dit une riveraine de {place}.",
    "La piscine de {place} rouvre le {n} mai après un an de fermeture.",
    "À {place}, {n} habitants sur cent ont répondu à la consultation.",
    "Le préfet a demandé à {place} de revoir son budget, en baisse de {n} %.",
)


@dataclass(frozen=True, slots=True)
class Run:
    """One ingestion: seconds in all, until the first article was stored, and of this process's processor."""

    seconds: float
    first: float
    own: float
    articles: int
    passages: int
    size: int

    @property
    def rate(self) -> float:
        """Articles a second, once the first ones were stored."""
        return self.articles / (self.seconds - self.first)


def main() -> None:
    """Measure, and print lines for LOG.md."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--articles", type=int, default=2000)
    options.add_argument("--workers", type=int, nargs="*", default=[1, 2])
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        table = Path(folder) / "table.jsonl"
        rows = rows_of(chosen.articles)
        table.write_text("".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows), "utf-8")
        embedder = load_embedder(Settings().embedding)
        embedder.read_passages(["passage"])  # loaded for the first run as for the others
        settings = Settings(data_dir=Path(folder) / "plain")
        plain = run(settings, embedder, lambda e, take: _plainly(table, e, take))
        _tell("without Ray", plain, plain)
        for count in chosen.workers:
            workers = Workers(count=count)
            data = Path(folder) / f"ray{count}"
            made = run(
                Settings(data_dir=data), embedder, lambda e, take, w=workers: on_ray(table, e, take, w)
            )
            _tell(f"{count} worker{'s' * (count > 1)}", made, plain)
        _tell_sample(rows[:_SAMPLE], embedder)


def rows_of(count: int) -> list[dict]:
    """Return so many short articles, as rows of a table."""
    drawn = random.Random(7)

    def text(number: int) -> str:
        chosen = drawn.sample(_SENTENCES, k=drawn.randint(3, 6))
        place = drawn.choice(_PLACES)
        return " ".join(one.format(place=f"{place}-{number}", n=drawn.randint(2, 900)) for one in chosen)

    return [
        {"id": n, "title": f"Nouvelles de {n}", "text": text(n), "date": "2025-05-04"} for n in range(count)
    ]


def _plainly(table: Path, engine: Engine, take: Callable[[Event], None]) -> Summary:
    return ingest([str(table)], engine.indexer, chunker_of(engine), take)


def on_ray(table: Path, engine: Engine, take: Callable[[Event], None], workers: Workers) -> Summary:
    """Ingest a table by workers."""
    return ingest_in_bulk([str(table)], engine, chunker_of(engine), take, workers)


def run(
    settings: Settings, embedder: Embedder, work: Callable[[Engine, Callable[[Event], None]], Summary]
) -> Run:
    """Ingest into a library, and measure it."""
    stored: list[float] = []
    with write_lock(settings.place), closing(open_engine(settings, embedder)) as engine:
        began, own = time.perf_counter(), time.process_time()

        def take(event: Event) -> None:
            if isinstance(event, Acknowledged):
                stored.append(time.perf_counter() - began)

        work(engine, take)
        seconds, own = time.perf_counter() - began, time.process_time() - own
        counts = engine.library.counts()
    size = sum(file.stat().st_size for file in settings.data_dir.rglob("*") if file.is_file())
    return Run(seconds, stored[0], own, counts.articles, counts.passages, size)


def _tell(name: str, run: Run, plain: Run) -> None:
    print(
        f"{name}: {run.articles} articles, {run.passages} passages; {run.seconds:.1f} s, until the"
        f" first {run.first:.1f}; then {run.rate:.1f} articles/s ({run.rate / plain.rate:.2f} times plain);"
        f" this process {1e3 * run.own / run.articles:.1f} ms/article of processor;"
        f" {run.size / run.passages / 1e3:.1f} kB/passage on disk",
        flush=True,
    )


def _tell_sample(rows: list[dict], embedder: Embedder) -> None:
    documents = [
        Document(
            row["text"].encode(), f"{row['id']}.txt", f"{row['id']}", "text", NOTHING_STATED, NOTHING_STATED
        )
        for row in rows
    ]
    began = time.process_time()
    made = prepared(documents, Chunker(embedder, Settings().chunking))
    own = time.process_time() - began
    passages = sum(len(one.passages) for one in made if isinstance(one, Prepared))
    print(
        f"a worker: {1e3 * own / len(rows):.1f} ms/article of processor; network, for each article"
        f" {len(documents_to_bytes(documents)) / len(rows):.0f} bytes there, for each passage"
        f" {len(reply_to_bytes(Reply(made))) / passages / 1e3:.1f} kB back"
    )


if __name__ == "__main__":
    main()
