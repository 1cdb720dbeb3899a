"""Filters in a real Chromium: picked by pointer and keyboard, shown as chips, kept by each question."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from conftest import Served, until
from playwright.sync_api import Locator, Page, expect

from rag.schema.question import Filters, Question

pytestmark = pytest.mark.browser

PHONE = {"viewport": {"width": 360, "height": 740}}
FLOOD = "Que dit-on de la crue de Valbrume ?"
GAZETTE = "La Gazette de Corvenne"
PLATEAU = "Le Fil du Plateau"
SCRIPT = "<script>window.pwned=1</script>"
UNANSWERED = "Qui a gagné la Coupe du monde de football ?"


def panel(page: Page) -> Locator:
    return page.locator("#filters-panel")


def chips(page: Page) -> Locator:
    return page.locator("#filter-chips .chip span")


def answered(page: Page, question: str) -> None:
    page.fill("#question textarea", question)
    page.keyboard.press("Enter")
    expect(page.locator("#current .exchange.answered .question")).to_contain_text(question)


def found(page: Page, wanted: list[tuple[str, str]]) -> bool:
    """Whether title and outlet (empty for none) of the passages on the page's side come to be these."""
    read = "all => all.map(one => ['h3', '.outlet'].map(part => one.querySelector(part)?.textContent ?? ''))"
    cards = page.locator("#panel .sources:not([hidden]) .passage")
    return until(lambda: [tuple(card) for card in cards.evaluate_all(read)] == wanted)


def expected(served: Served, page_question: str, **filters: object) -> list[tuple[str, str]]:
    """The same of what the chain finds with these filters when it isn't asked through the page."""
    answer = served.chain.invoke(Question(page_question, filters=Filters(**filters)))
    return [(hit.article.title, hit.article.outlet or "") for hit in answer.hits]


def test_an_outlet_and_a_language_narrow_what_is_found(served: Served, page: Page):
    panel(page).get_by_label(PLATEAU).check()
    expect(chips(page)).to_have_text([f"Média : {PLATEAU}"])
    answered(page, FLOOD)
    hits = expected(served, FLOOD, outlets=(PLATEAU,))
    assert found(page, hits)
    assert {outlet for _, outlet in hits} == {PLATEAU}
    page.get_by_role("button", name=f"Retirer le filtre : Média : {PLATEAU}").click()
    panel(page).get_by_label("anglais").check()
    expect(chips(page)).to_have_text(["Langue : anglais"])
    answered(page, "What happened to the ferry?")
    hits = expected(served, "What happened to the ferry?", languages=("en",))
    assert found(page, hits)
    assert hits != []


def test_counts_are_those_of_the_other_filters(served: Served, page: Page):
    total = served.chain.library.counts().articles
    expect(panel(page).get_by_role("status")).to_have_text(f"{total} articles retenus")
    panel(page).get_by_label("anglais").check()
    expect(panel(page).get_by_label(PLATEAU)).to_be_visible()
    row = panel(page).locator("li", has_text=PLATEAU)
    expect(row.locator(".count")).to_have_text("0")
    expect(panel(page).get_by_label("anglais")).to_be_checked()


def test_days_are_picked_by_dragging_over_the_bars(served: Served, page: Page):
    plot = panel(page).locator(".plot")
    box, bars = plot.bounding_box(), plot.locator(".bar").count()
    middle = box["y"] + box["height"] / 2
    at = [box["x"] + box["width"] * (place + 0.5) / bars for place in (4, 5)]
    page.mouse.move(at[0], middle)
    page.mouse.down()
    page.mouse.move(at[1], middle, steps=3)
    page.mouse.up()
    expect(chips(page)).to_have_text(["Dates : 1er octobre – 30 novembre 2025"])
    expect(panel(page).get_by_label("Du", exact=True)).to_have_value("1er octobre 2025")
    expect(panel(page).get_by_label("Au", exact=True)).to_have_value("30 novembre 2025")
    answered(page, FLOOD)
    wanted = expected(served, FLOOD, date_from=date(2025, 10, 1), date_to=date(2025, 11, 30))
    assert found(page, wanted)
    assert wanted != []


