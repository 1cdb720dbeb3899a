"""What the page's server answers: the routes on the written list, and nothing that names another host.

Over the real page on a real port. Whatever is refused is sent with the address of a listener of the test's
own, which must hear nothing.
"""

from __future__ import annotations

import asyncio
import json
import re
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field

import httpx2
import pytest
from desk import Desk
from gradio import Blocks
from starlette.routing import Mount
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocketDisconnect

from rag.engine.factory import build_chain
from ui.app import build_app
from ui.page.context import AppContext
from ui.server.route_list import LISTED, RouteList
from ui.server.server import close, start

API = "/gradio_api"
HEARD = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nheard"
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"}
# Every other route of the framework, by what it is for. One that a new version brings is in neither list, and
# has to be put into one of them before the tests pass again.
CLOSED = {
    "it fetches other hosts' addresses, or answers with files": {
        f"GET {API}/proxy={{url_path:path}}",
        f"HEAD {API}/proxy={{url_path:path}}",
        f"GET {API}/file={{path_or_url:path}}",
        f"HEAD {API}/file={{path_or_url:path}}",
        f"GET {API}/file/{{path:path}}",
        f"GET {API}/custom_component/{{id}}/{{environment}}/{{type}}/{{file_name}}",
        "GET /svelte/{path:path}",
        "GET /pwa_icon",
        "GET /pwa_icon/{size}",
    },
    "files come in by pieces, through component_server/": {
        f"POST {API}/upload",
        f"GET {API}/upload_progress",
        f"POST {API}/component_server",
    },
    "programs call the chain, not the page": {
        "GET /openapi.json",
        "HEAD /openapi.json",
        f"GET {API}/openapi.json",
        f"GET {API}/info",
        f"GET {API}/info/",
        "GET /config",
        "GET /config/",
        f"POST {API}/run/{{api_name}}",
        f"POST {API}/run/{{api_name}}/",
        f"POST {API}/api/{{api_name}}",
        f"POST {API}/api/{{api_name}}/",
        f"POST {API}/call/{{api_name}}",
        f"POST {API}/call/{{api_name}}/",
        f"POST {API}/call/v2/{{api_name}}",
        f"POST {API}/call/v2/{{api_name}}/",
        f"GET {API}/call/{{api_name}}/{{event_id}}",
        f"GET {API}/call/v2/{{api_name}}/{{event_id}}",
    },
    "signing in is Sourcier's own": {
        "POST /login",
        "POST /login/",
        "GET /logout",
        f"GET {API}/login_check",
        f"GET {API}/login_check/",
        f"GET {API}/token",
        f"GET {API}/token/",
        f"GET {API}/user",
        f"GET {API}/user/",
    },
    "nothing is streamed as sound or film": {
        f"POST {API}/stream/{{event_id}}",
        f"POST {API}/stream/{{event_id}}/close",
        f"GET {API}/stream/{{session_hash}}/{{run}}/{{component_id}}/playlist.m3u8",
        f"GET {API}/stream/{{session_hash}}/{{run}}/{{component_id}}/{{segment_id}}.{{ext}}",
        f"GET {API}/stream/{{session_hash}}/{{run}}/{{component_id}}/playlist-file",
        f"POST {API}/process_recording",
    },
    "it watches, or changes, the program": {
        "GET /monitoring",
        "GET /monitoring/summary",
        "GET /monitoring/{key}",
        f"GET {API}/queue/status",
        f"GET {API}/dev/reload",
        f"POST {API}/vibe-edit",
        f"POST {API}/vibe-edit/",
        f"POST {API}/undo-vibe-edit",
        f"POST {API}/undo-vibe-edit/",
        f"GET {API}/vibe-code",
        f"GET {API}/vibe-code/",
        f"POST {API}/vibe-code",
        f"POST {API}/vibe-code/",
        f"POST {API}/vibe-starter-queries",
        f"POST {API}/vibe-starter-queries/",
    },
    "the page doesn't use it": {
        f"GET {API}/app_id/",
        f"GET {API}/deep_link",
        f"GET {API}/runs",
        f"GET {API}/runs/",
        f"GET {API}/theme.css",
        f"POST {API}/reset/",
        "GET /robots.txt",
    },
}


@dataclass
class Listener:
    """A host that the server might be made to ask: `heard` are the beginnings of what it was sent."""

    port: int = 0
    heard: list[bytes] = field(default_factory=list)

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"


