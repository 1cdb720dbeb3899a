"""Conversations in a real Chromium: kept over restarts and reloads, listed, exported, apart for each user."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import threading
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import httpx2
import pytest
from conftest import EXAMPLES, TODAY, GatedEmbedder, Script, Served, load_again, until
from fake_chat_model import FakeChatModel
from playwright.sync_api import Browser, Download, Locator, Page, expect
from ports import free_port

from ingest.pipeline.chunking import Chunker
from ingest.pipeline.ingestion import ingest
from rag.config import Settings, UiSettings
from rag.conversation.store import ConversationStore
from rag.engine.engine import open_engine
from rag.engine.factory import build_chain
from rag.models.embedder import Embedder
from rag.text.normalization import fold
from ui.app import build_app
from ui.command.main import main
from ui.page.context import AppContext
from ui.server.server import close, start
from ui.server.users import Users

pytestmark = pytest.mark.browser

VICTIMS = "Qui sont les deux personnes mortes dans la crue de Valbrume ?"
FIRST = "Les victimes sont un homme de 71 ans et une automobiliste de 34 ans."
SECOND = "Quatre blessés légers ont aussi été conduits à l’hôpital Sainte-Barbe."
QUOTE = "Quatre blessés légers"
PHONE = {"viewport": {"width": 360, "height": 740}}
HOSTILE = "<img src=http://evil.example/x.png onerror=window.pwned=1> ![a](http://evil.example/) </script>?"
PASSWORDS = {"ada": "ada's password", "bob": "bob's password"}


def in_a_loop(serving: Coroutine[None, None, object]) -> object:
    """Run it in a thread of its own: the main one has Playwright's loop."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, serving).result()


@dataclass(frozen=True)
class House(Served):
    """A server that can be started again at the same address, over the same library."""

    newsroom: AppContext
    port: int
    apps: list = field(default_factory=list)

    def open(self) -> None:
        self.apps.append(in_a_loop(self._serving()))

    async def _serving(self) -> object:
        app = build_app(AppContext(self.newsroom.engine, self.newsroom.chain), "fr")
        start(app, "127.0.0.1", self.port, language="fr")
        return app

    def shut(self) -> None:
        close(self.apps.pop())

    def fill(self) -> None:
        """Bring every article that isn't there."""
        parts = self.newsroom.engine
        chunker = Chunker(parts.embedder, parts.settings.chunking)
        assert ingest([str(EXAMPLES)], parts.indexer, chunker, lambda _: None).failed == ()


@pytest.fixture(scope="session")
def running(
    tmp_path_factory: pytest.TempPathFactory, examples_library: Path, embedder: Embedder
) -> Iterator[House]:
    settings = Settings(data_dir=tmp_path_factory.mktemp("conversations") / "data")
    shutil.copytree(examples_library, settings.data_dir)
    gated = GatedEmbedder(embedder)
    parts = open_engine(settings, gated)
    script = Script()
    model = FakeChatModel(respond=script)
    with closing(build_chain(parts, model, today=lambda: TODAY)) as chain:
        newsroom, port = AppContext(parts, chain), free_port()
        url = f"http://127.0.0.1:{port}/"
        house = House(url, chain, model, script, gated, newsroom, port)
        house.open()
        yield house
        house.shut()


@pytest.fixture(autouse=True)
def store(running: House) -> ConversationStore:
    """What is kept: nothing yet. The library is whole."""
    kept = running.newsroom.conversations
    if running.newsroom.library.counts().articles < len(list(EXAMPLES.iterdir())):
        running.fill()
    for user in ("", *PASSWORDS):
        for one in kept.listed(user):
            kept.delete(one.id, user)
    return kept


