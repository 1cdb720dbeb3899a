"""What a request may send and how long it may take, on the real server with limits made small."""

import json
import socket
import time
from contextlib import closing, suppress

import pytest
from served_page import answered, opened, served_page

from ingest.schema.document import MAX_BYTES
from ui.server import connection, limits
from ui.server.route_list import API, LISTED

JSON = "Content-Type: application/json"
JOIN = "/gradio_api/queue/join"


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    with opened(tmp_path_factory.mktemp("limits")) as context, served_page(context) as served:
        yield served


def begun(port, *lines, body=b""):
    """A connection that has sent so much of a request, and sends no more."""
    one = socket.create_connection(("127.0.0.1", port), timeout=20)
    one.sendall("\r\n".join([*lines, "", ""]).encode() + body)
    return one


def all_of(one):
    answer = b""
    while piece := one.recv(65536):
        answer += piece
    return answer


def posted(port, path, *headers):
    return f"POST {path} HTTP/1.1", f"Host: 127.0.0.1:{port}", *headers


@pytest.mark.parametrize("path", ["/", "/sign-in", JOIN, "/gradio_api/cancel", "/nothing/here"])
@pytest.mark.parametrize("kind", [JSON, "Content-Type: text/plain", "Content-Type: multipart/form-data"])
def test_a_body_is_bounded_whatever_it_is_said_to_be(page, path, kind):
    too_long = b"x" * (limits.longest(path) + 1)
    head, said = answered(
        page.port, path, kind, "Accept-Language: en-GB,fr;q=0.5", method="POST", body=too_long
    )
    assert head.startswith(b"HTTP/1.1 413")
    said = json.loads(said)["detail"].encode() if path.startswith("/gradio_api/") else said
    assert (
        said.decode()
        == f"What was sent is too long; at most {limits.longest(path) // 1024} KiB are accepted here."
    )


def test_the_sentence_is_in_the_language_of_the_browser_and_else_of_the_server(page):
    too_long = b"x" * (limits.longest("/") + 1)
    for accepted, language in (("fr-FR,en;q=0.8", "fr"), ("de,en;q=0.8,fr;q=0.5", "en"), ("*", "en")):
        head, said = answered(page.port, "/", f"Accept-Language: {accepted}", method="POST", body=too_long)
        assert f"content-language: {language}".encode() in head.lower()
        assert said.decode().startswith("Ce qui" if language == "fr" else "What was")


