"""Sourcier's own API: asking, searching, listing, reading; and what says what may be asked."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator

import httpx2
import pytest
from api_keys import ASKED, bearer
from prometheus_client import generate_latest
from served_page import ServedPage

from rag.schema.answer import Answer
from ui.api.answer_records import AnswerRecord
from ui.api.application import _application, description
from ui.api.reference import reference_page
from ui.page.context import AppContext
from ui.server.route_list import API

HOSTILE = "</script><img src=x onerror=alert(1)>\u202e"


@pytest.fixture(scope="module")
def client(served: ServedPage, key: str) -> Iterator[httpx2.Client]:
    headers = bearer(key) | {"Accept-Language": "en"}
    with httpx2.Client(base_url=served.url, headers=headers, timeout=60) as client:
        yield client


@pytest.mark.parametrize(
    "question", [ASKED, "Bonjour !", "Quels articles parlent de la piscine ?", "Qui est Zorglub ?"]
)
def test_an_answer_is_what_the_command_gives_and_its_schema_says(
    client: httpx2.Client, context: AppContext, question: str
):
    told = client.post("api/ask", json={"question": question}).json()
    assert AnswerRecord.model_validate(told, strict=True).model_dump() == told
    assert Answer.from_dict(told, context.library.articles).to_dict() == told


def test_a_follow_up_is_understood_by_what_was_said(client: httpx2.Client):
    history = [
        {"question": "Qui a ouvert la piscine de Malvoisy ?", "answer": "La mairie a ouvert la piscine."}
    ]
    asked = {"question": "Combien de nageurs accueille-t-elle ?", "history": history, "language": "fr"}
    assert "300 nageurs" in client.post("api/ask", json=asked).json()["text"]


@pytest.mark.parametrize("by", ["meaning", "words"])
def test_what_is_found_stands_where_it_is_said_to(client: httpx2.Client, context: AppContext, by: str):
    asked = {"query": "piscine", "by": by, "filters": {"languages": ["fr"], "sources": []}}
    found = client.post("api/search", json=asked).json()
    assert found["passages"]
    for one in found["passages"]:
        article = context.library.article(one["article"]["article_id"])
        assert article.text[one["start"] : one["end"]] == one["text"]
    nowhere = {"query": "piscine", "by": by, "filters": {"sources": ["/nowhere"]}}
    assert client.post("api/search", json=nowhere).json()["passages"] == []


def test_articles_are_listed_and_read(client: httpx2.Client, context: AppContext):
    listed = client.get("api/articles").json()
    assert (listed["total"], listed["page"], listed["pages"]) == (1, 1, 1)
    id_ = listed["articles"][0]["article_id"]
    whole = client.get(f"api/articles/{id_}").json()
    assert whole["text"] == context.library.article(id_).text
    part = client.get(f"api/articles/{id_}", params={"start": 3, "length": 6}).json()
    assert part["text"] == whole["text"][3:9]
    assert client.get("api/articles", params={"language": "en"}).json()["total"] == 0
    assert client.get("api/articles/unknown").json() == {"detail": "No article has this id."}


@pytest.mark.parametrize(
    ("method", "path", "asked", "status", "sentence"),
    [
        ("POST", "api/ask", {}, 400, "“question” is missing"),
        (
            "POST",
            "api/ask",
            {"question": "x", "filters": {"outlet": []}},
            400,
            "“filters.outlet” isn't known",
        ),
        ("POST", "api/ask", {"question": "x", "language": "xx"}, 400, "“language” doesn't have a value"),
        ("POST", "api/ask", {"question": "x" * 2001}, 400, "has 2001 characters"),
        ("POST", "api/ask", {"question": " "}, 400, "question"),
        ("POST", "api/ask", {"question": "\ud800"}, 400, "“question” doesn't have a value"),
        ("POST", "api/ask", {"question": "x", "filters": {"outlets": ["\ud800"]}}, 400, "filters.outlets.0"),
        ("POST", "api/ask", {"question": "x", "\ud800": 1}, 400, "doesn't have a value"),
        ("POST", "api/search", {"query": "\udfff"}, 400, "“query” doesn't have a value"),
        ("POST", "api/ask", {"question": 2**70}, 400, "“question” doesn't have a value"),
        ("POST", "api/ask", [], 400, "isn't valid JSON"),
        ("POST", "api/search", {"query": "x", "limit": 10**30}, 400, "“limit” doesn't have a value"),
        ("POST", "api/search", {"query": "x", "by": "magic"}, 400, "“by” doesn't have a value"),
        ("GET", "api/articles?page=0", None, 400, "“page” doesn't have a value"),
        ("GET", "api/articles?sort=size", None, 400, "“sort” doesn't have a value"),
        ("GET", "api/articles?x=1", None, 400, "“x” isn't known"),
        ("GET", "api/articles?date_from=2026-02-01&date_to=2026-01-01", None, 400, "2026-02-01"),
        ("GET", "api/articles/../../x", None, 404, ""),
        ("GET", "api/ask", None, 405, "isn't asked for in this way"),
        ("DELETE", "api/articles/x", None, 405, "isn't asked for in this way"),
        ("GET", "api/docs", None, 404, "nothing at this address"),
        ("GET", "api", None, 404, "nothing at this address"),
        ("GET", "v1", None, 404, ""),
        (
            "POST",
            "v1/chat/completions",
            {"messages": [{"role": "user", "content": "x"}], "sourcier": 5},
            400,
            "“sourcier” doesn't have a value",
        ),
        (
            "POST",
            "v1/chat/completions",
            {"messages": [{"role": "user", "content": "\ud800"}]},
            400,
            "“messages.0.content” doesn't have a value",
        ),
    ],
)
def test_a_mistake_is_one_sentence(
    client: httpx2.Client, method: str, path: str, asked, status: int, sentence: str
):
    body = (
        {}
        if asked is None
        else {"content": json.dumps(asked), "headers": {"Content-Type": "application/json"}}
    )
    answer = client.request(method, path, **body)
    assert answer.status_code == status, answer.text
    assert sentence in answer.text
    assert "2001" in sentence or "x" * 100 not in answer.text


def test_a_form_is_no_question(client: httpx2.Client):
    for media_type in (
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "",
    ):
        answer = client.post("api/ask", content=b'{"question": "x"}', headers={"Content-Type": media_type})
        assert answer.status_code == 415
        assert "isn't valid JSON" in answer.json()["detail"]


def test_the_sentence_is_in_the_language_asked_for(client: httpx2.Client):
    for language, said in (("fr", "Il manque"), ("en", "is missing"), ("de, fr;q=0.5", "Il manque")):
        answer = client.post("api/ask", json={}, headers={"Accept-Language": language})
        assert said in answer.json()["detail"]


def test_what_fails_unexpectedly_has_a_reference_and_no_words_in_the_log(
    client: httpx2.Client, monkeypatch, caplog: pytest.LogCaptureFixture
):
    def broken(*_: object) -> None:
        raise ValueError("a secret question")

    monkeypatch.setattr("ui.mcp.reading.Reading.by_meaning", broken)
    with caplog.at_level(logging.DEBUG, "ui"):
        answer = client.post("api/search", json={"query": "a secret question"})
    assert answer.status_code == 500
    assert answer.headers["x-request-id"] in answer.json()["detail"]
    assert "secret" not in answer.text
    assert not any("secret" in one.getMessage() for one in caplog.records)


def test_requests_are_counted_by_route_and_status_alone(client: httpx2.Client, context: AppContext):
    def count(route: str, status: int) -> float:
        labels = {"route": route, "status": str(status)}
        return context.metrics.registry.get_sample_value("sourcier_api_requests_total", labels) or 0.0

    before = [count("/api/articles/{article_id}", 404), count("other", 404)]
    client.get("api/articles/a-secret")
    client.get("api/a-secret")
    assert [count("/api/articles/{article_id}", 404), count("other", 404)] == [one + 1 for one in before]
    assert b"secret" not in generate_latest(context.metrics.registry)


# --- what may be asked ---


def test_the_description_names_every_route_of_the_list_and_no_other(served: ServedPage):
    said = httpx2.get(f"{served.url}api/openapi.json").json()
    named = {f"{method.upper()} {path}" for path, methods in said["paths"].items() for method in methods}
    listed = {f"{method} {one.path}" for one in API for method in one.methods}
    assert listed - named == {"GET /api/", "GET /api/openapi.json"}
    assert named < listed
    schemas = said["components"]["schemas"]
    assert set(re.findall(r"#/components/schemas/([\w-]+)", json.dumps(said))) <= schemas.keys()
    assert "422" not in json.dumps(said)
    assert all("description" in one for name, one in schemas.items() if not name.startswith("Body_"))


def test_the_page_that_says_so_loads_and_runs_nothing(served: ServedPage):
    for language in ("fr", "en"):
        answer = httpx2.get(f"{served.url}api/", headers={"Accept-Language": language})
        assert answer.status_code == 200
        assert answer.headers["content-security-policy"].startswith("default-src 'none'; style-src")
        assert f'<html lang="{language}">' in answer.text
        assert re.findall(r"<(script|img|link|iframe|form)\b", answer.text) == []
        assert re.findall(r"(?:src|href)=\"(?!#|openapi\.json)", answer.text) == []
        for one in API[2:]:
            assert one.path in answer.text


def test_what_a_description_says_is_text_on_the_page():
    said = description(_application(None)) | {
        "paths": {HOSTILE: {"get": {"summary": HOSTILE, "responses": {}}}}
    }
    page = reference_page(said, "en")
    assert "<img" not in page
    assert "&lt;img" in page
