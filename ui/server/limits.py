"""What a request may send: so many bytes, by its route, and never a long silence in between.

In front of everything that reads a body. Knows paths and bytes; nothing of what they say.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from contextlib import suppress
from types import MappingProxyType

from starlette.datastructures import Headers
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.formatting.i18n import LANGUAGES, text
from ui.server.route_list import is_of_api

log = logging.getLogger(__name__)

_EVENTS = "/gradio_api/"
UPLOADED = "/gradio_api/component_server/"
LONGEST_PIECE = 2_000_000  # characters of a piece of an upload, in base64
# Bytes of a body, by path; an upload comes in pieces, and has its own limit as a whole.
LONGEST_BODIES: Mapping[str, int] = MappingProxyType(
    {
        UPLOADED: LONGEST_PIECE + 4096,
        "/gradio_api/queue/join": 512 * 1024,
        "/v1/chat/completions": 512 * 1024,
        "/api/ask": 512 * 1024,
        "/api/ingest": 52 * 2**20,  # a file as long as any that is read, and what is around it
    }
)
LONGEST_OTHER_BODY = 128 * 1024
SILENT_SECONDS = 30.0  # that a body may pause
BODY_SECONDS = 300.0  # that it may take as a whole
# Of a body that is refused so much is still taken, and dropped: whoever sends without reading would never
# see the answer.
_DROPPED = 8 * 2**20  # bytes
_DROPPING_SECONDS = 0.5


class BoundedBodies:
    """Refuses bodies that are too long, as stated or as counted, and those that don't come.

    `language` is that of who doesn't say which one they read.
    """

    def __init__(self, app: ASGIApp, language: str) -> None:
        self._app = app
        self._language = language

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what is within bounds; answer everything else with one sentence."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        body = _Body(receive, longest(scope["path"]))
        headers = Headers(scope=scope)
        stated = headers.get("content-length", "")
        if stated.isdecimal() and (len(stated) > 15 or int(stated) > body.longest):
            if headers.get("expect", "").lower() != "100-continue":  # that one waits to be asked for it
                await body.drop()
            await self._refuse(_TooLongError(body.longest), scope, receive, send)
            return
        is_answered = False

        async def sending(message: Message) -> None:
            nonlocal is_answered
            if body.refused is None or is_answered:  # the framework would answer that it has failed
                is_answered = True
                await send(message)

        with suppress(_RefusedError):  # what is behind may have made an answer of it, which isn't sent
            await self._app(scope, body.receive, sending)
        if (refused := body.refused) is None:
            return
        if is_answered:
            log.debug("a body that nothing depended on was given up")
            return
        if isinstance(refused, _TooLongError):
            await body.drop()
        await self._refuse(refused, scope, receive, send)

    async def _refuse(self, refused: _RefusedError, scope: Scope, receive: Receive, send: Send) -> None:
        language = preferred(Headers(scope=scope).get("accept-language", ""), self._language)
        said = refused.text(language)
        log.info("%s: %s", refused.status, scope["path"][:200].encode("unicode_escape").decode())
        headers = {"Connection": "close", "Content-Language": language, "Cache-Control": "no-store"}
        response: Response = PlainTextResponse(said, refused.status, headers=headers)
        if is_of_api(scope["path"]):
            response = JSONResponse(said_by_api(scope["path"], said, refused.status), refused.status, headers)
        elif scope["path"].startswith(
            _EVENTS
        ):  # its page shows what is said so, in place of words of its own
            response = JSONResponse({"detail": said}, refused.status, headers=headers)
        await response(scope, receive, send)


def said_by_api(
    path: str, said: str, status: int, code: str | None = None, param: str | None = None
) -> dict[str, object]:
    """Return what the API says of a failure: in OpenAI's form under `/v1`, else one sentence."""
    if not path.startswith("/v1"):
        return {"detail": said}
    kinds = {401: "authentication_error", 403: "permission_error", 429: "rate_limit_error"}
    kind = kinds.get(status, "server_error" if status >= 500 else "invalid_request_error")
    return {"error": {"message": said, "type": kind, "param": param, "code": code}}


def longest(path: str) -> int:
    """Return how many bytes a body may have that is sent to a path."""
    return LONGEST_BODIES.get(path, LONGEST_OTHER_BODY)


def preferred(accepted: str, otherwise: str) -> str:
    """Return which of the page's languages a browser names first (`Accept-Language`)."""
    for named in accepted[:400].lower().split(","):
        code = named.partition(";")[0].strip().partition("-")[0]
        if code in LANGUAGES:
            return code
    return otherwise


class _RefusedError(Exception):
    """Nothing more of a body is taken."""

    status = 408

    def text(self, language: str) -> str:
        return text("request_unfinished", language)


class _TooLongError(_RefusedError):
    status = 413

    def __init__(self, longest: int) -> None:
        super().__init__(longest)
        self._longest = longest

    def text(self, language: str) -> str:
        return text("request_too_long", language, count=self._longest // 1024)


class _Body:
    """A request's body as it comes."""

    def __init__(self, receive: Receive, longest: int) -> None:
        self.longest = longest
        self.refused: _RefusedError | None = None
        self._receive = receive
        self._received = 0
        self._is_whole = False
        self._ends = asyncio.get_running_loop().time() + BODY_SECONDS

    async def receive(self) -> Message:
        """Return what the server gives, as long as it is within bounds.

        Raises:
            _RefusedError: It isn't.
        """
        if self._is_whole:  # what is waited for now is the reader's leaving
            return await self._receive()
        left = self._ends - asyncio.get_running_loop().time()
        try:
            message = await asyncio.wait_for(self._receive(), min(SILENT_SECONDS, max(0.0, left)))
        except TimeoutError:
            self.refused = _RefusedError()
            raise self.refused from None
        if message["type"] == "http.request":
            self._received += len(message.get("body", b""))
            self._is_whole = not message.get("more_body", False)
            if self._received > self.longest:
                self.refused = _TooLongError(self.longest)
                raise self.refused
        return message

    async def drop(self) -> None:
        """Take some more of what comes, and keep nothing of it."""
        dropped = 0
        try:
            async with asyncio.timeout(_DROPPING_SECONDS):
                while not self._is_whole and dropped < _DROPPED:
                    message = await self._receive()
                    dropped += len(message.get("body", b""))
                    self._is_whole = not message.get("more_body", False)
        except TimeoutError:
            log.debug("a body that was refused goes on coming")
