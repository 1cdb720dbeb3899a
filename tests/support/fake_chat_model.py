"""A chat model for tests: LangChain's own interface, deterministic replies, streamed in small pieces."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models.chat_models import BaseChatModel, generate_from_stream
from langchain_core.messages import AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGenerationChunk, ChatResult
from pydantic import Field, PrivateAttr

_PIECE = 4  # characters
_POLL = 0.01  # seconds between two looks at a closed gate


@dataclass(frozen=True)
class Call:
    """What the model was asked: the messages and whatever was bound (`grammar`, `stop`, …)."""

    messages: tuple[BaseMessage, ...]
    kwargs: dict[str, Any]


class FakeChatModel(BaseChatModel):
    """Answers with `respond(messages, **kwargs)`, or with the replies of a list, one for each call.

    `calls` are the requests so far. While `gate` is unset a stream stops after `gate_after` pieces and
    yields empty chunks, as the real model does while it reads, until the gate opens or it is closed.
    `stopped` counts the streams that were closed or cancelled before their end. A stream dies before the
    piece `dies_at`, as one does whose server is killed.
    """

    respond: Callable[..., str] | list[str]
    calls: list[Call] = Field(default_factory=list)
    gate: threading.Event | None = None
    gate_after: int = 1
    dies_at: int | None = None
    stopped: int = 0
    model_name: str = "fake"

    _lock: threading.Lock = PrivateAttr(default_factory=threading.Lock)

    @property
    def _llm_type(self) -> str:
        return "fake"

    def _reply(self, messages: list[BaseMessage], stop: list[str] | None, kwargs: dict[str, Any]) -> str:
        kwargs = kwargs | ({"stop": stop} if stop else {})
        with self._lock:
            number = len(self.calls)
            self.calls.append(Call(tuple(messages), kwargs))
        if callable(self.respond):
            return self.respond(messages, **kwargs)
        if number >= len(self.respond):
            raise AssertionError(f"call {number + 1} came, and there are {len(self.respond)} replies")
        return self.respond[number]

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        with closing(self._stream(messages, stop, run_manager, **kwargs)) as chunks:
            return generate_from_stream(chunks)

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        done = False
        try:
            for number, chunk in enumerate(_chunks(self._reply(messages, stop, kwargs))):
                while self._gated(number) and not self.gate.wait(_POLL):
                    yield ChatGenerationChunk(message=AIMessageChunk(content=""))
                self._die(number)
                if run_manager:
                    run_manager.on_llm_new_token(chunk.text, chunk=chunk)
                yield chunk
            done = True
        finally:
            self._ended(done)

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[ChatGenerationChunk]:
        done = False
        try:
            for number, chunk in enumerate(_chunks(self._reply(messages, stop, kwargs))):
                while self._gated(number) and not self.gate.is_set():
                    yield ChatGenerationChunk(message=AIMessageChunk(content=""))
                    await asyncio.sleep(_POLL)
                self._die(number)
                if run_manager:
                    await run_manager.on_llm_new_token(chunk.text, chunk=chunk)
                yield chunk
            done = True
        finally:
            self._ended(done)

    def _die(self, number: int) -> None:
        if number == self.dies_at:
            raise ConnectionResetError("the server is gone")

    def _gated(self, number: int) -> bool:
        return self.gate is not None and number >= self.gate_after

    def _ended(self, done: bool) -> None:
        with self._lock:
            self.stopped += not done


def _chunks(text: str) -> list[ChatGenerationChunk]:
    """The text in pieces, then an empty last chunk with its usage, as models send it."""
    texts = [text[start : start + _PIECE] for start in range(0, len(text), _PIECE)]
    usage = {"input_tokens": 1, "output_tokens": len(texts), "total_tokens": 1 + len(texts)}
    last = AIMessageChunk(content="", usage_metadata=usage, chunk_position="last")
    last.response_metadata = {"model_name": "fake", "finish_reason": "stop"}
    return [ChatGenerationChunk(message=AIMessageChunk(content=text)) for text in texts] + [
        ChatGenerationChunk(message=last)
    ]
