"""Notes and marks on the page, in a real Chromium: made, changed, deleted and found again, on a phone too."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from conftest import Served, served_over
from desk import Desk
from playwright.sync_api import Browser, Locator, Page, expect
from test_accessibility import violations

from rag.library.records import Entry, Source
from rag.notes.reading import listed, on_article
from rag.schema.article import Article, Span
from ui.formatting.i18n import text

pytestmark = pytest.mark.browser

PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "color_scheme": "dark"}
BRIDGE = """---
title: Le pont de Sève rouvre
site: Le Phare
date: 2025-11-03
lang: fr
---
Le pont de Sève rouvre lundi. 🙂 Le maire parle de 3 millions d'euros.

Les riverains demandent des trottoirs.
"""


OPEN = """id => {
    const link = document.createElement("a");
    link.className = "open-article";
    link.dataset.article = id;
    document.body.append(link);
    link.click();
    link.remove();
}"""


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path)
    desk.write("pont.md", BRIDGE)
    desk.write("bac.md", "---\ntitle: Le bac\n---\nLe bac ferme mardi.")
    desk.ingest()
    yield desk
    desk.close()


@pytest.fixture
def notes_page(desk: Desk, browser: Browser) -> Iterator[Callable[..., Page]]:
    """Opens a page over the desk's library, and holds it to: no error."""
    troubles: list[str] = []
    with served_over(desk.parts) as served:
        contexts = []

        def open_page(language: str = "fr", **options: object) -> Page:
            contexts.append(browser.new_context(**{"viewport": {"width": 1280, "height": 800}} | options))
            page = contexts[-1].new_page()
            page.on("console", lambda said: troubles.append(said.text) if said.type == "error" else None)
            page.on("pageerror", lambda error: troubles.append(str(error)))
            page.goto(served.url)
            page.wait_for_selector("#question textarea")
            if language == "en":
                page.get_by_text("English", exact=True).click()
                page.wait_for_selector("html[lang=en]")
            return page

        yield open_page
        for context in contexts:
            context.close()
    assert troubles == []


def opened(page: Page, desk: Desk, name: str = "pont.md") -> Locator:
    """The reader, at an article."""
    page.evaluate(OPEN, desk.id_of(name))
    dialog = page.locator("#reader-dialog")
    expect(dialog.locator("#reader-title")).to_be_visible()
    return dialog


def select(page: Page, words: str) -> None:
    """Select these words of the text, which are within one paragraph."""
    page.evaluate(
        """words => {
            const text = document.querySelector("#reader article > .text");
            const walker = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
            let all = "", nodes = [];
            while (walker.nextNode()) {
                nodes.push([all.length, walker.currentNode]);
                all += walker.currentNode.data;
            }
            const at = (place) => {
                const [start, node] = nodes.filter(([start]) => start <= place).at(-1);
                return [node, place - start];
            };
            const start = all.indexOf(words);
            getSelection().setBaseAndExtent(...at(start), ...at(start + words.length));
        }""",
        words,
    )


@pytest.mark.parametrize(("language", "options"), [("fr", {}), ("en", PHONE)], ids=["fr", "en-phone-dark"])
def test_words_are_marked_noted_changed_deleted_and_it_is_undone(
    desk: Desk, notes_page: Callable[..., Page], language: str, options: dict
):
    page = notes_page(language, **options)
    dialog = opened(page, desk)
    assert violations(page) == []
    bar = dialog.locator(".selected")
    expect(bar).to_be_hidden()
    select(page, "3 millions d'euros")
    expect(bar).to_be_visible()
    assert violations(page) == []
    check = text("note_kind_check", language)
    bar.get_by_role("button", name=text("note_mark_as", language, kind=check)).click()
    mark = dialog.locator("mark.noted")
    expect(mark).to_have_text("3 millions d'euros")
    expect(mark).to_be_focused()
    expect(mark).to_have_attribute("aria-description", check)
    expect(dialog.locator(".told")).to_have_text(text("note_marked", language))
    # A note on words that overlap, with characters outside of the first plane before them.
    select(page, "parle de 3 millions")
    bar.get_by_role("button", name=text("note_write", language)).click()
    box = dialog.locator(".note-form textarea")
    expect(box).to_be_focused()
    expect(dialog.locator(".note-form q")).to_have_text("parle de 3 millions")
    box.fill("<b>D'où</b> ?\nÀ voir")
    dialog.get_by_role("button", name=text("note_save", language)).click()
    expect(dialog.locator(".notes .note")).to_have_count(2)
    article = desk.library.article(desk.id_of("pont.md"))
    kept = on_article(desk.library, article, "")
    assert [one.quote for one in kept] == ["parle de 3 millions", "3 millions d'euros"]
    assert kept[0].note.words == "<b>D'où</b> ?\nÀ voir"
    assert dialog.locator("article > .text").evaluate("one => one.textContent") == article.text
    # Pressing shows what was noted; it is changed there.
    dialog.locator("mark.noted", has_text="parle de ").click()
    pressed = dialog.locator(".pressed")
    expect(pressed.locator(".words")).to_have_text("<b>D'où</b> ?\nÀ voir")
    assert violations(page) == []
    pressed.get_by_role("button", name=re.compile(text("note_change", language))).click()
    expect(box).to_have_value("<b>D'où</b> ?\nÀ voir")
    box.fill("Chiffre du maire")
    dialog.locator(".note-form select").select_option("quote")
    dialog.get_by_role("button", name=text("note_save", language)).click()
    expect(dialog.locator(".told")).to_have_text(text("note_done_change", language))
    # Deleted, and taken back.
    first = dialog.locator(".notes .note").first
    first.get_by_role("button", name=re.compile(text("note_delete", language))).click()
    expect(dialog.locator(".notes .note")).to_have_count(1)
    undo = dialog.get_by_role("button", name=text("note_undo", language))
    expect(undo).to_be_focused()
    undo.click()
    expect(dialog.locator(".notes .note")).to_have_count(2)
    kept = on_article(desk.library, article, "")
    assert (kept[0].note.words, kept[0].note.kind) == ("Chiffre du maire", "quote")
    assert violations(page) == []


