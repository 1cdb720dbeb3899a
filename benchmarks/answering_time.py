"""How long answers take, by the tree of `--base` and by this one, question by question in turn.

    python benchmarks/answering_time.py --library FOLDER --questions FILE [--base TREE --base-python FILE]
                                        [--limit 50] [--seed 1]

Each tree has its own process with its default configuration, a copy of the library, and its models warm, as a
page that has been open for a while. Both are asked the same question, one after the other, each first half of
the times; only one works at a time. `--library` must be one that the older tree can open: the bench of
`sourcier eval --cache FOLDER` makes one, and so does `sourcier ingest`. `--questions` is a set in SQuAD's
format, or a text with one question a line.

Seconds to the first words, which for a refusal are its own, and to the whole answer: p50 and p95, this tree's
p50 as a share of the base's, and both as shares of the base's whole answer.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

_HERE = Path(__file__).parents[1]
_UNTIMED = 2
# Runs in either tree: only what both have is imported, and events are known by their names.
_WORKER = """
import json, sys, time
from contextlib import closing
from rag import load_chain
from rag.schema.question import Question

with closing(load_chain()) as chain:
    chain.warm_up(sys.argv[1])
    print("ready", flush=True)
    for line in sys.stdin:
        begun, first = time.perf_counter(), None
        for event in chain.stream(Question(json.loads(line), fresh=True)):
            if first is None and type(event).__name__ in ("TokenDrafted", "ClaimChecked", "Answer"):
                first = time.perf_counter() - begun
        whole = time.perf_counter() - begun
        print(json.dumps({"first": first, "whole": whole, "status": event.status}), flush=True)
"""


@dataclass(frozen=True)
class Tree:
    """A working tree and the interpreter that runs it, on its own copy of the library."""

    name: str
    folder: Path
    python: Path
    library: Path


@dataclass(frozen=True)
class Timed:
    """One answer: seconds to its first words and to its end, and what it was."""

    first: float
    whole: float
    status: str


class Asker:
    """A tree's process, which answers a question a line."""

    def __init__(self, tree: Tree, process: subprocess.Popen) -> None:
        self._tree, self._process = tree, process
        self._line()

    def ask(self, question: str) -> Timed:
        self._process.stdin.write(json.dumps(question) + "\n")
        self._process.stdin.flush()
        return Timed(**json.loads(self._line()))

    def _line(self) -> str:
        if line := self._process.stdout.readline():
            return line
        raise SystemExit(f"{self._tree.name}: the process has ended, with code {self._process.wait()}")


@contextmanager
def asker(tree: Tree, language: str) -> Iterator[Asker]:
    with subprocess.Popen(
        [str(tree.python), "-c", _WORKER, language],
        # Not the tree: a configuration that lies there would be read.
        cwd=tree.library,
        env=os.environ | {"PYTHONPATH": str(tree.folder), "SOURCIER_DATA_DIR": str(tree.library)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield Asker(tree, process)
        process.stdin.close()


def read_questions(file: Path, limit: int, seed: int) -> list[str]:
    """Questions of a set in SQuAD's format or of a text, drawn with the seed."""
    content = file.read_text(encoding="utf-8-sig")
    if content.lstrip().startswith("{"):
        paragraphs = [part for entry in json.loads(content)["data"] for part in entry["paragraphs"]]
        found = [asked["question"] for paragraph in paragraphs for asked in paragraph["qas"]]
    else:
        found = content.splitlines()
    found = list(dict.fromkeys(question.strip() for question in found if question.strip()))
    return random.Random(seed).sample(found, min(limit, len(found)))


def split(questions: list[str]) -> tuple[list[str], list[str]]:
    """Return the questions that aren't timed and those that are."""
    if len(questions) <= _UNTIMED:
        raise SystemExit(f"--questions: at least {_UNTIMED + 1} are needed, {_UNTIMED} of them untimed")
    return questions[:_UNTIMED], questions[_UNTIMED:]


def measure(askers: dict[str, Asker], questions: Sequence[str]) -> dict[str, list[Timed]]:
    timed: dict[str, list[Timed]] = {name: [] for name in askers}
    for number, question in enumerate(questions):
        # In turn also who is first: what one has left in the caches of the machine helps the other.
        for name in sorted(askers, reverse=number % 2 == 1):
            timed[name].append(askers[name].ask(question))
    return timed


def report(timed: dict[str, list[Timed]]) -> list[str]:
    """Return the lines that tell what was measured."""
    count, load = len(next(iter(timed.values()))), os.getloadavg()[0]
    lines = [f"{count} questions, load {load:.1f}: first words p50, p95; whole answer p50, p95 (s); refused"]
    p50 = {}
    for name, answers in timed.items():
        firsts, wholes = [one.first for one in answers], [one.whole for one in answers]
        p50[name] = statistics.median(firsts), statistics.median(wholes)
        refused = sum(one.status == "not_found" for one in answers)
        lines.append(
            f"  {name:5} {p50[name][0]:8.3f} {_p95(firsts):8.3f}   {p50[name][1]:8.3f} {_p95(wholes):8.3f}"
            f"   {refused}/{count}"
        )
    if "base" in p50:
        (first, whole), (base_first, base_whole) = p50["this"], p50["base"]
        lines += [
            f"  share of the base's own: {first / base_first:.3f}, {whole / base_whole:.3f}",
            f"  share of the base's whole answer: {first / base_whole:.3f}, {whole / base_whole:.3f}",
        ]
    return lines


def _p95(values: Sequence[float]) -> float:
    return statistics.quantiles(values, n=20, method="inclusive")[-1] if len(values) > 1 else values[0]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--library", type=Path, required=True, help="a library with articles; it is copied")
    parser.add_argument("--questions", type=Path, required=True, help="SQuAD's JSON, or a question a line")
    parser.add_argument("--base", type=Path, help="a tree to compare with")
    parser.add_argument("--base-python", type=Path, help="its interpreter")
    parser.add_argument("--limit", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--language", default="fr", help="the language of most questions")
    options = parser.parse_args()
    # Two more, asked first for caches and for what a library of an earlier version is given: a model that
    # keeps the prompt of a question in mind would be quick at it a second time.
    first, questions = split(read_questions(options.questions, options.limit + _UNTIMED, options.seed))
    with tempfile.TemporaryDirectory() as passing, ExitStack() as running:
        trees = [Tree("this", _HERE, Path(sys.executable), Path(passing) / "this")]
        if options.base:
            python = options.base_python or Path(sys.executable)
            trees.insert(0, Tree("base", options.base.resolve(), python.absolute(), Path(passing) / "base"))
        askers = {}
        for tree in trees:
            shutil.copytree(options.library, tree.library)
            askers[tree.name] = running.enter_context(asker(tree, options.language))
        measure(askers, first)
        timed = measure(askers, questions)
    print("\n".join(report(timed)))
    print(json.dumps({name: [vars(one) for one in found] for name, found in timed.items()}), file=sys.stderr)


if __name__ == "__main__":
    main()
