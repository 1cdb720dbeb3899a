"""A server in a process of its own, asked as the page asks it: Gradio's queue over HTTP, no browser."""

from __future__ import annotations

import asyncio
import html
import json
import os
import re
import signal
import socket
import subprocess
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx2
from load_library import HERE, command, environment

from ui.formatting.i18n import LANGUAGES, words

STARTS = 120.0  # seconds that a server may take to start
STOPS = 30.0
_CONFIG = re.compile(r"window\.gradio_config = (\{.*?\});</script>", re.DOTALL)
_STAGE = re.compile(r'class="exchange (\w+)"')
# What differs between two askings of the same question: names, times, numbers of turns.
_PASSING = re.compile(
    r'\b(id|for|href|data-[\w-]+|aria-[\w]+)="[^"]*"|<time.*?</time>|<details.*?</details>', re.DOTALL
)


def _pattern(key: str) -> re.Pattern[str]:
    """What a sentence of the product looks like, whatever is filled in."""
    said = [
        form
        for language in LANGUAGES
        for wording in [words()[key][language]]
        for form in (wording.values() if isinstance(wording, dict) else [wording])
    ]
    parts = (r"[^<\"]{1,40}?".join(map(re.escape, re.split(r"\{\w+\}", form))) for form in said)
    return re.compile("|".join(parts))


REFUSED = _pattern("too_many_waiting")
BUSY = _pattern("page_busy")
_BEFORE = re.compile(rf"<p[^>]*>(?:{_pattern('answered_before').pattern})</p>")


@dataclass
class Outcome:
    """How a question ended, and after how many seconds it was shown.

    `ended` is `answered`, `refused`, `hung` (nothing by the deadline) or `lost` (anything else: `why`).
    """

    ended: str
    seconds: float
    found: float | None = None  # seconds until passages were shown
    shown: str = ""
    why: str = ""


@dataclass
class Server:
    """A running server: its process, and where its page is."""

    process: subprocess.Popen
    url: str
    folder: Path
    temporary: Path
    log: Path
    events: dict[str, int] = field(default_factory=dict)

    def processor(self) -> float:
        """Seconds of processor that it has taken."""
        spent = (Path("/proc") / str(self.process.pid) / "stat").read_text().rpartition(")")[2].split()
        return (int(spent[11]) + int(spent[12])) / os.sysconf("SC_CLK_TCK")

    def sample(self) -> dict[str, int]:
        """What it holds: memory of its own (kB), open files, threads, files for the moment."""
        place = Path("/proc") / str(self.process.pid)
        status = dict(line.split(":", 1) for line in (place / "status").read_text().splitlines())
        opened = [str(one.readlink()) for one in _there(place / "fd")]
        return {
            # Without what is mapped from files, of which the system keeps as much as it has room for.
            "memory": int(status["RssAnon"].split()[0]),
            "files": len(opened),
            "threads": int(status["Threads"]),
            "temporary": sum(one.endswith("(deleted)") for one in opened)
            + sum(1 for _ in self.temporary.rglob("*"))
            + sum(1 for _ in self.folder.rglob("*.part*")),
        }


def _there(folder: Path) -> Iterator[Path]:
    """The entries that are still there when they are looked at."""
    for one in folder.iterdir():
        if os.path.lexists(one):
            yield one


