"""A team's setting under load, in which a server and a worker are killed: what is promised, and what it took.

Knows the processes of Sourcier and Ray; `team` is the part of `benchmarks/team.py` that is called so.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import random
import re
import signal
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from load_client import Server
from load_library import HERE, command, example_questions, questions
from load_report import Report, told
from ray_ingestion import rows_of
from team_askers import Asked, Askers, Citation
from team_setting import WORKERS, Shared, asked_for, keys_for, shared_setting

from rag.engine.engine import open_engine
from rag.engine.integrity import inspect
from rag.library.library import Library

STARTS_WITHIN = 300.0  # seconds within which the ingestion has to store an article
ENDS_WITHIN = 1_200.0  # seconds after the last question within which the ingestion has to end
WORKER = "ray::MapWorker"
# What a row of `ray_ingestion` speaks of → what may be asked about it.
_ASKED = {
    "conseil municipal": "Combien de mesures le conseil municipal de {place} a-t-il votées ?",
    "travaux du pont": "Combien ont coûté les travaux du pont de {place} ?",
    "piscine": "Quand la piscine de {place} rouvre-t-elle ?",
    "consultation": "Combien d'habitants de {place} ont répondu à la consultation ?",
    "budget": "De combien baisse le budget de {place} ?",
    "riveraine": "Qu'a dit une riveraine de {place} ?",
}


def team(options: argparse.Namespace, report: Report, folder: Path) -> None:
    rows = rows_of(options.articles or 2_000)
    table = folder / "table.jsonl"
    table.write_text("".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows), "utf-8")
    with shared_setting(folder) as shared:
        examples = [*command(HERE), "ingest", str(HERE / "examples" / "articles")]
        subprocess.run(
            examples, env=shared.environment("desk"), cwd=folder, check=True, stdout=subprocess.DEVNULL
        )
        said = keys_for(shared.settings, options.askers)
        with shared.serving("first") as first, shared.serving("second") as second:
            asked_for(0.0, (first, second), said[:4], iter(example_questions()))  # models are loaded
            with bulk_ingestion(shared, table) as bringing:
                bringing.wait_for_first()
                attack = Attack(first, bringing, options.seconds, len(rows) // 20)
                ask = Askers(
                    (first, second), said, team_questions(rows, bringing, options.seed), attack.goes_on
                )
                with attack:
                    asked = asyncio.run(ask.ask())
                ended = bringing.wait(ENDS_WITHIN)
        promises(report, rows, asked, attack, bringing, ended)
        resolved(report, shared, asked, bringing)
    table_of(report, options, asked, attack, bringing)


@dataclass
class Bringing:
    """An ingestion that runs: what it acknowledged, and when, in seconds since it was started."""

    process: subprocess.Popen
    log: Path
    begun: float = field(default_factory=time.monotonic)
    articles: dict[str, float] = field(default_factory=dict)  # by id
    titles: list[str] = field(default_factory=list)
    failed: int = 0

    def read(self) -> None:
        """Note what it tells, to its end."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            event = json.loads(line)
            if event["event"] == "article":
                self.articles[event["id"]] = time.monotonic() - self.begun
                self.titles.append(event["title"])
            self.failed += event["event"] == "failure"

    def workers(self) -> list[int]:
        """Return the processes of Ray's workers that were started for it."""
        parents = {pid: parent for pid, parent, _ in _processes()}

        def is_its(pid: int) -> bool:
            while pid in parents and pid != self.process.pid:
                pid = parents[pid]
            return pid == self.process.pid

        return [pid for pid, _, named in _processes() if named.startswith(WORKER) and is_its(pid)]

    def wait_for_first(self) -> None:
        """Wait until an article is stored: Ray takes its time to start, and all is to happen at once."""
        until = time.monotonic() + STARTS_WITHIN
        while not self.articles and self.process.poll() is None and time.monotonic() < until:
            time.sleep(0.1)

    def wait(self, seconds: float) -> int | None:
        """Return its exit code; None if it had to be stopped."""
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None

    @property
    def rate(self) -> float:
        """Articles a second, once the first ones were stored."""
        times = [*self.articles.values()]
        return len(times) / (times[-1] - times[0]) if len(times) > 1 and times[-1] > times[0] else 0.0


