"""Keys in a real Chromium: going somewhere by its name, over citations, and when a key is only a letter."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from conftest import Served
from playwright.sync_api import Locator, Page, expect
from test_accessibility import violations

pytestmark = pytest.mark.browser

PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True}


def go(page: Page, words: str, keys: str = "Control+k") -> Locator:
    """The list of what the page can go to, once it has what these words find."""
    page.keyboard.press(keys)
    page.locator("#go-words").fill(words)
    return page.locator("#go-list [role=option]")


def answered(page: Page, served: Served) -> None:
    served.script.reply = lambda number: (
        f"[{number('a tué trois personnes')}] La crue a tué trois personnes.\n"
        f"[{number('340 habitants')}] La crue a fait deux morts et 340 habitants sont partis.\n"
    )
    page.locator("#question textarea").fill("Combien de morts dans la crue de Valbrume ?")
    page.keyboard.press("Enter")
    expect(page.locator("#current .exchange")).to_have_class(re.compile("answered"))


def test_an_article_is_gone_to_by_words_of_its_title(page: Page):
    options = go(page, "foire malvoisy")
    article = options.filter(has=page.locator(".go-kind", has_text="Article")).first
    expect(article).to_contain_text("<img src=http://evil.example/t.png onerror=window.pwned=1>")
    expect(options.first).to_have_attribute("aria-selected", "true")
    assert violations(page) == []
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog.locator("#reader-title")).to_contain_text("Foire de Malvoisy")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)


def test_words_can_be_asked_or_searched_for(page: Page):
    options = go(page, "crue maire")
    options.filter(has_text="Chercher").click()
    expect(page.locator("#full-text-found a.excerpt").first).to_be_visible()
    expect(page.locator("#full-text-query")).to_have_value("crue maire")
    page.keyboard.press("Escape")
    go(page, "Qui est le maire ?").filter(has_text="Demander").click()
    expect(page.locator("#question textarea")).to_have_value("Qui est le maire ?")
    expect(page.locator("#question textarea")).to_be_focused()


def test_tabs_and_conversations_are_gone_to_by_their_names(page: Page, served: Served):
    answered(page, served)
    page.locator("#question textarea").blur()
    page.keyboard.press("n")
    expect(page.locator("#current .exchange")).to_have_count(0)
    go(page, "panorama")
    page.keyboard.press("Enter")
    expect(page.get_by_role("tab", name="Panorama")).to_have_attribute("aria-selected", "true")
    options = go(page, "combien de morts")
    kept = options.filter(has=page.locator(".go-kind", has_text="Conversation")).first
    expect(kept).to_contain_text("Combien de morts dans la crue de Valbrume ?")
    kept.click()
    expect(page.locator("#conversation a.cite").first).to_be_visible()


def test_citations_are_gone_through_with_j_and_k(page: Page, served: Served):
    answered(page, served)
    page.locator("#question textarea").blur()
    links = page.locator("#conversation .exchange a.cite")
    assert links.count() > 1
    page.keyboard.press("j")
    expect(links.nth(0)).to_have_attribute("aria-current", "true")
    first = page.locator("#side mark.active").first.text_content()
    expect(page.locator("#side mark.active").first).to_be_in_viewport()
    page.keyboard.press("j")
    expect(links.nth(1)).to_have_attribute("aria-current", "true")
    assert page.locator("#side mark.active").first.text_content() != first
    page.keyboard.press("k")
    expect(links.nth(0)).to_have_attribute("aria-current", "true")
    expect(page.locator("#side mark.active").first).to_have_text(first)


def test_a_letter_is_a_letter_where_somebody_writes_and_once_keys_are_off(page: Page):
    box = page.locator("#question textarea")
    box.fill("")
    box.press_sequentially("n/j?k")
    expect(box).to_have_value("n/j?k")
    box.blur()
    page.keyboard.press("?")
    sheet = page.get_by_role("dialog", name="Raccourcis clavier")
    expect(sheet).to_be_visible()
    assert violations(page) == []
    sheet.get_by_label("Touches seules").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    page.keyboard.press("/")
    expect(sheet).to_have_count(0)
    expect(box).not_to_be_focused()
    page.reload()
    page.wait_for_selector("#question textarea")
    page.keyboard.press("?")
    expect(sheet).to_have_count(0)
    page.keyboard.press("Control+k")
    expect(page.locator("#go-words")).to_be_focused()
    page.evaluate("localStorage.removeItem('sourcier-single-keys')")


def test_slash_goes_to_where_one_writes(page: Page):
    page.get_by_role("tab", name="Recherche").click()
    page.locator("#full-text-query").wait_for()
    page.get_by_role("tab", name="Recherche").focus()
    page.keyboard.press("/")
    expect(page.locator("#full-text-query")).to_be_focused()
    page.get_by_role("tab", name="État").click()
    page.keyboard.press("/")
    expect(page.locator("#question textarea")).to_be_focused()


@pytest.mark.parametrize("options", [{}, PHONE], ids=["wide", "phone"])
def test_in_english_by_the_button(new_page: Callable[..., Page], options: dict):
    page = new_page(**options)
    page.click("#language >> text=English")
    page.get_by_role("button", name="Go to an article, a name, a conversation, a tab").click()
    page.locator("#go-words").fill("zzz")
    expect(page.locator(".go-dialog [role=status]")).to_have_text("No article, name or conversation")
    expect(page.locator("#go-list [role=option]")).to_have_count(2)
    assert violations(page) == []
    page.locator("#go-words").fill("library")
    page.locator("#go-list").get_by_text("Library", exact=True).click()
    expect(page.get_by_role("tab", name="Library")).to_have_attribute("aria-selected", "true")