def test_keys_mark_and_write_and_what_cannot_be_kept_stands_there_again(
    desk: Desk, notes_page: Callable[..., Page], monkeypatch: pytest.MonkeyPatch
):
    page = notes_page()
    dialog = opened(page, desk)
    select(page, "trottoirs")
    expect(dialog.locator(".selected")).to_be_visible()
    page.keyboard.press("m")
    expect(dialog.locator("mark.noted")).to_have_text("trottoirs")
    page.keyboard.press("a")
    box = dialog.locator(".note-form textarea")
    expect(box).to_be_focused()
    page.keyboard.type("ma note")
    page.keyboard.press("Escape")
    expect(box).to_be_hidden()
    expect(dialog).to_be_visible()
    page.keyboard.press("a")
    page.keyboard.type("tout l'article")
    monkeypatch.setattr("rag.notes.store.MOST_ON_ARTICLE", 1)
    dialog.get_by_role("button", name="Enregistrer").click()
    expect(dialog.locator(".outcome .error")).to_contain_text("au plus 1")
    expect(box).to_have_value("tout l'article")
    monkeypatch.undo()
    dialog.get_by_role("button", name="Enregistrer").click()
    expect(dialog.locator(".told")).to_have_text("Note enregistrée.")
    assert [one.words for one in desk.library.notes.listed("")] == ["tout l'article", ""]


def test_a_long_article_with_many_marks_is_marked_on(desk: Desk, notes_page: Callable[..., Page]):
    words = "Le pont de Sève a rouvert ce lundi matin, dit le maire numéro {}."
    body = "\n".join(words.format(number) for number in range(5_000))
    article = Article("long", body, "Long", "/long", "h", None, None, "fr")
    desk.library.acknowledge([Entry(article, (), Source("/long", "/long", "h", "long"))], "recipe")
    assert len(body) > 300_000
    for number in range(500):
        start = body.index(f"numéro {number * 9}.")
        desk.library.notes.add("", article, Span(start, start + 9), "check", f"note {number}")
    page = notes_page()
    page.evaluate(OPEN, "long")
    dialog = page.locator("#reader-dialog")
    expect(dialog.locator("#reader-title")).to_be_visible()
    expect(dialog.locator("mark.noted")).to_have_count(500)
    select(page, "maire numéro 7.")
    expect(dialog.locator(".selected")).to_be_visible()
    page.keyboard.press("m")
    expect(dialog.locator("mark.noted-important")).to_be_focused()
    assert dialog.locator("article > .text").evaluate("one => one.textContent") == body
    assert len(listed(desk.library, "")) == 501


