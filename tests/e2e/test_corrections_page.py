"""Details are corrected and names of outlets merged on the page, in both languages, on desktop and phone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from conftest import HOSTILE, GatedEmbedder, Served, served_over, until
from fake_embedder import FakeEmbedder
from playwright.sync_api import Page, expect
from test_accessibility import NARROW, WIDE, violations

from ingest.pipeline.chunking import Chunker
from ingest.pipeline.ingestion import ingest
from rag.config import Settings
from rag.engine.engine import Engine, open_engine
from ui.formatting.i18n import text

pytestmark = pytest.mark.browser

STATED = {
    "Le pont rouvre": ("Le Monde", "2025-08-16"),
    "Le bac ferme": ("lemonde.fr", "2025-08-17"),
    "La foire aux courges": ("", ""),
    "Un courrier": ("Ouest-France", ""),
    "Le marché de nuit": ("", "2025-07-02"),
}


@pytest.fixture
def parts(tmp_path: Path) -> Iterator[Engine]:
    """A library of five articles, two of them without a date and two without an outlet, and a hostile one."""
    files = tmp_path / "articles"
    files.mkdir()
    for number, (title, (outlet, day)) in enumerate(STATED.items()):
        stated = [
            f'title: "{title}"',
            *([f"site: {outlet}"] if outlet else []),
            *([f"date: {day}"] if day else []),
        ]
        body = f"{title}. Le quai numéro {number} rouvre lundi matin."
        (files / f"{number}.md").write_text("\n".join(["---", *stated, "---", "", body]), "utf-8")
    (files / "hostile.md").write_text(HOSTILE, "utf-8")
    settings = Settings(data_dir=tmp_path / "data")
    with closing(open_engine(settings, GatedEmbedder(FakeEmbedder()))) as parts:
        chunker = Chunker(parts.embedder, settings.chunking)
        assert ingest([str(files)], parts.indexer, chunker, lambda _: None).failed == ()
        yield parts


@pytest.fixture
def served(parts: Engine) -> Iterator[Served]:
    """In place of the page over the examples."""
    with served_over(parts) as served:
        yield served


def listing(page: Page, language: str) -> None:
    if language == "en":
        page.get_by_label("English").check()
    page.get_by_role("tab", name=text("tab_library", language)).click()
    expect(page.locator("#library-listing tbody tr")).to_have_count(6)


def titled(parts: Engine, title: str):
    return next(one for one in parts.library.articles() if one.title == title)


@pytest.mark.parametrize(
    ("language", "viewport", "scheme"),
    [("fr", WIDE, "light"), ("en", NARROW, "dark"), ("fr", NARROW, "light"), ("en", WIDE, "dark")],
)
def test_what_has_no_date_is_found_selected_and_corrected_then_one_taken_back(
    new_page: Callable[..., Page], parts: Engine, language: str, viewport: dict, scheme: str
):
    page = new_page(viewport=viewport, color_scheme=scheme)
    listing(page, language)
    expect(page.locator(".missing").first).to_contain_text(text("missing_date", language, count=2))
    page.get_by_role("button", name=text("missing_date_show", language)).click()
    expect(page.locator("#library-listing tbody tr")).to_have_count(2)
    expect(page.get_by_label(text("search_undated", language))).to_be_checked()
    page.locator("input.every").check()
    page.get_by_role("button", name=text("edit_selected", language)).click()
    dialog = page.get_by_role("dialog", name=text("editing_title_several", language, count=2))
    expect(dialog).to_be_visible()
    assert violations(page) == []
    # A mistake is told beside its field, and what was typed stays.
    page.get_by_label(text("field_outlet", language), exact=True).last.fill("Le Phare")
    dialog.locator("#editing-published").fill("2999-01-01")
    page.keyboard.press("Enter")
    expect(dialog.locator("#editing-published-error")).to_contain_text("2999-01-01")
    expect(dialog.locator("#editing-published")).to_be_focused()
    expect(dialog.locator("#editing-outlet")).to_have_value("Le Phare")
    assert violations(page) == []
    dialog.locator("#editing-published").fill("2025-08-01")
    dialog.get_by_role("button", name=text("editing_save", language)).click()
    expect(dialog).to_be_hidden()
    expect(page.locator("#library-listing .none")).to_be_visible()
    assert {titled(parts, title).outlet for title in ("La foire aux courges", "Un courrier")} == {"Le Phare"}
    page.get_by_role("button", name=text("search_reset", language)).click()
    expect(page.locator("#library-listing .corrected")).to_have_count(2)
    # The reader says what was stated, and a correction is taken back from there.
    page.get_by_role("link", name="Un courrier").click()
    reader = page.locator("#reader-dialog")
    expect(reader.locator(".stated").first).to_have_text(
        f"({text('record_corrected', language, stated='Ouest-France')})"
    )
    reader.get_by_role("button", name=text("reader_edit", language)).click()
    one = page.get_by_role("dialog", name=text("editing_title", language))
    expect(one.locator("#editing-title")).to_have_value("Un courrier")
    assert violations(page) == []
    one.locator("input[data-undo=outlet]").check()
    expect(one.locator("#editing-outlet")).to_be_disabled()
    one.locator("#editing-title").fill("Un courrier <b>des lecteurs</b>")
    one.get_by_role("button", name=text("editing_save", language)).click()
    expect(one).to_be_hidden()
    expect(reader.locator("h2")).to_have_text("Un courrier <b>des lecteurs</b>")
    expect(reader.locator(".outlet")).to_have_text("Ouest-France")
    expect(reader.locator(".records")).to_contain_text("Un courrier")
    assert violations(page) == []
    page.keyboard.press("Escape")
    expect(reader).to_be_hidden()
    assert titled(parts, "Un courrier <b>des lecteurs</b>").outlet == "Ouest-France"
    # Its vectors follow in the background.
    assert until(lambda: parts.library.metadata.unread() == [])


@pytest.mark.parametrize(("language", "viewport", "scheme"), [("fr", WIDE, "dark"), ("en", NARROW, "light")])
def test_names_of_one_outlet_are_merged_and_separated(
    new_page: Callable[..., Page], parts: Engine, language: str, viewport: dict, scheme: str
):
    page = new_page(viewport=viewport, color_scheme=scheme)
    listing(page, language)
    outlets = page.locator("#library-outlets")
    outlets.locator("summary").click()
    expect(outlets.locator(".suggested")).to_contain_text("lemonde.fr")
    assert violations(page) == []
    outlets.get_by_role("button", name=text("outlets_merge_into", language, outlet="Le Monde")).click()
    expect(outlets.locator(".became")).to_contain_text("lemonde.fr")
    assert titled(parts, "Le bac ferme").outlet == "Le Monde"
    expect(page.locator("#library-listing td.outlet").filter(has_text="lemonde.fr")).to_have_count(0)
    assert violations(page) == []
    outlets.get_by_role("button", name=text("outlets_unmerge_label", language, name="lemonde.fr")).click()
    expect(page.locator("#library-listing td.outlet").filter(has_text="lemonde.fr")).to_have_count(1)
    assert titled(parts, "Le bac ferme").outlet == "lemonde.fr"
    # Any two names, by the keyboard alone.
    outlets.locator("#merge-alias").select_option("Ouest-France")
    outlets.locator("#merge-outlet").fill("Ouest-France")
    page.keyboard.press("Enter")
    expect(outlets.get_by_role("alert")).to_contain_text("Ouest-France")
    outlets.locator("#merge-alias").select_option("Ouest-France")
    outlets.locator("#merge-outlet").fill("L'Ouest")
    page.keyboard.press("Enter")
    expect(outlets.locator(".became")).to_contain_text("L'Ouest")
    assert titled(parts, "Un courrier").outlet == "L'Ouest"


def test_escape_and_cancel_change_nothing_and_give_the_focus_back(page: Page, parts: Engine):
    listing(page, "fr")
    page.get_by_label(text("select_article", "fr", title="Le pont rouvre")).check()
    button = page.get_by_role("button", name="Corriger la sélection")
    for leave in ("Escape", "Cancel", "Save"):
        button.click()
        dialog = page.get_by_role("dialog")
        expect(dialog.locator("#editing-title")).to_have_value("Le pont rouvre")
        if leave != "Save":
            dialog.locator("#editing-title").fill("Autre")
        if leave == "Escape":
            page.keyboard.press("Escape")
        else:
            dialog.get_by_role("button", name="Annuler" if leave == "Cancel" else "Enregistrer").click()
        expect(dialog).to_be_hidden()
        expect(button).to_be_focused()
    assert titled(parts, "Le pont rouvre").outlet == "Le Monde"
    assert parts.library.metadata.corrected_fields() == {}


def test_a_filter_says_how_many_articles_it_leaves_out_for_stating_nothing(page: Page):
    panel = page.locator("#filters-panel")
    panel.get_by_label("Le Monde").check()
    expect(panel.locator(".left")).to_have_text(text("left_out_outlet", "fr", count=2))
    panel.get_by_label("Le Monde").uncheck()
    expect(panel.locator(".left")).to_have_count(0)
    panel.get_by_label("Du", exact=True).fill("2025-08-01")
    panel.get_by_label("Du", exact=True).press("Enter")
    expect(panel.locator(".left")).to_have_text(text("left_out_date", "fr", count=2))
    panel.get_by_label(text("filter_undated", "fr")).check()
    expect(panel.locator(".left")).to_have_count(0)
    assert violations(page) == []
