"""Runs the long tests of what Sourcier promises when things go wrong, and writes the figures into the docs.

    python benchmarks/reliability.py [--minutes 60] [--only kills,readers] [--no-docs]

Each stage is a program or a file of tests of its own, in a process of its own, with its share of the time:
`--minutes` is for all of them together. A stage that is not done by its deadline is ended, and has failed.
The exit code is 1 if a promise is broken. Rows go into docs/reliability.md, between its marks, with the date.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs" / "reliability.md"
BEGIN, END = "<!-- make reliability -->", "<!-- until here -->"
LOG = ROOT / "build" / "reliability"
# How much longer than its share a stage may take before it is ended.
PATIENCE = 1.6


@dataclass(frozen=True)
class Stage:
    """One of the long tests.

    `share` is how many of 60 minutes it has, `command` what is started, given those minutes as they are now;
    `figure` makes of the last line that it prints, if that is JSON, what is written into the table.
    """

    name: str
    promise: str
    tried: str
    share: float
    command: Callable[[float], list[str]]
    figure: Callable[[dict], str] | None = None


def benchmark(name: str, *arguments: str) -> Callable[[float], list[str]]:
    """A program beside this one that takes `--minutes`."""
    return lambda minutes: [f"benchmarks/{name}.py", *arguments, "--minutes", f"{minutes:.2f}"]


def tests(*files: str) -> Callable[[float], list[str]]:
    """Tests, also those that take long."""
    return lambda _: ["-m", "pytest", "-q", "-p", "no:xdist", "-o", "addopts=", "-m", "not slow", *files]


STAGES = (
    Stage(
        "damage",
        "Whichever file of the library or of the models' cache is damaged: the same answers or a sentence",
        "every file cut short, emptied, replaced, and with flipped bits",
        8,
        tests("tests/system/test_damaged_files.py", "tests/rag/models/test_damaged_cache.py"),
    ),
    Stage(
        "kills",
        "An ingestion that is killed loses nothing that it had acknowledged",
        "SIGKILL at random instants, over whole ingestions",
        5,
        lambda minutes: ["benchmarks/crash.py", "--count", str(max(4, round(100 * minutes / 5)))],
        lambda told: f"{told['kills']} kills, {told['libraries']} libraries: nothing lost or twice",
    ),
    Stage(
        "killed-server",
        "A server and an ingestion that are killed lose no article and no answer that was acknowledged;"
        " nothing that was removed or deleted comes back; `doctor` finds the library sound",
        "SIGKILL of both at random instants, questions under way",
        8,
        benchmark("crash_serving"),
        lambda told: (
            f"{told['kills']} kills; {told['articles']} articles, {told['questions']} answers acknowledged,"
            f" {told['removed']} articles and {told['conversations_deleted']} conversations taken out:"
            " none lost, none back"
        ),
    ),
    Stage(
        "full-disk",
        "Wherever the disk fills up: one sentence, nothing acknowledged lost, and it works again with room",
        "a small disk with ever more room; ingestion, conversations, users, backup, `doctor`",
        5,
        benchmark("full_disk"),
        lambda told: (
            f"{told['tried']} writes refused in {told['commands']} commands: one sentence each,"
            " exit code 2; all done once there was room"
        ),
    ),
    Stage(
        "shared",
        "Two servers and an ingestion on one folder answer from what is there",
        "two servers are asked while articles come and go",
        2,
        benchmark("sharing"),
        lambda told: (
            f"{told['questions']} questions of two servers beside {told['articles']} articles brought in and"
            f" {told['removed']} removed: none failed, both servers agree at the end"
        ),
    ),
    Stage(
        "load",
        "As many questions as can be answered, and twice as many: none hangs or is lost; nothing grows",
        "every part of `benchmarks/load.py`, its short form",
        11,
        lambda _: ["benchmarks/load.py", "all", "--quick"],
    ),
    Stage(
        "readers",
        "Whatever is in a file: an article or a sentence, in bounded time and memory",
        "real files of every format, changed at random (and led by coverage, where atheris is installed)",
        11,
        benchmark("fuzz_readers"),
        lambda told: (
            f"{told['inputs']:,} inputs of {told['formats']} formats, the slowest {told['slowest']} s"
        ),
    ),
    Stage(
        "requests",
        "Whatever is sent to the server: no 5xx, no hang, nothing of another reader",
        "every listed route, with what it takes changed at random, by two users at once",
        3,
        benchmark("fuzz_requests"),
        lambda told: (
            f"{told['requests']:,} requests on {told['routes']} routes, the slowest {told['slowest']} s"
        ),
    ),
    Stage(
        "expressions",
        "No text keeps a regular expression busy, in a file or in a question",
        "what each takes longest for, pumped; in files of several formats and in questions",
        4,
        benchmark("patterns"),
        lambda told: (
            f"{told['inputs']:,} pumped texts of {told['pumps']} kinds, the slowest {told['slowest']} s"
        ),
    ),
)


@dataclass(frozen=True)
class Outcome:
    stage: Stage
    seconds: float
    failure: str = ""
    figure: str = ""


def run(stage: Stage, minutes: float) -> Outcome:
    """Run a stage in a process group of its own; what it says goes into a file."""
    LOG.mkdir(parents=True, exist_ok=True)
    log, begun = LOG / f"{stage.name}.log", time.monotonic()
    environ = os.environ | {"OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, *stage.command(minutes)]
    with log.open("wb") as said:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environ, stdin=subprocess.DEVNULL, stdout=said, stderr=said,
            start_new_session=True,
        )  # fmt: skip
        try:
            code = process.wait(60 * minutes * PATIENCE + 60)
            failure = f"exit code {code}: {log.relative_to(ROOT)}" if code else ""
        except subprocess.TimeoutExpired:
            failure = f"not done by its deadline: {log.relative_to(ROOT)}"
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
    seconds = time.monotonic() - begun
    last = log.read_text("utf-8", "replace").rstrip().rpartition("\n")[2]
    if failure:
        return Outcome(stage, seconds, failure)
    return Outcome(
        stage, seconds, figure=stage.figure(json.loads(last)) if stage.figure else last.strip("= ")
    )


def row(outcome: Outcome, day: str) -> str:
    stage = outcome.stage
    said = f"**broken**: {outcome.failure}" if outcome.failure else outcome.figure
    return f"| {stage.promise} | {stage.tried} | {said} | {round(outcome.seconds)} s | {day} |"


def write(outcomes: list[Outcome], day: str) -> None:
    """Put the rows of the stages that ran in the place of those of before."""
    head, _, rest = DOCS.read_text(encoding="utf-8").partition(BEGIN)
    table, _, tail = rest.partition(END)
    kept = {line.split(" | ")[0].removeprefix("| "): line for line in table.strip().splitlines()[2:]}
    kept |= {outcome.stage.promise: row(outcome, day) for outcome in outcomes}
    rows = [kept[stage.promise] for stage in STAGES if stage.promise in kept]
    titles = ["| promise | what is tried | figure | took | last run |", "|---|---|---|---|---|"]
    DOCS.write_text(f"{head}{BEGIN}\n" + "\n".join([*titles, *rows]) + f"\n{END}{tail}", encoding="utf-8")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--minutes", type=float, default=60, help="for all stages together")
    parser.add_argument("--only", default="", help="names of stages, with commas between them")
    parser.add_argument("--no-docs", action="store_true", help="print the table, and leave the docs")
    options = parser.parse_args()
    wanted = options.only.split(",") if options.only else [stage.name for stage in STAGES]
    if unknown := {*wanted} - {stage.name for stage in STAGES}:
        parser.error(f"no such stage: {', '.join(sorted(unknown))}")
    stages = [stage for stage in STAGES if stage.name in wanted]
    scale = options.minutes / sum(stage.share for stage in STAGES)
    day = datetime.now(UTC).date().isoformat()
    outcomes = []
    for stage in stages:
        outcomes.append(
            run(stage, stage.share * scale if not options.only else stage.share * options.minutes / 60)
        )
        print(row(outcomes[-1], day), flush=True)
    if not options.no_docs:
        write(outcomes, day)
    return int(any(outcome.failure for outcome in outcomes))


if __name__ == "__main__":
    sys.exit(main())
