"""A GGUF model on this machine as a LangChain chat model.

Translates messages to llama.cpp's requests and its events to LangChain's chunks. Knows nothing of settings
or prompts; threads, cancellation and shutdown are the engine's.
"""

from __future__ import annotations

import asyncio
import queue
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import aclosing, closing
from pathlib import Path
from typing import Any, ClassVar

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models.chat_models import BaseChatModel, generate_from_stream
from langchain_core.messages import AIMessageChunk, BaseMessage, convert_to_openai_messages
from langchain_core.messages.ai import InputTokenDetails, UsageMetadata
from langchain_core.outputs import ChatGenerationChunk, ChatResult
from pydantic import Field, PrivateAttr

from rag.errors import ModelError
from rag.models.llama_engine import LlamaEngine
from rag.text.sanitization import storable

_OPTIONS = frozenset({"grammar", "response_format", "max_tokens", "temperature", "seed"})


class LlamaCppChatModel(BaseChatModel):
    """llama.cpp in this process. Making one is cheap; weights are loaded at first use or by `warm_up`.

    `bind` takes `grammar` (GBNF, or Lark with llguidance), `response_format` (JSON schema, as OpenAI has it),
    `stop`, `max_tokens`, `temperature` and `seed`. While the prompt is read, empty chunks are streamed: each
    is a chance to close the stream. Closing or cancelling a stream stops the model.

    The same request gives the same words while the cache holds the same prefix; with another part of the
    prompt cached, rounding differs a little (log-probabilities by a few hundredths) and a tie may fall
    otherwise.
    """

    # Tells callers that `bind(grammar=…)` holds here.
    accepts_grammar: ClassVar[bool] = True
    # Tells callers that further requests wait meanwhile.
    at_once: ClassVar[int] = 1

    locate: Callable[[], Path] = Field(exclude=True, repr=False)
    model_name: str
    context_tokens: int = 4096
    max_tokens: int = 220
    temperature: float = 0.0
    seed: int = 0
    threads: int | None = None

    _engine: LlamaEngine = PrivateAttr()

    def model_post_init(self, context: Any, /) -> None:
        """Make the engine, which loads nothing yet."""
        super().model_post_init(context)
        self._engine = LlamaEngine(self.locate, self.context_tokens, self.threads)

    @property
    def _llm_type(self) -> str:
        return "llama-cpp"

    @property
    def _identifying_params(self) -> dict[str, Any]:
        return {"model_name": self.model_name, "temperature": self.temperature, "seed": self.seed}

    @property
    def is_loaded(self) -> bool:
        """Whether the weights are in memory."""
        return self._engine.is_loaded

    def warm_up(self, prefix: Sequence[BaseMessage] = ()) -> None:
        """Load the weights and read `prefix`, the messages that every prompt begins with. Blocks."""
        body = self._body(prefix, None, {"max_tokens": 0}) if prefix else None
        self._engine.run(body)

    def close(self) -> None:
        """Stop generating and free the weights; later requests raise ModelError. Idempotent."""
        self._engine.close()

    def get_token_ids(self, text: str) -> list[int]:
        """Return the model's own tokens of `text`, without any chat markup; loads the weights if need be."""
        return self._engine.post("/tokenize", {"content": storable(text)})["tokens"]

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        with closing(self._stream(messages, stop, run_manager, **kwargs)) as chunks:
            return generate_from_stream(chunks)

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        async with aclosing(self._astream(messages, stop, run_manager, **kwargs)) as chunks:
            return generate_from_stream(iter([chunk async for chunk in chunks]))

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        items: queue.SimpleQueue = queue.SimpleQueue()
        job = self._engine.submit(self._body(messages, stop, kwargs), items.put)
        try:
            while (item := items.get()) is not None:
                chunk = self._chunk(item)
                if run_manager:
                    run_manager.on_llm_new_token(chunk.text, chunk=chunk)
                yield chunk
        finally:
            job.cancel()

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[ChatGenerationChunk]:
        loop, items = asyncio.get_running_loop(), asyncio.Queue()
        body = self._body(messages, stop, kwargs)
        job = self._engine.submit(body, lambda item: loop.call_soon_threadsafe(items.put_nowait, item))
        try:
            while (item := await items.get()) is not None:
                chunk = self._chunk(item)
                if run_manager:
                    await run_manager.on_llm_new_token(chunk.text, chunk=chunk)
                yield chunk
        finally:
            job.cancel()

    def _body(self, messages: Sequence[BaseMessage], stop: list[str] | None, options: dict[str, Any]) -> dict:
        if unknown := options.keys() - _OPTIONS:
            raise TypeError(f"the chat model has no option {', '.join(sorted(unknown))}")
        body = {
            "messages": [_plain(message) for message in messages],
            "max_tokens": self.max_tokens,
            "temperature": self.temperature,
            "seed": self.seed,
            "stop": stop or [],
            "stream": True,
            "stream_options": {"include_usage": True},
            "return_progress": True,
            "cache_prompt": True,
        }
        return body | {name: value for name, value in options.items() if value is not None}

    def _chunk(self, item: dict | BaseException) -> ChatGenerationChunk:
        if isinstance(item, BaseException):
            raise item
        if "usage" in item:
            return ChatGenerationChunk(message=self._last(item["usage"], item.get("timings", {})))
        choice = item["choices"][0] if item["choices"] else {}
        text = choice.get("delta", {}).get("content") or ""
        reason = choice.get("finish_reason")
        info = {"finish_reason": reason} if reason else {}
        return ChatGenerationChunk(
            message=AIMessageChunk(content=text, response_metadata=info), generation_info=info
        )

    def _last(self, usage: dict, timings: dict) -> AIMessageChunk:
        cached = usage.get("prompt_tokens_details", {}).get("cached_tokens", 0)
        counts = UsageMetadata(
            input_tokens=usage["prompt_tokens"],
            output_tokens=usage["completion_tokens"],
            total_tokens=usage["total_tokens"],
            input_token_details=InputTokenDetails(cache_read=cached),
        )
        info = {"model_name": self.model_name, "timings": timings}
        return AIMessageChunk(
            content="", usage_metadata=counts, response_metadata=info, chunk_position="last"
        )


def _plain(message: BaseMessage) -> dict[str, str]:
    """Role and text: what these models read. Raises ModelError for images and the like."""
    converted = convert_to_openai_messages(message, text_format="string")
    if not isinstance(converted["content"], str):
        raise ModelError(
            "The chat model reads text only; take images and files out of the message.",
            "Le modèle de langage ne lit que du texte ; retirez images et fichiers du message.",
        )
    return {"role": converted["role"], "content": storable(converted["content"])}
