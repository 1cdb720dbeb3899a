"""Somebody has to sign in to a page that was open to all until now, in a real Chromium, without a restart."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from fake_chat_model import FakeChatModel
from playwright.sync_api import Browser, Page, expect
from ports import free_port

from rag.config import Settings
from rag.engine.engine import open_engine
from rag.engine.factory import build_chain
from ui.app import build_app
from ui.page.context import AppContext
from ui.server import users
from ui.server.server import close, start
from ui.server.users import Secret, Users

pytestmark = pytest.mark.browser

PASSWORD = "ada's password"


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """An empty library that nobody has to sign in to yet; its users are in `tmp_path`."""
    settings = Settings(data_dir=tmp_path)
    parts = open_engine(settings)
    with closing(build_chain(parts, FakeChatModel(respond=[]))) as chain:

        async def serving() -> tuple[object, str]:
            app = build_app(AppContext(parts, chain), "fr")
            return app, start(app, "127.0.0.1", free_port(), language="fr", users=Users(settings))

        with ThreadPoolExecutor(1) as elsewhere:  # Playwright's own loop may run in this thread already
            app, url = elsewhere.submit(lambda: asyncio.run(serving())).result()
        yield url
        close(app)


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """A page that may be told no: the browser says so in its console."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(address)
    expect(page.locator("#current .welcome")).to_be_visible()
    yield page
    context.close()


def sign_in(page: Page) -> None:
    page.get_by_label("Nom").fill("ada")
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Se connecter").click()
    expect(page.locator(".conv-user")).to_have_text("Connecté : ada")


def test_an_open_page_asks_for_the_first_user_of_all(address: str, page: Page, tmp_path: Path):
    # Somebody works on: pressing once wouldn't do, the page may notice by itself and be gone before.
    page.evaluate("setInterval(() => document.querySelector('.conv-new')?.click(), 500)")
    users.write(tmp_path / "users", {"ada": Secret.of(PASSWORD)})
    expect(page).to_have_url(f"{address}sign-in")
    sign_in(page)
    page.fill("#question textarea", "Bonjour !")
    page.keyboard.press("Enter")
    expect(page.locator("#current .exchange.answered")).to_be_visible()
    expect(page.locator("#conversations .conv-name")).to_have_text(["Bonjour !"])

    users.write(tmp_path / "users", {})
    page.reload()
    expect(page).to_have_url(f"{address}sign-in")
