"""The library, the reader and the status in a real Chromium, over a library of its own that it changes."""

from __future__ import annotations

import asyncio
import json
import secrets
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import documents
import loopback
import pyarrow
import pyarrow.parquet
import pytest
from conftest import HOSTILE, TODAY, GatedEmbedder, Script, Served, serving
from fake_chat_model import FakeChatModel
from playwright.sync_api import Locator, Page, expect

from ingest.pipeline.chunking import Chunker
from ingest.pipeline.ingestion import ingest
from rag.config import Settings
from rag.engine.engine import open_engine
from rag.engine.factory import build_chain
from rag.models.embedder import Embedder
from ui.page.context import AppContext
from ui.server.server import close

pytestmark = pytest.mark.browser

PHONE = {"viewport": {"width": 360, "height": 740}}
MADE = 120  # articles that are made up for the table, besides the examples
CANARY = "pangolinquartzite"


def made_up(number: int) -> str:
    """A short article: its number is its date's, its outlet is one of three."""
    day = f"2024-{1 + number // 28:02}-{1 + number % 28:02}"
    outlet = ("L'Écho des vallées", "La Gazette", "The Valley Post")[number % 3]
    language = "en" if number % 3 == 2 else "fr"
    return (
        f'---\ntitle: "Séance n° {number:03} du conseil"\nsite: "{outlet}"\n'
        f"date: {day}\nlang: {language}\n---\n"
        f"Le conseil a tenu sa séance numéro {number} et voté {number + 7} délibérations.\n"
    )


@pytest.fixture(scope="module")
def site() -> Iterator[loopback.Site]:
    with loopback.serving() as site:
        yield site


@pytest.fixture(scope="module")
def shelf(
    tmp_path_factory: pytest.TempPathFactory, examples_library: Path, embedder: Embedder
) -> Iterator[Served]:
    """A page of this file's own: its library grows and shrinks."""
    folder = tmp_path_factory.mktemp("shelf")
    articles = folder / "articles"
    articles.mkdir()
    for number in range(MADE):
        (articles / f"seance-{number:03}.md").write_text(made_up(number), encoding="utf-8")
    (articles / "courges.md").write_text(HOSTILE, encoding="utf-8")
    settings = Settings(data_dir=folder / "data")
    shutil.copytree(examples_library, settings.data_dir)
    gated = GatedEmbedder(embedder)
    parts = open_engine(settings, gated)
    chunker = Chunker(gated, settings.chunking)
    assert ingest([str(articles)], parts.indexer, chunker, lambda _: None).failed == ()
    script = Script()
    model = FakeChatModel(respond=script)
    with loopback.fetchers() as fetcher, closing(build_chain(parts, model, lambda: TODAY)) as chain:
        newsroom = AppContext(parts, chain, fetcher=fetcher)
        # Playwright's own loop may run in this thread already.
        with ThreadPoolExecutor(1) as elsewhere:
            app, url = elsewhere.submit(asyncio.run, serving(newsroom)).result()
        yield Served(url, chain, model, script, gated)
        close(app)


@pytest.fixture
def served(shelf: Served) -> Iterator[Served]:
    """In place of the page that the other tests share."""
    shelf.script.reply = lambda _: "[0]"
    shelf.chain.forget()
    yield shelf


# --- what a person does ---


def library(page: Page, name: str = "Bibliothèque") -> None:
    page.get_by_role("tab", name=name).click()
    expect(page.locator("#library-listing table")).to_be_visible()


def titles(page: Page) -> list[str]:
    return page.locator("#library-listing tbody th a").all_text_contents()


def search(page: Page, words: str) -> None:
    page.fill("#search-words", words)


def found(page: Page, words: str) -> None:
    expect(page.locator("#library-listing .found")).to_have_text(words)


def upload(page: Page, *files: tuple[str, bytes]) -> None:
    page.set_input_files(
        "#intake-files",
        [{"name": name, "mimeType": "application/octet-stream", "buffer": data} for name, data in files],
    )
    expect(
        entry(page, files[-1][0]).first
    ).to_be_visible()  # the report of earlier files says that all is done


