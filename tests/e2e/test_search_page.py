"""Full-text search in a real Chromium: words are typed, found where they stand, and opened there."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from conftest import Served, arriving_late, until
from playwright.sync_api import Browser, Locator, Page, Route, expect
from test_accessibility import violations

pytestmark = pytest.mark.browser

PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True}
COURIER = "Le Courrier de Valbrume"


def search(page: Page, words: str, tab: str = "Recherche") -> Locator:
    """Search for words; the list of what is found."""
    page.get_by_role("tab", name=tab, exact=True).click()
    page.locator("#full-text-query").fill(words)
    page.locator("#full-text-query").press("Enter")
    return page.locator("#full-text-found")


def expected(served: Served, words: str, **options: object) -> list[str]:
    """The titles that searching gives without a page."""
    return [hit.article.title for hit in served.parts.search.search(words, **options).hits]


def titles(found: Locator) -> list[str]:
    return found.locator("ol a.title").all_text_contents()


def test_words_are_found_where_they_stand_and_open_there(served: Served, page: Page):
    found = search(page, "crue maire")
    wanted = expected(served, "crue maire")
    assert len(wanted) > 1
    assert until(lambda: titles(found) == wanted)
    expect(found.get_by_role("status")).to_have_text(f"{len(wanted)} articles")
    excerpt = found.locator("a.excerpt").first
    words = excerpt.text_content()
    marked = {mark.casefold() for mark in excerpt.locator("mark").all_text_contents()}
    assert marked <= {"crue", "maire", "crues"}
    excerpt.click()
    dialog = page.get_by_role("dialog")
    expect(dialog.locator("mark.active")).to_have_text(words)
    expect(dialog.locator("mark.active")).to_be_in_viewport()
    page.keyboard.press("Escape")
    expect(excerpt).to_be_focused()


def test_what_is_found_stays_when_the_page_arrives_after_it(browser: Browser, served: Served):
    with arriving_late(browser, served) as (page, held):
        found = search(page, "crue maire")
        expect(found.locator("a.excerpt").first).to_be_visible()
        found.locator("ol").evaluate("list => list.dataset.kept = 'yes'")
        [arrival] = held
        with page.expect_response("**/queue/data*"), page.expect_request("**/queue/join*"):
            arrival.continue_()
        expect(page.locator("#language input[value=fr]")).to_be_checked()
        expect(found.locator("ol")).to_have_attribute("data-kept", "yes")


def test_what_is_typed_while_the_form_is_drawn_anew_stays(
    served: Served, page: Page, request: pytest.FixtureRequest
):
    page.get_by_role("tab", name="Recherche", exact=True).click()
    expect(page.locator("#full-text-query")).to_be_visible()
    held: list[Route] = []
    awaited = True
    page.route("**/queue/join*", lambda route: held.append(route) if awaited else route.continue_())
    page.get_by_role("tab", name="Recherche", exact=True).click()
    assert until(lambda: page.wait_for_timeout(20) or held)  # the dossiers are asked for again
    page.locator("#full-text-query").evaluate("field => field.dataset.old = 'yes'")
    page.locator("#full-text-query").press_sequentially("crue ma")
    dossiers = served.parts.library.dossiers
    dossier = dossiers.create("", "Les crues")
    request.addfinalizer(lambda: dossiers.delete(dossier.id, ""))
    awaited = False
    for route in held:
        route.continue_()
    expect(page.locator("#full-text-query:not([data-old])")).to_have_value("crue ma")
    page.keyboard.type("ire")
    page.keyboard.press("Enter")
    expect(page.locator("#full-text-query")).to_have_value("crue maire")
    expect(page.locator("#full-text-found a.excerpt").first).to_be_visible()


def test_a_count_keeps_only_its_articles(served: Served, page: Page):
    found = search(page, "valbrume")
    expect(found.get_by_role("status")).to_be_visible()
    found.get_by_role("button", name=f"Ne garder que {COURIER}").click()
    narrowed = f'valbrume outlet:"{COURIER}"'
    expect(page.locator("#full-text-query")).to_have_value(narrowed)
    expect(page.locator("#full-text-query")).to_be_focused()
    assert until(lambda: titles(found) == expected(served, narrowed))
    found.get_by_role("button", name="Ne garder que novembre 2025").click()
    dated = f"{narrowed} after:2025-11 before:2025-12"
    expect(page.locator("#full-text-query")).to_have_value(dated)
    assert until(lambda: titles(found) == expected(served, dated))
    assert expected(served, dated) not in ([], expected(served, narrowed))


def test_the_order_is_chosen(served: Served, page: Page):
    found = search(page, "valbrume")
    for label, order in (("Plus anciens d'abord", "oldest"), ("Plus récents d'abord", "newest")):
        page.get_by_label("Ordre").select_option(label=label)
        wanted = expected(served, "valbrume", order=order)
        assert until(lambda wanted=wanted: titles(found) == wanted)


def test_what_was_mended_and_why_nothing_is_found_is_said(page: Page):
    found = search(page, '"introuvable')
    expect(found.locator(".mended li")).to_have_text("Guillemets fermés à la fin : « introuvable ».")
    expect(found.get_by_role("status")).to_contain_text("Aucun article ne contient cela")
    search(page, "")
    expect(found.get_by_role("status")).to_contain_text("Rien à chercher")


def test_the_language_of_the_page_and_what_was_found_change_together(served: Served, page: Page):
    found = search(page, "courges")
    wanted = expected(served, "courges")  # its title and its words try to be markup
    assert until(lambda: titles(found) == wanted)
    page.get_by_text("English", exact=True).click()
    expect(found.get_by_role("status")).to_have_text(f"{len(wanted)} article{'s' * (len(wanted) > 1)}")
    expect(page.get_by_role("heading", name="Search the texts")).to_be_visible()
    expect(page.locator("#full-text-query")).to_have_value("courges")
    assert until(lambda: titles(found) == wanted)


def test_two_searches_at_once_end_with_the_last(served: Served, page: Page):
    found = search(page, "valbrume")
    page.locator("#full-text-query").fill("ferry")
    page.locator("#full-text-query").press("Enter")
    page.locator("#full-text-query").fill("piscine")
    page.locator("#full-text-query").press("Enter")
    assert until(lambda: titles(found) == expected(served, "piscine"))


def test_all_of_it_works_on_a_phone_in_english(served: Served, new_page: Callable[..., Page]):
    page = new_page(**PHONE)
    page.get_by_text("English", exact=True).tap()
    found = search(page, "ferry -biscuits", tab="Search")
    assert until(lambda: titles(found) == expected(served, "ferry -biscuits"))
    page.get_by_text("What can be written").tap()
    expect(page.get_by_text("at most five words apart, in either order")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert violations(page) == []
    found.locator("a.excerpt").first.tap()
    expect(page.get_by_role("dialog").locator("mark.active")).to_be_in_viewport()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_is_found_has_no_serious_violation(new_page: Callable[..., Page], scheme: str):
    page = new_page(color_scheme=scheme)
    found = search(page, '(valbrume OU crue) "le')
    expect(found.locator(".mended li")).to_have_count(1)
    expect(found.locator("ol > li").first).to_be_visible()
    assert violations(page) == []