@contextmanager
def listening() -> Iterator[Listener]:
    listener = Listener()
    with socket.create_server(("127.0.0.1", 0)) as server:
        listener.port = server.getsockname()[1]

        def hear() -> None:
            while True:
                connection, _ = server.accept()
                with connection:
                    connection.settimeout(5)
                    begun = connection.recv(4096)
                    if begun == b"end":
                        return
                    listener.heard.append(begun)
                    connection.sendall(HEARD)

        hearing = threading.Thread(target=hear)
        hearing.start()
        yield listener
        with socket.create_connection(("127.0.0.1", listener.port)) as last:
            last.sendall(b"end")
        hearing.join(10)


@dataclass(frozen=True)
class Served:
    """The page, and where it is."""

    app: Blocks
    url: str

    @property
    def port(self) -> int:
        return int(self.url.rstrip("/").rpartition(":")[2])


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    desk = Desk(tmp_path_factory.mktemp("desk"))
    desk.write("a.md", "La mairie de Malvoisy a ouvert une piscine de 25 mètres lundi.")
    desk.ingest()
    with closing(build_chain(desk.parts, None)) as chain, closing(AppContext(desk.parts, chain)) as newsroom:

        async def serving() -> tuple[Blocks, str]:
            with socket.create_server(("127.0.0.1", 0)) as probe:
                port = probe.getsockname()[1]
            app = build_app(newsroom, "fr")
            return app, start(app, "127.0.0.1", port)

        with ThreadPoolExecutor(1) as elsewhere:  # a loop may run in this thread already
            app, url = elsewhere.submit(lambda: asyncio.run(serving())).result()
        yield Served(app, url)
        close(app)
    desk.close()


@pytest.fixture
def listener() -> Iterator[Listener]:
    with listening() as listener:
        yield listener


def routes_of(routes: list) -> Iterator[str]:
    """Every method and path that the framework answers; an unknown kind of route ends the test."""
    for route in routes:
        if isinstance(route, Mount) or hasattr(route, "original_router"):
            inner = route if isinstance(route, Mount) else route.original_router
            yield from (f"{route.path}{one}" if isinstance(route, Mount) else one
                        for one in routes_of(inner.routes))  # fmt: skip
        else:
            yield from (f"{method} {route.path}" for method in route.methods)


def listed() -> set[str]:
    return {f"{method} {route.path}" for route in LISTED for method in route.methods}


def example(path: str) -> str:
    """A path of a route, with something harmless for each of its parameters."""
    return re.sub(r"\{[^}]+\}", "x", path.replace("/static/{", "/static/js/{"))


# --- the list ---


def test_a_listener_hears_what_is_sent_to_it(listener: Listener):
    assert httpx2.get(f"http://{listener.host}/x").text == "heard"
    assert [heard[:6] for heard in listener.heard] == [b"GET /x"]


def test_each_route_of_the_framework_is_listed_or_known_to_be_closed(served: Served):
    found = set(routes_of(served.app.app.routes))
    closed = [one for those in CLOSED.values() for one in those]
    assert len(closed) == len(set(closed))
    assert found - set(closed) == listed()
    assert set(closed) <= found
    assert all(route.reason for route in LISTED)


def test_a_closed_route_is_not_found(served: Served):
    with httpx2.Client(base_url=served.url) as client:
        for one in sorted(route for those in CLOSED.values() for route in those):
            method, path = one.split(" ", 1)
            answer = client.request(method, example(path))
            assert (answer.status_code, answer.headers["content-length"]) == (404, "9"), one
            assert method == "HEAD" or answer.text == "Not found", one


def test_no_other_method_gets_through(served: Served):
    with httpx2.Client(base_url=served.url) as client:
        for route in LISTED:
            path = example(route.path)
            for method in METHODS - {*route.methods}:
                assert client.request(method, path).status_code == 404, (method, path)


async def reached(_: Scope, __: Receive, send: Send) -> None:
    """In the framework's place: says that it was asked."""
    await send({"type": "http.response.start", "status": 299, "headers": []})
    await send({"type": "http.response.body", "body": b""})


