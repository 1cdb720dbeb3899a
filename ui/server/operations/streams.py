"""The streams by which pages follow what they have asked: open as long as something is on its way to them."""

from __future__ import annotations

import asyncio

from starlette.types import ASGIApp, Receive, Scope, Send

_FOLLOWING = "/gradio_api/queue/data"
_POLL = 0.02  # seconds


class OpenStreams:
    """Counts them, and passes everything on."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._open = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Count as long as a page follows."""
        if scope["type"] != "http" or scope["path"] != _FOLLOWING:
            await self._app(scope, receive, send)
            return
        self._open += 1
        try:
            await self._app(scope, receive, send)
        finally:
            self._open -= 1

    async def closed(self) -> None:
        """Return once none is open."""
        while self._open:
            await asyncio.sleep(_POLL)
