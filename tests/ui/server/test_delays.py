"""Passwords can't be tried by changing the name, the address, or a header that says where one is."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from rag.config import Settings, UiSettings
from ui.server import delays as delaying
from ui.server.delays import Delays
from ui.server.proxy import TrustedProxies
from ui.server.sign_in import SignIn
from ui.server.users import Users

PASSWORDS = {"ada": "correct horse", "bob": "battery staple"}
MALLORY = "192.0.2.7"


class Clock:
    """Stands where `time` is looked at, and moves by hand."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[Clock]:
    clock = Clock()
    monkeypatch.setattr(delaying, "time", clock)
    return clock


def tries(delays: Delays, clock: Clock, who: Iterator[tuple[str, str]], seconds: float) -> int:
    """How many passwords are tried within so many seconds by one who waits no longer than they must."""
    end = clock.now + seconds
    for made, one in enumerate(who):
        clock.now += delays.left(one)
        if clock.now > end:
            return made
        delays.failed(one)
    raise AssertionError("ran out of who tries")


def names(count: int = 100_000) -> Iterator[tuple[str, str]]:
    return ((f"name{number}", MALLORY) for number in range(count))


def addresses(count: int = 100_000) -> Iterator[tuple[str, str]]:
    return (("ada", f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}") for number in range(count))


def test_who_changes_the_name_waits_all_the_same(clock: Clock):
    assert tries(Delays(), clock, names(), 3600.0) <= 45
    assert tries(Delays(), clock, names(), 24 * 3600.0) <= 20 + 9 + 24 * 12


def test_who_changes_the_address_waits_all_the_same(clock: Clock):
    assert tries(Delays(), clock, addresses(), 3600.0) <= 50 + 6 + 120


def test_a_network_of_sixth_version_is_one_address(clock: Clock):
    hosts = ((f"name{number}", f"2001:db8::{number:x}") for number in range(1000))
    assert tries(Delays(), clock, hosts, 3600.0) <= 45
    mapped = ((f"name{number}", f"::ffff:10.0.0.{number}") for number in range(40))
    delays = Delays()
    assert all(delays.failed(who) == 1 for who in mapped)  # others' addresses are others'


@pytest.mark.usefixtures("clock")
def test_an_office_may_be_mistaken_now_and_then():
    delays = Delays()
    for number in range(19):
        who = (f"name{number}", "10.0.0.1")
        delays.failed(who)
        assert delays.left(who) == 0


@pytest.mark.usefixtures("clock")
def test_one_s_own_account_buys_no_more_tries():
    """Getting in takes back one's own failures, not those that were made for other names."""
    delays = Delays()
    made = 0
    for number in range(1000):
        delays.failed(("mallory", MALLORY))
        delays.forget(("mallory", MALLORY))
        if not delays.left((f"name{number}", MALLORY)):
            delays.failed((f"name{number}", MALLORY))
            made += 1
    assert made == delaying.FREE_TRIES_OF_ADDRESS


@pytest.mark.usefixtures("clock")
def test_a_user_is_not_kept_out_from_where_they_got_in():
    delays = Delays()
    delays.failed(("ada", "10.9.9.9"))
    delays.forget(("ada", "10.9.9.9"))
    for who in list(addresses(200)):
        delays.failed(who)
    assert 0 < delays.left(("ada", "10.8.8.8")) <= delaying.LONGEST_DELAY_OF_NAME
    assert delays.left(("ada", "10.9.9.9")) == 0
    assert delays.left(("bob", "10.8.8.8")) == 0


def test_failures_are_forgotten_after_a_day_and_by_number(clock: Clock, monkeypatch: pytest.MonkeyPatch):
    delays = Delays()
    for _ in range(5):
        delays.failed(("ada", "10.0.0.1"))
    clock.now += 25 * 3600
    assert delays.failed(("ada", "10.0.0.1")) == 1
    monkeypatch.setattr(delaying, "REMEMBERED", 100)
    for who in list(addresses(300)):
        delays.failed(who)
    assert len(delays._addresses._counted) == len(delays._pairs._counted) == 100


# --- over HTTP ---


def client(tmp_path: Path, proxies: tuple[str, ...], address: str = MALLORY) -> TestClient:
    known = Users(Settings(data_dir=tmp_path, ui=UiSettings(users=PASSWORDS)))
    app = Starlette(
        middleware=[
            Middleware(TrustedProxies, proxies=proxies), Middleware(SignIn, users=known, language="en"),
        ]
    )  # fmt: skip
    return TestClient(app, "http://testserver", client=(address, 5), follow_redirects=False)


def sign_in(browser: TestClient, name: str, password: str = "wrong", **headers: str) -> int:
    return browser.post("/sign-in", data={"name": name, "password": password}, headers=headers).status_code


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP"])
@pytest.mark.usefixtures("clock")
def test_a_header_that_anyone_can_write_brings_no_more_tries(tmp_path: Path, header: str):
    browser = client(tmp_path, ("10.0.0.1",))
    said = [sign_in(browser, "ada", **{header: f"198.51.100.{number}"}) for number in range(4)]
    assert said == [403, 403, 403, 429]


@pytest.mark.usefixtures("clock")
def test_behind_a_proxy_each_is_counted_by_their_own_address_and_by_no_other(tmp_path: Path):
    browser = client(tmp_path, ("10.0.0.1",), address="10.0.0.1")
    theirs = {"X-Forwarded-For": MALLORY}
    assert [sign_in(browser, "ada", **theirs) for _ in range(4)] == [403, 403, 403, 429]
    made_up = {"X-Forwarded-For": f"198.51.100.1, {MALLORY}"}  # the proxy adds to what it was told
    assert sign_in(browser, "ada", **made_up) == 429
    other = {"X-Forwarded-For": "192.0.2.8"}
    assert sign_in(browser, "ada", PASSWORDS["ada"], **other) == 303


@pytest.mark.usefixtures("clock")
def test_who_does_not_get_in_is_told_of_in_the_log(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    browser = client(tmp_path, ())
    with caplog.at_level(logging.WARNING):
        for name in ("ada", "ada", "ada", "ada", "my own password", "x\ny"):
            sign_in(browser, name)
        assert sign_in(browser, "bob", PASSWORDS["bob"]) == 303
    told = [record.getMessage() for record in caplog.records if record.name.startswith("ui")]
    assert told == [
        f"Sign-in refused to {name} from {MALLORY} (failed try no. {number} of this address);"
        f" next try possible in {wait} s."
        for number, (name, wait) in enumerate(
            [("ada", 0), ("ada", 0), ("ada", 1), ("an unknown name", 0), ("an unknown name", 0)], start=1
        )
    ]