def test_nothing_that_is_not_listed_reaches_the_framework(served: Served):
    client = TestClient(RouteList(reached), base_url="http://127.0.0.1")
    asked = [*routes_of(served.app.app.routes), "GET /gradio_api/of-a-new-version", "POST /new", "GET /a/b/c"]
    through = set()
    for one in asked:
        method, path = one.split(" ", 1)
        keys = next((route.keys for route in LISTED if route.path == path), ())
        body = dict.fromkeys(keys, None) | ({"data": []} if "data" in keys else {})
        answer = client.request(method, example(path), json=body if method == "POST" else None)
        if answer.status_code == 299:
            through.add(one)
    assert through == listed()


def test_a_socket_is_closed():
    with pytest.raises(WebSocketDisconnect), TestClient(RouteList(reached)).websocket_connect("/"):
        pass


# --- another host's address ---

ADDRESSES = (
    "http://{host}/x",
    "https://{host}/x",
    "HTTP://{host}/x",
    "http:/{host}/x",
    "http:{host}/x",
    "//{host}/x",
    "/{host}/x",
    "\\\\{host}\\x",
    "/\\{host}/x",
    "http:\\\\{host}\\x",
    "http://user:word@{host}/x",
    "http%3A%2F%2F{host}%2Fx",
    "http%253A%252F%252F{host}%252Fx",
    "%2F%2F{host}/x",
    "%5C%5C{host}/x",
    "http://{host}%2Fx",
    "http://%31%32%37.0.0.1:{port}/x",
    "ftp://{host}/x",
    "file://{host}/x",
    "file:///etc/hostname",
    "../../etc/hostname",
    "..%2F..%2Fetc%2Fhostname",
)
PLACES = (
    API + "/proxy={}",
    API + "/proxy/{}",
    API + "/file={}",
    API + "/file/{}",
    API + "/assets/{}",
    "/assets/{}",
    "/static/{}",
    "/static/js/{}",
    "/svelte/{}",
    API + "/heartbeat/{}",
    API + "/queue/data?session_hash={}",
    API + "/queue/data?session_hash=a&url={}",
    "/theme.css?v={}",
    "/?deep_link={}",
    "/?url={}",
    "/{}",
)


def sent(port: int, target: str, *headers: str, method: str = "GET", body: bytes = b"") -> tuple[int, bytes]:
    """Status and body of what comes of a request, written as it is given."""
    names = {header.partition(":")[0].lower() for header in headers}
    host = [] if "host" in names else [f"Host: 127.0.0.1:{port}"]
    lines = [f"{method} {target} HTTP/1.1", *host, *headers, f"Content-Length: {len(body)}"]
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        connection.sendall("\r\n".join([*lines, "Connection: close", "", ""]).encode() + body)
        answer = b""
        while piece := connection.recv(65536):
            answer += piece
    head, _, said = answer.partition(b"\r\n\r\n")
    return int(head.split(b" ")[1]), said


@pytest.mark.parametrize("place", PLACES)
def test_an_address_of_another_host_is_refused_wherever_it_stands(
    served: Served, listener: Listener, place: str
):
    for address in ADDRESSES:
        target = place.format(address.format(host=listener.host, port=listener.port))
        for method in ("GET", "HEAD", "POST"):
            status, said = sent(served.port, target, method=method)
            assert status in (400, 404), (method, target)
            assert b"heard" not in said
    assert listener.heard == []


@pytest.mark.parametrize("path", ["/", "/x", "/gradio_api/proxy=x"])
def test_a_whole_address_as_the_target_leads_nowhere(served: Served, listener: Listener, path: str):
    for target in (f"http://{listener.host}{path}", listener.host):
        for method in ("GET", "CONNECT"):
            _, said = sent(served.port, target, method=method)
            assert b"heard" not in said
    assert listener.heard == []


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        (("Host: {host}",), 200),  # by its port alone nobody is another
        (("Host: other.example",), 400),
        (("Host: 127.0.0.1:{own}@other.example",), 400),
        (("Host: other.example@127.0.0.1:{own}",), 400),
        (("Host: 127.0.0.1.other.example",), 400),
        (("Host: 127.0.0.1:{own}", "Host: other.example"), 400),
        (("Host: http://127.0.0.1:{own}/",), 400),
        (("Host:",), 400),
        (("Origin: http://{host}",), 403),
        (("Origin: http://127.0.0.1:{own}@other.example",), 403),
        (("Origin: http://[",), 403),
        (("Origin: null",), 403),
        (("Origin: http://127.0.0.1:{own}", "Origin: http://{host}"), 403),
        (("Referer: http://{host}/",), 403),
        (("Referer: http://other.example/127.0.0.1:{own}",), 403),
        (("Referer: http://127.0.0.1:{own}@other.example/",), 403),
        (("Sec-Fetch-Site: cross-site",), 403),
        (("Sec-Fetch-Site: same-site",), 403),
        (("Referer: http://127.0.0.1:{own}/", "Sec-Fetch-Site: same-origin"), 200),
    ],
)
def test_requests_of_other_sites_are_refused(served: Served, listener: Listener, headers, status: int):
    filled = [header.format(host=listener.host, own=served.port) for header in headers]
    assert sent(served.port, "/theme.css", *filled)[0] == status
    assert listener.heard == []


