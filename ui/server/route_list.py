"""What the framework may answer: the routes that the page needs, written down here, and no other.

Gradio has some seventy routes, among them one that fetches other hosts' addresses and answers with what it
got, as if this server had said it; a new version may bring more. Whatever isn't listed gets 404 before the
framework sees it. Knows requests; nothing of what answers them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass, field
from types import MappingProxyType

from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from ui.server.operations.feeds import FEED, PATTERN
from ui.server.operations.routes import ALIVE, METRICS, READY
from ui.server.request_body import again, read

_NAME = r"[A-Za-z0-9_-]{1,100}"
_FILE = r"[A-Za-z0-9_-][A-Za-z0-9_.-]{0,200}"


def _is_event(said: dict) -> bool:
    """Return whether an event's inputs are words and numbers.

    Never a file, which the framework would fetch.
    """
    inputs = said.get("data")
    return isinstance(inputs, list) and not any(isinstance(value, dict | list) for value in inputs)


def _is_call(said: dict) -> bool:
    """Return whether a call of a part's function names both: the framework fails where one is missing."""
    names = ("fn_name", "session_hash")
    return isinstance(said.get("component_id"), int) and all(isinstance(said.get(key), str) for key in names)


@dataclass(frozen=True, slots=True)
class ListedRoute:
    """A route that the page needs, and why.

    `path` is the framework's own way of writing it, `pattern` what may stand there; `parameters` are the
    names that its query may have. `keys` are those of the JSON object that is posted to it, of which
    `is_sound` may ask more.
    """

    methods: tuple[str, ...]
    path: str
    reason: str
    pattern: str = ""
    parameters: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    is_sound: Callable[[dict], bool] = lambda _: True
    _regex: re.Pattern[str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_regex", re.compile(self.pattern or re.escape(self.path)))

    def is_of(self, path: str) -> bool:
        """Return whether a path is of this route."""
        return self._regex.fullmatch(path) is not None


LISTED = (
    ListedRoute(("GET", "HEAD"), "/", "the page; with HEAD a proxy looks whether it is up"),
    ListedRoute(("GET",), "/assets/{path:path}", "the page's scripts and styles", pattern=f"/assets/{_FILE}"),
    ListedRoute(("GET",), "/static/{path:path}", "a script of the page", pattern=f"/static/(js|img)/{_FILE}"),
    ListedRoute(("GET",), "/favicon.ico", "the browser's tab"),
    ListedRoute(("GET",), "/manifest.json", "the page's head names it"),
    ListedRoute(("GET",), "/theme.css", "the page's colours", parameters=("v",)),
    ListedRoute(("GET",), "/gradio_api/startup-events", "Gradio's own call when it has started"),
    ListedRoute(("GET",), "/gradio_api/app_id", "the page asks it when it has lost the server"),
    ListedRoute(
        ("GET",),
        "/gradio_api/heartbeat/{session_hash}",
        "tells the server that a page is still open",
        pattern=f"/gradio_api/heartbeat/{_NAME}",
    ),
    ListedRoute(
        ("POST",),
        "/gradio_api/queue/join",
        "everything that is done on the page",
        keys=("data", "event_data", "fn_index", "trigger_id", "session_hash"),
        is_sound=_is_event,
    ),
    ListedRoute(
        ("GET",), "/gradio_api/queue/data", "what comes of it, as it comes", parameters=("session_hash",)
    ),
    ListedRoute(
        ("POST",),
        "/gradio_api/cancel",
        "the page gives up what it waits for",
        keys=("session_hash", "fn_index", "event_id"),
    ),
    ListedRoute(("POST",), "/gradio_api/reset", "sent along with it", keys=("event_id",)),
    ListedRoute(
        ("POST",),
        "/gradio_api/component_server/",
        "the pieces of a file that is brought in",
        keys=("data", "component_id", "fn_name", "session_hash"),
        is_sound=_is_call,
    ),
)
# Those of the server's own, which are answered before the framework and before signing in.
OWN = (
    ListedRoute(("GET", "HEAD"), ALIVE, "whoever watches the process asks whether it lives"),
    ListedRoute(("GET", "HEAD"), READY, "a load balancer asks whether it can answer questions"),
    ListedRoute(("GET", "HEAD"), METRICS, "Prometheus on this machine, or with the token, asks for measures"),
    ListedRoute(
        ("GET", "HEAD"),
        f"{FEED}/{{language}}/{{token}}",
        "a feed reader asks with a reader's secret",
        PATTERN,
    ),
)
# Those of the API for programs, which are answered before the framework too, to who has a key (`ui.api`).
API = (
    ListedRoute(("GET",), "/api/", "what a program may ask, for people"),
    ListedRoute(("GET",), "/api/openapi.json", "the same for programs"),
    ListedRoute(("POST",), "/api/ask", "a question, and its answer with every citation"),
    ListedRoute(("POST",), "/api/search", "passages, by meaning or by words"),
    ListedRoute(("GET",), "/api/articles", "which articles there are"),
    ListedRoute(
        ("GET",), "/api/articles/{article_id}", "an article's text", pattern=f"/api/articles/{_NAME}"
    ),
    ListedRoute(("POST",), "/api/ingest", "articles are brought in, with a key that may write"),
    ListedRoute(("GET",), "/v1/models", "programs that speak OpenAI's API ask which models there are"),
    ListedRoute(("GET",), "/v1/models/{model}", "and what one of them is", pattern=f"/v1/models/{_FILE}"),
    ListedRoute(("POST",), "/v1/chat/completions", "a question, as such a program asks it"),
)
_UNKNOWN: Mapping[str, Set[int]] = MappingProxyType({})
_QUERY = re.compile(r"([A-Za-z0-9_-]+=[A-Za-z0-9_.-]*(&[A-Za-z0-9_-]+=[A-Za-z0-9_.-]*)*)?")


def is_of_api(path: str) -> bool:
    """Return whether a path belongs to the API, whether or not there is anything at it."""
    return path in ("/api", "/v1") or path.startswith(("/api/", "/v1/"))


class RouteList:
    """Lets through what is on the list, as the page writes it.

    A path with an escape in it, a second slash, a parameter or a key that isn't named there is not on the
    list.
    """

    def __init__(
        self,
        app: ASGIApp,
        listed: tuple[ListedRoute, ...] = LISTED,
        parts: Mapping[str, Set[int]] = _UNKNOWN,
    ) -> None:
        """Take what answers; `parts` are the numbers of the page's parts, by the key that names one."""
        self._app = app
        self._listed = listed
        self._parts = parts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer only the routes of the list."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] != "http":  # no part of the page uses anything else
            await send({"type": "websocket.close", "code": 1008})
        elif (route := self._route(scope)) is None:
            await PlainTextResponse("Not found", status_code=404)(scope, receive, send)
        elif scope["method"] != "POST":
            await self._app(scope, receive, send)
        else:
            await self._post(route, scope, receive, send)

    def _route(self, scope: Scope) -> ListedRoute | None:
        path, query = scope["path"], scope["query_string"].decode("latin-1")
        raw = scope.get("raw_path", path.encode("utf-8", "replace"))
        if not path.isascii() or raw != path.encode() or not _QUERY.fullmatch(query):
            return None
        named = {pair.partition("=")[0] for pair in query.split("&") if pair}
        for route in self._listed:
            if scope["method"] in route.methods and route.is_of(path) and named <= {*route.parameters}:
                return route
        return None

    async def _post(self, route: ListedRoute, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if media_type != "application/json":
            await PlainTextResponse("Not JSON", status_code=415)(scope, receive, send)
            return
        body = await read(request)
        if body is None:
            await PlainTextResponse("Too large", status_code=413)(scope, receive, send)
        elif not self._is_listed(route, body):
            await PlainTextResponse("Not what the page sends", status_code=400)(scope, receive, send)
        else:
            await self._app(scope, again(body, receive), send)

    def _is_listed(self, route: ListedRoute, body: bytes) -> bool:
        try:
            said = json.loads(body)
        except (ValueError, RecursionError):
            return False
        return (
            isinstance(said, dict)
            and said.keys() <= {*route.keys}
            and all(self._is_known(key, said[key]) for key in self._parts if said.get(key) is not None)
            and route.is_sound(said)
        )

    def _is_known(self, key: str, value: object) -> bool:
        return isinstance(value, int) and value in self._parts[key]
