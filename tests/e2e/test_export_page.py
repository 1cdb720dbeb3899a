"""Exports from the page, in a real Chromium: files of every format, quotes on the clipboard, on a phone."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import rispy
from conftest import Served, until
from playwright.sync_api import Download, Locator, Page, expect
from test_accessibility import violations

from rag.schema.evidence import Evidence
from ui.documents.copying import quote_copy

pytestmark = pytest.mark.browser

DEATHS = "Qui sont les deux personnes mortes dans la crue de Valbrume ?"
PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True}
CLIPBOARD = {"permissions": ["clipboard-read", "clipboard-write"]}


def quoting(number: Callable[[str], int]) -> str:
    words = "Les victimes sont un homme de 71 ans et une automobiliste de 34 ans."
    return f"[{number('homme de 71 ans')}] {words}\n"


def answered(served: Served, page: Page) -> None:
    served.script.reply = quoting
    page.fill("#question textarea", DEATHS)
    page.keyboard.press("Enter")
    expect(page.locator("#current .exchange.answered .question")).to_contain_text(DEATHS)


def saved(page: Page, menu: Locator, form: str) -> Download:
    """Open a menu and choose a format; what the browser saves."""
    menu.locator("summary").click()
    with page.expect_download() as download:
        menu.get_by_role("button", name=form, exact=True).click()
    expect(menu.locator("summary")).to_be_focused()
    return download.value


def content(download: Download) -> str:
    return Path(download.path()).read_text(encoding="utf-8")


def clipboard(page: Page) -> dict[str, str]:
    """What is on the clipboard, by media type."""
    return page.evaluate(
        """async () => {
            const [item] = await navigator.clipboard.read();
            const parts = item.types.map(async (type) => [type, await (await item.getType(type)).text()]);
            return Object.fromEntries(await Promise.all(parts));
        }"""
    )


def copied(page: Page, button: Locator, said: str = "Copié.") -> dict[str, str]:
    button.click()
    expect(button.locator("xpath=..").locator(".copied")).to_have_text(said)
    return clipboard(page)


def test_an_answer_is_saved_as_a_document_and_as_references(served: Served, new_page: Callable[..., Page]):
    page = new_page()
    answered(served, page)
    menu = page.locator("#current .export-menu")
    word = saved(page, menu, "Word (.docx)")
    assert word.suggested_filename == "Qui sont les deux personnes mortes dans la crue de Valbrume.docx"
    with zipfile.ZipFile(word.path()) as packed:
        assert "71 ans" in packed.read("word/footnotes.xml").decode()
    (record,) = rispy.loads(content(saved(page, menu, "RIS (Zotero)")))
    assert (record["type_of_reference"], record["secondary_title"]) == ("NEWS", "Le Courrier de Valbrume")
    (item,) = json.loads(content(saved(page, menu, "CSL-JSON")))
    assert item["author"] == [{"family": "Trévignac", "given": "Maëlle"}]
    # Escape puts the menu away, and so does a click beside it.
    menu.locator("summary").press("Enter")
    expect(menu.get_by_role("button", name="Markdown")).to_be_visible()
    assert violations(page) == []
    page.keyboard.press("Escape")
    expect(menu.get_by_role("button", name="Markdown")).to_be_hidden()


def test_a_quote_is_copied_wherever_it_is_shown(served: Served, new_page: Callable[..., Page]):
    page = new_page(**CLIPBOARD)
    answered(served, page)
    article = served.parts.library.article(
        page.locator("#panel .cited a.open-article").get_attribute("data-article")
    )
    start = article.text.index("Les victimes sont")
    quote = Evidence(article, start, article.text.index("Saint-Orlan.") + len("Saint-Orlan."))
    expected = quote_copy(quote, "fr")
    on_card = copied(page, page.locator("#panel .cited button.copy-quote"))
    assert on_card["text/plain"] == expected.text
    assert f'<bdi lang="fr">{quote.quote}</bdi>' in on_card["text/html"]
    # In the reader: where an answer cited it, and whatever is selected.
    page.locator("#panel .cited a.open-article").click()
    dialog = page.get_by_role("dialog")
    there = copied(page, dialog.locator(f".cited button.copy-quote[data-start='{start}']"))
    assert there["text/plain"] == expected.text
    bar = dialog.locator(".selected")
    expect(bar).to_be_hidden()
    selected = page.evaluate(
        """() => {
            const all = [...document.querySelectorAll("#reader .text p")];
            const lines = all.filter((line) => line.textContent.length > 80);
            const words = (line) => document.createTreeWalker(line, NodeFilter.SHOW_TEXT).nextNode();
            const ends = [words(lines[0]), words(lines[2])];
            getSelection().setBaseAndExtent(ends[0], 4, ends[1], 20);
            return getSelection().getRangeAt(0).toString();
        }"""
    )
    expect(bar).to_be_visible()
    assert violations(page) == []
    first = article.text.index(selected)
    wanted = quote_copy(Evidence(article, first, first + len(selected)), "fr")
    assert copied(page, bar.locator(".copy-quote"))["text/plain"] == wanted.text
    assert "\n" in selected


def test_a_quote_is_copied_without_https(new_page: Callable[..., Page]):
    page = new_page()
    page.evaluate(
        """() => {
            Object.defineProperty(navigator, "clipboard", { value: undefined });
            window.taken = {};
            const set = DataTransfer.prototype.setData;
            DataTransfer.prototype.setData = function (type, words) {
                window.taken[type] = words;
                return set.call(this, type, words);
            };
        }"""
    )
    page.get_by_role("tab", name="Recherche", exact=True).click()
    page.fill("#full-text-query", "crue maire")
    page.keyboard.press("Enter")
    excerpt = page.locator("#full-text-found li").filter(has=page.locator("a.excerpt")).last
    excerpt.locator("button.copy-quote").click()
    expect(excerpt.locator(".copied")).to_have_text("Copié.")
    taken = page.evaluate("window.taken")
    words = excerpt.locator("a.excerpt").text_content()
    assert words in taken["text/plain"]
    assert taken["text/html"].startswith('<p lang="fr">')
    expect(excerpt.locator("button.copy-quote")).to_be_focused()


def test_chosen_articles_are_saved_on_a_phone_in_english(new_page: Callable[..., Page]):
    page = new_page(**PHONE, **CLIPBOARD)
    page.get_by_label("English").check()
    page.get_by_role("tab", name="Library", exact=True).click()
    listing = page.locator("#library-listing")
    menu = listing.locator(".export-menu")
    menu.locator("summary").click()
    expect(menu.get_by_role("button", name="BibTeX")).to_be_disabled()
    menu.locator("summary").click()
    chosen = listing.locator("input.one")
    titles = [listing.locator("a.open-article").nth(number).text_content() for number in (0, 1)]
    for number in (0, 1):
        chosen.nth(number).check()
    made = saved(page, menu, "BibTeX")
    assert made.suggested_filename == "2 articles.bib"
    assert content(made).count("@article{") == 2
    assert all(title.split(" ")[0] in content(made) for title in titles)
    printed = content(saved(page, menu, "Page to print"))
    assert '<html lang="en">' in printed
    menu.locator("summary").click()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert violations(page) == []


def test_an_answer_that_is_not_in_the_articles_is_handed_in_as_that(page: Page):
    page.fill("#question textarea", "Quel est le PIB de la Chine ?")
    page.keyboard.press("Enter")
    expect(page.locator("#current .not-found")).to_be_visible()
    menu = page.locator("#current .export-menu")
    made = content(saved(page, menu, "Markdown"))
    assert "**Pas dans les articles.**" in made
    assert "[^1]" not in made
    menu.locator("summary").click()
    expect(menu.get_by_role("button", name="BibTeX")).to_have_count(0)
    assert until(lambda: violations(page) == [])
