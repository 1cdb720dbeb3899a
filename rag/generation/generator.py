"""What the chat model is asked for, over one prompt: a draft, or the sentence that it points at.

Knows prompts and streams. What is written is only trusted by those who check it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import replace

from langchain_core.language_models.chat_models import BaseChatModel
from langchain_core.runnables import RunnableConfig

from rag.errors import RequestRefusedError
from rag.generation import extractive, prompts, structured_output
from rag.generation.claim_checker import Checker
from rag.generation.draft_parser import Drafted, DraftParser, Piece
from rag.generation.extractive import Pointed
from rag.models.completion import reply
from rag.schema.answer import Evidence

log = logging.getLogger(__name__)

_RIVALS = 15  # tokens whose chances are asked for beside the one written


async def draft(
    model: BaseChatModel, checker: Checker, config: RunnableConfig
) -> AsyncIterator[Piece | Drafted]:
    """The model's answer from the sentences on offer, as it comes. Closing this stops the model.

    Held to a grammar or to a schema where that can be done, else as it writes; a server that won't have
    a schema is asked without.
    """
    held = structured_output.options(model, len(checker.offered))
    if held is not None:
        try:
            async with aclosing(_drafted(model, checker, config, held, as_json=True)) as pieces:
                async for piece in pieces:
                    yield piece
            return
        except RequestRefusedError as error:
            log.debug("Asked again without a schema: %s", error)
    held = _held(model, checker.offered)
    async with aclosing(_drafted(model, checker, config, held, as_json=False)) as pieces:
        async for piece in pieces:
            yield piece


async def _drafted(
    model: BaseChatModel, checker: Checker, config: RunnableConfig, held: dict[str, object], as_json: bool
) -> AsyncIterator[Piece | Drafted]:
    parser, lines = DraftParser(len(checker.offered)), structured_output.Lines()
    said = prompts.messages(checker.question, checker.offered, checker.language, as_json)
    async with aclosing(reply(model, said, config, **held)) as chunks:
        async for chunk in chunks:
            for piece in parser.feed(lines.feed(chunk.text) if as_json else chunk.text):
                yield piece
    for piece in parser.finish():
        yield piece


async def point(model: BaseChatModel, checker: Checker, config: RunnableConfig) -> Pointed:
    """Which sentence the model points at, and, if it nearly said none, whether its first claim stands.

    Where it has no such doubt it is stopped once it has given its number.
    """
    # To point, a model doesn't need the sentences before: it chose no better with them, and read longer.
    alone = [replace(item, before=()) for item in checker.offered]
    said = prompts.messages(checker.question, alone, checker.language)
    options = _held(model, checker.offered)
    if getattr(model, "gives_logprobs", False):
        options |= {"logprobs": True, "top_logprobs": _RIVALS}
    written, logprobs, pointed = "", [], Pointed({})
    async with aclosing(reply(model, said, config, **options)) as chunks:
        async for chunk in chunks:
            written += chunk.text
            logprobs += (chunk.response_metadata.get("logprobs") or {}).get("content") or []
            pointed = Pointed(extractive.first_digits(logprobs) or extractive.written_digit(written))
            if (pointed.digits and not pointed.doubts) or "\n" in written:
                break
    # In a thread: checking compares words, and may embed them, while others are being answered.
    stands = not pointed.doubts or await asyncio.to_thread(_stands, written, checker)
    return Pointed(pointed.digits, stands)


def _stands(written: str, checker: Checker) -> bool:
    """Whether the first claim of a draft is borne out."""
    parser = DraftParser(len(checker.offered))
    claims = [part for part in (*parser.feed(written), *parser.finish()) if isinstance(part, Drafted)]
    return any(checker.check(claim).status == "supported" for claim in claims[:1])


def _held(model: BaseChatModel, offered: Sequence[Evidence]) -> dict[str, object]:
    """What holds a model to claims that begin with numbers on offer, if it can be held."""
    return {"grammar": prompts.grammar(len(offered))} if getattr(model, "accepts_grammar", False) else {}