def test_a_body_without_a_stated_length_is_counted(page):
    lines = posted(page.port, JOIN, JSON, "Transfer-Encoding: chunked")
    with closing(begun(page.port, *lines)) as one:
        piece = b"x" * 65536
        for _ in range(limits.longest(JOIN) // len(piece) + 1):
            one.sendall(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
        assert all_of(one).startswith(b"HTTP/1.1 413")


def test_a_stated_length_is_refused_before_anything_has_come(page):
    for length in ("300000000", "9" * 40):
        with closing(begun(page.port, *posted(page.port, JOIN, JSON, f"Content-Length: {length}"))) as one:
            begin = time.monotonic()
            answer = all_of(one)
            assert answer.startswith((b"HTTP/1.1 413", b"HTTP/1.1 400"))
            assert time.monotonic() - begin < 5


def test_who_asks_whether_to_send_it_is_told_not_to(page):
    lines = posted(page.port, JOIN, JSON, "Content-Length: 300000000", "Expect: 100-continue")
    with closing(begun(page.port, *lines)) as one:
        assert all_of(one).startswith(b"HTTP/1.1 413")


def test_a_piece_of_an_upload_passes_where_no_event_of_its_length_does(page):
    data = {"data": {"token": "x", "data": "A" * 1_000_000}, "component_id": 1, "fn_name": "x"}
    body = json.dumps(data | {"session_hash": "page"}).encode()
    assert limits.longest(JOIN) < len(body) < limits.longest(limits.UPLOADED)
    head, _ = answered(page.port, limits.UPLOADED, JSON, method="POST", body=body)
    assert b" 413 " not in head


def test_every_route_that_takes_a_body_has_its_limit():
    for route in LISTED:
        if "POST" in route.methods:
            assert 0 < limits.longest(route.path) <= limits.LONGEST_PIECE + 4096
    for route in API:
        if "POST" in route.methods and route.path != "/api/ingest":
            assert 0 < limits.longest(route.path) <= 512 * 1024
    assert MAX_BYTES < limits.longest("/api/ingest") < 1.1 * MAX_BYTES


@pytest.mark.parametrize("path", [JOIN, "/sign-in", limits.UPLOADED])
def test_a_body_that_stops_coming_is_given_up(page, path, monkeypatch):
    monkeypatch.setattr(limits, "SILENT_SECONDS", 0.3)
    lines = posted(page.port, path, JSON, "Content-Length: 1000", "Accept-Language: fr")
    with closing(begun(page.port, *lines, body=b'{"da')) as one:
        begin = time.monotonic()
        answer = all_of(one)
        assert time.monotonic() - begin < 10
    if path != "/sign-in":  # without users it is no route, and nobody waits for its body
        assert answer.startswith(b"HTTP/1.1 408")
        assert "n'est pas arrivé en entier" in answer.decode()


def test_a_body_that_trickles_ends_too(page, monkeypatch):
    monkeypatch.setattr(limits, "BODY_SECONDS", 0.6)
    with closing(begun(page.port, *posted(page.port, JOIN, JSON, "Content-Length: 1000"))) as one:
        one.settimeout(0.1)
        answer, begin = b"", time.monotonic()
        while not answer and time.monotonic() - begin < 10:
            one.sendall(b" ")
            try:
                answer = one.recv(65536)
            except TimeoutError:
                continue
        assert answer.startswith(b"HTTP/1.1 408")


def is_ended(one, within=4.0):
    """Whether the server ends the connection, so soon."""
    one.settimeout(within)
    try:
        while one.recv(65536):
            pass
    except ConnectionResetError:
        return True
    except TimeoutError:
        return False
    return True


@pytest.mark.parametrize("first", [b"", b"GET / HTTP/1.1\r\nHost: x"])
def test_half_a_head_ends_with_its_connection(page, monkeypatch, first):
    monkeypatch.setattr(connection, "HEAD_SECONDS", 0.3)
    with closing(socket.create_connection(("127.0.0.1", page.port))) as one:
        one.sendall(first)
        assert is_ended(one)


def test_half_a_head_after_an_answer_does_too(page, monkeypatch):
    monkeypatch.setattr(connection, "HEAD_SECONDS", 0.3)
    with closing(begun(page.port, "GET /none HTTP/1.1", f"Host: 127.0.0.1:{page.port}")) as one:
        assert one.recv(65536).startswith(b"HTTP/1.1 404")
        one.sendall(b"GET / HT")
        assert is_ended(one)


def test_who_does_not_read_is_left(page, monkeypatch):
    """What was written for them would be held, and the answer go on, for as long as they like."""
    monkeypatch.setattr(connection, "UNREAD_SECONDS", 0.3)
    asked = f"GET /theme.css HTTP/1.1\r\nHost: 127.0.0.1:{page.port}\r\n\r\n".encode()
    with closing(begun(page.port, asked.decode().strip())) as one:
        head, _, _ = one.recv(65536).partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200")
        length = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
    times = 40_000_000 // length
    held = page.app.server.server_state.connections
    with socket.socket() as one:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        one.connect(("127.0.0.1", page.port))
        one.settimeout(3)
        one.sendall(asked)
        while not any(each.client == one.getsockname() for each in list(held)):
            time.sleep(0.01)
        with suppress(TimeoutError, ConnectionError):
            one.sendall(asked * times)
        mine, ends = one.getsockname(), time.monotonic() + 20
        while any(each.client == mine for each in list(held)) and time.monotonic() < ends:
            time.sleep(0.1)
        assert time.monotonic() < ends


def test_one_who_asks_and_waits_is_not_ended(page, monkeypatch):
    """The stream of an open page says nothing for long."""
    monkeypatch.setattr(connection, "HEAD_SECONDS", 0.2)
    monkeypatch.setattr(limits, "SILENT_SECONDS", 0.2)
    lines = ("GET /gradio_api/heartbeat/page HTTP/1.1", f"Host: 127.0.0.1:{page.port}")
    with closing(begun(page.port, *lines)) as one:
        one.settimeout(1.5)
        received = b""
        with pytest.raises(TimeoutError):
            while piece := one.recv(65536):
                received += piece
        assert received.startswith(b"HTTP/1.1 200")
