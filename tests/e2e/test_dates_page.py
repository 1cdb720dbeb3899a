"""Days that are typed on the page, and no other word of the browser's or the system's than the page's."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect
from test_accessibility import violations

pytestmark = pytest.mark.browser

PHONE = {"viewport": {"width": 360, "height": 740}}
# What Gradio and browsers say of their own accord. As whole words of what is shown or read out.
SYSTEM = (
    "Submit|Clear|Loading|Drop File Here|Click to Upload|Choose File|No file chosen|Share|Settings|"
    "Use via API|Built with Gradio|Processing|processing|queue|Connection|Retry|Undo|Flag|Copy|Close|Error|"
    "Warning|Upload|Download|Remove|Edit|Dismiss|Please fill|Search|mm/dd/yyyy|"
    "dd/mm/yyyy|January|December|Jan|Dec"
)  # fmt: skip
SHOWN = """
pattern => {
  const found = [], wanted = new RegExp(`(?<![\\\\p{L}-])(?:${pattern})(?![\\\\p{L}-])`, "u");
  const own = (node) => {
    const lang = node.closest("[lang]")?.lang;
    return lang === "fr" && !node.closest("[dir=auto], .passage, .quote, #reader-dialog");
  };
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const { parentElement: node, data } = walk.currentNode;
    if (["SCRIPT", "STYLE"].includes(node.tagName) || !node.checkVisibility() || !own(node)) continue;
    if (wanted.test(data)) found.push(data.trim());
  }
  for (const node of document.querySelectorAll("[title], [aria-label], [placeholder], [alt]")) {
    if (!node.checkVisibility() || !own(node)) continue;
    for (const name of ["title", "aria-label", "placeholder", "alt"]) {
      const said = node.getAttribute(name);
      if (said && wanted.test(said)) found.push(`${name}: ${said}`);
    }
  }
  return found;
}
"""
# What a browser writes in its own language: its pickers, its buttons for files, its bubbles.
BROWSERS = """
() => [...document.querySelectorAll("input, select, textarea")].filter(box =>
  ["date", "time", "month", "week", "datetime-local", "color", "number"].includes(box.type)
  || (box.type === "file" && box.checkVisibility() && getComputedStyle(box).clipPath === "none")
  || ((box.required || box.pattern || ["email", "url"].includes(box.type))
    && box.form && !box.form.noValidate)
).map(box => box.outerHTML)
"""


def field(page: Page, end: str) -> Locator:
    return page.locator(f"#search-{end}")


TYPED = {
    "fr": [
        ("31/12/2026", "2026-12-31", "31 décembre 2026"),
        ("1.3.2026", "2026-03-01", "1er mars 2026"),
        ("jeudi 31 DÉCEMBRE 2026", "2026-12-31", "31 décembre 2026"),
        ("1er déc. 2026", "2026-12-01", "1er décembre 2026"),
        ("2026-12-31", "2026-12-31", "31 décembre 2026"),
        ("déc. 2026", "2026-12-01", "1er décembre 2026"),
        ("2026", "2026-01-01", "1er janvier 2026"),
    ],
    "en": [
        ("12/31/2026", "2026-12-31", "31 December 2026"),
        ("05/06/2026", "2026-06-05", "5 June 2026"),
        ("December 31st, 2026", "2026-12-31", "31 December 2026"),
        ("31 Dec 2026", "2026-12-31", "31 December 2026"),
    ],
}
LOCALES = {"fr": "en-US", "en": "fr-FR"}  # a browser that speaks the other language


@pytest.mark.parametrize("language", TYPED)
def test_days_are_typed_as_people_write_them_and_told_in_words(new_page: Callable[..., Page], language):
    page = new_page(locale=LOCALES[language])
    if language == "en":
        page.get_by_label("English").check()
    page.get_by_role("tab", name="Bibliothèque" if language == "fr" else "Library").click()
    box = field(page, "from")
    for typed, day, told in TYPED[language]:
        box.fill(typed)
        expect(box).to_have_attribute("data-iso", day)
        expect(page.locator("#search-from-said")).to_contain_text(told)
        box.press("Tab")
        expect(box).to_have_value(told)
        expect(box).not_to_have_attribute("aria-invalid", "true")


def test_what_is_no_day_is_told_in_one_sentence_and_narrows_nothing(new_page: Callable[..., Page]):
    page = new_page(locale="en-US", **PHONE)
    page.get_by_role("tab", name="Bibliothèque").click()
    rows = page.locator("#library-listing tbody tr")
    expect(rows.first).to_be_visible()
    count = rows.count()
    for typed in ("31/02/2026", "bientôt", "12", "31/12/26"):
        field(page, "to").fill(typed)
        field(page, "to").press("Tab")
        expect(page.locator("#search-to-said")).to_have_text(
            "Cette date n'est pas comprise ; écrivez-la comme 31/12/2026 ou 31 décembre 2026."
        )
        expect(field(page, "to")).to_have_attribute("aria-invalid", "true")
        assert rows.count() == count
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    # The end of a span: the last day of the month.
    field(page, "to").fill("juin 2025")
    field(page, "to").press("Tab")
    expect(field(page, "to")).to_have_value("30 juin 2025")
    expect(page.locator("#search-to-said")).to_have_text("lundi 30 juin 2025")
    expect(rows).to_have_count(1)
    page.get_by_role("button", name="Effacer les filtres").click()
    expect(field(page, "to")).to_have_attribute("data-iso", "")
    expect(rows).to_have_count(count)


def test_no_word_of_the_system_is_on_a_french_page(new_page: Callable[..., Page]):
    page = new_page(locale="en-US")
    tabs = page.get_by_role("tab")
    for place in range(tabs.count()):
        tabs.nth(place).click()
        page.wait_for_timeout(400)
        page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
        assert page.evaluate(SHOWN, SYSTEM) == []
        assert page.evaluate(BROWSERS) == []
    # A file that can't be read, an answer on its way and one that is there, a dialog, an article.
    tabs.first.click()
    page.fill("#question textarea", "Que dit-on de la crue de Valbrume ?")
    page.keyboard.press("Enter")
    assert page.evaluate(SHOWN, SYSTEM) == []
    expect(page.locator("#current .exchange.answered")).to_be_visible()
    assert page.evaluate(SHOWN, SYSTEM) == []
    assert page.evaluate("document.documentElement.lang") == "fr"