@pytest.fixture
def leaving(browser: Browser, served: House) -> Iterator[Page]:
    """A page that is left while it is read to: Gradio's scripts complain of that in the console."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.goto(served.url)
    page.wait_for_selector("#question textarea")
    yield page
    context.close()


def two_claims(number: Callable[[str], int]) -> str:
    return f"[{number('homme de 71 ans')}] {FIRST}\n[{number(QUOTE)}] {SECOND}"


def ask(page: Page, question: str) -> None:
    page.fill("#question textarea", question)
    page.keyboard.press("Enter")


def answered(page: Page, question: str = VICTIMS) -> None:
    ask(page, question)
    expect(page.locator("#current .exchange.answered .question")).to_contain_text(question)


def names(page: Page) -> Locator:
    return page.locator("#conversations .conv-name")


def item(page: Page, title: str) -> Locator:
    return page.locator("#conversations li").filter(has_text=title)


def act(page: Page, title: str, action: str) -> None:
    item(page, title).locator("summary").click()
    item(page, title).get_by_role("button", name=action, exact=True).click()


def exported(page: Page, action: str) -> Download:
    with page.expect_download() as download:
        act(page, page.locator(".conv-open[aria-current] .conv-name").inner_text(), action)
    return download.value


def text_of(download: Download) -> str:
    return Path(download.path()).read_text(encoding="utf-8")


def reload(page: Page) -> None:
    load_again(page)
    page.wait_for_selector("#question textarea")


def test_a_conversation_is_there_after_a_restart(served: House, leaving: Page):
    page = leaving
    served.script.reply = two_claims
    answered(page)
    expect(names(page)).to_have_text([VICTIMS])
    expect(page.locator("#current .claim .words")).to_have_text([FIRST, SECOND])
    served.shut()
    served.open()
    reload(page)
    expect(page.locator("#current .exchange.answered .question")).to_contain_text(VICTIMS)
    expect(page.locator("#current .claim .words")).to_have_text([FIRST, SECOND])
    page.locator("#current a.cite").last.click()
    expect(page.locator("mark.active")).to_contain_text(QUOTE)
    served.script.reply = lambda _: "[0]"
    answered(page, "Et quel âge avait l’automobiliste ?")  # the conversation goes on
    expect(names(page)).to_have_text([VICTIMS])
    expect(page.locator("#past .question")).to_contain_text(VICTIMS)


def test_a_reload_in_mid_answer_finds_the_answer_going_on(served: House, leaving: Page):
    page = leaving
    served.script.reply = two_claims
    served.model.gate, served.model.gate_after = threading.Event(), 3
    ask(page, VICTIMS)
    expect(page.locator("#current .claim")).to_have_count(1)
    reload(page)
    expect(page.locator("#current .exchange.writing .question")).to_contain_text(VICTIMS)
    expect(page.locator("#stop")).to_be_enabled()
    served.model.gate.set()
    expect(page.locator("#current .exchange.answered .claim .words")).to_have_text([FIRST, SECOND])
    expect(page.locator("#stop")).to_be_disabled()
    assert served.model.stopped == 0
    assert len(served.model.calls) == 1


def test_after_a_reload_stop_still_stops(served: House, leaving: Page):
    page = leaving
    served.script.reply = two_claims
    served.model.gate, served.model.gate_after = threading.Event(), 3
    ask(page, VICTIMS)
    expect(page.locator("#current .claim")).to_have_count(1)
    reload(page)
    page.click("#stop:enabled")
    expect(page.locator("#current .exchange.stopped")).to_contain_text("Arrêté à votre demande.")
    assert until(lambda: served.model.stopped == 1)
    reload(page)
    expect(page.locator("#current .exchange.stopped")).to_contain_text("Arrêté à votre demande.")


def test_what_a_restart_cut_off_says_so(served: House, leaving: Page):
    page = leaving
    served.script.reply = two_claims
    served.model.gate, served.model.gate_after = threading.Event(), 3
    ask(page, VICTIMS)
    expect(page.locator("#current .claim")).to_have_count(1)
    served.shut()
    served.open()
    reload(page)
    expect(page.locator("#current .exchange.interrupted .stage")).to_have_text(
        "Interrompu, la page a été fermée ou le serveur arrêté avant la fin de la réponse."
    )
    expect(page.locator("#current .question")).to_contain_text(VICTIMS)
    expect(page.locator("#stop")).to_be_disabled()


def test_a_new_conversation_leaves_the_old_one_s_answer_going_on(served: House, page: Page):
    served.script.reply = two_claims
    served.model.gate, served.model.gate_after = threading.Event(), 3
    ask(page, VICTIMS)
    expect(page.locator("#current .claim")).to_have_count(1)
    page.get_by_role("button", name="Nouvelle").click()
    expect(page.locator("#current .welcome")).to_be_visible()
    expect(page.locator(".exchange")).to_have_count(0)
    expect(page.locator("#send")).to_be_enabled()
    item(page, VICTIMS).locator(".conv-open").click()
    expect(page.locator("#current .exchange.writing")).to_be_visible()
    served.model.gate.set()
    expect(page.locator("#current .exchange.answered .claim .words")).to_have_text([FIRST, SECOND])


def test_listed_renamed_searched_and_deleted(served: House, page: Page):
    answered(page, "Qui a tenu la foire ?")
    page.get_by_role("button", name="Nouvelle").click()
    expect(page.locator("#current .welcome")).to_be_visible()
    served.script.reply = two_claims
    answered(page)
    expect(names(page)).to_have_text([VICTIMS, "Qui a tenu la foire ?"])
    expect(page.locator(".conv-open[aria-current=true]")).to_contain_text(VICTIMS)

    act(page, VICTIMS, "Renommer")
    expect(page.get_by_label("Titre de la conversation")).to_have_value(VICTIMS)
    page.get_by_label("Titre de la conversation").fill("La crue")
    page.keyboard.press("Enter")
    expect(names(page)).to_have_text(["La crue", "Qui a tenu la foire ?"])

    page.get_by_label("Chercher dans les conversations").fill("SAINTE-barbe hopital")  # the answer's words
    expect(names(page)).to_have_text(["La crue"])
    page.get_by_label("Chercher dans les conversations").fill("introuvable")
    expect(page.locator("#conversations-list")).to_contain_text("Aucune conversation ne contient ces mots.")
    page.get_by_label("Chercher dans les conversations").fill("")
    expect(names(page)).to_have_count(2)

    item(page, "Qui a tenu la foire ?").locator(".conv-open").click()
    expect(page.locator("#current .question")).to_contain_text("Qui a tenu la foire ?")
    act(page, "La crue", "Supprimer")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Supprimer cette conversation ?")
    expect(dialog).to_contain_text("La crue")
    dialog.get_by_role("button", name="Annuler").click()
    expect(names(page)).to_have_count(2)
    act(page, "La crue", "Supprimer")
    page.get_by_role("dialog").get_by_role("button", name="Supprimer").click()
    expect(names(page)).to_have_text(["Qui a tenu la foire ?"])
    act(page, "Qui a tenu la foire ?", "Supprimer")  # the one that is shown
    page.get_by_role("dialog").get_by_role("button", name="Supprimer").click()
    expect(page.locator("#current .welcome")).to_be_visible()
    reload(page)
    expect(page.locator("#conversations-list")).to_contain_text("Aucune conversation pour l'instant.")
    expect(page.locator(".exchange")).to_have_count(0)


def test_a_citation_clicked_as_soon_as_its_conversation_is_opened_stays_marked(served: House, page: Page):
    """The page is drawn again when what was on its way has come; what is the same isn't touched."""
    served.script.reply = two_claims
    answered(page)
    page.get_by_role("button", name="Nouvelle").click()
    expect(page.locator("#current .welcome")).to_be_visible()
    item(page, VICTIMS).locator(".conv-open").click()
    page.locator("#current a.cite").last.click()
    expect(page.locator("mark.active")).to_contain_text(QUOTE)
    page.evaluate("document.querySelector('mark.active').dataset.seen = 'yes'")
    page.wait_for_timeout(1500)  # nothing is to be waited for: what must not come has had time to
    expect(page.locator("mark.active[data-seen=yes]")).to_contain_text(QUOTE)


