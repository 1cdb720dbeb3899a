"""Answers of the catalogue, news, summaries and comparisons in a real Chromium."""

from __future__ import annotations

import re

import pytest
from conftest import load_again
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser


def ask(page: Page, question: str) -> None:
    page.fill("#question textarea", question)
    page.keyboard.press("Enter")
    expect(page.locator("#current .exchange.answered .question")).to_contain_text(question)


def test_articles_that_the_catalogue_names_open_in_the_reader(page: Page):
    ask(page, "Quels articles parlent du lichen ?")
    answer = page.locator("#current .answer.catalogue")
    expect(answer.locator(".said")).to_have_text(
        re.compile(r"^\d articles? dont le titre ou le texte contient « lichen »")
    )
    rows = answer.locator(".listing li")
    expect(rows.first).to_contain_text("Un lichen inconnu dormait sur les toits de Fourchelac")
    expect(rows.first.locator(".meta")).to_have_text("Le Fil du Plateau · 12 février 2026 · Quentin Mazeyrat")
    rows.first.locator("a.open-article").click()
    expect(page.locator("#reader-dialog #reader-title")).to_contain_text("Un lichen inconnu")
    page.keyboard.press("Escape")

    ask(page, "Qui a écrit cet article ?")
    expect(page.locator("#current .said")).to_contain_text("est signé Quentin Mazeyrat")

    load_again(page)
    page.wait_for_selector("#question textarea")
    expect(page.locator("#current .said")).to_contain_text("est signé Quentin Mazeyrat")
    kept = page.locator("#past .listing a.open-article").first
    kept.click()
    expect(page.locator("#reader-dialog #reader-title")).to_contain_text("Un lichen inconnu")


def test_a_hostile_title_in_a_listing_is_words(page: Page):
    ask(page, "Liste les articles sur la foire aux courges de Malvoisy")
    row = page.locator("#current .listing li", has_text="Foire de Malvoisy")
    expect(row).to_contain_text("<img src=http://evil.example/t.png onerror=window.pwned=1>")
    assert page.evaluate("window.pwned") is None
    expect(page.locator("#current .listing img")).to_have_count(0)


def test_news_cite_as_any_answer_does_and_the_conversation_is_summed_up(page: Page):
    ask(page, "Quoi de neuf sur la grève de la verrerie Clairelle ?")
    claims = page.locator("#current .answer .claim")
    expect(claims.first).to_contain_text("verrerie Clairelle")
    first = claims.first.locator(".words").inner_text()
    claims.first.locator("a.cite").first.click()
    expect(page.locator("#side mark.active").first).to_be_visible()

    ask(page, "Résume la conversation")
    expect(page.locator("#current .answer .claim .words").first).to_have_text(first)


def test_the_sides_of_a_comparison_stand_under_their_names(page: Page):
    ask(page, "Compare le ferry de Strennick et la piscine de Kervenoc")
    expect(page.locator("#current .answer")).to_contain_text(
        "Les articles n'en disent rien : la piscine de Kervenoc."
    )
    expect(page.locator("#current .answer h3.part")).to_have_text(["le ferry de Strennick"])


def test_an_english_question_on_a_french_page_is_answered_in_english(page: Page):
    ask(page, "Quels journaux parlent du lichen ?")
    expect(page.locator("#current .said")).to_contain_text("1 journal : Le Fil du Plateau")
    ask(page, "Which newspapers mention Fourchelac?")
    expect(page.locator("#current .said")).to_contain_text("newspaper")
    expect(page.locator("#current .said")).to_have_attribute("lang", "en")
    ask(page, "How many articles are there?")
    expect(page.locator("#current .said")).to_contain_text("articles in the library.")
    # The page's own words stay the page's.
    expect(page.locator("#current .answer")).to_contain_text("autres articles, qui ne sont pas montrés.")
