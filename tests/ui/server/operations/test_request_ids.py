"""One id from the door to the log: of a request, of what it asks, of what a reader is told when it fails."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator
from contextlib import closing

import httpx2
import pytest
from asking import ask, said_in
from desk import Desk
from served_page import NEWS, ServedPage, answered, served_page

from rag.engine.factory import build_chain
from rag.library.library import Library
from rag.observability.logs import JsonLines
from rag.observability.question_run import QuestionRun
from ui.page.context import AppContext

WORD = "zzpiscinezz"


class Broken:
    """A part of the chain that fails, with the reader's words in what it says."""

    def __getattr__(self, name: str) -> object:
        raise RuntimeError(f"{name} of {WORD}")


class Kept(logging.Handler):
    """The log as a program is given it."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[dict] = []
        self.setFormatter(JsonLines((), False))

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(json.loads(self.format(record)))


class Runs:
    """Who is told of questions."""

    def __init__(self) -> None:
        self.told: list[QuestionRun] = []

    def ended(self, run: QuestionRun) -> None:
        self.told.append(run)


@pytest.fixture
def log() -> Iterator[Kept]:
    kept, logger = Kept(), logging.getLogger()
    logger.addHandler(kept)
    before = logging.getLogger("rag").level
    logging.getLogger("rag").setLevel(logging.INFO)
    yield kept
    logging.getLogger("rag").setLevel(before)
    logger.removeHandler(kept)


@pytest.fixture(scope="module")
def runs() -> Runs:
    return Runs()


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory, runs: Runs) -> Iterator[ServedPage]:
    desk = Desk(tmp_path_factory.mktemp("ids"))
    desk.write("a.md", NEWS)
    desk.ingest()
    with (
        closing(build_chain(desk.parts, None, sinks=[runs])) as chain,
        closing(AppContext(desk.parts, chain)) as context,
        served_page(context) as served,
    ):
        yield served
    desk.close()


def test_every_answer_of_the_server_has_an_id_of_its_own(page: ServedPage):
    heads = [
        answered(page.port, path, "X-Request-ID: mine")[0].decode() for path in ("/", "/x", "/theme.css")
    ]
    heads.append(answered(page.port, "/", "Host: other.example")[0].decode())
    ids = [re.findall(r"(?mi)^x-request-id: (\w+)\r?$", head) for head in heads]
    assert {len(one) for one in ids} == {1}
    assert len({one for (one,) in ids} - {"mine"}) == len(heads)


def test_a_question_has_the_id_of_its_request_in_the_log_and_in_what_is_recorded(
    page: ServedPage, runs: Runs, log: Kept
):
    told = ask(page, "one", f"Que dit la mairie de la {WORD} ?")
    (ended,) = [line for line in log.lines if line["message"] == "a question has ended"]
    assert ended["request_id"] == told.request_id == runs.told[-1].request_id
    assert ended["outcome"] == runs.told[-1].outcome
    assert set(ended["stages"]) >= {"understanding"}
    assert WORD not in json.dumps(log.lines)


@pytest.mark.parametrize("name", ["library", "retriever"])
def test_what_fails_is_told_with_the_id_that_is_in_the_log(
    page: ServedPage, runs: Runs, log: Kept, monkeypatch: pytest.MonkeyPatch, name: str
):
    """The whole way through the server's queue, its tasks and its threads."""
    parts = page.context.chain._pipeline._parts
    broken = type(parts)(**{f: getattr(parts, f) for f in parts.__slots__} | {name: Broken()})
    monkeypatch.setattr(page.context.chain._pipeline, "_parts", broken)
    told = ask(page, f"broken-{name}", f"Que dit la mairie de {name} sur la {WORD} ?")
    assert f"(référence {told.request_id})" in told.text
    failed = [line for line in log.lines if "exception" in line]
    assert [line["request_id"] for line in failed] == [told.request_id]
    assert "RuntimeError" in failed[0]["exception"]
    assert WORD not in json.dumps(log.lines)
    assert runs.told[-1].outcome == "failed"


def test_whatever_else_fails_on_the_page_is_told_so_too(
    page: ServedPage, log: Kept, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
):
    monkeypatch.setattr(Library, "counts", lambda _: Broken().counts)
    config = page.app.config
    parts = {one["props"].get("elem_id"): one["id"] for one in config["components"]}
    drawn = next(one["id"] for one in config["dependencies"] if one["outputs"] == [parts["title"]])
    event = {"data": [], "fn_index": drawn, "session_hash": "else", "event_data": None}
    with httpx2.Client(base_url=page.url, timeout=60) as client:
        joined = client.post("gradio_api/queue/join", json=event)
        told = client.get("gradio_api/queue/data?session_hash=else").text
    id_ = joined.headers["x-request-id"]
    assert f"(référence {id_})" in json.dumps(said_in(told), ensure_ascii=False)
    assert [line["request_id"] for line in log.lines if "exception" in line] == [id_]
    assert "Traceback" not in capfd.readouterr().err
