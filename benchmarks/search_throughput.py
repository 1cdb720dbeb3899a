"""How many searches a second one asker gets, and many at once, beside another commit.

    python benchmarks/search_throughput.py [--beside COMMIT] [--askers 20] [--quick] [--keep FOLDER]

A search is a question to its passages, in one process over a library of 5,000 (`load_library`). Two trees
take turns on copies of the older one's library; the exit code is 1 unless this one does twice as many.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from load_library import HERE, build, environment, questions
from load_report import Report, p95, told


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--beside", help="a commit that is measured in turns")
    parser.add_argument("--askers", type=int, default=20)
    parser.add_argument("--passages", type=int, default=5_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--keep", type=Path, help="where libraries are kept for the next time")
    options, report = parser.parse_args(), Report()
    with tempfile.TemporaryDirectory(prefix="sourcier-load-") as passing:
        measure(options, report, (options.keep or Path(passing)).absolute(), Path(passing))
    sys.exit(1 if report.broken else 0)


# Runs in either tree: only what both have is imported, and events are known by their names.
_SEARCHES = """
import asyncio, json, sys, time
from contextlib import aclosing, closing, suppress
from rag import load_chain

with suppress(ImportError):  # as this tree's server has it
    from ui.command.serve import multiply_in_one_thread
    multiply_in_one_thread()
given = json.loads(sys.stdin.readline())

async def search(chain, question):
    async with aclosing(chain.astream(question)) as events:
        async for event in events:
            name = type(event).__name__
            if name in ("HitsFound", "Found"):
                return [hit.passage_id for hit in event.hits]
    return []

async def run(chain, questions, askers):
    left, taken, found = iter(questions), [], {}
    async def ask_on():
        for question in left:
            begun = time.perf_counter()
            found[question] = await search(chain, question)
            taken.append(time.perf_counter() - begun)
    begun, processor = time.perf_counter(), time.process_time()
    await asyncio.gather(*(ask_on() for _ in range(askers)))
    seconds, processor = time.perf_counter() - begun, time.process_time() - processor
    return {"seconds": seconds, "processor": processor, "taken": taken, "found": found}

with closing(load_chain()) as chain:
    asyncio.run(run(chain, given[:8], 2))
    print("ready", flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        print(json.dumps(asyncio.run(run(chain, asked["questions"], asked["askers"]))), flush=True)
"""


class Searcher:
    """A tree's process, which searches what it is given, by so many askers at once."""

    def __init__(self, tree: Path, folder: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", _SEARCHES],
            cwd=folder,
            env=environment(tree, folder),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def tell(self, said: object) -> None:
        self.process.stdin.write(json.dumps(said) + "\n")
        self.process.stdin.flush()

    def heard(self) -> str:
        if line := self.process.stdout.readline():
            return line
        raise SystemExit(f"a search's process has ended, with code {self.process.wait()}")

    def close(self) -> None:
        with self.process:
            self.process.stdin.close()


def measure(options: argparse.Namespace, report: Report, kept: Path, passing: Path) -> None:
    """Searches a second of one asker and of many, of each tree in turns, on copies of the older's library."""
    trees = {"this": HERE}
    if options.beside:
        trees["base"] = worktree(options.beside, passing)
    oldest = trees.get("base", HERE)
    folder = kept / ("library-base" if options.beside else "library")
    build(folder, options.passages, oldest)
    count = 40 if options.quick else 200
    made = questions(options.seed)
    asked = [next(made) for _ in range(8 + 3 * 2 * count)]
    searchers = {}
    for name, tree in trees.items():
        copy = Path(tempfile.mkdtemp(dir=passing)) / "data"
        shutil.copytree(folder, copy)
        searchers[name] = Searcher(tree, copy)
        searchers[name].tell(asked[:8])
        searchers[name].heard()
    rates: dict[tuple[str, int], list[float]] = {}
    for turn in range(3):
        for place, askers in enumerate((1, options.askers)):
            first = 8 + (2 * turn + place) * count
            for name in sorted(searchers, reverse=turn % 2 == 1):
                searchers[name].tell({"questions": asked[first : first + count], "askers": askers})
                said = json.loads(searchers[name].heard())
                rate = count / said["seconds"]
                rates.setdefault((name, askers), []).append(rate)
                spent = f"{1000 * said['processor'] / count:.0f} ms of processor each"
                report.say(f"  {name}, {askers} askers: {rate:.1f} a second, {spent}; {told(said['taken'])}")
                if askers > 1:
                    single = statistics.median(rates[name, 1])
                    fair = askers / single
                    report.say(f"    p95 {p95(said['taken']) / fair:.2f} of a fair share ({fair:.2f} s)")
    for searcher in searchers.values():
        searcher.close()
    best = {key: statistics.median(values) for key, values in rates.items()}
    for (name, askers), rate in best.items():
        report.say(f"  {name}, {askers} askers: {rate:.1f} searches a second (median)")
    if options.beside:
        ratio = best["this", options.askers] / best["base", options.askers]
        report.promise(f"twice the searches of {options.beside}", ratio >= 2, f"{ratio:.2f} times")


def worktree(commit: str, passing: Path) -> Path:
    """Another commit's files, in a folder that goes with the others."""
    folder = passing / "base"
    archive = subprocess.run(["git", "archive", commit], cwd=HERE, check=True, capture_output=True).stdout
    folder.mkdir()
    subprocess.run(["tar", "-x", "-C", str(folder)], input=archive, check=True)
    return folder


if __name__ == "__main__":
    main()
