"""Health and measures on the real server: who is told what, and that it is what has happened."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from threading import Event

import httpx2
import pytest
from asking import ask
from desk import Desk
from prometheus_client.parser import text_string_to_metric_families
from served_page import NEWS, TOKEN, ServedPage, answered, sent, served_page
from starlette.testclient import TestClient

from rag.engine.factory import build_chain
from rag.errors import LibraryError
from rag.schema.events import EvidenceChosen, HitsFound
from ui.chat import admission
from ui.library.intake import Intake
from ui.page.context import AppContext
from ui.server.operations.health import Readiness
from ui.server.operations.metrics import Metrics
from ui.server.operations.routes import Operated, Operations
from ui.server.proxy import TrustedProxies

SECRET_PLACE = "/home/ada/secret-place"


class Held:
    """A chain whose model waits for `go`."""

    at_once = 1
    is_loaded = True

    def __init__(self, chain) -> None:
        self._chain = chain
        self.go = Event()
        self.writing = 0

    def __getattr__(self, name: str) -> object:
        return getattr(self._chain, name)

    async def astream(self, question):
        if question.text.startswith("Attends"):
            yield HitsFound((), question.text)
            yield EvidenceChosen(())
            self.writing += 1
            while not self.go.is_set():
                await asyncio.sleep(0.02)
        async for event in self._chain.astream(question):
            yield event


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedPage]:
    desk, metrics = Desk(tmp_path_factory.mktemp("operated")), Metrics()
    desk.write("a.md", NEWS)
    desk.ingest()
    with (
        closing(build_chain(desk.parts, None, sinks=[metrics])) as chain,
        closing(AppContext(desk.parts, Held(chain), metrics=metrics)) as context,
        served_page(context, {"ada": "correct horse"}) as served,
    ):
        yield served
    desk.close()


def measured(page: ServedPage) -> dict[tuple[str, ...], float]:
    """Sample and its labels' values → its value."""
    said = httpx2.get(page.url + "metrics").text
    samples = [sample for family in text_string_to_metric_families(said) for sample in family.samples]
    return {(sample.name, *sample.labels.values()): sample.value for sample in samples}


# --- health ---


def test_who_may_ask_nothing_else_is_told_whether_it_lives_and_can_answer(page: ServedPage):
    for path, said in (("/healthz", {"status": "alive"}), ("/readyz", {"status": "ready"})):
        head, body = answered(page.port, path)
        assert head.startswith(b"HTTP/1.1 200")
        assert b"cache-control: no-store" in head.lower()
        assert json.loads(body) == said
    assert sent(page.port, "/healthz/x")[0] == 401


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("is_stopping", True, "the server is stopping"),
        ("is_warm", False, "the models are being loaded"),
        ("has_failed", True, "a model cannot be loaded"),
        ("is_loaded", lambda: False, "the models are being loaded"),
        ("look", lambda: 1 / 0, "the library cannot be read"),
    ],
)
def test_what_it_waits_for_is_told_in_few_words(
    page: ServedPage, monkeypatch: pytest.MonkeyPatch, name: str, value: object, reason: str
):
    monkeypatch.setattr(page.readiness, name, value)
    status, body = sent(page.port, "/readyz")
    assert (status, json.loads(body)) == (503, {"status": "unavailable", "reason": reason})
    assert sent(page.port, "/healthz")[0] == 200


def test_a_library_that_cannot_be_read_is_told_without_where_it_is(
    page: ServedPage, monkeypatch: pytest.MonkeyPatch
):
    def look() -> None:
        raise LibraryError(f"{SECRET_PLACE}: damaged", f"{SECRET_PLACE} : abîmé")

    monkeypatch.setattr(page.readiness, "look", look)
    head, body = answered(page.port, "/readyz")
    assert head.startswith(b"HTTP/1.1 503")
    assert SECRET_PLACE.encode() not in head + body


# --- measures ---


@pytest.mark.parametrize(
    ("peer", "headers", "status"),
    [
        ("127.0.0.1", {}, 200),
        ("127.8.0.9", {}, 200),
        ("::1", {}, 200),
        ("192.0.2.7", {}, 403),
        ("2001:db8::1", {}, 403),
        ("", {}, 403),
        ("127.0.0.1", {"X-Forwarded-For": "192.0.2.7"}, 403),
        ("127.0.0.1", {"X-Forwarded-Proto": "https"}, 403),
        ("127.0.0.1", {"Forwarded": "for=192.0.2.7"}, 403),
        ("127.0.0.1", {"X-Real-IP": "192.0.2.7"}, 403),
        ("127.0.0.1", {"Via": "1.1 proxy"}, 403),
        ("192.0.2.7", {"X-Forwarded-For": "127.0.0.1"}, 403),
        ("10.0.0.9", {"X-Forwarded-For": "127.0.0.1"}, 403),
        ("10.0.0.9", {}, 403),
        ("192.0.2.7", {"Authorization": f"Bearer {TOKEN}"}, 200),
        ("10.0.0.9", {"Authorization": f"Bearer {TOKEN}", "X-Forwarded-For": "192.0.2.7"}, 200),
        ("192.0.2.7", {"Authorization": f"Bearer {TOKEN}x"}, 403),
        ("192.0.2.7", {"Authorization": "Bearer "}, 403),
        ("192.0.2.7", {"Authorization": TOKEN}, 403),
    ],
)
def test_measures_are_for_this_machine_and_for_the_token(peer: str, headers: dict[str, str], status: int):
    operated = Operated(Readiness(int, lambda: True, is_warm=True), Metrics(), token=TOKEN)
    served = TrustedProxies(Operations(never, operated), ["10.0.0.9"])
    client = TestClient(served, client=(peer, 5))
    assert client.get("/metrics", headers=headers).status_code == status


