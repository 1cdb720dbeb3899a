"""What a server's failures become: how long is waited, what is asked again, and when it is left alone."""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np
import pytest
from model_server import ModelServer, model_server

from rag.config import ServedSettings
from rag.errors import ConfigError, ModelUnavailableError
from rag.model_servers import server as servers
from rag.model_servers.client import ServerClient, seconds_asked
from rag.model_servers.failures import EMBEDDING, explained
from rag.model_servers.server import ServerError, public_address

KEY = "sk-1234567890"
BODY = {"model": "small", "input": ["x"]}


@pytest.fixture
def fake() -> Iterator[ModelServer]:
    with model_server(lambda texts: np.eye(4)[: len(texts)]) as running:
        yield running


@pytest.fixture(autouse=True)
def quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(servers, "_BACKING_OFF", lambda _: 0.01)


def client(fake: ModelServer, **limits: float) -> ServerClient:
    waits = {"connect_timeout": 1, "read_timeout": 0.3, "request_timeout": 0.6, "attempts": 3, **limits}
    return ServerClient(fake.url, ServedSettings(api_key=KEY, **waits))


def failure(asking: ServerClient) -> ServerError:
    with pytest.raises(ServerError) as caught:
        asking.post("/embeddings", BODY)
    return caught.value


@pytest.mark.parametrize("fault", [429, 502, 503, 504])
def test_what_may_pass_is_asked_again(fake: ModelServer, fault: int):
    fake.faults = [fault, fault]
    assert client(fake).post("/embeddings", BODY)["object"] == "list"
    assert len(fake.asked) == 3
    assert set(fake.keys) == {f"Bearer {KEY}"}


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (400, "refused"),
        (401, "key"),
        (404, "unknown"),
        (413, "too_long"),
        (500, "failed"),
        ("drop", "failed"),
        ("cut", "failed"),
        ("hang", "timeout"),
        ("drip", "timeout"),
        ("drip_headers", "timeout"),
        ("nested", "refused"),
        ("html", "failed"),
        ("garbage", "failed"),
        ((302, {"Location": "http://127.0.0.1:1/"}), "failed"),  # and isn't followed
    ],
)
def test_what_does_not_pass_is_asked_once_and_given_up(fake: ModelServer, fault: object, kind: str):
    """The server that hangs, and the one that sends a byte at a time, would do so without end."""
    fake.always = fault
    found = failure(client(fake))
    assert found.kind == kind
    assert len(fake.asked) == 1


def test_a_reply_without_end_is_not_read_to_its_end(fake: ModelServer):
    fake.always = "huge"
    assert failure(client(fake, request_timeout=60)).reason == "more than 64 MB"


def test_a_server_that_says_how_long_is_given_so_long(fake: ModelServer):
    fake.faults = [(429, {"Retry-After": "1"})]
    client(fake).post("/embeddings", BODY)
    first, second = fake.moments
    assert second - first >= 1


def test_a_server_that_wants_too_long_is_not_waited_for(fake: ModelServer):
    fake.always = (429, {"Retry-After": "3600"})
    assert failure(client(fake)).kind == "busy"
    assert len(fake.asked) == 1


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        (None, None),
        ("2", 2.0),
        ("soon", None),
        ("-1", None),
        (" 3 ", 3.0),
        ("\xa0" * 9 + "5", 5.0),
        ("٣", None),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0.0),
    ],
)
def test_retry_after(said: str | None, seconds: float | None):
    assert seconds_asked(said) == seconds


def test_a_server_that_keeps_failing_is_left_alone_and_tried_again(
    fake: ModelServer, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(servers, "SECONDS_OF_REST", 0.3)
    fake.always = 500
    asking = client(fake)
    for _ in range(servers.FAILURES_IN_A_ROW):
        assert failure(asking).kind == "failed"
    asked = len(fake.asked)
    assert failure(asking).kind == "resting"
    assert failure(client(fake)).kind == "resting"  # whoever else asks it
    assert len(fake.asked) == asked
    time.sleep(0.35)
    assert failure(asking).kind == "failed"  # one request tries
    assert failure(asking).kind == "resting"
    fake.always = None
    time.sleep(0.35)
    assert asking.post("/embeddings", BODY)["object"] == "list"
    assert not asking.server.is_resting


def test_what_is_wrong_with_the_request_says_nothing_of_the_servers_health(fake: ModelServer):
    fake.always = 400
    asking = client(fake)
    for _ in range(2 * servers.FAILURES_IN_A_ROW):
        assert failure(asking).kind == "refused"


def test_a_server_that_is_not_there_is_tried_again_until_it_is():
    with model_server(lambda _: np.eye(4)) as gone:
        asking = client(gone)
    assert failure(asking).kind == "unreachable"
    with model_server(lambda texts: np.eye(4)[: len(texts)], gone.port):
        assert asking.post("/embeddings", BODY)["object"] == "list"


def test_no_name_password_or_key_is_told():
    address = "http://ada:s3cret-word@127.0.0.1:9/v1?api_key=sk-abcdefghijkl"
    assert public_address(address) == "http://127.0.0.1:9/v1"
    asking = ServerClient(address, ServedSettings(api_key=KEY, attempts=1))
    error = explained(failure(asking), EMBEDDING, asking.server.address)
    assert isinstance(error, ModelUnavailableError)
    for words in ("s3cret", KEY, "sk-abc"):
        assert words not in f"{error} {error.text('fr')} {asking.server!r}"
    assert str(error).startswith("The embedding model's server, http://127.0.0.1:9/v1, can't be reached (")
    assert error.text("fr").endswith("En attendant, la recherche par mots reste possible.")


def test_a_mistake_of_the_configuration_is_one():
    error = explained(ServerError("key", "no"), EMBEDDING, "http://x/v1")
    assert isinstance(error, ConfigError)
    assert str(error) == (
        "The embedding model's server, http://x/v1, refuses the key (no); correct embedding.api_key."
    )
