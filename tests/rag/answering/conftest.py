"""One library for all tests of answers that no single passage gives."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date

import pytest
from desk import Desk
from valley import valley

from rag.engine.factory import build_chain
from rag.schema.answer import Answer
from rag.schema.question import Question

TODAY = date(2025, 5, 9)


@pytest.fixture(scope="package")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with closing(valley(tmp_path_factory.mktemp("valley"))) as desk:
        yield desk


@pytest.fixture(scope="package")
def ask(desk: Desk) -> Callable[..., Answer]:
    """`ask(text, **fields of Question)`: the answer, without a chat model."""
    chain = build_chain(desk.parts, None, lambda: TODAY)
    return lambda text, **asked: chain.invoke(Question(text, **asked))
