"""Who may use the API: programs with a key, those of this machine where nobody signs in; no web page."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator

import httpx2
import pytest
from api_keys import ASKED, add_key, bearer
from served_page import ServedPage, answered, sent, served_page

from rag.config import ApiSettings
from rag.dossiers.rule import Rule
from ui.api import keys
from ui.api.access import Caller
from ui.api.errors import ApiError
from ui.api.keys import Keys
from ui.page.context import AppContext
from ui.server.server import Network

SITE = "https://tools.example.org"


@pytest.fixture(scope="module")
def guarded(context: AppContext) -> Iterator[ServedPage]:
    """A server that one has to sign in to, and a site that has leave."""
    passwords = {"ada": "correct horse", "bob": "battery staple"}
    with served_page(context, passwords, programs=ApiSettings(origins=(SITE,))) as served:
        yield served


def test_a_program_of_this_machine_needs_no_key_where_nobody_signs_in(served: ServedPage):
    assert httpx2.get(f"{served.url}v1/models").status_code == 200
    assert sent(served.port, "/v1/models", "Authorization: Bearer ")[0] == 200  # a key that was left empty


@pytest.mark.parametrize("header", ["Bearer x", "Basic eDp4", "x", "Bearer sourcier-", "bearer  x y"])
def test_a_wrong_key_is_refused_though_none_is_needed(served: ServedPage, header: str):
    answer = httpx2.get(f"{served.url}v1/models", headers={"Authorization": header, "Accept-Language": "en"})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert answer.json()["error"]["type"] == "authentication_error"
    assert "isn't valid here" in answer.json()["error"]["message"]
    own = httpx2.get(f"{served.url}api/articles", headers={"Authorization": header, "Accept-Language": "fr"})
    assert own.json() == {"detail": own.json()["detail"]}
    assert "pas, ou plus, valable" in own.json()["detail"]


def test_who_is_asked_for_by_a_proxy_needs_a_key(served: ServedPage):
    assert sent(served.port, "/v1/models", "X-Forwarded-For: 192.0.2.7")[0] == 401
    assert sent(served.port, "/v1/models", "Forwarded: for=192.0.2.7")[0] == 401


def test_a_server_that_others_reach_wants_a_key(context: AppContext, key: str):
    for network, programs in (
        (Network(allowed_hosts=("press.example",)), ApiSettings()),
        (Network(), ApiSettings(local_without_key=False)),
    ):
        with served_page(context, network=network, programs=programs) as served:
            assert httpx2.get(f"{served.url}v1/models").status_code == 401
            assert httpx2.get(f"{served.url}v1/models", headers=bearer(key)).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        ("Origin: http://other.example",), ("Origin: null",), ("Sec-Fetch-Site: cross-site",),
        ("Sec-Fetch-Site: same-site",), ("Referer: http://other.example/",), (f"Origin: {SITE}",),
    ],
)  # fmt: skip
def test_another_site_s_page_is_refused_with_a_key_and_without(served: ServedPage, key: str, headers):
    for more in ((), (f"Authorization: Bearer {key}",)):
        for method, path in (("GET", "/v1/models"), ("POST", "/api/ask"), ("OPTIONS", "/api/ask")):
            head, _ = answered(served.port, path, *headers, *more, method=method)
            assert int(head.split(b" ")[1]) == 403
            assert b"access-control" not in head.lower()
    assert sent(served.port, "/v1/models", "Host: other.example")[0] == 400


def test_a_page_of_a_site_that_has_leave_may_ask_with_a_key(context: AppContext, key: str):
    with served_page(context, programs=ApiSettings(origins=(SITE,))) as served:
        origin = {"Origin": SITE, "Sec-Fetch-Site": "cross-site", "Referer": f"{SITE}/x"}
        asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"}
        leave = httpx2.options(f"{served.url}api/ask", headers=origin | asked)
        assert (leave.status_code, leave.headers["access-control-allow-origin"]) == (200, SITE)
        assert "access-control-allow-credentials" not in leave.headers
        answer = httpx2.get(f"{served.url}v1/models", headers=origin | bearer(key))
        assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (200, SITE)
        assert httpx2.get(f"{served.url}v1/models", headers=origin).status_code == 401
        other = {"Origin": "https://tools.example.org.other.example"} | bearer(key)
        assert httpx2.get(f"{served.url}v1/models", headers=other).status_code == 403
        assert httpx2.get(f"{served.url}theme.css", headers=origin).status_code == 403
        assert httpx2.get(f"{served.url}v1/models", headers={"Origin": served.url[:-1]}).status_code == 200


def test_where_somebody_signs_in_a_key_is_a_user_s(guarded: ServedPage, context: AppContext):
    nobody = add_key(context.settings, "nobody")
    ada = add_key(context.settings, "ada", user="ada")
    gone = add_key(context.settings, "gone", user="carol")
    url = f"{guarded.url}api/articles"
    assert httpx2.get(url).status_code == 401
    assert [httpx2.get(url, headers=bearer(one)).status_code for one in (nobody, gone, ada)] == [
        401,
        401,
        200,
    ]
    with httpx2.Client(base_url=guarded.url) as client:  # a cookie is for the page alone
        assert client.post("sign-in", data={"name": "ada", "password": "correct horse"}).status_code == 303
        assert client.get("api/articles").status_code == 401


def test_a_key_has_its_user_s_dossiers_and_no_other_s(guarded: ServedPage, context: AppContext):
    dossier = context.library.dossiers.create("ada", "Piscines")
    context.library.dossiers.add_rule(dossier.id, "ada", Rule("piscine"))
    ada = add_key(context.settings, "ada2", user="ada")
    bob = add_key(context.settings, "bob2", user="bob")
    for named in ("piscines", dossier.id, {"id": dossier.id, "name": "Piscines"}):
        asked = {"question": ASKED, "filters": {"dossiers": [named]}}
        mine = httpx2.post(f"{guarded.url}api/ask", json=asked, headers=bearer(ada), timeout=60)
        assert (mine.status_code, mine.json()["status"]) == (200, "answered")
        other = httpx2.post(f"{guarded.url}api/ask", json=asked, headers=bearer(bob), timeout=60)
        assert (other.status_code, list(other.json())) == (400, ["detail"])
    listed = [
        httpx2.get(f"{guarded.url}api/articles?dossier={dossier.id}", headers=bearer(one))
        for one in (ada, bob)
    ]
    assert [one.status_code for one in listed] == [200, 400]
    assert listed[0].json()["total"] == 1


def test_a_key_that_asks_too_often_waits(served: ServedPage, context: AppContext):
    hasty, other = (add_key(context.settings, name, per_minute=3) for name in ("hasty", "other"))
    statuses = [httpx2.get(f"{served.url}v1/models", headers=bearer(hasty)).status_code for _ in range(3)]
    assert statuses == [200, 200, 200]
    answer = httpx2.get(f"{served.url}v1/models", headers=bearer(hasty))
    assert answer.status_code == 429
    assert 1 <= int(answer.headers["retry-after"]) <= 60
    assert answer.json()["error"]["type"] == "rate_limit_error"
    assert httpx2.get(f"{served.url}v1/models", headers=bearer(other)).status_code == 200


def test_a_minute_later_there_is_room_again():
    caller = Caller(per_minute=2)
    caller.count(0.0)
    caller.count(30.0)
    with pytest.raises(ApiError) as caught:
        caller.count(50.0)
    assert caught.value.headers == {"Retry-After": "10"}
    caller.count(60.0)
    with pytest.raises(ApiError):
        caller.count(89.9)
    caller.count(90.0)


@pytest.mark.parametrize("path", ["/v1/chat/completions", "/api/ask", "/api/search", "/api/ingest"])
def test_a_body_that_is_too_long_is_refused_in_the_api_s_form(served: ServedPage, key: str, path: str):
    length = 53 * 2**20 if path == "/api/ingest" else 600_000
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{served.port}\r\nAuthorization: Bearer {key}\r\n"
    head += f"Expect: 100-continue\r\nAccept-Language: en\r\nContent-Length: {length}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", served.port), timeout=60) as connection:
        connection.sendall(head.encode())
        answer = b""
        while piece := connection.recv(65536):
            answer += piece
    first, _, body = answer.partition(b"\r\n\r\n")
    assert first.startswith(b"HTTP/1.1 413")
    said = json.loads(body)
    assert "too long" in (said["error"]["message"] if path.startswith("/v1") else said["detail"])


def test_a_body_without_a_stated_length_is_counted(served: ServedPage, key: str):
    def pieces() -> Iterator[bytes]:
        yield from (b" " * 50_000 for _ in range(4))

    headers = {**bearer(key), "Content-Type": "application/json"}
    answer = httpx2.post(f"{served.url}api/search", content=pieces(), headers=headers)
    assert (answer.status_code, list(answer.json())) == (413, ["detail"])


def test_when_a_key_was_used_is_kept(served: ServedPage, context: AppContext, key: str):
    known = Keys(context.settings)
    assert httpx2.get(f"{served.url}v1/models", headers=bearer(key)).status_code == 200
    assert known.find(key).id in known.last_used()


def test_a_file_of_keys_that_cannot_be_read_lets_nobody_in(served: ServedPage, context: AppContext, key: str):
    file = keys.keys_file(context.settings)
    before = file.read_bytes()
    file.write_text("x\n")
    try:
        assert httpx2.get(f"{served.url}v1/models", headers=bearer(key)).status_code == 503
    finally:
        file.write_bytes(before)
