"""A served page over a real library, and a real Chromium that may talk to nobody else.

Everything is the product's own (embedding model, indexes, chain, page) but for the chat model, whose
replies each test decides.
"""

from __future__ import annotations

import asyncio
import re
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from fake_chat_model import FakeChatModel
from langchain_core.messages import BaseMessage
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Playwright,
    Route,
    expect,
    sync_playwright,
)
from ports import free_port

from ingest.pipeline.chunking import Chunker
from ingest.pipeline.ingestion import ingest
from rag.config import Settings
from rag.engine.engine import Engine, open_engine
from rag.engine.factory import build_chain
from rag.models.embedder import Embedder
from rag.runnable.chain import Chain
from ui.app import build_app
from ui.page.context import AppContext
from ui.server.server import close, start

if TYPE_CHECKING:
    import gradio as gr

TODAY = date(2025, 11, 5)  # what the page takes for today: a Wednesday, two days after the flood's articles
# What Gradio's client says of a request that was under way when the page is loaded again: it closes its
# stream on `beforeunload`, before the stream's first bytes came or while they are read.
CUT_OFF = (
    "AbortError: signal is aborted without reason",
    "AbortError: BodyStreamBuffer was aborted",
    "Connection errored out.",
)
EXAMPLES = Path(__file__).parents[2] / "examples" / "articles"
# The first has no window: it opens a page in half of the time.
BROWSERS = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
)
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
]
# An article whose every part tries to be markup, code or a template.
HOSTILE = """---
title: "<img src=http://evil.example/t.png onerror=window.pwned=1> Foire de Malvoisy"
site: "<script>window.pwned=1</script>"
author: "\\"><iframe src=javascript:window.pwned=1>"
url: "javascript:window.pwned=1"
date: 2025-10-13
lang: fr
---
La foire aux courges de Malvoisy a exposé 48 courges dimanche, selon `<script>window.pwned=1</script>` son
président `<img src=http://evil.example/b.png onerror=window.pwned=1>`, ${alert(1)} et {{value}} compris.

Le concours de la plus lourde courge est revenu à `</p><a href=http://evil.example/>Lise Ombrard</a>`.
"""


@dataclass
class Script:
    """What the fake chat model says next: `reply(sentence_number)` writes it from the sentences offered."""

    reply: Callable[[Callable[[str], int]], str] = field(default=lambda _: "[0]")

    def __call__(self, messages: list[BaseMessage], **_: object) -> str:
        offered = str(messages[-1].content)

        def number(words: str) -> int:
            lines = [line for line in offered.splitlines() if words in line]
            assert len(lines) == 1, f"{words!r} is in {len(lines)} of the sentences offered:\n{offered}"
            return int(re.match(r"\[(\d+)\]", lines[0])[1])

        return self.reply(number)