@pytest.mark.parametrize(("language", "options"), [("fr", {}), ("en", PHONE)], ids=["fr", "en-phone-dark"])
def test_notes_are_found_again_in_the_library_and_in_a_search(
    desk: Desk, notes_page: Callable[..., Page], language: str, options: dict
):
    article = desk.library.article(desk.id_of("pont.md"))
    desk.library.notes.add("", article, Span(48, 70), "check", "<i>Étrange</i> chiffre")
    other = desk.library.article(desk.id_of("bac.md"))
    desk.library.notes.add("", other, None, words="À relire")
    page = notes_page(language, **options)
    page.get_by_role("tab", name=text("tab_library", language)).click()
    panel = page.locator("#library-notes")
    expect(panel.locator("li.note")).to_have_count(2)
    panel.get_by_role("searchbox").fill("etrange")
    page.keyboard.press("Enter")
    expect(panel.locator("li.note")).to_have_count(1)
    expect(panel.locator(".words")).to_have_text("<i>Étrange</i> chiffre")
    panel.scroll_into_view_if_needed()
    assert violations(page) == []
    # Changed in the list.
    panel.get_by_role("button", name=re.compile(text("note_change", language))).click()
    panel.locator("textarea").fill("Étrange, vraiment")
    panel.get_by_role("button", name=text("note_save", language)).click()
    expect(panel.locator(".words")).to_have_text("Étrange, vraiment")
    # Deleted and taken back; then it leads to its words.
    panel.get_by_role("button", name=re.compile(text("note_delete", language))).click()
    expect(panel.locator("li.note")).to_have_count(0)
    panel.get_by_role("button", name=text("note_undo", language)).click()
    expect(panel.locator("li.note")).to_have_count(1)
    panel.locator("a.open-article").click()
    expect(page.locator("#reader-dialog mark.noted")).to_have_text(article.text[48:70].strip())
    page.keyboard.press("Escape")
    with page.expect_download() as download:
        panel.locator("summary", has_text=text("export", language)).last.click()
        panel.get_by_role("button", name="Markdown", exact=True).last.click()
    assert "Étrange, vraiment" in Path(download.value.path()).read_text(encoding="utf-8")
    # A search says which notes have its words, too.
    page.get_by_role("tab", name=text("tab_search", language)).click()
    page.fill("#full-text-query", "étranges")
    page.keyboard.press("Enter")
    found = page.locator("#full-text-found .searched-notes")
    expect(found.locator("summary")).to_have_text(text("notes_searched", language, count=1))
    found.locator("summary").click()
    expect(found.locator(".words")).to_have_text("Étrange, vraiment")
    assert violations(page) == []


def test_an_open_dossier_shows_the_notes_on_its_articles(desk: Desk, notes_page: Callable[..., Page]):
    for name in ("pont.md", "bac.md"):
        desk.library.notes.add("", desk.library.article(desk.id_of(name)), None, words=f"sur {name}")
    made = desk.library.dossiers.create("", "Ponts")
    desk.library.dossiers.add(made.id, "", [desk.id_of("pont.md")])
    page = notes_page()
    page.get_by_role("tab", name="Bibliothèque").click()
    panel = page.locator("#library-notes")
    expect(panel.locator("li.note")).to_have_count(2)
    page.locator("#library-dossiers [data-open]", has_text="Ponts").click()
    expect(panel.locator(".within")).to_have_text("Sur les articles du dossier « Ponts ».")
    expect(panel.locator("li.note .words")).to_have_text(["sur pont.md"])
    page.locator("#library-dossiers .opened [data-open='']").click()
    expect(panel.locator("li.note")).to_have_count(2)


def test_an_answer_is_kept_with_a_note_and_stays_when_its_conversation_goes(
    served: Served, new_page: Callable[..., Page]
):
    served.script.reply = lambda number: (
        f"[{number('a tué trois personnes')}] La crue a tué trois personnes.\n"
    )
    page = new_page()
    page.fill("#question textarea", "Combien de morts dans la crue de Valbrume ?")
    page.keyboard.press("Enter")
    keep = page.locator("#current button[data-keep-answer]")
    expect(keep).to_be_visible()
    keep.click()
    dialog = page.locator("#keeping-dialog")
    expect(dialog.locator("textarea")).to_be_focused()
    assert violations(page) == []
    dialog.locator("textarea").fill("À recouper")
    dialog.get_by_role("button", name="Enregistrer").click()
    expect(dialog).to_be_hidden()
    expect(keep).to_be_focused()
    page.locator("#conversations .conv-menu summary").first.click()
    page.locator("#conversations [data-do=delete]").first.click()
    page.locator("dialog[data-for=delete]").get_by_role("button", name="Supprimer").click()
    page.get_by_role("tab", name="Bibliothèque").click()
    note = page.locator("#library-notes li.note")
    expect(note.locator(".words")).to_have_text("À recouper")
    note.locator("details summary").first.click()
    expect(note.locator(".kept-answer")).to_contain_text("trois personnes")
    note.scroll_into_view_if_needed()
    assert violations(page) == []
    note.locator("a.open-article").first.click()
    expect(page.locator("#reader-dialog mark.active").first).to_contain_text("trois personnes")
    page.keyboard.press("Escape")
    note.get_by_role("button", name=re.compile("Supprimer")).click()
    expect(page.locator("#library-notes li.note")).to_have_count(0)
