"""In a real Chromium: an article's own address is its source, as a link that nothing follows by itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from archives import page as html_page
from conftest import GatedEmbedder, Script, Served, served_over
from playwright.sync_api import Locator, Page, expect

from ingest.pipeline.chunking import Chunker
from ingest.pipeline.ingestion import ingest
from rag.config import Settings
from rag.engine.engine import open_engine
from rag.models.embedder import Embedder

pytestmark = pytest.mark.browser

SENTENCE = "Le pont de Valbrune rouvrira au mois de juin."
URL = "https://www.courrier.example/2025/pont"
WORDS = {"fr": ("Lire l'original", "Lu depuis"), "en": ("Read the original", "Read from")}


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page on disk that states where it was published."""
    file = tmp_path_factory.mktemp("published") / "pont.html"
    file.write_text(html_page("Le pont", SENTENCE, head=f'<link rel="canonical" href="{URL}">'), "utf-8")
    return file


@pytest.fixture(scope="module")
def published(file: Path, embedder: Embedder) -> Iterator[Served]:
    parts = open_engine(Settings(data_dir=file.parent / "data"), GatedEmbedder(embedder))
    chunker = Chunker(parts.embedder, parts.settings.chunking)
    assert ingest([str(file)], parts.indexer, chunker, lambda _: None).new == 1
    script = Script(lambda number: f"[{number(SENTENCE)}] Le pont de Valbrune rouvrira en juin.")
    with served_over(parts, script) as served:
        yield served


@pytest.fixture
def served(published: Served) -> Served:
    """In place of the page over the examples."""
    return published


def shows_both(place: Locator, file: Path, language: str) -> None:
    """The link to where it was published, and where it was read, in words."""
    original, read = WORDS[language]
    link = place.get_by_role("link", name=f"{original} (www.courrier.example)")
    expect(link).to_be_visible()
    expect(link).to_have_attribute("href", URL)
    expect(link).to_have_attribute("target", "_blank")
    expect(link).to_have_attribute("rel", "noopener noreferrer nofollow")
    expect(place).to_contain_text(f"{read} : {file}" if language == "fr" else f"{read}: {file}")


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_card_and_the_reader_link_to_where_an_article_was_published(
    page: Page, file: Path, language: str
):
    if language == "en":
        page.click("#language >> text=English")
        expect(page.locator("html")).to_have_attribute("lang", "en")
    page.fill("#question textarea", "Quand le pont de Valbrune rouvrira-t-il ?")
    page.keyboard.press("Enter")
    expect(page.locator("#current .exchange.answered")).to_be_visible()
    page.locator(".exchange .cite").first.hover()
    expect(page.locator("#citation-card .card-host")).to_have_text("www.courrier.example")
    card = page.locator("#panel .passage.cited .meta")
    shows_both(card, file, language)
    page.locator("#panel .passage.cited .open-article").click()
    shows_both(page.get_by_role("dialog").locator(".meta"), file, language)
