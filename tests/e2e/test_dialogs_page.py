"""What stands in front of the page (signing in, the reader, the question before a removal), and refusals."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import gradio as gr
import pytest
from conftest import GatedEmbedder, Served, served_over
from fake_embedder import FakeEmbedder
from playwright.sync_api import Browser, Page, expect
from ports import free_port
from test_accessibility import looks, violations

from ingest.pipeline.chunking import Chunker
from ingest.pipeline.ingestion import ingest
from rag.config import Settings, UiSettings
from rag.engine.engine import Engine, open_engine
from rag.library.failures import FailedSource
from rag.storage.write_lock import write_lock
from ui.server.server import close, start
from ui.server.users import Users

pytestmark = pytest.mark.browser

LONG = "Le très long rapport"
BROKEN = "abime.docx"


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """A library with a long article, which was once different, among short ones."""
    folder = tmp_path_factory.mktemp("dialogs")
    files = folder / "articles"
    files.mkdir()
    for number in range(8):
        (files / f"{number}.md").write_text(
            f"---\ntitle: Brève {number}\n---\nLe quai {number} rouvre.\n", "utf-8"
        )
    settings = Settings(data_dir=folder / "data")
    with closing(open_engine(settings, GatedEmbedder(FakeEmbedder()))) as parts:
        for said in ("aucune", "trois"):
            (files / "rapport.md").write_text(long_article(said), "utf-8")
            chunker = Chunker(parts.embedder, settings.chunking)
            assert ingest([str(files)], parts.indexer, chunker, lambda _: None).failed == ()
        yield parts


def long_article(said: str) -> str:
    head = f"---\ntitle: {LONG}\nsite: La Gazette\nauthor: Lise Ombrard\ndate: 2025-10-13\nlang: fr\n---\n"
    chapters = [
        f"## Chapitre {number}\n\n"
        + f"La digue numéro {number} a été inspectée et {said} fissure relevée. " * 12
        for number in range(60)
    ]
    return head + "\n\n".join(chapters)


@pytest.fixture(scope="module")
def small(parts: Engine) -> Iterator[Served]:
    with served_over(parts) as served:
        yield served


@pytest.fixture
def served(small: Served) -> Served:
    """In place of the page over the examples."""
    return small


def listing(page: Page) -> Page:
    page.get_by_role("tab", name="Bibliothèque").click()
    expect(page.locator("#library-listing tbody tr")).to_have_count(9)
    return page


@looks
def test_the_reader_with_a_long_article_has_no_serious_violation(
    new_page: Callable[..., Page], viewport: dict, scheme: str
):
    page = listing(new_page(viewport=viewport, color_scheme=scheme))
    page.get_by_role("link", name=LONG).click()
    dialog = page.get_by_role("dialog")
    expect(dialog.locator(".text")).to_contain_text(
        "La digue numéro 59 a été inspectée et trois fissure relevée."
    )
    assert dialog.evaluate("dialog => dialog.scrollHeight > 4 * dialog.clientHeight")
    assert violations(page) == []
    dialog.evaluate("dialog => dialog.scrollTo(0, dialog.scrollHeight)")
    assert violations(page) == []
    dialog.locator("summary").click()
    page.get_by_role("button", name="Version 1, remplacée le").click()
    expect(dialog.locator("del").first).to_contain_text("aucune")
    assert violations(page) == []


@looks
def test_the_question_before_a_removal_has_no_serious_violation(
    new_page: Callable[..., Page], viewport: dict, scheme: str
):
    page = listing(new_page(viewport=viewport, color_scheme=scheme))
    for number in range(2):
        page.get_by_label(f"Brève {number}").check()
    page.get_by_role("button", name="Retirer la sélection (2)").click()
    dialog = page.get_by_role("dialog", name="Retirer 2 articles ?")
    expect(dialog.get_by_role("listitem")).to_have_count(2)
    assert violations(page) == []
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


@looks
def test_the_page_to_sign_in_has_no_serious_violation(
    browser: Browser, guarded: str, viewport: dict, scheme: str
):
    page = browser.new_page(viewport=viewport, color_scheme=scheme)
    for address, name in ((guarded, "Se connecter"), (f"{guarded}sign-in?lang=en", "Sign in")):
        page.goto(address)
        expect(page.get_by_role("button", name=name)).to_be_visible()
        assert violations(page) == []
        page.locator("#name").fill("eve")
        page.locator("#password").fill("anything at all")
        page.get_by_role("button", name=name).click()
        expect(page.get_by_role("alert")).to_be_visible()
        assert violations(page) == []
    page.context.close()


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A page for users only; what is behind the form doesn't matter."""
    data = tmp_path_factory.mktemp("guarded")
    users = Users(Settings(data_dir=data, ui=UiSettings(users={"ada": "correct horse battery"})))

    async def serving_it() -> tuple[gr.Blocks, str]:
        with gr.Blocks() as app:
            gr.Markdown("Nothing to see")
        return app, start(app, "127.0.0.1", free_port(), language="fr", users=users)

    with ThreadPoolExecutor(1) as another:
        app, url = another.submit(lambda: asyncio.run(serving_it())).result()
    yield url
    close(app)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_why_a_failure_is_not_forgotten_is_said(parts: Engine, page: Page, language: str):
    parts.library.failures.put(
        [FailedSource(BROKEN, f"{BROKEN}: broken.", f"{BROKEN} : abîmé.", "2026-01-05T12:00:00+00:00")]
    )
    tab, forget, writes = "État", "Oublier", "écrit dans cette bibliothèque ; attendez qu'il ait fini."
    if language == "en":
        page.locator("#language").get_by_text("English").click()
        tab, forget, writes = "Status", "Forget", "is writing to this library; wait until it has finished."
    page.get_by_role("tab", name=tab).click()
    failure = page.locator("#status-body .failures li").filter(has_text=Path(BROKEN).name)
    with write_lock(parts.settings.data_dir):
        failure.get_by_role("button", name=forget).click()
        alert = page.locator("#status-body").get_by_role("alert")
        expect(alert).to_contain_text(writes)
        expect(failure).to_have_count(1)
        assert violations(page) == []
    failure.get_by_role("button", name=forget).click()
    expect(failure).to_have_count(0)
    expect(alert).to_have_count(0)
