"""Who has just begun, in a real Chromium: an empty library, files that are dropped, examples that go."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from conftest import Served, served_over, until
from playwright.sync_api import Page, expect
from test_accessibility import violations

from ingest.pipeline.chunking import Chunker
from ingest.pipeline.ingestion import ingest
from ingest.sources import examples
from rag.config import Settings
from rag.engine.engine import Engine, open_engine
from rag.models.embedder import Embedder

pytestmark = pytest.mark.browser

PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True}
TITLE = "La crue à Valbrume : le pont est fermé, la rivière monte encore et la mairie ouvre une salle"
ARTICLE = f"# {TITLE}\n\n« Le pont est fermé », a dit Odile Brac, maire de Valbrume, lundi."
# What the browser would send for files that are dragged onto an element.
DROP = """(target, [type, name, text]) => {
  const transfer = new DataTransfer();
  if (type === "file") transfer.items.add(new File([text], name, {type: "text/markdown"}));
  else transfer.setData("text/uri-list", text);
  const fire = (kind) => {
    const event = new DragEvent(kind, {bubbles: true, cancelable: true, dataTransfer: transfer});
    target.dispatchEvent(event);
    return event.defaultPrevented;
  };
  return [fire("dragenter"), fire("dragover"), fire("drop")];
}"""


@pytest.fixture
def parts(tmp_path: Path, embedder: Embedder) -> Iterator[Engine]:
    with closing(open_engine(Settings(data_dir=tmp_path / "data"), embedder)) as parts:
        yield parts


@pytest.fixture
def served(parts: Engine) -> Iterator[Served]:
    """In place of the page over the examples: one over nothing."""
    with served_over(parts) as served:
        yield served


def drop(page: Page, selector: str, *what: str) -> list[bool]:
    return page.locator(selector).evaluate(DROP, list(what))


@pytest.mark.parametrize("options", [{}, PHONE], ids=["wide", "phone"])
def test_an_empty_library_says_what_to_do_and_a_file_dropped_anywhere_goes_into_it(
    new_page: Callable[..., Page], parts: Engine, options: dict
):
    page = new_page(**options)
    expect(page.get_by_role("heading", name="Votre bibliothèque est vide")).to_be_visible()
    assert violations(page) == []
    address = page.url
    # On what is no field and no place for files: the browser itself would open it in place of the page.
    assert drop(page, "#title", "file", "crue.md", ARTICLE) == [True, True, True]
    expect(page.get_by_role("tab", name="Bibliothèque")).to_have_attribute("aria-selected", "true")
    assert until(lambda: parts.library.counts().articles == 1)
    expect(page.locator("#library-intake .report")).to_contain_text("crue.md")
    page.get_by_role("tab", name="Questions").click()
    expect(page.locator("#first button")).to_contain_text("Que dit Odile Brac ?")
    expect(page.locator("#first button small")).to_have_text(TITLE)
    box = page.locator("#first button").bounding_box()
    assert box and box["x"] + box["width"] <= page.viewport_size["width"]
    expect(page.get_by_role("heading", name="Votre bibliothèque est vide")).to_have_count(0)
    assert page.url == address


def test_a_folder_that_is_chosen_comes_in_without_what_isnt_meant(page: Page, parts: Engine, tmp_path: Path):
    folder = tmp_path / "mes articles"
    (folder / ".cache").mkdir(parents=True)
    (folder / "crue.md").write_text(ARTICLE, encoding="utf-8")
    (folder / "image.xyz").write_text("rien", encoding="utf-8")
    (folder / ".cache" / "b.md").write_text("# Caché\n\nPas lu.", encoding="utf-8")
    page.set_input_files("#welcome-folder", str(folder))
    assert until(lambda: parts.library.counts().articles == 1)
    expect(page.locator("#library-intake .report")).to_contain_text("mes articles/crue.md")
    expect(page.locator("#library-intake .report")).not_to_contain_text("image.xyz")


def test_an_address_is_written_dropped_or_asked(new_page: Callable[..., Page], parts: Engine):
    page = new_page()
    # This machine's own addresses are refused: that the refusal names it tells that it arrived.
    page.locator("#welcome-url").fill("http://127.0.0.1:9/a")
    page.locator("#welcome form button").click()
    expect(page.locator("#library-intake")).to_contain_text("http://127.0.0.1:9/a")
    assert drop(page, "#title", "address", "", "http://127.0.0.1:9/b")[2]
    expect(page.locator("#library-intake")).to_contain_text("http://127.0.0.1:9/b")
    page.get_by_role("tab", name="Questions").click()
    page.locator("#question textarea").fill("http://127.0.0.1:9/c ?")
    page.keyboard.press("Enter")
    offer = page.locator("#offer")
    expect(offer).to_contain_text("C'est l'adresse d'une page")
    assert violations(page) == []
    offer.get_by_role("button", name="Ajouter cette page").click()
    expect(page.locator("#library-intake")).to_contain_text("http://127.0.0.1:9/c")
    expect(page.locator("#question textarea")).to_have_value("")
    assert parts.library.counts().articles == 0


def test_examples_are_said_to_be_invented_and_go_with_one_click(
    new_page: Callable[..., Page], parts: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(examples, "EXAMPLES", tmp_path / "examples")
    (tmp_path / "examples").mkdir()
    (tmp_path / "examples" / "crue.md").write_text(ARTICLE, encoding="utf-8")
    ingest(
        [str(tmp_path / "examples")], parts.indexer, Chunker(parts.embedder, parts.settings.chunking), print
    )
    page = new_page()
    page.click("#language >> text=English")
    expect(page.locator("#welcome")).to_contain_text("1 article is an invented example")
    page.get_by_role("button", name="Remove the examples").click()
    expect(page.locator("#welcome")).to_contain_text("it won't come back")
    expect(page.get_by_role("heading", name="Your library is empty")).to_be_visible()
    expect(page.locator("#title")).to_contain_text("0 articles")
    expect(page.locator("#first button")).to_have_count(0)
    assert parts.library.is_empty()
