"""Each exchange is in its owner's list and in no other, however many pages come, go and are forgotten.

The chat's own events over a real store and a real chain (without a chat model), in a registry that keeps two
sessions; then over HTTP, with more pages than the framework remembers.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field

import gradio as gr
import httpx2
import pytest
from desk import Desk
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from ports import free_port
from starlette.requests import Request

from rag.config import Settings, UiSettings
from rag.engine.factory import build_chain
from ui.app import build_app
from ui.chat import conversations_panel
from ui.chat.tab import ChatTab
from ui.dossiers.desk import DossierDesk
from ui.library.tab import LibraryTab
from ui.library.welcome import Welcome
from ui.notes.desk import NotesDesk
from ui.notes.panel import NotesPanel
from ui.page.context import AppContext
from ui.page.sessions import PageSessions
from ui.server.identity import SCOPE_KEY, user_of
from ui.server.server import close, start
from ui.server.users import Users
from ui.session.registry import MOST_OPEN, SessionRegistry

USERS = ("", "ada", "bob")
PAGES = ("p", "q")
PASSWORDS = {"ada": "correct horse", "bob": "battery staple"}
NEWS = "La mairie de Malvoisy a ouvert une piscine de 25 mètres lundi.\n\nElle accueille 300 nageurs."


def request_of(user: str, page: str) -> gr.Request:
    scope = {"type": "http", "method": "POST", "path": "/", "headers": [], SCOPE_KEY: user}
    return gr.Request(request=Request(scope), session_hash=page)


@dataclass
class House:
    """A context that outlives the examples, and what is in it by now."""

    context: AppContext
    loop: asyncio.AbstractEventLoop
    number: int = 0
    asked: dict[str, set[str]] = field(default_factory=lambda: {user: set() for user in USERS})


@pytest.fixture
def context(tmp_path) -> Iterator[AppContext]:
    desk = Desk(tmp_path)
    desk.write("a.md", NEWS)
    desk.ingest()
    with closing(build_chain(desk.parts, None)) as chain, closing(AppContext(desk.parts, chain)) as context:
        yield context
    desk.close()


class Pages(RuleBasedStateMachine):
    """Pages of three users, of which the registry keeps two."""

    house: House

    def __init__(self) -> None:
        super().__init__()
        context = self.house.context
        desk = DossierDesk(context)
        notes = NotesPanel(context, NotesDesk(context.library, context.conversations), desk)
        self.chat = ChatTab(context, Welcome(context, LibraryTab(context, desk, notes)))
        self.house.loop.run_until_complete(self.lay_out())
        self.store = self.house.context.conversations
        # Pages are new ones in each example: the browser makes up another name when it loads one.
        self.house.number += 1

    async def lay_out(self) -> None:
        """Within a running loop: without one, Gradio leaves loops unclosed."""
        with gr.Blocks():
            self.chat.lay_out("fr")
            self.chat.connect(PageSessions(SessionRegistry("fr", most_open=2, most_traced=3)))

    def on(self, user: str, page: str) -> gr.Request:
        return request_of(user, f"{page}{self.house.number}")

    def go(self, events) -> None:
        async def through() -> None:
            async for _ in events:
                pass

        self.house.loop.run_until_complete(through())

    def press(self, user: str, page: str, **said: object) -> None:
        self.go(self.chat._press(gr.EventData(None, said), self.on(user, page)))

    def act(self, user: str, page: str, **said: object) -> None:
        self.go(self.chat._conversations._act(gr.EventData(None, said), self.on(user, page)))

    @initialize(user=st.sampled_from(USERS), page=st.sampled_from(PAGES))
    def ask_and_rate(self, user: str, page: str) -> None:
        """Every example has something that was said of an answer."""
        self.ask(user, page)
        self.rate(user, page)

    @rule(user=st.sampled_from(USERS), page=st.sampled_from(PAGES))
    def ask(self, user: str, page: str) -> None:
        asked = self.house.asked[user]
        question = f"Quelle piscine la mairie a-t-elle ouverte, {user or 'Eve'} {len(asked)} ?"
        asked.add(question)
        self.go(self.chat._ask(question, self.on(user, page)))

    @rule(user=st.sampled_from(USERS), page=st.sampled_from(PAGES))
    def rate(self, user: str, page: str) -> None:
        for turn in range(1, 5):
            self.press(user, page, verb="rate", turn=turn, verdict="up")

    @rule(user=st.sampled_from(USERS), page=st.sampled_from(PAGES), turn=st.integers(1, 3))
    def edit(self, user: str, page: str, turn: int) -> None:
        self.press(user, page, verb="edit", turn=turn)

    @rule(user=st.sampled_from(USERS), page=st.sampled_from(PAGES), whose=st.sampled_from(USERS))
    def open(self, user: str, page: str, whose: str) -> None:
        self.act(user, page, do="open", id=self.one_of(whose))

    @rule(user=st.sampled_from(USERS), page=st.sampled_from(PAGES), whose=st.sampled_from(USERS))
    def rename(self, user: str, page: str, whose: str) -> None:
        before = [one.title for one in self.store.listed(whose)]
        self.act(user, page, do="rename", id=self.one_of(whose), title=f"Titre de {user}")
        after = [one.title for one in self.store.listed(whose)]
        assert user == whose or before == after

    @rule(user=st.sampled_from(USERS), page=st.sampled_from(PAGES), whose=st.sampled_from(USERS))
    def delete(self, user: str, page: str, whose: str) -> None:
        before = self.store.listed(whose)
        self.act(user, page, do="delete", id=self.one_of(whose))
        assert user == whose or self.store.listed(whose) == before

    @rule(user=st.sampled_from(USERS), page=st.sampled_from(PAGES))
    def begin_another(self, user: str, page: str) -> None:
        self.act(user, page, do="new")

    def one_of(self, user: str) -> str:
        listed = self.store.listed(user)
        return listed[0].id if listed else "none"

    @invariant()
    def each_exchange_is_its_owner_s(self) -> None:
        for user in USERS:
            for one in self.store.listed(user):
                found = {record.question for record in self.store.records(one.id, user)}
                assert found <= self.house.asked[user], (user, found)
                assert not any(self.store.records(one.id, other) for other in USERS if other != user)


def test_an_exchange_is_in_its_owner_s_list_and_in_no_other(
    context: AppContext, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(conversations_panel, "_SETTLED", 0.0)  # no page here has anything on its way
    loop = asyncio.new_event_loop()
    Pages.house = House(context, loop)
    try:
        run_state_machine_as_test(
            Pages,
            settings=settings(
                max_examples=10, stateful_step_count=20, deadline=None,
                suppress_health_check=list(HealthCheck),
            ),
        )  # fmt: skip
        given = context.library.feedback.all()
        assert all(said.question in Pages.house.asked[said.user] for said in given)
        assert given
    finally:
        loop.close()


def test_a_conversation_goes_on_in_its_place_after_its_session_was_let_go(context: AppContext):
    Pages.house = House(context, asyncio.new_event_loop())
    pages = Pages()
    pages.ask("ada", "p")
    pages.ask("bob", "p")
    pages.ask("", "p")
    pages.ask("", "q")  # by now ada's is gone
    pages.ask("ada", "p")
    (one,) = context.conversations.listed("ada")
    assert [record.number for record in context.conversations.records(one.id, "ada")] == [1, 2]
    pages.house.loop.close()


def test_a_request_that_nothing_has_vouched_for_has_no_owner(context: AppContext):
    request = request_of("", "p")
    del request.request.scope[SCOPE_KEY]
    with pytest.raises(KeyError):
        user_of(request)
    Pages.house = House(context, asyncio.new_event_loop())
    pages = Pages()
    with pytest.raises(KeyError):
        pages.go(pages.chat._ask("Quelle piscine ?", request))
    assert context.conversations.listed("") == []
    pages.house.loop.close()


# --- over HTTP ---


def test_more_pages_than_are_kept_open_leave_everybody_their_own_list(context: AppContext):
    users = Users(Settings(data_dir=context.settings.data_dir, ui=UiSettings(users=PASSWORDS)))

    async def serving() -> tuple[gr.Blocks, str]:
        app = build_app(context, "fr")
        return app, start(app, "127.0.0.1", free_port(), users=users)

    with ThreadPoolExecutor(1) as elsewhere:
        app, url = elsewhere.submit(lambda: asyncio.run(serving())).result()
    try:
        with httpx2.Client(base_url=url, timeout=120) as ada, httpx2.Client(base_url=url, timeout=120) as bob:
            for client, name in ((ada, "ada"), (bob, "bob")):
                form = {"name": name, "password": PASSWORDS[name]}
                assert client.post("sign-in", data=form).status_code == 303
            done(app, ada, "ask", "ada-s", "Quelle piscine la mairie a-t-elle ouverte ?")
            for number in range(MOST_OPEN + 10):
                done(app, bob, "look", f"bob-s-{number}")
            done(app, ada, "ask", "ada-s", "Combien de nageurs la piscine accueille-t-elle ?")
    finally:
        close(app)
    store = context.conversations
    (one,) = store.listed("ada")
    assert [record.question for record in store.records(one.id, "ada")] == [
        "Quelle piscine la mairie a-t-elle ouverte ?",
        "Combien de nageurs la piscine accueille-t-elle ?",
    ]
    assert store.listed("") == store.listed("bob") == []


def done(app: gr.Blocks, client: httpx2.Client, what: str, page: str, *words: str) -> None:
    """Ask, or have the header drawn, and wait until that is over."""
    ids = {one["props"].get("elem_id"): one["id"] for one in app.config["components"]}
    wanted = {"ask": ("inputs", ids["question"]), "look": ("outputs", ids["title"])}[what]
    key, component = wanted
    event = next(one for one in app.config["dependencies"] if one[key] == [component])
    said = {"data": list(words), "fn_index": event["id"], "session_hash": page}
    assert client.post("gradio_api/queue/join", json=said).status_code == 200
    told = client.get(f"gradio_api/queue/data?session_hash={page}").text
    ended = [json.loads(line[6:]) for line in told.splitlines() if "process_completed" in line]
    assert [one["success"] for one in ended] == [True]