def test_a_link_on_another_site_leads_to_the_page_and_no_further(served: Served):
    link = ("Referer: http://other.example/", "Sec-Fetch-Site: cross-site")
    assert sent(served.port, "/", *link)[0] == 200
    assert sent(served.port, "/manifest.json", *link)[0] == 403


def test_another_site_is_not_told_that_it_may_read(served: Served):
    asked = {"Origin": "http://other.example", "Access-Control-Request-Method": "POST"}
    for path in ("/", "/gradio_api/queue/join", "/gradio_api/proxy=x"):
        assert (
            "access-control-allow-origin" not in httpx2.options(served.url + path[1:], headers=asked).headers
        )


# --- what is posted ---


def file_at(address: str) -> dict:
    return {"path": address, "url": address, "orig_name": "x", "meta": {"_type": "gradio.FileData"}}


def event(served: Served, **more: object) -> dict:
    """The question that the page would send."""
    config = served.app.config
    box = next(one["id"] for one in config["components"] if one["props"].get("elem_id") == "question")
    asking = next(one for one in config["dependencies"] if one["inputs"] == [box])
    return {"data": ["Où ?"], "fn_index": asking["id"], "session_hash": "a-page"} | more


def test_no_file_of_another_host_is_fetched_for_an_event(served: Served, listener: Listener):
    join = API + "/queue/join"
    for address in (f"http://{listener.host}/x", f"https://{listener.host}/x"):
        inputs = [
            [file_at(address), None],
            ["Où ?", file_at(address)],
            [[file_at(address)], None],
            [{"a": file_at(address)}, None],
        ]
        for data in inputs:
            for fn_index in (one["id"] for one in served.app.config["dependencies"]):
                said = event(served, data=data, fn_index=fn_index)
                assert posted(served, join, said) == 400
        for more in ({"batched": True}, {"oauth_token": "x"}, {"api_name": "x"}, {"event_id": "x"}):
            assert posted(served, join, event(served, **more)) == 400
    # What a button says may be anything; the framework doesn't look into it.
    said = event(served, event_data=file_at(f"http://{listener.host}/x"))
    assert posted(served, join, said) == 200
    ended = httpx2.get(served.url + "gradio_api/queue/data?session_hash=a-page", timeout=60)
    assert "process_completed" in ended.text
    assert listener.heard == []


def test_no_file_of_another_host_is_fetched_for_a_piece_of_an_upload(served: Served, listener: Listener):
    intake = next(one for one in served.app.config["components"] if one["props"].get("server_fns"))
    for name in intake["props"]["server_fns"]:
        said = {"component_id": intake["id"], "fn_name": name, "session_hash": "a-page"}
        said["data"] = file_at(f"http://{listener.host}/x")
        assert posted(served, API + "/component_server/", said) == 200
    assert listener.heard == []


def posted(served: Served, path: str, said: object, media_type: str = "application/json") -> int:
    body = said if isinstance(said, bytes) else json.dumps(said).encode()
    return sent(served.port, path, f"Content-Type: {media_type}", method="POST", body=body)[0]


@pytest.mark.parametrize("path", sorted({route.path for route in LISTED if "POST" in route.methods}))
@pytest.mark.parametrize(
    ("body", "media_type", "status"),
    [
        (b"{}", "text/plain", 415),
        (b"{}", "multipart/form-data; boundary=x", 415),
        (b"{}", "application/x-www-form-urlencoded", 415),
        (b"{}", "", 415),
        (b"{", "application/json", 400),
        (b"[]", "application/json; charset=utf-8", 400),
        (b'{"another": 1}', "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b" " * (4 * 2**20 + 1), "application/json", 413),
    ],
)
def test_only_what_the_page_sends_is_taken(
    served: Served, path: str, body: bytes, media_type: str, status: int
):
    assert posted(served, path, body, media_type) == status