@contextlib.contextmanager
def bulk_ingestion(shared: Shared, table: Path) -> Iterator[Bringing]:
    """Ingest a table by workers on Ray, in a process of its own, as a machine of its own would."""
    log = shared.folder / "ingestion.log"
    with log.open("w") as out:
        process = subprocess.Popen(
            [*command(HERE), "ingest", str(table), "--json", "--ray", "--workers", str(WORKERS)],
            env=shared.environment("bulk"),
            cwd=shared.folder,
            stdout=subprocess.PIPE,
            stderr=out,
            text=True,
        )
    bringing = Bringing(process, log)
    reader = threading.Thread(target=bringing.read, daemon=True)
    reader.start()
    try:
        yield bringing
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(60)
            except subprocess.TimeoutExpired:
                process.kill()
        reader.join(60)


def _processes() -> Iterator[tuple[int, int, str]]:
    """Every process: its number, its parent's, and its command."""
    for place in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # it has ended meanwhile
            parent = int(place.joinpath("stat").read_text().rpartition(")")[2].split()[1])
            yield int(place.name), parent, place.joinpath("cmdline").read_text().replace("\0", " ")


@dataclass
class Attack:
    """Kills a server after two fifths of the time, and a worker once so many articles are `stored`.

    Askers go on for as long, and until both were killed.
    """

    server: Server
    bringing: Bringing
    seconds: float
    stored: int
    begun: float = 0.0
    server_killed: float = 0.0  # in seconds of `time.monotonic`
    worker_killed: float = 0.0
    stored_by_then: int = 0

    def __enter__(self) -> Attack:
        self.begun = time.monotonic()
        self._thread = threading.Thread(target=self._kill, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.join()

    def goes_on(self) -> bool:
        return time.monotonic() < self.begun + self.seconds or self._thread.is_alive()

    def _kill(self) -> None:
        while not (self.server_killed and self.worker_killed):
            if not self.server_killed and time.monotonic() > self.begun + 0.4 * self.seconds:
                self.server.process.kill()
                self.server_killed = time.monotonic()
            if not self.worker_killed:
                self._kill_worker()
            if self.server_killed and self.bringing.process.poll() is not None:
                return
            time.sleep(0.05)
        time.sleep(0.1 * self.seconds)  # something is asked beside who takes their place

    def _kill_worker(self) -> None:
        if len(self.bringing.articles) >= self.stored and (found := self.bringing.workers()):
            self.stored_by_then = len(self.bringing.articles)
            os.kill(found[0], signal.SIGKILL)
            self.worker_killed = time.monotonic()


def team_questions(rows: Sequence[dict], bringing: Bringing, seed: int) -> Iterator[str]:
    """Questions about the examples, in made-up words, and, every third, about what has just been stored."""
    draw, others = random.Random(seed), questions(seed)
    texts = {row["title"]: row["text"] for row in rows}
    while True:
        yield next(others)
        yield next(others)
        title = draw.choice(bringing.titles[-50:]) if bringing.titles else ""
        yield question_about(texts[title], draw) if title in texts else next(others)


def question_about(text: str, draw: random.Random) -> str:
    place = re.search(r"[A-ZÀ-Ý]\w+-\d+", text)
    assert place is not None, text
    return draw.choice([asked for said, asked in _ASKED.items() if said in text]).format(place=place[0])


def promises(
    report: Report,
    rows: Sequence[dict],
    asked: Sequence[Asked],
    attack: Attack,
    bringing: Bringing,
    ended: int | None,
) -> None:
    """Say whether everybody was answered, and the ingestion came to its end."""
    report.promise(
        "a server was killed", attack.server_killed > 0, f"{attack.server_killed - attack.begun:.0f} s"
    )
    figure = f"{attack.worker_killed - attack.begun:.0f} s, {attack.stored_by_then} articles were stored"
    report.promise("a worker was killed", attack.worker_killed > 0, figure)
    unanswered = [one for one in asked if not one.is_answered]
    whys = Counter(one.why[:200] for one in unanswered).most_common(2)
    report.promise(
        "every question is answered", not unanswered, f"{len(unanswered)} of {len(asked)} aren't {whys or ''}"
    )
    broken = [one for one in asked if one.broken_off]
    own = [
        one for one in broken if one.at > attack.server_killed or min(one.broken_off) < attack.server_killed
    ]
    figure = (
        f"{len(broken)} asked again of the other, {sum(one.is_answered for one in broken)} of them answered"
    )
    report.promise("only what was in flight on the killed server broke off", not own, figure)
    figure = (
        f"exit code {ended}, {len(bringing.articles)} of {len(rows)} acknowledged, {bringing.failed} failures"
    )
    is_whole = ended == 0 and len(bringing.articles) == len(rows)
    report.promise("the ingestion came to its end", is_whole, figure)
    if not is_whole:
        report.say(bringing.log.read_text()[-2_000:])


def resolved(report: Report, shared: Shared, asked: Sequence[Asked], bringing: Bringing) -> None:
    """Look every citation and every acknowledged article up in the library."""
    with closing(open_engine(shared.settings)) as engine:
        library, ids = engine.library, {*bringing.articles}
        lost = ids - {article.id for article in library.articles(sorted(ids))}
        report.promise(
            "no acknowledged article is lost", not lost, f"{len(lost)} of {len(ids)} {sorted(lost)[:3]}"
        )
        cited = [cited for one in asked for cited in one.citations]
        wrong = unresolved(library, cited)
        report.promise(
            "every citation resolves",
            not wrong and bool(cited),
            f"{len(wrong)} of {len(cited)} don't {wrong[:2] or ''}",
        )
        new = sum(any(c.article_id in ids for c in one.citations) for one in asked)
        report.say(f"  {new} answers cite articles that were stored meanwhile")
        found = [f"{finding.check}" for finding in inspect(engine).findings]
        report.promise("the library and its indexes are sound", not found, str(found or "nothing found"))


def unresolved(library: Library, cited: Sequence[Citation]) -> list[Citation]:
    """Return the citations whose words aren't where they say."""
    wanted = sorted({one.article_id for one in cited})
    texts = {article.id: article.text for article in library.articles(wanted)}
    return [
        one
        for one in cited
        if not one.quote or texts.get(one.article_id, "")[one.start : one.end] != one.quote
    ]


def table_of(
    report: Report, options: argparse.Namespace, asked: Sequence[Asked], attack: Attack, bringing: Bringing
) -> None:
    """Print the figures."""
    answered = [one for one in asked if one.is_answered]
    killed = attack.server_killed
    last = max((one.at + one.seconds for one in answered), default=attack.begun)
    before = [one.seconds for one in answered if one.at + one.seconds <= killed]
    after = [one.seconds for one in answered if one.at > killed]
    through = [one.seconds for one in answered if one.at <= killed < one.at + one.seconds]
    rate, cited = len(answered) / (last - attack.begun), [len(one.citations) for one in answered]
    refusals = [one.refusals for one in asked if one.refusals]
    first = min(bringing.articles.values(), default=0.0)
    figures = {
        "questions answered": f"{len(answered)} of {len(asked)}, {rate:.2f} a second",
        "by two servers": f"{len(before)}: {told(before)}",
        "asked before the kill, answered after it": f"{len(through)}: {told(through)}",
        "by the one that was left": f"{len(after)}: {told(after)}",
        "with citations": f"{sum(map(bool, cited))} answers, {sum(cited)} citations",
        "told to come back": f"{len(refusals)} questions, {sum(refusals)} times",
        "in flight on the killed server": str(sum(bool(one.broken_off) for one in asked)),
        "articles stored": f"{len(bringing.articles)}, the first after {first:.0f} s, then"
        f" {bringing.rate:.1f} a second",
    }
    report.say(f"\n| {options.askers} askers, {options.seconds:.0f} s | |\n|---|---|")
    for name, figure in figures.items():
        report.say(f"| {name} | {figure} |")
