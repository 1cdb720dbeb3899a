"""Prints what sourcier[local] installs by weight: which package asks for what, and what is never loaded.

`python scripts/weights.py [--least MB]`. Sizes are those of the files that a package lists, on this machine.
What is loaded is found by reading the examples, asking a question and opening the page in a process of its
own: what no module of was imported then is marked. It may still be needed for other files or settings.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import distribution
from pathlib import Path
from tempfile import TemporaryDirectory

import licences
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PROGRAM = "sourcier"
_PROBE = """
import sys
from ui.command.main import main
assert main(["ingest", "--examples"]) == 0
assert main(["ask", "Qui est la maire de Corvenne ?"]) == 0
import ui.app, ui.command.serve, ui.server.server
print("--- modules")
files = {getattr(module, "__file__", None) for module in list(sys.modules.values())}
print(*filter(None, files), sep="\\n")
"""


@dataclass(frozen=True, slots=True)
class Weight:
    """A package: its own files, and with what it alone brings, in megabytes; who asks for it."""

    name: str
    own: float
    with_its_own: float
    asked_by: tuple[str, ...]
    is_loaded: bool


def weights() -> list[Weight]:
    """Return all packages that are installed by default, the heaviest first."""
    graph = wanted_by()
    sizes = {name: _size(name) for name in graph}
    loaded = _loaded_files()
    found = []
    for name in graph.keys() - {PROGRAM}:
        gone = brought_alone(graph, name)
        asked_by = tuple(sorted(one for one, wanted in graph.items() if name in wanted))
        is_loaded = not loaded.isdisjoint(_files(name))
        found.append(Weight(name, sizes[name], sum(sizes[one] for one in gone), asked_by, is_loaded))
    return sorted(found, key=lambda one: (-one.own, one.name))


def wanted_by() -> dict[str, set[str]]:
    """Package → those that it asks for on this machine; the program with its extra `local`."""
    known = {one.name for one in licences.installed(PROGRAM)}
    graph: dict[str, set[str]] = {PROGRAM: set()}
    waiting: list[tuple[str, frozenset[str]]] = [(PROGRAM, frozenset({"local"}))]
    seen = set()
    while waiting:
        name, extras = waiting.pop()
        if (name, extras) in seen:
            continue
        seen.add((name, extras))
        for wanted in map(Requirement, distribution(name).requires or ()):
            if wanted.marker is None or any(wanted.marker.evaluate({"extra": one}) for one in extras | {""}):
                asked = canonicalize_name(wanted.name)
                graph.setdefault(name, set()).add(asked)
                waiting.append((asked, frozenset(wanted.extras)))
    return {name: graph.get(name, set()) for name in known | {PROGRAM}}


def brought_alone(graph: Mapping[str, set[str]], name: str) -> set[str]:
    """Return a package and what would not be installed without it."""
    reached, waiting = {name}, [PROGRAM]
    while waiting:
        if (one := waiting.pop()) not in reached:
            reached.add(one)
            waiting += graph[one]
    return graph.keys() - reached | {name}


def _files(name: str) -> set[str]:
    return {os.path.realpath(file.locate()) for file in distribution(name).files or ()}


def _size(name: str) -> float:
    return sum(file.stat().st_size for file in map(Path, _files(name)) if file.is_file()) / 1e6


def _loaded_files() -> set[str]:
    """Every file of which a module was imported while the examples were read and asked."""
    with TemporaryDirectory() as folder:
        own = {"SOURCIER_DATA_DIR": f"{folder}/library", "XDG_CONFIG_HOME": folder, "PYTHONPATH": str(ROOT)}
        done = subprocess.run(
            [sys.executable, "-c", _PROBE], env=os.environ | own, cwd=folder, capture_output=True, text=True
        )
    if done.returncode:
        raise SystemExit(done.stderr)
    return {os.path.realpath(line) for line in done.stdout.partition("--- modules\n")[2].splitlines()}


def table(found: list[Weight], least: float) -> str:
    """Return the packages of at least so many megabytes as a Markdown table, and a line with all."""
    rows = [
        f"| {one.name} | {one.own:.0f} | {one.with_its_own:.0f} | {', '.join(one.asked_by)} |"
        f" {'' if one.is_loaded else 'never'} |"
        for one in found
        if one.own >= least
    ]
    unused = sum(one.own for one in found if not one.is_loaded)
    return "\n".join(
        [
            "| package | MB | with what it alone brings | asked for by | loaded |",
            "|---|---:|---:|---|---|",
            *rows,
            "",
            f"{len(found)} packages, {sum(one.own for one in found):.0f} MB; never loaded: {unused:.0f} MB.",
        ]
    )


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    arguments.add_argument("--least", type=float, default=5, metavar="MB", help="default: 5")
    print(table(weights(), arguments.parse_args().least))
