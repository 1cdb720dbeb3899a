"""Sources that are followed, in a real Chromium: added, read, paused, moved and removed; lists in and out."""

from __future__ import annotations

import asyncio
import base64
import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import loopback
import pytest
from conftest import TODAY, GatedEmbedder, Script, Served, serving, until
from fake_chat_model import FakeChatModel
from playwright.sync_api import Locator, Page, expect
from test_accessibility import violations

from ingest.following.opml import Subscription, read_opml
from rag.config import Settings, SourceSettings
from rag.engine.engine import open_engine
from rag.engine.factory import build_chain
from rag.models.embedder import Embedder
from ui.page.context import AppContext
from ui.server.server import close

pytestmark = pytest.mark.browser

PHONE = {"viewport": {"width": 360, "height": 740}}
ARTICLE = (
    "<html lang=fr><head><title>{0} a rouvert</title></head><body><article><h1>{0} a rouvert</h1>"
    "<p>{0} a rouvert lundi matin après {1} mois de travaux, selon la mairie.</p></article></body>"
)


def feed(site: loopback.Site, *names: str) -> str:
    items = "".join(f"<item><title>{n}</title><link>{site.url(f'/{n}')}</link></item>" for n in names)
    return f'<rss version="2.0"><channel><title>Le Phare</title>{items}</channel></rss>'


@pytest.fixture(scope="module")
def site() -> Iterator[loopback.Site]:
    with loopback.serving() as site:
        for number, name in enumerate(("Pont", "Bac", "Musée"), start=2):
            site.put(f"/{name}".replace("é", "%C3%A9"), ARTICLE.format(name, number))
        site.put("/rss", feed(site, "Pont", "Bac"), "application/rss+xml", ETag='"1"')
        site.put("/vieux", "", status=301, Location="/rss2")
        site.put("/rss2", feed(site, "Bac"), "application/rss+xml")
        yield site


@pytest.fixture(scope="module")
def shelf(
    tmp_path_factory: pytest.TempPathFactory, embedder: Embedder, site: loopback.Site
) -> Iterator[Served]:
    """A page of this file's own, on a machine of one's own."""
    folder = tmp_path_factory.mktemp("followed")
    listed = (SourceSettings(url=site.url("/plan.xml"), every="1d"),)
    gated = GatedEmbedder(embedder)
    parts = open_engine(Settings(data_dir=folder / "data", sources=listed), gated)
    script = Script()
    model = FakeChatModel(respond=script)
    with loopback.fetchers() as fetcher, closing(build_chain(parts, model, lambda: TODAY)) as chain:
        newsroom = AppContext(parts, chain, fetcher=fetcher, may_read_paths=lambda: True)
        # Playwright's own loop may run in this thread already.
        with ThreadPoolExecutor(1) as elsewhere:
            app, url = elsewhere.submit(asyncio.run, serving(newsroom)).result()
        yield Served(url, chain, model, script, gated, parts=parts)
        close(app)
        newsroom.close()


@pytest.fixture
def served(shelf: Served) -> Served:
    """The page that `new_page` opens; nothing is followed but what the configuration lists."""
    for one in shelf.parts.library.followed.listed():
        shelf.parts.library.followed.remove(one.place)
    return shelf


def looked_at(page: Page, name: str) -> None:
    """Keep a picture of the page, if somebody wants to look at it."""
    if folder := os.environ.get("SOURCIER_PICTURES"):
        before = page.viewport_size
        page.set_viewport_size(before | {"height": 2000})
        page.screenshot(path=Path(folder, f"{name}.png"))
        page.set_viewport_size(before)


def sources(page: Page) -> Locator:
    page.get_by_role("tab", name="Bibliothèque").click()
    section = page.locator("#library-sources details.sources")
    expect(section).to_be_visible()
    if section.get_attribute("open") is None:
        section.locator("> summary").click()
    expect(section.get_by_label("Adresse d'un flux")).to_be_visible()
    return section