def test_the_list_works_from_the_keyboard(page: Page):
    answered(page, "Qui a tenu la foire ?")
    item(page, "foire").locator(".conv-open").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(item(page, "foire").get_by_role("button", name="Renommer")).to_be_visible()
    page.keyboard.press("Escape")
    expect(item(page, "foire").get_by_role("button", name="Renommer")).to_be_hidden()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Titre de la conversation")).to_be_focused()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("Les courges")
    page.keyboard.press("Enter")
    expect(names(page)).to_have_text(["Les courges"])


def test_the_markdown_has_footnotes_with_quote_outlet_date_and_address(served: House, page: Page):
    served.script.reply = two_claims
    answered(page)
    download = exported(page, "Markdown")
    said = text_of(download)
    assert download.suggested_filename.endswith(".md")
    short = page.locator("#current .short-answer").inner_text()
    assert said.startswith(
        f"# {VICTIMS}\n\n## {VICTIMS}\n\n**{short}**\n\n{FIRST}[^1] (comparé à la citation"
    )
    cited = page.locator("#panel .passage.cited").first
    outlet, date = cited.locator(".outlet").inner_text(), cited.locator("time").inner_text()
    notes = re.findall(r"^\[\^(\d)\]: «\u202f(.+?)\u202f» — (.+), <(\S+)>\.", said, re.M)
    assert [note[0] for note in notes] == ["1", "2"]
    assert QUOTE in notes[1][1]
    assert notes[0][2].startswith("Maëlle Trévignac, «\u202f")
    assert notes[0][2].endswith(f"\u202f», *{outlet}*, {date}")


