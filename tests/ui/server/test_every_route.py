"""Who may ask each route that the page needs: listed here, and held over the real page.

Every route is asked as the page asks it, then as another site's page, another name's, a stranger and a user
would.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

import httpx2
import pytest
from served_page import ServedPage, answered, example, opened, sent, served_page

from ui.page.context import AppContext
from ui.server.origin import VISITED
from ui.server.route_list import API as PROGRAMS
from ui.server.route_list import LISTED, OWN
from ui.server.server import Network
from ui.server.sign_in import COOKIE

API = "/gradio_api"
PASSWORDS = {"ada": "correct horse"}
NETWORK = Network(allowed_hosts=("press.example",))
ANYBODY, LED, USERS = "anybody", "anybody, who is led to the form", "who has signed in"
SECRET = "who has a reader's secret"
LOCAL = "this machine's programs, or who has the token"
KEY = "who has a key, and where nobody has to sign in this machine's programs"
WRITING = "who has a key that may write"
# A route that isn't here is answered to nobody; one that is listed in the server must be here.
WHO = {
    "GET /": LED,
    "HEAD /": USERS,
    "GET /assets/{path:path}": USERS,
    "GET /static/{path:path}": USERS,
    "GET /favicon.ico": USERS,
    "GET /manifest.json": USERS,
    "GET /theme.css": USERS,
    f"GET {API}/startup-events": ANYBODY,
    f"GET {API}/app_id": USERS,
    f"GET {API}/heartbeat/{{session_hash}}": USERS,
    f"POST {API}/queue/join": USERS,
    f"GET {API}/queue/data": USERS,
    f"POST {API}/cancel": USERS,
    f"POST {API}/reset": USERS,
    f"POST {API}/component_server/": USERS,
    "GET /healthz": ANYBODY,
    "HEAD /healthz": ANYBODY,
    "GET /readyz": ANYBODY,
    "HEAD /readyz": ANYBODY,
    "GET /metrics": LOCAL,
    "HEAD /metrics": LOCAL,
    "GET /feed/{language}/{token}": SECRET,
    "HEAD /feed/{language}/{token}": SECRET,
    "GET /api/": ANYBODY,
    "GET /api/openapi.json": ANYBODY,
    "POST /api/ask": KEY,
    "POST /api/search": KEY,
    "GET /api/articles": KEY,
    "GET /api/articles/{article_id}": KEY,
    "POST /api/ingest": WRITING,
    "GET /v1/models": KEY,
    "GET /v1/models/{model}": KEY,
    "POST /v1/chat/completions": KEY,
}
SIGNING_IN = ("GET /sign-in", "POST /sign-in", "POST /sign-out")
# Not asked to the end: the stream is open as long as the page is.
STREAMS = f"GET {API}/heartbeat/{{session_hash}}"


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AppContext]:
    with opened(tmp_path_factory.mktemp("desk")) as context:
        yield context


@pytest.fixture(scope="module")
def open_page(context: AppContext) -> Iterator[ServedPage]:
    """A page that nobody has to sign in to."""
    with served_page(context, network=NETWORK) as served:
        yield served


@pytest.fixture(scope="module")
def guarded(context: AppContext) -> Iterator[ServedPage]:
    """A page that one has to sign in to."""
    with served_page(context, PASSWORDS, NETWORK) as served:
        yield served


def said(served: ServedPage, path: str) -> dict:
    """What the page posts: that its header be drawn anew, that a file will come, that it gives up."""
    parts = {one["props"].get("elem_id"): one["id"] for one in served.app.config["components"]}
    drawing = next(one for one in served.app.config["dependencies"] if one["outputs"] == [parts["title"]])
    values = {"fn_index": drawing["id"], "data": [], "session_hash": "x", "event_id": "x"}
    values |= {"event_data": None, "trigger_id": None}
    if path.endswith("/component_server/"):
        values |= {"component_id": parts["library-intake"], "fn_name": "begin_upload", "data": {}}
    keys = next((one.keys for one in LISTED if one.path == path), ())
    return {key: values[key] for key in keys}


def asked(served: ServedPage, route: str, *headers: str) -> int:
    """Status of what comes of a route, asked for with what the page may send."""
    method, path = route.split(" ", 1)
    body = b""
    if method == "POST" and not path.startswith("/sign-"):
        body, headers = json.dumps(said(served, path)).encode(), (*headers, "Content-Type: application/json")
    return sent(served.port, example(path), *headers, method=method, body=body)[0]


def test_every_route_that_is_answered_is_known_with_who_may_ask():
    assert {
        f"{method} {route.path}" for route in (*LISTED, *OWN, *PROGRAMS) for method in route.methods
    } == WHO.keys()


@pytest.mark.parametrize("route", WHO)
def test_a_stranger_is_answered_nothing_but_what_anybody_may_ask(guarded: ServedPage, route: str):
    for cookie in ((), (f"Cookie: {COOKIE}=x",)):
        status = asked(guarded, route, "Accept: text/html", *cookie)
        is_visit = route.startswith("GET")
        known = {ANYBODY: 200, LOCAL: 200, SECRET: 404, LED: 303, USERS: 303 if is_visit else 401}
        expected = known.get(WHO[route], 401)
        assert status == expected, route
        assert asked(guarded, route, *cookie) == {ANYBODY: 200, LOCAL: 200, SECRET: 404}.get(WHO[route], 401)


def test_a_user_is_answered_no_other_route(guarded: ServedPage):
    with httpx2.Client(base_url=guarded.url) as client:
        assert client.post("sign-in", data={"name": "ada", "password": PASSWORDS["ada"]}).status_code == 303
        assert client.get("theme.css").status_code == 200
        for path in ("config", "openapi.json", "gradio_api/info", "gradio_api/file=x", "monitoring", "x"):
            assert client.get(path).status_code == 404, path


FOREIGN = (
    (("Origin: http://other.example",), 403),
    (("Origin: null",), 403),
    (("Origin: http://press.example.other.example",), 403),
    (("Sec-Fetch-Site: cross-site", "Origin: http://127.0.0.1:{port}"), 403),
    (("Sec-Fetch-Site: same-site",), 403),
    (("Referer: http://other.example/",), 403),
    (("Host: other.example:{port}",), 400),
    (("Host: 127.0.0.1.other.example:{port}", "Origin: http://127.0.0.1.other.example:{port}"), 400),
    (("Host: press.example", "Origin: http://other.example"), 403),
    (("Host: press.example", "Origin: null"), 403),
    (("Host: press.example:{port}", "Origin: http://press.example:1"), 403),
)
LINKS = ("Sec-Fetch-Site", "Referer")  # a visit may come from anywhere


@pytest.mark.parametrize("route", [*WHO, *SIGNING_IN])
def test_another_site_s_page_is_answered_nowhere(open_page: ServedPage, guarded: ServedPage, route: str):
    for served in (open_page, guarded):
        for headers, status in FOREIGN:
            if route.split(" ")[1] in VISITED and "POST" not in route and headers[0].startswith(LINKS):
                continue
            filled = [header.format(port=served.port) for header in headers]
            assert asked(served, route, *filled) == status, (route, headers)


@pytest.mark.parametrize("host", ["127.0.0.1:{port}", "localhost:{port}", "press.example", "press.example:8"])
@pytest.mark.parametrize("path", ["/", "/theme.css", f"{API}/queue/join", f"{API}/component_server/"])
def test_another_site_is_given_no_leave(open_page: ServedPage, host: str, path: str):
    """The framework itself gives it to whoever asks a server that isn't called localhost."""
    preflight = ("Origin: http://other.example", "Access-Control-Request-Method: POST")
    host = f"Host: {host.format(port=open_page.port)}"
    for method in ("OPTIONS", "GET", "POST"):
        head, _ = answered(open_page.port, path, host, *preflight, method=method)
        assert head.startswith(b"HTTP/1.1 403"), (method, path)
        assert b"access-control" not in head.lower()


