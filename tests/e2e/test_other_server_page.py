"""Two servers over one library behind a proxy: one is killed, and the page goes on at the other."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx2
import numpy as np
import pytest
from model_server import ModelServer, model_server
from playwright.sync_api import Browser, Page, expect
from ports import free_port

pytestmark = pytest.mark.browser

ROOT = Path(__file__).parents[2]
SERVE = [
    sys.executable,
    "-c",
    "import sys; from ui.command.main import main; sys.exit(main(['serve', *sys.argv[1:]]))",
]
ASKED = "Quand le pont de Corvenne a-t-il rouvert ?"
AGAIN = "Qui sont les deux personnes mortes dans la crue de Valbrume ?"
WAIT = 90_000  # milliseconds


@dataclass
class Proxy:
    """Leads each connection to the first server that takes it."""

    ports: list[int]
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def lead(self, client: socket.socket) -> None:
        for port in self.ports:
            with suppress(OSError):
                server = socket.create_connection(("127.0.0.1", port), 2)
                server.settimeout(None)
                break
        else:
            client.close()
            return
        for pair in ((client, server), (server, client)):
            threading.Thread(target=_pass_on, args=pair, daemon=True).start()


def _pass_on(here: socket.socket, there: socket.socket) -> None:
    with suppress(OSError):
        while piece := here.recv(65536):
            there.sendall(piece)
    for end in (here, there):
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
        end.close()


@contextmanager
def proxy(ports: list[int]) -> Iterator[Proxy]:
    running = Proxy(ports)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        running.port = listening.getsockname()[1]

        def accept() -> None:
            with suppress(OSError):
                while True:
                    client, _ = listening.accept()
                    threading.Thread(target=running.lead, args=(client,), daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        yield running
        listening.shutdown(socket.SHUT_RDWR)


@contextmanager
def serving(data: Path, port: int, model: ModelServer) -> Iterator[subprocess.Popen[bytes]]:
    environ = {
        "SOURCIER_DATA_DIR": str(data),
        "SOURCIER_UI__USERS": "ada:correct-horse",
        "SOURCIER_CHAT_MODEL__MODEL": "openai:small",
        "SOURCIER_CHAT_MODEL__BASE_URL": model.url,
        "SOURCIER_CHAT_MODEL__API_KEY": "k",
        "PYTHONPATH": str(ROOT),
    }
    log = (data.parent / f"{port}.log").open("wb")
    process = subprocess.Popen(
        [*SERVE, "--port", str(port)], stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=data.parent,
        env=os.environ | environ,
    )  # fmt: skip
    try:
        ends = time.monotonic() + WAIT / 1000
        while True:
            with suppress(httpx2.HTTPError):
                if httpx2.get(f"http://127.0.0.1:{port}/healthz").status_code == 200:
                    break
            assert process.poll() is None, log.name
            assert time.monotonic() < ends, log.name
            time.sleep(0.1)
        yield process
    finally:
        process.kill()
        process.wait()
        log.close()


def ask(page: Page, question: str) -> None:
    page.fill("#question textarea", question)
    page.keyboard.press("Enter")


def test_a_page_goes_on_at_the_other_server_when_its_own_is_killed(
    tmp_path: Path, examples_library: Path, browser: Browser
):
    data = tmp_path / "data"
    shutil.copytree(examples_library, data)
    ports = [free_port(), free_port()]
    with ExitStack() as held:
        model = held.enter_context(model_server(lambda texts: np.eye(4)[: len(texts)]))
        first = held.enter_context(serving(data, ports[0], model))
        second = held.enter_context(serving(data, ports[1], model))
        running = held.enter_context(proxy(ports))
        page = held.enter_context(browser.new_context(locale="fr-FR")).new_page()
        page.goto(running.url)
        page.fill("input[name=name]", "ada")
        page.fill("input[name=password]", "correct-horse")
        page.keyboard.press("Enter")
        page.wait_for_selector("#question textarea", timeout=WAIT)
        ask(page, ASKED)
        ended = page.locator("#current .exchange.answered, #current .exchange.not_found")
        expect(ended).to_be_visible(timeout=WAIT)
        # While a question is being answered: the page is loaded again by itself, and nobody signs in.
        model.always, asked = "hang", len(model.asked)
        ask(page, AGAIN)
        for _ in range(600):
            if len(model.asked) > asked:
                break
            page.wait_for_timeout(50)
        assert len(model.asked) > asked, "the question didn't get to the model"
        killed(first)
        model.always = None
        goes_on(page)
        expect(page.locator(".exchange .question", has_text=AGAIN)).to_be_visible(timeout=WAIT)
        page.get_by_role("button", name="Réessayer").click()
        expect(ended).to_be_visible(timeout=WAIT)
        # While nothing is asked: the next question is told that it isn't this server's page.
        held.enter_context(serving(data, ports[0], model))
        killed(second)
        ask(page, ASKED)
        goes_on(page)
        expect(page.locator(".exchange .question", has_text=AGAIN)).to_be_visible()
        expect(page.locator("#question textarea")).to_have_value(ASKED, timeout=WAIT)  # to be asked again
        # It is said once.
        page.reload()
        page.wait_for_selector("#question textarea", timeout=WAIT)
        expect(page.locator(".exchange .question", has_text=AGAIN)).to_be_visible(timeout=WAIT)
        expect(page.locator(".toast-body")).to_have_count(0)


def killed(server: subprocess.Popen[bytes]) -> None:
    server.send_signal(signal.SIGKILL)
    server.wait()


def goes_on(page: Page) -> None:
    """The conversation is there again, which is said."""
    expect(page.locator(".toast-body", has_text="la conversation continue")).to_be_visible(timeout=WAIT)
    expect(page.locator(".exchange .question", has_text=ASKED).first).to_be_visible()