def test_the_json_is_the_answers_own(served: House, page: Page):
    served.script.reply = two_claims
    answered(page)
    told = json.loads(text_of(exported(page, "JSON")))
    assert told["title"] == VICTIMS
    (exchange,) = told["exchanges"]
    assert [claim["text"] for claim in exchange["claims"]] == [FIRST, SECOND]
    assert exchange["status"] == "answered"
    assert QUOTE in exchange["claims"][1]["evidence"][0]["quote"]
    assert set(exchange["claims"][0]["evidence"][0]) >= {"outlet", "published_at", "source", "start", "end"}


def test_the_page_to_print_stands_alone(served: House, page: Page, tmp_path: Path):
    served.script.reply = two_claims
    answered(page)
    file = tmp_path / "crue.html"
    exported(page, "Page à imprimer").save_as(file)
    printed = page.context.browser.new_context(offline=True)
    reader, asked = printed.new_page(), []
    reader.on("request", lambda request: asked.append(request.url))
    reader.goto(file.as_uri())
    expect(reader.get_by_role("heading", level=2)).to_have_text([VICTIMS, "Notes"])
    expect(reader.locator("main > p")).to_contain_text([FIRST, SECOND])
    note = reader.locator("#n2")
    expect(note.locator("bdi").first).to_contain_text(QUOTE)
    expect(note).to_contain_text("3 novembre 2025")
    expect(note.get_by_role("link").first).to_have_attribute(
        "href", re.compile("crue-orlande")
    )  # where it was published
    reader.get_by_role("link", name="2", exact=True).click()
    assert reader.url.endswith("#n2")
    assert reader.locator("script, img, iframe, link").count() == 0
    assert asked == [file.as_uri()]
    printed.close()


def test_two_browsers_have_conversations_of_their_own(served: House, new_page: Callable[..., Page]):
    one, two = new_page(), new_page()
    served.script.reply = two_claims
    answered(one)
    served.script.reply = lambda _: "[0]"
    answered(two, "Qui a tenu la foire ?")
    expect(one.locator(".exchange .question")).to_contain_text([VICTIMS])
    expect(two.locator(".exchange .question")).to_contain_text(["Qui a tenu la foire ?"])
    reload(one)
    reload(two)
    expect(one.locator(".exchange .question")).to_contain_text([VICTIMS])
    expect(two.locator(".exchange .question")).to_contain_text(["Qui a tenu la foire ?"])


def test_hostile_words_stay_words_in_the_list_and_in_every_file(page: Page, tmp_path: Path):
    answered(page, HOSTILE)
    act(page, "img src", "Renommer")
    page.get_by_label("Titre de la conversation").fill(HOSTILE)
    page.keyboard.press("Enter")
    expect(names(page)).to_have_text([HOSTILE])
    act(page, "img src", "Supprimer")
    expect(page.get_by_role("dialog").locator(".conv-named")).to_have_text(HOSTILE)
    page.keyboard.press("Escape")
    assert page.locator("#conversations img, #conversations script").count() == 0
    assert "\\<img" in text_of(exported(page, "Markdown"))
    assert "!\\[a\\]" in text_of(exported(page, "Markdown")).replace("\\!", "!")
    assert json.loads(text_of(exported(page, "JSON")))["title"] == HOSTILE
    file = tmp_path / "hostile.html"
    exported(page, "Page à imprimer").save_as(file)
    printed = page.context.browser.new_context()
    reader, asked = printed.new_page(), []
    reader.on("request", lambda request: asked.append(request.url))
    reader.goto(file.as_uri())
    expect(reader.get_by_role("heading", level=1)).to_have_text(HOSTILE)
    assert (asked, reader.evaluate("window.pwned"), reader.locator("img, script").count()) == (
        [file.as_uri()],
        None,
        0,
    )
    printed.close()


