"""Dossiers in a real Chromium: made from a search, a filter, the table, the reader; asked and searched."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from conftest import Served, until
from playwright.sync_api import Locator, Page, expect
from test_accessibility import violations
from test_search_page import PHONE, search

from rag.dossiers.rule import Rule

pytestmark = pytest.mark.browser


@pytest.fixture(autouse=True)
def no_dossiers(served: Served) -> Iterator[None]:
    """Dossiers are everybody's where nobody signs in: each test begins without any."""
    yield
    table = served.parts.library.dossiers
    for one in table.listed(""):
        table.delete(one.id, "")


def go(page: Page, tab: str) -> None:
    page.get_by_role("tab", name=tab, exact=True).click()


def members(served: Served, name: str) -> set[str]:
    table = served.parts.library.dossiers
    dossier = table.named(name, "")
    if dossier is None:
        return set()
    served.parts.filling.fill([dossier.id])
    return {*table.members([dossier.id])}


def make(served: Served, name: str, words: str) -> None:
    table = served.parts.library.dossiers
    table.add_rule(table.create("", name).id, "", Rule(words))


def panel(page: Page) -> Locator:
    return page.locator("#library-dossiers")


def found(page: Page) -> Locator:
    return page.locator("#library-listing .found")


def test_a_search_that_is_kept_fills_a_dossier_that_is_opened_and_asked(served: Served, page: Page):
    search(page, "crue")
    page.get_by_role("button", name="Remplir un dossier de cette recherche").click()
    dialog = page.get_by_role("dialog", name="Dans quel dossier ?")
    expect(dialog).to_contain_text("Recherche : crue")
    expect(dialog.get_by_label("Nouveau dossier")).to_be_focused()
    assert violations(page) == []
    page.keyboard.type("La crue")
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="C'est fait")
    expect(dialog).to_be_visible()
    count = len(members(served, "La crue"))
    expect(dialog).to_contain_text(f"Le dossier « La crue » a maintenant {count} articles.")
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()

    go(page, "Bibliothèque")
    panel(page).get_by_role("button", name=re.compile("La crue")).click()
    expect(panel(page).get_by_role("heading", name="La crue")).to_be_focused()
    expect(panel(page).locator(".rules")).to_contain_text("Recherche : crue")
    expect(found(page)).to_have_text(f"{count} articles")
    assert violations(page) == []

    panel(page).locator(".opened .export-menu summary").click()
    with page.expect_download() as coming:
        panel(page).get_by_role("button", name="Markdown").click()
    assert coming.value.suggested_filename == "La crue.md"
    assert coming.value.path().read_text(encoding="utf-8").count("\n- ") >= 1
    panel(page).get_by_role("button", name="Interroger ce dossier").click()
    expect(page.locator("#question textarea")).to_be_focused()
    expect(page.locator("#filter-chips")).to_contain_text("Dossier : La crue")
    assert violations(page) == []
    page.keyboard.type("Combien d'articles ?")
    page.keyboard.press("Enter")
    expect(page.locator("#current .exchange")).to_contain_text(f"{count} articles du dossier « La crue ».")


def test_articles_of_the_table_come_in_by_hand_and_stay_out_when_taken_out(served: Served, page: Page):
    make(served, "La crue", "crue")
    before = members(served, "La crue")
    go(page, "Bibliothèque")
    boxes = page.locator("#library-listing input.one")
    expect(boxes).to_have_count(38)
    values = [box.get_attribute("value") for box in boxes.all()]
    wanted = next(value for value in values if value not in before)
    page.locator(f'#library-listing input.one[value="{wanted}"]').check()
    page.get_by_role("button", name="Ajouter à un dossier").click()
    page.get_by_role("dialog").get_by_role("button", name="La crue").click()
    expect(page.get_by_role("dialog", name="C'est fait")).to_be_visible()
    assert members(served, "La crue") == before | {wanted}
    page.keyboard.press("Escape")

    panel(page).get_by_role("button", name=re.compile("La crue")).click()
    expect(found(page)).to_have_text(f"{len(before) + 1} articles")
    gone = sorted(before)[0]
    page.locator(f'#library-listing input.one[value="{gone}"]').check()
    page.get_by_role("button", name="Sortir du dossier").click()
    expect(found(page)).to_have_text(f"{len(before)} articles")
    assert members(served, "La crue") == (before | {wanted}) - {gone}


def test_a_filter_of_the_table_is_kept(served: Served, page: Page):
    go(page, "Bibliothèque")
    page.locator("#library-search").get_by_label("Journal", exact=True).select_option("Le Fil du Plateau")
    page.locator("#library-listing").get_by_role("button", name="Remplir un dossier de ce filtre").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Média : Le Fil du Plateau")
    dialog.get_by_label("Nouveau dossier").fill("Le Fil")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="C'est fait")).to_be_visible()
    outlets = {served.parts.library.article(one).outlet for one in members(served, "Le Fil")}
    assert outlets == {"Le Fil du Plateau"}


def test_one_article_of_the_reader_is_asked_alone_and_put_into_a_dossier(served: Served, page: Page):
    go(page, "Bibliothèque")
    link = page.locator("#library-listing a.open-article").first
    article = link.get_attribute("data-article")
    link.click()
    page.get_by_role("dialog").get_by_role("button", name="Ajouter à un dossier").click()
    page.locator("#dossier-dialog").get_by_label("Nouveau dossier").fill("À suivre")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="C'est fait")).to_be_visible()
    assert members(served, "À suivre") == {article}
    page.keyboard.press("Escape")
    page.get_by_role("button", name="N'interroger que cet article").click()
    expect(page.locator("#reader-dialog")).to_be_hidden()
    expect(page.locator("#filter-chips")).to_contain_text("Seulement 1 article")