@pytest.mark.parametrize(
    "headers",
    [
        ("Host: press.example",),
        ("Host: PRESS.example:8443", "Origin: https://PRESS.example:8443"),
        ("Host: press.example", "Origin: https://press.example", "Sec-Fetch-Site: same-origin"),
        # A proxy that asks by the address: the page's own name is in what the browser says.
        ("Origin: https://press.example", "Referer: https://press.example/"),
    ],
)
def test_the_server_s_other_name_is_its_own(open_page: ServedPage, headers: tuple[str, ...]):
    assert asked(open_page, "GET /theme.css", *headers) == 200
    assert asked(open_page, f"POST {API}/reset", *headers) == 200


@pytest.mark.parametrize("route", [route for route in WHO if route != STREAMS])
def test_the_page_itself_is_answered(open_page: ServedPage, route: str):
    own = f"http://127.0.0.1:{open_page.port}"
    status = asked(open_page, route, f"Origin: {own}", f"Referer: {own}/", "Sec-Fetch-Site: same-origin")
    without_key = {route: 401 for route, who in WHO.items() if who in (KEY, WRITING)}  # it has another name
    secret = {route: 404 for route, who in WHO.items() if who == SECRET}
    expected = {f"GET {API}/queue/data": 422, "GET /assets/{path:path}": 404, "GET /static/{path:path}": 404}
    assert status == (expected | without_key | secret).get(route, 200)


CLAIMS = (
    "X-Forwarded-Host: other.example",
    "X-Forwarded-Proto: https",
    "X-Forwarded-For: 192.0.2.7",
    "X-Gradio-Server: http://other.example",
    "X-Forwarded-Prefix: /x",
    "Forwarded: for=192.0.2.7;host=other.example;proto=https",
)


def test_what_anyone_can_write_changes_nothing_on_the_page(open_page: ServedPage):
    page = sent(open_page.port, "/", *CLAIMS)[1]
    assert b"other.example" not in page
    assert b"https://127.0.0.1" not in page
    assert f'"root":"http://127.0.0.1:{open_page.port}"'.encode() in page
