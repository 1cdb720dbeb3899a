"""Who a request comes from: noted where no client can write to, by what stands in front of the page."""

from __future__ import annotations

import gradio as gr
from starlette.types import ASGIApp, Receive, Scope, Send

SCOPE_KEY = "sourcier.user"


def user_of(request: gr.Request) -> str:
    """Return the name of who has signed in; empty when nobody has to.

    Raises:
        KeyError: For a request that nothing has vouched for: it has no owner, and nothing is done for it.
    """
    return request.request.scope[SCOPE_KEY]


class Anybody:
    """Notes of every request that nobody has to sign in for it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Mark the request as nobody's, and pass it on."""
        scope[SCOPE_KEY] = ""
        await self._app(scope, receive, send)