def test_what_rests_on_a_removed_article_is_not_shown_again(
    served: House, page: Page, store: ConversationStore
):
    served.script.reply = two_claims
    answered(page)
    (kept,) = store.listed("")
    parts = served.newsroom.engine
    body = store.records(kept.id, "")[0].body["answer"]
    assert [claim["text"].get("words") for claim in body["claims"]] == [FIRST, SECOND]
    cited = {article.id for article in parts.library.articles() if QUOTE in article.text}
    for article_id in cited:
        parts.indexer.remove(article_id)
    reload(page)
    gone = "retiré de la bibliothèque, ou qui y est abîmé ; elle n'est plus montrée."
    expect(page.locator("#current .exchange")).to_contain_text(gone)
    expect(page.locator("#current .exchange")).not_to_contain_text(SECOND)
    store.erase_removed(parts.library)
    assert SECOND not in json.dumps(store.records(kept.id, "")[0].body, ensure_ascii=False)


def test_in_english(served: House, new_page: Callable[..., Page]):
    page = new_page()
    page.get_by_label("English").check()
    expect(page.get_by_role("heading", name="Conversations")).to_be_visible()
    expect(page.locator("#conversations-list")).to_have_text("No conversation yet.")
    served.script.reply = two_claims
    answered(page)
    act(page, VICTIMS, "Rename")
    page.get_by_label("Title of the conversation").fill("The flood")
    page.get_by_role("dialog").get_by_role("button", name="Rename").click()
    expect(names(page)).to_have_text(["The flood"])
    assert "(checked against the quote" in text_of(exported(page, "Markdown"))
    page.get_by_role("button", name="New conversation").click()
    expect(page.locator("#current .welcome")).to_be_visible()


def test_on_a_phone_the_list_opens_above_the_question(page: Page, new_page: Callable[..., Page]):
    page = new_page(**PHONE)
    answered(page, "Qui a tenu la foire ?")
    expect(page.locator("#conversations-list")).to_be_hidden()
    page.get_by_role("button", name="Conversations", expanded=False).click()
    expect(names(page)).to_have_text(["Qui a tenu la foire ?"])
    act(page, "foire", "Renommer")
    expect(page.get_by_label("Titre de la conversation")).to_be_visible()
    page.keyboard.press("Escape")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


# --- users ---


@pytest.fixture
def guarded(running: House) -> Iterator[str]:
    """The same library, for users only."""
    parts = running.newsroom.engine
    users = Users(parts.settings.model_copy(update={"ui": UiSettings(users=PASSWORDS)}))

    async def serving() -> tuple[object, str]:
        app = build_app(AppContext(parts, running.newsroom.chain), "fr")
        return app, start(app, "127.0.0.1", free_port(), language="fr", users=users)

    app, url = in_a_loop(serving())
    yield url
    close(app)


def sign_in(browser: Browser, url: str, name: str, **options: object) -> Page:
    page = browser.new_context(**options).new_page()
    page.goto(url)
    page.get_by_label("Nom").fill(name)
    page.get_by_label("Mot de passe").fill(PASSWORDS.get(name, "anything at all"))
    page.get_by_role("button", name="Se connecter").click()
    return page


def test_two_users_are_apart_and_a_third_is_refused(served: House, browser: Browser, guarded: str):
    ada, bob = sign_in(browser, guarded, "ada"), sign_in(browser, guarded, "bob")
    served.script.reply = two_claims
    for page, user in ((ada, "ada"), (bob, "bob")):
        expect(page.locator(".conv-account")).to_contain_text(f"Connecté : {user}")
    answered(ada)
    expect(names(ada)).to_have_text([VICTIMS])
    reload(bob)
    expect(bob.locator("#conversations-list")).to_contain_text("Aucune conversation")
    # Not even with the other's id, and with what the other's browser remembers.
    bob.evaluate(
        "state => localStorage.setItem('sourcier-conversation', state)",
        ada.evaluate("localStorage.getItem('sourcier-conversation')"),
    )
    reload(bob)
    expect(bob.locator("#current .welcome")).to_be_visible()
    expect(bob.locator(".exchange")).to_have_count(0)

    eve = sign_in(browser, guarded, "eve")
    expect(eve.get_by_role("alert")).to_contain_text("ne vont pas ensemble")
    expect(eve.locator("#question")).to_have_count(0)

    ada.get_by_role("button", name="Se déconnecter").click()
    expect(ada.get_by_label("Mot de passe")).to_be_visible()
    ada.goto(guarded)
    expect(ada.get_by_label("Mot de passe")).to_be_visible()
    for page in (ada, bob, eve):
        page.context.close()


