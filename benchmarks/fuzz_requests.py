"""Sends whatever comes to mind to every route of the real server, as two users and as nobody, for minutes.

    python benchmarks/fuzz_requests.py --minutes 4 [--seed 1]

Each request begins as the page would send it (`ui.server.route_list`), and is changed at random: its path,
its parameters, its head, its body, whose cookie comes with it. No answer may be of the kind 5xx, none may
fail to begin within `LONGEST`, and neither user may ever be told a word of the other's. Only this machine is
asked.
"""

from __future__ import annotations

import argparse
import json
import random
import socket
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "support")]

import httpx2  # noqa: E402
from served_page import ServedPage, opened, served_page  # noqa: E402

from ui.api import keys as program_keys  # noqa: E402
from ui.server.route_list import API, LISTED  # noqa: E402

LONGEST = 60.0  # seconds until an answer begins
STREAMED = 1.0  # seconds of a stream that are read
PASSWORDS = {"ada": "correct horse", "bob": "battery staple"}
# What a program may ask, by the names of what it sends.
ASKED = {
    "/api/ask": ("question", "history", "filters", "infer_dates", "fresh", "language"),
    "/api/search": ("query", "by", "limit", "filters"),
    "/v1/chat/completions": ("model", "messages", "stream", "n", "sourcier", "stream_options"),
}
ROUTES = [
    *((method, route.path, route.keys) for route in LISTED for method in route.methods),
    *((method, route.path, ASKED.get(route.path, ())) for route in API for method in route.methods),
    ("GET", "/sign-in", ()),
    ("POST", "/sign-in", ()),
    ("POST", "/sign-out", ()),
]
WORDS = [
    "", "x", "0", "-1", "99999999999999999999", "null", "../../etc/passwd", "%2e%2e%2f", "%00", "\u202e", "é",
    "'", '"', "<b>", "{{7*7}}", "${x}", "a" * 5_000, "[]", "{}", "zz", "p", "q", "http://127.0.0.1:1/",
    "\r\nX: y",
]  # fmt: skip
VALUES = [
    None, True, 0, -1, 2**70, 1.5, "", "x", "ada", "p", "é\u202e\0", "\ud800", "a" * 3_000, [], {}, [[]],
    [None] * 40, {"path": "/etc/passwd"}, {"do": "open", "id": "x"}, {"do": "delete", "id": ""},
    {"verb": "rate", "turn": -1}, {"token": "x", "data": "!"}, {"name": "../a.txt", "size": -1},
    [{"path": "x", "meta": {"_type": "gradio.FileData"}}],
]  # fmt: skip
HEADERS = [
    "Content-Type: application/json", "Content-Type: text/plain",
    "Content-Type: multipart/form-data; boundary=x", "Content-Type: application/x-www-form-urlencoded",
    "Accept-Language: fr;q=x,,en", "Accept-Language: \xff", "Range: bytes=0-99999999999", "Range: bytes=x",
    "If-None-Match: *", "If-Modified-Since: never", "Accept-Encoding: gzip;q=2, br", "Forwarded: for=x",
    "X-Forwarded-For: 1.2.3.4, x", "Expect: 100-continue", "Transfer-Encoding: identity",
    "Authorization: Bearer x", "Connection: upgrade", "Upgrade: websocket", "X-HTTP-Method-Override: DELETE",
    "Referer: http://evil.example/", "Origin: null", "X-Request-ID: \xff\x01",
]  # fmt: skip


class BrokenError(Exception):
    """A promise that an answer broke."""


@dataclass
class Told:
    """What has been asked, and what came of it."""

    requests: int = 0
    slowest: float = 0.0
    routes: set[str] = field(default_factory=set)
    statuses: dict[int, int] = field(default_factory=dict)


class Visitors:
    """Two users who have signed in and asked something, each with words of their own."""

    def __init__(self, served: ServedPage) -> None:
        self.served = served
        config = served.app.config
        parts = {one["props"].get("elem_id"): one["id"] for one in config["components"]}
        events = {tuple(target): one["id"] for one in config["dependencies"] for target in one["targets"]}
        self.events = [one["id"] for one in config["dependencies"]]
        self.components = [one["id"] for one in config["components"]]
        self.cookies: dict[str, str] = {}
        made = {user: program_keys.new_key(user, user, True, 100_000) for user in PASSWORDS}
        settings = served.context.settings
        program_keys.write(program_keys.keys_file(settings), {user: key for user, (key, _) in made.items()})
        self.keys = {user: said for user, (_, said) in made.items()}
        for user, password in PASSWORDS.items():
            with httpx2.Client(base_url=served.url, timeout=LONGEST) as client:
                answer = client.post("sign-in", data={"name": user, "password": password})
                assert answer.status_code == 303, answer.status_code
                self.cookies[user] = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
                asked = f"Je suis zz{user}zz. Combien de nageurs la piscine accueille-t-elle ?"
                event = {"data": [asked], "fn_index": events[parts["question"], "submit"]}
                event |= {"session_hash": user, "event_data": None}
                assert client.post("gradio_api/queue/join", json=event).status_code == 200
                told = client.get(f"gradio_api/queue/data?session_hash={user}").text
                assert f"zz{user}zz" in told

    def body(self, keys: tuple[str, ...], chance: random.Random) -> bytes:
        """What the page might post, a little other."""
        usual = {
            "data": [], "event_data": None, "fn_index": chance.choice(self.events), "trigger_id": None,
            "session_hash": chance.choice([*PASSWORDS, "p", "q"]), "event_id": "x",
            "component_id": chance.choice(self.components), "fn_name": "begin_upload",
            "question": "Combien de nageurs ?", "query": "piscine", "by": "words", "limit": 3, "history": [],
            "filters": {"languages": [chance.choice(WORDS)], "date_from": "2026-01-01"},
            "infer_dates": True, "fresh": False, "language": "fr", "model": "sourcier", "n": 1,
            "messages": [{"role": "user", "content": chance.choice(["Combien de nageurs ?", *WORDS])}],
            "stream": chance.random() < 0.5, "stream_options": {"include_usage": True}, "sourcier": {},
        }  # fmt: skip
        said = {key: usual.get(key) for key in keys}
        for _ in range(chance.choice([0, 1, 1, 2, 4])):
            said[chance.choice([*keys, "more"])] = chance.choice([*VALUES, *WORDS])
        written = json.dumps(said).encode()
        if chance.random() < 0.15:
            place = chance.randrange(len(written) + 1)
            written = written[:place] + chance.randbytes(chance.choice([1, 3, 200])) + written[place + 1 :]
        return written