def entry(section: Locator, name: str) -> Locator:
    return section.locator("li.source").filter(has=section.page.get_by_role("heading", name=name))


def follow(section: Locator, place: str, name: str = "") -> None:
    section.get_by_label("Adresse d'un flux").fill(place)
    section.get_by_label("Nom (facultatif)").fill(name)
    section.get_by_role("button", name="Suivre", exact=True).click()


def drop(page: Page, name: str, data: bytes) -> None:
    """Drop a file onto the page's title."""
    given = page.evaluate_handle(
        """([name, data]) => {
            const bytes = Uint8Array.from(atob(data), (character) => character.charCodeAt(0));
            const transfer = new DataTransfer();
            transfer.items.add(new File([bytes], name));
            return transfer;
        }""",
        [name, base64.b64encode(data).decode()],
    )
    page.dispatch_event("#title", "drop", {"dataTransfer": given})


def test_a_feed_is_followed_read_paused_and_followed_no_more(page: Page, site: loopback.Site, served: Served):
    section = sources(page)
    follow(section, site.url("/rss"), "Le Phare")
    phare = entry(section, "Le Phare")
    expect(phare.locator(".reading")).to_contain_text("2 articles ajoutés")
    expect(page.locator("#library-reading")).to_contain_text("1 source lue : 2 articles ajoutés.")
    expect(page.locator("#library-listing")).to_contain_text("Pont a rouvert")
    expect(section.get_by_label("Adresse d'un flux")).to_have_value("")
    looked_at(page, "followed")
    phare.get_by_role("button", name="Lire maintenant").click()
    expect(phare.locator(".reading")).to_contain_text("le serveur répond que rien n'a changé")
    phare.get_by_text("Dernières lectures").click()
    expect(phare.locator(".past li")).to_have_count(2)
    phare.get_by_role("button", name="Mettre en pause").click()
    expect(phare.get_by_role("button", name="Reprendre")).to_be_focused()
    expect(phare.get_by_role("button", name="Lire maintenant")).to_have_count(0)
    expect(section.locator("> summary")).to_contain_text("1 en pause")
    phare.get_by_role("button", name="Reprendre").click()
    phare.get_by_label("À relire").select_option("6h")
    assert until(lambda: served.parts.library.followed.listed()[0].every == "6h")
    assert violations(page) == []
    phare.get_by_role("button", name="Ne plus suivre").click()
    phare.get_by_role("button", name="Ne plus suivre").click()  # asked once more
    expect(phare).to_have_count(0)
    assert served.parts.library.counts().articles == 2


def test_what_fails_says_why_and_what_has_moved_where(page: Page, site: loopback.Site):
    section = sources(page)
    follow(section, "http://127.0.0.1:1/rss")
    expect(section.get_by_role("alert")).to_contain_text("cette adresse n'est pas publique")
    expect(section.get_by_label("Adresse d'un flux")).to_have_value("http://127.0.0.1:1/rss")
    follow(section, site.url("/nulle-part"), "Nulle part")
    lost = entry(section, "Nulle part")
    expect(lost.locator(".reading")).to_have_text("Échec à l'instant : le serveur n'a pas cette page (404)")
    expect(section.locator("> summary")).to_contain_text("1 en échec")
    follow(section, site.url("/vieux"), "Le Vieux")
    old = entry(section, "Le Vieux")
    expect(old.locator(".moved")).to_contain_text(site.url("/rss2"))
    looked_at(page, "failing")
    assert violations(page) == []
    old.get_by_role("button", name="Suivre la nouvelle adresse").click()
    expect(old.locator(".about")).to_contain_text(site.url("/rss2"))
    expect(old.locator(".moved")).to_have_count(0)


def test_what_the_configuration_lists_is_shown_and_stays(page: Page, site: loopback.Site):
    section = sources(page)
    listed = entry(section, f"news.test:{site.port}/plan.xml")
    expect(listed.locator(".about")).to_contain_text("tous les jours · dans config.yaml")
    expect(listed.get_by_role("button")).to_have_count(1)
    section.get_by_role("button", name="Tout lire maintenant").click()
    expect(listed.locator(".reading")).to_contain_text("Échec à l'instant")