def test_what_an_answer_cites_is_asked_alone(served: Served, page: Page):
    served.script.reply = lambda number: (
        f"[{number('a tué trois personnes')}] La crue a tué trois personnes.\n"
    )
    page.locator("#question textarea").fill("Combien de morts dans la crue de Valbrume ?")
    page.keyboard.press("Enter")
    expect(page.locator("#current .exchange")).to_have_class(re.compile("answered"))
    only = page.locator("#current button[data-only]")
    cited = only.get_attribute("data-only").split(" ")
    only.click()
    expect(page.locator("#filter-chips li")).to_have_count(1)
    expect(page.locator("#filters-panel .kept").first).to_have_text(
        f"{len(cited)} article{'s' if len(cited) > 1 else ''} retenu{'s' if len(cited) > 1 else ''}"
    )


def test_a_dossier_is_renamed_described_emptied_and_deleted_with_a_second_thought(served: Served, page: Page):
    make(served, "La crue", "crue")
    go(page, "Bibliothèque")
    entry = panel(page).locator("ul.dossiers button")
    entry.click()
    panel(page).get_by_text("Renommer, décrire").click()
    panel(page).locator("#dossier-rename").fill("Novembre")
    panel(page).get_by_role("button", name="Renommer", exact=True).click()
    expect(panel(page).get_by_role("heading", name="Novembre")).to_be_visible()
    panel(page).get_by_text("Renommer, décrire").click()
    panel(page).get_by_label("De quoi il traite").fill("Ce qui s'est passé <b>alors</b>")
    panel(page).get_by_role("button", name="Enregistrer", exact=True).click()
    expect(panel(page).locator(".description")).to_have_text("Ce qui s'est passé <b>alors</b>")
    panel(page).get_by_text("Renommer, décrire").click()
    assert violations(page) == []
    panel(page).get_by_role("button", name="Vider").click()
    assert members(served, "Novembre")
    panel(page).get_by_role("button", name="Vider pour de bon ?").click()
    expect(page.locator("#library-listing")).to_contain_text("Aucun article dans ce dossier")
    assert members(served, "Novembre") == set()
    panel(page).get_by_text("Renommer, décrire").click()
    panel(page).get_by_role("button", name="Supprimer le dossier").click()
    panel(page).get_by_role("button", name="Supprimer pour de bon ?").click()
    expect(entry).to_have_count(0)
    expect(found(page)).to_have_text("38 articles")
    assert served.parts.library.dossiers.listed("") == []


def test_a_name_that_is_taken_is_told(served: Served, page: Page):
    make(served, "La crue", "crue")
    go(page, "Bibliothèque")
    panel(page).get_by_label("Nouveau dossier").fill("la CRUE")
    page.keyboard.press("Enter")
    expect(panel(page).get_by_role("alert").first).to_have_text(
        "Il y a déjà un dossier « La crue » ; prenez un autre nom."
    )
    expect(panel(page).get_by_label("Nouveau dossier")).to_have_value("la CRUE")
    expect(panel(page).get_by_label("Nouveau dossier")).to_be_focused()
    page.get_by_role("tab", name="Questions", exact=True).click()
    go(page, "Bibliothèque")
    expect(panel(page).get_by_label("Nouveau dossier")).to_have_value("la CRUE")


def test_searches_filters_and_the_overview_are_of_one_dossier(served: Served, page: Page):
    make(served, "La crue", "crue")
    inside = members(served, "La crue")
    search(page, "maire")
    status = page.locator("#full-text-found").get_by_role("status")
    every = served.parts.search.search("maire").total
    expect(status).to_have_text(f"{every} articles")
    page.locator("#full-text-form").get_by_label("Dossier").select_option("La crue")
    within = served.parts.search.search("maire", among=inside).total
    assert 0 < within < every
    expect(status).to_have_text(f"{within} articles")

    go(page, "Questions")
    page.locator("#filters-panel").get_by_role("checkbox", name=re.compile("La crue")).check()
    expect(page.locator("#filters-panel .kept").first).to_have_text(f"{len(inside)} articles retenus")
    expect(page.locator("#filter-chips")).to_contain_text("Dossier : La crue")

    go(page, "Panorama")
    page.locator("#corpus-dossier-choice").select_option("La crue")
    shown = page.locator("#corpus-map")
    assert until(lambda: f"{len(inside)} articles" in (shown.text_content() or ""))
    assert violations(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_phone_nothing_is_wider_than_the_screen(
    served: Served, new_page: Callable[..., Page], scheme: str
):
    make(served, "La crue de novembre " + "x" * 60, "crue")
    page = new_page(**PHONE, color_scheme=scheme)
    go(page, "Bibliothèque")
    panel(page).locator("ul.dossiers button").click()
    expect(panel(page).locator(".opened")).to_be_visible()
    panel(page).get_by_text("Renommer, décrire").click()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert violations(page) == []
    search(page, "crue")
    page.get_by_role("button", name="Remplir un dossier de cette recherche").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert violations(page) == []


def test_what_is_new_is_counted_until_it_is_seen(served: Served, page: Page):
    make(served, "La crue", "crue")
    count = len(members(served, "La crue"))
    go(page, "Bibliothèque")
    entry = panel(page).locator("ul.dossiers button")
    expect(entry.locator(".new")).to_have_text(f"{count} nouveaux")
    entry.click()
    expect(panel(page).locator(".opened .new")).to_have_text(
        f"{count} articles arrivés depuis la dernière ouverture"
    )
    panel(page).get_by_role("button", name="Fermer le dossier").click()
    expect(entry.locator(".new")).to_have_count(0)
