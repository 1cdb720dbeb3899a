"""A real web server on this machine that is posted to: it keeps what came, and answers as it is told."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True)
class Posted:
    """What came: headers in lower case."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Hook:
    """`answers` are the next statuses, then 204; a redirect leads to `/elsewhere`."""

    port: int = 0
    answers: list[int] = field(default_factory=list)
    posted: list[Posted] = field(default_factory=list)

    def url(self, host: str = "hook.test") -> str:
        return f"http://{host}:{self.port}/told?by=sourcier"


@contextmanager
def hook() -> Iterator[Hook]:
    """A server on a free port."""
    found = Hook()

    class _Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            said = {name.lower(): value for name, value in self.headers.items()}
            found.posted.append(Posted(self.path, said, body))
            self.send_response(found.answers.pop(0) if found.answers else 204)
            self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    found.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
