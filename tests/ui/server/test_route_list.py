"""What the page's server answers: the routes on the written list, and nothing that names another host.

Over the real page on a real port. Whatever is refused is sent with the address of a listener of the test's
own, which must hear nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

import httpx2
import pytest
from listener import Listener, listening
from served_page import ServedPage, example, opened, sent, served_page
from starlette.routing import Mount
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocketDisconnect

from ui.server.route_list import LISTED, RouteList

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


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedPage]:
    with opened(tmp_path_factory.mktemp("desk")) as context, served_page(context) as served:
        yield served


@pytest.fixture
def listener() -> Iterator[Listener]:
    with listening(HEARD) as listener:
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


# --- the list ---


def test_a_listener_hears_what_is_sent_to_it(listener: Listener):
    assert httpx2.get(f"http://{listener.host}/x").text == "heard"
    assert [heard[:6] for heard in listener.heard] == [b"GET /x"]


def test_each_route_of_the_framework_is_listed_or_known_to_be_closed(served: ServedPage):
    found = set(routes_of(served.app.app.routes))
    closed = [one for those in CLOSED.values() for one in those]
    assert len(closed) == len(set(closed))
    assert found - set(closed) == listed()
    assert set(closed) <= found
    assert all(route.reason for route in LISTED)


def test_a_closed_route_is_not_found(served: ServedPage):
    with httpx2.Client(base_url=served.url) as client:
        for one in sorted(route for those in CLOSED.values() for route in those):
            method, path = one.split(" ", 1)
            answer = client.request(method, example(path))
            assert (answer.status_code, answer.headers["content-length"]) == (404, "9"), one
            assert method == "HEAD" or answer.text == "Not found", one


def test_no_other_method_gets_through(served: ServedPage):
    with httpx2.Client(base_url=served.url) as client:
        for route in LISTED:
            path = example(route.path)
            for method in METHODS - {*route.methods}:
                assert client.request(method, path).status_code == 404, (method, path)


async def reached(_: Scope, __: Receive, send: Send) -> None:
    """In the framework's place: says that it was asked."""
    await send({"type": "http.response.start", "status": 299, "headers": []})
    await send({"type": "http.response.body", "body": b""})


def test_nothing_that_is_not_listed_reaches_the_framework(served: ServedPage):
    client = TestClient(RouteList(reached), base_url="http://127.0.0.1")
    asked = [*routes_of(served.app.app.routes), "GET /gradio_api/of-a-new-version", "POST /new", "GET /a/b/c"]
    through = set()
    for one in asked:
        method, path = one.split(" ", 1)
        keys = next((route.keys for route in LISTED if route.path == path), ())
        body = dict.fromkeys(keys, None) | ({"data": []} if "data" in keys else {})
        if "fn_name" in keys:
            body |= {"component_id": 1, "fn_name": "f", "session_hash": "s"}
        answer = client.request(method, example(path), json=body if method == "POST" else None)
        if answer.status_code == 299:
            through.add(one)
    assert through == listed()


@pytest.mark.parametrize(
    "said",
    [
        {"component_id": 2**70}, {"component_id": -1}, {"component_id": None}, {"component_id": []},
        {"component_id": "1"}, {"fn_name": None}, {"fn_name": {}}, {"session_hash": []},
    ],
)  # fmt: skip
def test_a_call_of_what_is_not_on_the_page_is_refused(served: ServedPage, said: dict):
    """The framework would fail on it, with an error that is logged as its own."""
    known = next(iter(served.app.blocks))
    call = {"data": {}, "component_id": known, "fn_name": "begin_upload", "session_hash": "p"}
    answer = httpx2.post(f"{served.url}gradio_api/component_server/", json=call | said)
    assert (answer.status_code, answer.text) == (400, "Not what the page sends")


@pytest.mark.parametrize("number", [2**70, -1, "1", [], 10_000])
def test_an_event_that_is_not_of_the_page_is_refused(served: ServedPage, number: object):
    event = {"data": [], "fn_index": number, "session_hash": "p", "event_data": None}
    answer = httpx2.post(f"{served.url}gradio_api/queue/join", json=event)
    assert (answer.status_code, answer.text) == (400, "Not what the page sends")


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


@pytest.mark.parametrize("place", PLACES)
def test_an_address_of_another_host_is_refused_wherever_it_stands(
    served: ServedPage, listener: Listener, place: str
):
    for address in ADDRESSES:
        target = place.format(address.format(host=listener.host, port=listener.port))
        for method in ("GET", "HEAD", "POST"):
            status, said = sent(served.port, target, method=method)
            assert status in (400, 404), (method, target)
            assert b"heard" not in said
    assert listener.heard == []


@pytest.mark.parametrize("path", ["/", "/x", "/gradio_api/proxy=x"])
def test_a_whole_address_as_the_target_leads_nowhere(served: ServedPage, listener: Listener, path: str):
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
def test_requests_of_other_sites_are_refused(served: ServedPage, listener: Listener, headers, status: int):
    filled = [header.format(host=listener.host, own=served.port) for header in headers]
    assert sent(served.port, "/theme.css", *filled)[0] == status
    assert listener.heard == []


def test_a_link_on_another_site_leads_to_the_page_and_no_further(served: ServedPage):
    link = ("Referer: http://other.example/", "Sec-Fetch-Site: cross-site")
    assert sent(served.port, "/", *link)[0] == 200
    assert sent(served.port, "/manifest.json", *link)[0] == 403


def test_another_site_is_not_told_that_it_may_read(served: ServedPage):
    asked = {"Origin": "http://other.example", "Access-Control-Request-Method": "POST"}
    for path in ("/", "/gradio_api/queue/join", "/gradio_api/proxy=x"):
        assert (
            "access-control-allow-origin" not in httpx2.options(served.url + path[1:], headers=asked).headers
        )


# --- what is posted ---


def file_at(address: str) -> dict:
    return {"path": address, "url": address, "orig_name": "x", "meta": {"_type": "gradio.FileData"}}


def event(served: ServedPage, **more: object) -> dict:
    """The question that the page would send."""
    config = served.app.config
    box = next(one["id"] for one in config["components"] if one["props"].get("elem_id") == "question")
    asking = next(one for one in config["dependencies"] if one["inputs"] == [box])
    return {"data": ["Où ?"], "fn_index": asking["id"], "session_hash": "a-page"} | more


def test_no_file_of_another_host_is_fetched_for_an_event(served: ServedPage, listener: Listener):
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


def test_no_file_of_another_host_is_fetched_for_a_piece_of_an_upload(served: ServedPage, listener: Listener):
    intake = next(one for one in served.app.config["components"] if one["props"].get("server_fns"))
    for name in intake["props"]["server_fns"]:
        said = {"component_id": intake["id"], "fn_name": name, "session_hash": "a-page"}
        said["data"] = file_at(f"http://{listener.host}/x")
        assert posted(served, API + "/component_server/", said) == 200
    assert listener.heard == []


def posted(served: ServedPage, path: str, said: object, media_type: str = "application/json") -> int:
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
    served: ServedPage, path: str, body: bytes, media_type: str, status: int
):
    assert posted(served, path, body, media_type) == status