def entry(page: Page, name: str) -> Locator:
    return page.locator("#library-intake .entry").filter(has=page.locator(f'.name:text-is("{name}")'))


def over(page: Page) -> None:
    """What was being brought in is in, or refused."""
    expect(page.locator("#library-intake .summary")).to_contain_text("terminé")
    expect(page.locator("#library-intake section")).to_have_attribute("data-busy", "false")


# --- the table ---


def test_the_table_is_searched_sorted_and_paged(page: Page):
    library(page)
    expect(page.locator("#library-listing tbody tr")).to_have_count(50)
    search(page, "seance CONSEIL")
    found(page, "120 articles")
    expect(page.locator(".pager .here")).to_have_text("Page 1 sur 3 (articles 1 à 50)")
    assert titles(page)[0] == "Séance n° 119 du conseil"
    title = page.get_by_role("button", name="Titre")
    title.click()
    expect(page.locator("th.title[aria-sort]")).to_have_attribute("aria-sort", "ascending")
    expect(page.locator("#library-listing tbody th a").first).to_have_text("Séance n° 000 du conseil")
    page.get_by_role("button", name="Dernière").click()
    expect(page.locator(".pager .here")).to_have_text("Page 3 sur 3 (articles 101 à 120)")
    assert titles(page) == [f"Séance n° {number:03} du conseil" for number in range(100, 120)]
    title.click()
    expect(page.locator("th.title[aria-sort]")).to_have_attribute("aria-sort", "descending")
    expect(page.locator("#library-listing tbody th a").first).to_have_text("Séance n° 119 du conseil")
    expect(page.locator(".pager .here")).to_have_text("Page 1 sur 3 (articles 1 à 50)")


def test_the_table_is_narrowed_by_outlet_language_and_dates(page: Page):
    library(page)
    page.select_option("#search-outlet", "The Valley Post")
    found(page, "40 articles")
    page.select_option("#search-language", "fr")
    found(page, "0 article")
    expect(page.locator("#library-listing .none")).to_contain_text("Aucun article ne correspond")
    page.select_option("#search-language", "en")
    page.fill("#search-from", "2024-01-01")
    page.fill("#search-to", "2024-01-09")
    found(page, "3 articles")
    assert titles(page) == [f"Séance n° {number:03} du conseil" for number in (8, 5, 2)]
    page.get_by_role("button", name="Effacer les filtres").click()
    page.get_by_label("sans date seulement").check()
    found(page, "3 articles")


def test_the_table_by_keyboard_alone(page: Page):
    library(page)
    page.focus("#library-listing button[data-sort=outlet]")
    page.keyboard.press("Enter")
    expect(page.locator("th.outlet[aria-sort]")).to_have_attribute("aria-sort", "ascending")
    page.wait_for_function("document.activeElement.dataset.sort === 'outlet'")  # the focus stays where it was
    page.focus("#library-listing tbody a >> nth=0")
    title = titles(page)[0]
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name=title)
    expect(dialog).to_be_visible()
    page.wait_for_function("document.activeElement.id === 'reader-title'")
    for _ in range(12):
        page.keyboard.press("Tab")
        assert page.evaluate(
            "document.activeElement.closest('dialog') !== null || document.activeElement === document.body"
        )
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    page.wait_for_function("title => document.activeElement.textContent === title", arg=title)


# --- what comes in ---


def parquet(*texts: str) -> bytes:
    table = pyarrow.table({"title": [f"Parquet {n}" for n in range(len(texts))], "text": list(texts)})
    sink = pyarrow.BufferOutputStream()
    pyarrow.parquet.write_table(table, sink)
    return sink.getvalue().to_pybytes()


