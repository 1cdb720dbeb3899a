"""A library that grows under an open page: the filters' counts and the overview follow."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from conftest import GatedEmbedder, Served, served_over
from fake_embedder import FakeEmbedder
from playwright.sync_api import Locator, Page, expect

from ingest.pipeline.chunking import Chunker
from ingest.pipeline.ingestion import ingest
from rag.config import Settings
from rag.engine.engine import Engine, open_engine

pytestmark = pytest.mark.browser

OUTLETS = [f"Journal {letter}" for letter in "ABCDEFGHIJKLM"] + ["L’Écho de l’Orlande"]


def write(folder: Path, name: str, outlet: str) -> None:
    head = f"---\ntitle: {name}\noutlet: {outlet}\ndate: 2025-10-01\nlanguage: fr\n---\n"
    folder.joinpath(f"{name}.md").write_text(f"{head}Le maire de {name} a parlé du pont.\n", encoding="utf-8")


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    parts = open_engine(Settings(data_dir=tmp_path_factory.mktemp("grows")), GatedEmbedder(FakeEmbedder()))
    with closing(parts):
        yield parts


@pytest.fixture(scope="module")
def add(parts: Engine, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, str], None]:
    """Brings one more article in."""
    folder = tmp_path_factory.mktemp("articles")
    chunker = Chunker(parts.embedder, parts.settings.chunking)

    def bring(name: str, outlet: str) -> None:
        write(folder, name, outlet)
        assert ingest([str(folder)], parts.indexer, chunker, lambda _: None).failed == ()

    return bring


@pytest.fixture(scope="module")
def growing(parts: Engine, add: Callable[[str, str], None]) -> Iterator[Served]:
    for number, outlet in enumerate(OUTLETS):
        add(f"ville-{number}", outlet)
    with served_over(parts) as served:
        yield served


@pytest.fixture
def served(growing: Served) -> Served:
    """In place of the page over the examples."""
    return growing


def outlets(page: Page) -> Locator:
    return page.locator("#filters-panel [data-list=outlet] > li:visible")


def test_many_outlets_are_searched_or_shown_in_full(page: Page):
    expect(outlets(page)).to_have_count(10)
    search = page.get_by_label("Chercher un média")
    search.fill("echo DE l")
    expect(outlets(page)).to_have_text(["L’Écho de l’Orlande 1"])
    page.get_by_label("L’Écho de l’Orlande").check()
    expect(page.locator("#filter-chips .chip span")).to_have_text(["Média : L’Écho de l’Orlande"])
    expect(search).to_have_value("echo DE l")
    search.fill("")
    # What is chosen is seen, wherever it would stand.
    expect(outlets(page)).to_have_count(11)
    page.get_by_role("button", name=f"Afficher tout ({len(OUTLETS)})").press("Enter")
    expect(outlets(page)).to_have_count(len(OUTLETS))


def test_counts_and_overview_follow_what_comes_in(page: Page, add: Callable[[str, str], None], parts: Engine):
    before = parts.library.counts().articles
    first = page.locator("#filters-panel li", has_text="Journal A").locator(".count")
    expect(first).to_have_text("1")
    add("nouvelle", "Journal A")
    expect(first).to_have_text("2", timeout=30_000)
    expect(page.locator("#filters-panel .kept")).to_have_text(f"{before + 1} articles retenus")
    page.get_by_role("tab", name="Panorama").click()
    state = page.locator("#corpus-map .state")
    expect(state).to_have_text(f"{before + 1} articles sur la carte", timeout=120_000)
    expect(page.get_by_role("button", name="Journal A, 1er octobre 2025 : 2 articles")).to_be_visible()
    gone = next(article.id for article in parts.library.articles() if article.title == "nouvelle")
    parts.indexer.remove(gone)
    expect(state).to_have_text(f"{before} articles sur la carte", timeout=120_000)
    assert gone not in parts.library.map.stored().ids
    expect(page.get_by_role("button", name="Journal A, 1er octobre 2025 : 1 article")).to_be_visible()


def held(page: Page, count: int) -> None:
    expect(page.locator("#title .status")).to_contain_text(f"{count} articles ·")


def test_the_header_s_count_follows_what_this_page_and_others_bring_and_remove(
    page: Page, add: Callable[[str, str], None], parts: Engine
):
    before = parts.library.counts().articles
    held(page, before)
    add("ailleurs", "Journal A")  # by another process, as far as this page knows
    page.get_by_role("tab", name="Bibliothèque").click()
    now = parts.library.counts().articles
    assert now > before
    held(page, now)
    file = {"name": "ici.txt", "mimeType": "text/plain", "buffer": b"La halle a rouvert ici."}
    page.set_input_files("#intake-files", [file])
    expect(page.locator("#library-intake .summary")).to_contain_text("terminé")
    held(page, now + 1)
    page.fill("#search-words", "rouvert ici")
    expect(page.locator("#library-listing .found")).to_have_text("1 article")
    page.locator("#library-listing input.one").check()
    page.get_by_role("button", name="Retirer la sélection (1)").click()
    page.get_by_role("dialog").get_by_role("button", name="Retirer").click()
    held(page, now)
