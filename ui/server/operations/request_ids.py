"""Each request gets an id at the door: in the log, in what fails, and in the answer's `X-Request-ID`.

Knows nothing of what is asked. What a client calls its request is not taken: it would be written in the log.
"""

from __future__ import annotations

import gradio as gr
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rag.observability import request_id

SCOPE_KEY = "sourcier.request_id"
HEADER = b"x-request-id"


class RequestIds:
    """Gives ids, in front of everything else."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with its id, and the response with it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        id_ = request_id.new()

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = message | {"headers": [*message["headers"], (HEADER, id_.encode())]}
            await send(message)

        with request_id.bound(id_):
            await self._app(scope | {SCOPE_KEY: id_}, receive, sending)


def id_of(request: gr.Request | Request | None) -> str:
    """Return the id of the request that an event of the page came with; a new one if it has none."""
    inner = request.request if isinstance(request, gr.Request) else request
    return (inner.scope.get(SCOPE_KEY) if inner is not None else None) or request_id.new()
