"""What a browser says of where a request comes from decides, also when it is no address."""

from __future__ import annotations

import pytest
from starlette.datastructures import Headers

from ui.server.origin import is_foreign


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