def request(visitors: Visitors, chance: random.Random, told: Told) -> tuple[str, bytes]:
    """Make one up: who sends it, and its bytes."""
    method, path, keys = chance.choice(ROUTES)
    told.routes.add(f"{method} {path}")
    target = path.replace("{session_hash}", chance.choice([*PASSWORDS, "p"])).replace("{path:path}", "x.js")
    target = target.replace("{article_id}", "x").replace("{model}", chance.choice(["sourcier", "x"]))
    if chance.random() < 0.2:
        target += chance.choice(["/", "//", ";x", "/..", "%2f", quote(chance.choice(WORDS))[:300]])
    if chance.random() < 0.3 or "queue/data" in path:
        names = ["session_hash", "v", "x", "page", "start", "length", "dossier", "date_from", "sort"]
        name = chance.choice(names)
        target += f"?{name}={quote(chance.choice([*WORDS, *PASSWORDS]))[:3_000]}"
    if chance.random() < 0.1:
        method = chance.choice(["GET", "POST", "PUT", "DELETE", "OPTIONS", "HEAD", "PATCH", "TRACE", "x"])
    body = visitors.body(keys, chance) if keys or chance.random() < 0.1 else b""
    if path == "/sign-in" and method == "POST":  # no name that exists: users would be kept waiting
        body = f"name=nobody&password={quote(chance.choice(WORDS))[:500]}".encode()
    headers = chance.sample(HEADERS, chance.choice([0, 0, 1, 2]))
    if body and not any(header.startswith("Content-Type") for header in headers):
        headers.append("Content-Type: application/json")
    who = chance.choice(["ada", "bob", "bob", "nobody"]) if path != "/sign-out" else "nobody"
    if who != "nobody":
        headers.append(f"Cookie: {visitors.cookies[who]}")
        headers.append(f"Authorization: Bearer {visitors.keys[who]}")
    head = [f"{method} {target} HTTP/1.1", f"Host: 127.0.0.1:{visitors.served.port}", *headers]
    head += [f"Content-Length: {len(body)}", "Connection: close", "", ""]
    return who, "\r\n".join(head).encode("latin-1", "replace") + body


def answer(port: int, sent: bytes) -> bytes:
    """What comes of it; of a stream, its beginning. Nothing if the server closes the connection."""
    said, begun = b"", time.monotonic()
    connecting = socket.create_connection(("127.0.0.1", port), timeout=LONGEST)
    with connecting as connection, suppress(ConnectionError):
        connection.sendall(sent)
        while piece := _received(connection, bool(said)):
            said += piece
            connection.settimeout(STREAMED)
            if time.monotonic() - begun > LONGEST:
                break
    return said


def _received(connection: socket.socket, has_begun: bool) -> bytes:
    try:
        return connection.recv(65_536)
    except TimeoutError:
        if has_begun:  # a stream that has nothing more to say for now
            return b""
        raise


def check(who: str, sent: bytes, said: bytes) -> int:
    status = int(said.split(b" ", 2)[1]) if said.startswith(b"HTTP/") else 0
    if status >= 500:
        raise BrokenError(f"{status} to {sent[:600]!r}: {said[-600:]!r}")
    for user in PASSWORDS:
        if user != who and f"zz{user}zz".encode() in said and f"zz{user}zz".encode() not in sent:
            raise BrokenError(f"{who} is told of {user}: {sent[:600]!r}")
    return status


def run(minutes: float, seed: int) -> dict[str, object]:
    chance, told, end = random.Random(seed), Told(), time.monotonic() + 60 * minutes
    with (
        tempfile.TemporaryDirectory() as folder,
        opened(Path(folder)) as context,
        served_page(context, PASSWORDS) as served,
    ):
        visitors = Visitors(served)
        while time.monotonic() < end:
            who, sent = request(visitors, chance, told)
            begun = time.monotonic()
            try:
                said = answer(served.port, sent)
            except TimeoutError:
                raise BrokenError(f"no answer to {sent[:600]!r}") from None
            told.slowest = max(told.slowest, time.monotonic() - begun)
            status = check(who, sent, said)
            told.statuses[status] = told.statuses.get(status, 0) + 1
            told.requests += 1
        assert httpx2.get(served.url + "sign-in", timeout=LONGEST).status_code == 200
    assert told.statuses.get(200, 0) > 0, told.statuses
    return {
        "requests": told.requests,
        "routes": len(told.routes),
        "slowest": round(told.slowest, 1),
        "statuses": dict(sorted(told.statuses.items())),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--minutes", type=float, default=4)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    options = parser.parse_args()
    print(f"seed {options.seed}", flush=True)
    print(json.dumps(run(options.minutes, options.seed)))


if __name__ == "__main__":
    main()
