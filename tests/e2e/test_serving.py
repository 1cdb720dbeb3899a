"""How the page is served: to this machine's own pages only, on a free port, and until it is told to end."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import gradio as gr
import httpx2
import pytest
from conftest import Served
from playwright.sync_api import Browser
from ports import free_port
from processes import child, endless

from rag.config import Settings
from rag.errors import UserError
from rag.library.library import Library
from rag.library.records import Entry
from rag.schema.article import Article
from ui.server.server import close, start

SOURCIER = [sys.executable, "-c", "from ui.command.main import main; raise SystemExit(main())", "serve"]


def test_a_port_in_use_is_named_with_what_to_do():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(UserError) as caught:
            start(None, "127.0.0.1", port)
    assert caught.value.text("fr") == (
        f"127.0.0.1:{port} : ce port est déjà pris ; arrêtez l'autre programme, ou choisissez un autre port "
        "(ui.port dans config.yaml ou SOURCIER_UI__PORT)."
    )


def test_a_server_that_ends_while_it_starts_is_said_in_one_sentence(monkeypatch: pytest.MonkeyPatch):
    """As when another program took the port a moment ago; Gradio's own error says that no port is free."""
    monkeypatch.setattr("ui.server.server._check_address", lambda *_: None)
    with (
        socket.create_server(("127.0.0.2", 0)) as other,  # Gradio looks at 127.0.0.1 only
        ThreadPoolExecutor(1) as elsewhere,  # Playwright's loop may run in this thread already
        pytest.raises(UserError) as caught,
    ):
        elsewhere.submit(asyncio.run, started("127.0.0.2", other.getsockname()[1])).result()
    assert "the page's server ended while it started; try again" in caught.value.text("en")
    assert "le serveur de la page s'est arrêté en démarrant ; réessayez" in caught.value.text("fr")


class LeapingClock:
    """The module `time` of a machine that is so busy that a minute passes between any two looks at it."""

    def __init__(self) -> None:
        self._now = 0.0

    def time(self) -> float:
        self._now += 60
        return self._now

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


def test_a_page_that_is_slow_to_start_is_waited_for(monkeypatch: pytest.MonkeyPatch):
    """Gradio's own wait ends after five seconds, and its look at the page after three."""
    monkeypatch.setattr("gradio.http_server.time", LeapingClock())
    monkeypatch.setattr("gradio.networking.url_ok", lambda _: False)
    with ThreadPoolExecutor(1) as elsewhere:
        app, url = elsewhere.submit(asyncio.run, started("127.0.0.1", free_port())).result()
    assert httpx2.get(url).status_code == 200
    close(app)


async def started(host: str, port: int) -> tuple[gr.Blocks, str]:
    """An empty page, served. Within a running loop: without one, Gradio leaves loops unclosed."""
    with gr.Blocks(analytics_enabled=False) as app:
        pass
    return app, start(app, host, port)


def test_an_address_of_another_machine_is_named_too():
    with pytest.raises(UserError, match=r"192\.0\.2\.1:7860: this address can't be opened \(.+\); choose"):
        start(None, "192.0.2.1", 7860)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Host": "localhost"}, 200),
        ({"Host": "evil.example"}, 400),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "http://127.0.0.1:1"}, 403),
        ({"Origin": "null"}, 403),
    ],
)
def test_only_its_own_pages_may_ask(running: Served, headers: dict, status: int):
    assert httpx2.get(running.url, headers=headers).status_code == status


def test_the_page_is_told_to_load_nothing_from_elsewhere(running: Served):
    response = httpx2.get(running.url)
    headers = response.headers
    policy = dict(part.strip().split(" ", 1) for part in headers["content-security-policy"].split(";"))
    assert policy["default-src"] == policy["connect-src"] == policy["font-src"] == "'self'"
    assert policy["img-src"] == "'self' data:"
    assert policy["object-src"] == "'none'"
    nonce, *others = re.findall("'nonce-([^']+)'", policy["script-src"])
    assert others == []
    assert "unsafe-inline" not in policy["script-src"]
    scripts = re.findall(r"<script[^>]*>", response.text)
    assert scripts
    assert all(f'nonce="{nonce}"' in one for one in scripts)
    assert nonce not in httpx2.get(running.url).text
    assert headers["referrer-policy"] == "same-origin"


def test_nothing_is_offered_but_the_page(running: Served):
    api = running.url + "gradio_api/"
    assert httpx2.get(api + "info").status_code == 404
    assert httpx2.post(api + "upload", files={"files": b"some bytes"}).status_code == 404
    assert httpx2.get(api + "file=" + __file__).status_code == 404
    assert httpx2.get(running.url + "monitoring/summary").status_code == 404


@pytest.mark.parametrize("signal_number", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_until_it_is_told_to_end(tmp_path, signal_number: int):
    port = free_port()
    settings = {"SOURCIER_DATA_DIR": str(tmp_path), "SOURCIER_UI__PORT": str(port)}
    settings |= {"SOURCIER_CHAT_MODEL__MODEL": "none", "SOURCIER_UI__LANGUAGE": "en"}
    with subprocess.Popen(
        SOURCIER, stderr=subprocess.PIPE, text=True, env=os.environ | settings, cwd=tmp_path
    ) as server:
        assert server.stderr.readline() == f"Sourcier is at http://127.0.0.1:{port}/ (Ctrl-C stops it).\n"
        assert httpx2.get(f"http://127.0.0.1:{port}/").status_code == 200
        assert httpx2.get(f"http://127.0.0.1:{port}/v1/models").json()["data"][0]["id"] == "sourcier"
        server.send_signal(signal_number)
        assert server.wait(60) == 0
        assert "Traceback" not in server.stderr.read()


@pytest.mark.parametrize("signal_number", [signal.SIGINT, signal.SIGTERM])
def test_the_program_that_makes_the_map_ends_with_the_server(
    tmp_path: Path, browser: Browser, make_article: Callable[..., Article], signal_number: int
):
    settings = Settings(data_dir=tmp_path / "data")
    with closing(Library(settings.data_dir)) as library:
        library.acknowledge([Entry(make_article(f"Texte {n}.", f"a{n}"), ()) for n in range(3)], "test")
    port = free_port()
    environ = {"SOURCIER_DATA_DIR": str(settings.data_dir), "SOURCIER_UI__PORT": str(port)}
    environ |= {"SOURCIER_CHAT_MODEL__MODEL": "none", "SOURCIER_UI__LANGUAGE": "en"}
    script = f"import sys; sys.executable = {str(endless(tmp_path))!r}; {SOURCIER[2]}"
    command = [sys.executable, "-c", script, "serve"]
    with subprocess.Popen(
        command, stderr=subprocess.PIPE, text=True, env=os.environ | environ, cwd=tmp_path
    ) as server:
        assert "Sourcier is at" in server.stderr.readline()
        page = browser.new_page()
        page.goto(f"http://127.0.0.1:{port}/")
        page.get_by_role("tab", name="Overview").click()
        program = child(server.pid, "sleep")
        page.close()
        server.send_signal(signal_number)
        assert server.wait(60) == 0
        assert not Path(f"/proc/{program}").exists()
        assert "Traceback" not in server.stderr.read()
