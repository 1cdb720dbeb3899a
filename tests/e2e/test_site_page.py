"""The documentation as a site in a browser: its search finds, pictures are drawn, nobody else is asked."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

ROOT = Path(__file__).parents[2]


class Quiet(SimpleHTTPRequestHandler):
    """Serves files without a word for each."""

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """Where the site is served, built anew."""
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", tmp_path]
    quiet = os.environ | {"NO_MKDOCS_2_WARNING": "1"}
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, env=quiet)
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=tmp_path)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def test_a_reader_searches_and_follows_links_without_anybody_else_being_asked(browser: Browser, address: str):
    with browser.new_context() as context:
        page = context.new_page()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"{address}/how-it-works.html")
        for picture in page.get_by_role("img").all():
            assert picture.evaluate("image => image.naturalWidth ?? 1") > 0
        page.get_by_role("textbox", name="Search").click()
        page.keyboard.type("load_chain", delay=20)
        found = page.locator(".md-search-result__link", has_text="load_chain").first
        expect(found).to_be_visible(timeout=60_000)
        found.click()
        expect(page.locator("h1")).not_to_have_text("How Sourcier works")
        assert [url for url in asked if not url.startswith((address, "data:"))] == []
        assert any(url.endswith(".svg") for url in asked)
