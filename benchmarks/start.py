"""How long one question takes from nothing, and how much memory: `ask`, a script, and the page's server.

    python benchmarks/start.py --library FOLDER [--base TREE --base-python FILE] [--rounds 5] [--ways ask,…]

Each way is run anew, in turn by the tree of `--base` and by this one, on a copy of the library for each:
`ask` is `sourcier ask`, `script` is `load_chain(…).invoke(…)`, `serve` is `sourcier serve` until a question
sent to the page's own queue has what the search found. The question is one that the articles don't answer.
Wall and processor seconds of the process and its children, and the most memory that all of them held
together, mapped pages included. Medians, and this tree as a share of the base.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx2

QUESTION = "Quel est le prix du kilo de tomates à Nouméa ?"
_HERE = Path(__file__).parents[1]
_SCRIPT = "import sys; from rag import load_chain; load_chain().invoke(sys.argv[1])"
_TICK = os.sysconf("SC_CLK_TCK")
_EVERY = 0.02  # seconds between two looks at the memory


@dataclass(frozen=True)
class Tree:
    """A working tree and the interpreter that runs it, on its own copy of the library."""

    name: str
    folder: Path
    python: Path
    library: Path

    @property
    def command(self) -> list[str]:
        return [str(self.python), str(self.python.parent / "sourcier")]

    def start(self, *arguments: str, **environ: str) -> subprocess.Popen:
        return subprocess.Popen(
            arguments,
            # Not the tree: a configuration that lies there would be read.
            cwd=self.library,
            env=os.environ
            | {"PYTHONPATH": str(self.folder), "SOURCIER_DATA_DIR": str(self.library)}
            | environ,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )


@dataclass(frozen=True)
class Cost:
    """Seconds on the clock, seconds of the processor, megabytes."""

    wall: float
    processor: float
    memory: float


class Watch:
    """Looks at a process and its children until it ends: the most that they hold, the time they took."""

    def __init__(self, process: int) -> None:
        self._root = process
        self._seconds: dict[int, float] = {}
        self.memory = 0.0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look)
        self._thread.start()

    def end(self) -> float:
        """Processor seconds of all that were seen."""
        self._over.set()
        self._thread.join()
        return sum(self._seconds.values())

    def _look(self) -> None:
        while True:
            held = 0.0
            for process in _family(self._root):
                try:
                    held += _resident(process)
                    self._seconds[process] = _seconds(process)
                except (FileNotFoundError, ProcessLookupError):  # it has just ended
                    continue
            self.memory = max(self.memory, held)
            if self._over.wait(_EVERY):
                return


def _family(root: int) -> Iterator[int]:
    yield root
    try:
        children = [
            child
            for task in Path(f"/proc/{root}/task").iterdir()
            for child in (task / "children").read_text().split()
        ]
    except (FileNotFoundError, ProcessLookupError):
        return
    for child in children:
        yield from _family(int(child))


def _resident(process: int) -> float:
    return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def _seconds(process: int) -> float:
    stat = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(stat[11]) + int(stat[12])) / _TICK


def ask(tree: Tree) -> Cost:
    return _run(tree, *tree.command, "ask", QUESTION)


def script(tree: Tree) -> Cost:
    return _run(tree, str(tree.python), "-c", _SCRIPT, QUESTION)


def _run(tree: Tree, *arguments: str) -> Cost:
    begun, before = time.perf_counter(), _children_seconds()
    with tree.start(*arguments) as process:
        watch = Watch(process.pid)
        _, said = process.communicate()
        wall = time.perf_counter() - begun
        watch.end()
    if process.returncode:
        raise SystemExit(f"{tree.name}: {said}")
    return Cost(wall, _children_seconds() - before, watch.memory)


def _children_seconds() -> float:
    """Exact, where the watch sees only what was there when it looked: of processes that have ended."""
    times = os.times()
    return times.children_user + times.children_system


def serve(tree: Tree) -> Cost:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    begun = time.perf_counter()
    with tree.start(*tree.command, "serve", SOURCIER_UI__PORT=str(port)) as process:
        watch = Watch(process.pid)
        try:
            for line in process.stderr:
                if f"http://127.0.0.1:{port}/" in line:
                    break
            else:
                raise SystemExit(f"{tree.name}: the server has ended")
            _found(f"http://127.0.0.1:{port}/")
            wall = time.perf_counter() - begun
        finally:
            processor = watch.end()
            process.send_signal(signal.SIGINT)
            process.communicate()
    return Cost(wall, processor, watch.memory)


def _found(url: str) -> None:
    """Ask as the page asks, until what was found has come."""
    with httpx2.Client(base_url=url, timeout=600, trust_env=False) as client:
        page = client.get("/").raise_for_status().text
        config, _ = json.JSONDecoder().raw_decode(page, page.index("{", page.index("window.gradio_config")))
        box = next(c["id"] for c in config["components"] if c["props"].get("elem_id") == "question")
        event = next(d for d in config["dependencies"] if [box, "submit"] in d["targets"])
        asked = {
            "data": [QUESTION] + [None] * (len(event["inputs"]) - 1),
            "event_data": None,
            "fn_index": event["id"],
            "trigger_id": box,
            "session_hash": "benchmark",
        }
        client.post("gradio_api/queue/join", json=asked).raise_for_status()
        with client.stream("GET", "gradio_api/queue/data", params={"session_hash": "benchmark"}) as told:
            for line in told.iter_lines():
                if 'class=\\"passage' in line:
                    return
                if '"process_completed"' in line or '"success": false' in line:
                    raise SystemExit(f"nothing was found: {line[:500]}")
    raise SystemExit("the server said nothing")


WAYS: dict[str, Callable[[Tree], Cost]] = {"ask": ask, "script": script, "serve": serve}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--library", type=Path, required=True, help="a library with articles; it is copied")
    parser.add_argument("--base", type=Path, help="a tree to compare with")
    parser.add_argument("--base-python", type=Path, help="its interpreter")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--ways", default=",".join(WAYS))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as passing:
        trees = [Tree("this", _HERE, Path(sys.executable), Path(passing) / "this")]
        if options.base:
            python = options.base_python or Path(sys.executable)
            trees.insert(0, Tree("base", options.base.resolve(), python.absolute(), Path(passing) / "base"))
        for tree in trees:
            shutil.copytree(options.library, tree.library)
        for way in options.ways.split(","):
            measure(WAYS[way], way, trees, options.rounds)


def measure(run: Callable[[Tree], Cost], way: str, trees: list[Tree], rounds: int) -> None:
    for tree in trees:  # once for caches, and for what a library of an earlier version is given
        run(tree)
    costs: dict[str, list[Cost]] = {tree.name: [] for tree in trees}
    for _ in range(rounds):
        for tree in trees:
            costs[tree.name].append(run(tree))
    load = os.getloadavg()[0]
    print(f"{way}: wall s, processor s, peak MB; median of {rounds}, load {load:.1f}")
    medians = {
        name: [statistics.median(getattr(one, part) for one in found) for part in Cost.__dataclass_fields__]
        for name, found in costs.items()
    }
    for name, (wall, processor, memory) in medians.items():
        print(f"  {name:5} {wall:7.2f} {processor:7.2f} {memory:7.0f}")
    if "base" in medians:
        shares = [ours / base for ours, base in zip(medians["this"], medians["base"], strict=True)]
        print("  share " + " ".join(f"{share:7.2f}" for share in shares))
    print(json.dumps({name: [vars(one) for one in found] for name, found in costs.items()}), file=sys.stderr)


if __name__ == "__main__":
    main()