@contextmanager
def serving(
    folder: Path, temporary: Path, tree: Path = HERE, more: Mapping[str, str] | None = None
) -> Iterator[Server]:
    """Serve the library in `folder` on a free port of this machine; end it by SIGTERM.

    `more` are variables of its own: where its library is, if not there.
    """
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    temporary.mkdir(parents=True, exist_ok=True)
    log = temporary.with_name(temporary.name + ".log")
    variables = environment(tree, folder) | {"TMPDIR": str(temporary), "LC_ALL": "C.UTF-8", **(more or {})}
    with log.open("w") as out:
        process = subprocess.Popen(
            [*command(tree), "serve", "--port", str(port)],
            env=variables,
            cwd=folder,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    server = Server(process, f"http://127.0.0.1:{port}/", folder, temporary, log)
    try:
        server.events = _events(server)
        yield server
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(STOPS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise SystemExit(f"the server didn't stop within {STOPS:.0f} s") from None


def _events(server: Server) -> dict[str, int]:
    """The numbers of the page's events that are used here, as soon as the page is there."""
    until = time.monotonic() + STARTS
    while True:
        if server.process.poll() is not None:
            raise SystemExit(f"the server has ended:\n{server.log.read_text()}")
        try:
            page = httpx2.get(server.url, timeout=60).text
            break
        except httpx2.TransportError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)
    config = json.loads(_CONFIG.search(page)[1])
    ids = {one["props"].get("elem_id"): one["id"] for one in config["components"]}
    wanted = {"ask": ("question", "submit"), "list": ("library-listing", "click")}
    return {
        name: next(one["id"] for one in config["dependencies"] if [ids[part], how] in one["targets"])
        for name, (part, how) in wanted.items()
    }


class Client:
    """Asks a server as pages do, each under a name of its own."""

    def __init__(self, server: Server, http: httpx2.AsyncClient) -> None:
        self._server = server
        self._http = http
        self._pages = 0

    def new_page(self) -> str:
        self._pages += 1
        return f"load{self._server.process.pid}x{self._pages}"

    async def ask(self, question: str, deadline: float, page: str = "") -> Outcome:
        """Ask on a page, a new one by default, and follow what comes of it to its end."""
        begun = time.monotonic()
        try:
            async with asyncio.timeout(deadline):
                return await self._asked(question, page or self.new_page(), begun)
        except TimeoutError:
            return Outcome("hung", time.monotonic() - begun)
        except httpx2.HTTPError as error:
            return Outcome("lost", time.monotonic() - begun, why=repr(error))

    async def _asked(self, question: str, page: str, begun: float) -> Outcome:
        joined = await self.join("ask", page, [question])
        if joined.status_code != 200:
            ended = "refused" if BUSY.search(joined.text) else "lost"
            return Outcome(ended, time.monotonic() - begun, shown=joined.text, why=str(joined.status_code))
        found = refused = None
        async for message in self.told(page):
            seconds = time.monotonic() - begun
            data = message.get("output", {}).get("data") or []
            if found is None and len(data) > 2 and 'class="passage' in str(data[2]):
                found = seconds
            shown = data[1] if len(data) > 1 and isinstance(data[1], str) else ""
            if refused is None and REFUSED.search(shown):
                refused = Outcome("refused", seconds, shown=shown)
            if message["msg"] != "process_completed":
                continue
            if refused is not None:
                return refused
            stage = (_STAGE.search(shown) or [None, "nothing"])[1]
            if stage == "answered":
                return Outcome("answered", seconds, found, shown)
            return Outcome("lost", seconds, found, shown, f"{stage}: {shown[-600:]}")
        return Outcome("lost", time.monotonic() - begun, why="the stream ended")

    async def search(self, said: str, deadline: float, page: str) -> Outcome:
        """Search the table of articles, as its form does."""
        begun = time.monotonic()
        fields = {"words": said, "outlet": "", "language": "", "from": "", "to": "", "undated": False}
        try:
            async with asyncio.timeout(deadline):
                joined = await self.join("list", page, [None], {"fields": fields, "n": 1})
                if joined.status_code != 200:
                    return Outcome("lost", time.monotonic() - begun, why=str(joined.status_code))
                async for message in self.told(page):
                    if message["msg"] == "process_completed":
                        shown = (message["output"].get("data") or [""])[0]
                        ended = "answered" if 'class="found"' in str(shown) else "lost"
                        return Outcome(ended, time.monotonic() - begun, shown=str(shown))
        except TimeoutError:
            return Outcome("hung", time.monotonic() - begun)
        except httpx2.HTTPError as error:
            return Outcome("lost", time.monotonic() - begun, why=repr(error))
        return Outcome("lost", time.monotonic() - begun, why="the stream ended")

    async def join(self, event: str, page: str, data: list, said: object = None) -> httpx2.Response:
        """Tell the server of an event."""
        sent = {"data": data, "fn_index": self._server.events[event], "session_hash": page}
        return await self._http.post("gradio_api/queue/join", json=sent | {"event_data": said})

    async def told(self, page: str) -> AsyncIterator[dict]:
        """What the server tells a page, until it has no more to tell."""
        async with self._http.stream("GET", f"gradio_api/queue/data?session_hash={page}") as stream:
            async for line in stream.aiter_lines():
                if line.startswith("data:"):
                    message = json.loads(line[5:])
                    if message["msg"] == "close_stream":
                        return
                    yield message


@asynccontextmanager
async def client_of(server: Server) -> AsyncIterator[Client]:
    limits = httpx2.Limits(max_connections=None, max_keepalive_connections=20)
    async with httpx2.AsyncClient(base_url=server.url, timeout=None, limits=limits) as http:
        yield Client(server, http)


def answer_of(outcome: Outcome) -> str:
    """What is shown as the answer, without what differs each time that it is given."""
    return _BEFORE.sub("", _PASSING.sub("", html.unescape(outcome.shown)))
