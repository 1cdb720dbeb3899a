"""What a team's setting holds out, whoever is killed, and what it costs beside one machine's.

    python benchmarks/team.py [--only team|askers|ingestion] [--seconds 300] [--articles N] [--askers 20]

Starts PostgreSQL (durable) and a Chroma server on free ports of this machine, and stops by itself; the exit
code is 1 if a promise is broken.

team       two `sourcier serve` over one library on these servers, a `sourcier ingest --ray` of 2,000 short
           articles into it, and 20 askers for five minutes. One server and one worker are killed on the way.
           No acknowledged article is lost, no citation doesn't resolve, no question is unanswered.
askers     20 askers of two such servers, and of one over a copy of the library in a folder, in turns: at p95
           they wait at most as long.
ingestion  5,000 short articles by two workers on Ray into either, in turns: on servers it takes at most 1.15
           times as long.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "support"), str(ROOT / "benchmarks")]

from load_client import serving  # noqa: E402
from load_library import HERE, build, command, example_questions, questions  # noqa: E402
from load_report import Report, p95, told  # noqa: E402
from ray_ingestion import Run, on_ray, rows_of, run  # noqa: E402
from team_attack import team  # noqa: E402
from team_setting import WORKERS, asked_for, keys_for, shared_setting  # noqa: E402

from ingest.bulk.ingestion import Workers  # noqa: E402
from rag.config import Settings  # noqa: E402
from rag.models.embedder_factory import load_embedder  # noqa: E402

AT_MOST = 1.15  # times what ingestion takes in a folder


def main() -> None:
    parts = {"team": team, "askers": askers, "ingestion": ingestion}
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--only", choices=parts)
    parser.add_argument("--seconds", type=float, default=300.0, help="of asking, in each part")
    parser.add_argument("--articles", type=int, help="that are ingested (2,000; for `ingestion` 5,000)")
    parser.add_argument("--askers", type=int, default=20)
    parser.add_argument("--passages", type=int, default=1_000, help="that `askers` find")
    parser.add_argument("--turns", type=int, default=4, help="of `askers` and `ingestion`, an even number")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    report = Report()
    for name, part in parts.items():
        if options.only in (None, name):
            report.say(f"{name}:")
            with tempfile.TemporaryDirectory(prefix="sourcier-team-") as folder:
                part(options, report, Path(folder))
    report.say(f"{report.promised - len(report.broken)} of {report.promised} promises kept")
    sys.exit(1 if report.broken else 0)


def askers(options: argparse.Namespace, report: Report, folder: Path) -> None:
    build(folder / "library", options.passages)
    with shared_setting(folder) as shared, ExitStack() as stack:
        (folder / "team.yaml").write_text(
            json.dumps(
                {
                    "data_dir": str(shared.data("first")),
                    "library": {"url": shared.variables["SOURCIER_LIBRARY__URL"]},
                    "store": {"url": shared.variables["SOURCIER_STORE__URL"]},
                }
            )
        )
        copying = [*command(HERE), "library", "copy", str(folder / "library"), str(folder / "team.yaml")]
        subprocess.run(
            copying,
            cwd=folder,
            env=os.environ | {"PYTHONPATH": str(HERE)},
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        local = Settings(data_dir=folder / "library")
        said = {"one": keys_for(local, options.askers), "two": keys_for(shared.settings, options.askers)}
        served = {
            "one": [stack.enter_context(serving(local.data_dir, folder / "local-temporary"))],
            "two": [stack.enter_context(shared.serving(name)) for name in ("first", "second")],
        }
        for name, some in served.items():  # models are loaded
            asked_for(0.0, some, said[name][: 2 * len(some)], iter(example_questions()))
        waited: dict[str, list[float]] = {"one": [], "two": []}
        for turn in range(options.turns):
            for name in in_turns(turn):
                asked = questions(options.seed + turn)
                ended = asked_for(options.seconds / options.turns / 2, served[name], said[name], asked)
                lost = [one.why for one in ended if not one.is_answered]
                report.promise(
                    f"all are answered, turn {turn + 1}, {name}", not lost, f"{len(ended)} {lost[:1]}"
                )
                waited[name] += [one.seconds for one in ended if one.is_answered]
        ratio = p95(waited["two"]) / p95(waited["one"])
        figure = f"{ratio:.2f} of it; two: {len(waited['two'])}, {told(waited['two'])};"
        figure += f" one in a folder: {len(waited['one'])}, {told(waited['one'])}"
        report.promise("p95 on two servers at most that on one in a folder", ratio <= 1.0, figure)


def in_turns(turn: int) -> tuple[str, str]:
    """Return which setting is first: each as often."""
    return ("one", "two") if turn % 2 == 0 else ("two", "one")


def ingestion(options: argparse.Namespace, report: Report, folder: Path) -> None:
    count = options.articles or 5_000
    rows, embedder = rows_of(count), load_embedder(Settings().embedding)
    runs: dict[str, list[Run]] = {"one": [], "two": []}
    with shared_setting(folder) as shared:
        settings = {"one": Settings(data_dir=folder / "library"), "two": shared.settings}
        for turn in range(options.turns):
            for name in in_turns(turn):
                table = folder / f"{name}{turn}.jsonl"
                some = rows[turn :: options.turns]
                table.write_text("".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in some), "utf-8")
                workers: Callable = lambda e, take, t=table: on_ray(t, e, take, Workers(count=WORKERS))  # noqa: E731
                made = run(settings[name], embedder, workers)
                report.say(
                    f"  turn {turn + 1}, {name}: {made.seconds:.1f} s, until the first {made.first:.1f};"
                    f" this process {1e3 * made.own / len(some):.1f} ms an article"
                )
                runs[name].append(made)
    for what, taken in {
        "in all": lambda one: one.seconds,
        "once the first are stored": lambda one: one.seconds - one.first,
    }.items():
        folders, shares = (sum(map(taken, runs[name])) for name in ("one", "two"))
        figure = (
            f"{shares / folders:.3f}: {shares:.0f} s on servers, {folders:.0f} in a folder; {count} articles"
        )
        report.promise(
            f"ingestion on servers at most {AT_MOST} of it in a folder, {what}",
            shares / folders <= AT_MOST,
            figure,
        )


if __name__ == "__main__":
    main()
