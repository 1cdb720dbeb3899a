"""Who a request comes from, and whose page it names: noted where no client can write to.

By what stands in front of the page. A page makes up its own name, and the framework gives what is told to a
page to whoever says that name. Here it is replaced by one that is made of the user and the name together,
with a secret of this server: another user's page of the same name is another page, whatever was forgotten.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets

import gradio as gr
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.server.request_body import again, read

SCOPE_KEY = "sourcier.user"
_PAGE_KEY = "sourcier.page"
KEY = "session_hash"
SERVER_HEADER = b"sourcier-server"
LEAVE = {"Sourcier-Page": "leave"}  # `leaving.js` loads a page again that is told this
_APP_ID = "/gradio_api/app_id"  # whether a server is there
_PATH = re.compile(r"(/gradio_api/heartbeat/)([^/]+)")


def user_of(request: gr.Request | Request) -> str:
    """Return the name of who has signed in; empty when nobody has to.

    Args:
        request: The framework's, or the one in it, which is all that a component's function is given.

    Raises:
        KeyError: For a request that nothing has vouched for: it has no owner, and nothing is done for it.
    """
    inner = request if isinstance(request, Request) else request.request
    return inner.scope[SCOPE_KEY]


def page_of(request: gr.Request | Request) -> str:
    """Return the name of the page that a request was sent from, by its body; empty if it says none."""
    inner = request if isinstance(request, Request) else request.request
    return inner.scope.get(_PAGE_KEY, "")


class Anybody:
    """Notes of every request that nobody has to sign in for it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Mark the request as nobody's, and pass it on."""
        scope[SCOPE_KEY] = ""
        await self._app(scope, receive, send)


class OneServer:
    """Tells a page that another server answers it than the one that gave it: it is loaded again then.

    What an open page asks for is in the memory of the server that gave it. Behind a proxy, or when the server
    was started again, another one would take its questions for those of a page that was just opened.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._name = secrets.token_hex(8).encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, unless it comes from another server's page."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        named = [value for name, value in scope["headers"] if name == SERVER_HEADER]
        if named and named != [self._name] and scope["path"] != _APP_ID:
            answer = PlainTextResponse("Another server's page", status_code=409, headers=LEAVE)
            await answer(scope, receive, send)
            return

        async def named_send(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), (SERVER_HEADER, self._name)]
            await send(message)

        await self._app(scope, receive, named_send)


class PageNames:
    """Replaces the names of pages in requests, which have been let through by the list of routes."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._secret = secrets.token_bytes(32)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with its page's own name."""
        if scope["type"] == "http" and SCOPE_KEY in scope:
            receive = await self._renamed_body(scope, receive)
            scope = self._renamed(scope)
        await self._app(scope, receive, send)

    def _renamed(self, scope: Scope) -> Scope:
        user, pairs = scope[SCOPE_KEY], scope["query_string"].decode("latin-1").split("&")
        query = "&".join(
            f"{KEY}={self._name(user, value)}" if key == KEY else pair
            for pair in pairs
            for key, _, value in [pair.partition("=")]
        )
        renamed = scope | {"query_string": query.encode("latin-1")}
        if found := _PATH.fullmatch(scope["path"]):
            path = found[1] + self._name(user, found[2])
            renamed |= {"path": path, "raw_path": path.encode()}
        return renamed

    async def _renamed_body(self, scope: Scope, receive: Receive) -> Receive:
        if scope["method"] != "POST":
            return receive
        body = await read(Request(scope, receive))
        assert body is not None, "the list of routes has read it"
        said = json.loads(body)
        if isinstance(page := said.get(KEY), str):
            scope[_PAGE_KEY] = self._name(scope[SCOPE_KEY], page)
            body = json.dumps(said | {KEY: scope[_PAGE_KEY]}).encode()
            _set_length(scope, len(body))
        return again(body, receive)

    def _name(self, user: str, page: str) -> str:
        """Return the framework's name of a user's page."""
        said = f"{user}\0{page}".encode("utf-8", "surrogatepass")
        return hashlib.blake2b(said, key=self._secret, digest_size=16).hexdigest()


def _set_length(scope: Scope, length: int) -> None:
    scope["headers"] = [
        (name, str(length).encode() if name == b"content-length" else value)
        for name, value in scope["headers"]
    ]
