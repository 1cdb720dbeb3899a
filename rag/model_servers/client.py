"""JSON to a model's server and back: within its limits, again where that may help, and never too much of it.

Knows HTTP and JSON; not what is asked for. Everything that comes back is hostile: it is bounded, parsed and
shortened, and no key is ever in what is told.
"""

from __future__ import annotations

import email.utils
import json
import socket
import threading
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import httpx2
from tenacity import Retrying

from rag.config import ServedSettings
from rag.model_servers.server import PASSING_STATUSES, Kind, ModelServer, ServerError, server_at
from rag.observability.redaction import redacted

# What a reply may have: 64 vectors of 8,192 numbers, written at length, are 12 MB.
LARGEST_REPLY = 64_000_000
_REASON_LENGTH = 200
_KINDS: Mapping[int, Kind] = {401: "key", 403: "key", 404: "unknown", 405: "unknown", 413: "too_long"}
_TOO_LONG = ("maximum context length", "too large to process", "too many tokens", "too long", "context size")


class ServerClient:
    """Asks one server; may be used from several threads, and is made without asking anything."""

    def __init__(self, base_url: str, settings: ServedSettings) -> None:
        """Take the server's address, which may have a name and password in it, and the key."""
        self.server: ModelServer = server_at(base_url, settings)
        limits = self.server.limits
        self._key = settings.api_key.get_secret_value() if settings.api_key else ""
        self._secrets = [secret for secret in (self._key, httpx2.URL(base_url).password) if secret]
        self._client = httpx2.Client(
            base_url=base_url.rstrip("/"),
            headers={"Authorization": f"Bearer {self._key}"} if self._key else {},
            timeout=httpx2.Timeout(limits.read, connect=limits.connect),
            # Nobody closes this: what is asked is long against making a connection for it.
            limits=httpx2.Limits(max_keepalive_connections=0),
        )

    def post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Return the object that the server answers with.

        Raises:
            ServerError: It doesn't, whatever the reason.
        """
        return Retrying(**self.server.retrying)(self._post, path, body)

    def _post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        with self.server.asked():
            try:
                status, headers, content = self._exchange(path, body)
            except httpx2.TimeoutException as error:
                # Nothing was asked of a server that no connection was made to.
                passes = isinstance(error, httpx2.ConnectTimeout)
                raise ServerError("timeout", _name(error), passes=passes) from None
            except httpx2.ConnectError as error:
                raise ServerError("unreachable", self._told(str(error)), passes=True) from None
            except (httpx2.HTTPError, httpx2.InvalidURL) as error:
                raise ServerError("failed", self._told(str(error) or _name(error))) from None
            if status != 200:
                raise self._refusal(status, headers, content)
            return _object(content)

    def _exchange(self, path: str, body: Mapping[str, Any]) -> tuple[int, httpx2.Headers, bytes]:
        whole = self.server.limits.whole
        with _Deadline(whole) as deadline:
            try:
                asked = self._client.stream("POST", path, json=body, extensions={"trace": deadline.trace})
                with asked as response:
                    found = response.status_code, response.headers, _bounded(response)
            except httpx2.HTTPError:
                if not deadline.has_passed:
                    raise
            if deadline.has_passed:
                raise ServerError("timeout", f"{whole:g} s")
            return found

    def _refusal(self, status: int, headers: httpx2.Headers, content: bytes) -> ServerError:
        said = self._told(_message(content)) or str(status)
        if status == 429:
            return ServerError("busy", said, passes=True, wait=seconds_asked(headers.get("retry-after")))
        if status in PASSING_STATUSES:
            wait = seconds_asked(headers.get("retry-after"))
            return ServerError("failed", said, passes=True, wait=wait)
        if any(words in said.lower() for words in _TOO_LONG):
            return ServerError("too_long", said)
        return ServerError(_KINDS.get(status, "refused" if 400 <= status < 500 else "failed"), said)

    def _told(self, said: str) -> str:
        return on_one_line(redacted(said, self._secrets))


class _Deadline:
    """Hangs up after so many seconds, wherever in a reply its server is: each byte may come in time."""

    def __init__(self, seconds: float) -> None:
        self.has_passed = False
        self._sockets: list[socket.socket] = []
        self._timer = threading.Timer(seconds, self._pass)
        self._timer.daemon = True

    def __enter__(self) -> _Deadline:
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()

    def trace(self, event: str, told: Mapping[str, Any]) -> None:
        """Note what a connection is made by."""
        if event.endswith(("connect_tcp.complete", "start_tls.complete")):
            self._sockets.append(told["return_value"].get_extra_info("socket"))

    def _pass(self) -> None:
        self.has_passed = True
        for one in self._sockets:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)


def _bounded(response: httpx2.Response) -> bytes:
    pieces, size = [], 0
    for piece in response.iter_bytes():
        pieces.append(piece)
        size += len(piece)
        if size > LARGEST_REPLY:
            raise ServerError("failed", f"more than {LARGEST_REPLY // 1_000_000} MB")
    return b"".join(pieces)


def on_one_line(said: str) -> str:
    """Return what somebody says on one line, and short."""
    line = " ".join("".join(c if c.isprintable() else " " for c in said).split()).rstrip(". ")
    return line if len(line) <= _REASON_LENGTH else line[: _REASON_LENGTH - 1] + "…"


def seconds_asked(said: str | None) -> float | None:
    """Return the seconds of a `Retry-After` header: a number, or a moment; None for anything else."""
    said = (said or "").strip()
    if not said:
        return None
    if said.isascii() and said.isdecimal():
        return float(said[:9])
    try:
        until = email.utils.parsedate_to_datetime(said)
    except ValueError:
        return None
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return max(0.0, (until - datetime.now(UTC)).total_seconds())


def _message(content: bytes) -> str:
    """Return what a refusal says: OpenAI's form, others' forms, or its text."""
    try:
        said = json.loads(content)
    except (ValueError, RecursionError):
        return content[:2_000].decode("utf-8", "replace")
    for _ in range(2):
        if isinstance(said, dict):
            said = next((said[name] for name in ("error", "message", "detail") if said.get(name)), "")
    return said if isinstance(said, str) else ""


def _object(content: bytes) -> dict[str, Any]:
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        raise ServerError("failed", on_one_line(content[:80].decode("utf-8", "replace"))) from None
    if not isinstance(found, dict):
        raise ServerError("failed", type(found).__name__)
    return found


def _name(error: Exception) -> str:
    return type(error).__name__
