"""The routes for whoever runs the server: whether it lives, whether it can answer, and what it has measured.

In front of signing in. Whoever may ask is told no path, no secret and no reader's word. Knows HTTP; what is
told comes from `health` and `metrics`.
"""

from __future__ import annotations

import asyncio
import hmac
import ipaddress
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TypeVar

from prometheus_client import generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from starlette.datastructures import Headers
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from ui.server.operations.health import Readiness
from ui.server.operations.metrics import Metrics

ALIVE, READY, METRICS = "/healthz", "/readyz", "/metrics"
# In a request's scope: the address of who asks, if nobody stands between; else empty.
DIRECT_KEY = "sourcier.direct_peer"
_HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
_PATIENCE = 3.0  # seconds for the library to be looked at
_Made = TypeVar("_Made")


@dataclass(frozen=True, slots=True)
class Operated:
    """What there is to tell, and who may ask for measures beside this machine: with a `token`, who says it.

    Without `tells_metrics` nobody.
    """

    readiness: Readiness
    metrics: Metrics
    tells_metrics: bool = True
    token: str | None = field(default=None, repr=False)


class Operations:
    """Answers these routes, and passes everything else on."""

    def __init__(self, app: ASGIApp, operated: Operated) -> None:
        self._app = app
        self._operated = operated
        # Of their own: those of questions may all be taken.
        self._threads = ThreadPoolExecutor(2, "operations")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or pass on."""
        path = scope["path"] if scope["type"] == "http" else ""
        if path not in (ALIVE, READY, METRICS) or scope["method"] not in ("GET", "HEAD"):
            await self._app(scope, receive, send)
            return
        response = await {ALIVE: self._alive, READY: self._ready, METRICS: self._measures}[path](scope)
        response.headers.update(_HEADERS)
        await response(scope, receive, send)

    async def _alive(self, _: Scope) -> Response:
        return JSONResponse({"status": "alive"})

    async def _ready(self, _: Scope) -> Response:
        try:
            reason = await self._aside(self._operated.readiness.reason)
        except TimeoutError:
            reason = "the library does not answer"
        if reason:
            return JSONResponse(
                {"status": "unavailable", "reason": reason}, 503, headers={"Retry-After": "5"}
            )
        return JSONResponse({"status": "ready"})

    async def _measures(self, scope: Scope) -> Response:
        if not self._operated.tells_metrics:
            return PlainTextResponse("Not found", 404)
        if not self._may_ask(scope):
            return PlainTextResponse("Not from there", 403)
        told = await self._aside(lambda: generate_latest(self._operated.metrics.registry))
        return Response(told, media_type=CONTENT_TYPE_PLAIN_0_0_4)

    def _may_ask(self, scope: Scope) -> bool:
        """Return whether somebody on this machine asks, and no proxy for others, or whoever has the token."""
        said, token = Headers(scope=scope).get("authorization", ""), self._operated.token
        if token and hmac.compare_digest(said.encode(), f"Bearer {token}".encode()):
            return True
        try:
            return ipaddress.ip_address(scope.get(DIRECT_KEY, "").partition("%")[0]).is_loopback
        except ValueError:
            return False

    async def _aside(self, function: Callable[[], _Made]) -> _Made:
        made = asyncio.get_running_loop().run_in_executor(self._threads, function)
        return await asyncio.wait_for(made, _PATIENCE)
