"""What the framework says when too many events wait for it, in the reader's language.

Its page has English words of its own for that status, and shows those of the server for another.
"""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.formatting.i18n import text
from ui.server.limits import preferred

_BACK_IN = 10  # seconds


class Busy:
    """Answers 429 and one sentence where the framework would say that its queue is full."""

    def __init__(self, app: ASGIApp, language: str) -> None:
        self._app = app
        self._language = language

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on everything else."""
        if scope["type"] != "http" or not scope["path"].endswith("/queue/join"):
            await self._app(scope, receive, send)
            return
        is_full = False

        async def sending(message: Message) -> None:
            nonlocal is_full
            is_full = is_full or (message["type"] == "http.response.start" and message["status"] == 503)
            if not is_full:
                await send(message)

        await self._app(scope, receive, sending)
        if is_full:
            language = preferred(Headers(scope=scope).get("accept-language", ""), self._language)
            said = {"detail": text("page_busy", language, count=_BACK_IN)}
            await JSONResponse(said, 429, headers={"Retry-After": str(_BACK_IN)})(scope, receive, send)
