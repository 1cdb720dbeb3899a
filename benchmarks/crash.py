"""Kills an ingestion at many random instants; what was acknowledged must be there, once, and whole.

    python benchmarks/crash.py --count 200 --articles 500

Real processes die by SIGKILL while they write to SQLite, Chroma and tantivy; a quick encoder stands in for
the model, since what is tested is the writing. After every kill the library is opened as a reader would, and
all that the killed process said it had acknowledged is looked for; the next process goes on where it was. A
library that is full is left, and another one begun: the kills are spread over whole ingestions.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import random
import sys
import tempfile
import time
from contextlib import closing
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "support")]

from desk import Desk  # noqa: E402

from ingest.pipeline.ingestion import ingest  # noqa: E402
from ingest.schema.events import Acknowledged, Event  # noqa: E402
from rag.engine.integrity import inspect  # noqa: E402
from rag.storage.write_lock import write_lock  # noqa: E402


@dataclass
class Tally:
    """What happened so far."""

    kills: int = 0
    libraries: int = 0
    checked: int = 0


def write_articles(folder: Path, count: int) -> None:
    folder.mkdir(parents=True)
    for number in range(count):
        lines = [f"L'article {number} dit en phrase {line} ce qui arrive à Corvenne." for line in range(6)]
        (folder / f"{number:04}.txt").write_text("\n".join(lines), encoding="utf-8")


def work(folder: Path, told: Connection) -> None:
    """What the process that is killed does: it says which articles are acknowledged."""

    def tell(event: Event) -> None:
        if isinstance(event, Acknowledged):
            told.send(event.article_id)

    with write_lock(folder / "data"), closing(Desk(folder)) as desk:
        told.send("begun")
        ingest([str(desk.files)], desk.indexer, desk.chunker, tell)


def kill_once(folder: Path, delay: float) -> tuple[set[str], bool]:
    """Ids that were acknowledged before the kill, and whether it had finished before."""
    context = multiprocessing.get_context("forkserver")
    # Processes are forked from one that has imported nearly everything: a start takes no seconds.
    context.set_forkserver_preload(["ingest.pipeline.ingestion", "rag.engine.factory"])
    told, telling = context.Pipe(duplex=False)
    process = context.Process(target=work, args=(folder, telling))
    process.start()
    telling.close()
    assert told.recv() == "begun"
    process.join(delay)
    finished = process.exitcode is not None
    process.kill()
    process.join()
    assert process.exitcode == (0 if finished else -9), process.exitcode
    acknowledged = set()
    try:
        while True:
            acknowledged.add(told.recv())
    except EOFError:
        told.close()
    return acknowledged, finished


def check(folder: Path, acknowledged: set[str], articles: int | None) -> None:
    """What was acknowledged is there and whole, nothing is there twice; if `articles`, there are so many."""
    with closing(Desk(folder)) as desk:
        listed = desk.library.articles()
        lost = acknowledged - {article.id for article in listed}
        assert not lost, f"lost: {sorted(lost)}"
        assert len({article.text for article in listed}) == len(listed), "something is there twice"
        expected = {"leftovers"} if articles is None else set()
        found = {finding.check for finding in inspect(desk.parts).findings}
        # Until the next start, an index may hold what the library doesn't list: never the other way round.
        assert found <= expected | ({"rows_missing", "rows_stray"} if articles is None else set()), found
        if articles is not None:
            assert len(listed) == articles, f"{len(listed)} of {articles}"
            for article in listed[::25]:
                text = f"{article.title}\n{article.text}"
                assert desk.found(text, ["corven"])[0], "not found"


def run(count: int, articles: int, seed: int, longest: float) -> Tally:
    instants, tally = random.Random(seed), Tally()
    while tally.kills < count:
        # An index that was closed may still be merging its segments in threads of its own.
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
            folder, acknowledged, finished = Path(name), set(), False
            write_articles(folder / "articles", articles)
            while tally.kills < count and not finished:
                before, finished = kill_once(folder, instants.uniform(0, longest))
                acknowledged |= before
                tally.kills += not finished
                check(folder, acknowledged, None)
                tally.checked += 1
            with write_lock(folder / "data"), closing(Desk(folder)) as desk:
                desk.ingest()
            check(folder, acknowledged, articles)
            tally.libraries += 1
    return tally


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--count", type=int, default=200, help="kills")
    parser.add_argument("--articles", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--longest", type=float, default=1.5, help="seconds until a kill, at most")
    options = parser.parse_args()
    begun = time.monotonic()
    tally = run(options.count, options.articles, options.seed, options.longest)
    print(json.dumps(vars(tally) | {"seconds": round(time.monotonic() - begun)}))


if __name__ == "__main__":
    main()
