"""Who has signed in at one server is known to every other server of the library."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from rag.access_lists.visits import Visits
from rag.config import Settings, UiSettings
from rag.storage.database import Place
from ui.server import sign_in as signing_in
from ui.server import users as files
from ui.server.identity import OneServer
from ui.server.sign_in import COOKIE, SignIn
from ui.server.users import Secret, Users

PASSWORD = "correct horse"


def server(settings: Settings, cookies: dict[str, str] | None = None) -> TestClient:
    """A server of its own over the library of these settings."""
    routes = [Route("/x", lambda request: PlainTextResponse(request.scope["sourcier.user"]))]
    layers = [Middleware(OneServer), Middleware(SignIn, users=Users(settings), language="en")]
    app = Starlette(routes=routes, middleware=layers)
    return TestClient(app, follow_redirects=False, cookies=cookies)


@pytest.fixture(params=["settings", "file"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    if request.param == "file":
        files.write(tmp_path / "users", {"ada": Secret.of(PASSWORD)})
        return Settings(data_dir=tmp_path)
    return Settings(data_dir=tmp_path, ui=UiSettings(users={"ada": PASSWORD}))


def signed_in(at: TestClient) -> dict[str, str]:
    answer = at.post("/sign-in", data={"name": "ada", "password": PASSWORD})
    assert answer.status_code == 303
    return {COOKIE: answer.cookies[COOKIE]}


def test_signing_in_and_out_holds_at_every_server(settings: Settings):
    cookies = signed_in(server(settings))
    other = server(settings, cookies)
    assert other.get("/x").text == "ada"
    assert server(settings, {COOKIE: "made-up"}).get("/x").status_code == 401
    other.post("/sign-out")
    assert server(settings, cookies).get("/x").status_code == 401


def test_no_cookie_and_no_password_is_in_the_file(settings: Settings):
    cookies = signed_in(server(settings))
    held = b"".join(file.read_bytes() for file in settings.data_dir.glob("visits.sqlite3*"))
    assert b"ada" in held
    for secret in (cookies[COOKIE], PASSWORD):
        assert secret.encode() not in held
    assert all(file.stat().st_mode & 0o077 == 0 for file in settings.data_dir.glob("visits.sqlite3*"))


def test_another_password_ends_visits_at_every_server(tmp_path: Path):
    words = (PASSWORD, "another horse")
    stated = [Settings(data_dir=tmp_path, ui=UiSettings(users={"ada": word})) for word in words]
    cookies = signed_in(server(stated[0]))
    assert server(stated[1], cookies).get("/x").status_code == 401


def test_a_visit_ends_when_nothing_is_asked_for_long(settings: Settings, monkeypatch: pytest.MonkeyPatch):
    cookies = signed_in(server(settings))
    monkeypatch.setattr(signing_in, "LASTS", -1.0)
    assert server(settings, cookies).get("/x").status_code == 401


def test_without_anybody_no_file_is_made(tmp_path: Path):
    visits = Visits(Place(tmp_path / "data"))
    assert visits.of(b"x", 1.0) is None
    visits.end(b"x")
    assert not Users(Settings(data_dir=tmp_path / "data")).is_user("ada")
    assert not (tmp_path / "data").exists()


def test_a_page_of_another_server_is_told_to_load_again(settings: Settings):
    first, second = server(settings), server(settings)
    name = first.get("/x").headers["sourcier-server"]
    assert first.get("/x", headers={"Sourcier-Server": name}).status_code == 401
    answer = second.get("/x", headers={"Sourcier-Server": name})
    assert (answer.status_code, answer.headers["sourcier-page"]) == (409, "leave")


def test_a_page_that_asks_whether_a_server_is_there_is_told(settings: Settings):
    asked = {"Sourcier-Server": "of another"}
    assert server(settings).get("/gradio_api/app_id", headers=asked).status_code != 409
