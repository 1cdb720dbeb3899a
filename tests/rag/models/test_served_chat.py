"""A chat model's server that is slow, busy, gone or broken off: what is asked again, and what is told."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import aclosing

import numpy as np
import pytest
from langchain_core.messages import HumanMessage
from model_server import ModelServer, model_server

from rag.config import ChatModelSettings
from rag.errors import ModelError, ModelUnavailableError, RequestRefusedError
from rag.model_servers import server as servers
from rag.models.chat_model_factory import load_chat_model
from rag.models.completion import reply

SAID = "[1] La piscine accueille trois cents nageurs."


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModelServer]:
    monkeypatch.setattr(servers, "_BACKING_OFF", lambda _: 0.01)
    monkeypatch.setattr(servers, "_breakers", {})
    with model_server(lambda texts: np.eye(4)[: len(texts)]) as running:
        running.says = lambda _: SAID
        yield running


def written(fake: ModelServer, times: int = 1, **limits: float) -> list[str]:
    """What the model writes, in pieces, the last time it is asked."""
    waits = {"connect_timeout": 1, "read_timeout": 0.4, "request_timeout": 1.0, "attempts": 3, **limits}
    model = load_chat_model(ChatModelSettings(model="openai:small", base_url=fake.url, api_key="k", **waits))
    pieces: list[str] = []

    async def ask() -> None:
        pieces.clear()
        async with aclosing(reply(model, [HumanMessage("x")], {})) as chunks:
            async for chunk in chunks:
                pieces.append(chunk.text)

    try:
        for _ in range(times):
            asyncio.run(ask())
    finally:
        fake.pieces = list(pieces)
    return pieces


def failing(fake: ModelServer, kind: type[ModelError] = ModelUnavailableError, **limits: float) -> str:
    with pytest.raises(ModelError) as caught:
        written(fake, **limits)
    assert type(caught.value) is kind
    return str(caught.value)


def test_a_busy_server_is_asked_again(fake: ModelServer):
    fake.faults = [(429, {"Retry-After": "1"}), 503]
    assert "".join(written(fake, request_timeout=10)) == SAID
    first, second, _ = fake.moments
    assert second - first >= 1


@pytest.mark.parametrize("fault", ["hang", "drip"])
def test_a_server_that_says_nothing_is_not_waited_for(fake: ModelServer, fault: str):
    """It would say nothing, or go on without end."""
    fake.always = fault
    assert failing(fake).startswith("The chat model's server doesn't answer in time (")
    assert len(fake.asked) == 1


def test_a_stream_that_has_begun_is_not_begun_again(fake: ModelServer):
    fake.always = "cut"
    assert "server" in failing(fake)
    assert len(fake.asked) == 1
    assert SAID.startswith("".join(fake.pieces))
    assert fake.pieces


def test_what_is_wrong_with_the_request_is_asked_once(fake: ModelServer):
    fake.always = 400
    assert failing(fake, RequestRefusedError).startswith("The chat model's server refused the request")
    assert len(fake.asked) == 1


def test_a_reply_without_end_is_broken_off(fake: ModelServer):
    fake.says = lambda _: "mot " * 30_000
    assert "more than 100000 characters" in failing(fake, read_timeout=20, request_timeout=60)


def test_a_server_that_keeps_failing_is_left_alone(fake: ModelServer):
    fake.always = 500
    for _ in range(servers.FAILURES_IN_A_ROW):
        assert "failed (status 500)" in failing(fake)
    asked = len(fake.asked)
    assert failing(fake).startswith(
        f"The chat model's server, {fake.url}, has failed several times and is left alone for a while ("
    )
    assert len(fake.asked) == asked


def test_the_same_server_answers_again_and_again(fake: ModelServer):
    assert "".join(written(fake, times=3)) == SAID
    assert len(fake.asked) == 3
