"""Who may sign in: passwords that nobody can read, a file for its owner alone, tries that get slower."""

from __future__ import annotations

import io
import json
import stat
import time
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from rag.config import Settings, UiSettings, load_settings
from rag.errors import ConfigError, UserError
from ui.command.main import main
from ui.server import sign_in as signing_in
from ui.server import users
from ui.server.delays import Delays
from ui.server.identity import SCOPE_KEY
from ui.server.sign_in import SignIn
from ui.server.users import Secret, Users

PASSWORD = "correct horse"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path)


def command(monkeypatch: pytest.MonkeyPatch, folder: Path, *arguments: str, typed: str = "") -> int:
    monkeypatch.setenv("SOURCIER_DATA_DIR", str(folder))
    monkeypatch.setenv("SOURCIER_UI__LANGUAGE", "en")
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    return main(["users", *arguments])


# --- passwords and their file ---


def test_a_password_is_known_again_and_no_other():
    secret = Secret.of(PASSWORD)
    assert secret.is_of(PASSWORD)
    assert not secret.is_of(PASSWORD + " ")
    assert not secret.is_of("")
    assert Secret.parse(str(secret)) == secret
    assert PASSWORD not in str(secret)
    assert Secret.of(PASSWORD) != secret  # salted


@pytest.mark.parametrize("written", ["", "scrypt$", "plain$AAAA$AAAA", f"scrypt${'A' * 24}$AAAA", PASSWORD])
def test_what_is_no_hash_is_none(written: str):
    assert Secret.parse(written) is None


def test_added_listed_changed_and_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], settings: Settings
):
    file = tmp_path / "users"
    assert not Users(settings).are_required
    assert command(monkeypatch, tmp_path, "add", "ada", typed=f"{PASSWORD}\n") == 0
    assert capsys.readouterr().out == f"ada may sign in ({file}).\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert PASSWORD not in file.read_text("utf-8")
    known = Users(settings)
    assert known.are_required
    assert known.accept("ada", PASSWORD)
    assert not known.accept("ada", "another one")
    assert not known.accept("bob", PASSWORD)
    assert command(monkeypatch, tmp_path, "add", "ada", typed="battery staple\n") == 0
    assert "has a new password" in capsys.readouterr().out
    assert (known.accept("ada", PASSWORD), known.accept("ada", "battery staple")) == (False, True)
    assert command(monkeypatch, tmp_path, "list", "--json") == 0
    assert json.loads(capsys.readouterr().out) == ["ada"]
    assert command(monkeypatch, tmp_path, "remove", "ada") == 0
    assert "Nobody may any more" in capsys.readouterr().out
    assert not known.accept("ada", "battery staple")
    assert known.are_required  # the last user's going doesn't open the page to all
    assert [path.name for path in tmp_path.iterdir()] == ["users"]


@pytest.mark.parametrize(
    ("arguments", "typed", "said"),
    [
        (("add", "ada"), "short\n", "at least 8 characters"),
        (("add", "a:b"), f"{PASSWORD}\n", "a:b: a user's name has"),
        (("add", "a\nb"), f"{PASSWORD}\n", "a user's name has"),
        (("remove", "eve"), "", "eve: no user of this name"),
    ],
)
def test_mistakes_are_told(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments,
    typed,
    said,
):
    assert command(monkeypatch, tmp_path, *arguments, typed=typed) == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "users").exists()


def test_a_line_that_is_no_user_is_named(settings: Settings, tmp_path: Path):
    (tmp_path / "users").write_text(f"# mine\nada:{Secret.of(PASSWORD)}\nbob:hunter2\n", encoding="utf-8")
    with pytest.raises(UserError, match="line 3: expected name:hash") as caught:
        Users(settings).check()
    assert "hunter2" not in str(caught.value)


def test_users_of_the_environment(tmp_path: Path):
    environ = {"SOURCIER_UI__USERS": "ada:with:colon, bob:bob's password", "SOURCIER_DATA_DIR": str(tmp_path)}
    known = Users(load_settings(None, environ))
    assert known.are_required
    assert known.accept("ada", "with:colon")
    assert known.accept("bob", "bob's password")
    assert "colon" not in repr(load_settings(None, environ))