def test_a_list_comes_in_by_dropping_it_and_goes_out(new_page: Callable[..., Page], site: loopback.Site):
    page = new_page(**PHONE)
    listed = (
        '<opml version="1.1"><body><outline text="Presse &amp;amp; radio">'
        f'<outline text="&lt;img src=x onerror=window.pwned=1&gt; Pont" xmlUrl="{site.url("/rss")}"/>'
        f'<outline text="Vieux" type="rss" XMLURL="feed://news.test:{site.port}/vieux"/></outline>'
        '<outline text="Site seul" htmlUrl="https://a.example/"/></body></opml>'
    ).encode()
    drop(page, "abonnements.opml", listed)
    section = page.locator("#library-sources details.sources")
    expect(section.locator(".imported")).to_contain_text("2 sources ajoutées.")
    expect(section.locator(".imported li")).to_have_text(
        "Site seul : la liste donne l'adresse de son site, mais pas celle d'un flux (xmlUrl)."
    )
    expect(entry(section, "onerror=window.pwned=1> Pont").locator(".about")).to_contain_text("Presse & radio")
    expect(entry(section, "Vieux").locator(".reading")).to_have_text("Jamais lue")
    looked_at(page, "phone")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    with page.expect_download() as handed:
        section.get_by_role("button", name="Exporter la liste").click()
    names = [
        one.name for one in read_opml(Path(handed.value.path()).read_bytes()) if isinstance(one, Subscription)
    ]
    assert {"Vieux", "<img src=x onerror=window.pwned=1> Pont"} <= set(names)


def test_what_is_no_list_says_so(page: Page):
    section = sources(page)
    section.locator("#opml-file").set_input_files(
        {"name": "a.opml", "mimeType": "text/x-opml", "buffer": b"<rss/>"}
    )
    expect(section.get_by_role("alert")).to_contain_text("ce n'est pas une liste de flux (OPML)")


def test_by_keyboard_in_english_a_folder_is_followed_and_a_reading_stopped(
    page: Page, site: loopback.Site, served: Served, tmp_path: Path
):
    (tmp_path / "note.txt").write_text("Le moulin de Brumel a tourné vendredi.", encoding="utf-8")
    page.get_by_text("English", exact=True).click()
    page.get_by_role("tab", name="Library").click()
    section = page.locator("#library-sources details.sources")
    section.locator("> summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(
        section.get_by_label("Address of a feed, a sitemap or a page, or path of a folder")
    ).to_be_focused()
    page.keyboard.type(str(tmp_path))
    page.keyboard.press("Enter")
    folder = section.locator("li.source", has=page.get_by_role("heading", name=tmp_path.name))
    expect(folder.locator(".reading")).to_have_text("Read just now: 1 article added")
    section.get_by_label("Read sources automatically").check()
    expect(section.get_by_label("Read sources automatically")).to_be_focused()
    assert until(lambda: served.parts.library.facts.get("read_sources_by_themselves") == "yes")
    section.get_by_label(f"Read again: {tmp_path.parent.name}/{tmp_path.name}").select_option("6h")
    expect(folder.locator(".next")).to_contain_text("To be read again in 6 hours")
    looked_at(page, "english")
    section.get_by_label("Read sources automatically").uncheck()
    expect(folder.locator(".next")).to_have_count(0)
    held, asked = threading.Event(), threading.Event()

    def slowly(request: object) -> None:
        asked.set()
        held.wait(30)
        site.pages["/Pont"](request)

    site.pages["/lent"] = slowly
    section.get_by_label("Address of a feed").fill(site.url("/lent"))
    page.keyboard.press("Enter")
    assert asked.wait(60)
    page.get_by_role("button", name="Stop reading").click()
    expect(page.locator("#library-reading .summary")).to_contain_text("Reading stopped")
    held.set()
    assert violations(page) == []
