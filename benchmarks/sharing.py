"""Two servers and an ingestion on one folder, for minutes: all that is asked is answered from what is there.

    python benchmarks/sharing.py --minutes 3

Real processes. Both servers are asked all the time while articles come and go; no question may fail or hang,
and at the end, when nobody writes any more, both must know the articles that the ingestion had acknowledged
last, and none of those that it had removed. The encoder is a quick stand-in.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "support"), str(ROOT / "benchmarks")]

from crash_serving import CONTEXT, PATIENCE, Asker, Log, check, note, serving, started, writing  # noqa: E402
from desk import Desk  # noqa: E402

from rag.storage.write_lock import write_lock  # noqa: E402

IMPORTED = ["ingest.pipeline.ingestion", "rag.engine.factory", "ui.app", "served_page"]


def run(minutes: float) -> dict[str, int]:
    CONTEXT.set_forkserver_preload(IMPORTED)
    log = Log()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with write_lock(folder / "data"), closing(Desk(folder)) as desk:
            desk.write("first.txt", "Le pont de Corvenne a rouvert lundi.")
            desk.ingest()
        with started(serving, folder) as (_, one), started(serving, folder) as (_, two):
            assert one.poll(PATIENCE), "the first server doesn't start"
            assert two.poll(PATIENCE), "the second server doesn't start"
            places = [one.recv(), two.recv()]
            with started(writing, folder, 1) as (ingestion, told):
                askers = [Asker(folder, place, f"s{n}", log) for n, place in enumerate(places)]
                for asker in askers:
                    asker.start()
                end = time.monotonic() + 60 * minutes
                while time.monotonic() < end:
                    assert note(told, log), "the ingestion ended by itself"
                    assert all(asker.is_alive() for asker in askers), [asker.broken for asker in askers]
                ingestion.kill()
                ingestion.join()
                while note(told, log):
                    pass
            for asker in askers:
                asker.stop = True
                asker.join(PATIENCE)
                assert not asker.is_alive(), "a question hangs"
                assert asker.broken is None, asker.broken
            seen = [Asker(folder, place, f"l{n}", log).articles() for n, place in enumerate(places)]
        check(folder, log)
        with closing(Desk(folder)) as desk:
            articles = len(desk.library.articles())
    assert seen == [articles, articles], (seen, articles)
    assert min(len(log.articles), len(log.removed), len(log.questions)) > 0, vars(log)
    return {
        "questions": len(log.questions),
        "articles": len(log.articles),
        "removed": len(log.removed),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--minutes", type=float, default=3)
    options = parser.parse_args()
    begun = time.monotonic()
    print(json.dumps(run(options.minutes) | {"seconds": round(time.monotonic() - begun)}))


if __name__ == "__main__":
    main()