def test_days_are_picked_by_keyboard_and_by_their_boxes(page: Page):
    first = panel(page).get_by_role("slider", name="Début de la période")
    last = panel(page).get_by_role("slider", name="Fin de la période")
    expect(first).to_have_attribute("aria-valuetext", "juin 2025 : 1 article")
    first.focus()
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    expect(chips(page)).to_have_text(["Dates : 1er novembre 2025 – 31 octobre 2026"])
    expect(first).to_be_focused()
    expect(first).to_have_attribute("aria-valuetext", "novembre 2025 : 4 articles")
    last.focus()
    page.keyboard.press("Home")
    expect(chips(page)).to_have_text(["Dates : 1er–30 novembre 2025"])
    expect(last).to_be_focused()
    panel(page).get_by_label("Du", exact=True).fill("2025-11-04")
    panel(page).get_by_label("Du", exact=True).press("Enter")
    expect(chips(page)).to_have_text(["Dates : 4–30 novembre 2025"])


def test_chips_are_removed_one_by_one_or_together(page: Page):
    for name in (PLATEAU, GAZETTE, "anglais"):
        panel(page).get_by_label(name).check()
        expect(chips(page).filter(has_text=name)).to_have_count(1)
    expect(panel(page).get_by_role("heading")).to_have_text("Filtres (3 actifs)")
    expect(page.get_by_role("list", name="Filtres de la prochaine question")).to_be_visible()
    page.get_by_role("button", name=f"Retirer le filtre : Média : {PLATEAU}").press("Enter")
    expect(chips(page)).to_have_text([f"Média : {GAZETTE}", "Langue : anglais"])
    # The keyboard goes on from the next chip.
    expect(page.get_by_role("button", name=f"Retirer le filtre : Média : {GAZETTE}")).to_be_focused()
    expect(panel(page).get_by_label(PLATEAU)).not_to_be_checked()
    page.get_by_role("button", name="Tout retirer").press("Enter")
    expect(chips(page)).to_have_count(0)
    expect(page.locator("#question textarea")).to_be_focused()
    expect(panel(page).get_by_label(GAZETTE)).not_to_be_checked()


def test_an_exchange_keeps_the_filters_it_was_asked_with(page: Page):
    panel(page).get_by_label(PLATEAU).check()
    expect(chips(page)).to_have_count(1)
    answered(page, FLOOD)
    asked = page.locator("#t1").get_by_role("list", name="Filtres de cette question")
    expect(asked.get_by_role("listitem")).to_have_text([f"Média : {PLATEAU}"])
    page.get_by_role("button", name="Tout retirer").click()
    expect(chips(page)).to_have_count(0)
    answered(page, "Et à Corvenne, la grève ?")
    expect(asked.get_by_role("listitem")).to_have_text([f"Média : {PLATEAU}"])
    expect(page.locator("#t2 .chips")).to_have_count(0)


def test_not_found_under_filters_says_so_and_offers_everything(served: Served, page: Page):
    panel(page).get_by_label(PLATEAU).check()
    expect(chips(page)).to_have_count(1)
    answered(page, UNANSWERED)
    said = page.locator("#current .not-found .filters-only")
    expect(said).to_contain_text(
        f"Seuls les articles retenus par les filtres ont été cherchés (Média : {PLATEAU})."
    )
    page.get_by_role("button", name="Chercher sans les filtres").click()
    expect(page.locator("#t2.answered")).to_be_visible()
    expect(page.locator("#t2 .chips, #t2 .filters-only")).to_have_count(0)
    expect(page.locator("#t1")).to_have_count(0)
    assert found(page, expected(served, UNANSWERED))
    # The next question is asked with them again, and they say so.
    expect(chips(page)).to_have_text([f"Média : {PLATEAU}"])


def test_an_outlet_s_name_is_a_name_wherever_it_stands(page: Page):
    panel(page).get_by_label(SCRIPT).check()
    expect(chips(page)).to_have_text([f"Média : {SCRIPT}"])
    answered(page, "Combien de courges à la foire de Malvoisy ?")
    expect(page.locator("#t1 .chips.asked")).to_have_text(f"Média : {SCRIPT}")
    page.get_by_role("button", name=f"Retirer le filtre : Média : {SCRIPT}").click()
    expect(chips(page)).to_have_count(0)


def test_on_a_phone_in_english_the_filters_are_folded_away(new_page: Callable[..., Page]):
    page = new_page(**PHONE)
    page.locator("#language").get_by_text("English").click()
    expect(panel(page).get_by_role("heading")).to_have_text("Filters")
    expect(panel(page).get_by_label(GAZETTE)).to_be_hidden()
    panel(page).locator("summary").press("Enter")
    panel(page).get_by_label(GAZETTE).check()
    expect(chips(page)).to_have_text([f"Outlet: {GAZETTE}"])
    expect(panel(page).get_by_label(GAZETTE)).to_be_visible()
    expect(page.get_by_role("button", name=f"Remove the filter: Outlet: {GAZETTE}")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
