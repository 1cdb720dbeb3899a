"""A chain over the examples, which answers with their own words."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing

import pytest

from rag.config import Settings
from rag.engine.engine import Engine, open_engine
from rag.engine.factory import build_chain
from rag.runnable.chain import Chain

BIRTHS = "Combien de bébés sont nés à la maternité de Valbrume en 2025 ?"


@pytest.fixture(scope="module")
def engine(tmp_path_factory, examples_library, embedder) -> Iterator[Engine]:
    folder = tmp_path_factory.mktemp("library") / "data"
    shutil.copytree(examples_library, folder)
    with closing(open_engine(Settings(data_dir=folder), embedder)) as engine:
        yield engine


@pytest.fixture(scope="module")
def chain(engine: Engine) -> Chain:
    return build_chain(engine, None)
