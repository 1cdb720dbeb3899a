"""A model's server for tests: OpenAI's API over HTTP on this machine, which can be told to fail in every way.

Its vectors are a real encoder's, so that what is found makes sense; its chat model says what it is told to.
"""

from __future__ import annotations

import json
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import numpy as np

Vectors = Callable[[Sequence[str]], np.ndarray]


@dataclass
class ModelServer:
    """What the server does: `faults` are what becomes of the next requests, then `always`, else it answers.

    A fault: `hang` (until the server stops), `drop` (no answer), `cut` (in the midst of a stream or of a
    body), `drip` (a byte at a time), `drip_headers` (the same before the body), `nested` (a refusal that
    is brackets in brackets), `html`, `garbage`, `huge`, `short` (a vector too few), `wide` (vectors
    of another length for all but the first), `nan`, `zero`, `shuffled` (in another order, told by `index`),
    `doubled` (an index twice), a status, or a status and its headers.
    """

    vectors: Vectors
    says: Callable[[list[dict[str, Any]]], str] = lambda _: "[0]"
    takes: Callable[[dict[str, Any]], bool] = lambda _: True  # what it knows of requests; else status 400
    chances: Callable[[str], list[dict[str, Any]]] | None = None  # of a reply's tokens, if it tells them
    faults: list[Any] = field(default_factory=list)
    always: Any = None
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    moments: list[float] = field(default_factory=list)  # when each of them came, in seconds of a clock
    keys: list[str | None] = field(default_factory=list)
    port: int = 0
    leaving: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    def next_fault(self) -> Any:
        return self.faults.pop(0) if self.faults else self.always


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    told: ModelServer

    def do_POST(self) -> None:
        told = self.told
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        told.asked.append((self.path, body))
        told.moments.append(time.monotonic())
        told.keys.append(self.headers.get("Authorization"))
        fault = told.next_fault()
        with suppress(BrokenPipeError, ConnectionResetError):
            if self._failed(fault if told.takes(body) else 400):
                return
            if self.path.endswith("/embeddings"):
                self._send(json.dumps(self._embeddings(body, fault)), cut=fault == "cut")
            elif self.path.endswith("/rerank"):
                self._send(json.dumps(self._ranked(body)))
            elif body.get("stream"):
                self._stream(told.says(body["messages"]), fault)
            else:
                chances = told.chances if body.get("logprobs") else None
                self._send(json.dumps(_completion(told.says(body["messages"]), chances)))

    def _failed(self, fault: Any) -> bool:
        """Fail so, if it is a failure of the server as a whole."""
        status, headers = fault if isinstance(fault, tuple) else (fault, {})
        if isinstance(status, int):
            self._send(json.dumps({"error": {"message": f"status {status}"}}), status, headers)
        elif fault == "hang":
            self.told.leaving.wait()
        elif fault == "drop":
            self.connection.shutdown(socket.SHUT_RDWR)
        elif fault == "html":
            self._send("<html><body>Welcome to nginx!</body></html>", kind="text/html")
        elif fault == "garbage":
            self._send("{nonsense")
        elif fault == "huge":
            self._huge()
        elif fault == "drip":
            self._drip()
        elif fault == "drip_headers":
            self._drip_headers()
        elif fault == "nested":
            self._send("[" * 100_000, 400)
        else:
            return False
        self.close_connection = True
        return True

    def _huge(self) -> None:
        self._begin(200, "application/json", None)
        for _ in range(200):
            self._chunk(b" " * 1_000_000)

    def _drip(self) -> None:
        self._begin(200, "text/event-stream" if "chat" in self.path else "application/json", None)
        while not self.told.leaving.is_set():
            self._chunk(b" ")
            time.sleep(0.02)

    def _drip_headers(self) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Long: ")
        while not self.told.leaving.is_set():
            self.wfile.write(b"a")
            time.sleep(0.02)

    def _embeddings(self, body: dict[str, Any], fault: Any) -> dict[str, Any]:
        texts = body["input"]
        vectors = self.told.vectors(texts)[:, : body.get("dimensions")].tolist()
        rows = [{"object": "embedding", "index": i, "embedding": v} for i, v in enumerate(vectors)]
        match fault:
            case "short":
                rows = rows[:-1]
            case "wide":
                rows = rows[:1] + [row | {"embedding": row["embedding"] * 2} for row in rows[1:]]
            case "nan":
                rows[0]["embedding"][0] = float("nan")
            case "zero":
                rows[0]["embedding"] = [0.0] * len(rows[0]["embedding"])
            case "shuffled":
                rows = rows[::-1]
            case "doubled":
                rows = [row | {"index": 0} for row in rows]
        return {"object": "list", "data": rows, "model": body["model"], "usage": {"prompt_tokens": 1}}

    def _ranked(self, body: dict[str, Any]) -> dict[str, Any]:
        question = set(body["query"].lower().split())
        scores = [len(question & set(text.lower().split())) for text in body["documents"]]
        order = sorted(range(len(scores)), key=lambda i: -scores[i])
        return {"results": [{"index": i, "relevance_score": float(scores[i])} for i in order]}

    def _stream(self, said: str, fault: Any) -> None:
        self._begin(200, "text/event-stream", None)
        pieces = [said[at : at + 8] for at in range(0, len(said), 8)]
        for number, piece in enumerate(pieces):
            if fault == "cut" and number == len(pieces) // 2:
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            self._chunk(_event({"delta": {"role": "assistant", "content": piece}, "finish_reason": None}))
        self._chunk(_event({"delta": {}, "finish_reason": "stop"}))
        self._chunk(b"data: [DONE]\n\n")
        self._chunk(b"")

    def _send(
        self,
        body: str,
        status: int = 200,
        headers: dict[str, str] | None = None,
        kind: str = "application/json",
        cut: bool = False,
    ) -> None:
        content = body.encode()
        self._begin(status, kind, len(content), headers or {})
        self.wfile.write(content[: len(content) // 2] if cut else content)
        if cut:
            self.connection.shutdown(socket.SHUT_RDWR)

    def _begin(
        self, status: int, kind: str, length: int | None, headers: dict[str, str] | None = None
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        if length is None:
            self.send_header("Transfer-Encoding", "chunked")
        else:
            self.send_header("Content-Length", str(length))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()

    def _chunk(self, content: bytes) -> None:
        self.wfile.write(f"{len(content):x}\r\n".encode() + content + b"\r\n")
        self.wfile.flush()

    def log_message(self, *_: object) -> None:
        """Tests are quiet."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *whose: Any) -> None:
        """Whoever asks may be killed meanwhile; anything else is a mistake in this file."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(*whose)


def _completion(said: str, chances: Callable[[str], list[dict[str, Any]]] | None) -> dict[str, Any]:
    message = {"role": "assistant", "content": said}
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    if chances is not None:
        choice["logprobs"] = {"content": chances(said)}
    return {"id": "1", "object": "chat.completion", "created": 1, "model": "small", "choices": [choice]}


def _event(choice: dict[str, Any]) -> bytes:
    chunk = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "small"}
    return f"data: {json.dumps(chunk | {'choices': [{'index': 0} | choice]})}\n\n".encode()


@contextmanager
def model_server(vectors: Vectors, port: int = 0) -> Iterator[ModelServer]:
    """Run such a server on a port of its own, or on this one."""
    told = ModelServer(vectors)
    handler = type("_Handler", (_Handler,), {"told": told})
    server = _Server(("127.0.0.1", port), handler)
    told.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield told
    finally:
        told.leaving.set()
        server.shutdown()
        server.server_close()
        thread.join()