def every_format() -> list[tuple[str, bytes]]:
    """One file of each format, each with a sentence of its own."""

    def said(name: str) -> str:
        return f"Le format {name} a été reçu mardi par la rédaction de Corvenne. {documents.SENTENCES}"

    return [
        ("recu.txt", said("texte").encode()),
        ("recu.md", f"# Le markdown\n\n{said('markdown')}".encode()),
        ("recu.html", documents.html(said("html"), title="Le html").encode()),
        ("recu.pdf", documents.pdf(said("pdf"))),
        ("recu.docx", documents.word(said("docx"), title="Le docx")),
        ("recu.epub", documents.epub(f"<p>{said('epub')}</p>")),
        ("recu.eml", documents.mail(said("eml"), subject="Le courriel")),
        ("recu.json", json.dumps({"title": "Le json", "text": said("json")}).encode()),
        ("recu.jsonl", documents.json_lines({"title": "Le jsonl", "text": said("jsonl")})),
        ("recu.csv", f'title,text\nLe csv,"{said("csv")}"\n'.encode()),
        ("recu.parquet", parquet(said("parquet"))),
        (
            "recu.warc",
            documents.warc(("http://a.example/x", "text/html", documents.html(said("warc")).encode())),
        ),
        ("recu.mbox", b"From zoe@a.example Sat Aug 16 10:30:00 2025\n" + documents.mail(said("mbox"))),
    ]


def test_a_file_of_each_format_comes_in_and_a_broken_one_says_why(served: Served, page: Page):
    library(page)
    files = every_format()
    upload(page, *files, ("casse.pdf", b"%PDF-1.4 nothing of the kind"), ("photo.jpg", b"\xff\xd8\xff"))
    over(page)
    for name, _ in files:
        expect(entry(page, name).locator(".became")).to_have_text("1 article ajouté")
    expect(entry(page, "casse.pdf").locator(".became")).to_have_text("1 refus")
    expect(entry(page, "casse.pdf").locator(".reasons")).to_contain_text("casse.pdf : ")
    expect(entry(page, "photo.jpg").locator(".reasons")).to_contain_text("ce format ne peut pas être lu")
    search(page, "recu.")
    found(page, f"{len(files) - 1} articles")  # a page in an archive is known by its own address
    upload(page, files[0])
    over(page)
    expect(entry(page, "recu.txt").first.locator(".became")).to_have_text("1 article inchangé")
    answer = served.chain.invoke("Quel format la rédaction de Corvenne a-t-elle reçu mardi ?")
    assert "recu." in answer.hits[0].article.source


def test_files_that_are_dropped_come_in(page: Page):
    library(page)
    page.evaluate(
        """() => {
          const transfer = new DataTransfer();
          transfer.items.add(new File(["Le colis déposé contenait douze tulipes bleues."], "colis.txt"));
          const target = document.querySelector("#library-intake .drop");
          for (const type of ["dragenter", "dragover", "drop"]) {
            const options = { dataTransfer: transfer, bubbles: true, cancelable: true };
            target.dispatchEvent(new DragEvent(type, options));
          }
        }"""
    )
    over(page)
    expect(entry(page, "colis.txt").locator(".became")).to_have_text("1 article ajouté")


def test_a_url_and_a_feed_come_in_and_a_wrong_one_says_why(page: Page, site: loopback.Site):
    site.put("/pont.html", documents.html("Le viaduc de Brumel a fermé ses deux voies jeudi.", "Le viaduc"))
    item = f"<item><title>Le flux</title><link>{site.url('/flux.html')}</link></item>"
    site.put("/flux.html", documents.html("Le moulin de Brumel a tourné vendredi.", "Le moulin"))
    site.put("/rss", f'<rss version="2.0"><channel>{item}</channel></rss>', kind="application/rss+xml")
    library(page)
    for path in ("/pont.html", "/rss"):
        page.fill("#intake-url", site.url(path))
        page.keyboard.press("Enter")
        expect(entry(page, site.url(path)).locator(".became")).to_have_text("1 article ajouté")
        expect(page.locator("#intake-url")).to_have_value("")
    page.fill("#intake-url", "file:///etc/passwd")
    page.get_by_role("button", name="Ajouter", exact=True).click()
    expect(page.locator("#intake-error")).to_contain_text("seuls http et https sont lus")
    over(page)
    search(page, "brumel viaduc")
    found(page, "0 article")
    search(page, "le viaduc")
    found(page, "1 article")


# --- what goes ---