def test_the_form_needs_no_script_and_speaks_english(browser: Browser, guarded: str):
    context = browser.new_context(java_script_enabled=False, **PHONE)
    page = context.new_page()
    page.goto(guarded)
    page.get_by_role("link", name="English").click()
    expect(page.get_by_text("Sign in to ask the articles.")).to_be_visible()
    page.get_by_label("Name").fill("ada")
    page.get_by_label("Password").fill("wrong password")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("don't go together")
    page.get_by_label("Name").fill("ada")
    page.get_by_label("Password").fill(PASSWORDS["ada"])
    page.keyboard.press("Enter")
    expect(page).to_have_url(guarded)
    assert [(one["name"], one["httpOnly"], one["sameSite"]) for one in context.cookies()] == [
        ("sourcier-session", True, "Strict")
    ]
    context.close()


@pytest.mark.parametrize(
    "path",
    ["config", "gradio_api/info", "gradio_api/queue/data?session_hash=x", "gradio_api/heartbeat/x",
     "gradio_api/file=/etc/hostname", "assets/index.js", "theme.css", "gradio_api/token"],
)  # fmt: skip
def test_who_has_not_signed_in_gets_nothing(guarded: str, path: str):
    assert httpx2.get(guarded + path).status_code == 401
    assert httpx2.post(guarded + path, json={"session_hash": "x"}).status_code == 401
    page = httpx2.get(guarded + path, headers={"Accept": "text/html", "Sourcier-User": "ada"})
    assert page.status_code == 303
    assert page.headers["location"].endswith("sign-in")


def test_a_page_is_its_user_s_alone(guarded: str):
    """Gradio knows a page by a name that the browser chose: knowing it must not be enough."""
    with httpx2.Client(base_url=guarded) as ada, httpx2.Client(base_url=guarded) as bob:
        for client, name in ((ada, "ada"), (bob, "bob")):
            form = {"name": name, "password": PASSWORDS[name]}
            assert client.post("sign-in", data=form).status_code == 303
        event = {"fn_index": 0, "data": [None], "session_hash": "ada-s-page"}
        assert ada.post("gradio_api/queue/join", json=event).status_code == 200
        assert bob.post("gradio_api/queue/join", json=event).status_code == 403
        assert bob.get("gradio_api/queue/data?session_hash=ada-s-page").status_code == 403
        assert bob.get("gradio_api/heartbeat/ada-s-page").status_code == 403
        foreign = {"Sec-Fetch-Site": "cross-site"}
        assert ada.post("sign-out", headers=foreign).status_code == 403
        assert ada.post("sign-out").status_code == 303
        assert ada.get("config").status_code == 401


def test_compact_erases_what_rests_on_removed_articles(
    served: House, page: Page, monkeypatch: pytest.MonkeyPatch
):
    served.script.reply = two_claims
    answered(page)
    data = served.newsroom.settings.data_dir
    library = served.newsroom.library
    texts = [article.text for article in library.articles()]
    for article in library.articles():
        if QUOTE in article.text or "homme de 71 ans" in article.text:
            served.newsroom.engine.indexer.remove(article.id)
    monkeypatch.setenv("SOURCIER_DATA_DIR", str(data))
    assert len(texts) > library.counts().articles
    assert main(["compact", "--json"]) == 0
    held = b"".join(file.read_bytes() for file in data.rglob("*") if file.is_file())
    assert VICTIMS.encode() in held
    assert [words for words in (FIRST, SECOND, QUOTE) if json.dumps(words)[1:-1].encode() in held] == []
    assert [words for words in (FIRST, SECOND, QUOTE) if words.encode() in held] == []
    assert [words for words in (FIRST, SECOND, QUOTE) if fold(words).encode() in held] == []
