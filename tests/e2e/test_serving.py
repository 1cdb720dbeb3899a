"""How the page is served: to this machine's own pages only, on a free port, and until it is told to end."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import httpx2
import pytest
from conftest import Served, free_port
from playwright.sync_api import Browser
from processes import child, endless

from rag.config import Settings
from rag.errors import UserError
from rag.library.library import Library
from rag.library.records import Entry
from rag.schema.article import Article
from ui.server.server import start

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


def test_a_page_that_does_not_come_up_is_said_in_one_sentence():
    """Gradio's own error, after five seconds on a machine that is busy, says that no port is free."""

    class Late:
        def launch(self, **_: object) -> None:
            raise OSError("Cannot find empty port in range: 7860-7860.")

    with pytest.raises(UserError) as caught:
        start(Late(), "127.0.0.1", free_port())
    assert "the page wasn't up within five seconds; try again" in caught.value.text("en")
    assert "la page n'a pas pu s'ouvrir en cinq secondes ; réessayez" in caught.value.text("fr")


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
