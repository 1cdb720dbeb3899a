"""Kills a server that is being asked, and an ingestion beside it, at many random instants.

    python benchmarks/crash_serving.py --count 100

Real processes on one library die by SIGKILL: a page's server with questions under way and conversations being
kept and deleted, and an ingestion that adds and removes. What either had acknowledged is in a log of this
program's own. After every kill the library is opened as a reader would: no article and no answered question
that was acknowledged is lost, nothing that was removed or deleted comes back; at the end `doctor` finds the
library sound. The encoder is a quick stand-in: what is tested is the writing.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import random
import re
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from multiprocessing import Process
from multiprocessing.connection import Connection
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "support")]

import httpx2  # noqa: E402
from desk import Desk  # noqa: E402

from ingest.pipeline.ingestion import ingest  # noqa: E402
from ingest.pipeline.repair import repair  # noqa: E402
from ingest.schema.events import Acknowledged, Event  # noqa: E402
from rag.conversation.store import ConversationStore  # noqa: E402
from rag.engine.integrity import inspect  # noqa: E402
from rag.storage.write_lock import write_lock  # noqa: E402

CONTEXT = multiprocessing.get_context("forkserver")
ASKERS = 3
PATIENCE = 120.0  # seconds: what takes longer hangs
AT_ONCE = 12  # articles that are written before they are brought in
# What may be found right after a kill: what the next start puts right by itself.
HALFWAY = {"leftovers", "rows_missing", "rows_stray"}


@dataclass
class Log:
    """What was acknowledged, by whom ever it was told."""

    articles: set[str] = field(default_factory=set)
    going: set[str] = field(default_factory=set)
    removed: set[str] = field(default_factory=set)
    questions: dict[str, str] = field(default_factory=dict)  # question → its asker
    deleted: set[str] = field(default_factory=set)  # conversations
    dropped: set[str] = field(default_factory=set)  # questions of conversations that are being deleted

    def of(self, what: str) -> set[str]:
        """The articles of which the ingestion says this."""
        return {"there": self.articles, "going": self.going, "gone": self.removed, "begun": set()}[what]


# --- the processes that are killed ---


def serving(folder: Path, told: Connection) -> None:
    """Serve the page over the library, and say where, and what its parts are called."""
    from served_page import served_page

    from rag.engine.factory import build_chain
    from ui.page.context import AppContext

    with (
        closing(Desk(folder)) as desk,
        closing(build_chain(desk.parts, None)) as chain,
        closing(AppContext(desk.parts, chain)) as context,
        served_page(context) as served,
    ):
        config = served.app.config
        parts = {one["props"].get("elem_id"): one["id"] for one in config["components"]}
        events = {tuple(target): one["id"] for one in config["dependencies"] for target in one["targets"]}
        asked, pressed = events[parts["question"], "submit"], events[parts["conversations-frame"], "click"]
        told.send((served.url, asked, pressed))
        while True:
            signal.pause()


def writing(folder: Path, told: Connection, seed: int) -> None:
    """Bring articles in and take some out, for ever, and say what is acknowledged."""
    chance = random.Random(seed)

    def tell(event: Event) -> None:
        if isinstance(event, Acknowledged):
            told.send(("there", event.article_id))

    with write_lock(folder / "data"), closing(Desk(folder)) as desk:
        told.send(("begun", ""))
        while True:
            for _ in range(AT_ONCE):
                number = chance.getrandbits(40)
                desk.write(
                    f"{number}.txt", f"L'article {number} parle de Corvenne.\nIl y pleut depuis lundi."
                )
            ingest([str(desk.files)], desk.indexer, desk.chunker, tell)
            for article in chance.sample(desk.library.articles(), 4):
                told.send(("going", article.id))
                (desk.files / Path(article.source).name).unlink(missing_ok=True)
                desk.indexer.remove(article.id)
                told.send(("gone", article.id))


@contextmanager
def started(target: object, *arguments: object) -> Iterator[tuple[Process, Connection]]:
    told, telling = CONTEXT.Pipe(duplex=False)
    process = CONTEXT.Process(target=target, args=(arguments[0], telling, *arguments[1:]))
    process.start()
    telling.close()
    try:
        yield process, told
    finally:
        process.kill()
        process.join()
        assert process.exitcode == -signal.SIGKILL, f"it ended by itself: {process.exitcode}"


# --- who asks ---


class Asker(threading.Thread):
    """Asks question after question on a page of its own, and now and then deletes its conversation."""

    def __init__(self, folder: Path, place: tuple[str, int, int], name: str, log: Log) -> None:
        super().__init__(daemon=True, name=name)
        self._folder = folder
        self._url, self._asked, self._pressed = place
        self._log = log
        self.broken: str | None = None
        self.stop = False

    def run(self) -> None:
        number = 0
        with httpx2.Client(base_url=self._url, timeout=PATIENCE) as client:
            try:
                while not self.stop:
                    question = f"Que sait-on de Corvenne, {self.name}n{number} ?"
                    self._do(client, self._asked, [question])
                    self._log.questions[question] = self.name
                    number += 1
                    if number == 2:
                        self._delete_mine(client)
            except (httpx2.HTTPError, EOFError):
                return  # the server was killed
            except Exception as error:
                self.broken = repr(error)

    def articles(self) -> int:
        """How many articles the server says that there are."""
        with httpx2.Client(base_url=self._url, timeout=PATIENCE) as client:
            told = self._do(client, self._asked, ["Combien d'articles y a-t-il dans la bibliothèque ?"])
        told = re.sub(r"\\u(?:202f|00a0)|&nbsp;|[\u00a0\u202f]", " ", told)
        return int(re.findall(r"(\d[\d ]*) articles?\b", told)[-1].replace(" ", ""))

    def _do(self, client: httpx2.Client, event: int, data: list, said: dict | None = None) -> str:
        """Do something on the page, and read what comes of it to its end."""
        asked = {"data": data, "fn_index": event, "session_hash": self.name, "event_data": said}
        answer = client.post("gradio_api/queue/join", json=asked)
        assert answer.status_code == 200, (answer.status_code, answer.text)
        told = ""
        with client.stream("GET", f"gradio_api/queue/data?session_hash={self.name}") as stream:
            for line in stream.iter_lines():
                told += line
                if '"process_completed"' in line:
                    assert '"success":true' in line.replace(" ", ""), line[-2000:]
                    return told
        raise EOFError

    def _delete_mine(self, client: httpx2.Client) -> None:
        with closing(ConversationStore(self._folder / "data")) as store:
            mine = [one for one in store.listed("") if f"{self.name}n" in one.title]
        for one in mine:
            self._log.dropped |= {asked for asked, name in self._log.questions.items() if name == self.name}
            self._do(client, self._pressed, [], {"do": "delete", "id": one.id})
            self._log.deleted.add(one.id)


# --- a kill, and what is there after it ---


def note(told: Connection, log: Log) -> bool:
    """Note what the ingestion says, if it says something; False when it is gone."""
    try:
        while told.poll(0.05):
            what, article = told.recv()
            {"there": log.articles, "going": log.going, "gone": log.removed, "begun": set()}[what].add(
                article
            )
    except EOFError:
        return False
    return True


def kill_both(folder: Path, cycle: int, log: Log, chance: random.Random, longest: float) -> None:
    """Start both, ask, and kill one after the other at random instants."""
    with started(serving, folder) as (server, place), started(writing, folder, cycle) as (ingestion, told):
        assert place.poll(PATIENCE), "the server doesn't start"
        where = place.recv()
        askers = [Asker(folder, where, f"c{cycle}a{number}", log) for number in range(ASKERS)]
        for asker in askers:
            asker.start()
        busy, known = chance.random() < 0.8, (len(log.articles), len(log.questions))
        end = time.monotonic() + PATIENCE
        # Mostly when both are in the middle of their work, sometimes as they begin.
        while busy and not (len(log.articles) > known[0] and len(log.questions) > known[1]):
            assert note(told, log), "the ingestion ended by itself"
            assert time.monotonic() < end, "nothing is acknowledged"
        victims = chance.sample([server, ingestion], 2)
        for victim in victims:
            until = time.monotonic() + chance.uniform(0, longest)
            while time.monotonic() < until:
                note(told, log)
            victim.kill()
            victim.join()
        while note(told, log):
            pass
        for asker in askers:
            asker.join(PATIENCE)
            assert not asker.is_alive(), "a question hangs though its server is gone"
            assert asker.broken is None, asker.broken


def check(folder: Path, log: Log) -> None:
    """Nothing that was acknowledged is lost, nothing that was removed is there."""
    with closing(Desk(folder)) as desk:
        listed = {article.id for article in desk.library.articles()}
        assert not (lost := log.articles - log.going - listed), f"articles lost: {sorted(lost)[:5]}"
        assert not (back := log.removed & listed), f"articles came back: {sorted(back)[:5]}"
        found = {finding.check for finding in inspect(desk.parts).findings}
        assert found <= HALFWAY, found
    with closing(ConversationStore(folder / "data")) as store:
        conversations = {one.id: store.records(one.id, "") for one in store.listed("")}
    kept = {record.question for records in conversations.values() for record in records}
    assert not (lost := {*log.questions} - log.dropped - kept), f"questions lost: {sorted(lost)[:5]}"
    assert not (back := log.deleted & {*conversations}), f"conversations came back: {sorted(back)[:5]}"


def doctored(folder: Path, log: Log) -> None:
    """What `doctor` finds sound holds all of it still."""
    with write_lock(folder / "data"), closing(Desk(folder)) as desk:
        repair(desk.parts, lambda _: None)
        desk.check()
    check(folder, log)


def run(count: int, seed: int, longest: float, minutes: float = 1e9) -> dict[str, int]:
    CONTEXT.set_forkserver_preload(
        ["ingest.pipeline.ingestion", "rag.engine.factory", "ui.app", "served_page"]
    )
    chance, log, kills = random.Random(seed), Log(), 0
    end = time.monotonic() + 60 * minutes
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with write_lock(folder / "data"), closing(Desk(folder)) as desk:
            desk.write("first.txt", "Le pont de Corvenne a rouvert lundi.")
            desk.ingest()
        for cycle in range(count // 2):
            kill_both(folder, cycle, log, chance, longest)
            kills += 2
            check(folder, log)
            if time.monotonic() > end:
                break
        doctored(folder, log)
    return {
        "kills": kills,
        "articles": len(log.articles),
        "removed": len(log.removed),
        "questions": len(log.questions),
        "conversations_deleted": len(log.deleted),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--count", type=int, default=100, help="kills: half of servers, half of ingestions")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--longest", type=float, default=1.5, help="seconds until a kill, at most")
    parser.add_argument("--minutes", type=float, default=1e9, help="begins no other kill after this")
    options = parser.parse_args()
    begun = time.monotonic()
    tally = run(options.count, options.seed, options.longest, options.minutes)
    print(json.dumps(tally | {"seconds": round(time.monotonic() - begun)}))


if __name__ == "__main__":
    main()
