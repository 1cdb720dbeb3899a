"""A library, a server that nobody has to sign in to, and a key that reads."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from api_keys import add_key
from served_page import ServedPage, opened, served_page

from ui.page.context import AppContext


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AppContext]:
    with opened(tmp_path_factory.mktemp("desk")) as context:
        yield context


@pytest.fixture(scope="module")
def served(context: AppContext) -> Iterator[ServedPage]:
    with served_page(context) as served:
        yield served


@pytest.fixture(scope="module")
def key(context: AppContext) -> str:
    return add_key(context.settings, "reader", per_minute=10_000)
