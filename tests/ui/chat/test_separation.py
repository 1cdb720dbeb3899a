"""Two users of one server, with more pages than it keeps: neither is told anything of the other's.

Over HTTP. Everything that a user asks, sends and says carries a word of theirs, and everything that the
server ever tells them is searched for words of the other's. They may give their pages the same names, open
each other's conversations and send pieces of each other's files.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator

import httpx2
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from run import rounds
from served_page import ServedPage, opened, served_page

from ui.chat import conversations_panel
from ui.server import sign_in
from ui.session.registry import MOST_OPEN

USERS = ("ada", "bob")
PAGES = ("p", "q")
PASSWORDS = {"ada": "correct horse", "bob": "battery staple"}
users, pages = st.sampled_from(USERS), st.sampled_from(PAGES)


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


class House:
    """A served page that outlives the examples, a client for each user, and all that they were told."""

    def __init__(self, served: ServedPage) -> None:
        self.served = served
        self.store = served.context.conversations
        self.clients = {user: httpx2.Client(base_url=served.url, timeout=120) for user in USERS}
        self.told = dict.fromkeys(USERS, "")
        self.tokens = {user: [] for user in USERS}
        self.raters: set[str] = set()
        self.said = 0
        self.examples = 0
        config = served.app.config
        self._parts = {one["props"].get("elem_id"): one["id"] for one in config["components"]}
        self._events = {
            tuple(target): one["id"] for one in config["dependencies"] for target in one["targets"]
        }
        for user, client in self.clients.items():
            form = {"name": user, "password": PASSWORDS[user]}
            assert client.post("sign-in", data=form).status_code == 303

    def word(self, user: str) -> str:
        """A word that nobody has said before, and whose it is."""
        self.said += 1
        return f"zz{user}{self.said}zz"

    def begin(self, user: str, page: str, part: str, how: str, *inputs: object, **said: object) -> None:
        """Do something on a page, and don't wait for what comes of it."""
        event = {"data": list(inputs), "fn_index": self._events[self._parts[part], how]}
        event |= {"session_hash": page, "event_data": said or None}
        answer = self.clients[user].post("gradio_api/queue/join", json=event)
        assert answer.status_code in (200, 403)
        self.told[user] += answer.text

    def listen(self, user: str, page: str) -> None:
        """Take in whatever the server has to tell on a page of this name."""
        answer = self.clients[user].get(f"gradio_api/queue/data?session_hash={page}")
        self.told[user] += answer.text
        for packed in re.findall(r"[A-Za-z0-9+/]{40,}={0,2}", answer.text):  # a file that is exported
            if len(packed) % 4 == 0:
                self.told[user] += base64.b64decode(packed).decode("utf-8", "replace")

    def do(self, user: str, page: str, part: str, how: str, *inputs: object, **said: object) -> None:
        self.begin(user, page, part, how, *inputs, **said)
        self.listen(user, page)

    def call(self, user: str, page: str, function: str, data: dict) -> dict:
        """Call a function of the part of the page that takes files in."""
        said = {"component_id": self._parts["library-intake"], "fn_name": function, "session_hash": page}
        answer = self.clients[user].post("gradio_api/component_server/", json={**said, "data": data})
        self.told[user] += answer.text
        return answer.json() if answer.status_code == 200 else {}


