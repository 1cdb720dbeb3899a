"""People, organisations and places in a real Chromium: found, looked at, and followed to their words."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from conftest import HOSTILE, Served, served_over
from playwright.sync_api import Locator, Page, expect
from test_accessibility import NARROW, WIDE, violations

from ingest.pipeline.chunking import Chunker
from ingest.pipeline.ingestion import ingest
from rag.config import Settings
from rag.engine.engine import open_engine
from rag.entities.lookup import EntityIndex
from rag.entities.making import find_entities
from rag.models.embedder import Embedder

pytestmark = pytest.mark.browser

SPEAKER = "Odile Sarrazy"


@pytest.fixture(scope="module")
def served(
    tmp_path_factory: pytest.TempPathFactory, examples_library: Path, embedder: Embedder
) -> Iterator[Served]:
    """A page of its own, over the examples and a hostile article, with their entities found."""
    folder = tmp_path_factory.mktemp("entities")
    settings = Settings(data_dir=folder / "data")
    shutil.copytree(examples_library, settings.data_dir)
    hostile = folder / "courges.md"
    # Names that are markup and who say markup.
    hostile.write_text(
        f"{HOSTILE}\n« Des `<b>courges</b> <img src=x onerror=window.pwned=1>` ! », a déclaré le maire,"
        " Paul Ombrard.\n",
        encoding="utf-8",
    )
    with closing(open_engine(settings, embedder)) as parts:
        chunker = Chunker(embedder, settings.chunking)
        assert ingest([str(hostile)], parts.indexer, chunker, lambda _: None).failed == ()
        find_entities(parts.library)
        with served_over(parts) as page:
            yield Served(page.url, page.chain, page.model, page.script, page.embedder, parts=parts)


def panorama(page: Page) -> Locator:
    page.get_by_role("tab", name="Panorama").click()
    named = page.locator("#corpus-entities .kinds")
    expect(named).to_be_visible()
    return named


def dialog(page: Page) -> Locator:
    return page.locator("#entity-dialog")


def find(page: Page, name: str) -> Locator:
    """Look a name up in the panorama; what opens."""
    panorama(page)
    page.locator("#entity-name").fill(name)
    page.locator("#entity-name").press("Enter")
    expect(dialog(page)).to_be_visible()
    return dialog(page)


@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])
def test_from_the_most_named_to_the_words_in_their_article(
    served: Served, new_page: Callable[..., Page], viewport: dict
):
    page = new_page(viewport=viewport)
    named = panorama(page)
    for heading in ("Personnes", "Organisations", "Lieux"):
        expect(named.get_by_role("heading", name=heading)).to_be_visible()
    assert violations(page) == []
    opened = find(page, SPEAKER)
    expect(opened.get_by_role("heading", level=2)).to_be_focused()
    expect(opened.get_by_role("heading", level=2)).to_have_text(SPEAKER)
    assert opened.evaluate("box => box.scrollWidth <= box.clientWidth")
    assert violations(page) == []
    statement = EntityIndex(served.parts.library).page(_entity(served, SPEAKER)).statements[0]
    link = opened.locator(".said a.open-article").first
    assert link.text_content() == statement.quote
    link.click()
    reader = page.locator("#reader-dialog")
    expect(reader.locator("mark.active").first).to_have_text(statement.quote)
    expect(reader.locator("mark.active").first).to_be_in_viewport()
    assert violations(page) == []
    page.keyboard.press("Escape")
    expect(link).to_be_focused()
    page.keyboard.press("Escape")
    expect(dialog(page)).not_to_be_visible()
    expect(page.locator("#entity-name")).to_be_focused()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_companions_lead_on_and_back(page: Page):
    opened = find(page, SPEAKER)
    companion = opened.locator(".companions a.open-entity").first
    name = companion.text_content()
    companion.click()
    title = opened.get_by_role("heading", level=2)
    expect(title).to_have_text(name)
    opened.get_by_role("button", name="← Retour").click()
    expect(title).to_have_text(SPEAKER)
    expect(opened.locator("button.back")).to_be_hidden()


def test_statements_are_narrowed_to_quoted_words_and_to_a_subject(page: Page):
    opened = find(page, SPEAKER)
    before = opened.locator(".said ol > li").count()
    opened.get_by_label("Paroles citées seulement").check()
    expect(opened.locator(".said .told")).to_be_focused()
    expect(opened.locator(".said .form.reported")).to_have_count(0)
    assert 0 < opened.locator(".said ol > li").count() <= before
    opened.get_by_label("Sur un sujet…").fill("xylophone")
    opened.get_by_label("Sur un sujet…").press("Enter")
    expect(opened.locator(".said .told")).to_contain_text("aucune parole de sa part sur ce sujet")


def test_a_question_that_is_offered_is_asked(page: Page):
    opened = find(page, SPEAKER)
    question = opened.get_by_role("button", name=f"Qu'a dit {SPEAKER} ?")
    question.click()
    expect(opened).not_to_be_visible()
    expect(page.locator("#current .exchange")).to_have_class(re.compile("answered"))
    expect(page.locator("#current .exchange")).to_contain_text(f"Qu'a dit {SPEAKER} ?")


def test_a_search_the_reader_and_the_palette_lead_there(served: Served, page: Page):
    page.get_by_role("tab", name="Recherche").click()
    page.locator("#full-text-query").fill(SPEAKER)
    page.locator("#full-text-query").press("Enter")
    row = _entity(served, SPEAKER)
    count = served.parts.library.entities.statement_count(row.id)
    line = page.locator("#full-text-found ul.entities a")
    expect(line).to_have_text(re.compile(f"^{SPEAKER} : {row.articles} articles?, {count} déclarations?$"))
    line.click()
    title = dialog(page).get_by_role("heading", level=2)
    expect(title).to_have_text(SPEAKER)
    page.keyboard.press("Escape")
    page.locator("#full-text-found a.title").first.click()
    reader = page.locator("#reader-dialog")
    expect(reader.get_by_role("heading", name="Nommés ici")).to_be_visible()
    reader.locator("a.open-entity").filter(has_text=SPEAKER).click()
    expect(reader).not_to_be_visible()
    expect(title).to_have_text(SPEAKER)
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    page.locator("#go-words").fill(SPEAKER)
    expect(page.locator("#go-0")).to_contain_text(f"Qui, où {SPEAKER}")
    page.keyboard.press("Enter")
    expect(title).to_have_text(SPEAKER)


def test_a_name_that_no_article_has_leads_to_a_near_one(page: Page):
    opened = find(page, "Odile Sarazi")
    expect(opened.get_by_role("heading", level=2)).to_contain_text("aucun article ne nomme")
    assert violations(page) == []
    opened.get_by_role("button", name=SPEAKER).click()
    expect(opened.get_by_role("heading", level=2)).to_have_text(SPEAKER)


def test_what_is_markup_in_an_article_is_text_here(page: Page):
    opened = find(page, "Paul Ombrard")
    expect(opened.locator(".said .words a").first).to_contain_text("<img src=x onerror=window.pwned=1>")
    opened = find_again(page, "<img src=x onerror=window.pwned=1>")
    expect(opened.get_by_role("heading", level=2)).to_contain_text("<img src=x")


def find_again(page: Page, name: str) -> Locator:
    page.keyboard.press("Escape")
    page.locator("#entity-name").fill(name)
    page.locator("#entity-name").press("Enter")
    return dialog(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_in_english_and_in_the_dark_too(new_page: Callable[..., Page], scheme: str):
    page = new_page(color_scheme=scheme, viewport=NARROW)
    page.get_by_text("English", exact=True).click()
    page.get_by_role("tab", name="Overview").click()
    expect(page.get_by_role("heading", name="Who, what, where")).to_be_visible()
    expect(page.locator("#corpus-entities").get_by_role("heading", name="People")).to_be_visible()
    page.locator("#entity-name").fill(SPEAKER)
    page.locator("#entity-name").press("Enter")
    opened = dialog(page)
    expect(opened.get_by_role("button", name=f"What did {SPEAKER} say?")).to_be_visible()
    expect(opened.get_by_role("heading", name="What is said")).to_be_visible()
    assert violations(page) == []


def test_the_panorama_and_the_page_are_limited_to_a_dossier(served: Served, page: Page):
    library = served.parts.library
    articles = [one.article_id for one in library.entities.appearances(_entity(served, SPEAKER).id)]
    dossier = library.dossiers.create("", "Une affaire")
    library.dossiers.add(dossier.id, "", articles[:1])
    panorama(page)
    expect(page.locator("#corpus-dossier-choice")).to_be_visible()
    page.locator("#corpus-dossier-choice").select_option("Une affaire")
    everyone = {one.id for one in library.entities.named_in(articles[0], 1000)}
    page.wait_for_function(
        "ids => { const shown = [...document.querySelectorAll('#corpus-entities a.open-entity')];"
        " return shown.length && shown.every(one => ids.includes(Number(one.dataset.entity))); }",
        arg=sorted(everyone),
    )
    page.locator("#corpus-entities a.open-entity").filter(has_text=SPEAKER).click()
    opened = dialog(page)
    expect(opened.locator(".within")).to_contain_text("Une affaire")
    expect(opened.locator(".listing").first.locator("li")).to_have_count(1)
    opened.get_by_role("button", name="Toute la bibliothèque").click()
    expect(opened.locator(".within")).to_have_count(0)
    library.dossiers.delete(dossier.id, "")


def test_how_far_the_finding_is_is_told(served: Served, page: Page):
    library = served.parts.library
    library.entities.forget()
    panorama_state = page.locator("#corpus-entities [role=status]")
    page.get_by_role("tab", name="Panorama").click()
    expect(panorama_state).to_contain_text("Recherche des noms en cours")
    find_entities(library)
    expect(page.locator("#corpus-entities .kinds h3").first).to_be_visible()
    expect(panorama_state).to_have_count(0)


def _entity(served: Served, name: str):
    return EntityIndex(served.parts.library).find(name).meant
