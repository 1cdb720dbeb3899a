"""A report of several pages in a real Chromium: a citation's card, passage and reader say the page."""

from __future__ import annotations

from collections.abc import Iterator

import documents
import pytest
from conftest import GatedEmbedder, Script, Served, load_again, served_over, until
from playwright.sync_api import Page, expect

from ingest.pipeline.chunking import Chunker
from ingest.pipeline.ingestion import ingest
from rag.config import Settings
from rag.engine.engine import open_engine
from rag.models.embedder import Embedder

pytestmark = pytest.mark.browser

SENTENCE = "Le pont de Valbrune rouvrira au mois de juin."
PAGES = ("Rapport de la préfecture sur les ouvrages.", "", f"{SENTENCE} Il portera deux voies.")


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Iterator[Served]:
    """A page over a library of one report, cited by its third page."""
    folder = tmp_path_factory.mktemp("printed")
    (folder / "rapport.pdf").write_bytes(documents.pdf_pages(*PAGES))
    parts = open_engine(Settings(data_dir=folder / "data"), GatedEmbedder(embedder))
    chunker = Chunker(parts.embedder, parts.settings.chunking)
    assert ingest([str(folder / "rapport.pdf")], parts.indexer, chunker, lambda _: None).new == 1
    script = Script(lambda number: f"[{number(SENTENCE)}] Le pont de Valbrune rouvrira en juin.")
    with served_over(parts, script) as served:
        yield served


@pytest.fixture
def served(printed: Served) -> Served:
    """In place of the page over the examples."""
    return printed


def shows_the_page_of_its_citation(page: Page) -> None:
    link = page.locator(".exchange .cite").first
    link.hover()
    expect(page.locator("#citation-card .card-about")).to_have_text("sans date · p. 3")
    link.click()
    expect(page.locator(".passage.cited .back")).to_have_text("[1] p. 3 ↩")


def test_a_citation_says_its_page_after_a_reload_too_and_the_reader_marks_it(page: Page):
    page.fill("#question textarea", "Quand le pont de Valbrune rouvrira-t-il ?")
    page.keyboard.press("Enter")
    expect(page.locator("#current .exchange.answered")).to_be_visible()
    shows_the_page_of_its_citation(page)
    load_again(page)
    shows_the_page_of_its_citation(page)
    page.locator(".passage.cited .open-article").click()
    marks = page.locator("#reader-dialog .text p[data-page]")
    pages = "lines => lines.map(line => line.dataset.page)"
    assert until(lambda: marks.evaluate_all(pages) == ["p. 1", "p. 2", "p. 3"])
    expect(marks.nth(2)).to_contain_text(SENTENCE)
    content = marks.nth(2).evaluate("line => getComputedStyle(line, '::before').content")
    assert content == '"p. 3"'