class Readers(RuleBasedStateMachine):
    """What two users do."""

    house: House

    def __init__(self) -> None:
        super().__init__()
        self.house.examples += 1

    def page(self, page: str) -> str:
        return f"{page}{self.house.examples}"

    @initialize(user=users, page=pages)
    def begin(self, user: str, page: str) -> None:
        """Every example has something of each, and more pages than are kept."""
        for one in USERS:
            self.ask(one, page)
            self.rate(one, page)
            self.send(one, page)
        for one, other in zip(USERS, reversed(USERS), strict=True):
            self.ask_and_look_away(one, page)
            self.listen(other, page)
            self.listen(one, page)
        self.come_and_go(user)

    @rule(user=users, page=pages)
    def ask(self, user: str, page: str) -> None:
        question = f"Je suis {self.house.word(user)}. Combien de nageurs la piscine accueille-t-elle ?"
        self.house.do(user, self.page(page), "question", "submit", question)

    @rule(user=users, page=pages)
    def ask_and_look_away(self, user: str, page: str) -> None:
        question = f"Je suis {self.house.word(user)}. Qui nage ?"
        self.house.begin(user, self.page(page), "question", "submit", question)

    @rule(user=users, page=pages)
    def listen(self, user: str, page: str) -> None:
        self.house.do(user, self.page(page), "conversations-frame", "click", do="search", words="zz")

    @rule(user=users, page=pages)
    def rate(self, user: str, page: str) -> None:
        said = {"reasons": [], "comment": self.house.word(user)}
        self.house.do(user, self.page(page), "current", "click", verb="rate", turn=1, verdict="up")
        self.house.do(user, self.page(page), "current", "click", verb="explain", turn=1, **said)

    @rule(user=users, page=pages, whose=users, do=st.sampled_from(["open", "delete"]))
    def reach_for(self, user: str, page: str, whose: str, do: str) -> None:
        listed = [(one.id, one.title) for one in self.house.store.listed(whose)]
        if listed:
            said = {"do": do, "id": listed[0][0]}
            self.house.do(user, self.page(page), "conversations-frame", "click", **said)
        if user != whose:  # what was asked before may still be answered, and comes first then
            assert {(one.id, one.title) for one in self.house.store.listed(whose)} >= {*listed}

    @rule(user=users, page=pages, whose=users)
    def export(self, user: str, page: str, whose: str) -> None:
        """A conversation is a file for its owner alone, and so is an answer of the page."""
        for one in self.house.store.listed(whose)[:1]:
            said = {"kind": "conversation", "conversation": one.id, "format": "json"}
            self.house.do(user, self.page(page), "export-file", "click", **said)
        self.house.do(user, self.page(page), "export-file", "click", kind="answer", turn=1, format="json")

    @rule(user=users, page=pages, kind=st.sampled_from(["txt", "xyz", "jsonl"]))
    def send(self, user: str, page: str, kind: str = "jsonl") -> None:
        """A file of which nothing can be read: its name, and why, is told to its sender."""
        data = b" " if kind == "txt" else b'{"a": ' + self.house.word(user).encode()
        name = f"{self.house.word(user)}.{kind}"
        begun = self.house.call(user, self.page(page), "begin_upload", {"name": name, "size": len(data)})
        if token := begun.get("token"):
            self.house.tokens[user].append(token)
            self.house.call(user, self.page(page), "send_piece", {"token": token, "data": b64(data)})

    @rule(user=users, page=pages, whose=users)
    def send_a_piece_of(self, user: str, page: str, whose: str) -> None:
        begun = self.house.call(whose, self.page(page), "begin_upload", {"name": "a.txt", "size": 3})
        if token := begun.get("token"):
            answer = self.house.call(user, self.page(page), "send_piece", {"token": token, "data": b64(b"x")})
            assert bool(answer.get("more")) <= (user == whose)

    @rule(user=users, page=pages, act=st.sampled_from(["follow", "clear", "stop"]))
    def look_at_what_comes_in(self, user: str, page: str, act: str) -> None:
        if act == "follow":  # what still arrives would be followed for as long as it may
            self.house.do(user, self.page(page), "library-intake", "click", act="stop", n=1)
        self.house.do(user, self.page(page), "library-intake", "click", act=act, n=1)

    @rule(user=users)
    def come_and_go(self, user: str) -> None:
        for number in range(MOST_OPEN + 5):
            self.house.do(user, f"{user}{self.house.examples}-{number}", "title", "click")

    @invariant()
    def nobody_is_told_of_the_other(self) -> None:
        house = self.house
        for user, other in zip(USERS, reversed(USERS), strict=True):
            assert f"zz{other}" not in house.told[user]
            for one in house.store.listed(user):
                assert not house.store.records(one.id, other)
                for record in house.store.records(one.id, user):
                    assert f"zz{user}" in record.question
                    assert f"zz{other}" not in record.question + json.dumps(record.body)
        for one in house.served.context.library.feedback.all():
            assert f"zz{one.user}" in one.question
            assert not any(f"zz{other}" in one.question + one.comment for other in {*USERS} - {one.user})
            house.raters.add(one.user)
        assert house.store.listed("") == []


@pytest.fixture
def served(tmp_path) -> Iterator[ServedPage]:
    with opened(tmp_path) as context, served_page(context, PASSWORDS) as served:
        yield served


def test_neither_of_two_users_is_told_anything_of_the_other_s(
    served: ServedPage, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(conversations_panel, "_SETTLED", 0.0)  # no page here has anything on its way
    # The server forgets at once whose page a name is.
    monkeypatch.setattr(sign_in, "_REMEMBERED", 0)
    house = Readers.house = House(served)
    run_state_machine_as_test(
        Readers,
        settings=settings(
            max_examples=rounds(2, 40), stateful_step_count=12, deadline=None, derandomize=False,
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip
    for user in USERS:
        assert f"zz{user}" in house.told[user]  # what is said is told, to whom it is told
        for act in ("stop", "follow"):  # what was begun is given up, what is read has an end
            house.do(user, "last", "library-intake", "click", act=act, n=1)
    assert house.raters == {*USERS}
    for client in house.clients.values():
        client.close()


def test_a_report_of_what_comes_in_is_its_sender_s(served: ServedPage):
    house = House(served)
    Readers.house = house
    readers = Readers()
    readers.send("ada", "p", "xyz")
    readers.look_at_what_comes_in("bob", "p", "follow")
    readers.look_at_what_comes_in("ada", "p", "follow")
    assert "zzada" in house.told["ada"]
    assert "zzada" not in house.told["bob"]
    for client in house.clients.values():
        client.close()
