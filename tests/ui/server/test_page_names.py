"""A page's name is its user's alone, in each place where a request may have it."""

from __future__ import annotations

import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.testclient import TestClient
from starlette.types import ASGIApp, Receive, Scope, Send

from ui.server.identity import SCOPE_KEY, PageNames


async def behind(scope: Scope, receive: Receive, send: Send) -> None:
    """In the framework's place: says what it was asked."""
    request = Request(scope, receive)
    body = await request.body()
    length = request.headers.get("content-length")
    assert length is None or int(length) == len(body)
    said = await request.json() if body else {}
    await JSONResponse([request.url.path, dict(request.query_params), said])(scope, receive, send)


def client(app: ASGIApp, user: str | None) -> TestClient:
    async def of_user(scope: Scope, receive: Receive, send: Send) -> None:
        if user is not None:
            scope[SCOPE_KEY] = user
        await app(scope, receive, send)

    return TestClient(of_user)


def names(browser: TestClient, page: str) -> set[str]:
    """What the framework is told is the name of a page, in each way of saying it."""
    path, query, _ = browser.get(f"/gradio_api/heartbeat/{page}").json()
    assert query == {}
    found = {path.removeprefix("/gradio_api/heartbeat/")}
    _, query, _ = browser.get(f"/gradio_api/queue/data?session_hash={page}&v=1").json()
    assert query.pop("v") == "1"
    found |= {*query.values()}
    _, _, said = browser.post("/gradio_api/queue/join", json={"session_hash": page, "data": ["é"]}).json()
    assert said.pop("data") == ["é"]
    return found | {*said.values()}


@pytest.mark.parametrize("page", ["p", "a-much-longer-name_of-a-page" * 3])
def test_a_page_has_one_name_that_no_other_user_s_has(page: str):
    app = PageNames(behind)
    found = {user: names(client(app, user), page) for user in ("", "ada", "bob")}
    assert [len(one) for one in found.values()] == [1, 1, 1]
    assert len(set.union(*found.values())) == 3
    assert found == {user: names(client(app, user), page) for user in found}
    assert page not in set.union(*found.values())
    assert names(client(app, "ada"), f"{page}2").isdisjoint(found["ada"])


def test_no_user_can_say_the_name_that_the_framework_knows_another_s_page_by():
    app = PageNames(behind)
    (known,) = names(client(app, "ada"), "p")
    assert known not in names(client(app, "bob"), known)
    assert names(client(PageNames(behind), "ada"), "p") != {known}  # nor can one know it of another server


def test_all_else_is_passed_on_as_it_is():
    app = PageNames(behind)
    assert client(app, "ada").get("/theme.css?v=1").json() == ["/theme.css", {"v": "1"}, {}]
    said = {"event_id": "x"}
    assert client(app, "ada").post("/gradio_api/reset", json=said).json()[2] == said
    page = "/gradio_api/heartbeat/p"
    assert client(app, None).get(page).json()[0] == page  # of nobody yet: nothing is done for it
