"""What is followed, in a real Chromium: from an answer, a search or an entity to what changed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from conftest import Script, Served, load_again, served_over, until
from desk import Desk
from playwright.sync_api import Locator, Page, expect
from test_accessibility import violations
from test_search_page import PHONE

from rag.config import ChunkingSettings
from rag.entities.making import find_entities
from rag.models.embedder import Embedder
from rag.monitoring.asker import ask_again

pytestmark = pytest.mark.browser

QUESTION = "Combien d'habitants compte Malvoisy ?"
BEFORE = """---
title: Malvoisy recense ses habitants
site: Le Courrier de Valbrume
date: 2025-09-01
lang: fr
---
La commune de Malvoisy compte 340 habitants, selon le recensement publié lundi par la mairie.

La maire, Jeanne Corbin, a salué « un village qui tient bon » devant le conseil municipal.
"""
AFTER = """---
title: "Malvoisy : les nouveaux chiffres <script>window.pwned=1</script>"
site: La Gazette des Collines
date: 2025-11-02
lang: fr
---
La commune de Malvoisy compte désormais 355 habitants, selon le nouveau recensement publié dimanche par la
préfecture.

La maire, Jeanne Corbin, a annoncé l'ouverture d'une classe à l'école du village.
"""

MUSEUM = """---
title: Une directrice au musée
site: Le Courrier de Valbrume
date: 2025-11-03
lang: fr
---
Lise Ombrard dirige le musée de la dentelle de Brissac depuis lundi, a annoncé la mairie.
"""


@pytest.fixture
def desk(tmp_path: Path, embedder: Embedder) -> Iterator[Desk]:
    desk = Desk(tmp_path, ChunkingSettings(), embedder)
    desk.write("avant.md", BEFORE)
    desk.ingest()
    yield desk
    desk.close()


@pytest.fixture
def newsroom(desk: Desk) -> Iterator[Served]:
    told = Script(lambda number: f"[{number('340 habitants')}] Malvoisy compte 340 habitants.\n")
    with served_over(desk.parts, told) as served:
        yield served


@pytest.fixture
def served(newsroom: Served) -> Served:
    """What `new_page` opens: a library of its own, that changes."""
    return newsroom


def arrives(desk: Desk, text: str = AFTER) -> None:
    """Another article comes in, as by a synchronisation elsewhere; what is followed is asked again."""
    desk.write("apres.md", text)
    desk.ingest()
    ask_again(desk.parts)


def tab(page: Page, name: str = "Nouveau") -> Locator:
    return page.get_by_role("tab", name=name)


def ask(page: Page, question: str = QUESTION) -> Locator:
    page.locator("#question textarea").fill(question)
    page.keyboard.press("Enter")
    expect(page.locator("#current .exchange")).to_have_class(re.compile("answered"))
    return page.locator("#current")


def asked_once(desk: Desk) -> bool:
    queries = desk.library.standing.all("")
    return bool(queries) and all(one.asked_at for one in queries)


def test_a_question_is_followed_and_what_changed_is_told_with_before_and_after(
    desk: Desk, new_page: Callable[..., Page]
):
    expect.set_options(timeout=15_000)
    page = new_page()
    tab(page).click()
    expect(page.locator("#news .beginning")).to_contain_text("Suivez une question")
    assert violations(page) == []
    tab(page, "Questions").click()
    current = ask(page)
    current.get_by_role("button", name="Suivre").click()
    toast = page.locator("#follow-told .toast")
    expect(toast).to_contain_text(f"Suivi : « {QUESTION} »")
    expect(current.get_by_role("button", name="Suivi ✓")).to_be_visible()
    assert until(lambda: asked_once(desk))

    arrives(desk)
    page.evaluate("document.dispatchEvent(new CustomEvent('sourcier:library'))")
    expect(tab(page)).to_have_attribute("data-unseen", "1")
    tab(page).click()
    change = page.locator("#news .change.fresh")
    expect(page.locator("#news .told")).to_have_text("1 changement depuis votre dernière visite")
    expect(change.locator(".kind")).to_have_text("un autre nombre")
    expect(change.locator(".asked")).to_have_text(QUESTION)
    expect(change.locator(".before mark")).to_have_text("340 habitants")
    expect(change.locator(".after mark")).to_have_text("355 habitants")
    expect(change.locator(".after cite")).to_have_text("La Gazette des Collines, 2 novembre 2025")
    expect(tab(page)).not_to_have_attribute("data-unseen", "1")
    assert violations(page) == []
    change.locator(".after a.open-article").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.locator("mark.active")).to_contain_text("compte désormais 355 habitants")
    page.keyboard.press("Escape")

    page.locator("#news .queries").get_by_role("button", name=QUESTION, exact=True).click()
    expect(page.locator("#current .question")).to_contain_text(QUESTION)
    expect(page.locator("#current .exchange")).to_have_class(re.compile("answered"))


def test_undone_in_one_click_and_followed_no_more(desk: Desk, new_page: Callable[..., Page]):
    page = new_page()
    current = ask(page)
    current.get_by_role("button", name="Suivre").click()
    page.locator("#follow-told").get_by_role("button", name="Annuler").click()
    expect(page.locator("#follow-told .toast")).to_contain_text("Ce n'est plus suivi.")
    expect(current.get_by_role("button", name="Suivre")).to_be_visible()
    assert desk.library.standing.all("") == []


def test_a_search_and_an_entity_are_followed_on_a_phone_in_english(desk: Desk, new_page: Callable[..., Page]):
    page = new_page(**PHONE)
    page.get_by_text("English", exact=True).tap()
    tab(page, "Search").tap()
    page.locator("#full-text-query").fill("recensement")
    page.locator("#full-text-query").press("Enter")
    page.locator("#full-text-found").get_by_role("button", name="Follow").tap()
    expect(page.locator("#follow-told .toast")).to_contain_text("Followed: “recensement”")
    assert violations(page) == []
    assert until(lambda: asked_once(desk))
    arrives(desk)
    page.locator("#follow-told").get_by_role("button", name="See").tap()
    expect(page.locator("#news .change.fresh .kind")).to_have_text("another article")
    expect(page.locator("#news .queries .meta").first).to_contain_text("Last checked on")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert violations(page) == []
    queries = page.locator("#news .queries")
    queries.get_by_role("button", name="Pause: recensement").tap()
    expect(queries).to_contain_text("Paused")
    queries.get_by_role("button", name="Resume: recensement").tap()
    expect(queries.get_by_role("button", name="Check now: recensement")).to_be_enabled()
    queries.get_by_role("button", name="Unfollow: recensement").tap()
    queries.get_by_role("button", name="Forget its changes, too?").tap()
    expect(page.locator("#news .beginning")).to_be_visible()
    assert desk.library.standing.all("") == []


def test_an_entity_is_followed_from_its_page(desk: Desk, new_page: Callable[..., Page]):
    find_entities(desk.library)
    page = new_page()
    page.evaluate("document.dispatchEvent(new CustomEvent('sourcier:entity', { detail: 'Jeanne Corbin' }))")
    dialog = page.get_by_role("dialog", name="Jeanne Corbin")
    dialog.get_by_role("button", name="Suivre").click()
    toast = dialog.locator("#follow-told .toast")  # in front of the page there is only what is in the dialog
    expect(toast).to_contain_text("Suivi : « Jeanne Corbin »")
    assert until(lambda: asked_once(desk))
    arrives(desk)
    toast.get_by_role("button", name="Voir").click()
    expect(dialog).to_be_hidden()
    change = page.locator("#news .change.fresh").first
    expect(change.locator(".asked")).to_have_text("Jeanne Corbin")
    page.locator("#news .queries").get_by_role("button", name="Jeanne Corbin", exact=True).click()
    expect(dialog).to_be_visible()
    expect(dialog.get_by_role("button", name="Suivi ✓")).to_be_visible()


def test_what_is_not_in_the_articles_is_followed_until_it_is(desk: Desk, new_page: Callable[..., Page]):
    page = new_page()
    page.locator("#question textarea").fill("Qui dirige le musée de la dentelle de Brissac ?")
    page.keyboard.press("Enter")
    expect(page.locator("#current .not-found")).to_be_visible()
    page.locator("#current").get_by_role("button", name="Suivre").click()
    assert until(lambda: asked_once(desk))
    arrives(desk, MUSEUM)
    tab(page).click()
    expect(page.locator("#news .change.fresh .kind")).to_have_text("une réponse où il n'y en avait pas")
    expect(page.locator("#news .change.fresh")).to_contain_text("Lise Ombrard")


def test_an_article_that_is_brought_in_on_the_page_is_told_by_itself(
    desk: Desk, new_page: Callable[..., Page]
):
    desk.library.standing.add("", "question", QUESTION, "fr")
    ask_again(desk.parts)
    page = new_page()
    tab(page, "Bibliothèque").click()
    files = [{"name": "apres.md", "mimeType": "text/markdown", "buffer": AFTER.encode()}]
    page.set_input_files("#intake-files", files)
    expect(tab(page)).to_have_attribute("data-unseen", "1")
    expect(tab(page)).to_have_attribute("aria-description", "1 changement à voir")
    tab(page).click()
    expect(page.locator("#news .change.fresh .kind")).to_have_text("un autre nombre")
    arrives(desk, AFTER.replace("355", "361"))  # while it is looked at
    page.evaluate("document.dispatchEvent(new CustomEvent('sourcier:seen'))")
    expect(page.locator("#news .change.fresh .values")).to_have_text("355 habitants → 361 habitants")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_changed_has_no_serious_violation(desk: Desk, new_page: Callable[..., Page], scheme: str):
    standing = desk.library.standing
    for kind, words in (("search", "recensement"), ("search", "piscine"), ("question", QUESTION)):
        standing.add("", kind, words, "fr")
    ask_again(desk.parts)
    standing.pause("", standing.find("", "piscine").id)
    arrives(desk)
    page = new_page(color_scheme=scheme)
    expect(tab(page)).to_have_attribute("data-unseen", "2")
    tab(page).click()
    expect(page.locator("#news .change.fresh")).to_have_count(2)
    page.get_by_text("Être prévenu ailleurs").click()
    assert violations(page) == []
    link = page.locator("#news .feed a").get_attribute("href")
    assert re.fullmatch(r"feed/fr/[A-Za-z0-9_-]{43}", link)
    load_again(page)
    expect(page.locator("html[lang=fr]")).to_be_visible()
    tab(page).click()
    expect(page.locator("#news .told")).to_have_text("Rien de nouveau depuis votre dernière visite.")
    expect(page.locator("#news .change")).to_have_count(2)
    assert violations(page) == []