@pytest.mark.parametrize("stated", ["ada", "ada:", ":hunter2hunter2", "ada:short"])
def test_a_wrong_variable_is_told_without_its_passwords(stated: str):
    with pytest.raises(ConfigError, match=r"ui\.users") as caught:
        load_settings(None, {"SOURCIER_UI__USERS": stated})
    assert stated.partition(":")[2] == "" or stated.partition(":")[2] not in str(caught.value)


# --- signing in ---


def client(known: Users, **options: object) -> TestClient:
    """What stands behind says who it was told is there."""

    async def who(request: Request) -> JSONResponse:
        body = await request.body()
        return JSONResponse([request.scope.get(SCOPE_KEY), body.decode()])

    routes = [Route("/{path:path}", who, methods=["GET", "POST"])]
    app = Starlette(routes=routes, middleware=[Middleware(SignIn, users=known, language="fr")])
    return TestClient(app, base_url="http://testserver", follow_redirects=False, **options)


@pytest.fixture
def known(tmp_path: Path) -> Users:
    passwords = {"ada": PASSWORD, "bob": "battery staple"}
    return Users(Settings(data_dir=tmp_path, ui=UiSettings(users=passwords)))


def sign_in(browser: TestClient, name: str = "ada", password: str = PASSWORD, **options: object):
    return browser.post("/sign-in", data={"name": name, "password": password}, **options)


def test_who_has_signed_in_is_known_and_may_leave(known: Users):
    browser = client(known)
    assert browser.get("/x").status_code == 401
    answer = sign_in(browser)
    assert (answer.status_code, answer.headers["location"]) == (303, "./")
    cookie = answer.headers["set-cookie"]
    assert {"HttpOnly", "SameSite=strict", "Path=/"} <= set(cookie.split("; "))
    assert "Secure" not in cookie
    forged = {SCOPE_KEY: "bob", "X-Forwarded-User": "bob"}
    assert browser.get("/x", headers=forged).json() == ["ada", ""]
    assert browser.post("/x", json={"a": "é"}).json() == ["ada", '{"a":"é"}']
    assert browser.get("/sign-in").status_code == 303
    assert browser.post("/sign-out").status_code == 303
    browser.cookies.set(signing_in.COOKIE, cookie.partition("=")[2].partition(";")[0])  # a copy is no use
    assert browser.get("/x").status_code == 401


def test_over_https_the_cookie_is_secure(known: Users):
    browser = client(known)
    browser.base_url = "https://testserver"
    assert "Secure" in sign_in(browser).headers["set-cookie"]


@pytest.mark.parametrize(("path", "form"), [("/", "sign-in"), ("/a", "sign-in"), ("/a/b/c", "../../sign-in")])
def test_a_browser_is_led_to_the_form(known: Users, path: str, form: str):
    answer = client(known).get(path, headers={"Accept": "text/html,*/*"})
    assert (answer.status_code, answer.headers["location"]) == (303, form)


def test_the_form_says_what_is_wrong_in_both_languages(known: Users):
    browser = client(known)
    assert browser.get("/sign-in").text.startswith('<!DOCTYPE html>\n<html lang="fr">')
    answer = sign_in(browser, password="<script>")
    assert (answer.status_code, "ne vont pas ensemble" in answer.text) == (403, True)
    assert "<script" not in answer.text
    english = browser.post("/sign-in?lang=en", data={"name": "ada", "password": "x"})
    assert "don&#39;t go together" in english.text


def test_a_new_password_ends_visits(tmp_path: Path):
    settings = Settings(data_dir=tmp_path)
    users.write(tmp_path / "users", {"ada": Secret.of(PASSWORD)})
    browser = client(Users(settings))
    sign_in(browser)
    assert browser.get("/x").status_code == 200
    users.write(tmp_path / "users", {"ada": Secret.of("battery staple")})
    assert browser.get("/x").status_code == 401