class GatedEmbedder:
    """The real embedder; questions wait while `gate` is closed, so that a test can act during a search."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self.gate = threading.Event()
        self.gate.set()

    def __getattr__(self, name: str) -> object:
        return getattr(self._embedder, name)

    def read_queries(self, texts: list[str]) -> object:
        assert self.gate.wait(60), "the test never opened the search"
        return self._embedder.read_queries(texts)


@dataclass(frozen=True)
class Served:
    """A running page and what stands behind it."""

    url: str
    chain: Chain
    model: FakeChatModel
    script: Script
    embedder: GatedEmbedder
    parts: Engine | None = field(default=None, kw_only=True)


@pytest.fixture(scope="session")
def running(
    tmp_path_factory: pytest.TempPathFactory, examples_library: Path, embedder: Embedder
) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("library")
    hostile = folder / "courges.md"
    hostile.write_text(HOSTILE, encoding="utf-8")
    settings = Settings(data_dir=folder / "data")
    shutil.copytree(examples_library, settings.data_dir)
    gated = GatedEmbedder(embedder)
    parts = open_engine(settings, gated)
    chunker = Chunker(gated, settings.chunking)
    assert ingest([str(hostile)], parts.indexer, chunker, lambda _: None).failed == ()
    script = Script()
    model = FakeChatModel(respond=script)
    with (
        closing(build_chain(parts, model, today=lambda: TODAY)) as chain,
        closing(AppContext(parts, chain)) as newsroom,
    ):
        # Playwright's own loop may run in this thread already.
        with ThreadPoolExecutor(1) as elsewhere:
            app, url = elsewhere.submit(asyncio.run, serving(newsroom)).result()
        yield Served(url, chain, model, script, gated, parts=parts)
        close(app)


@pytest.fixture
def served(running: Served) -> Iterator[Served]:
    """The running page with a model that finds no answer yet, waits for nobody and remembers nothing."""
    running.script.reply = lambda _: "[0]"
    running.model.gate = None
    running.model.gate_after = 1
    running.model.stopped = 0
    running.model.calls.clear()
    running.embedder.gate.set()
    running.chain.forget()
    yield running
    if running.model.gate is not None:
        running.model.gate.set()
    running.embedder.gate.set()


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    expect.set_options(timeout=60_000)  # patience, not a measure: the machine may be busy
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        pytest.fail(f"no Chromium here (looked for {', '.join(BROWSERS)}); `make test` installs it")
    browser = playwright.chromium.launch(executable_path=path, args=QUIET)
    yield browser
    browser.close()


@pytest.fixture
def new_page(browser: Browser, served: Served) -> Iterator[Callable[..., Page]]:
    """Opens pages, and afterwards holds each to: no request elsewhere, no error, no script of others."""
    contexts: list[BrowserContext] = []
    troubles: list[str] = []

    def open_page(**options: object) -> Page:
        contexts.append(browser.new_context(**{"viewport": {"width": 1280, "height": 800}} | options))
        page = contexts[-1].new_page()
        page.set_default_timeout(60_000)
        page.on("request", lambda request: troubles.extend(_foreign(request.url, served.url)))
        page.on("domcontentloaded", lambda _: leaving.discard(page))
        page.on("console", lambda message: troubles.extend(_complaint(message, page in leaving)))
        page.on("pageerror", lambda error: troubles.append(f"page error: {error}"))
        page.goto(served.url)
        page.wait_for_selector("#question textarea")
        page.wait_for_selector("html[lang=fr]")
        return page

    yield open_page
    found = list(troubles)  # while the pages were there: closing one cuts off what it was asking
    for context in contexts:
        assert [page.evaluate("window.pwned") for page in context.pages] == [None] * len(context.pages)
        context.close()
    assert found == []


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    return new_page()


async def serving(newsroom: AppContext) -> tuple[gr.Blocks, str]:
    """Build and start the page. Within a running loop: without one, Gradio leaves loops unclosed."""
    app = build_app(newsroom, "fr")
    return app, start(app, "127.0.0.1", free_port())


@contextmanager
def served_over(parts: Engine, script: Script | None = None) -> Iterator[Served]:
    """A page over this library, until the end."""
    script = script or Script()
    model = FakeChatModel(respond=script)
    with (
        closing(build_chain(parts, model, today=lambda: TODAY)) as chain,
        closing(AppContext(parts, chain)) as newsroom,
        ThreadPoolExecutor(1) as another,  # Playwright's loop may run in this thread by now
    ):
        app, url = another.submit(lambda: asyncio.run(serving(newsroom))).result()
        yield Served(url, chain, model, script, parts.embedder)
        close(app)


@contextmanager
def arriving_late(browser: Browser, served: Served) -> Iterator[tuple[Page, list[Route]]]:
    """A page whose arrival is held up, as on a slow line: it is in the list, until it is let go."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        if '"data":["fr",""]' in (route.request.post_data or ""):
            held.append(route)
        else:
            route.continue_()

    with closing(browser.new_context()) as context:
        page = context.new_page()
        page.route("**/queue/join*", hold)
        page.goto(served.url)
        yield page, held


def until(holds: Callable[[], object]) -> bool:
    """Wait for what comes by itself, in the server or on the page: patience, not a measure."""
    deadline = time.monotonic() + 60
    while not (held := bool(holds())) and time.monotonic() < deadline:
        time.sleep(0.05)
    return held


leaving: set[Page] = set()  # pages that are being loaded again


def load_again(page: Page) -> None:
    """Reload the page; what it was asking is cut off."""
    leaving.add(page)
    page.reload()


def _foreign(url: str, own: str) -> list[str]:
    return [] if url.startswith((own, "data:", "blob:")) else [f"request to {url}"]


def _complaint(message: ConsoleMessage, left: bool) -> list[str]:
    """Errors of the console: among them every load that the page's content policy had to refuse."""
    cut_off = left and any(said in message.text for said in CUT_OFF)
    ours = message.type == "error" and not cut_off
    return [f"console: {message.text}"] if ours else []
