"""What a failing model is told of, while others use it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing

import pytest
from langchain_core.runnables import Runnable
from pydantic import SecretStr

from rag.errors import ModelError
from rag.models.completion import reply


class Elsewhere:
    """A value of a model; while it is looked at, another thread makes a cached property of the model."""

    def __init__(self, model: Runnable) -> None:
        self._model = model

    @property
    def __class__(self) -> type:
        vars(self._model)["_serialized"] = {}
        return Elsewhere


class Refusing(Runnable):
    """A model whose server repeats its key."""

    def __init__(self) -> None:
        self.setting = Elsewhere(self)
        self.key = SecretStr("hunter2")

    def invoke(self, *_: object, **__: object) -> str:
        raise NotImplementedError

    async def astream(self, *_: object, **__: object) -> AsyncIterator[str]:
        raise ConnectionError("no access with hunter2")
        yield ""


def test_a_model_that_another_thread_uses_meanwhile_fails_with_its_own_error_and_without_its_key():
    async def ask() -> None:
        async with aclosing(reply(Refusing(), [], {})) as chunks:
            async for _ in chunks:
                pass

    with pytest.raises(ModelError) as failed:
        asyncio.run(ask())
    assert "hunter2" not in str(failed.value)