@pytest.mark.parametrize("headers", [{}, {"Authorization": f"Bearer {TOKEN}"}, {"Authorization": "Bearer "}])
def test_measures_can_be_closed_and_no_token_is_the_empty_one(headers: dict[str, str]):
    for operated, peer, status in (
        (
            Operated(Readiness(int, lambda: True), Metrics(), tells_metrics=False, token=TOKEN),
            "127.0.0.1",
            404,
        ),
        (Operated(Readiness(int, lambda: True), Metrics()), "192.0.2.7", 403),
        (Operated(Readiness(int, lambda: True), Metrics(), token=""), "192.0.2.7", 403),
    ):
        client = TestClient(TrustedProxies(Operations(never, operated), []), client=(peer, 5))
        assert client.get("/metrics", headers=headers).status_code == status


async def never(scope, *_) -> None:
    raise AssertionError(f"{scope['path']} was passed on")


def test_questions_are_measured_by_how_they_ended_and_by_stage(page: ServedPage):
    with httpx2.Client(base_url=page.url, timeout=60) as client:
        assert client.post("sign-in", data={"name": "ada", "password": "correct horse"}).status_code == 303
        cookies = dict(client.cookies)
    before = measured(page)
    for name, question in (
        ("a", "Quand la piscine de Malvoisy a-t-elle ouvert ?"),
        ("b", "Quand la piscine de Malvoisy a-t-elle ouvert ?"),
        ("c", "Combien coûte le zeppelin de Valbrume ?"),
        ("d", "Merci !"),
    ):
        ask(page, name, question, cookies)
    after = measured(page)

    def grown(*sample: str) -> float:
        return after[sample] - before.get(sample, 0.0)

    assert grown("sourcier_questions_total", "answered") == 2
    assert grown("sourcier_questions_total", "not_found") == 1
    assert grown("sourcier_questions_total", "conversation") == 1
    assert grown("sourcier_cached_answers_total") == 1
    assert grown("sourcier_question_seconds_count") == 4
    assert grown("sourcier_stage_seconds_count", "understanding") == 4
    assert grown("sourcier_stage_seconds_count", "retrieval") == 2  # the one that is known searches nothing
    assert grown("sourcier_stage_seconds_sum", "retrieval") <= grown("sourcier_question_seconds_sum")
    assert after["sourcier_library_articles",] == 1
    assert after["process_open_fds",] > 0
    told = httpx2.get(page.url + "metrics").text
    assert not re.search("(?i)malvoisy|piscine|zeppelin|valbrume|ada|correct", told)


def test_who_waits_is_measured_and_health_answers_meanwhile(
    page: ServedPage, monkeypatch: pytest.MonkeyPatch
):
    """A question has the only place, one waits, a third isn't let in."""
    chain = page.context.chain
    monkeypatch.setattr(admission, "LONGEST_WAIT", 1e9)
    with httpx2.Client(base_url=page.url, timeout=60) as client:
        client.post("sign-in", data={"name": "ada", "password": "correct horse"})
        cookies = dict(client.cookies)
    before = measured(page)
    with ThreadPoolExecutor(2) as readers:
        try:
            first = readers.submit(ask, page, "first", "Attends, qui nage ?", cookies)
            until(lambda: chain.writing == 1)
            second = readers.submit(ask, page, "second", "Attends, qui ouvre ?", cookies)
            until(lambda: measured(page)["sourcier_questions_waiting",] == 1)
            assert measured(page)["sourcier_questions_answering",] == 1
            assert sent(page.port, "/healthz")[0] == sent(page.port, "/readyz")[0] == 200
            monkeypatch.setattr(admission, "LONGEST_WAIT", 0.0)
            assert "essayez dans" in ask(page, "third", "Qui attend ?", cookies).text
            grown = measured(page)["sourcier_questions_not_admitted_total",]
            assert grown == before["sourcier_questions_not_admitted_total",] + 1
            assert not first.done()
        finally:
            chain.go.set()
        assert first.result().text
        assert second.result().text
    until(lambda: measured(page)["sourcier_questions_answering",] == 0)
    assert measured(page)["sourcier_questions_waiting",] == 0


def until(holds) -> None:
    """Wait for it, for a minute at most."""
    asyncio.run(_until(holds))


async def _until(holds) -> None:
    async with asyncio.timeout(60):
        while not await asyncio.to_thread(holds):
            await asyncio.sleep(0.05)


def test_what_is_brought_in_is_measured(page: ServedPage):
    before, intake = measured(page), Intake(page.context)
    text = b"Le cirque Balto s'installe au port jusqu'au 20 mai."
    for name in ("cirque.txt", "cirque.txt", "vide.txt"):
        data = b"" if name == "vide.txt" else text
        token = intake.begin(name, len(data))
        assert token is not None
        intake.append(token, data)
        until(lambda: intake._tally is None or not intake._queue)
    until(
        lambda: (
            measured(page)["sourcier_ingestion_seconds_count",] > before["sourcier_ingestion_seconds_count",]
        )
    )
    until(lambda: measured(page)["sourcier_library_articles",] == 2)
    until(
        lambda: (
            measured(page)["sourcier_ingested_articles_total", "new"]
            == before["sourcier_ingested_articles_total", "new"] + 1
        )
    )


def test_two_servers_measure_for_themselves():
    one, other = Metrics(), Metrics()
    one.ingested({"new": 2}, 1.0)
    sample = ("sourcier_ingested_articles_total", {"outcome": "new"})
    assert (one.registry.get_sample_value(*sample), other.registry.get_sample_value(*sample)) == (2.0, 0.0)
