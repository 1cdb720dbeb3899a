"""What the page holds out: as many questions as it can take, twice as many, and half an hour of all sorts.

    python benchmarks/load.py all|capacity|fair|poisson|readers|soak [--quick] [--keep FOLDER] [--seed 1]

Starts `sourcier serve` in a process of its own over a library of 5,000 passages (`load_library`), on a free
port of this machine, and asks it as pages do. Every part has an end; the exit code is 1 if a promise is
broken. `--quick` takes under two minutes for each part.

capacity           askers who ask again as soon as they are answered: answers a second
fair               one asker alone, then beside 20 others: at most 1.3 times what each one's share takes
poisson            questions at random instants, at .7 of capacity and at twice capacity: what became of them
readers            50 readers who search the table of articles, and read for 5 seconds on average
soak               questions, searches, cut streams, slow readers and questions of a megabyte, beside an
                   ingestion that adds, changes and removes: what the server holds when it is quiet
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import random
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from load_client import Client, Outcome, Server, answer_of, client_of, serving
from load_library import HERE, build, command, environment, example_questions, questions
from load_report import Report, p95, told

DEADLINE = 150.0  # seconds after which a question counts as hung: who is let in waits for a minute at most
REFUSED_WITHIN = 1.0
SEARCHED_WITHIN = 1.0
_CHECKED = 12  # questions whose answers must be the same afterwards
_TELLS_GROWTH = 900.0  # seconds of quiet moments that tell growth of memory from warming up
_WORDS = ("crue", "Valbrume", "maire", "budget", "grève", "handball", "séisme", "strike", "festival", "école")


@dataclass
class Lengths:
    """How long each part takes, in seconds, and of how much it is."""

    capacity: float = 60.0
    fair: float = 240.0
    steady: float = 600.0
    double: float = 300.0
    filling: float = 0.0  # at four times the capacity, before twice as many come
    readers: float = 120.0
    soak: float = 1800.0
    round: float = 20.0


# The line has to be full soon, not after a minute.
QUICK = Lengths(15.0, 80.0, steady=20.0, double=40.0, filling=35.0, readers=20.0, soak=100.0, round=4.0)


def main() -> None:
    parts = {"capacity": capacity, "fair": fair, "poisson": poisson, "readers": readers, "soak": soak}
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("part", choices=["all", *parts])
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--keep", type=Path, help="where libraries are kept for the next time")
    parser.add_argument("--passages", type=int, default=5_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--askers", type=int, default=20)
    parser.add_argument("--readers", type=int, default=50)
    parser.add_argument("--rate", type=float, default=0.0, help="answers a second, if not to be measured")
    for name in ("steady", "double", "soak"):
        parser.add_argument(f"--{name}", type=float, help="minutes")
    options = parser.parse_args()
    lengths = QUICK if options.quick else Lengths()
    for name in ("steady", "double", "soak"):
        if (minutes := getattr(options, name)) is not None:
            setattr(lengths, name, 60 * minutes)
    report = Report()
    with tempfile.TemporaryDirectory(prefix="sourcier-load-") as passing:
        kept = (options.keep or Path(passing)).absolute()
        work = Work(options, lengths, report, kept, Path(passing), options.rate)
        for name, part in parts.items():
            if options.part in (name, "all"):
                report.say(f"{name}:")
                with work.served() as server:
                    asyncio.run(part(server, work))
    report.say(f"{report.promised - len(report.broken)} of {report.promised} promises kept")
    sys.exit(1 if report.broken else 0)


@dataclass
class Work:
    """What a part is given."""

    options: argparse.Namespace
    lengths: Lengths
    report: Report
    kept: Path
    passing: Path
    measured: float = 0.0  # answers a second

    @contextmanager
    def served(self) -> Iterator[Server]:
        """A server over a copy of the library."""
        folder = self.kept / "library"
        build(folder, self.options.passages)
        copy = Path(tempfile.mkdtemp(dir=self.passing))
        shutil.copytree(folder, copy / "data")
        with serving(copy / "data", copy / "temporary") as server:
            yield server
        shutil.rmtree(copy)


# --- capacity ---


async def measured(client: Client, seconds: float, seed: int, askers: int = 8) -> tuple[float, list[Outcome]]:
    """Answers a second to askers who ask again at once, and what became of each question."""
    asked, ended = questions(seed), []
    begun = time.monotonic()

    async def ask_on() -> None:
        while time.monotonic() < begun + seconds:
            ended.append(await client.ask(next(asked), DEADLINE))

    await asyncio.gather(*(ask_on() for _ in range(askers)))
    return sum(one.ended == "answered" for one in ended) / (time.monotonic() - begun), ended


async def capacity(server: Server, work: Work) -> None:
    async with client_of(server) as client:
        await warm(client)
        spent = server.processor()
        rate, ended = await measured(client, work.lengths.capacity, work.options.seed)
        spent = server.processor() - spent
    work.measured = rate
    each = f"{spent / len(ended):.2f} s of processor each"
    work.report.say(f"  {rate:.2f} answers a second, {each}; {told([one.seconds for one in ended])}")
    counts = Counter(one.ended for one in ended)
    work.report.promise("all are answered", set(counts) <= {"answered"}, str(dict(counts)))


async def fair(server: Server, work: Work) -> None:
    """Each of many askers may take as long as one alone would with their share of the machine."""
    seconds, seed, askers = work.lengths.fair, work.options.seed, work.options.askers + 1
    async with client_of(server) as client:
        await warm(client)
        _, alone = await measured(client, seconds / 5, seed, askers=1)
        _, beside = await measured(client, 4 * seconds / 5, seed + 1, askers=askers)
    counts = Counter(one.ended for one in (*alone, *beside))
    work.report.promise("all are answered", set(counts) <= {"answered"}, str(dict(counts)))
    for name, taken in {
        "the passages": lambda one: one.found,
        "the answer": lambda one: one.seconds,
    }.items():
        single, many = ([taken(one) for one in some if taken(one)] for some in (alone, beside))
        share = p95(many) / (askers * p95(single))
        figure = f"{share:.2f} of {askers} times it alone: alone {told(single)}; beside others {told(many)}"
        work.report.promise(f"p95 to {name} at most 1.3 of a fair share", share <= 1.3, figure)


async def warm(client: Client) -> None:
    """Have the models loaded."""
    for question in example_questions()[:3]:
        outcome = await client.ask(question, DEADLINE)
        if outcome.ended != "answered":
            raise SystemExit(f"a first question is {outcome.ended}: {outcome.why}")


# --- questions at random instants ---


async def poisson(server: Server, work: Work) -> None:
    lengths, seed = work.lengths, work.options.seed
    async with client_of(server) as client:
        await warm(client)
        before = await answers(client)
        if not work.measured:
            work.measured, _ = await measured(client, lengths.capacity, seed)
        steady = await arriving(client, 0.7 * work.measured, lengths.steady, seed)
        _account(work.report, await asyncio.gather(*steady), 0.7, work.measured)
        first = await arriving(client, 4 * work.measured, lengths.filling, seed + 2)
        double = await arriving(client, 2 * work.measured, lengths.double, seed)
        _account(work.report, await asyncio.gather(*double), 2.0, work.measured)
        unanswered = Counter(one.ended for one in await asyncio.gather(*first)) - Counter(
            {"answered": len(first), "refused": len(first)}
        )
        work.report.promise(
            "who came before them is answered or refused", not unanswered, str(dict(unanswered))
        )
        after = await answers(client)
    same = sum(one == other for one, other in zip(before, after, strict=True))
    work.report.promise("the same answers afterwards", same == len(before), f"{same} of {len(before)}")


async def answers(client: Client) -> list[str]:
    asked = example_questions()[:: max(1, len(example_questions()) // _CHECKED)][:_CHECKED]
    return [answer_of(await client.ask(question, DEADLINE)) for question in asked]


async def arriving(client: Client, rate: float, seconds: float, seed: int) -> list[asyncio.Task[Outcome]]:
    """Ask at the instants of a Poisson process, each question on a page of its own; they end later."""
    draw, asked, tasks = random.Random(seed), questions(seed + 1), []
    begun, at = time.monotonic(), 0.0
    while (at := at + draw.expovariate(rate)) < seconds:
        await asyncio.sleep(max(0.0, begun + at - time.monotonic()))
        tasks.append(asyncio.create_task(client.ask(next(asked), DEADLINE)))
    return tasks


def _account(report: Report, ended: Sequence[Outcome], load: float, rate: float) -> None:
    of = {
        name: [one for one in ended if one.ended == name] for name in ("answered", "refused", "hung", "lost")
    }
    counts = ", ".join(f"{len(some)} {name}" for name, some in of.items())
    report.say(f" load {load} of {rate:.2f} a second: {len(ended)} asked, {counts}")
    report.say(f"  to the passages {told([one.found for one in of['answered'] if one.found])}")
    report.say(f"  to the answer {told([one.seconds for one in of['answered']])}")
    report.promise(f"none hangs at {load}", not of["hung"], str(len(of["hung"])))
    whys = Counter(one.why[:200] for one in of["lost"]).most_common(2)
    report.promise(f"none is lost at {load}", not of["lost"], f"{len(of['lost'])} {whys or ''}")
    refusals = [one.seconds for one in of["refused"]]
    if load < 1:
        report.promise(f"none is refused at {load}", not refusals, str(len(refusals)))
    elif refusals:
        report.promise(
            f"refused within {REFUSED_WITHIN:.0f} s", p95(refusals) < REFUSED_WITHIN, told(refusals)
        )
        report.say(f"  told: {_sentence(of['refused'][-1].shown)}")


def _sentence(shown: str) -> str:
    import re

    return " ".join(re.sub(r"<[^>]+>", " ", shown).split())[-200:]


# --- readers who search ---


async def readers(server: Server, work: Work) -> None:
    seconds, ended = work.lengths.readers, []
    draw = random.Random(work.options.seed)

    async def read_on(client: Client, until: float) -> None:
        page = client.new_page()
        while time.monotonic() < until:
            await asyncio.sleep(min(draw.expovariate(1 / 5.0), until - time.monotonic() + 0.1))
            ended.append(await client.search(draw.choice(_WORDS), 30.0, page))

    async with client_of(server) as client:
        await warm(client)
        until = time.monotonic() + seconds
        await asyncio.gather(*(read_on(client, until) for _ in range(work.options.readers)))
    counts = Counter(one.ended for one in ended)
    work.report.promise("all are answered", set(counts) == {"answered"}, str(dict(counts)))
    taken = [one.seconds for one in ended]
    name = f"{work.options.readers} readers' searches within {SEARCHED_WITHIN:.0f} s"
    work.report.promise(name, p95(taken) < SEARCHED_WITHIN, told(taken))


# --- half an hour of all sorts ---


async def soak(server: Server, work: Work) -> None:
    """Rounds of load; after each, once the server is quiet, what it holds is noted."""
    lengths, report = work.lengths, work.report
    quiet: list[dict[str, float]] = []
    freed: list[float] = []
    ended: list[Outcome] = []
    most = Counter()
    asked = questions(work.options.seed + 2)
    begun = time.monotonic()
    with ingesting(server) as ingestion:
        async with client_of(server) as client:
            await warm(client)
            before = await answers(client)
            for number in itertools.count(1):
                if time.monotonic() - begun > lengths.soak:
                    break
                ingestion.change(number)
                watcher = asyncio.create_task(_noting_most(server, most))
                ended += await _round(client, asked, lengths.round, work.options.seed + number)
                watcher.cancel()
                freed.append(await _after_leavers(client, next(asked), ended))
                await asyncio.sleep(1.5)
                quiet.append({"at": time.monotonic() - begun, **server.sample()})
            after = await answers(client)
        counts = Counter(one.ended for one in ended)
        report.say(
            f"  {len(quiet)} rounds, {dict(counts)}, ingestion: {ingestion.count()} changes brought in"
        )
    lost = [one.why[:200] for one in ended if one.ended == "lost"]
    report.promise("none hangs or is lost", not counts["hung"] and not lost, str(lost[:2]))
    typical = statistics.median(one.seconds for one in ended if one.ended == "answered")
    figure = f"the next answer after {told(freed)}, others' after {typical:.1f} s"
    # Four who leave are answered at most beside who comes next, or for a few seconds more.
    report.promise("leavers' places are free", statistics.median(freed) < 5 * typical + 5.0, figure)
    same = sum(one == other for one, other in zip(before, after, strict=True))
    report.promise("the same answers afterwards", same == len(before), f"{same} of {len(before)}")
    report.promise("articles came in", ingestion.total > 0, str(ingestion.total))
    report.say(f"  at most: {dict(most)}")
    _slopes(report, quiet)


async def _noting_most(server: Server, most: Counter) -> None:
    while True:
        for name, value in server.sample().items():
            most[name] = max(most[name], value)
        await asyncio.sleep(2.0)


async def _round(client: Client, asked: Iterator[str], seconds: float, seed: int) -> list[Outcome]:
    draw, until = random.Random(seed), time.monotonic() + seconds

    async def ask_on() -> list[Outcome]:
        page, done = client.new_page(), []
        while time.monotonic() < until:
            done.append(await client.ask(next(asked), DEADLINE, page))
        return done

    async def search_on() -> list[Outcome]:
        page, done = client.new_page(), []
        while time.monotonic() < until:
            done.append(await client.search(draw.choice(_WORDS), DEADLINE, page))
            await asyncio.sleep(0.5)
        return done

    async def trouble() -> list[Outcome]:
        while time.monotonic() < until:
            await _leave_in_mid_stream(client, next(asked))
            await _send_a_megabyte(client)
            await _read_slowly(client, next(asked))
        return []

    return [one for some in await asyncio.gather(ask_on(), ask_on(), search_on(), trouble()) for one in some]


async def _leave_in_mid_stream(client: Client, question: str) -> None:
    page = client.new_page()
    await client.join("ask", page, [question])
    async for _ in client.told(page):
        return


async def _send_a_megabyte(client: Client) -> None:
    answer = await client.join("ask", client.new_page(), ["mot " * 260_000])
    if answer.status_code != 413:
        raise SystemExit(f"a question of a megabyte was answered {answer.status_code}")


async def _read_slowly(client: Client, question: str) -> None:
    page = client.new_page()
    await client.join("ask", page, [question])
    async for _ in client.told(page):
        await asyncio.sleep(0.3)


async def _after_leavers(client: Client, question: str, ended: list[Outcome]) -> float:
    """Seconds until a question is answered after four others were left in mid-stream."""
    await asyncio.gather(*(_leave_in_mid_stream(client, f"{question} {number}") for number in range(4)))
    outcome = await client.ask(question, DEADLINE)
    ended.append(outcome)
    return outcome.seconds


class Ingestion:
    """`sourcier watch` over a folder of articles that come, change and go."""

    def __init__(self, articles: Path, log: Path) -> None:
        self._articles, self._log = articles, log
        self.total = 0

    def change(self, number: int) -> None:
        """Add two articles, change one, remove one."""
        for place in (2 * number, 2 * number + 1):
            self._write(place, f"L'article {place} dit ce qui arrive à Corvenne, la ville {place % 7}.")
        self._write(max(0, 2 * number - 3), f"L'article dit maintenant autre chose, au tour {number}.")
        (self._articles / f"{2 * number - 6}.txt").unlink(missing_ok=True)

    def _write(self, place: int, said: str) -> None:
        lines = [
            said,
            *(f"La phrase {line} de l'article {place} parle du pont et du bac." for line in range(8)),
        ]
        (self._articles / f"{place}.txt").write_text("\n".join(lines), encoding="utf-8")

    def count(self) -> int:
        self.total = sum(line.startswith("{") for line in self._log.read_text().splitlines())
        return self.total


@contextmanager
def ingesting(server: Server) -> Iterator[Ingestion]:
    articles, log = server.folder.with_name("articles"), server.folder.with_name("watch.log")
    articles.mkdir()
    ingestion = Ingestion(articles, log)
    ingestion.change(0)
    with log.open("w") as out:
        process = subprocess.Popen(
            [*command(HERE), "watch", str(articles), "--json", "--prune"],
            env=environment(HERE, server.folder),
            cwd=articles,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    try:
        yield ingestion
        if process.poll() is not None:
            raise SystemExit(f"the ingestion has ended:\n{log.read_text()[-2000:]}")
    finally:
        with suppress(ProcessLookupError):
            process.send_signal(signal.SIGTERM)
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _slopes(report: Report, quiet: Sequence[dict[str, float]]) -> None:
    """Hold what the server held when it was quiet, after a third for warming up, against no growth.

    Memory is only held to it where there is a quarter of an hour to look at: a process still warms up in its
    first minutes, and no line through them can tell that from growth.
    """
    from scipy.stats import linregress, t

    counted = quiet[len(quiet) // 3 :]
    if len(counted) < 4:
        raise SystemExit("too few rounds to tell a slope")
    hours = [one["at"] / 3600 for one in counted]
    for name in ("memory", "files", "threads", "temporary"):
        values = [one[name] for one in counted]
        fit = linregress(hours, values)
        margin = t.ppf(0.975, len(values) - 2) * fit.stderr if max(values) > min(values) else 0.0
        low, high = fit.slope - margin, fit.slope + margin
        unit, scale = ("MB", 1024) if name == "memory" else ("", 1)
        figure = (
            f"{values[0] / scale:.0f} to {values[-1] / scale:.0f} {unit} in {hours[-1] - hours[0]:.2f} h,"
            f" slope {fit.slope / scale:+.1f} ({low / scale:+.1f} to {high / scale:+.1f}) {unit} an hour"
        )
        if name == "memory" and counted[-1]["at"] - counted[0]["at"] < _TELLS_GROWTH:
            report.say(f"  memory, too short to tell growth from warming up: {figure}")
        else:
            report.promise(f"no growth of {name}", low <= 0, figure)


if __name__ == "__main__":
    main()
