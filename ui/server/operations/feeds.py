"""The route of readers' feeds: who has a feed's secret reads it, since feed readers can't sign in.

In front of signing in. Whoever has no secret is told nothing, not even whether there is such a feed. Knows
HTTP; what a feed says comes from who serves it.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

# The feed's language, its secret, and the address that it was asked for at → the feed; None: there is none.
FeedOf = Callable[[str, str, str], bytes | None]
FEED = "/feed"
PATTERN = rf"{FEED}/(fr|en)/([A-Za-z0-9_-]{{43}})"
_PATH = re.compile(PATTERN)
_HEADERS = {
    "Cache-Control": "private, no-cache",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'",
}


class Feeds:
    """Answers this route, and passes everything else on."""

    def __init__(self, app: ASGIApp, feed_of: FeedOf, media_type: str = "application/atom+xml") -> None:
        self._app = app
        self._feed_of = feed_of
        self._media_type = media_type
        # Of their own: those of questions may all be taken.
        self._threads = ThreadPoolExecutor(2, "feeds")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or pass on."""
        path = scope["path"] if scope["type"] == "http" else ""
        if not (path == FEED or path.startswith(f"{FEED}/")) or scope["method"] not in ("GET", "HEAD"):
            await self._app(scope, receive, send)
            return
        response = await self._answer(Request(scope))
        response.headers.update(_HEADERS)
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        found = _PATH.fullmatch(request.scope["path"])
        feed = None
        if found is not None:
            address = f"{request.url.scheme}://{request.url.netloc}{request.scope['path']}"
            loop = asyncio.get_running_loop()
            feed = await loop.run_in_executor(self._threads, self._feed_of, found[1], found[2], address)
        if feed is None:
            return PlainTextResponse("Not found", 404)
        tag = f'"{hashlib.sha256(feed).hexdigest()[:32]}"'
        said = [one.strip().removeprefix("W/") for one in request.headers.get("if-none-match", "").split(",")]
        if tag in said:
            return Response(status_code=304, headers={"ETag": tag})
        return Response(feed, media_type=self._media_type, headers={"ETag": tag})
