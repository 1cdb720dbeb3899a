"""Behind a reverse proxy with a certificate: who asks, and how, is its word and nobody else's."""

from __future__ import annotations

import re
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest
from ports import free_port
from served_page import ServedPage, opened, served_page
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send

from ui.page.context import AppContext
from ui.server.proxy import TrustedProxies
from ui.server.server import Network
from ui.server.sign_in import COOKIE

DOCS = Path(__file__).parents[3] / "docs" / "security.md"
NAME = "sourcier.example.org"
PASSWORDS = {"ada": "correct horse"}
FLAGS = {"HttpOnly", "SameSite=strict", "Path=/", "Secure"}


async def who(scope: Scope, receive: Receive, send: Send) -> None:
    """Says from where and how it was asked, and by which headers."""
    request = Request(scope, receive)
    told = [request.client.host, request.url.scheme, sorted({*request.headers} - {"host"})]
    await JSONResponse(told)(scope, receive, send)


def told(proxies: list[str], client: str, headers: dict[str, str]) -> list:
    asking = TestClient(TrustedProxies(who, proxies), "http://127.0.0.1", client=(client, 5))
    asking.headers.clear()
    return asking.get("/", headers=headers).json()


CLAIMS = {"X-Forwarded-For": "198.51.100.9, 192.0.2.7", "X-Forwarded-Proto": "https"}


@pytest.mark.parametrize("proxies", [[], ["10.0.0.1"], ["10.0.0.0/8"]])
@pytest.mark.parametrize("client", ["127.0.0.1", "192.0.2.1", "::1"])
def test_what_anyone_can_write_is_believed_of_nobody_else(proxies: list[str], client: str):
    assert told(proxies, client, CLAIMS) == [client, "http", []]


@pytest.mark.parametrize("proxies", [["10.0.0.1"], ["10.0.0.0/8", "127.0.0.1"]])
def test_a_proxy_s_word_is_taken_for_who_came_to_it_and_not_for_what_they_said(proxies: list[str]):
    assert told(proxies, "10.0.0.1", CLAIMS) == ["192.0.2.7", "https", []]
    assert told(proxies, "10.0.0.1", CLAIMS | {"X-Forwarded-For": "192.0.2.7, 10.0.0.1"})[0] == "192.0.2.7"


def test_no_claim_reaches_the_framework_and_all_else_does():
    claims = {"X-Forwarded-Host": "a", "X-Gradio-Server": "b", "Forwarded": "for=c", "X-Real-IP": "d"}
    assert told(["10.0.0.1"], "10.0.0.1", claims | {"Cookie": "e=f", "Accept": "g"})[2] == [
        "accept",
        "cookie",
    ]


# --- the real page ---


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AppContext]:
    with opened(tmp_path_factory.mktemp("desk")) as context:
        yield context


def signed_in(client: httpx2.Client, **headers: str) -> set[str]:
    """Sign in; return the cookie's flags."""
    answer = client.post("/sign-in", data={"name": "ada", "password": PASSWORDS["ada"]}, headers=headers)
    assert answer.status_code == 303
    cookie, *flags = answer.headers["set-cookie"].split("; ")
    assert cookie.partition("=")[0].endswith(COOKIE)
    return set(flags)


def test_the_cookie_is_secure_by_a_proxy_s_word_alone(context: AppContext):
    claims = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.7", "Host": NAME}
    for proxies, flags in (((), FLAGS - {"Secure"}), (("127.0.0.1",), FLAGS)):
        with served_page(context, PASSWORDS, Network((NAME,), proxies)) as served:
            with httpx2.Client(base_url=served.url) as client:
                assert signed_in(client, Origin=f"https://{NAME}", **claims) == flags
            if proxies:
                told = httpx2.get(served.url + "sign-in", headers=claims)
                assert (told.status_code, told.headers["cache-control"]) == (200, "no-store")


@contextmanager
def nginx(served: ServedPage, folder: Path) -> Iterator[tuple[str, ssl.SSLContext]]:
    """nginx as documented, in front of the page: where it is, and what knows its certificate."""
    port, made = free_port(), folder / "made.pem"
    key = folder / "made.key"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-keyout", key,
         "-out", made, "-subj", f"/CN={NAME}", "-addext", f"subjectAltName=DNS:{NAME}"],
        check=True, capture_output=True,
    )  # fmt: skip
    documented = re.search(r"```nginx\n(.+?)```", DOCS.read_text("utf-8"), re.DOTALL)[1]
    for written, here in {
        "listen 443 ssl": f"listen 127.0.0.1:{port} ssl",
        "/etc/ssl/sourcier.pem": str(made),
        "/etc/ssl/sourcier.key": str(key),
        "http://127.0.0.1:7860": served.url.rstrip("/"),
    }.items():
        assert written in documented
        documented = documented.replace(written, here)
    (folder / "nginx.conf").write_text(
        f"daemon off; pid {folder}/pid; error_log stderr; events {{}} http {{ access_log off;\n"
        + "".join(f"{kind}_temp_path {folder}/{kind};\n" for kind in
                  ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        + documented + "}\n",
        encoding="utf-8",
    )  # fmt: skip
    known = ssl.create_default_context(cafile=str(made))
    command = [shutil.which("nginx"), "-c", str(folder / "nginx.conf"), "-p", str(folder)]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as running:
        try:
            for _ in range(100):
                with socket.socket() as probe:
                    if probe.connect_ex(("127.0.0.1", port)) == 0:
                        break
                time.sleep(0.05)
            yield f"https://{NAME}:{port}", known
        finally:
            running.terminate()


@pytest.mark.skipif(not (shutil.which("nginx") and shutil.which("openssl")), reason="no nginx here")
def test_the_documented_nginx_serves_the_page_by_its_name(context: AppContext, tmp_path: Path):
    network = Network((NAME,), ("127.0.0.1",))
    with served_page(context, PASSWORDS, network) as served, nginx(served, tmp_path) as (url, known):
        port = url.rpartition(":")[2]
        # No name of this machine leads to it: the connection is made here, the certificate held to the name.
        options = {"base_url": f"https://127.0.0.1:{port}", "verify": known, "timeout": 60}
        with httpx2.Client(**options, headers={"Host": f"{NAME}:{port}"}) as client:
            asked = {"extensions": {"sni_hostname": NAME}}
            form = {"name": "ada", "password": PASSWORDS["ada"]}
            assert client.get("/theme.css", **asked).status_code == 401
            answer = client.post("/sign-in", data=form, headers={"Origin": url}, **asked)
            cookie, *flags = answer.headers["set-cookie"].split("; ")
            assert (answer.status_code, set(flags)) == (303, FLAGS)
            sent = {"headers": {"Cookie": cookie, "Origin": url}, **asked}
            page = client.get("/", **sent)
            assert page.status_code == 200
            assert f'"root":"{url}"' in page.text
            assert answer.headers["strict-transport-security"] == "max-age=31536000"
            said = {"data": [], "fn_index": drawing(served), "session_hash": "a-page"}
            assert client.post("/gradio_api/queue/join", json=said, **sent).status_code == 200
            told = client.get("/gradio_api/queue/data?session_hash=a-page", **sent)
            assert "process_completed" in told.text
            other = {"headers": {"Cookie": cookie, "Origin": "https://other.example"}, **asked}
            assert client.post("/gradio_api/queue/join", json=said, **other).status_code == 403


def drawing(served: ServedPage) -> int:
    """The event that draws the header anew."""
    config = served.app.config
    title = next(one["id"] for one in config["components"] if one["props"].get("elem_id") == "title")
    return next(one["id"] for one in config["dependencies"] if one["outputs"] == [title])