def test_a_removal_names_what_goes_and_it_is_in_no_answer_any_more(served: Served, page: Page):
    question = "Combien de flamants roses ont niché sur l'étang de Quartzite ?"
    library(page)
    upload(
        page, ("flamants.txt", "Sur l'étang de Quartzite, 412 flamants roses ont niché cette année.".encode())
    )
    over(page)
    assert served.chain.invoke(question).hits[0].article.source == "flamants.txt"
    search(page, "flamants.txt")
    found(page, "1 article")
    box = page.locator("#library-listing tbody input")
    box.check()
    page.get_by_role("button", name="Retirer la sélection (1)").click()
    dialog = page.get_by_role("dialog", name="Retirer 1 article ?")
    expect(dialog.locator("li strong")).to_have_text(
        "Sur l'étang de Quartzite, 412 flamants roses ont niché cette année."
    )
    page.wait_for_function("document.activeElement.textContent === 'Garder'")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    found(page, "1 article")
    page.get_by_role("button", name="Retirer la sélection (1)").click()
    dialog.get_by_role("button", name="Retirer").click()
    expect(page.get_by_role("dialog", name="1 article retiré.")).to_be_visible()
    page.get_by_role("button", name="Fermer").click()
    found(page, "0 article")
    assert "flamants.txt" not in {hit.article.source for hit in served.chain.invoke(question).hits}


# --- the reader ---


def test_the_reader_marks_exactly_what_answers_cited(served: Served, page: Page):
    served.script.reply = lambda number: (
        f"[{number('Quatre blessés légers')}] Quatre blessés ont été conduits à l’hôpital."
    )
    page.fill("#question textarea", "Combien de blessés à Valbrume ?")
    page.keyboard.press("Enter")
    expect(page.locator("#current .exchange.answered .claim")).to_have_count(1)
    evidence = served.chain.invoke("Combien de blessés à Valbrume ?").citations[0]
    library(page)
    search(page, evidence.article.title)
    link = page.locator(f"#library-listing a[data-article='{evidence.article.id}']")
    link.click()
    dialog = page.get_by_role("dialog", name=evidence.article.title)
    expect(dialog.locator(".outlet")).to_have_text(evidence.article.outlet)
    marks = dialog.locator(".text mark")
    assert "".join(marks.evaluate_all("all => all.map(mark => mark.textContent)")) == evidence.quote
    assert dialog.locator(".text").evaluate("text => text.textContent") == evidence.article.text
    dialog.get_by_role("button", name="Cité pour : Combien de blessés à Valbrume ?").click()
    page.wait_for_function("document.activeElement.matches('mark.active')")
    dialog.get_by_role("button", name="Fermer").click()
    expect(link).to_be_focused()  # given back by an event, which comes after the click


def test_the_reader_shows_what_changed(page: Page):
    own = secrets.token_hex(3)  # another article when it is run again
    name = f"brumel-{own}.txt"
    before = f"Le pont de Brumel rouvre lundi ({own}). Il a coûté 3 millions d'euros. Le maire est content."
    library(page)
    for words in (before, before.replace("3 millions", "4 millions")):
        upload(page, (name, words.encode()))
        over(page)
    expect(entry(page, name).first.locator(".became")).to_have_text("1 article mis à jour")
    search(page, name)
    found(page, "1 article")
    expect(page.locator("#library-listing td.revisions")).to_have_text("1")
    page.locator("#library-listing tbody a").click()
    page.locator("#reader-dialog summary").click()
    page.get_by_role("button", name="Version 1, remplacée le").click()
    changes = page.locator("#reader-dialog .changes")
    expect(changes.locator("del").last).to_contain_text("Il a coûté 3 millions d'euros.")
    expect(changes.locator("ins").last).to_contain_text("[ajouté] Il a coûté 4 millions d'euros.")
    page.get_by_role("button", name="Le texte actuel").click()
    expect(page.locator("#reader-dialog .text")).to_contain_text("4 millions")


# --- hostile, English, phone ---


