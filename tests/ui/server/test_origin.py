"""What a browser says of where a request comes from decides, also when it is no address."""

from __future__ import annotations

import socket

import pytest
from starlette.datastructures import Headers

from ui.server.origin import ServerNames, is_foreign


@pytest.mark.parametrize(
    ("said", "foreign"),
    [
        ({}, False),
        ({"origin": "http://sourcier.test"}, False),
        ({"origin": "http://elsewhere.test"}, True),
        ({"origin": "null"}, True),
        ({"origin": "http://[sourcier.test"}, True),
        ({"origin": "http://elsewhere.test", "sec-fetch-site": "same-origin"}, False),
        ({"origin": "http://sourcier.test", "sec-fetch-site": "cross-site"}, True),
    ],
)
def test_a_request_is_foreign_by_what_its_browser_says(said: dict[str, str], foreign: bool):
    assert is_foreign(Headers({"host": "sourcier.test", **said})) is foreign


def test_the_server_s_other_name_is_not_foreign():
    said = Headers({"host": "127.0.0.1:1", "origin": "https://press.example"})
    assert is_foreign(said)
    assert not is_foreign(said, ["press.example"])


LOCAL = ServerNames.of("127.0.0.1", ["Press.example:8443"])
OF_ALL = ServerNames.of("0.0.0.0", ["press.example"])


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "LOCALHOST", "press.example"])
def test_names_that_every_server_goes_by(name: str):
    assert LOCAL.has(name)
    assert OF_ALL.has(name)


@pytest.mark.parametrize("address", ["192.0.2.1", "10.0.0.1", "[2001:db8::1]", "[::1]"])
def test_an_address_of_numbers_is_a_server_s_that_other_machines_reach(address: str):
    assert OF_ALL.has(address)
    assert not LOCAL.has(address)


def test_a_server_that_other_machines_reach_goes_by_the_machine_s_name():
    machine = socket.gethostname()
    assert OF_ALL.has(machine)
    assert OF_ALL.has(f"{machine.partition('.')[0]}.local")


@pytest.mark.parametrize("name", ["other.example", "press.example.other.example", "xlocalhost", "0x7f.1", ""])
def test_another_name_is_no_server_s(name: str):
    assert not LOCAL.has(name)
    assert not OF_ALL.has(name)


def test_at_an_address_it_goes_by_that_too():
    assert ServerNames.of("::1").has("[::1]")
    assert ServerNames.of("127.0.0.2").has("127.0.0.2")