def who(browser: TestClient) -> list | int:
    """Who the page behind is told is there; the status when nobody gets there."""
    answer = browser.get("/x")
    return answer.json() if answer.status_code == 200 else answer.status_code


def test_the_first_user_of_all_is_asked_for_at_once_and_the_last_one_s_going_opens_nothing(tmp_path: Path):
    file = tmp_path / "users"
    settings = Settings(data_dir=tmp_path)
    browser = client(Users(settings))
    assert who(browser) == ["", ""]
    assert browser.post("/x", json={"session_hash": "before"}).json()[0] == ""
    users.write(file, {"ada": Secret.of(PASSWORD)})
    assert who(browser) == 401
    assert browser.get("/", headers={"Accept": "text/html"}).headers["location"] == "sign-in"
    assert browser.post("/x", json={"session_hash": "before"}).headers["sourcier-page"] == "leave"
    sign_in(browser)
    assert who(browser) == ["ada", ""]
    # A page from before is nobody's: what is asked on it would be kept as nobody's, too.
    answer = browser.post("/x", json={"session_hash": "before"})
    assert (answer.status_code, answer.headers["sourcier-page"]) == (403, "leave")
    users.write(file, {})
    assert who(browser) == 401
    file.unlink()
    assert who(browser) == 401
    assert sign_in(browser).status_code == 403
    assert who(client(Users(settings))) == ["", ""]  # the server, started again


def test_a_visit_ends_when_nothing_is_asked_for_long(known: Users, monkeypatch: pytest.MonkeyPatch):
    browser = client(known)
    sign_in(browser)
    monkeypatch.setattr(signing_in, "LASTS", -1.0)
    assert browser.get("/x").status_code == 401


@pytest.mark.parametrize(
    "headers",
    [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "http://evil.example"}],
)
def test_other_sites_post_nothing(known: Users, headers: dict[str, str]):
    browser = client(known)
    assert sign_in(browser, headers=headers).status_code == 403
    sign_in(browser)
    assert browser.post("/sign-out", headers=headers).status_code == 403
    assert browser.get("/x").json() == ["ada", ""]


@pytest.mark.parametrize(
    "ask",
    [
        lambda browser: browser.post("/gradio_api/queue/join", json={"session_hash": "p"}),
        lambda browser: browser.get("/gradio_api/queue/data?session_hash=p"),
        lambda browser: browser.get("/gradio_api/heartbeat/p"),
        lambda browser: browser.get("/x", headers={"session_hash": "p"}),
    ],
)
def test_nobody_speaks_for_another_s_page(known: Users, ask):
    app = client(known)
    sign_in(app)
    assert ask(app).json()[0] == "ada"
    app.cookies.clear()
    sign_in(app, "bob", "battery staple")
    assert (ask(app).status_code, ask(app).text) == (403, "Not your page")


def test_too_large_a_form_is_not_read(known: Users):
    assert client(known).post("/sign-in", content=b"name=" + b"a" * 10_000).status_code == 413


def test_a_socket_is_closed(known: Users):
    browser = client(known)
    sign_in(browser)
    with pytest.raises(WebSocketDisconnect), browser.websocket_connect("/x"):
        pass


def test_wrong_passwords_make_one_wait_longer_each_time(monkeypatch: pytest.MonkeyPatch):
    now = 1000.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    delays, who = Delays(), ("ada", "10.0.0.1")
    waited = []
    for _ in range(14):
        delays.failed(who)
        waited.append(delays.left(who))
        now += waited[-1]
    assert waited == [0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]
    assert delays.left(("ada", "10.0.0.2")) == 0
    assert delays.left(("bob", "10.0.0.1")) == 0
    delays.forget(who)
    delays.failed(who)
    assert delays.left(who) == 0


def test_while_one_waits_not_even_the_right_password_helps(known: Users, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(time, "monotonic", lambda: 1000.0)
    browser = client(known)
    assert [sign_in(browser, password="wrong").status_code for _ in range(3)] == [403] * 3
    answer = sign_in(browser)
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "1")
    assert "Trop d&#39;essais ; attendez 1 seconde" in answer.text
    assert sign_in(browser, "bob", "battery staple").status_code == 303
