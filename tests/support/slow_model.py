"""A chat model's server on this machine, as OpenAI's, that begins an answer and ends it when it is told."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class SlowModel:
    """`asked` is set once it has been asked; it goes on when `go` is. `requests` are what it was sent."""

    address: str = ""
    asked: threading.Event = field(default_factory=threading.Event)
    go: threading.Event = field(default_factory=threading.Event)
    headers: list[dict[str, str]] = field(default_factory=list)


@contextmanager
def slow_model() -> Iterator[SlowModel]:
    """Serve it on a free port."""
    model = SlowModel()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            model.headers.append({name.lower(): value for name, value in self.headers.items()})
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.end_headers()
            chunk = {"id": "x", "object": "chat.completion.chunk", "created": 1, "model": "slow"}
            chunk["choices"] = [{"index": 0, "delta": {"role": "assistant", "content": ""}}]
            try:
                self.wfile.write(f"data: {json.dumps(chunk)}\n\n".encode())
                self.wfile.flush()
                model.asked.set()
                model.go.wait(120)
                self.wfile.write(b"data: [DONE]\n\n")
            except OSError:
                self.close_connection = True

        def log_message(self, *_: object) -> None:
            """Tests are quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        model.address = f"http://127.0.0.1:{server.server_port}/v1"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield model
        finally:
            model.go.set()
            server.shutdown()
            thread.join()
