"""A conversation that is opened again in a real Chromium: what was said of its answers, in which tab."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from conftest import Served, load_again
from playwright.sync_api import Page, expect

from rag.library.library import Library

pytestmark = pytest.mark.browser

VICTIMS = "Qui sont les deux personnes mortes dans la crue de Valbrume ?"
FAIR = "Qui a tenu la foire ?"
FIRST = "Les victimes sont un homme de 71 ans et une automobiliste de 34 ans."


@pytest.fixture
def library(served: Served) -> Iterator[Library]:
    """The library, in which nobody has said anything of an answer."""
    library = served.chain.library
    for one in library.feedback.all():
        library.feedback.withdraw(one.id)
    yield library
    for one in library.feedback.all():
        library.feedback.withdraw(one.id)


def ask(page: Page, question: str) -> None:
    page.fill("#question textarea", question)
    page.keyboard.press("Enter")
    expect(page.locator("#current .exchange.answered .question")).to_contain_text(question)


def reload(page: Page) -> None:
    load_again(page)
    page.wait_for_selector("#question textarea")


def test_a_rating_is_shown_again_and_can_be_changed(served: Served, library: Library, page: Page):
    served.script.reply = lambda number: f"[{number('homme de 71 ans')}] {FIRST}"
    ask(page, VICTIMS)
    page.get_by_role("button", name="Pas utile").click()
    page.get_by_label("Il manque quelque chose").check()
    page.get_by_label("Précisions :").fill("<b>L'heure</b>\nmanque.")
    page.get_by_role("button", name="Envoyer l'avis").click()
    said = page.locator(".exchange", has_text=VICTIMS).locator(".rating-said")
    expect(said).to_have_text("Il manque quelque chose <b>L'heure</b>\nmanque.")
    (first,) = library.feedback.all()
    served.script.reply = lambda _: "[0]"
    ask(page, FAIR)

    reload(page)
    rated = page.locator("#past .exchange")
    down = rated.get_by_role("button", name="Pas utile")
    expect(down).to_have_attribute("aria-pressed", "true")
    expect(said).to_have_text("Il manque quelque chose <b>L'heure</b>\nmanque.")
    expect(page.locator("#current .thumb[aria-pressed=true]")).to_have_count(0)  # the other answer's

    page.get_by_role("button", name="Nouvelle").click()
    expect(page.locator("#current .welcome")).to_be_visible()
    page.locator("#conversations .conv-open", has_text=VICTIMS).first.click()
    expect(down).to_have_attribute("aria-pressed", "true")
    rated.get_by_role("button", name="Utile", exact=True).click()
    expect(down).to_have_attribute("aria-pressed", "false")
    (changed,) = library.feedback.all()
    assert (changed.id, changed.verdict, changed.reasons, changed.comment) == (first.id, "up", (), "")
    rated.get_by_role("button", name="Utile", exact=True).click()
    expect(page.locator(".thumb[aria-pressed=true]")).to_have_count(0)
    assert library.feedback.all() == []


def test_each_tab_comes_back_to_its_own_conversation(served: Served, page: Page):
    served.script.reply = lambda number: f"[{number('homme de 71 ans')}] {FIRST}"
    ask(page, VICTIMS)
    served.script.reply = lambda _: "[0]"
    other = page.context.new_page()
    other.goto(served.url)
    expect(other.locator("#conversations .conv-name").first).to_have_text(VICTIMS)
    expect(other.locator("#current .welcome")).to_be_visible()  # a new tab shows nobody's answer
    expect(other.locator(".exchange")).to_have_count(0)
    ask(other, FAIR)

    reload(page)
    expect(page.locator("#current .exchange.answered .question")).to_contain_text(VICTIMS)
    reload(other)
    expect(other.locator("#current .exchange.answered .question")).to_contain_text(FAIR)

    other.get_by_role("button", name="Nouvelle").click()
    expect(other.locator("#current .welcome")).to_be_visible()
    reload(other)
    expect(other.locator("#conversations .conv-name").first).to_have_text(FAIR)
    expect(other.locator("#current .welcome")).to_be_visible()
    reload(page)
    expect(page.locator("#current .exchange.answered .question")).to_contain_text(VICTIMS)


def test_what_a_tab_says_it_remembers_may_be_made_up(page: Page):
    made_up = "<img src=x onerror=window.pwned=1>\\ud83d"
    page.evaluate(f"sessionStorage.setItem('sourcier-conversation', '{made_up}')")
    reload(page)
    expect(page.locator("#current .welcome")).to_be_visible()
    ask(page, FAIR)