def test_hostile_titles_and_file_names_are_text(page: Page):
    library(page)
    name = "<img src=http:evil.example onerror=window.pwned=1>.txt"
    upload(page, (name, b"<script>window.pwned=1</script> Un texte <b>ordinaire</b>."))
    over(page)
    expect(entry(page, name).locator(".became")).to_have_text("1 article ajouté")
    search(page, "foire malvoisy onerror")
    found(page, "1 article")
    link = page.locator("#library-listing tbody a")
    expect(link).to_have_text("<img src=http://evil.example/t.png onerror=window.pwned=1> Foire de Malvoisy")
    link.click()
    dialog = page.locator("#reader-dialog")
    expect(dialog.locator("h2")).to_contain_text("<img src=http://evil.example/t.png")
    expect(dialog.locator(".text")).to_contain_text("<script>window.pwned=1</script>")
    assert dialog.locator("img, iframe, script, a[href^=javascript]").count() == 0


def test_a_listener_hears_nothing_of_what_articles_and_answers_would_have_the_page_fetch(
    served: Served, page: Page, site: loopback.Site
):
    """Pictures and links in Markdown and HTML are how a poisoned article has a page tell what was asked."""
    heard = len(site.asked)
    bait = site.url("/leak?asked=guimauve", host="127.0.0.1")
    said = f'![x]({bait}) <img src="{bait}"> [ici]({bait}) <link rel=stylesheet href="{bait}">'
    words = f"La guimauve de Brumel ![t]({bait})\n\nLa guimauve de Brumel est bleue. {said}\n"
    library(page)
    upload(page, (f"guimauve ![n]({bait.replace('/', '_')}).txt", words.encode()))
    over(page)
    page.get_by_role("tab", name="Questions").click()
    served.script.reply = lambda _: f"[1] La guimauve de Brumel est bleue. {said}\n"
    page.fill("#question textarea", f"De quelle couleur est la guimauve de Brumel ? {said}")
    page.keyboard.press("Enter")
    expect(page.locator("#current .exchange.answered")).to_be_visible()
    page.locator("#panel a.open-article").first.click()
    expect(page.locator("#reader-dialog .text")).to_contain_text(f"![x]({bait})")
    page.wait_for_timeout(500)  # for a request that should never come
    assert page.locator('[src*="leak"], #current [href*="leak"], #reader-dialog [href*="leak"]').count() == 0
    assert len(site.asked) == heard


def test_the_library_and_the_status_in_english(page: Page):
    library(page)
    page.get_by_text("English").click()
    expect(page.locator("#library-title")).to_have_text("Find an article")
    expect(page.get_by_role("button", name="Title")).to_be_visible()
    upload(page, ("image.png", b"\x89PNG"))
    expect(entry(page, "image.png").locator(".reasons")).to_contain_text("not a format that can be read")
    page.get_by_role("tab", name="Status").click()
    status = page.locator("#status-body")
    expect(status.locator(".status-library")).to_contain_text("articles")
    expect(status.locator(".status-models")).to_contain_text("multilingual-e5-small-q4@1571fc98")
    page.get_by_role("button", name="Check the library").click()
    expect(status.locator(".outcome .sound")).to_have_text("✓ The library is sound.")


def test_what_failed_is_in_the_status_until_it_is_forgotten(page: Page):
    library(page)
    upload(page, ("abime.docx", b"PK nothing"))
    over(page)
    page.get_by_role("tab", name="État").click()
    failure = page.locator("#status-body .failures li").filter(has_text="abime.docx")
    expect(failure).to_have_count(1)
    failure.get_by_role("button", name="Oublier").click()
    expect(failure).to_have_count(0)


def test_the_library_and_the_reader_fit_a_phone(new_page: Callable[..., Page]):
    page = new_page(**PHONE)
    library(page)
    wide = "document.documentElement.scrollWidth"
    assert page.evaluate(wide) == 360
    page.locator("#library-listing tbody a").first.click()
    dialog = page.locator("#reader-dialog")
    expect(dialog).to_be_visible()
    assert dialog.evaluate("dialog => dialog.scrollWidth <= dialog.clientWidth")
    assert page.evaluate(wide) == 360
    dialog.get_by_role("button", name="Fermer").click()
    expect(dialog).to_be_hidden()
